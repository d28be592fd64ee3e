"""Many rows into one table at once: executemany on SQLite, COPY on PostgreSQL.

Values are given as the column stores them (whole numbers for money fields, ISO text or dates for dates); the
checks that a form or a model would make are the caller's. Inside the caller's transaction.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice

from django.db import connection, models

BATCH = 50_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert(model: type[models.Model], columns: Mapping[str, Sequence]) -> int:
    """Insert one row per position of the columns, keyed by column name (`account_id`). Returns how many."""
    if not columns:
        return 0
    rows = zip(*columns.values(), strict=True)
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return _copy(table, list(columns), rows)
    return _execute_many(table, list(columns), rows)


def _execute_many(table, names, rows) -> int:
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    connection.ensure_connection()
    cursor = connection.connection.cursor()  # sqlite3's own: Django's would rewrite the marks for each batch
    cursor.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', rows)
    return cursor.rowcount


def _copy(table, names, rows) -> int:
    quoted = ", ".join(f'"{name}"' for name in names)
    count = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            text = io.StringIO("".join("\t".join(map(_written, row)) + "\n" for row in batch))
            cursor.copy_expert(f'COPY "{table}" ({quoted}) FROM STDIN', text)
            count += len(batch)
    return count


def _written(value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return value.isoformat() if isinstance(value, date) else str(value)
