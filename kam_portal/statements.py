"""Statements as pages show them: which period the address asks for, its columns, and each line against the period
before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from kam_portal.views.account_page import LAST_STEP, STEPS, steps_of
from profitability.core.cost_model import PHASES
from profitability.core.months import months_between
from profitability.models import Run
from profitability.periods import LENGTHS, NAMES, Period, before, cut, month_name, periods, span
from profitability.pnl.kept import kept_months
from profitability.pnl.sources import Source, sources_of
from profitability.pnl.statements import (
    ACTIVITY,
    Activity,
    Statement,
    activities_of,
    added,
    by_month,
    months_of,
    together,
)

GROSS_MARGIN = STEPS[-1]
LEVEL_STEPS = [
    GROSS_MARGIN,
    ("unit_cost", gettext_lazy("Unit level"), "minus"),
    ("unit_margin", gettext_lazy("Margin after units"), "total"),
    ("batch_cost", gettext_lazy("Batch level"), "minus"),
    ("batch_margin", gettext_lazy("Margin after batches"), "total"),
    ("customer_cost", gettext_lazy("Customer level"), "minus"),
    LAST_STEP,
]
COLUMNS = {"quarter": gettext_lazy("By quarter"), "month": gettext_lazy("By month")}
OWN = ("period", "at", "columns", "scope", "by", "order", "run")  # what the address says beside the filters
COST_TO_SERVE = ("cost_to_serve", gettext_lazy("Cost to serve"), "sum")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a period, the one before with the runs that tell it (none where its months are not
    all to be found), and how to part the columns."""

    run: Run
    period: Period
    before: Period
    sources: tuple[Source, ...]
    choices: list[Period]
    columns: list[Period]

    @property
    def months(self) -> tuple[int, ...]:
        return self.period.months

    @property
    def runs_before(self) -> str:
        """Whose figures the period before has, in short: “run 3”, “runs 3 and 5”; empty without any."""
        numbers = list(dict.fromkeys(str(source.run.pk) for source in self.sources))
        if len(numbers) < 2:
            return _("run %(run)s") % {"run": numbers[0]} if numbers else ""
        return _("runs %(runs)s and %(last)s") % {"runs": ", ".join(numbers[:-1]), "last": numbers[-1]}

    @property
    def origin(self) -> str:
        """What each figure of the period before says of where it comes from."""
        return "; ".join(told_by(source) for source in self.sources)

    @property
    def missing(self) -> str:
        """Why there are no figures of the period before."""
        if self.before.first >= self.run.month_from:
            return self.no_ledger
        return _("No published run holds %(months)s: the window of run %(run)s begins in %(first)s.") % {
            "months": self.before.label,
            "run": self.run.pk,
            "first": month_name(self.run.month_from),
        }

    @cached_property
    def ledger_begins(self) -> int:
        return begins(self.run)

    def is_before_ledger(self, period: Period) -> bool:
        return period.last < self.ledger_begins

    @property
    def no_ledger(self) -> str:
        """Why there are no figures of a period before the ledger."""
        words = {"run": self.run.pk, "first": month_name(self.ledger_begins)}
        return _("The ledger of run %(run)s begins in %(first)s.") % words


def begins(run: Run) -> int:
    """The first month of the window in which the ledger, as the run read it, has anything."""
    amounts = run.totals.get("months", {}).values() if run.totals else ()
    window = months_between(run.month_from, run.month_to)
    return next((month for month, *cells in zip(window, *amounts, strict=False) if any(cells)), run.month_from)


def unknown(run: Run, query: QueryDict) -> list[str]:
    """What the address asks for of the period and is not there: figures of another period would be a wrong answer."""
    kind, at, columns = query.get("period") or "last12", query.get("at", ""), query.get("columns", "")
    if kind not in LENGTHS:
        return [_("There is no period “%(period)s”.") % {"period": kind}]
    said = []
    if at and at not in {period.key for period in periods((run.month_from, run.month_to), kind)}:
        words = {"at": at, "run": run.pk, "window": run.window_label}
        said.append(_("“%(at)s” is not in the window of run %(run)s, %(window)s.") % words)
    if columns and columns not in COLUMNS:
        said.append(_("There are no columns by “%(columns)s”.") % {"columns": columns})
    return said


