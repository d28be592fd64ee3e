"""The fields of an answer as data: where each comes from and who may see it. Reading, filtering, ordering,
exports and the API description all follow the same declaration, so a hidden field cannot leak by a side door."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings

from accounts.permissions import Permission, may

MONEY_UNIT = Decimal(1).scaleb(-settings.CURRENCY_DIGITS)
SHARE_UNIT = Decimal("0.000001")


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    MONEY = "money"
    QUANTITY = "quantity"
    SHARE = "share"
    FLAG = "flag"
    DAY = "day"
    MONTH = "month"
    INSTANT = "instant"
    DOCUMENT = "document"


_JSON_TYPES: dict[Kind, dict] = {
    Kind.TEXT: {"type": "string"},
    Kind.WHOLE: {"type": "integer"},
    Kind.MONEY: {"type": "number", "description": "An amount, with the currency's decimals"},
    Kind.QUANTITY: {"type": "number"},
    Kind.SHARE: {"type": "number", "description": "Six decimals"},
    Kind.FLAG: {"type": "boolean"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MONTH: {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
    Kind.DOCUMENT: {},
}


@dataclass(frozen=True)
class Column:
    """One field. `source` is its path from the row's model; without source and `derive` it is not there yet:
    present, and null. `needs` is the permission without which it is null, as if unknown."""

    name: str
    kind: Kind
    source: str | None = None
    needs: Permission | None = None
    derive: Callable[[dict], Any] | None = None  # from the other fields of the row
    nullable: bool = True
    sortable: bool = False

    @property
    def schema(self) -> dict:
        described = dict(_JSON_TYPES[self.kind])
        if self.nullable:
            described["type"] = [described["type"], "null"]
        return described


def visible(columns: Iterable[Column], user) -> list[Column]:
    return [column for column in columns if column.needs is None or may(user, column.needs)]


def sortable(columns: Iterable[Column], user) -> dict[str, Column]:
    return {column.name: column for column in visible(columns, user) if column.sortable}


def schema_of(columns: Iterable[Column]) -> dict:
    """The JSON schema of one row."""
    properties = {column.name: column.schema for column in columns}
    return {"type": "object", "properties": properties, "required": list(properties)}


class RowReader:
    """Turns tuples of `values_list(*paths)` into rows for one reader; hidden columns are not even selected."""

    def __init__(self, columns: Iterable[Column], user):
        columns = list(columns)
        shown = visible(columns, user)
        self.selected = [column for column in shown if column.source]
        self.paths = [column.source for column in self.selected]
        self._names = [column.name for column in self.selected]
        self._blank = dict.fromkeys(column.name for column in columns)
        self._writers = [(c.name, _WRITERS[c.kind]) for c in self.selected if c.kind in _WRITERS and _needs_writing(c)]
        self._derived = [(column.name, column.derive) for column in shown if column.derive]

    def row(self, values: Iterable) -> dict:
        row = self._blank | dict(zip(self._names, values, strict=False))
        for name, write in self._writers:
            row[name] = write(row[name])
        for name, derive in self._derived:
            row[name] = derive(row)
        return row

    def rows(self, queryset) -> Iterator[dict]:
        return map(self.row, queryset.values_list(*self.paths).iterator(chunk_size=2000))


def as_money(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(MONEY_UNIT)


def as_share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Null where a share means nothing: of nothing, or of a negative total."""
    if part is None or whole is None or whole <= 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(SHARE_UNIT)


def as_month(month: int | None) -> str | None:
    """202403 as “2024-03”."""
    return None if month is None else f"{month // 100:04d}-{month % 100:02d}"


def _needs_writing(column: Column) -> bool:
    """Texts and amounts that are never missing come from the database as they are told."""
    return column.nullable or column.kind is Kind.MONTH


_WRITERS = {Kind.TEXT: lambda text: text or None, Kind.MONEY: as_money, Kind.MONTH: as_month}
