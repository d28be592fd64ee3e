"""Ledger → sums of measures per account and month: the only step that grows with the ledger, and the one seam
for other engines. Everything after it starts from the frame made here."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from profitability.core.months import earlier_window
from profitability.rollup import database

NO_ACCOUNT = -1


@dataclass(frozen=True)
class RollUp:
    """`measures`: one row per account and month with anything in it; columns `account` (id, -1 for no account),
    `month` (yyyymm) and one int64 column of ten-thousandths per measure. `products`: distinct products bought over
    the window, by account id. `earlier`: net revenue of the window of the same length before, by account id."""

    measures: pd.DataFrame
    products: dict[int, int]
    earlier: dict[int, int]


ENGINES: dict[str, Callable[[int, int], RollUp]] = {}


def roll_up(month_from: int, month_to: int, engine: str = "database") -> RollUp:
    """The measures of every account and month from `month_from` to `month_to` (yyyymm, both included)."""
    return ENGINES[engine](month_from, month_to)


def in_database(month_from: int, month_to: int) -> RollUp:
    before_from, before_to = earlier_window(month_from, month_to)
    return RollUp(
        measures=joined(database.lines(month_from, month_to), database.events(month_from, month_to)),
        products=database.products(month_from, month_to),
        earlier=database.net_revenue(before_from, before_to),
    )


ENGINES["database"] = in_database


def joined(lines: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Order-line measures and event measures side by side; what is not there counts as 0."""
    keys = ["account", "month"]
    if events.empty:
        both = lines
    elif lines.empty:
        both = events.reindex(columns=[*keys, *lines.columns[2:], *events.columns[2:]])
    else:
        both = lines.merge(events, on=keys, how="outer")
    return both.fillna(0).astype("int64").sort_values(keys, ignore_index=True)
