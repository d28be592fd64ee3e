"""Reads of the customer master, always of what the reader may see."""

from django.db.models import Case, F, When

from accounts.models import Account
from accounts.permissions import Permission, may


def parent_code(user, account: str = ""):
    """Expression for the code of the parent, if the reader may see the parent. `account` is the path to the
    account from the row's model, with its underscores: "account__"."""
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return F(f"{account}parent__code")
    known = {f"{account}parent__in": Account.objects.visible_to(user)}
    return Case(When(**known, then=F(f"{account}parent__code")))
