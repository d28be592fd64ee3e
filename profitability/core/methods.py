"""Three ways to say what serving an account costs, from the same resource costs.

**Time-driven** (Kaplan & Anderson, HBR 82(11), 2004, 131-138) is what a run reports: a pool consumed by time
charges rate × minutes, and what was not used stays out of the accounts. **Two-stage** costing (Cooper &
Kaplan, The Design of Cost Management Systems, 1991) spreads each such pool fully by the minutes that were used,
as a survey does in which people report all of their time: unused capacity hides in the rates, over-use makes
them too low. **Revenue-spread** costing shares what reaches the accounts by their net revenue.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TIME_DRIVEN, TWO_STAGE, REVENUE = METHODS = ("time_driven", "two_stage", "revenue")


@dataclass(frozen=True)
class Moved:
    """How another method differs from the time-driven one, in minor units.

    `over` and `under` count the accounts to which it charges more and less, `over_cost` and `under_cost` say how
    much in all.
    """

    over: int
    under: int
    over_cost: int
    under_cost: int

    @property
    def surplus(self) -> int:
        """What it charges more to all accounts together: unused capacity, in two-stage costing."""
        return self.over_cost - self.under_cost

    @property
    def between(self) -> int:
        """What moves from some accounts to others: ½ Σ |difference| where both methods charge as much in all; what
        one charges more in all moves from nobody, so it is left out: ½ (Σ |difference| − |Σ difference|)."""
        return min(self.over_cost, self.under_cost)


def moved(costs: Mapping[str, int], time_driven: Mapping[str, int]) -> Moved:
    """Compare a method with the time-driven one; both say what each account costs, in minor units."""
    differences = [costs[code] - time_driven[code] for code in time_driven]
    over = [each for each in differences if each > 0]
    under = [-each for each in differences if each < 0]
    return Moved(len(over), len(under), sum(over), sum(under))


def places(contributions: Mapping[str, int]) -> dict[str, int]:
    """Each account's place by contribution, 1 for the largest; ties by code."""
    ranked = sorted(contributions, key=lambda code: (-contributions[code], code))
    return {code: place for place, code in enumerate(ranked, start=1)}
