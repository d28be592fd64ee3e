"""What closed months come to, rolled up once from their files. A reopened month counts as open again at once, and
other measures make what was kept worthless: the source of a kept roll-up is its file and the questions."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from profitability.models import ArchivedMonth, RolledMonth
from profitability.rollup import archive, measures
from profitability.rollup.frames import KEYS, Columns

QUESTIONS = (measures.LINES, measures.EVENTS, measures.ATTRIBUTES, measures.BASKETS)


def between(month_from: int, month_to: int) -> dict[int, RolledMonth]:
    """The closed months that have a file, each with what it comes to; what is not known yet is rolled up and kept."""
    window = {"month__range": (month_from, month_to)}
    kept = {row.month: row for row in RolledMonth.objects.filter(**window)}
    months = ArchivedMonth.objects.of_closed_months().filter(**window)
    return {archived.month: current(archived, kept.get(archived.month)) for archived in months}


def current(archived: ArchivedMonth, kept: RolledMonth | None) -> RolledMonth:
    source = hashlib.sha256("\n".join([archived.sha256, *QUESTIONS]).encode()).hexdigest()
    return kept if kept and kept.source == source else roll_up(archived, source)


def roll_up(archived: ArchivedMonth, source: str) -> RolledMonth:
    from profitability.rollup.columnar import of_file

    found, baskets = of_file(archive.verified(archived), archived.month)
    row, _made = RolledMonth.objects.update_or_create(
        month=archived.month,
        defaults={"source": source, "measures": packed(found), "baskets": packed(baskets)},
    )
    return row


def measures_of(month: RolledMonth) -> pd.DataFrame:
    return unpacked(month.measures).to_pandas()


def baskets_of(month: RolledMonth) -> Columns:
    return columns(unpacked(month.baskets))


def net_revenue_of(month: RolledMonth) -> Columns:
    """Of accounts with order lines, as an engine answers it."""
    found = columns(unpacked(month.measures, [*KEYS, "order_lines", "return_lines", "net_revenue"]))
    rows = (found["account"] >= 0) & (found["order_lines"] + found["return_lines"] > 0)
    return {name: found[name][rows] for name in ("account", "net_revenue")}


def packed(values: Mapping[str, np.ndarray] | pd.DataFrame) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({name: np.asarray(values[name]) for name in values}), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def unpacked(content: bytes, names: list[str] | None = None) -> pa.Table:
    # On threads of its own the reader may let go of the bytes when Python has ended: the process would be aborted.
    return pq.read_table(pa.BufferReader(content), columns=names, use_threads=False, pre_buffer=False)


def columns(table: pa.Table) -> Columns:
    return {name: table[name].to_numpy() for name in table.column_names}
