"""The key account plan as one page: each section with its entries, and what the portal computes beside them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts import numbers
from accounts.models import Account
from accounts.models.fields import WholeField
from accounts.permissions import Permission, may
from profitability.models import Run
from relationships.core import plan as core
from relationships.core.plan import Progress, State
from relationships.models import Action, Benefit, Investment, Objective, ObjectiveReading, Plan, PlanSection
from relationships.plans import comments, measures, peers
from relationships.plans.fields import LAYOUTS, Input, Reader, inputs
from relationships.plans.measures import MEASURES, STATES
from relationships.plans.sections import SECTIONS, Section, rows_of
from relationships.plans.standing import Kept, Read
from relationships.plans.typed import shown, stage_words, text_of_value

OFFERED = {"objectives": "objective", "actions": "needs"}  # sections whose entries actions may name, by which field


@dataclass
class Entry:
    """One line of a section as it is shown."""

    row: Model
    kind: str
    main: list[Input]
    more: list[Input]
    comments: int = 0
    facts: dict = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.row.pk}"

    @property
    def extras(self) -> list[Input]:
        """What stands behind “More” and is filled in, for whoever only reads."""
        return [each for each in self.more if each.words or each.withheld]


@dataclass
class Group:
    """Entries that are shown together: one quadrant, one side; all of a section that has no groups."""

    code: str
    label: str
    entries: list[Entry]
    facts: dict = field(default_factory=dict)


@dataclass
class Part:
    """A section of the page."""

    section: Section
    groups: list[Group]
    freshness: PlanSection | None
    comments: int
    heads: list[tuple[str, bool]]
    facts: dict = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.section.code

    @property
    def entries(self) -> list[Entry]:
        return [entry for group in self.groups for entry in group.entries]


@dataclass
class Looking:
    """What a page of a plan is made of: who looks, when, at which run, with the comments and the dates of sections."""

    reader: Reader
    run: Run | None
    today: date

    def __post_init__(self):
        self.plan: Plan = self.reader.plan
        self.withheld = measures.withheld(self.reader.user, self.plan)  # ids of objectives
        counts = comments.open_counts(self.plan)
        self.comments = {about: count for about, count in counts.items() if not self.is_withheld(*about)}
        self.freshness = {row.section: row for row in self.plan.sections.select_related("changed_by")}
        self.rows: dict[str, list] = {"purpose": [self.plan]}  # of the sections read so far
        self.judged: dict[int, tuple[Decimal | None, Progress]] = {}  # objectives, once their section was read

    @cached_property
    def sees_account(self) -> bool:
        return Account.objects.visible_to(self.reader.user).filter(pk=self.plan.account_id).exists()

    @cached_property
    def typical(self) -> dict[str, peers.Typical]:
        """What peers have, of all that the page compares with them."""
        measured = self.plan.objectives.exclude(measure="").order_by().values_list("measure", flat=True)
        return peers.medians(self.reader.user, self.run, self.plan.account, {*peers.PLAN_PAGE, *measured})

    def is_withheld(self, section: str, entry: int | None) -> bool:
        """Whether a line is an objective that this person may not know of."""
        return section == "objectives" and entry in self.withheld

    def listed(self, code: str) -> list:
        """The entries of a section, read once; also those that this person may not know of."""
        if code not in self.rows:
            self.rows[code] = list(rows_of(SECTIONS[code], self.plan))
            if code in OFFERED:
                self.reader.offer(OFFERED[code], self.rows[code])
        return self.rows[code]

    def read(self) -> Read:
        """What the plan's standing is made of; once its sections were read."""
        kept = {code: Kept(row.entries, row.changed_at) for code, row in self.freshness.items()}
        late = [row for row in self.listed("actions") if is_overdue(row, self.today)]
        return Read(
            {self.plan.pk: kept},
            [row for row in self.listed("objectives") if row.pk in self.judged],
            self.judged,
            [(self.plan.pk, row.text, row.due_on) for row in sorted(late, key=lambda row: (row.due_on, row.pk))],
            self.listed("risks"),
        )

    def part(self, code: str) -> Part:
        section = SECTIONS[code]
        rows = [row for row in self.listed(code) if not self.is_withheld(code, row.pk)]
        entries = [self.entry(section, row) for row in rows]
        FACTS.get(code, nothing)(self, entries)
        part = Part(section, groups(section, entries), self.freshness.get(code), self.comments.get((code, None), 0),
                    heads(section))  # fmt: skip
        SUMS.get(code, nothing)(self, part)
        return part

    def entry(self, section: Section, row: Model) -> Entry:
        row.plan = self.plan
        layout = LAYOUTS[section.code]
        main, more = (inputs(self.reader, section, row, names) for names in (layout.main, layout.more))
        return Entry(row, section.code, main, more, self.comments.get((section.code, row.pk), 0))

    def one(self, code: str, entry_id: int) -> Entry | None:
        """One line alone, with its facts."""
        return next((entry for entry in self.part(code).entries if entry.row.pk == entry_id), None)


