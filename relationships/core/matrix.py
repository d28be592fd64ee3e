"""The portfolio matrix: from two scores and two cuts to one of four boxes.

The mapping of boxes is one constant, because published drawings exchange or rename them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeAlias

from relationships.core.criteria import CriteriaSet
from relationships.core.scoring import ENOUGH_COVERAGE, Attractiveness, Strength, Weighted

Box: TypeAlias = Literal["strategic", "status", "star", "streamline"]

# (attractiveness is high, relationship is strong) → box
BOXES: Mapping[tuple[bool, bool], Box] = MappingProxyType(
    {
        (True, True): "strategic",
        (False, True): "status",
        (True, False): "star",
        (False, False): "streamline",
    }
)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where low ends and high begins on each axis; a score on the cut is high."""

    attractiveness: Decimal
    strength: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account stands. `provisional`: the box rests on incomplete scores; `on_the_line`: a score
    equals its cut exactly. No box where an axis is scored on less than 60 % of its weight."""

    box: Box | None
    provisional: bool
    on_the_line: bool


def cuts(criteria: CriteriaSet, strength: Strength) -> Cuts:
    """The cuts for one account: its strength may stand on the axis as 0..10 or as a ratio."""
    across = criteria.relative_cut if strength.is_relative else criteria.absolute_cut
    return Cuts(criteria.cut_attractiveness, across)


def box(attractiveness: Fraction | Decimal, strength: Fraction | Decimal, at: Cuts) -> Box:
    """The box of two unrounded scores; on the cut counts as high."""
    return BOXES[attractiveness >= at.attractiveness, strength >= at.strength]


def place(attractiveness: Weighted, strength: Weighted, at: Cuts) -> Place:
    """The place of an account from both weighted scores and their coverage."""
    up, across = attractiveness.score, strength.score
    coverage = min(attractiveness.coverage, strength.coverage)
    if up is None or across is None or coverage < ENOUGH_COVERAGE:
        return Place(None, provisional=False, on_the_line=False)
    on_the_line = up == at.attractiveness or across == at.strength
    return Place(box(up, across, at), provisional=coverage < 1, on_the_line=on_the_line)


def confidence(attractiveness: Attractiveness, strength: Strength) -> Fraction:
    """0..1: the share of the weight, averaged over both axes, that rests on something firm.

    Firm is a measured figure, or a rating that is confirmed and not older than 12 months at the end of the
    window; of several raters each counts alike. What is not scored counts as not firm.
    """
    return (attractiveness.grounded_share + strength.grounded_share) / 2
