"""The next meeting one goes to: the nearest planned review or contact in the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from accounts.models import Account
from kam_portal.today.lines import due_words
from relationships.models import Review, Touchpoint


@dataclass(frozen=True)
class Meeting:
    """One meeting to come."""

    account: Account
    what: str
    on: date
    at: datetime | None = None
    when: str = ""


def next_meeting(user, today: date, planned: Sequence[Review], account: Account | None = None) -> Meeting | None:
    """The nearest of the planned reviews and of what the calendar has: with this customer, or with any one looks
    after. One question to the database."""
    found = [next_review(planned, today), next_touchpoint(user, today, account)]
    return min((each for each in found if each), key=lambda each: each.on, default=None)


def reviews_of(user, account: Account) -> list[Review]:
    """The planned ones of one account, the next first."""
    rows = Review.objects.visible_to(user).planned().filter(plan__account=account)
    return list(rows.select_related("plan__account").order_by("due_on", "pk"))


def next_review(planned: Sequence[Review], today: date) -> Meeting | None:
    row = next((row for row in planned if row.due_on >= today), None)
    if row is None:
        return None
    return Meeting(row.plan.account, str(row.get_kind_display()), row.due_on, None, due_words(row.due_on, today))


def next_touchpoint(user, today: date, account: Account | None) -> Meeting | None:
    goes = Touchpoint.people.through.objects.filter(user=user).values("touchpoint")
    rows = Touchpoint.objects.visible_to(user).filter(held_on__gte=today)
    rows = rows.filter(Q(held_on__gt=today) | Q(starts_at__isnull=False))
    rows = rows.filter(Q(account=account) if account else Q(account__manager=user) | Q(pk__in=goes))
    row = rows.select_related("account").order_by("held_on", "starts_at", "pk").first()
    if row is None:
        return None
    what = row.subject or str(row.get_kind_display())
    return Meeting(row.account, what, row.held_on, row.starts_at, due_words(row.held_on, today))
