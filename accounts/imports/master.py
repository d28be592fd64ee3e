"""Master data: rows are found by their key and updated in place; columns that a file lacks stay as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts import bulk
from accounts.bulk import pieces
from accounts.tables.sieve import Batch

Row = dict[str, Any]


@dataclass
class Changes:
    """Rows by what became of them; changed rows with the values before."""

    added: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)


def upsert(model: type[models.Model], key: Sequence[str], rows: Sequence[Row], **always: Any) -> Changes:
    """Insert or update one row for each key. Rows are by column name, all with the same columns, and hold what
    the column stores; `always` goes into new rows only."""
    changes = Changes()
    if not rows:
        return changes
    stored = _stored(model, key, rows)
    updates = []
    for row in rows:
        before = stored.get(tuple(row[name] for name in key))
        if before is None:
            changes.added.append(row)
        elif all(before[name] == value for name, value in row.items()):
            changes.unchanged.append(row)
        else:
            changes.changed.append((row, before))
            updates.append((*row.values(), before["id"]))
    insert(model, changes.added, **always)
    update(model, list(rows[0]), updates)
    return changes


def _stored(model, key, rows) -> dict[tuple, Row]:
    names = ["id", *rows[0]]
    found = {}
    for some in pieces({row[key[0]] for row in rows}):
        query = model.objects.filter(**{f"{key[0]}__in": some}).values_list(*names)
        for cells in fetched(query):
            row = dict(zip(names, cells, strict=True))
            found[tuple(row[name] for name in key)] = row
    return found


def insert(model: type[models.Model], rows: Sequence[Row], **always: Any) -> None:
    """New rows; columns that are not given get the model's defaults."""
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        bulk.insert(model, columns, {**_defaults(model, columns), **always})


def _defaults(model: type[models.Model], given: Mapping) -> Row:
    values = {}
    for each in model._meta.concrete_fields:
        if each.column not in given and not each.primary_key:
            value = timezone.now() if getattr(each, "auto_now_add", False) else each.get_default()
            values[each.column] = each.get_db_prep_save(value, connection)
    return values


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple]) -> None:
    """Existing rows: each tuple holds a value for each column, and the row's id last."""
    if rows:
        settings = ", ".join(f'"{name}" = %s' for name in names)
        with connection.cursor() as cursor:
            cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {settings} WHERE id = %s', rows)  # noqa: S608


def fetched(rows: models.QuerySet) -> list[tuple]:
    """Rows as the database has them: no Decimal is made for each amount."""
    sql, parameters = rows.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def records(batch: Batch, names: Iterable[str]) -> Iterator[tuple[int, Row]]:
    """The rows of a batch with their numbers, as dictionaries of these columns; an empty text is ''."""
    names = list(names)
    columns = [batch.columns[name].to_pylist() for name in names]
    texts = [str(batch.columns[name].type) == "string" for name in names]
    blanks = ["" if is_text else None for is_text in texts]
    for number, cells in zip(batch.rows.tolist(), zip(*columns, strict=True), strict=True):
        row = {name: blank if cell is None else cell for name, cell, blank in zip(names, cells, blanks, strict=True)}
        yield number, row