def asked(run: Run, query: QueryDict) -> Asked:
    """The latest period of the kind unless the address names one."""
    choices = periods((run.month_from, run.month_to), query.get("period") or "last12")
    period = next((each for each in choices if each.key == query.get("at", "")), choices[-1])
    earlier = before(period)
    told = sources_of(run, earlier.months)
    sources = told if any(source.months[-1] >= begins(source.run) for source in told) else ()
    return Asked(run, period, earlier, sources, choices, parted(period, query.get("columns", "")))


def told_by(source: Source) -> str:
    """“Nov 2024–Oct 2025: run 1, standard v2”."""
    words = {"run": source.run.pk, "model": source.run.model_label, "months": span(source.months[0], source.months[-1])}
    return _("%(months)s: run %(run)s, %(model)s") % words


def parted(period: Period, by: str) -> list[Period]:
    """Quarters of a year, months of a quarter; one column needs no parts."""
    if period.kind == "quarter" or by == "month":
        columns = cut(period.months, "month")
    else:
        columns = cut(period.months, "quarter")
    return columns if len(columns) > 1 else []


def address(query: QueryDict, **changes: str | None) -> str:
    """The address of this page with some parameters changed, on its first page."""
    changed = query.copy()
    for name, value in {"page": None, "format": None, **changes}.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = value
    return f"?{changed.urlencode()}"


def period_links(query: QueryDict, found: Asked) -> dict:
    """The kinds of period, the neighbours of the one in view, and how its columns are parted."""
    period, place = found.period, found.choices.index(found.period)
    parts = "month" if found.columns and found.columns[0].kind == "month" else "quarter"
    return {
        "kinds": [(label, address(query, period=kind, at=None), kind == period.kind) for kind, label in NAMES.items()],
        "previous": found.choices[place - 1] if place else None,
        "previous_url": address(query, at=found.choices[place - 1].key) if place else "",
        "next": found.choices[place + 1] if place + 1 < len(found.choices) else None,
        "next_url": address(query, at=found.choices[place + 1].key) if place + 1 < len(found.choices) else "",
        "parts": [(label, address(query, columns=kind), kind == parts) for kind, label in COLUMNS.items()]
        if period.kind in {"year", "last12"} and len(period.months) > 3
        else [],
        "before": before_words(found),
    }


def before_words(found: Asked) -> list[str]:
    """With what the period is compared, and from which runs those figures come; where no run holds them, that."""
    if not found.sources:
        return [found.missing]
    words = {"before": found.before.label}
    if found.period.is_whole:
        said = [_("Compared with %(before)s.") % words]
    else:
        said = [_("Compared with the same months of the period before: %(before)s.") % words]
    if len(found.sources) > 1:
        return [*said, _("These months come from several runs: %(runs)s.") % {"runs": found.origin}]
    (source,) = found.sources
    if source.run != found.run:
        words = {"run": source.run.pk, "model": source.run.model_label}
        said.append(_("Those figures come from an earlier run: run %(run)s, %(model)s.") % words)
    return said


@dataclass(frozen=True)
class Shown:
    """A statement over a period, in columns, and of the period before, as each of its sources tells it."""

    total: Statement
    columns: list[tuple[Period, Statement]]
    told: list[Statement]

    @cached_property
    def before(self) -> Statement | None:
        return together(self.told) if self.told else None


def shown(found: Asked, user, accounts: QuerySet[Account] | None, profit: bool, is_everything: bool = False) -> Shown:
    """One question to the database for each run, parted into columns here. `is_everything`: no account is left out."""
    told: dict[int, dict[int, Statement]] = {}

    def over(run: Run, months: Sequence[int]) -> Statement:
        by_months = told[run.pk]
        activities = activities_of(run) if profit else []
        return added((by_months[month] for month in months if month in by_months), activities)

    for run, months in months_by_run(found).items():
        rows = months_of(run, user, accounts).filter(month__in=months)
        known = kept_months(run, months, profit) if is_everything else None
        told[run.pk] = by_month(run, rows, profit, is_everything) if known is None else known
    columns = [(period, over(found.run, period.months)) for period in found.columns]
    return Shown(over(found.run, found.months), columns, [over(each.run, each.months) for each in found.sources])


