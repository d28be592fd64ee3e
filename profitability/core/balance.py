"""What a month's costs amount to, per activity and per pool, in whole minor units."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from fractions import Fraction

NO_COSTS, OVERUSED = "no_costs", "overused"


@dataclass(frozen=True)
class Notice:
    """Something a reader of the month's costs should know."""

    month: int
    pool: str
    kind: str
    message: str


@dataclass(frozen=True)
class ActivityCosts:
    """What one activity cost in a month.

    `quantity`: ten-thousandths of its driver, or of a minute if it is time-driven (then also `minutes`).
    `rate`: exact minor units per driver unit or minute; None without volume or capacity.
    Amounts are minor units.
    """

    code: str
    name: str
    phase: str
    level: str
    quantity: int
    minutes: int
    rate: Fraction | None
    accounts: int
    no_account: int
    unassigned: int

    @property
    def cost(self) -> int:
        """All of it."""
        return self.accounts + self.no_account + self.unassigned


@dataclass(frozen=True)
class PoolBalance:
    """Where a pool's cost went, in minor units.

    Minutes are ten-thousandths, 0 for a pool that is not consumed by time.
    """

    pool: str
    input: int = 0
    support_in: int = 0
    support_out: int = 0
    accounts: int = 0
    no_account: int = 0
    unused: int = 0
    channel: int = 0
    corporate: int = 0
    unassigned: int = 0
    practical_minutes: int = 0
    used_minutes: int = 0

    @property
    def difference(self) -> int:
        """What came in and did not go anywhere: 0."""
        reached = self.accounts + self.no_account
        kept = self.unused + self.channel + self.corporate + self.unassigned
        return self.input + self.support_in - self.support_out - reached - kept

    def __add__(self, other: "PoolBalance") -> "PoolBalance":
        """Both together, under the name of the first."""
        amounts = [field.name for field in fields(self) if field.name != "pool"]
        return PoolBalance(self.pool, *(getattr(self, name) + getattr(other, name) for name in amounts))


def total(rows: Iterable[PoolBalance]) -> PoolBalance:
    """The balance of all rows together."""
    return sum(rows, start=PoolBalance("total"))
