"""The roll-up by DuckDB over Parquet files: those of closed months, and passing ones of open months."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd
from django.conf import settings

from profitability.core.months import earlier_window, months_between
from profitability.models import ArchivedMonth
from profitability.rollup import RollUp, archive, frames, measures
from profitability.rollup.parquet import write_month

MEMORY = "1GB"  # what needs more goes to disk
TEXTS = {"event_type", "name"}


def roll_up(month_from: int, month_to: int) -> RollUp:
    earlier = earlier_window(month_from, month_to)
    with passing_folder() as folder, connected(folder) as engine:
        ask = partial(answer, engine, files(earlier[0], month_to, folder))
        return RollUp(
            measures=frames.rolled_up(ask, month_from, month_to),
            products=frames.by_account(ask(measures.PRODUCTS, month_from, month_to), "products"),
            earlier=frames.by_account(ask(measures.NET_REVENUE, *earlier), "net_revenue"),
        )


def of_file(path: Path, month: int) -> tuple[pd.DataFrame, frames.Columns]:
    """What one month's file comes to: its measures, and which products each account bought."""
    with passing_folder() as folder, connected(folder) as engine:
        ask = partial(answer, engine, [str(path)])
        return frames.rolled_up(ask, month, month), ask(measures.BASKETS, month, month)


def files(month_from: int, month_to: int, folder: Path) -> list[str]:
    """A file for each month: what was kept when it was closed, else what the ledger has now."""
    archived = {month.month: month for month in ArchivedMonth.objects.of_closed_months()}
    months = months_between(month_from, month_to)
    return [str(archive.verified(archived[month]) if month in archived else passing(month, folder)) for month in months]


def passing(month: int, folder: Path) -> Path:
    """A file of an open month, of use for this run only."""
    path = folder / f"{month}.parquet"
    write_month(month, path)
    return path


def answer(engine: duckdb.DuckDBPyConnection, paths: list[str], question: str, first: int, last: int) -> frames.Columns:
    """What the files answer to a question of `measures` about some months, by column."""
    name = measures.relation(question)
    rows = f"SELECT * FROM read_parquet($paths) WHERE kind = '{name}' AND month BETWEEN $first AND $last"  # noqa: S608
    asked = engine.execute(f"WITH {name} AS ({rows}) {question}", {"paths": paths, "first": first, "last": last})
    return {
        column: np.asarray(values, object if column in TEXTS else np.int64)
        for column, values in asked.fetchnumpy().items()
    }


@contextmanager
def passing_folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="rollup-", dir=settings.VAR_DIR) as folder:
        yield Path(folder)


def connected(folder: Path) -> duckdb.DuckDBPyConnection:
    """An engine that keeps nothing, fetches nothing from elsewhere and stays small."""
    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
