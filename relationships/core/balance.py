"""What accounts of a box usually cost to serve, how far one is from it, and how a mix of boxes differs from its target.

The usual share of a box is the median of cost to serve ÷ net revenue over its accounts with net revenue. An account's
usual cost is that share of its own net revenue; of an account without net revenue it is zero. The excess is its cost
to serve less its usual cost: money spent beyond what its box usually gets, or, below zero, money held back. An
account stands out only if that is more than a quarter of its usual cost: half of a box is always beyond its median.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Literal, TypeAlias

Finding: TypeAlias = Literal["over_served", "starved"]
INVESTED = frozenset({"strategic", "star"})  # boxes that ask for effort; the others ask not to over-invest
TOLERANCE = Fraction(1, 4)  # of the usual cost
FEWEST_PEERS = 5  # of fewer, a median says little


def usual_share(accounts: Iterable[tuple[Decimal, Decimal]]) -> Fraction | None:
    """The median of cost ÷ net revenue, from both; None for fewer than five accounts with net revenue."""
    shares = [Fraction(cost) / Fraction(net) for cost, net in accounts if net > 0]
    return median(shares) if len(shares) >= FEWEST_PEERS else None


def excess(cost: Decimal, net: Decimal, share: Fraction) -> Fraction:
    """Cost to serve less what the usual share gives."""
    return Fraction(cost) - share * max(Fraction(net), Fraction(0))


def finding(box: str, beyond: Fraction, usual: Fraction) -> Finding | None:
    """Over-served: a box not to over-invest in gets more than usual. Starved: one to invest in gets less."""
    if not box or abs(beyond) <= TOLERANCE * usual:
        return None
    if box in INVESTED:
        return "starved" if beyond < 0 else None
    return "over_served" if beyond > 0 else None


def to_unit(value: Fraction, unit: Decimal) -> Decimal:
    """Rounded half up to the currency's unit, away from zero."""
    steps = abs(value) / Fraction(unit)
    whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return unit * (whole if value >= 0 else -whole)


def gaps(counts: Mapping[str, int], target: Mapping[str, Decimal]) -> dict[str, Fraction]:
    """Accounts too many in each box, or, below zero, too few, for the mix of the target; they sum to zero."""
    count = sum(counts.values())
    return {box: counts.get(box, 0) - Fraction(share) * count for box, share in target.items()}


def part_within(amount: Decimal, from_on: date, until_on: date, first: date, last: date) -> Fraction:
    """The part of an amount, spread evenly over the days `from_on` to `until_on`, that lies in `first` to `last`.

    All days count whole, both ends included. Raises ValueError where an end lies before its beginning.
    """
    if until_on < from_on or last < first:
        raise ValueError("an end lies before its beginning")
    common = (min(until_on, last) - max(from_on, first)).days + 1
    return Fraction(amount) * max(common, 0) / ((until_on - from_on).days + 1)