def months_by_run(found: Asked) -> dict[Run, list[int]]:
    """What is asked of each run."""
    asked = {found.run: list(found.months)}
    for source in found.sources:
        asked.setdefault(source.run, []).extend(source.months)
    return asked


@dataclass(frozen=True)
class Line:
    """One line of a statement as it is shown: what is taken away has a minus sign, and so has a change that takes away
    more. `growth`: the change ÷ what there was before; None where that was nothing, or a loss. `points`: by how much
    the part of net revenue changed."""

    name: str
    label: str
    kind: str
    cells: list[tuple[Period, Decimal]]
    total: Decimal
    part: Decimal | None
    before: Decimal | None
    part_before: Decimal | None
    growth: Decimal | None
    links: Sequence = ()  # where the cells lead
    link: tuple | None = None
    before_link: tuple | None = None

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None else self.total - self.before

    @property
    def points(self) -> Decimal | None:
        return None if self.part is None or self.part_before is None else self.part - self.part_before

    @property
    def columns(self) -> list[tuple[Period, Decimal, tuple | None]]:
        """The cells with where they lead."""
        return [(*cell, link) for cell, link in zip_longest(self.cells, self.links)]


def statement_steps(profit: bool) -> list[tuple[str, str, str]]:
    """The steps from list sales down, cost to serve summed up."""
    steps = steps_of(profit)
    return [*steps[:-1], COST_TO_SERVE, steps[-1]] if profit else steps


def lines(found: Shown, steps: list[tuple[str, str, str]]) -> list[Line]:
    return [line_of(found, *step) for step in steps]


def line_of(found: Shown, name: str, label: str, kind: str) -> Line:
    sign = 1 if kind == "total" else -1
    total, was = found.total[name], found.before[name] if found.before else None
    grown = growth(total, was)
    return Line(
        name,
        str(label),
        "detail" if kind == "minus" else "total",
        [(period, as_shown(sign, column[name])) for period, column in found.columns],
        as_shown(sign, total),
        part_of(as_shown(sign, total), found.total),
        None if was is None else as_shown(sign, was),
        part_of(as_shown(sign, was), found.before) if found.before and was is not None else None,
        None if grown is None else as_shown(sign, grown),
    )


def part_of(amount: Decimal, statement: Statement) -> Decimal | None:
    return amount / statement["net_revenue"] if statement["net_revenue"] > 0 else None


def as_shown(sign: int, amount: Decimal) -> Decimal:
    return sign * amount + 0  # no negative zero


def growth(now: Decimal, was: Decimal | None) -> Decimal | None:
    return (now - was) / was if was is not None and was > 0 else None


def readings(asked: Asked, found: Shown) -> list[dict]:
    """The second and third reading of cost to serve: by level, and by activity."""
    activities = in_phases([asked.run, *(source.run for source in asked.sources)])
    used = [(f"{ACTIVITY}{a.code}", a.name, "minus") for a in activities if in_use(found, f"{ACTIVITY}{a.code}")]
    steps = [GROSS_MARGIN, *used, COST_TO_SERVE, LAST_STEP]
    return [
        {"title": _("By level"), "id": "levels", "lines": lines(found, LEVEL_STEPS)},
        {
            "title": _("By activity"),
            "id": "activities",
            "lines": lines(found, steps),
        },
    ]


def in_phases(runs: list[Run]) -> list[Activity]:
    """The activities of the first run's model, and those that only the models of the others have."""
    known = {activity.code: activity for run in reversed(runs) for activity in activities_of(run)}
    order = dict.fromkeys(activity.code for run in runs for activity in activities_of(run))
    return sorted((known[code] for code in order), key=lambda activity: PHASES.index(activity.phase))


def in_use(found: Shown, figure: str) -> bool:
    return bool(found.total[figure] or (found.before and found.before[figure]))
