"""The criteria an account is scored by: a set with weights, scales and anchors, and its checks.

A document (a YAML or JSON file, already loaded) becomes a CriteriaSet, or a list of problems that say
what is wrong and where. Any document gives one or the other; none raises.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal, TypeAlias, cast

Kind: TypeAlias = Literal["judged", "measured"]
Basis: TypeAlias = Literal["absolute", "relative"]
Scale: TypeAlias = tuple[tuple[Decimal, Decimal], ...]
Anchors: TypeAlias = tuple[tuple[int, str], ...]

FULL_WEIGHT = Decimal(100)
TOP_SCORE = Decimal(10)
MIDDLE_CUT = Decimal(5)
RELATIVE_CUT = Decimal(1)
# Amounts in units of the currency, shares and growth as fractions of 1, breadth in products, duration
# in months.
MEASURES = frozenset(
    (
        "net_revenue",
        "growth",
        "gross_margin",
        "contribution",
        "contribution_margin",
        "cost_to_serve",
        "cost_to_serve_share",
        "share_of_wallet",
        "breadth",
        "duration",
        "average_order_value",
        "potential",
    )
)
AXES = ("attractiveness", "relationship")
PROFIT_MEASURES = frozenset({"contribution", "contribution_margin", "cost_to_serve", "cost_to_serve_share"})
KIND_KEYS = ("measure", "scale", "anchors")
ANCHOR_SCORES: Mapping[int | str, int] = {key: score for score in range(11) for key in (score, str(score))}
LONGEST_CODE = 50
LONGEST_TEXT = 500
LARGEST_NUMBER = Decimal(10) ** 15
MOST_DECIMALS = 6
LARGEST_VERSION = 2**31 - 1
CODE = re.compile(r"[a-z0-9_-]+", re.ASCII)
NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place of a document, such as `relationship[2].weight`; `mend` would settle it."""

    path: str
    message: str
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class Mend:
    """The weight to give a criterion so that all make 100; `place` is its number among the weights."""

    code: str
    weight: Decimal
    place: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of an axis. Measured: `measure` and `scale`; judged: `anchors`, score → description."""

    code: str
    name: str
    weight: Decimal
    kind: Kind
    measure: str | None = None
    scale: Scale | None = None
    anchors: Anchors = ()


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """One version of the criteria of both axes and the cuts between low and high.

    A cut on the relationship axis up to 2 in a relative set is the ratio to the best competitor; see
    `relative_cut` and `absolute_cut`.
    """

    code: str
    version: int
    cut_attractiveness: Decimal
    cut_relationship: Decimal
    basis: Basis
    attractiveness: tuple[Criterion, ...]
    relationship: tuple[Criterion, ...]

    @property
    def relative_cut(self) -> Decimal:
        """The cut for strength ÷ best competitor: as stated where it reads as a ratio, else 1."""
        return self.cut_relationship if self._states_a_ratio else RELATIVE_CUT

    @property
    def absolute_cut(self) -> Decimal:
        """The cut for strength 0..10; in a set that states a ratio, for accounts without competitor: 5."""
        return MIDDLE_CUT if self._states_a_ratio else self.cut_relationship

    @property
    def _states_a_ratio(self) -> bool:
        return self.basis == "relative" and self.cut_relationship <= 2 * RELATIVE_CUT


def parse(document: object, measures: Collection[str] = MEASURES) -> tuple[CriteriaSet | None, list[Problem]]:
    """The set a document states, or None and its problems in the order of the document. Never raises."""
    reader = _Reader(measures)
    found = reader.criteria_set(document)
    return (None if reader.problems else found), reader.problems


def code_problems(criteria: CriteriaSet, known: Collection[str] = ()) -> list[Problem]:
    """Codes that a new set may not give its criteria; those that are known, by ratings, stay as they are."""
    axes = ((AXES[0], criteria.attractiveness), (AXES[1], criteria.relationship))
    return [
        Problem(f"{axis}[{place}].code", f"{_shown(each.code)} is no code: a to z, 0 to 9, _ and - make one")
        for axis, listed in axes
        for place, each in enumerate(listed)
        if each.code not in known and not CODE.fullmatch(each.code)
    ]


def scale_of(found: object) -> Scale | None:
    """A scale on its own, a list of pairs [value, score]; None when something is wrong with it."""
    reader = _Reader(())
    scale = reader.scale(found, "scale")
    return None if reader.problems else scale


def weight_problems(weights: Iterable[tuple[str, Decimal]], path: str) -> list[Problem]:
    """Empty when the weights (code and weight, each 0..100, at most 6 decimals) sum to exactly 100.

    A gap of at most 1 is taken for rounding: the message proposes a weight for the last criterion that has one.
    """
    stated = list(weights)
    total = sum((weight for _, weight in stated), Decimal(0))
    if total == FULL_WEIGHT:
        return []
    message = f"the weights add up to {plain(total)}, not to 100"
    mend = _mend(stated, FULL_WEIGHT - total)
    if mend:
        message += f"; set the weight of {mend.code} to {plain(mend.weight)}"
    return [Problem(path, message, mend)]


def _mend(stated: Sequence[tuple[str, Decimal]], gap: Decimal) -> Mend | None:
    if not stated or abs(gap) > 1:
        return None
    last = max((place for place, (_code, weight) in enumerate(stated) if weight > 0), default=len(stated) - 1)
    code, weight = stated[last]
    return Mend(code, weight + gap, last) if 0 <= weight + gap <= FULL_WEIGHT else None


def to_document(criteria: CriteriaSet) -> dict[str, object]:
    """The document of a set: `parse` gives the same set back, also after a trip through JSON or YAML."""
    return {
        "code": criteria.code,
        "version": criteria.version,
        "cut": {
            "attractiveness": written(criteria.cut_attractiveness),
            "relationship": written(criteria.cut_relationship),
            "basis": criteria.basis,
        },
        "attractiveness": [_criterion_document(criterion) for criterion in criteria.attractiveness],
        "relationship": [_criterion_document(criterion) for criterion in criteria.relationship],
    }


def _criterion_document(criterion: Criterion) -> dict[str, object]:
    document: dict[str, object] = {
        "code": criterion.code,
        "name": criterion.name,
        "weight": written(criterion.weight),
        "kind": criterion.kind,
    }
    if criterion.scale is not None:
        document["measure"] = criterion.measure
        document["scale"] = [[written(x), written(y)] for x, y in criterion.scale]
    if criterion.anchors:
        document["anchors"] = dict(criterion.anchors)
    return document


def written(value: Decimal) -> int | float | str:
    """The plainest form that reads back as exactly the same number."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(str(float(value))) == value else plain(value)


