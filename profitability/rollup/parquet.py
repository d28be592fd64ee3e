"""A month's rows as a Parquet file: lines, events and attributes one after the other, told apart by `kind`."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

TOGETHER = 50_000  # rows that are in memory at once
WHOLE = pa.int64()
SCHEMA = pa.schema(
    {
        "kind": pa.dictionary(pa.int8(), pa.string()),
        "account_id": WHOLE,
        "month": WHOLE,
        "product_id": WHOLE,
        "is_return": pa.bool_(),
        "counts": WHOLE,
        "list_amount": WHOLE,
        "discount_amount": WHOLE,
        "net_amount": WHOLE,
        "cost_amount": WHOLE,
        "freight_amount": WHOLE,
        "quantity": WHOLE,
        "minutes": WHOLE,
        "event_type": pa.string(),
        "name": pa.string(),
        "amount": WHOLE,
    }
)
ROWS = {
    "lines": """
        SELECT account_id, month, product_id, is_return, counts, list_amount, discount_amount, net_amount, cost_amount,
               freight_amount, quantity
        FROM profitability_orderline WHERE superseded_in_id IS NULL AND month = %s ORDER BY id""",
    "events": """
        SELECT account_id, month, event_type, quantity, minutes
        FROM profitability_activityevent WHERE superseded_in_id IS NULL AND month = %s ORDER BY id""",
    "attributes": """
        SELECT account_id, month, event_type, name, amount
        FROM profitability_activityevent AS event
        JOIN profitability_eventattribute AS attribute ON attribute.event_id = event.id
        WHERE superseded_in_id IS NULL AND month = %s ORDER BY attribute.id""",
}


def write_month(month: int, path: Path) -> int:
    """The month as the ledger has it now; returns how many rows that is."""
    rows = 0
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for kind, statement in ROWS.items():
            for table in tables(kind, statement, month):
                writer.write_table(table)
                rows += table.num_rows
    return rows


def tables(kind: str, statement: str, month: int) -> Iterator[pa.Table]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, [month])
        while cells := cursor.fetchmany(TOGETHER):
            names = [column[0] for column in cursor.description]
            yield table_of(kind, dict(zip(names, zip(*cells, strict=True), strict=True)), len(cells))


def table_of(kind: str, columns: dict[str, tuple], rows: int) -> pa.Table:
    """All columns of a file; those that this kind of row lacks are empty."""
    known = {name: pa.array(cells).cast(SCHEMA.field(name).type) for name, cells in columns.items()}
    known["kind"] = pa.array([kind] * rows).dictionary_encode().cast(SCHEMA.field("kind").type)
    return pa.table([known.get(name, pa.nulls(rows, SCHEMA.field(name).type)) for name in SCHEMA.names], SCHEMA)
