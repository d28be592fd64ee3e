"""The figures of an account as sums of parts: what each is made of, in words and in amounts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.activities import added, by_phase
from profitability.core.cost_model import LEVELS, PHASES, spoken
from profitability.explain.ledger import Lines, lines_of
from profitability.models import MonthResult, Result, Run

ACTIVITY = "activity:"
PROFIT = Permission.SEE_PROFITABILITY


@dataclass(frozen=True)
class Figure:
    """A figure one can ask the trail of. `parts`: the figures it adds (+1) and subtracts (−1)."""

    name: str
    label: str
    formula: str
    column: str = ""
    parts: tuple[tuple[int, str], ...] = ()
    needs: Permission = Permission.SEE_ACCOUNTS


_PHASE = gettext_lazy("the cost of all activities of this phase")
_LEVEL = gettext_lazy("the cost of all activities of this level")
LISTED = (
    Figure(
        "list_sales",
        gettext_lazy("List sales"),
        gettext_lazy("the sum of the order lines at list price, without returns"),
        "list_amount",
    ),
    Figure(
        "discounts",
        gettext_lazy("Discounts"),
        gettext_lazy("the sum of the discounts of the order lines, without returns"),
        "discount_amount",
    ),
    Figure(
        "returns",
        gettext_lazy("Returns"),
        gettext_lazy("the sum of the net amounts of the lines that were returned"),
        "return_amount",
    ),
    Figure(
        "net_revenue",
        gettext_lazy("Net revenue"),
        gettext_lazy("list sales − discounts − returns: the sum of the net amounts of the order lines"),
        "net_revenue",
        ((1, "list_sales"), (-1, "discounts"), (-1, "returns")),
    ),
    Figure(
        "cost_of_goods",
        gettext_lazy("Cost of goods"),
        gettext_lazy("the sum of the cost of goods of the order lines, less that of returns"),
        "cost_amount",
    ),
    Figure(
        "freight",
        gettext_lazy("Freight"),
        gettext_lazy("the sum of the freight of the order lines"),
        "freight_amount",
    ),
    Figure(
        "gross_margin",
        gettext_lazy("Gross margin"),
        gettext_lazy("net revenue − cost of goods − freight"),
        "gross_margin",
        ((1, "net_revenue"), (-1, "cost_of_goods"), (-1, "freight")),
    ),
    Figure("presale", gettext_lazy("Presale"), _PHASE, "presale", needs=PROFIT),
    Figure("production", gettext_lazy("Production"), _PHASE, "production", needs=PROFIT),
    Figure("delivery", gettext_lazy("Delivery"), _PHASE, "delivery", needs=PROFIT),
    Figure("post_sale", gettext_lazy("Post-sale"), _PHASE, "post_sale", needs=PROFIT),
    Figure("unit_cost", gettext_lazy("Unit level"), _LEVEL, "unit_cost", needs=PROFIT),
    Figure("batch_cost", gettext_lazy("Batch level"), _LEVEL, "batch_cost", needs=PROFIT),
    Figure(
        "unit_margin",
        gettext_lazy("Margin after units"),
        gettext_lazy("gross margin − unit level"),
        parts=((1, "gross_margin"), (-1, "unit_cost")),
        needs=PROFIT,
    ),
    Figure(
        "batch_margin",
        gettext_lazy("Margin after batches"),
        gettext_lazy("margin after units − batch level"),
        parts=((1, "unit_margin"), (-1, "batch_cost")),
        needs=PROFIT,
    ),
    Figure("customer_cost", gettext_lazy("Customer level"), _LEVEL, "customer_cost", needs=PROFIT),
    Figure(
        "cost_to_serve",
        gettext_lazy("Cost to serve"),
        gettext_lazy("presale + production + delivery + post-sale: the cost of all activities for the account"),
        "cost_to_serve",
        tuple((1, phase) for phase in PHASES),
        PROFIT,
    ),
    Figure(
        "contribution",
        gettext_lazy("Contribution"),
        gettext_lazy("gross margin − cost to serve"),
        "contribution",
        ((1, "gross_margin"), (-1, "cost_to_serve")),
        PROFIT,
    ),
)
FIGURES = {figure.name: figure for figure in LISTED}
# The names of columns and of the API mean the same.
COLUMNS = {figure.column: figure.name for figure in LISTED if figure.column}


@dataclass(frozen=True)
class Part:
    """One summand: a figure of its own, or a month of the figure."""

    label: str
    sign: int
    amount: Decimal
    figure: str
    month: int | None = None


@dataclass(frozen=True)
class Reading:
    """One way to add a figure up."""

    code: str
    title: str
    parts: list[Part]

    @property
    def total(self) -> Decimal:
        return sum((part.sign * part.amount for part in self.parts), Decimal(0))


@dataclass(frozen=True)
class Explanation:
    """One amount of an account: over the window, or in one month of it."""

    figure: Figure
    amount: Decimal
    month: int | None
    readings: list[Reading] = field(default_factory=list)
    lines: Lines | None = None

    @property
    def closes(self) -> bool:
        """Whether everything that is listed adds up to the figure."""
        return all(reading.total == self.amount for reading in self.readings) and (not self.lines or self.lines.closes)


def canonical(name: str) -> str:
    """The name of a figure, also where it was asked for by that of its column."""
    return COLUMNS.get(name, name)


def figure_of(run: Run | None, name: str, user) -> Figure | None:
    """The amount of this name, or the cost of an activity; None for one that is unknown to the reader."""
    found = FIGURES.get(canonical(name)) or _of_activity(run, name.removeprefix(ACTIVITY))
    return found if found and may(user, found.needs) else None


def _of_activity(run: Run | None, code: str) -> Figure | None:
    names = activity_names(run)
    if code not in names:
        return None
    formula = gettext_lazy("quantity of its driver × rate of the month, month by month")
    return Figure(f"{ACTIVITY}{code}", names[code], formula, needs=PROFIT)


def activity_names(run: Run | None) -> dict[str, str]:
    """Activities of the model by code, in its order."""
    return {each["code"]: each.get("name") or spoken(each["code"]) for each in _activities(run)}


def _activities(run: Run | None) -> list[dict]:
    return run.cost_model.document["activities"] if run and run.cost_model else []


def explained(run: Run, account: Account, figure: Figure, month: int | None = None) -> Explanation | None:
    """An amount of an account with everything it adds up from; None where the run has nothing of the account."""
    result = Result.objects.in_run(run).filter(account=account).first()
    if result is None:
        return None
    rows = list(MonthResult.objects.in_run(run).filter(account=account).order_by("month"))
    by_month = {row.month: amounts_of(run, [row]) for row in rows}
    amounts = by_month.get(month) or amounts_of(run, [])
    if month is None:
        window = {name: getattr(result, column) for column, name in COLUMNS.items()}
        amounts = amounts_of(run, rows) | window | margins(window)
    months = (month, month) if month else (run.month_from, run.month_to)
    amount = amounts[figure.name]
    return Explanation(
        figure,
        amount,
        month,
        list(readings(run, figure, amounts, {} if month else by_month)),
        lines_of(run, account, figure.name, amount, months),
    )


def amounts_of(run: Run, rows: list[MonthResult]) -> dict[str, Decimal]:
    """Every amount of an account over some months, by the name of its figure."""
    zero = Decimal(0).scaleb(-settings.CURRENCY_DIGITS)
    monthly = [figure for figure in LISTED if figure.column and hasattr(MonthResult, figure.column)]
    found = {figure.name: sum((getattr(row, figure.column) for row in rows), zero) for figure in monthly}
    costs = added(row.costs for row in rows)
    for each in _activities(run):
        found[f"{ACTIVITY}{each['code']}"] = Decimal(costs[each["code"]]).scaleb(-settings.CURRENCY_DIGITS)
    levels = {
        f"{level}_cost": sum(
            (found[f"{ACTIVITY}{each['code']}"] for each in _activities(run) if each["level"] == level), zero
        )
        for level in LEVELS
    }
    return found | levels | margins(found | levels) | by_phase(run, rows)


def margins(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    """What is left after each level of the cost hierarchy but the last, whose rest is contribution."""
    after_units = amounts["gross_margin"] - amounts["unit_cost"]
    return {"unit_margin": after_units, "batch_margin": after_units - amounts["batch_cost"]}


def readings(run: Run, figure: Figure, amounts: dict, by_month: dict[int, dict]) -> Iterator[Reading]:
    """The ways to add the figure up, the formula's own first."""
    if figure.parts:
        parts = [Part(str(FIGURES[name].label), sign, amounts[name], name) for sign, name in figure.parts]
        yield Reading("parts", _("Its parts"), parts)
    if figure.name == "cost_to_serve":
        names = [f"{level}_cost" for level in LEVELS]
        yield Reading("levels", _("By level"), [Part(str(FIGURES[n].label), 1, amounts[n], n) for n in names])
    of_activities = activity_parts(run, figure, amounts)
    if of_activities is not None:
        yield Reading("activities", _("By activity"), of_activities)
    months = [(month, found[figure.name]) for month, found in by_month.items()]
    if months and not figure.name.startswith(ACTIVITY):
        yield Reading("months", _("Month by month"), [Part("", 1, cost, figure.name, month) for month, cost in months])


def activity_parts(run: Run, figure: Figure, amounts: dict) -> list[Part] | None:
    """The activities that cost something, dearest first; None for a figure that is no sum of activities."""
    tags = {"cost_to_serve": lambda each: True}
    tags |= {phase: lambda each, phase=phase: each["phase"] == phase for phase in PHASES}
    tags |= {f"{level}_cost": lambda each, level=level: each["level"] == level for level in LEVELS}
    if figure.name not in tags:
        return None
    names = activity_names(run)
    codes = [each["code"] for each in _activities(run) if tags[figure.name](each)]
    parts = [Part(names[code], 1, amounts[f"{ACTIVITY}{code}"], f"{ACTIVITY}{code}") for code in codes]
    return sorted((part for part in parts if part.amount), key=lambda part: -part.amount)