def heads(section: Section) -> list[tuple[str, bool]]:
    """The names of the columns, and whether figures stand in them."""
    layout = LAYOUTS[section.code]
    if layout.heads:
        return list(zip(map(str, layout.heads), (False, True, True, False, False), strict=True))
    columns = [section.field(name) for name in layout.main]
    return [(str(column.verbose_name), isinstance(column, WholeField)) for column in columns]


def groups(section: Section, entries: list[Entry]) -> list[Group]:
    if not section.group:
        return [Group("", "", entries)]
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[getattr(entry.row, section.group)].append(entry)
    return [Group(str(code), str(label), found[code]) for code, label in section.field(section.group).flatchoices]


# What is computed beside the entries of a section


def nothing(looking: Looking, _shown) -> None:
    """Most sections have nothing to compute."""


def objectives(looking: Looking, entries: list[Entry]) -> None:
    """Value, progress and peers of each objective; the values of own measures with their last reading."""
    user, plan = looking.reader.user, looking.plan
    rows: list[Objective] = [entry.row for entry in entries]
    measured = measures.values([plan.account_id], looking.run, user) if any(row.measure for row in rows) else {}
    read = measures.latest_readings(rows)
    looking.judged = found = measures.standings(rows, measured, looking.today, read)
    for entry in entries:
        value, progress = found[entry.row.pk]
        entry.facts = objective_facts(entry.row, value, progress, read.get(entry.row.pk))
        typical = looking.typical.get(entry.row.measure)
        entry.facts |= {"peers": typical, "peers_value": said(entry.row, typical and typical.value)}


def objective_facts(row: Objective, value: Decimal | None, progress: Progress, read: ObjectiveReading | None) -> dict:
    return {
        "value": said(row, value),
        "unit": unit_words(row),
        "progress": progress,
        "percent": None if progress.share is None else round(progress.share * 100),
        "due": None if progress.due is None else round(progress.due * 100),
        "state": progress.state.value,
        "words": str(STATES[progress.state]),
        "went_back": progress.state in (State.EARLY, State.MOVED_AWAY),
        "is_measured": bool(row.measure),
        "figure": row.measure if row.measure in TRAILS else "",
        "read": read,
    }


TRAILS = {"net_revenue", "gross_margin", "contribution", "cost_to_serve", "relationship_strength"}


def said(row: Objective, value: Decimal | None) -> str:
    """A value of an objective's measure as people read it."""
    unit = MEASURES[row.measure].unit if row.measure in MEASURES else ""
    if value is None:
        return ""
    if unit == measures.MONEY:
        return f"{value:,.2f}".removesuffix(".00").replace("-", numbers.MINUS)
    return stage_words(value) if unit == measures.STAGE else shown(row, "target", text_of_value(value, unit))


def unit_words(row: Objective) -> str:
    if row.measure in MEASURES:
        return settings.CURRENCY if MEASURES[row.measure].unit == measures.MONEY else ""
    return row.unit


