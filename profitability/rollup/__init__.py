"""Ledger → sums of measures per account and month: the only step that grows with the ledger, and the one seam
for other engines. Everything after it starts from the frame made here.

`measures` says what is summed, in SQL that every engine understands. An engine answers it: `database` inside SQLite
or PostgreSQL, with closed months from `closed`; `columnar` by DuckDB over Parquet files. `archive` makes the file of
a month when it is closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ENGINES = ("database", "columnar")


@dataclass(frozen=True)
class RollUp:
    """`measures`: one row per account and month with anything in it; columns `account` (id, -1 for no account),
    `month` (yyyymm) and one int64 column of ten-thousandths per measure. `products`: distinct products bought over
    the window, by account id. `earlier`: net revenue of the window of the same length before, by account id."""

    measures: "pd.DataFrame"
    products: dict[int, int]
    earlier: dict[int, int]


class Damaged(ValueError):
    """The file of a closed month is not what was written when it was closed; the message names it."""


def roll_up(month_from: int, month_to: int, engine: str = "database") -> RollUp:
    """The measures of every account and month from `month_from` to `month_to` (yyyymm, both included)."""
    return engine_of(engine)(month_from, month_to)


def engine_of(name: str) -> Callable[[int, int], RollUp]:
    """Loaded when it is used: what closes and reopens months needs none of it."""
    if name not in ENGINES:
        raise ValueError(f"There is no engine {name!r}.")
    return import_module(f"profitability.rollup.{name}").roll_up
