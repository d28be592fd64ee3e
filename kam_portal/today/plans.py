"""What the home page says of the plans of some accounts: how each stands, how fresh it is, when it is reviewed next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, OuterRef, Subquery

from relationships.models import Plan, Review


@dataclass(frozen=True)
class PlanLine:
    """One plan in a few words."""

    state: str
    is_approved: bool
    touched_on: date | None  # when something in it changed last, or was found still true
    next_review: date | None


def plans_of(user, accounts: Collection[int]) -> dict[int, PlanLine]:
    """By account, of the plans this person may see. One question to the database."""
    planned = Review.objects.planned().filter(plan=OuterRef("pk")).order_by("due_on")
    rows = Plan.objects.visible_to(user).filter(account__in=accounts)
    rows = rows.annotate(touched_at=Max("sections__changed_at"), next_on=Subquery(planned.values("due_on")[:1]))
    return {row.account_id: line_of(row) for row in rows}


def line_of(plan: Plan) -> PlanLine:
    touched = plan.touched_at.date() if plan.touched_at else None
    days = [day for day in (touched, plan.reviewed_on) if day]
    return PlanLine(
        state=plan.get_state_display(),
        is_approved=plan.state == Plan.State.APPROVED,
        touched_on=max(days, default=None),
        next_review=plan.next_on,
    )
