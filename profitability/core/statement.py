"""The account result: from exact sums of the ledger and the costs to serve to a profit and loss statement.

    list sales − discounts − returns        = net revenue
    net revenue − cost of goods − freight   = gross margin
    gross margin − cost to serve            = contribution

The customer cost hierarchy of Kaplan & Cooper, Cost & Effect, 1998, ch. 10. Five amounts are rounded, once;
everything else is a sum of rounded amounts, so no two figures of a statement contradict each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from profitability.core.cost_model import LEVELS, PHASES, Activity
from profitability.core.money import Int64, round_sums, round_within

# The measure behind each amount that is rounded.
MEASURES = {
    "net_revenue": "net_revenue",
    "discounts": "discount_amount",
    "returns": "return_amount",
    "cost_of_goods": "cost_amount",
    "freight": "freight_amount",
}


@dataclass(frozen=True, eq=False)
class Statement:
    """Amounts in minor units: one per account, or accounts × months. Returns are positive."""

    net_revenue: Int64
    discounts: Int64
    returns: Int64
    cost_of_goods: Int64
    freight: Int64

    @property
    def list_sales(self) -> Int64:
        """Sales at list price, before discounts and returns."""
        return self.net_revenue + self.discounts + self.returns

    @property
    def gross_margin(self) -> Int64:
        """What is left of net revenue after goods and freight."""
        return self.net_revenue - self.cost_of_goods - self.freight

    def contribution(self, cost_to_serve: Int64) -> Int64:
        """What is left of the gross margin after serving the account."""
        return self.gross_margin - cost_to_serve


def statements(measures: Mapping[str, Int64], digits: int) -> tuple[Statement, Statement]:
    """The statement of a window and that of its months.

    measures: net_revenue, discount_amount, return_amount, cost_amount, freight_amount, each accounts × months
    in ten-thousandths, accounts in the order of their codes with “no account” last. digits: decimals of the
    minor unit. Each amount of the window is rounded over the accounts so that they sum to its rounded total,
    then split over the months so that an account's months sum to its window.
    """
    window = {name: round_sums(measures[source].sum(axis=1), digits) for name, source in MEASURES.items()}
    months = {name: round_within(window[name], measures[source], digits) for name, source in MEASURES.items()}
    return Statement(**window), Statement(**months)


def by_phase(costs: Int64, activities: Sequence[Activity]) -> dict[str, Int64]:
    """Cost to serve of each account by phase, from costs of accounts × activities."""
    return _by(costs, activities, PHASES, lambda activity: activity.phase)


def by_level(costs: Int64, activities: Sequence[Activity]) -> dict[str, Int64]:
    """Cost to serve of each account by level of the cost hierarchy."""
    return _by(costs, activities, LEVELS, lambda activity: activity.level)


def _by(
    costs: Int64, activities: Sequence[Activity], names: Sequence[str], tag: Callable[[Activity], str]
) -> dict[str, Int64]:
    tags = [tag(activity) for activity in activities]
    return {name: costs[:, [found == name for found in tags]].sum(axis=1) for name in names}


def shares(parts: Int64, wholes: Int64) -> npt.NDArray[np.float64]:
    """Parts ÷ wholes, for instance cost to serve ÷ net revenue; NaN where the whole is not above zero."""
    divided = np.full(len(parts), np.nan)
    np.divide(parts, wholes, out=divided, where=wholes > 0)
    return divided
