"""An account in its box as the questions about its weights need it: would other weights move it, and which?

Settled is a box that holds in at least `SETTLED_FROM` of the weightings drawn around the set's (`stability.py`),
fragile one that holds in fewer. Nothing is known of a provisional box, or of no box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeAlias

from relationships.core.matrix import BOXES, Box

Exact: TypeAlias = Fraction | Decimal | int
Firmness: TypeAlias = Literal["settled", "fragile", "unknown"]

# how near the drawn weights keep to the set's: concentrations of the Dirichlet distribution
WIDTHS: Mapping[str, int] = MappingProxyType({"tight": 200, "medium": 50, "wide": 10})
HEADLINE = "medium"
SETTLED_FROM = Decimal("0.90")
SIDES: Mapping[Box, tuple[bool, bool]] = MappingProxyType({box: sides for sides, box in BOXES.items()})


@dataclass(frozen=True, slots=True)
class Side:
    """What an account is placed by on one axis. `rival`: the best competitor's scores, where the axis is the
    strength ÷ his, and `cut` then the one of that quotient."""

    weights: Mapping[str, Decimal]
    scores: Mapping[str, Exact | None]
    cut: Decimal
    rival: Mapping[str, Exact | None] | None = None

    @property
    def scored(self) -> list[str]:
        """The criteria that count, in the order of the weights."""
        return [code for code in self.weights if self.scores.get(code) is not None]

    @property
    def is_linear(self) -> bool:
        """Whether the same criteria are scored for us and the competitor: one sum then tells the side."""
        rival = self.rival
        if rival is None:
            return True
        return all((rival.get(code) is None) == (self.scores.get(code) is None) for code in self.weights)


@dataclass(frozen=True, slots=True)
class Case:
    """An account with a box, and both axes."""

    attractiveness: Side
    relationship: Side
    box: Box


def firmness(stability: Exact | None, provisional: bool, settled_from: Exact = SETTLED_FROM) -> Firmness:
    """Settled from that stability on, fragile below; unknown without a box or with a provisional one."""
    if stability is None or provisional:
        return "unknown"
    return "settled" if stability >= settled_from else "fragile"
