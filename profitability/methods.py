"""What accounts cost by each method in one run, side by side: reads for the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from profitability.core.methods import METHODS, REVENUE, TIME_DRIVEN, TWO_STAGE, Moved, moved, places
from profitability.models import MethodCost, PoolBalance, Result, Run

ZERO = Decimal(0)
NAMES = {
    TIME_DRIVEN: _("Time-driven"),
    TWO_STAGE: _("Two-stage"),
    REVENUE: _("Spread on revenue"),
}
MEANINGS = {
    TIME_DRIVEN: _("Rate times minutes, as the run reports it. What was not used stays out of the accounts."),
    TWO_STAGE: _(
        "Each pool that is consumed by time is spread in full by the minutes that were used, as when people report "
        "all of their time: unused capacity hides in the rates."
    ),
    REVENUE: _("All cost that reaches accounts, shared by their net revenue where that is above zero."),
}


@dataclass(frozen=True)
class Line:
    """One account: its cost by each method and its place by contribution after each, among the accounts listed."""

    account: int
    code: str
    name: str
    net_revenue: Decimal
    gross_margin: Decimal
    costs: dict[str, Decimal]
    places: dict[str, int]

    def contribution(self, method: str) -> Decimal:
        return self.gross_margin - self.costs[method]

    def difference(self, method: str) -> Decimal:
        """What the method charges more than the time-driven one; below zero: less."""
        return self.costs[method] - self.costs[TIME_DRIVEN]

    def shift(self, method: str) -> int:
        """How many places up the method puts the account; below zero: down."""
        return self.places[TIME_DRIVEN] - self.places[method]


def is_compared(run: Run | None) -> bool:
    """Whether the run kept the other methods: runs of earlier versions of the portal did not."""
    return MethodCost.objects.filter(run=run, attempt=run.attempts).exists() if run else False


def other_costs(run: Run, method: str, accounts=None) -> dict[int, Decimal]:
    """Cost by the account's id. Time-driven costs stand in the results."""
    rows = MethodCost.objects.in_run(run).of_accounts()
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    return dict(rows.values_list("account_id", method))


def lines(run: Run, results: QuerySet[Result]) -> list[Line]:
    """A line for each of these results, best contribution first."""
    columns = ("account_id", "code", "account__name", "net_revenue", "gross_margin", "cost_to_serve")
    rows = list(results.order_by().values_list(*columns))
    accounts = results.order_by().values("account")
    other = {method: other_costs(run, method, accounts) for method in (TWO_STAGE, REVENUE)}
    costs = {row[0]: _costs(row, other) for row in rows}
    placed = {method: places({row[1]: minor(row[4] - costs[row[0]][method]) for row in rows}) for method in METHODS}
    found = [
        Line(*row[:5], costs=costs[row[0]], places={method: placed[method][row[1]] for method in METHODS})
        for row in rows
    ]
    return sorted(found, key=lambda line: line.places[TIME_DRIVEN])


def _costs(row: tuple, other: dict[str, dict[int, Decimal]]) -> dict[str, Decimal]:
    """An account that the run kept no other cost of cost nothing."""
    return {TIME_DRIVEN: row[5]} | {method: costs.get(row[0], ZERO) for method, costs in other.items()}


def minor(amount: Decimal) -> int:
    return int(amount.scaleb(settings.CURRENCY_DIGITS))


def difference_of(listed: Iterable[Line], method: str) -> Moved:
    """How the method differs from the time-driven one over these accounts."""
    listed = list(listed)
    costs, own = ({line.code: minor(line.costs[name]) for line in listed} for name in (method, TIME_DRIVEN))
    return moved(costs, own)


@dataclass(frozen=True)
class Closing:
    """Where the cost of the operating pools went by one method, unassigned cost left out: the three parts sum to
    the same total by every method."""

    method: str
    accounts: Decimal
    no_account: Decimal
    unused: Decimal

    @property
    def total(self) -> Decimal:
        return self.accounts + self.no_account + self.unused


def closings(run: Run) -> list[Closing]:
    """How each method closes over the whole company. Two-stage leaves only the pools of which no minute was used."""
    pools = PoolBalance.objects.filter(run=run, attempt=run.attempts)
    idle = Sum("unused", filter=Q(used_minutes__lte=0), default=ZERO)
    unused = pools.aggregate(all=Sum("unused", default=ZERO), idle=idle)
    left = {TIME_DRIVEN: unused["all"], TWO_STAGE: unused["idle"], REVENUE: unused["all"]}
    sums = _sums(Result.objects.in_run(run), {TIME_DRIVEN: "cost_to_serve"})
    sums |= _sums(MethodCost.objects.in_run(run), {TWO_STAGE: "two_stage", REVENUE: "revenue"})
    return [Closing(method, *sums[method], left[method]) for method in METHODS]


def _sums(rows, columns: dict[str, str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Each column's sum over the accounts, and that of what has no account."""
    on, off = Q(account__isnull=False), Q(account__isnull=True)
    wanted = {f"on_{name}": Sum(column, filter=on, default=ZERO) for name, column in columns.items()}
    wanted |= {f"off_{name}": Sum(column, filter=off, default=ZERO) for name, column in columns.items()}
    found = rows.aggregate(**wanted)
    return {name: (found[f"on_{name}"], found[f"off_{name}"]) for name in columns}
