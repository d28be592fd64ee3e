"""What a kind of file holds: its columns, their types and limits, and the key of a row."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """How the text of a cell is understood."""

    TEXT = "text"
    CODE = "code"
    EMAIL = "email"
    AMOUNT = "amount"  # 64-bit integer of 1/10,000
    NUMBER = "number"  # the same, of a quantity, minutes or an attribute
    SCORE = "score"  # the same
    INTEGER = "integer"
    DATE = "date"
    MONTH = "month"  # integer yyyymm
    FLAG = "flag"


DECIMALS = (Type.AMOUNT, Type.NUMBER, Type.SCORE)
LENGTHS = {Type.CODE: 64, Type.EMAIL: 254, Type.TEXT: 255}


@dataclass(frozen=True)
class Column:
    """One column of a kind. Limits are whole numbers in the reader's unit (10 means 10.0000)."""

    name: str
    type: Type | str = Type.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    multiline: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", Type(self.type))
        object.__setattr__(self, "choices", tuple(self.choices or ()))

    @property
    def longest(self) -> int:
        return self.max_length or LENGTHS[self.type]


@dataclass(frozen=True)
class Schema:
    """One kind of file. `extra` is a pattern for further columns, which hold numbers."""

    kind: str
    columns: tuple[Column, ...]
    extra: str | None = None
    key: tuple[str, ...] = ()

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column | None:
        """The column of that name, an extra one included; None when the kind has no such column."""
        if name in self.by_name:
            return self.by_name[name]
        if self.extra and re.fullmatch(self.extra, name):
            return Column(name, Type.NUMBER)
        return None
