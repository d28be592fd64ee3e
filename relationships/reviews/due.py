"""Which reviews are due: those planned, and those that the cadence asks for and nobody has planned yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import CharField, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from profitability.models import Run
from relationships.models import Plan, Position, Review
from relationships.reviews.cadence import TEAM, Rhythm, Rhythms, of_box

SOON = timedelta(days=14)
LAST_HELD = Max("held_on", filter=Q(state=Review.State.HELD))
FIRST_PLANNED = Min("due_on", filter=Q(state=Review.State.PLANNED))
WITH_CUSTOMER = (Review.Kind.JOINT, Review.Kind.ANNUAL)


@dataclass(frozen=True)
class Due:
    """One review to come. Without `review` nobody has planned it: the cadence asks for it on that day."""

    plan: Plan
    kind: str
    due_on: date
    box: str = ""
    review: Review | None = None
    last_on: date | None = None

    @property
    def kind_label(self) -> str:
        return Review.Kind(self.kind).label

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today

    def is_soon(self, today: date) -> bool:
        return self.due_on <= today + SOON


def boxes_of(plans: Iterable[Plan], run: Run | None, user=None) -> dict[int, str]:
    """The box of each plan's account in the run, by account; with a user, of those he sees. One query."""
    if run is None:
        return {}
    rows = Position.objects.in_run(run)
    rows = (rows if user is None else rows.visible_to(user)).filter(account__in=[plan.account_id for plan in plans])
    return dict(rows.values_list("account", "box"))


def box_in(run: Run | None, user) -> Coalesce:
    """The box of a plan's account as `boxes_of` has it, within the question for the plans."""
    rows = Position.objects.none() if run is None else Position.objects.in_run(run).visible_to(user)
    found = rows.filter(account=OuterRef("account")).values("box")[:1]
    return Coalesce(Subquery(found), Value(""), output_field=CharField())


def held_last(plans: Iterable[Plan]) -> dict[tuple[int, str], date]:
    """When a review of each kind was held last, by plan and kind. One query."""
    rows = Review.objects.held().filter(plan__in=[plan.pk for plan in plans]).order_by()
    return {
        (row["plan"], row["kind"]): row["last"] for row in rows.values("plan", "kind").annotate(last=Max("held_on"))
    }


def planned(plans: Iterable[Plan]) -> list[Review]:
    """Planned ones of these plans, the earliest first. One query."""
    rows = Review.objects.planned().filter(plan__in=[plan.pk for plan in plans])
    return list(rows.order_by("due_on", "pk"))


def to_come(plans: Sequence[Plan], boxes: dict[int, str], found: Rhythms) -> list[Due]:
    """The next review of each kind of each plan, the earliest first. Two queries."""
    held, waiting = held_last(plans), planned(plans)
    by_plan = {plan.pk: plan for plan in plans}
    listed = [_planned(by_plan[row.plan_id], row, boxes, held) for row in waiting]
    there = {(row.plan_id, row.kind) for row in waiting}
    for plan in plans:
        listed += unplanned(plan, boxes.get(plan.account_id, ""), found, held, there)
    return sorted(listed, key=lambda each: (each.due_on, each.plan.account.name, each.kind))


def _planned(plan: Plan, row: Review, boxes: dict[int, str], held) -> Due:
    row.plan = plan
    return Due(plan, row.kind, row.due_on, boxes.get(plan.account_id, ""), row, last_of(plan, row.kind, held))


def _is_planned(due: Due, there: set[tuple[int, str]]) -> bool:
    return any((due.plan.pk, kind) in there for kind in kinds_like(due.kind))


def kinds_like(kind: str) -> tuple[str, ...]:
    """Those of which one makes another one needless: both with the customer, or the kind alone."""
    return WITH_CUSTOMER if kind in WITH_CUSTOMER else (kind,)


def next_planned(plan_id: int, kind: str) -> Review | None:
    """The first review to come that is planned in the place of one of that kind."""
    rows = Review.objects.planned().filter(plan=plan_id, kind__in=kinds_like(kind))
    return rows.order_by("due_on", "pk").first()


def last_of(plan: Plan, kind: str, held: dict[tuple[int, str], date]) -> date | None:
    """The last one that counts for that kind: every review is one of the team, an annual one a joint one too."""
    kinds = WITH_CUSTOMER if kind in WITH_CUSTOMER else Review.Kind.values
    days = [held[plan.pk, each] for each in kinds if (plan.pk, each) in held]
    return max(days, default=None)


def _asked(plan: Plan, box: str, found: Rhythms, held) -> Iterable[Due]:
    for rhythm in (found[TEAM], of_box(found, box)):
        if rhythm.months:
            last = last_of(plan, rhythm.kind, held)
            yield Due(plan, rhythm.kind, rhythm.after(last or plan.from_on), box, None, last)


def next_of(kind: str, box: str, found: Rhythms, day: date) -> tuple[str, date]:
    """Which review follows one of that kind held on that day, and when."""
    rhythm = found[TEAM] if kind == Review.Kind.TEAM else of_box(found, box)
    rhythm = rhythm if rhythm.months else Rhythm(rhythm.kind, 3, rhythm.stale_days)
    return kind if kind == Review.Kind.TEAM else str(rhythm.kind), working_day(rhythm.after(day))


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


@dataclass(frozen=True)
class Coming:
    """The reviews to come of one plan, without their rows: those planned, and those asked for that nobody planned."""

    planned: Sequence[Due]
    asked: Sequence[Due]

    @property
    def first(self) -> Due | None:
        return min((*self.planned, *self.asked), key=lambda due: (due.due_on, due.kind), default=None)


def coming(plans: Sequence[Plan], boxes: dict[int, str], found: Rhythms) -> dict[int, Coming]:
    """By plan: the same rule wherever reviews are told. One query."""
    rows = Review.objects.filter(plan__in=[plan.pk for plan in plans]).order_by().values("plan", "kind")
    counted = list(rows.annotate(last=LAST_HELD, first=FIRST_PLANNED))
    held = {(row["plan"], row["kind"]): row["last"] for row in counted if row["last"]}
    there = {(row["plan"], row["kind"]): row["first"] for row in counted if row["first"]}
    planned_kinds, listed = set(there), {}
    for plan in plans:
        box = boxes.get(plan.account_id, "")
        days = [Due(plan, kind, there[plan.pk, kind], box) for kind in Review.Kind.values if (plan.pk, kind) in there]
        listed[plan.pk] = Coming(days, unplanned(plan, box, found, held, planned_kinds))
    return listed


def unplanned(plan: Plan, box: str, found: Rhythms, held, there: set[tuple[int, str]]) -> list[Due]:
    """What the cadence asks for of a living plan and nobody has planned yet."""
    if plan.state == Plan.State.CLOSED:
        return []
    return [each for each in _asked(plan, box, found, held) if not _is_planned(each, there)]


def earliest(plans: Sequence[Plan], boxes: dict[int, str], found: Rhythms) -> dict[int, Due]:
    """The first review to come, by plan. One query."""
    return {pk: each.first for pk, each in coming(plans, boxes, found).items() if each.first}
