"""A cost model's document as the lines of a form, and back.

A document may still be wrong: a form shows what is there, so nothing gets lost on the way. Every input is named by
its place: `pools[0].code`; the entries of a mapping are lines of a name and a number, `pools[0].serves[1].name`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from profitability.core.document import NUMBER, Problem

TIME, SHARES = "time", "shares"
MAPPINGS = ("serves", "minutes", "shares")
PLACE = re.compile(r"([a-z_]+)(?:\[(\d{1,4})\])?(?:\.([a-z_]+)(?:\[(\d{1,4})\]\.([a-z]+))?)?")
PERCENT = re.compile(r"([0-9.,/]+)\s*%")
DECIMAL_COMMA = re.compile(r"-?(?![1-9][0-9]{0,2},[0-9]{3}$)[0-9]+,[0-9]+")  # 1,250 may be a thousand and more

Document: TypeAlias = dict[str, Any]


@dataclass
class Entry:
    """A line of a mapping: the name of a pool or measure, and its number, as texts."""

    name: str = ""
    number: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.number)


@dataclass
class PoolLine:
    """A pool as its form shows it."""

    code: str = ""
    name: str = ""
    kind: str = "operating"
    serves: list[Entry] = field(default_factory=list)


@dataclass
class ActivityLine:
    """An activity as its form shows it; `basis` says which half of it counts."""

    code: str = ""
    name: str = ""
    phase: str = "production"
    level: str = "batch"
    basis: str = TIME
    pool: str = ""
    minutes: list[Entry] = field(default_factory=list)
    shares: list[Entry] = field(default_factory=list)
    driver: str = ""


@dataclass
class Lines:
    """A whole model as its form shows it. Code and version are not among the inputs: they are the draft's own."""

    code: str = ""
    version: int = 1
    currency: str = ""
    support_method: str = "direct"
    order: list[str] = field(default_factory=list)
    pools: list[PoolLine] = field(default_factory=list)
    activities: list[ActivityLine] = field(default_factory=list)


WHOLE = ("currency", "support_method")
LINES: dict[str, Callable[[], Any]] = {"pools": PoolLine, "activities": ActivityLine}


# Document → lines


def lines_of(document: Document) -> Lines:
    """The lines of a document that a form or `parse` has made."""
    return Lines(
        code=document["code"],
        version=document["version"],
        currency=document.get("currency") or "",
        support_method=document.get("support_method") or "",
        order=list(document.get("order") or []),
        pools=[_pool_line(each) for each in document.get("pools") or []],
        activities=[_activity_line(each) for each in document.get("activities") or []],
    )


def _pool_line(pool: Document) -> PoolLine:
    return PoolLine(_text(pool, "code"), _text(pool, "name"), _text(pool, "kind"), _entries(pool.get("serves")))


def _activity_line(activity: Document) -> ActivityLine:
    return ActivityLine(
        **{key: _text(activity, key) for key in ("code", "name", "phase", "level", "pool", "driver")},
        basis=SHARES if activity.get("shares") is not None else TIME,
        minutes=_entries(activity.get("minutes")),
        shares=_entries(activity.get("shares")),
    )


def _text(part: Document, key: str) -> str:
    return part.get(key) or ""


def _entries(numbers: Mapping[str, object] | None) -> list[Entry]:
    return [Entry(name, shown(number)) for name, number in (numbers or {}).items()]


def shown(number: object) -> str:
    """A number of a document as one writes it: never with an exponent."""
    return format(Decimal(str(number)), "f") if isinstance(number, float) else "" if number is None else str(number)


# Lines → document


def document_of(lines: Lines) -> Document:
    """The document that the lines state. Empty lines say nothing."""
    order = [code for code in lines.order if code]
    return {
        "code": lines.code,
        "version": lines.version,
        "currency": lines.currency,
        "pools": [_pool_document(pool) for pool in lines.pools],
        "support_method": lines.support_method,
        **({"order": order} if order else {}),
        "activities": [_activity_document(activity) for activity in lines.activities],
    }


def _pool_document(pool: PoolLine) -> Document:
    serves = _shares(pool.serves)
    stated = _stated(code=pool.code, name=pool.name, kind=pool.kind)
    return stated | ({"serves": serves} if serves or pool.kind == "support" else {})


def _activity_document(activity: ActivityLine) -> Document:
    stated = _stated(code=activity.code, name=activity.name, phase=activity.phase, level=activity.level)
    if activity.basis == SHARES:
        return stated | {"shares": _shares(activity.shares)} | _stated(driver=activity.driver)
    return stated | _stated(pool=activity.pool) | {"minutes": _numbers(activity.minutes)}


def _stated(**texts: str) -> Document:
    return {key: text for key, text in texts.items() if text}


def _numbers(entries: list[Entry]) -> dict[str, int | float | str | None]:
    return {entry.name: number_of(entry.number) for entry in entries if not entry.is_empty}


