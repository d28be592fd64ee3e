"""How plans stand. Two things that are never mixed: how well a plan is kept (filled in, fresh, reviewed), and how well
it goes (objectives behind, actions overdue, high risks: named causes, no number)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from profitability.models import Run
from relationships.core.plan import Progress, State, gravity, severity
from relationships.models import Action, Objective, Plan, PlanSection, Risk
from relationships.plans import measures
from relationships.plans.sections import SECTIONS
from relationships.reviews.cadence import Rhythms, of_box, rhythms
from relationships.reviews.due import Due, boxes_of, earliest

OPTIONAL = {"links"}  # a plan is complete without
OFF_COURSE = (State.BEHIND, State.MOVED_AWAY, State.MISSED)
JUDGED_BY = ("plan", "text", "measure", "direction", "baseline", "target", "from_on", "until_on")


class Age(StrEnum):
    EMPTY = "empty"
    FRESH = "fresh"
    AGEING = "ageing"  # past half of the days after which it is stale
    STALE = "stale"


AGES: dict[str, str | Promise] = {
    Age.EMPTY: gettext_lazy("Empty"),
    Age.FRESH: gettext_lazy("Fresh"),
    Age.AGEING: gettext_lazy("Ageing"),
    Age.STALE: gettext_lazy("Stale"),
}


@dataclass(frozen=True)
class SectionAge:
    """One section: how many lines it has, and how long ago somebody changed it or found it still true."""

    code: str
    label: str
    entries: int
    changed_at: datetime | None
    days: int | None
    age: Age

    @property
    def words(self) -> str:
        """In a sentence, for a strip of marks."""
        if self.age == Age.EMPTY or self.days is None:
            return _("%(section)s: empty") % {"section": self.label}
        words = ngettext("%(section)s: %(age)s, %(days)d day", "%(section)s: %(age)s, %(days)d days", self.days)
        return words % {"section": self.label, "age": str(AGES[self.age]).lower(), "days": self.days}


@dataclass(frozen=True)
class Cause:
    """One thing that goes wrong: of which kind, what it is, since when."""

    kind: str  # objective, action, risk
    text: str
    note: str = ""


class Kept(NamedTuple):
    """What is stored of one section."""

    entries: int
    changed_at: datetime


@dataclass(frozen=True)
class Standing:
    """How one plan stands on a day. `causes` is its health: without any, nothing named is amiss."""

    plan_id: int
    box: str
    kept: Mapping[str, Kept]
    today: date
    reviewed_on: date | None
    stale_on: date  # unless it is reviewed before
    stale_days: int
    is_stale: bool
    next_review: Due | None
    objectives: int
    causes: tuple[Cause, ...]
    states: Mapping[str, int]  # objectives by how they progress

    @property
    def next_review_on(self) -> date | None:
        return self.next_review.due_on if self.next_review else None

    @cached_property
    def sections(self) -> tuple[SectionAge, ...]:
        """Put into words for those plans alone that are looked at."""
        return tuple(_ages(self.kept, self.stale_days, self.today))

    @property
    def filled(self) -> int:
        return sum(1 for each in self.needed if each.entries)

    @property
    def needed(self) -> list[SectionAge]:
        return [each for each in self.sections if each.code not in OPTIONAL]

    @property
    def completeness(self) -> float:
        """The share of sections in which something stands, 0…1."""
        return self.filled / len(self.needed)

    @property
    def fresh(self) -> int:
        """Of those needed, like `filled`: both are said out of the same number."""
        return sum(1 for each in self.needed if each.age in (Age.FRESH, Age.AGEING))

    @property
    def is_sound(self) -> bool:
        return not self.causes

    def of_kind(self, kind: str) -> list[Cause]:
        return [cause for cause in self.causes if cause.kind == kind]

    @property
    def objectives_behind(self) -> int:
        return len(self.of_kind("objective"))

    @property
    def overdue(self) -> int:
        return len(self.of_kind("action"))

    @property
    def high_risks(self) -> int:
        return len(self.of_kind("risk"))

    @property
    def health_words(self) -> str:
        """The causes counted, in one line."""
        counted = [
            ngettext("%d objective behind", "%d objectives behind", self.objectives_behind) % self.objectives_behind,
            ngettext("%d action overdue", "%d actions overdue", self.overdue) % self.overdue,
            ngettext("%d high risk", "%d high risks", self.high_risks) % self.high_risks,
        ]
        counts = (self.objectives_behind, self.overdue, self.high_risks)
        return ", ".join(text for text, count in zip(counted, counts, strict=True) if count) or _("nothing amiss")


@dataclass(frozen=True)
class Read:
    """What stands in some plans, as far as somebody may know of it: the rows that their standing is made of."""

    sections: Mapping[int, Mapping[str, Kept]]
    objectives: Collection[Objective]
    judged: Mapping[int, tuple[Any, Progress]]  # the objectives, by id
    overdue: Collection[tuple[int, str, date]]  # actions: plan, text, day
    risks: Collection[Risk]


def of(plans: Iterable[Plan], run: Run | None, today: date, user=None, read: Read | None = None) -> dict[int, Standing]:
    """How each of these plans stands, by its id. With a user, nothing that this person may not see is among the causes.
    At most ten queries for any number of plans; fewer with what is read already."""
    listed = list(plans)
    if not listed:
        return {}
    found, boxes = rhythms(), boxes_of(listed, run)
    reviews = earliest(listed, boxes, found)
    read = read or _read(listed, run, today, user)
    health = _health(listed, read, today)
    return {
        plan.pk: _standing(plan, boxes.get(plan.account_id, ""), found, read.sections, reviews, health[plan.pk], today)
        for plan in listed
    }


def _read(plans: Collection[Plan], run: Run | None, today: date, user) -> Read:
    ids = [plan.pk for plan in plans]
    objectives = _objectives(plans, user)
    overdue = Action.objects.overdue(today).filter(plan__in=ids).order_by("due_on", "pk")
    return Read(
        _sections(ids),
        objectives,
        _judged(plans, objectives, run, today, user),
        list(overdue.values_list("plan", "text", "due_on")),
        list(Risk.objects.filter(plan__in=ids).order_by("place", "pk")),
    )


def _objectives(plans: Collection[Plan], user) -> list[Objective]:
    """Those this person may know of: the others are not even counted."""
    by_id = {plan.pk: plan for plan in plans}
    listed = Objective.objects.filter(plan__in=list(by_id)).order_by("place", "pk").only(*JUDGED_BY)
    rows = list(listed if user is None else measures.open_to(user, listed))
    for row in rows:
        row.plan = by_id[row.plan_id]
    return rows


def _judged(plans: Collection[Plan], rows: Collection[Objective], run: Run | None, today: date, user):
    accounts, asked = _accounts(plans, rows), {row.measure for row in rows}
    return measures.standings(rows, measures.values(accounts, run, user, asked), today)


def _accounts(plans: Collection[Plan], rows: Collection[Objective]) -> list[int]:
    """Whose figures are needed at all."""
    measured = {row.plan_id for row in rows if row.measure}
    return [plan.account_id for plan in plans if plan.pk in measured]


def _standing(plan: Plan, box: str, found: Rhythms, sections, reviews, health: "Health", today: date) -> Standing:
    days = of_box(found, box).stale_days
    stale_on = (plan.reviewed_on or day_of(plan.created_at)) + timedelta(days=days)
    return Standing(
        plan_id=plan.pk,
        box=box,
        kept=sections.get(plan.pk, {}),
        today=today,
        reviewed_on=plan.reviewed_on,
        stale_on=stale_on,
        stale_days=days,
        is_stale=plan.state != Plan.State.CLOSED and today > stale_on,
        next_review=reviews.get(plan.pk),
        objectives=sum(health.states.values()),
        causes=tuple(health.causes),
        states=health.states,
    )


def day_of(moment: datetime) -> date:
    return timezone.localdate(moment)


def _sections(plans: list[int]) -> dict[int, dict[str, Kept]]:
    found: dict[int, dict[str, Kept]] = defaultdict(dict)
    rows = PlanSection.objects.filter(plan__in=plans)
    for plan, section, entries, changed_at in rows.values_list("plan", "section", "entries", "changed_at"):
        found[plan][section] = Kept(entries, changed_at)
    return found


def _ages(rows: Mapping[str, Kept], stale_days: int, today: date) -> Iterable[SectionAge]:
    for code, label in labels().items():
        row = rows.get(code)
        if row is None:
            yield SectionAge(code, label, 0, None, None, Age.EMPTY)
            continue
        days = max((today - day_of(row.changed_at)).days, 0)
        age = age_of(days, stale_days) if row.entries else Age.EMPTY
        yield SectionAge(code, label, row.entries, row.changed_at, days, age)


def labels() -> dict[str, str]:
    """The names of the sections in the reader's language: put into words once, not for each of many plans."""
    return _labels(get_language())


