"""What the evidence says of a relationship's strength: a second reading beside the scored one, which enters no score.

Seven components, each 0…10: coverage of the buying roles, match of levels, contacts heard of within their planned days,
trust, recommendation, what leaving would cost the customer, and deliveries. The index is their weighted mean,
`R = Σ w·c / Σ w` over the components that are known, exact; the weights are equal unless others are stated.

A missing component is missing, never 0. As for a box, an index that lacks a component is provisional, and with less
than 60 % of the weight known there is none: of seven equal ones five are needed, so what we note ourselves of contacts
and deliveries (four of them) makes no index without a customer's answer or a cost of leaving. The method is our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from relationships.core.contact_map import LEVELS
from relationships.core.scoring import ENOUGH_COVERAGE

MOST = 10
COMPONENTS = ("coverage", "seniority", "frequency", "trust", "recommendation", "barriers", "delivery")
EQUAL: Mapping[str, Fraction] = dict.fromkeys(COMPONENTS, Fraction(1))
FARTHEST = max(LEVELS) - min(LEVELS)  # levels between the shop floor and the board
TRUST_FROM, TRUST_TO = 1, 7  # of the answers
FULL_BARRIER = Fraction(1, 4)  # of a year's net revenue: leaving that costs a quarter's purchases is 10
Exact = Fraction | Decimal | int


@dataclass(frozen=True, slots=True)
class Index:
    """The index, 0…10, None where too little is known; the share of the weight that is known, and of how many."""

    score: Fraction | None
    coverage: Fraction
    known: int

    @property
    def is_provisional(self) -> bool:
        return self.score is not None and self.coverage < 1


def index(points: Mapping[str, Fraction | None], weights: Mapping[str, Fraction] = EQUAL) -> Index:
    """The weighted mean of the components that are known. `weights` are 0 or more and not all 0; a component that they
    leave out weighs nothing. Raises ValueError otherwise, and for points outside 0…10."""
    known = {name: value for name, value in points.items() if value is not None and weights.get(name)}
    total = sum(weights.values(), Fraction(0))
    if total <= 0 or min(weights.values()) < 0 or any(not 0 <= value <= MOST for value in known.values()):
        raise ValueError("weights are 0 or more and not all 0, components run from 0 to 10")
    covered = sum((weights[name] for name in known), Fraction(0))
    coverage = covered / total
    if coverage < ENOUGH_COVERAGE:
        return Index(None, coverage, len(known))
    score = sum((weights[name] * value for name, value in known.items()), Fraction(0)) / covered
    return Index(score, coverage, len(known))


# Each component from its figure; of what is not known there is none


def of_share(share: Exact | None) -> Fraction | None:
    """All is 10, nothing is 0: of coverage, and of contacts heard of in time."""
    return None if share is None else MOST * Fraction(share)


def of_levels(apart: Exact | None) -> Fraction | None:
    """Equals on both sides are 10, the shop floor with the board is 0."""
    return None if apart is None else MOST * (1 - min(Fraction(apart) / FARTHEST, Fraction(1)))


def of_trust(mean: Exact | None) -> Fraction | None:
    """1, not at all, is 0; 7, completely, is 10."""
    return None if mean is None else MOST * (Fraction(mean) - TRUST_FROM) / (TRUST_TO - TRUST_FROM)


def of_recommendation(score: Exact | None) -> Fraction | None:
    """The net promoter score, −100…100, as (NPS + 100) ÷ 20."""
    return None if score is None else (Fraction(score) + 100) / 20


def of_barriers(cost: Exact | None, net_revenue: Exact | None) -> Fraction | None:
    """What leaving would cost the customer, against what it buys of us in a year: a quarter of that or more is 10."""
    if cost is None or net_revenue is None or net_revenue <= 0:
        return None
    return MOST * min(Fraction(cost) / Fraction(net_revenue) / FULL_BARRIER, Fraction(1))


def of_delivery(on_time: Fraction | None, complete: Fraction | None) -> Fraction | None:
    """The mean of the share of orders on time and of those in one delivery, of whichever is known."""
    known = [share for share in (on_time, complete) if share is not None]
    return of_share(sum(known, Fraction(0)) / len(known)) if known else None