def _shares(entries: list[Entry]) -> dict[str, int | float | str | None]:
    return {entry.name: share_of(entry.number) for entry in entries if not entry.is_empty}


def share_of(text: str) -> int | float | str | None:
    """A share as a document states it; “60 %” is 0.6."""
    found = PERCENT.fullmatch(text)
    hundredths = number_of(found[1]) if found else None
    if hundredths is None or not NUMBER.fullmatch(shown(hundredths)):
        return number_of(text)
    return number_of(_exact(Fraction(shown(hundredths)) / 100))


def _exact(number: Fraction) -> str:
    """A fraction as a text that is read without loss: as a decimal number where it is one."""
    decimal = shown(float(number))
    return decimal if NUMBER.fullmatch(decimal) and Fraction(decimal) == number else str(number)


def number_of(text: str) -> int | float | str | None:
    """A number as a document states it: whole, decimal where that is exact, else the text (1/3, or what is wrong)."""
    plain = text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text
    if not plain:
        return None
    if not NUMBER.fullmatch(plain):
        return text
    number = Fraction(plain)
    if number.denominator == 1:
        return number.numerator
    decimal = float(number)
    is_exact = Fraction(str(decimal)) == number and NUMBER.fullmatch(shown(decimal))
    return decimal if is_exact else str(number)


# Inputs → lines


def read(inputs: Mapping[str, str], code: str, version: int) -> Lines:
    """The lines that a form has sent, in the order of their numbers. Inputs that no such form has are left alone."""
    reader = Reader(Lines(code=code, version=version))
    placed = [(PLACE.fullmatch(name), value.strip()) for name, value in inputs.items()]
    found = [(match, value) for match, value in placed if match]
    for match, value in sorted(found, key=lambda each: (int(each[0][2] or 0), int(each[0][4] or 0))):
        reader.put(match, value)
    return reader.lines


class Reader:
    """Fills the lines from inputs that come in the order of their numbers; gaps in the numbers are closed."""

    def __init__(self, lines: Lines):
        self.lines = lines
        self._met: dict[tuple[str, ...], Any] = {}

    def put(self, place: re.Match[str], value: str) -> None:
        part, number, key, entry, side = place.groups()
        if part == "order" and number and not key:
            self.lines.order.append(value)
        elif part in WHOLE and not number:
            setattr(self.lines, part, value)
        elif part in LINES and number and key:
            line = self._line((part, number), getattr(self.lines, part), LINES[part])
            self._put_in_line(line, (part, number, key), entry, side, value)

    def _put_in_line(self, line: Any, path: tuple[str, ...], entry: str | None, side: str | None, value: str) -> None:
        key = path[-1]
        if not hasattr(line, key) or (key in MAPPINGS) != (side in ("name", "number")):
            return
        if entry is None or side is None:
            setattr(line, key, value)
        else:
            setattr(self._line((*path, entry), getattr(line, key), Entry), side, value)

    def _line(self, path: tuple[str, ...], lines: list[Any], kind: Callable[[], Any]) -> Any:
        """The line of a number: the one met before, or a new one at the end."""
        if path not in self._met:
            lines.append(kind())
            self._met[path] = lines[-1]
        return self._met[path]


# Problems → inputs


def twice(lines: Lines) -> Iterator[Problem]:
    """Names that stand twice in one mapping: a document could keep only one of them."""
    for path, line in _lines(lines):
        for key in MAPPINGS:
            names = [entry.name for entry in getattr(line, key, []) if not entry.is_empty]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield Problem(f"{path}.{key}.{name}", f"{name or 'this line'} is there twice")


def _lines(lines: Lines) -> Iterator[tuple[str, PoolLine | ActivityLine]]:
    yield from ((f"pools[{place}]", pool) for place, pool in enumerate(lines.pools))
    yield from ((f"activities[{place}]", activity) for place, activity in enumerate(lines.activities))


def input_of(lines: Lines, problem: Problem) -> str:
    """The name of the input that a problem belongs to; "" where it belongs to the whole model."""
    found = re.match(r"(pools|activities)\[(\d+)\]\.?", problem.path)
    rows: list[Any] = getattr(lines, found[1]) if found else []
    if found and int(found[2]) < len(rows):
        start, line = f"{found[1]}[{found[2]}]", rows[int(found[2])]
        return f"{start}.{_input_in_line(line, problem.path[found.end() :], problem.message)}"
    return problem.path if re.fullmatch(r"currency|support_method|order(\[\d+\])?", problem.path) else ""


def _input_in_line(line: PoolLine | ActivityLine, rest: str, message: str) -> str:
    key, dot, name = rest.partition(".")
    if key not in MAPPINGS:
        return key if key and hasattr(line, key) else "code"
    names = [entry.name for entry in getattr(line, key, [])]
    if not dot or name not in names:
        return key
    place = len(names) - 1 - names[::-1].index(name)  # of those that are there twice, the later one
    return f"{key}[{place}].{'number' if message.startswith('must') else 'name'}"