def actions(looking: Looking, entries: list[Entry]) -> None:
    """What is overdue, what waits for what, and what this person may tick."""
    user = looking.reader.user
    logs = may(user, Permission.LOG_TOUCHPOINTS)
    for entry in entries:
        row: Action = entry.row
        is_open = row.state in Action.OPEN
        entry.facts = {
            "is_open": is_open,
            "is_done": row.state == Action.State.DONE,
            "is_overdue": is_overdue(row, looking.today),
            "waits_for": [each for each in row.needs.all() if each.state in Action.OPEN],
            "may_tick": logs and not looking.reader.may_edit and row.owner_id == user.pk,
        }


def is_overdue(row: Action, today: date) -> bool:
    return row.state in Action.OPEN and row.due_on is not None and row.due_on < today


def risks(looking: Looking, entries: list[Entry]) -> None:
    for entry in entries:
        found = core.severity(entry.row.likelihood, entry.row.impact)
        words = {"low": _("low"), "medium": _("medium"), "high": _("high")}
        entry.facts = {"severity": found, "gravity": core.gravity(found), "words": words.get(core.gravity(found), "")}


def investments(looking: Looking, entries: list[Entry]) -> None:
    """The return on each, expected and as it came."""
    for entry in entries:
        row: Investment = entry.row
        entry.facts = {
            "withheld": not looking.reader.sees_profit,
            "expected": as_share(core.return_on(row.expected_profit, row.expected_cost)),
            "actual": as_share(core.return_on(row.actual_profit, row.actual_cost)),
        }
        if entry.facts["withheld"]:
            entry.facts |= {"expected": None, "actual": None}


def as_share(value) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)


def sum_of_investments(looking: Looking, part: Part) -> None:
    """All together: only those that state both profit and cost count in a return."""
    if looking.reader.sees_profit and part.entries:
        rows = [entry.row for entry in part.entries]
        part.facts = {name: together(rows, name) for name in ("expected", "actual")}


def together(rows: list[Investment], side: str) -> dict:
    pairs = [(getattr(row, f"{side}_profit"), getattr(row, f"{side}_cost")) for row in rows]
    whole = [(profit, cost) for profit, cost in pairs if profit is not None and cost is not None]
    if not whole:
        return {"profit": None, "cost": None, "roi": None}
    profit, cost = (sum(column, Decimal(0)) for column in zip(*whole, strict=True))
    return {"profit": profit, "cost": cost, "roi": as_share(core.return_on(profit, cost)), "count": len(whole)}


def sum_of_benefits(looking: Looking, part: Part) -> None:
    """The balance: what is given and received of each kind, in number and, as far as it is stated and seen, in worth a
    year."""
    rows: list[Benefit] = [entry.row for entry in part.entries]
    seen = looking.reader.sees_profit
    part.facts = {
        "balance": [
            {"label": label, "given": side(rows, kind, "given", seen), "received": side(rows, kind, "received", seen)}
            for kind, label in Benefit.Kind.choices
        ],
        "given": side(rows, None, "given", seen),
        "received": side(rows, None, "received", seen),
        "sees_worth": seen,
    }


def side(rows: list[Benefit], kind: str | None, direction: str, sees_worth: bool) -> dict:
    own = [row for row in rows if row.direction == direction and kind in (None, row.kind)]
    known = [row.worth for row in own if row.worth is not None and sees_worth]
    return {"count": len(own), "worth": sum(known, Decimal(0)) if known else None, "is_told": sees_worth}


def sum_of_objectives(looking: Looking, part: Part) -> None:
    """How many stand how."""
    counts: dict[str, int] = defaultdict(int)
    for entry in part.entries:
        counts[entry.facts["state"]] += 1
    part.facts = {
        "states": [(state.value, str(words), counts[state]) for state, words in STATES.items() if counts[state]],
        "withheld": len(looking.withheld),
    }


def sum_of_actions(looking: Looking, part: Part) -> None:
    facts = [entry.facts for entry in part.entries]
    part.facts = {
        "open": sum(each["is_open"] for each in facts),
        "overdue": sum(each["is_overdue"] for each in facts),
        "done": sum(each["is_done"] for each in facts),
    }


FACTS = {"objectives": objectives, "actions": actions, "risks": risks, "investments": investments}
SUMS = {
    "objectives": sum_of_objectives,
    "actions": sum_of_actions,
    "investments": sum_of_investments,
    "benefits": sum_of_benefits,
}