def plain(value: Decimal) -> str:
    """Without exponent or trailing zeros: 99.99, 100, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class _Reader:
    """Walks a document, notes problems, and puts a harmless value where something is wrong."""

    def __init__(self, measures: Collection[str]) -> None:
        self.measures = sorted(measures)
        self.problems: list[Problem] = []

    def criteria_set(self, document: object) -> CriteriaSet:
        entries = self.entries(document, "", ("code", "version", "cut", *AXES))
        cut = self.entries(entries.get("cut", {}), "cut", (*AXES, "basis"))
        basis = self.choice(cut.get("basis", "absolute"), "cut.basis", ("absolute", "relative"))
        middle = 1 if basis == "relative" else 5
        found = CriteriaSet(
            code=self.text(entries.get("code"), "code", LONGEST_CODE),
            version=self.version(entries.get("version")),
            cut_attractiveness=self.score(cut.get("attractiveness", 5), "cut.attractiveness"),
            cut_relationship=self.score(cut.get("relationship", middle), "cut.relationship"),
            basis=cast(Basis, basis),
            attractiveness=self.axis(entries.get("attractiveness"), "attractiveness"),
            relationship=self.axis(entries.get("relationship"), "relationship"),
        )
        self.check_codes(found)
        return found

    def axis(self, found: object, path: str) -> tuple[Criterion, ...]:
        if not isinstance(found, list) or not found:
            self.note(path, "needs a list of at least one criterion")
            return ()
        before = len(self.problems)
        criteria = tuple(self.criterion(entry, f"{path}[{index}]") for index, entry in enumerate(found))
        if not any(problem.path.endswith(".weight") for problem in self.problems[before:]):
            self.problems += weight_problems([(each.code, each.weight) for each in criteria], path)
        return criteria

    def criterion(self, found: object, path: str) -> Criterion:
        stated = found.get("kind") if isinstance(found, dict) else None
        own = {"judged": ("anchors",), "measured": ("measure", "scale")}.get(stated if isinstance(stated, str) else "")
        entries = self.entries(found, path, ("code", "name", "weight", "kind", *(own or KIND_KEYS)))
        kind = cast(Kind, self.choice(entries.get("kind"), f"{path}.kind", ("judged", "measured")))
        criterion = Criterion(
            code=self.text(entries.get("code"), f"{path}.code", LONGEST_CODE),
            name=self.text(entries.get("name"), f"{path}.name", LONGEST_TEXT),
            weight=self.number(entries.get("weight"), f"{path}.weight", Decimal(0), FULL_WEIGHT),
            kind=kind,
        )
        if stated == "judged":
            return replace(criterion, anchors=self.anchors(entries.get("anchors"), f"{path}.anchors"))
        if stated == "measured":
            measure = self.choice(entries.get("measure"), f"{path}.measure", self.measures_of(path))
            return replace(criterion, measure=measure, scale=self.scale(entries.get("scale"), f"{path}.scale"))
        return criterion

    def measures_of(self, path: str) -> list[str]:
        """How strong we are with a customer does not follow from what we earn on it; and its score is seen by
        people who may not see profit."""
        across = path.startswith("relationship")
        return [measure for measure in self.measures if not (across and measure in PROFIT_MEASURES)]

    def scale(self, found: object, path: str) -> Scale:
        if not isinstance(found, list) or len(found) < 2:
            self.note(path, "needs at least two points [value, score]")
            return ()
        points = tuple(self.point(pair, f"{path}[{index}]") for index, pair in enumerate(found))
        for index, (left, right) in enumerate(pairwise(points), start=1):
            if left and right and left[0] >= right[0]:
                self.note(f"{path}[{index}]", f"must have a larger value than the point before, {plain(left[0])}")
        return tuple(point for point in points if point)

    def point(self, found: object, path: str) -> tuple[Decimal, Decimal] | None:
        if not isinstance(found, list) or len(found) != 2:
            self.note(path, "must be a pair [value, score]")
            return None
        before = len(self.problems)
        value = self.number(found[0], f"{path}[0]", -LARGEST_NUMBER, LARGEST_NUMBER)
        score = self.score(found[1], f"{path}[1]")
        return (value, score) if len(self.problems) == before else None

    def anchors(self, found: object, path: str) -> Anchors:
        if found is None:
            return ()
        if not isinstance(found, dict):
            self.note(path, "must name scores from 0 to 10, each with a description")
            return ()
        anchors: dict[int, str] = {}
        for key, description in found.items():
            # JSON has only text as key, YAML has both.
            score = ANCHOR_SCORES.get(key) if isinstance(key, int | str) and not isinstance(key, bool) else None
            if score is None or score in anchors:
                self.note(path, f"{_shown(key)} is not a whole score from 0 to 10, or stands there twice")
            else:
                anchors[score] = self.text(description, f"{path}.{score}", LONGEST_TEXT)
        return tuple(sorted(anchors.items()))

    def check_codes(self, found: CriteriaSet) -> None:
        seen: dict[str, str] = {}
        for axis, criteria in ((AXES[0], found.attractiveness), (AXES[1], found.relationship)):
            for index, criterion in enumerate(criteria):
                path = f"{axis}[{index}].code"
                first = seen.setdefault(criterion.code, path) if criterion.code else path
                if first != path:
                    self.note(path, f"{criterion.code} is used already at {first}")

    def entries(self, found: object, path: str, known: Sequence[str]) -> Mapping[object, object]:
        if not isinstance(found, dict):
            self.note(path, f"must have the entries {', '.join(known)}")
            return {}
        for key in found:
            if key not in known:
                self.note(path, f"has an unknown entry {_shown(key)}")
        return found

    def text(self, found: object, path: str, longest: int) -> str:
        if found is None or found == "":
            self.note(path, "is missing")
            return ""
        if not isinstance(found, str):
            self.note(path, f"must be text, not {_shown(found)}")
            return ""
        text = " ".join(found.split())
        if not text or not text.isprintable():
            self.note(path, "is blank or has characters that cannot be printed")
        elif len(text) > longest:
            self.note(path, f"is longer than {longest} characters")
        return text

    def choice(self, found: object, path: str, allowed: Sequence[str]) -> str:
        if isinstance(found, str) and found in allowed:
            return found
        stated = "is missing" if found is None else f"is {_shown(found)}"
        self.note(path, f"{stated}; it must be one of {', '.join(allowed)}")
        return allowed[0] if allowed else ""

    def version(self, found: object) -> int:
        if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= LARGEST_VERSION:
            return found
        self.note("version", "must be a whole number from 1")
        return 1

    def score(self, found: object, path: str) -> Decimal:
        return self.number(found, path, Decimal(0), TOP_SCORE)

    def number(self, found: object, path: str, least: Decimal, most: Decimal) -> Decimal:
        number = number_in(found)
        if number is None:
            stated = "is missing" if found is None else f"is {_shown(found)}"
            self.note(path, f"{stated}; it must be a number with at most {MOST_DECIMALS} decimals")
        elif not least <= number <= most:
            self.note(path, f"is {plain(number)}; it must lie between {plain(least)} and {plain(most)}")
        else:
            return number
        return least

    def note(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


def number_in(found: object) -> Decimal | None:
    """The number as it is written, or None if it is none or out of all reason."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal | str):
        return None
    if isinstance(found, int):
        return Decimal(found) if abs(found) <= LARGEST_NUMBER else None
    if isinstance(found, float):
        found = Decimal(str(found))
    if isinstance(found, Decimal):
        if not found.is_finite() or not -MOST_DECIMALS <= found.adjusted() <= 15:
            return None
        found = f"{found:f}"
    return Decimal(found) if NUMBER.fullmatch(found) else None


def _shown(found: object) -> str:
    """A short form for a message; a huge integer cannot even be turned into text."""
    if isinstance(found, int) and abs(found) > LARGEST_NUMBER:
        return "a very large number"
    if isinstance(found, list | tuple | dict | set):
        return "a list" if not isinstance(found, dict) else "a group of entries"
    text = repr(found)
    return text if len(text) <= 40 else f"{text[:37]}..."
