"""What the home page says of the plans of some accounts: how each stands, whether it is fresh, when it is reviewed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from profitability.models import Result
from relationships.models import Plan
from relationships.reviews.cadence import of_box, rhythms
from relationships.reviews.due import Due, earliest


@dataclass(frozen=True)
class PlanLine:
    """One plan in a few words. It is stale when it was not reviewed for longer than its box asks for."""

    state: str
    is_approved: bool
    fresh_on: date
    is_stale: bool
    next_review: date | None


def plans_of(user, rows: Iterable[Result], today: date) -> dict[int, PlanLine]:
    """By account, of the plans this person may see. Three questions to the database."""
    boxes = {row.account_id: row.position.box for row in rows}
    listed = list(Plan.objects.visible_to(user).filter(account__in=list(boxes)).order_by())
    if not listed:
        return {}
    found = rhythms()
    coming = earliest(listed, boxes, found)
    return {
        plan.account_id: line_of(plan, of_box(found, boxes[plan.account_id]).stale_days, coming.get(plan.pk), today)
        for plan in listed
    }


def line_of(plan: Plan, stale_days: int, coming: Due | None, today: date) -> PlanLine:
    fresh_on = plan.reviewed_on or timezone.localdate(plan.created_at)
    return PlanLine(
        state=plan.get_state_display(),
        is_approved=plan.state == Plan.State.APPROVED,
        fresh_on=fresh_on,
        is_stale=plan.state != Plan.State.CLOSED and today > fresh_on + timedelta(days=stale_days),
        next_review=coming.due_on if coming else None,
    )
