"""A criteria set's document as the lines of a form, and back.

A document may still be wrong: a form shows what is there, so nothing gets lost on the way. Every input is named by
its place: `relationship[0].weight`, `attractiveness[1].scale[0].value`, `attractiveness[2].anchors.5`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from profitability.core.model_moves import change
from relationships.core.criteria import AXES, NUMBER, Problem, plain, weight_problems, written

Document: TypeAlias = dict[str, Any]

MOVE = re.compile(
    r"(add|remove|up|down|mend):(attractiveness|relationship)(?:\[(\d{1,3})\])?(?:\.(scale)(?:\[(\d{1,3})\])?)?"
)
LINE = re.compile(r"(attractiveness|relationship)\[(\d{1,3})\]\.")
POINT = re.compile(r"scale\[(\d{1,3})\]\.(?:value|score)")
DECIMAL_COMMA = re.compile(r"-?(?![1-9][0-9]{0,2},[0-9]{3}$)[0-9]+,[0-9]+")  # 1,250 may be a thousand and more
SCORES = range(11)
TEXTS = ("code", "name", "weight", "kind", "measure")


@dataclass
class Point:
    """A point of a scale: a value of the measure and the score it gets, as texts."""

    value: str = ""
    score: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.value or self.score)


@dataclass
class CriterionLine:
    """A criterion as its form shows it; `kind` says whether the scale or the anchors count."""

    code: str = ""
    name: str = ""
    weight: str = ""
    kind: str = "judged"
    measure: str = ""
    scale: list[Point] = field(default_factory=list)
    anchors: dict[int, str] = field(default_factory=dict)


@dataclass
class Lines:
    """A whole set as its form shows it. Code and version are not among the inputs: they are the draft's own."""

    code: str = ""
    version: int = 1
    cut_attractiveness: str = "5"
    cut_relationship: str = "5"
    basis: str = "absolute"
    attractiveness: list[CriterionLine] = field(default_factory=list)
    relationship: list[CriterionLine] = field(default_factory=list)

    def axis(self, name: str) -> list[CriterionLine]:
        return self.attractiveness if name == "attractiveness" else self.relationship


# Document → lines


def lines_of(document: Document) -> Lines:
    """The lines of a document that a form or `parse` has made."""
    cut = document.get("cut") or {}
    return Lines(
        code=document.get("code") or "",
        version=document.get("version") or 1,
        cut_attractiveness=shown(cut.get("attractiveness")),
        cut_relationship=shown(cut.get("relationship")),
        basis=cut.get("basis") or "absolute",
        attractiveness=[_line(each) for each in document.get("attractiveness") or []],
        relationship=[_line(each) for each in document.get("relationship") or []],
    )


def _line(criterion: Document) -> CriterionLine:
    return CriterionLine(
        **{key: shown(criterion.get(key)) for key in TEXTS},
        scale=[Point(shown(value), shown(score)) for value, score in criterion.get("scale") or []],
        anchors={int(score): text for score, text in (criterion.get("anchors") or {}).items()},
    )


def shown(value: object) -> str:
    """A number or text of a document as one writes it: never with an exponent."""
    if isinstance(value, float):
        return plain(Decimal(str(value)))
    return "" if value is None else str(value)


# Lines → document


def document_of(lines: Lines) -> Document:
    """The document that the lines state. Empty points and anchors say nothing."""
    return {
        "code": lines.code,
        "version": lines.version,
        "cut": {
            "attractiveness": number_of(lines.cut_attractiveness),
            "relationship": number_of(lines.cut_relationship),
            "basis": lines.basis,
        },
        "attractiveness": [_document(line) for line in lines.attractiveness],
        "relationship": [_document(line) for line in lines.relationship],
    }


def _document(line: CriterionLine) -> Document:
    texts = {"code": line.code or code_from(line.name), "name": line.name, "weight": number_of(line.weight)}
    stated = {key: value for key, value in (texts | {"kind": line.kind}).items() if value not in ("", None)}
    if line.kind == "measured":
        points = [[number_of(each.value), number_of(each.score)] for each in line.scale if not each.is_empty]
        return stated | ({"measure": line.measure} if line.measure else {}) | {"scale": points}
    anchors = {score: text for score, text in sorted(line.anchors.items()) if text}
    return stated | ({"anchors": anchors} if anchors else {})


def code_from(name: str) -> str:
    """`Growth potential` is growth_potential."""
    return "_".join(re.findall(r"[a-z0-9]+", name.lower()))[:50]


def number_of(text: str) -> int | float | str | None:
    """A number as a document states it; a text that is none stays, to be told."""
    stated = text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text
    if not stated:
        return None
    return written(Decimal(stated)) if NUMBER.fullmatch(stated) else text


# Inputs → lines


def read(inputs: Mapping[str, str], code: str, version: int) -> Lines:
    """The lines that a form has sent, in the order of their numbers; gaps in the numbers are closed."""
    sent = {name: value.strip() for name, value in inputs.items()}
    return Lines(
        code=code,
        version=version,
        cut_attractiveness=sent.get("cut.attractiveness", ""),
        cut_relationship=sent.get("cut.relationship", ""),
        basis=sent.get("cut.basis", ""),
        attractiveness=_axis(sent, "attractiveness"),
        relationship=_axis(sent, "relationship"),
    )


