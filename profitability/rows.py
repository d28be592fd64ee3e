"""What a run found out, as columns of the tables it is stored in. Frames and arrays become rows here only."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
from django.conf import settings

from profitability.calculation import Calculation, Ranked, growths, millionths, shares_of_wallet
from profitability.core import concentration as core_concentration
from profitability.core.spreading import hidden_capacity, revenue_spread
from profitability.models import (
    ActivityTotal,
    Concentration,
    MethodCost,
    MonthResult,
    PoolBalance,
    Publication,
    Ranking,
    Result,
    Run,
)

ONE = 10_000
AMOUNT_MEASURES = [
    "list_amount",
    "discount_amount",
    "return_amount",
    "net_revenue",
    "cost_amount",
    "freight_amount",
]
MONTH_COLUMNS = [*AMOUNT_MEASURES, "gross_margin", "cost_to_serve", "contribution"]
PHASES = ["presale", "production", "delivery", "post_sale"]
LEVELS = ["unit_cost", "batch_cost", "customer_cost"]
WINDOW_COLUMNS = [*MONTH_COLUMNS, *PHASES, *LEVELS]
CONCENTRATED = ("revenue", "gross_margin", "contribution", "volume")


def tables(run: Run, calculation: Calculation) -> Iterator[tuple[type, dict[str, list]]]:
    for table, columns in (
        (Result, result_columns(calculation)),
        (MonthResult, month_columns(calculation)),
        (PoolBalance, balance_columns(calculation)),
        (ActivityTotal, activity_columns(calculation)),
        (Ranking, ranking_columns(calculation, previous_ranks(run))),
        (Concentration, concentration_columns(calculation)),
        (MethodCost, method_columns(calculation)),
    ):
        count = len(next(iter(columns.values())))
        yield table, {"run_id": [run.pk] * count, "attempt": [run.attempts] * count, **columns}


def result_columns(calculation: Calculation) -> dict[str, list]:
    window, master = calculation.window, calculation.books.master
    columns = {name: window[name].tolist() for name in WINDOW_COLUMNS}
    revenue, contribution = (rank_columns(calculation, name) for name in ("revenue", "contribution"))
    return columns | {
        "account_id": [*master.ids, None],
        "code": [*master.codes, ""],
        "is_active": window["is_active"].tolist(),
        "orders": (window["orders"] // ONE).tolist(),
        "order_lines": (window["order_lines"] // ONE).tolist(),
        "products": window["products"].tolist(),
        "units": window["units"].tolist(),
        "revenue_class": revenue[1],
        "revenue_rank": revenue[0],
        "contribution_rank": contribution[0],
        "share_of_wallet": shares_of_wallet(calculation),
        "growth": growths(calculation),
    }


def rank_columns(calculation: Calculation, measure: str) -> tuple[list, list]:
    """Rank and class by place of the master; accounts without activity have no rank and class N."""
    size = calculation.books.master.size
    ranks, classes = [None] * (size + 1), ["N"] * size + [""]
    ranking = calculation.rankings[measure]
    for number, (place, letter) in enumerate(zip(ranking.places, ranking.classes, strict=True)):
        ranks[place], classes[place] = number + 1, letter
    return ranks, classes


def month_columns(calculation: Calculation) -> dict[str, list]:
    """A row for each account and month with anything in it, in the order of months and codes."""
    books = calculation.books
    ids = [*books.master.ids, None]
    activities = [activity.code for activity in books.model.activities]
    columns: dict[str, list] = {name: [] for name in ("account_id", "month", "measures", "costs", *MONTH_COLUMNS)}
    for number, (month, places) in enumerate(zip(books.months, calculation.places, strict=True)):
        columns["account_id"] += [ids[place] for place in places.tolist()]
        columns["month"] += [month] * len(places)
        counted = calculation.measures[number].drop(columns=AMOUNT_MEASURES)
        columns["measures"] += documents(list(counted.columns), counted.to_numpy())
        columns["costs"] += documents(activities, calculation.costed[number].costs)
        for name in MONTH_COLUMNS:
            columns[name] += calculation.months[name][places, number].tolist()
    return columns


def documents(names: list[str], cells: np.ndarray) -> list[str]:
    """Each row as a JSON object without zeros."""
    quoted = [json.dumps(name) for name in names]
    return [
        "{" + ", ".join(f"{name}: {value}" for name, value in zip(quoted, row, strict=True) if value) + "}"
        for row in cells.tolist()
    ]


def method_columns(calculation: Calculation) -> dict[str, list]:
    """Cost to serve by other methods. Revenue shares out what reaches the accounts; “no account” keeps its cost."""
    books, window = calculation.books, calculation.window
    costs = window["cost_to_serve"]
    two_stage = costs.copy()
    for places, month, measures in zip(calculation.places, calculation.costed, calculation.measures, strict=True):
        two_stage[places] += hidden_capacity(books.model, month, measures)
    shared = revenue_spread(int(costs[:-1].sum()), window["net_revenue"][:-1], books.master.codes)
    return {
        "account_id": [*books.master.ids, None],
        "two_stage": two_stage.tolist(),
        "revenue": [*shared.tolist(), int(costs[-1])],
    }


BALANCE_COLUMNS = "pool input support_in support_out accounts no_account unused channel corporate unassigned difference"


def balance_columns(calculation: Calculation) -> dict[str, list]:
    timed = {activity.pool for activity in calculation.books.model.activities if activity.pool}
    rows = [(costed.month, row) for costed in calculation.costed for row in costed.balance]
    columns = {name: [getattr(row, name) for _month, row in rows] for name in BALANCE_COLUMNS.split()}
    return columns | {
        "month": [month for month, _row in rows],
        "practical_minutes": [row.practical_minutes if row.pool in timed else None for _month, row in rows],
        "used_minutes": [row.used_minutes if row.pool in timed else None for _month, row in rows],
    }


def activity_columns(calculation: Calculation) -> dict[str, list]:
    rows = [(costed.month, row) for costed in calculation.costed for row in costed.activities]
    timed = {activity.code for activity in calculation.books.model.activities if activity.pool}
    columns = {
        name: [getattr(row, name) for _month, row in rows]
        for name in ("phase", "level", "quantity", "accounts", "no_account", "unassigned")
    }
    return columns | {
        "month": [month for month, _row in rows],
        "activity": [row.code for _month, row in rows],
        "minutes": [row.minutes if row.code in timed else None for _month, row in rows],
        "rate": [written_rate(row.rate) for _month, row in rows],
    }


def written_rate(rate: Fraction | None) -> str:
    """Money per driver unit or minute with 12 digits behind the point; empty when there is none."""
    if rate is None:
        return ""
    exact = rate / 10**settings.CURRENCY_DIGITS
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):.12f}"


def previous_ranks(run: Run) -> dict[tuple[str, int], int]:
    """Ranks in the run that is published now, to show who moved."""
    publication = Publication.objects.first()
    if publication is None or publication.run_id == run.pk:
        return {}
    rows = Ranking.objects.filter(run=publication.run_id).values_list("measure", "account_id", "rank")
    return {(measure, account): place for measure, account, place in rows}


def transposed(names: list[str], rows: list[tuple]) -> dict[str, list]:
    """Rows as columns; also when there are none."""
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


RANKING_COLUMNS = ["measure", "account_id", "code", "value", "rank", "abc_class", "share", "cumulative_share"]


def ranking_columns(calculation: Calculation, previous: dict[tuple[str, int], int]) -> dict[str, list]:
    rows = [
        row for measure, ranking in calculation.rankings.items() for row in ranking_rows(calculation, measure, ranking)
    ]
    moved = {"previous_rank": [previous.get((measure, account)) for measure, account, *_rest in rows]}
    return transposed(RANKING_COLUMNS, rows) | moved


def ranking_rows(calculation: Calculation, measure: str, ranking: Ranked) -> Iterator[tuple]:
    master, base = calculation.books.master, ranking.base
    for number, place in enumerate(ranking.places):
        value, cumulative = ranking.values[number], ranking.cumulative[number]
        yield (
            measure,
            master.ids[place],
            master.codes[place],
            value,
            number + 1,
            ranking.classes[number],
            millionths(value, base) if base else None,
            millionths(cumulative, base) if base else None,
        )


def concentration_columns(calculation: Calculation) -> dict[str, list]:
    rows = []
    for measure in CONCENTRATED:
        ranking = calculation.rankings[measure]
        digits = 4 if measure == "volume" else settings.CURRENCY_DIGITS
        for level, values in (("account", ranking.values), ("parent", by_parent(calculation, ranking))):
            figures = core_concentration.concentration(values)
            rows.append((measure, level, json.dumps(served(figures, digits))))
    return transposed(["measure", "level", "figures"], rows)


def by_parent(calculation: Calculation, ranking: Ranked) -> list[int]:
    """Values of whole families: accounts under common control are one customer."""
    families: dict[str, int] = {}
    for place, value in zip(ranking.places, ranking.values, strict=True):
        parent = calculation.books.master.parents[place]
        families[parent] = families.get(parent, 0) + value
    return list(families.values())


AMOUNTS_OF_CONCENTRATION = {"total", "total_positive", "whale_peak", "erosion"}


def served(figures: core_concentration.Concentration, digits: int) -> dict[str, int | float | None]:
    """Amounts in units of the currency, shares with six decimals, as the API serves them."""
    found = {}
    for name in figures.__slots__:
        value = getattr(figures, name)
        if name in AMOUNTS_OF_CONCENTRATION and value is not None:
            value = float(Decimal(value).scaleb(-digits))
        elif isinstance(value, Fraction):
            value = round(float(value), 6)
        found[name] = value
    return found
