"""Many rows into one table at once: multi-row inserts on SQLite, COPY on PostgreSQL.

Values are given as the column stores them (whole numbers for money fields, ISO text or dates for dates); the
checks that a form or a model would make are the caller's. Inside the caller's transaction.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice, repeat
from typing import Any

from django.db import connection, models

BATCH = 50_000
PARAMETERS = 900  # in one statement of SQLite; more gain nothing
TOGETHER = 5_000  # values in one IN (…)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = frozenset("\\\t\n\r")


def insert(
    model: type[models.Model], columns: Mapping[str, Sequence], constants: Mapping[str, Any] | None = None
) -> int:
    """Insert one row per position of the columns, keyed by column name (`account_id`), each row with the
    constants too. Returns how many."""
    if not columns:
        return 0
    (rows,) = {len(values) for values in columns.values()}
    table = model._meta.db_table
    with connection.wrap_database_errors:
        if connection.vendor != "postgresql":
            return _insert_many(table, columns, constants or {}, rows)
        repeated = {name: repeat(value, rows) for name, value in (constants or {}).items()}
        return _copy(table, {**columns, **repeated}, rows)


def _insert_many(table, columns, constants, count) -> int:
    """Several rows a statement: SQLite's price is by the statement, and by the value that is bound."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()  # sqlite3's own: Django's would rewrite the marks for each batch
    statement = _statement(table, [*columns, *constants], len(columns), constants.values())
    together = max(1, PARAMETERS // (len(columns) + len(constants)))
    values = chain.from_iterable(zip(*columns.values(), strict=True))
    for rows, times in ((together, count // together), (count % together, 1)):
        if rows and times:
            cursor.executemany(statement(rows), _taken(values, rows * len(columns), times))
    return count


def _statement(table, names, marks, constants):
    quoted = ", ".join(f'"{name}"' for name in names)
    row = "(" + ", ".join([*["?"] * marks, *map(_literal, constants)]) + ")"
    return lambda rows: f'INSERT INTO "{table}" ({quoted}) VALUES {", ".join([row] * rows)}'  # noqa: S608


def _literal(value) -> str:
    """A constant as SQL: what is bound costs time for every row."""
    if value is None:
        return "NULL"
    return str(int(value)) if isinstance(value, int) else "'" + _text(value).replace("'", "''") + "'"


def _taken(values: Iterator, size: int, times: int) -> Iterator[tuple]:
    return islice(zip(*[values] * size, strict=False), times)


def _copy(table, columns, count) -> int:
    quoted = ", ".join(f'"{name}"' for name in columns)
    rest = {name: iter(values) for name, values in columns.items()}
    with connection.cursor() as cursor:
        for start in range(0, count, BATCH):
            some = min(BATCH, count - start)
            texts = [_column(list(islice(values, some))) for values in rest.values()]
            text = io.StringIO("".join(["\t".join(row) + "\n" for row in zip(*texts, strict=True)]))
            cursor.copy_expert(f'COPY "{table}" ({quoted}) FROM STDIN', text)
    return count


def _column(values: list) -> Iterable[str]:
    """The values as COPY reads them. Most columns are of one type, which is a third of the work."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return map(str, values)
    if kinds == {str} and _SPECIAL.isdisjoint("".join(values)):
        return values
    if kinds <= {date, bool, type(None)}:
        known = {value: _written(value) for value in set(values)}
        return map(known.__getitem__, values)
    return map(_written, values)


def _written(value) -> str:
    if value is None:
        return "\\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else _text(value)


def _text(value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def pieces(values: Iterable) -> Iterator[list]:
    """As many at a time as a database takes in one IN (…)."""
    listed = list(values)
    for start in range(0, len(listed), TOGETHER):
        yield listed[start : start + TOGETHER]