def _axis(sent: Mapping[str, str], axis: str) -> list[CriterionLine]:
    found = (LINE.match(name) for name in sent)
    numbers = sorted({int(match[2]) for match in found if match and match[1] == axis})
    return [_sent_line(sent, f"{axis}[{number}].") for number in numbers]


def _sent_line(sent: Mapping[str, str], start: str) -> CriterionLine:
    own = {name.removeprefix(start): value for name, value in sent.items() if name.startswith(start)}
    numbers = sorted({int(match[1]) for match in map(POINT.fullmatch, own) if match})
    points = [Point(own.get(f"scale[{each}].value", ""), own.get(f"scale[{each}].score", "")) for each in numbers]
    anchors = {score: own[f"anchors.{score}"] for score in SCORES if own.get(f"anchors.{score}")}
    return CriterionLine(**{key: own.get(key, "") for key in TEXTS}, scale=points, anchors=anchors)


# Problems → inputs


def input_of(lines: Lines, problem: Problem) -> str:
    """The name of the input that a problem belongs to; "" where it belongs to the whole set."""
    found = LINE.match(problem.path)
    if found:
        line = lines.axis(found[1])[int(found[2])]
        return found[0] + _input_in_line(line, problem.path[found.end() :])
    return problem.path if problem.path in (*AXES, "cut.attractiveness", "cut.relationship", "cut.basis") else ""


def _input_in_line(line: CriterionLine, rest: str) -> str:
    found = re.fullmatch(r"scale\[(\d+)\](?:\[([01])\])?", rest)
    if not found:
        return rest
    filled = [place for place, point in enumerate(line.scale) if not point.is_empty]
    return f"scale[{filled[int(found[1])]}].{'score' if found[2] == '1' else 'value'}"


# Buttons


def move(lines: Lines, wish: str) -> str:
    """Do what a button wishes (`add:relationship`, `up:attractiveness[1]`, `remove:attractiveness[0].scale[2]`,
    `mend:relationship`) and return the name of the input or button that the hand is at afterwards."""
    found = MOVE.fullmatch(wish)
    if found is None:
        return ""
    act, axis, line, scale, point = found.groups()
    path, rows, place = axis, lines.axis(axis), line
    if act == "mend":
        return _mend(lines, axis)
    if scale:
        if line is None or int(line) >= len(rows):
            return ""
        path, rows, place = f"{axis}[{line}].scale", rows[int(line)].scale, point  # type: ignore[assignment]
    if act == "add":
        return _add(rows, path, "value" if scale else "name")
    return change(act, rows, path, int(place)) if place is not None and int(place) < len(rows) else ""


def taken(lines: Lines, wish: str) -> dict[str, Any] | None:
    """What a button is about to remove, with its place: so that it can be put back."""
    found = MOVE.fullmatch(wish)
    if found is None or found[1] != "remove":
        return None
    rows, number = _rows_at(lines, wish.removeprefix("remove:"))
    return {"place": wish.removeprefix("remove:"), "line": asdict(rows[number])} if number < len(rows) else None


def put_back(lines: Lines, removed: dict[str, Any]) -> str:
    """Put a removed line where it was, as far as that place is still there; the name of its first input."""
    rows, number = _rows_at(lines, removed["place"])
    line = removed["line"]
    path, is_point = removed["place"].rpartition("[")[0], "score" in line
    if is_point and not rows:
        return ""
    number = min(number, len(rows))
    rows.insert(number, Point(**line) if is_point else _restored(line))
    return f"{path}[{number}].{'value' if is_point else 'name'}"


def _restored(line: dict[str, Any]) -> CriterionLine:
    anchors = {int(score): text for score, text in line["anchors"].items()}
    return CriterionLine(**line | {"scale": [Point(**each) for each in line["scale"]], "anchors": anchors})


def _rows_at(lines: Lines, place: str) -> tuple[list[Any], int]:
    """The list that a line stands in, and its number: `relationship[0].scale[2]`; an empty one where there is none."""
    found = MOVE.fullmatch(f"remove:{place}")
    if found is None or found[3] is None:
        return [], 0
    _act, axis, line, scale, point = found.groups()
    rows, number = lines.axis(axis), int(line)
    if not scale:
        return rows, number
    return (rows[number].scale, int(point)) if point is not None and number < len(rows) else ([], 0)


def _add(rows: list[Any], path: str, first: str) -> str:
    rows.append(Point() if first == "value" else CriterionLine(scale=[Point(), Point()]))
    return f"{path}[{len(rows) - 1}].{first}"


def _mend(lines: Lines, axis: str) -> str:
    """Give the last criterion that weighs anything the weight that makes the sum 100."""
    rows = lines.axis(axis)
    problems = weight_problems([(line.code, weight_of(line)) for line in rows], axis)
    mend = problems[0].mend if problems else None
    place = mend.place if mend else len(rows) - 1
    if mend:
        rows[place].weight = plain(mend.weight)
    return f"{axis}[{place}].weight"


def weight_of(line: CriterionLine) -> Decimal:
    """The weight as a number; 0 for what is none."""
    number = number_of(line.weight)
    return Decimal(str(number)) if isinstance(number, int | float) else Decimal(0)


def sum_of_weights(rows: Sequence[CriterionLine]) -> Decimal | None:
    """None where a weight is no number: a sum that passes over it would mislead."""
    if any(isinstance(number_of(line.weight), str) for line in rows):
        return None
    return sum((weight_of(line) for line in rows), Decimal(0))