@cache
def _labels(_language: str | None) -> dict[str, str]:
    return {code: str(section.label) for code, section in SECTIONS.items()}


def age_of(days: int, stale_days: int) -> Age:
    if days > stale_days:
        return Age.STALE
    return Age.AGEING if 2 * days > stale_days else Age.FRESH


# Health


@dataclass(frozen=True)
class Health:
    """What goes wrong at one plan, and its objectives by how they progress."""

    causes: list[Cause]
    states: dict[str, int]


def _health(plans: Collection[Plan], read: Read, today: date) -> dict[int, Health]:
    found = {plan.pk: Health([], defaultdict(int)) for plan in plans}
    for row in read.objectives:
        _value, progress = read.judged[row.pk]
        found[row.plan_id].states[progress.state] += 1
        if progress.state in OFF_COURSE:
            found[row.plan_id].causes.append(Cause("objective", row.text, str(measures.STATES[progress.state])))
    for plan, text, due in read.overdue:
        late = (today - due).days
        note = ngettext("%(days)d day overdue", "%(days)d days overdue", late) % {"days": late}
        found[plan].causes.append(Cause("action", text, note))
    for risk in read.risks:
        if gravity(severity(risk.likelihood, risk.impact)) == "high":
            said = {"likelihood": risk.likelihood, "impact": risk.impact}
            note = _("likelihood %(likelihood)d, impact %(impact)d") % said
            found[risk.plan_id].causes.append(Cause("risk", risk.text, note))
    return found
