"""The accounts that one person keeps an eye on. Nobody else sees which."""

from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import Account
from relationships.models import WatchedAccount


def is_watched(user, account: str = "account") -> Exists:
    """Condition on rows that reach the account by this path; `pk` on accounts themselves."""
    return Exists(WatchedAccount.objects.filter(user=user, account=OuterRef(account)))


def watches(user, account: Account) -> bool:
    return WatchedAccount.objects.filter(user=user, account=account).exists()


def watch(user, account: Account, on: date) -> None:
    """Keep an eye on it from that day; who does already goes on."""
    WatchedAccount.objects.get_or_create(user=user, account=account, defaults={"since_on": on})


def leave(user, account: Account) -> None:
    WatchedAccount.objects.filter(user=user, account=account).delete()
