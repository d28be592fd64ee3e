"""Whole minor units shared out without losing or inventing one: the largest remainder method.

Hamilton's method of 1792 (Balinski & Young, Fair Representation, 1982, ch. 2): everybody gets the whole part
of his quota, the units left over go to the largest fractions. Ties go to the larger weight, then to the
earlier key; a weight of zero gets nothing; a negative total is shared like its opposite. Plain Python, and
so the reference for the columns of money.py; a process that only reads cost models needs no numpy.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

Key: TypeAlias = str | int


class NoWeight(ValueError):
    """There is something to share out and nobody to take it."""


class NegativeWeight(ValueError):
    """A weight below zero: returns and credits need a driver of their own."""


def round_half_up(value: Fraction) -> int:
    """The nearest integer; a half goes away from zero, as in commerce."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def largest_remainder(total: int, weights: Sequence[int | Fraction], keys: Sequence[Key]) -> list[int]:
    """Shares of `total` in proportion to `weights`, in the order given; their sum is `total`.

    The reference in plain Python. Raises NegativeWeight, and NoWeight when no weight is above zero.
    """
    if any(weight < 0 for weight in weights):
        raise NegativeWeight(f"negative weight: {min(weights)}")
    whole = sum(weights)
    if not whole:
        raise NoWeight(f"no weight to share {total} by")
    return round_to(total, [Fraction(total) * weight / whole for weight in weights], keys)


def round_to(total: int, amounts: Sequence[Fraction], keys: Sequence[Key]) -> list[int]:
    """Whole numbers that sum to `total`, each the floor or the ceiling of its amount.

    `total` is the sum of the amounts or one of its two neighbours; the amounts may have both signs, and a
    negative total is rounded as its opposite.
    """
    sign = -1 if total < 0 else 1
    exact = sum(amounts, Fraction(0))
    if abs(total - exact) >= 1:
        raise ValueError(f"{total} is no rounded sum of the amounts, which is {exact}")
    floors = [sign * amount // 1 for amount in amounts]
    fractions = [sign * amount - floor for amount, floor in zip(amounts, floors, strict=True)]
    left = sign * total - sum(floors)
    takers = [place for place, fraction in enumerate(fractions) if fraction]
    takers.sort(key=lambda place: (-fractions[place], -abs(amounts[place]), keys[place]))
    for place in takers[:left]:
        floors[place] += 1
    return [sign * floor for floor in floors]
