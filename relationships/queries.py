"""Reads that join an account's result with its position: the portfolio as one reader may see it."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F, QuerySet

from accounts.permissions import Permission, may
from profitability.core.months import months_between
from profitability.models import MonthResult, Result
from relationships.core.criteria import PROFIT_MEASURES

# key in the address → the column; those below gross margin need the permission to see profitability
ORDERINGS = {
    "name": "account__name",
    "net_revenue": "net_revenue",
    "revenue_class": "revenue_class",  # not the rank, which is the company's
    "gross_margin": "gross_margin",
    "cost_to_serve": "cost_to_serve",
    "contribution": "contribution",
    "attractiveness": "position__attractiveness",
    "relationship": "position__relationship_strength",
    "box": "position__box",
}
PROFIT_ORDERINGS = {"cost_to_serve", "contribution", "attractiveness"}  # criteria may be calculated from profit


def portfolio(user, run) -> QuerySet[Result]:
    """Results of the accounts that the reader sees, with account, team, manager and position."""
    related = ("account__team", "account__manager", "account__parent", "position")
    return Result.objects.in_run(run).visible_to(user).select_related(*related)


def ordered(rows: QuerySet[Result], order: str) -> QuerySet[Result]:
    """Sorted by a key of ORDERINGS, falling with a leading minus; missing figures last, ties by code."""
    column = F(ORDERINGS[order.removeprefix("-")])
    by = column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)
    if order.removeprefix("-") in {"net_revenue", "contribution", "gross_margin", "cost_to_serve"}:
        by = column.desc() if order.startswith("-") else column.asc()  # never null: the index serves
    return rows.order_by(by, "code")


def orderings(user) -> set[str]:
    """The keys this reader may sort by: an order would give away what it sorts on."""
    keys = set(ORDERINGS) if may(user, Permission.SEE_PROFITABILITY) else set(ORDERINGS) - PROFIT_ORDERINGS
    return keys | {f"-{key}" for key in keys}


def place_among(rows: QuerySet[Result], result: Result, column: str) -> int:
    """The place of a result among the rows by a figure, 1 for the largest; equal figures share a place."""
    return rows.filter(**{f"{column}__gt": getattr(result, column)}).count() + 1


def rests_on_profit(position, axis: str) -> bool:
    """Whether a criterion of the axis is calculated from money below gross margin."""
    return any(row["axis"] == axis and row.get("measure") in PROFIT_MEASURES for row in position.scores)


def trends(run, accounts: list[int], column: str = "contribution") -> dict[int, list[float | None]]:
    """One figure of some accounts month by month over the run's window, as a trend line takes it."""
    months = months_between(run.month_from, run.month_to)
    found: dict[int, dict[int, float]] = defaultdict(dict)
    rows = MonthResult.objects.in_run(run).filter(account__in=accounts)
    for account, month, value in rows.values_list("account_id", "month", column):
        found[account][month] = float(value)
    return {account: trend([found[account].get(month) for month in months]) for account in accounts}


def trends_of(run, account: int, columns: Sequence[str]) -> dict[str, list[float | None]]:
    """Several figures of one account, each as a trend line takes it. One query."""
    rows = MonthResult.objects.in_run(run).filter(account=account).values_list("month", *columns)
    found = {month: dict(zip(columns, map(float, values), strict=True)) for month, *values in rows}
    months = months_between(run.month_from, run.month_to)
    return {name: trend([found.get(month, {}).get(name) for month in months]) for name in columns}


def trend(values: list[float | None]) -> list[float | None]:
    """A month without activity is zero; before the first and after the last active month there is a gap, None."""
    active = [place for place, value in enumerate(values) if value is not None]
    inner = range(active[0], active[-1]) if active else ()
    return [0 if value is None and place in inner else value for place, value in enumerate(values)]
