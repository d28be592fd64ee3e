"""Our place among the suppliers of accounts, as people have said it: kept, taken back, and read."""

from collections.abc import Collection
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.versions import NotPossible, Outdated
from relationships.models import SupplierRank

MOST_SUPPLIERS = 50
LONGEST_SOURCE = 500


def of_accounts(accounts: Collection[int]) -> dict[int, SupplierRank]:
    """What is said of each of these of which anything is."""
    rows = SupplierRank.objects.filter(account__in=accounts).select_related("stated_by")
    return {row.account_id: row for row in rows}


def state(user, account: Account, rank: Decimal | None, suppliers: int | None, source: str, revision: int) -> None:
    """Keep what is said of the account today. `revision`: of what its writer saw, 0 for nothing. Raises NotPossible,
    and Outdated where somebody was quicker."""
    check(rank, suppliers, source)
    values = {"rank": rank, "suppliers": suppliers, "source": source, "revision": revision + 1}
    values |= {"stated_by": user, "stated_on": timezone.localdate()}
    if revision:
        if not SupplierRank.objects.filter(account=account, revision=revision).update(**values):
            raise Outdated
        return
    try:
        with transaction.atomic():
            SupplierRank.objects.create(account=account, **values)
    except IntegrityError as error:
        raise Outdated from error


def withdraw(account: Account, revision: int) -> None:
    """Forget what was said. Raises Outdated."""
    gone, _rows = SupplierRank.objects.filter(account=account, revision=revision).delete()
    if not gone:
        raise Outdated


def check(rank: Decimal | None, suppliers: int | None, source: str) -> None:
    """Refuse what cannot be. Raises NotPossible."""
    if suppliers is None or not 2 <= suppliers <= MOST_SUPPLIERS:
        raise NotPossible(
            _("Suppliers are a whole number from 2 to %(most)s, with us: of a single one there is nothing to estimate.")
            % {"most": MOST_SUPPLIERS}
        )
    if rank is None or not 1 <= rank <= suppliers or rank * 2 % 1:
        raise NotPossible(
            _("Our rank is 1 to %(count)s, the number of suppliers; 1.5 where two share the first place.")
            % {"count": suppliers}
        )
    if "\0" in source or len(source) > LONGEST_SOURCE:
        raise NotPossible(_("The source has at most %(most)s plain characters.") % {"most": LONGEST_SOURCE})
