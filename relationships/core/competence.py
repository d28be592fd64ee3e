"""What a key account manager must be able to do, how far one has come, what an account asks for, and who fits where.

Levels run from 0 to 10. The list, the levels and the default demand are our own: companies may state other demands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Levels: TypeAlias = Mapping[str, int]

COMPETENCES = (
    "integrity",
    "communication",
    "product",
    "business",
    "negotiation",
    "finance",
    "coordination",
    "planning",
)
MOST = 10
ANCHORS = (0, 5, 10)  # levels that are described in words
GROUND = 5  # what every key account asks for
# What the default demand rises with: the complexity of the customer's processes or products, or the box
BY_PROCESS = ("coordination", "planning")
BY_PRODUCT = ("product", "business")
BY_BOX = {
    "strategic": {"integrity": 3, "communication": 3, "business": 2, "negotiation": 2, "finance": 2, "planning": 2},
    "star": {"communication": 2, "business": 2, "negotiation": 3, "planning": 1},
    "status": {"integrity": 2, "communication": 1, "finance": 1},
    "streamline": {"finance": 2, "negotiation": 1},
}


def asked_by_default(box: str, process: int | None, product: int | None) -> dict[str, int]:
    """The level of each competence that an account asks for unless somebody says otherwise: 5, what its box adds, and
    half of what its complexity (0…10) lies above 5; at most 10. Complexity that nobody knows adds nothing."""
    found = {code: GROUND + BY_BOX.get(box, {}).get(code, 0) for code in COMPETENCES}
    for codes, complexity in ((BY_PROCESS, process), (BY_PRODUCT, product)):
        for code in codes:
            found[code] += added(complexity)
    return {code: min(level, MOST) for code, level in found.items()}


def added(complexity: int | None) -> int:
    """Half of what lies above the middle, rounded up."""
    return (max((complexity or 0) - GROUND, 0) + 1) // 2


@dataclass(frozen=True)
class Gap:
    """One competence: what is asked, what is there (None: not assessed), and how much is missing."""

    competence: str
    asked: int
    there: int | None

    @property
    def missing(self) -> int | None:
        return None if self.there is None else max(self.asked - self.there, 0)


def gaps(asked: Levels, there: Levels) -> list[Gap]:
    """In the order of the competences; those not asked for are left out."""
    return [Gap(code, asked[code], there.get(code)) for code in COMPETENCES if code in asked]


def fit(asked: Levels, there: Levels) -> Fraction | None:
    """How much of what is asked for is there: 1 is all of it. What somebody has beyond the demand in one competence
    makes up for nothing in another. None while a competence asked for is not assessed, or where nothing is asked."""
    found = gaps(asked, there)
    whole = sum(gap.asked for gap in found)
    if not whole or any(gap.there is None for gap in found):
        return None
    return 1 - Fraction(sum(gap.missing or 0 for gap in found), whole)


def best_first(asked: Levels, people: Mapping[int, Levels]) -> list[tuple[int, Fraction]]:
    """Who fits an account best: (person, fit), the best first, equals by their number; people not assessed are left
    out."""
    found = [(person, share) for person, levels in people.items() if (share := fit(asked, levels)) is not None]
    return sorted(found, key=lambda each: (-each[1], each[0]))
