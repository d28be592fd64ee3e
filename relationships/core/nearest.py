"""The smallest change of one weight that puts an account into another box.

The weight of one criterion moves, the others of its axis keep their proportions, and the sum stays 100. A weight is
stated in hundredths, so the smallest change is the smallest to a hundredth: one hundredth less leaves the account where
it is. Of equal changes the first criterion counts, attractiveness before relationship. Where no single weight can do
it, there is no move.

With weight x instead of w the axis stands on x m + (100 - x) R / (100 - w), where m is the criterion's score less the
cut and R the weighted sum of the others': a straight line. Where the axis is a quotient and other criteria are scored
for the competitor than for us, it is a parabola. Zeros are found as floats; where one is not clearly between two
hundredths, the hundredths around it are tried exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice
from typing import Literal, TypeAlias

from relationships.core.cases import SIDES, Case, Exact, Side
from relationships.core.criteria import FULL_WEIGHT
from relationships.core.matrix import BOXES, Box

AxisName: TypeAlias = Literal["attractiveness", "relationship"]
STEP = Decimal("0.01")
STEPS = 100  # of a weight's point
TRIED = 6  # hundredths around a zero found as a float
SURE = 1e-6  # further from a hundredth than this a float tells the next one


@dataclass(frozen=True, slots=True)
class Move:
    """One weight, what it would have to be, and the box that the account would then be in."""

    axis: AxisName
    code: str
    weight: Decimal
    new_weight: Decimal
    box: Box

    @property
    def change(self) -> Decimal:
        return self.new_weight - self.weight


def nearest_move(case: Case) -> Move | None:
    """The smallest change of one weight that moves the account, None where no single weight can."""
    sides: tuple[tuple[AxisName, Side], ...] = (
        ("attractiveness", case.attractiveness),
        ("relationship", case.relationship),
    )
    candidates = [
        (round(abs(root - float(side.weights[code])), 9), number, order, code, root)
        for number, (_axis, side) in enumerate(sides)
        for order, (code, root) in enumerate(_roots(side))
    ]
    for _size, number, _order, code, root in sorted(candidates):
        axis, side = sides[number]
        found = _stated(side, code, root, SIDES[case.box][number])
        if found is not None:
            return Move(axis, code, side.weights[code], found, _other_side(case.box, number))
    return None


def _other_side(box: Box, number: int) -> Box:
    up, across = SIDES[box]
    return BOXES[(not up, across) if number == 0 else (up, not across)]


def weights_with(weights: Mapping[str, Decimal], code: str, new: Exact) -> dict[str, Fraction]:
    """The weights of an axis when one of them is `new` and the others keep their proportions."""
    scale = (Fraction(FULL_WEIGHT) - Fraction(new)) / Fraction(FULL_WEIGHT - weights[code])
    return {each: Fraction(new) if each == code else Fraction(weight) * scale for each, weight in weights.items()}


# Zeros, as floats


def _roots(side: Side) -> Iterator[tuple[str, float]]:
    """Criteria with a weight from 0 to 100 at which the axis stands on its cut."""
    found = _line_roots(side) if side.is_linear else _parabola_roots(side)
    return ((code, root) for code, root in found if -SURE <= root <= 100 + SURE)


def _line_roots(side: Side) -> Iterator[tuple[str, float]]:
    """own x + (100 - x) others = 0"""
    cut, rival = float(side.cut), side.rival
    parts = [
        (code, float(side.weights[code]), _float(side.scores[code]) - cut * (_float(rival[code]) if rival else 1.0))
        for code in side.scored
    ]
    whole = sum(weight * margin for _code, weight, margin in parts)
    for code, weight, own in parts:
        if weight == 100:
            continue  # nothing else to weigh more
        others = (whole - weight * own) / (100 - weight)
        if others != own:
            yield code, 100 * others / (others - own)


def _float(score: Exact | None) -> float:
    return 0.0 if score is None else float(score)


def _parabola_roots(side: Side) -> Iterator[tuple[str, float]]:
    """Of ours × the weight scored for him - cut × his × the weight scored for us."""
    cut = float(side.cut)
    for code in side.scored:
        if side.weights[code] == FULL_WEIGHT:
            continue
        ours, whole, theirs, rivals_whole = _sums(side, code)
        pairs = zip(_product(ours, rivals_whole), _product(theirs, whole), strict=True)
        for root in _zeros(*(first - cut * second for first, second in pairs)):
            yield code, root


def _zeros(a: float, b: float, c: float) -> list[float]:
    """Of a x² + b x + c."""
    if abs(a) <= 1e-12 * (abs(b) + abs(c)):
        return [-c / b] if b else []
    inner = b * b - 4 * a * c
    if inner < 0:
        return []
    return [(-b - math.sqrt(inner)) / (2 * a), (-b + math.sqrt(inner)) / (2 * a)]


@dataclass(frozen=True, slots=True)
class _Line:
    """A weighted sum as a function of one weight x: `own` x + `others` (100 - x)."""

    own: Fraction
    others: Fraction

    def at(self, weight: Fraction) -> Fraction:
        return self.own * weight + self.others * (100 - weight)


def _product(first: _Line, second: _Line) -> tuple[float, float, float]:
    """Coefficients of x², x and 1 of the product of two lines."""
    (p, q), (r, s) = ((float(line.own - line.others), 100 * float(line.others)) for line in (first, second))
    return p * r, p * s + q * r, q * s


def _sums(side: Side, code: str) -> tuple[_Line, _Line, _Line, _Line]:
    """Our weighted scores, the weight of what is scored for us, and the same of the competitor, exact."""
    rival = side.rival or {}
    rivals = [each for each in side.weights if rival.get(each) is not None]
    return (
        _line(side, code, side.scores),
        _line(side, code, dict.fromkeys(side.scored, 1)),
        _line(side, code, rival),
        _line(side, code, dict.fromkeys(rivals, 1)),
    )


def _line(side: Side, code: str, values: Mapping[str, Exact | None]) -> _Line:
    rest = Fraction(0)
    for each, weight in side.weights.items():
        value = values.get(each)
        if value is not None and each != code:
            rest += Fraction(weight) * Fraction(value)
    return _Line(Fraction(values.get(code) or 0), rest / Fraction(FULL_WEIGHT - side.weights[code]))


# Hundredths, exactly


def _stated(side: Side, code: str, root: float, high: bool) -> Decimal | None:
    """The first hundredth beyond the zero, coming from the present weight, at which the side is the other one."""
    weight, steps = side.weights[code], root * STEPS
    up = root >= float(weight)
    if side.rival is None and abs(root - float(weight)) > SURE and SURE < steps % 1 < 1 - SURE:
        new = STEP * (math.ceil(steps) if up else math.floor(steps))
        return new if 0 <= new <= FULL_WEIGHT else None
    start = math.floor(steps) - 2 if up else math.ceil(steps) + 2
    for hundredths in islice(count(start, 1 if up else -1), TRIED):
        new = hundredths * STEP
        beyond = new > weight if up else new < weight
        if beyond and 0 <= new <= FULL_WEIGHT and _is_high(side, code, Fraction(new)) is (not high):
            return new
    return None


def _is_high(side: Side, code: str, new: Fraction) -> bool | None:
    """The side of the cut with that weight, exactly; None where there would be no score, or no quotient."""
    ours, whole, theirs, rivals_whole = (line.at(new) for line in _sums(side, code))
    if side.rival is None:
        return ours >= Fraction(side.cut) * whole if whole else None
    return ours * rivals_whole >= Fraction(side.cut) * theirs * whole if whole and theirs else None
