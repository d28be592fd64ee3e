"""The Parquet side of exports."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .columns import STORED
from .schema import DECIMALS, Column, Schema, Type
from .writing import Rows, Value

PIECE_ROWS = 65_536


def write_parquet(path: Path, columns: Sequence[str], rows: Rows, schema: Schema | None) -> int:
    """Writes in pieces, so that memory stays flat; returns the number of rows."""
    rows = iter(rows)
    piece = list(islice(rows, PIECE_ROWS))
    fields = pa.schema([(name, _stored(name, place, piece, schema)) for place, name in enumerate(columns)])
    count = 0
    with pq.ParquetWriter(path, fields) as file:
        while piece or not count:
            file.write_batch(_batch(piece, fields))
            count += len(piece)
            if len(piece) < PIECE_ROWS:
                break
            piece = list(islice(rows, PIECE_ROWS))
    return count


def _batch(rows: list[Sequence[Value]], fields: pa.Schema) -> pa.RecordBatch:
    values = zip(*rows, strict=True) if rows else [[] for _field in fields]
    arrays = [pa.array(list(column), field.type) for column, field in zip(values, fields, strict=True)]
    return pa.record_batch(arrays, schema=fields)


def _stored(name: str, place: int, rows: list[Sequence[Value]], schema: Schema | None) -> pa.DataType:
    column = schema.column(name) if schema else None
    if column:
        return _of_column(column)
    value = next((row[place] for row in rows if row[place] is not None), "")
    return _of_value(value)


def _of_column(column: Column) -> pa.DataType:
    if column.type in DECIMALS:
        return pa.decimal128(20, 4)
    return pa.string() if column.type == Type.MONTH else STORED[column.type]


def _of_value(value: Value) -> pa.DataType:
    if isinstance(value, Decimal):
        return pa.decimal128(28, 6)
    return pa.scalar(value).type
