"""Which column of the file is which of ours."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from .mapping import Mapping
from .problems import Unusable, did_you_mean, listing
from .schema import Column, Schema, Type

SHARE = Column("discount_share", Type.NUMBER, minimum=0, maximum=1)


@dataclass(frozen=True)
class Layout:
    """For each of our columns that the file has: its place; and the headers nobody asked for."""

    places: dict[str, int]
    columns: dict[str, Column]
    unknown: list[str]

    @property
    def wanted(self) -> list[int]:
        return sorted(set(self.places.values())) or [0]


def arrange(path: Path, headers: list[str], schema: Schema, mapping: Mapping) -> Layout:
    """Finds the columns; a missing or doubled one makes the file unusable."""
    _refuse_doubled(path, headers)
    places = _mapped(path, headers, schema, mapping)
    taken = set(places.values())
    filled = {*places, *mapping.ignore, *(["line_no"] if mapping.line_no else [])}
    for place, header in enumerate(headers):
        if place not in taken and header not in filled and schema.column(header):
            places[header] = place
    columns = {name: SHARE if name == SHARE.name else schema.column(name) for name in places}
    _refuse_missing(path, headers, schema, mapping, places)
    known = set(places.values())
    unknown = [header or _("(no name)") for place, header in enumerate(headers) if place not in known]
    return Layout(places, columns, unknown)


def _refuse_doubled(path: Path, headers: list[str]) -> None:
    doubled = [header for header, count in Counter(headers).items() if header and count > 1]
    if doubled:
        sentence = _("has more than one column named %(names)s.")
        raise Unusable(path, sentence % {"names": listing(doubled)})


def _mapped(path: Path, headers: list[str], schema: Schema, mapping: Mapping) -> dict[str, int]:
    theirs = dict(mapping.columns)
    if mapping.discount_share:
        theirs[SHARE.name] = mapping.discount_share
    for ours, header in theirs.items():
        if header not in headers:
            sentence = _("has no column “%(theirs)s”, which the map takes as %(ours)s. It has %(found)s.")
            names = {"theirs": header, "ours": ours, "found": listing(headers)}
            others = {name for column, name in theirs.items() if column != ours} | set(schema.by_name) - {ours}
            raise Unusable(path, sentence % names + did_you_mean(header, _free(headers, others)))
    return {ours: headers.index(header) for ours, header in theirs.items()}


def _refuse_missing(path: Path, headers: list[str], schema: Schema, mapping: Mapping, places: dict[str, int]) -> None:
    given = {*places, *mapping.defaults, *(["line_no"] if mapping.line_no else [])}
    missing = [column.name for column in schema.columns if column.required and column.name not in given]
    if not missing:
        return
    sentence = _("has no column %(names)s, which %(kind)s need. It has %(found)s.")
    names = {"names": listing(missing), "kind": schema.kind, "found": listing(headers)}
    used = {headers[place] for place in places.values()}
    raise Unusable(path, sentence % names + did_you_mean(missing[0], _free(headers, used)))


def _free(headers: list[str], used: set[str]) -> list[str]:
    """Headers that may be meant: they have a name, and stand for no other column."""
    return [header for header in headers if header and header not in used]
