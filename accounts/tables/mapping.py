"""Map files: how somebody else's columns become ours, and the rules that go with them."""

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from .problems import Unusable, did_you_mean, listing
from .schema import Schema

LONGEST = 1 << 16


@dataclass(frozen=True)
class Mapping:
    """The rules of one map file; see the README for an example of each."""

    kind: str = ""
    columns: dict[str, str] = field(default_factory=dict)  # ours: theirs
    ignore: list[str] = field(default_factory=list)  # theirs, even if named as ours
    defaults: dict[str, str] = field(default_factory=dict)  # for empty cells and absent columns
    line_no: str = ""  # "sequence": lines are numbered within their order_id, in the order of the file
    returns: dict[str, str] = field(default_factory=dict)  # column: pattern that marks a return
    skip: dict[str, list[str]] = field(default_factory=dict)  # column: exact texts of rows left out
    create_missing_accounts: bool = False  # for the importer
    discount_share: str = ""  # their column: the discount as a share (0.05) of unit price × quantity
    once_per_order: list[str] = field(default_factory=list)  # stated on each line of an order, meant once
    encoding: str = ""
    decimal: str = ""
    file: str = ""

    @classmethod
    def load(cls, path: Path | str) -> "Mapping":
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(path, _("cannot be read as a UTF-8 text file.")) from error
        return cls.of(text, path.name)

    @classmethod
    def of(cls, text: str, name: str = "map") -> "Mapping":
        """The map in this YAML text. Every value is taken as written: 007 stays 007."""
        if len(text) > LONGEST:
            raise Unusable(name, _("is too long for a map."))
        try:
            data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds strings, lists, dicts only
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            where = _(" (line %(line)s)") % {"line": mark.line + 1} if mark else ""
            raise Unusable(name, _("is not valid YAML%(where)s.") % {"where": where}) from error
        if not isinstance(data, dict):
            raise Unusable(name, _("does not hold map rules (kind, columns, …)."))
        return cls(**_checked(data, name), file=name)


def _checked(data: dict[str, Any], name: str) -> dict[str, Any]:
    known = [each.name for each in fields(Mapping) if each.name != "file"]
    for key in data:
        if key not in known:
            sentence = _("has the unknown rule “%(rule)s”; known are %(known)s.")
            raise Unusable(name, sentence % {"rule": key, "known": listing(known)} + did_you_mean(str(key), known))
    return {key: SHAPES.get(key, _word)(value, key, name) for key, value in data.items()}


def _wrong(key: str, name: str, expected: str) -> Unusable:
    return Unusable(name, _("has a rule “%(rule)s” that should be %(shape)s.") % {"rule": key, "shape": expected})


def _no_pattern(pattern: str, key: str, name: str) -> Unusable:
    return _wrong(key, name, _("a list of “our column: pattern”, and “%s” is no pattern") % pattern)


def _word(value: Any, key: str, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong(key, name, _("one word"))
    return value


def _words(value: Any, key: str, name: str) -> dict[str, str]:
    if value == "":
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise _wrong(key, name, _("a list of “our column: text”"))
    return value


def _names(value: Any, key: str, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(key, name, _("a list in square brackets"))
    return value


def _lists(value: Any, key: str, name: str) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        raise _wrong(key, name, _("a list of “our column: [text, text]”"))
    return {column: _names(each, key, name) for column, each in value.items()}


def _patterns(value: Any, key: str, name: str) -> dict[str, str]:
    patterns = _words(value, key, name)
    for pattern in patterns.values():
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise _no_pattern(pattern, key, name) from error
    return patterns


def _yes(value: Any, key: str, name: str) -> bool:
    if str(value).lower() not in ("true", "false", "yes", "no"):
        raise _wrong(key, name, _("true or false"))
    return value.lower() in ("true", "yes")


def _sequence(value: Any, key: str, name: str) -> str:
    if value != "sequence":
        raise _wrong(key, name, _("“sequence”"))
    return value


def _mark(value: Any, key: str, name: str) -> str:
    if value not in (".", ","):
        raise _wrong(key, name, _("“.” or “,”"))
    return value


SHAPES = {
    "columns": _words,
    "ignore": _names,
    "defaults": _words,
    "returns": _patterns,
    "skip": _lists,
    "once_per_order": _names,
    "create_missing_accounts": _yes,
    "line_no": _sequence,
    "decimal": _mark,
}


def refuse_misfit(mapping: Mapping, schema: Schema) -> None:
    """A map of another kind, or one that names columns which the kind does not have."""
    if mapping.kind and mapping.kind != schema.kind:
        names = {"its": mapping.kind, "kind": schema.kind}
        raise Unusable(mapping.file, _("is a map for %(its)s, not for %(kind)s.") % names)
    _refuse_patterns(mapping)
    ours = [*mapping.columns, *mapping.defaults, *mapping.returns, *mapping.skip, *mapping.once_per_order]
    ours += _implied(mapping)
    for name in ours:
        if not schema.column(name):
            known = list(schema.by_name)
            sentence = _("speaks of “%(name)s”, but %(kind)s have no such column.")
            hint = did_you_mean(name, known)
            raise Unusable(mapping.file, sentence % {"name": name, "kind": schema.kind} + hint)


def _refuse_patterns(mapping: Mapping) -> None:
    """Patterns that the engine does not take which will run them: it never backtracks, whatever the pattern."""
    import pyarrow as pa  # here: what a web process loads does without
    import pyarrow.compute as pc

    for pattern in mapping.returns.values():
        try:
            pc.match_substring_regex(pa.array([""]), pattern)
        except pa.ArrowInvalid as error:
            raise _no_pattern(pattern, "returns", mapping.file) from error


def _implied(mapping: Mapping) -> list[str]:
    """Columns that a rule fills or needs without naming them."""
    return [
        *(["line_no", "order_id"] if mapping.line_no else []),
        *(["order_id"] if mapping.once_per_order else []),
        *(["is_return"] if mapping.returns else []),
        *(["discount_amount", "unit_price", "quantity"] if mapping.discount_share else []),
    ]
