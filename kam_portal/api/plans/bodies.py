"""Bodies of writes on plans: which fields they have, how each is described, and how it is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

LARGEST = Decimal(10) ** 13
LONGEST = 5_000
PLACES = 4
Rows = Callable[[str], QuerySet]  # the rows that a field may name
DAY = {"type": ["string", "null"], "format": "date"}
NUMBER = {"type": ["number", "null"]}
EMAIL = {"type": ["string", "null"], "format": "email"}


@dataclass(frozen=True)
class Field:
    """One field of a body. `attr` is the model's name for it; a missing value of a `needed` one is refused."""

    name: str
    kind: str  # text, choice, number, day, email, emails, id, ids, flag, whole
    attr: str = ""
    needed: bool = False
    choices: tuple[str, ...] = ()
    longest: int = LONGEST
    largest: int = 0

    @property
    def column(self) -> str:
        return self.attr or self.name

    @property
    def schema(self) -> dict:
        described = dict(SCHEMAS[self.kind])
        if self.kind == "text":
            described |= {"maxLength": self.longest}
        if self.kind == "choice":
            described |= {"enum": list(self.choices) if self.needed else [*self.choices, None]}
        if self.needed:
            described["type"] = described["type"][0] if isinstance(described["type"], list) else described["type"]
        return described

    def read(self, value: Any, rows: Rows) -> Any:
        """As the database has it; ValueError says what is wrong."""
        if value is None:
            return self._nothing()
        return READERS[self.kind](self, value, rows)

    def _nothing(self) -> Any:
        if self.needed:
            raise ValueError(_("Needed."))
        if self.kind in ("text", "choice"):
            return ""
        return {"emails": [], "ids": [], "flag": False}.get(self.kind)


SCHEMAS: dict[str, dict] = {
    "text": {"type": ["string", "null"]},
    "choice": {"type": ["string", "null"]},
    "number": NUMBER | {"description": "At most four decimals; a share as 0…1"},
    "day": DAY,
    "email": EMAIL,
    "emails": {"type": "array", "items": {"type": "string", "format": "email"}},
    "id": {"type": ["integer", "null"]},
    "ids": {"type": "array", "items": {"type": "integer"}},
    "flag": {"type": "boolean"},
    "whole": {"type": ["integer", "null"], "minimum": 1},
}


def _text(field: Field, value: Any, rows: Rows) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(_("Not a text."))
    text = value.strip()
    if field.needed and not text:
        raise ValueError(_("Needed."))
    if len(text) > field.longest:
        raise ValueError(_("At most %(count)s characters.") % {"count": field.longest})
    return text


def _choice(field: Field, value: Any, rows: Rows) -> str:
    if value not in field.choices:
        raise ValueError(_("Choose one of: %(values)s.") % {"values": ", ".join(field.choices)})
    return value


def _number(field: Field, value: Any, rows: Rows) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise ValueError
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        raise ValueError(_("Not a number.")) from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise ValueError(_("Too large."))
    if number != round(number, PLACES):
        raise ValueError(_("At most %(count)s decimals.") % {"count": PLACES})
    return number


def _day(field: Field, value: Any, rows: Rows) -> date:
    try:
        day = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("A day is written YYYY-MM-DD."))
    return day


def _email(field: Field, value: Any, rows: Rows) -> Any:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(_("Not a text."))
    found = rows(field.column).filter(email__iexact=value.strip()).first()
    if found is None:
        raise ValueError(_("Nobody here has this e-mail: %(email)s.") % {"email": value[:254]})
    return found


def _emails(field: Field, value: Any, rows: Rows) -> list:
    if not isinstance(value, list):
        raise ValueError(_("A list is needed."))
    return [_email(field, each, rows) for each in value]


def _id(field: Field, value: Any, rows: Rows) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(_("A whole number is needed."))
    found = rows(field.column).filter(pk=value).first() if abs(value) < 2**63 else None
    if found is None:
        raise ValueError(_("There is no such entry: %(id)s.") % {"id": value})
    return found


def _ids(field: Field, value: Any, rows: Rows) -> list:
    if not isinstance(value, list):
        raise ValueError(_("A list is needed."))
    return [_id(field, each, rows) for each in value]


def _flag(field: Field, value: Any, rows: Rows) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("true or false."))
    return value


def _whole(field: Field, value: Any, rows: Rows) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= field.largest:
        raise ValueError(_("A whole number from 1 to %(largest)s.") % {"largest": field.largest})
    return value


READERS: dict[str, Callable[[Field, Any, Rows], Any]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "day": _day,
    "email": _email,
    "emails": _emails,
    "id": _id,
    "ids": _ids,
    "flag": _flag,
    "whole": _whole,
}


def asked(data: Any, fields: Iterable[Field], rows: Rows, is_new: bool) -> dict[str, Any]:
    """What was sent, by the model's names, or every problem by its field. A new entry has all that is needed."""
    if not isinstance(data, Mapping):
        raise ValidationError({"": [_("Not an object.")]})
    known = {field.name: field for field in fields}
    problems = {name: [_("Unknown field.")] for name in data.keys() - known.keys()}
    found: dict[str, Any] = {}
    for name, field in known.items():
        if name in data or (is_new and field.needed):
            try:
                found[field.column] = field.read(data.get(name), rows)
            except ValueError as problem:
                problems[name] = [str(problem)]
    if problems:
        raise ValidationError(problems)
    return found


def in_order(values: Mapping[str, Any], entry: Any, first: str, last: str) -> None:
    """Refuse a span that ends before it begins, by the field of its end."""
    days = [values.get(name, getattr(entry, name, None)) for name in (first, last)]
    if None not in days and days[1] < days[0]:
        raise ValidationError({last: [_("It ends before it begins.")]})


def body(fields: Iterable[Field], is_new: bool) -> dict:
    """The schema of a body with these fields."""
    listed = list(fields)
    whole = {"type": "object", "properties": {each.name: each.schema for each in listed}, "additionalProperties": False}
    needed = [each.name for each in listed if each.needed]
    return whole | ({"required": needed} if is_new and needed else {})
