"""The versions of the demo's plans: submitted, approved, returned or waiting, as its people would have done it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from profitability.models import Run
from relationships.models import Competitor, Notice, Objective, Plan, PlanVersion, Risk, SwotPoint
from relationships.models.plan_entries import PlanEntry
from relationships.plans import lifecycle

ANSWERED = timedelta(days=4)  # after it was submitted
NOTES = (
    "First version.",
    "Higher target after the half-year review, and what we learnt of its competitors.",
    "Investments with what they cost and brought so far.",
)
ANSWERS = {lifecycle.LEAD: "Agreed. Keep the weekly round.", lifecycle.SPONSOR: "Agreed. I will call the owner."}
RETURNED = "The target for cost to serve has no action behind it. Say who talks to purchasing about visits and offers."
LOWER = Decimal("0.9")  # the first version's target


@dataclass
class Pages:
    """What the first version did not say yet; it comes in with the second."""

    rows: list[PlanEntry]
    objective: Objective | None
    target: Decimal | None

    @classmethod
    def held_back(cls, plan: Plan) -> "Pages":
        lasts = [model.objects.filter(plan=plan).order_by("place").last() for model in (SwotPoint, Risk, Competitor)]
        rows = [row for row in lasts if row is not None]
        objective = Objective.objects.filter(plan=plan).order_by("place").first()
        target = objective.target if objective else None
        for row in rows:
            type(row).objects.filter(pk=row.pk).delete()
        if objective and target is not None:
            _set_target(objective, round(target * LOWER, -2))
        return cls(rows, objective, target)

    def brought_in(self) -> None:
        for row in self.rows:
            row.pk = None
            row.save(force_insert=True)
        if self.objective and self.target is not None:
            _set_target(self.objective, self.target)
        self.rows, self.objective = [], None


def _set_target(objective: Objective, target: Decimal) -> None:
    Objective.objects.filter(pk=objective.pk).update(target=target)


def live(plan: Plan, fates: tuple[str, ...], days_ago: list[int], today: date) -> None:
    """Submit the plan as often as there are fates, so many days ago; what came to it later comes in between."""
    later = Pages.held_back(plan) if len(fates) > 1 else None
    for place, (fate, days) in enumerate(zip(fates, days_ago, strict=True)):
        if place and later is not None:
            later.brought_in()
        now = at(today - timedelta(days=days))
        version = lifecycle.submit(plan.account.manager, plan, NOTES[place % len(NOTES)], run_of(now.date()), now)
        FATES[fate](version, now + ANSWERED)
        if place:
            _change(plan, place)
    _quiet(plan)


def _change(plan: Plan, place: int) -> None:
    """Something that everyone learns once a version is out."""
    row = Competitor.objects.filter(plan=plan).order_by("place").first()
    if row is not None:
        row.move = f"{row.move}; a second visit to its owner" if place == 1 else "Has hired our former buyer"
        row.save()


def run_of(day: date) -> Run | None:
    """The run whose figures one had on that day; of the first months, the earliest there is."""
    runs = Run.objects.filter(state__in=[Run.State.PUBLISHED, Run.State.SUPERSEDED]).order_by("month_to")
    known = [run for run in runs if run.as_of is not None and run.as_of < day]
    return known[-1] if known else runs.first()


# What became of a version


def _approved(version: PlanVersion, now: datetime) -> None:
    for side in lifecycle.SIDES:
        if side in lifecycle.open_sides(version):
            version = lifecycle.approve(_asked(version, side), version, ANSWERS[side], now)


def _by_one(side: str) -> Callable[[PlanVersion, datetime], None]:
    """One of the two has agreed; the other one is still to answer."""

    def approved(version: PlanVersion, now: datetime) -> None:
        lifecycle.approve(_asked(version, side), version, ANSWERS[side], now)

    return approved


def _returned(version: PlanVersion, now: datetime) -> None:
    lifecycle.give_back(_asked(version, lifecycle.LEAD), version, RETURNED, now)


def _withdrawn(version: PlanVersion, now: datetime) -> None:
    lifecycle.withdraw(version.submitted_by, version, now)


def _waiting(version: PlanVersion, now: datetime) -> None:
    """Nobody has answered yet."""


FATES = {
    "approved": _approved,
    "lead": _by_one(lifecycle.LEAD),
    "sponsor": _by_one(lifecycle.SPONSOR),
    "returned": _returned,
    "withdrawn": _withdrawn,
    "waiting": _waiting,
}


def _asked(version: PlanVersion, side: str) -> User:
    """The first of those whose word counts and who has not said anything yet."""
    asked = lifecycle.Approvers.load().of(version.plan, version.submitted_by_id)[side]
    spoken = set(version.approvals.values_list("said_by", flat=True))
    return next((user for user in asked if user.pk not in spoken), asked[0])


def _quiet(plan: Plan) -> None:
    """What was said of versions that are decided has been read; of the others it was said when it happened."""
    waiting = plan.versions.filter(state=PlanVersion.State.IN_REVIEW).first()
    told = Notice.objects.filter(plan=plan, kind__in=[lifecycle.ASKED, lifecycle.ANSWERED])
    if waiting is not None:
        mine = told.filter(url__endswith=f"/{waiting.number}/")
        mine.update(said_at=waiting.submitted_at)
        told = told.exclude(pk__in=mine.values("pk"))
    told.delete()


def at(day: date, hour: int = 10) -> datetime:
    """A working hour of a day."""
    return timezone.make_aware(datetime.combine(day, time(hour)))
