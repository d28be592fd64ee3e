"""Rows as Parquet, with the type each column declares, so that files of different readers and runs fit together."""

from collections.abc import Iterable
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from accounts.rest.columns import Column, Kind

PIECE_ROWS = 20_000
TYPES = {
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.MONEY: pa.decimal128(19, settings.CURRENCY_DIGITS),
    Kind.QUANTITY: pa.decimal128(19, 4),
    Kind.SHARE: pa.decimal128(19, 6),
    Kind.FLAG: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.MONTH: pa.string(),
    Kind.INSTANT: pa.timestamp("us", "UTC"),
}


def write_parquet(path: str, columns: Iterable[Column], rows: Iterable[list]) -> None:
    """Written piece by piece, so that memory stays flat."""
    schema = pa.schema([(column.name, TYPES[column.kind]) for column in columns])
    rows = iter(rows)
    with pq.ParquetWriter(path, schema) as file:
        while piece := list(islice(rows, PIECE_ROWS)):
            cells = [pa.array(cells, field.type) for cells, field in zip(zip(*piece, strict=True), schema, strict=True)]
            file.write_batch(pa.record_batch(cells, schema=schema))
