"""Strict query parameters: each is declared; an unknown, repeated or malformed one is refused by name."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Parameter:
    """One query parameter: how its text is read (ValueError says what is wrong with it) and how it is described."""

    read: Callable[[str], Any]
    schema: dict
    description: str = ""
    default: Any = None


def read_parameters(given, declared: dict[str, Parameter]) -> dict[str, Any]:
    """Every declared parameter's value; raises ValidationError naming each bad one."""
    values = {name: parameter.default for name, parameter in declared.items()}
    problems = {}
    for name, texts in given.lists():
        try:
            values[name] = _single(texts, declared.get(name))
        except ValueError as error:
            problems[name] = [str(error)]
    if problems:
        raise ValidationError(problems)
    return values


def _single(texts: list[str], parameter: Parameter | None):
    if parameter is None:
        raise ValueError(_("Unknown parameter."))
    if len(texts) != 1:
        raise ValueError(_("Given more than once."))
    if "\0" in texts[0]:
        raise ValueError(_("Not a text."))
    return parameter.read(texts[0])


def text(description: str = "") -> Parameter:
    return Parameter(str, {"type": "string"}, description)


def choice(values: Iterable[str], default: str | None = None, description: str = "") -> Parameter:
    allowed = list(values)

    def read(given: str) -> str:
        if given not in allowed:
            raise ValueError(_("Choose one of: %(values)s.") % {"values": ", ".join(allowed)})
        return given

    schema = {"type": "string", "enum": allowed} | ({"default": default} if default else {})
    return Parameter(read, schema, description, default)


def whole(smallest: int, largest: int, default: int | None = None, description: str = "") -> Parameter:
    def read(given: str) -> int:
        if not re.fullmatch(r"\d{1,19}", given, re.ASCII) or not smallest <= int(given) <= largest:
            raise ValueError(_("A whole number from %(a)s to %(b)s.") % {"a": smallest, "b": largest})
        return int(given)

    schema = {"type": "integer", "minimum": smallest, "maximum": largest}
    return Parameter(read, schema | ({"default": default} if default else {}), description, default)


def flag(description: str = "") -> Parameter:
    def read(given: str) -> bool:
        if given not in {"0", "1"}:
            raise ValueError(_("0 or 1."))
        return given == "1"

    return Parameter(read, {"type": "integer", "enum": [0, 1]}, description, False)


def month(description: str = "") -> Parameter:
    return Parameter(read_month, {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}, description)


def read_month(given: str) -> int:
    """“2024-03” as 202403."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", given, re.ASCII)
    if match is None or match[1] == "0000":
        raise ValueError(_("A month is written YYYY-MM."))
    return int(match[1] + match[2])


def instant(description: str = "") -> Parameter:
    return Parameter(read_instant, {"type": "string", "format": "date-time"}, description)


def read_instant(given: str) -> datetime:
    """A day, or a day and time, in ISO 8601; without zone it is meant in the portal's."""
    problem = ValueError(_("A day or time in ISO 8601, such as 2024-03-31 or 2024-03-31T06:00:00Z."))
    try:
        day = parse_date(given)
        moment = datetime.combine(day, time()) if day else parse_datetime(given)
        if moment is None:
            raise problem
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError) as error:
        raise problem from error
