"""Stored rows on their way out, as the import of their kind takes them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Expression, QuerySet

TOGETHER = 5_000
Exported = tuple[list[str], Iterator[tuple]]  # columns, rows


def rows_of(rows: QuerySet, columns: dict[str, str | Expression]) -> Exported:
    """The rows with these columns (name in the file: where it is found), a few thousand at a time."""
    cells = rows.values_list(*columns.values()).iterator(chunk_size=TOGETHER)
    return list(columns), (tuple(_shortest(row)) for row in cells)


def _shortest(row: Iterable) -> Iterator[Any]:
    """Decimals without the zeros at their end, which a reader would take for a precision that is not there."""
    return (cell.normalize() if isinstance(cell, Decimal) else cell for cell in row)
