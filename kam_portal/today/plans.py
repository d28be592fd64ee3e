"""What the home page says of the plans of some accounts: how each stands, whether it is fresh, when it is reviewed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from profitability.models import Run
from relationships.models import Plan
from relationships.reviews.cadence import Rhythms, of_box, rhythms
from relationships.reviews.due import Coming, box_in, coming


@dataclass(frozen=True)
class PlanLine:
    """One plan in a few words. It is stale when it was not reviewed for longer than its box asks for."""

    state: str
    is_approved: bool
    fresh_on: date
    is_stale: bool
    next_review: date | None


@dataclass(frozen=True)
class Plans:
    """Some plans with the boxes of their accounts and all their reviews to come."""

    listed: Sequence[Plan]
    boxes: Mapping[int, str]
    found: Rhythms
    reviews: Mapping[int, Coming]


def plans_near(user, run: Run | None, accounts: Iterable[int] = ()) -> Plans:
    """Of the accounts this person looks after, and of these others. Three questions to the database."""
    rows = Plan.objects.visible_to(user).filter(Q(account__manager=user) | Q(account__in=list(accounts)))
    listed = list(rows.annotate(box=box_in(run, user)).select_related("account").order_by())
    if not listed:
        return Plans((), {}, {}, {})
    boxes, found = {plan.account_id: plan.box for plan in listed}, rhythms()
    return Plans(listed, boxes, found, coming(listed, boxes, found))


def plan_lines(known: Plans, today: date) -> dict[int, PlanLine]:
    """By account."""
    return {plan.account_id: line_of(plan, known, today) for plan in known.listed}


def line_of(plan: Plan, known: Plans, today: date) -> PlanLine:
    fresh_on = plan.reviewed_on or timezone.localdate(plan.created_at)
    stale_days = of_box(known.found, known.boxes.get(plan.account_id, "")).stale_days
    first = known.reviews[plan.pk].first
    return PlanLine(
        state=plan.get_state_display(),
        is_approved=plan.state == Plan.State.APPROVED,
        fresh_on=fresh_on,
        is_stale=plan.state != Plan.State.CLOSED and today > fresh_on + timedelta(days=stale_days),
        next_review=first.due_on if first else None,
    )
