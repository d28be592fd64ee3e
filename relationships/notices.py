"""What is said to one person inside the product: they were mentioned, given an action, asked to approve."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Account, User
from accounts.permissions import Permission, may
from relationships.models import Notice, Plan

LONGEST = 300  # of the text
KEPT_DAYS = 90  # what was read longer ago is forgotten


def tell(
    users: Iterable[User], kind: str, text: str, url: str, by: User | None, plan: Plan | None = None,
    account: Account | None = None,
) -> int:  # fmt: skip
    """Say it to each of them once, but not to who says it; an unread notice of the same is not said again. Returns how
    many were told. What it is about decides who may still read it: see `of`."""
    wanted = {user.pk: user for user in users if user.is_active and (by is None or user.pk != by.pk)}
    said = {"kind": kind, "text": text[:LONGEST], "url": url, "plan": plan, "account": account}
    known = set(Notice.objects.filter(user__in=wanted, read_at=None, **said).values_list("user", flat=True))
    rows = [
        Notice(user=user, said_at=timezone.now(), said_by=by, **said) for pk, user in wanted.items() if pk not in known
    ]
    Notice.objects.bulk_create(rows)
    return len(rows)


def of(user: User) -> QuerySet[Notice]:
    """What was said to this person, as far as they may see today what it is about."""
    rows = Notice.objects.filter(user=user)
    if may(user, Permission.SEE_ALL_PLANS):
        return rows
    about_plan = Q(plan__in=Plan.objects.visible_to(user).values("pk"))
    about_account = Q(plan=None, account__in=Account.objects.visible_to(user).values("pk"))
    return rows.filter(Q(plan=None, account=None) | about_plan | about_account)


def unread(user: User) -> QuerySet[Notice]:
    return of(user).filter(read_at=None)


def mark_read(user: User, now: datetime, notice_id: int | None = None) -> int:
    """Note that this person has read one of theirs, or all. Returns how many were unread."""
    rows = unread(user) if notice_id is None else unread(user).filter(pk=notice_id)
    return rows.update(read_at=now)
