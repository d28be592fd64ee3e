"""How accounts answer to the hours they are given, and under which limits a team distributes them.

Each account answers by a curve that rises ever more slowly, asked for as Lodish does (CALLPLAN, Management Science
18(4), 1971): what would half of the hours lose, what would twice the hours gain?
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

ZERO = Decimal(0)


@dataclass(frozen=True)
class Response:
    """How an account's contribution a month follows from hours a month.

    `hours` > 0 is where the curve is known; `lost_at_half` and `gained_at_double` are money a month, ≥ 0, and hours
    up to `hours` are never worth less than those beyond: lost_at_half × 2 ≥ gained_at_double. Each further doubling
    gains as much as the first, so an hour is worth half as much. More than `most` hours bring nothing; fewer than
    `least` are not an option.
    """

    hours: Decimal
    lost_at_half: Decimal
    gained_at_double: Decimal
    least: Decimal
    most: Decimal

    def __post_init__(self) -> None:
        if self.hours <= 0 or not 0 <= self.least <= self.most:
            raise ValueError(f"no curve: {self}")
        if not 0 <= self.gained_at_double <= 2 * self.lost_at_half:
            raise ValueError(f"later hours are worth more than the first: {self}")

    @cached_property
    def pieces(self) -> list[tuple[Decimal, Fraction]]:
        """Width in hours and worth of an hour of each straight piece, from no hours up to the most useful."""
        hours = Fraction(self.hours)
        worth, start, end = 2 * Fraction(self.lost_at_half) / hours, ZERO, self.hours
        found = []
        while start < self.most:
            stop = min(end, self.most)
            found.append((stop - start, worth))
            worth = worth / 2 if start else Fraction(self.gained_at_double) / hours
            start, end = end, 2 * end
        return found

    def worth(self, hours: Decimal) -> Fraction:
        """Money a month that so many hours bring, against none at all."""
        left, total = hours, Fraction(0)
        for width, worth in self.pieces:
            total += Fraction(min(left, width)) * worth
            left = max(left - width, ZERO)
        return total


@dataclass(frozen=True)
class Served:
    """An account, who looks after it, what it is given today, and how it answers."""

    key: int
    manager: int
    box: str
    today: Decimal
    response: Response
    is_movable: bool = False  # to any other manager of the programme


class Kind(StrEnum):
    HOURS = "hours"  # of a manager
    SERVICE = "service"  # the least hours of a manager's accounts
    LEAST_SHARE = "least_share"  # of all hours given, for a box
    MOST_SHARE = "most_share"


@dataclass(frozen=True)
class Limit:
    """One limit: of whom or of which box, and how much (hours, or a share 0…1)."""

    kind: Kind
    key: int | str
    size: Decimal


@dataclass(frozen=True)
class Programme:
    """What is to be distributed: accounts, hours a month by manager, and shares of hours by box."""

    accounts: list[Served]
    hours: dict[int, Decimal]
    least_shares: dict[str, Decimal] = field(default_factory=dict)
    most_shares: dict[str, Decimal] = field(default_factory=dict)

    @property
    def limits(self) -> list[Limit]:
        least: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for account in self.accounts:
            least[account.manager] += account.response.least
        return [
            *(Limit(Kind.HOURS, manager, hours) for manager, hours in self.hours.items()),
            *(Limit(Kind.SERVICE, manager, least[manager]) for manager in self.hours if least[manager]),
            *(Limit(Kind.LEAST_SHARE, box, share) for box, share in self.least_shares.items()),
            *(Limit(Kind.MOST_SHARE, box, share) for box, share in self.most_shares.items()),
        ]
