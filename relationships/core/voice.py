"""What customers say in figures: the net promoter score, and trust.

The net promoter score is the share of those who answer 9 or 10 to “how likely are you to recommend us?” minus the
share of those who answer 0 to 6, from −100 to 100 (F. Reichheld, Harvard Business Review, December 2003). The score of
few answers moves by a lot with each of them, so it is never told without their number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

PROMOTES, DETRACTS = 9, 6  # from, and up to


@dataclass(frozen=True, slots=True)
class Recommendation:
    """How many answered, by what they are called."""

    promoters: int
    passives: int
    detractors: int

    @property
    def count(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> int | None:
        """From −100 to 100, rounded to whole points, half away from zero; None without an answer."""
        if not self.count:
            return None
        points = Fraction(100 * (self.promoters - self.detractors), self.count)
        return int(abs(points) + Fraction(1, 2)) * (1 if points >= 0 else -1)


def recommendation(answers: Iterable[int]) -> Recommendation:
    """Counts of answers from 0 to 10. Raises ValueError for any other."""
    listed = list(answers)
    if any(not 0 <= answer <= 10 for answer in listed):
        raise ValueError("an answer runs from 0 to 10")
    promoters = sum(answer >= PROMOTES for answer in listed)
    detractors = sum(answer <= DETRACTS for answer in listed)
    return Recommendation(promoters, len(listed) - promoters - detractors, detractors)


def mean(answers: Collection[int | Decimal]) -> Decimal | None:
    """The mean to one decimal; None without an answer."""
    return (Decimal(sum(answers)) / len(answers)).quantize(Decimal("0.1")) if answers else None


def response_share(answered: int, asked: int) -> Fraction | None:
    """The share of those asked, whose time to answer is over or who have answered; None if there are none."""
    return Fraction(answered, asked) if asked else None
