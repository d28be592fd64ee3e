"""What accounts of a box usually cost to serve, how far one is from it, and how a mix of boxes differs from its target.

The usual share of a box is the median of cost to serve ÷ net revenue over its accounts with net revenue. An account's
usual cost is that share of its own net revenue; of an account without net revenue it is zero. The excess is its cost
to serve less its usual cost: money spent beyond what its box usually gets, or, below zero, money held back. An
account stands out only if that is more than a quarter of its usual cost: half of a box is always beyond its median.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
    ratios = sorted((cost / net, cost, net) for cost, net in accounts if net > 0)
    if len(ratios) < FEWEST_PEERS:
        return None
    return median(_exactly(ratios, place) for place in {(len(ratios) - 1) // 2, len(ratios) // 2})


def _exactly(ratios: list[tuple[Decimal, Decimal, Decimal]], place: int) -> Fraction:
    """The share at a place. A rounded quotient keeps the order of the exact ones: only its equals are compared."""
    rounded = ratios[place][0]
    first = bisect_left(ratios, rounded, key=_quotient)
    last = bisect_right(ratios, rounded, key=_quotient)
    equals = sorted(Fraction(cost) / Fraction(net) for _ratio, cost, net in ratios[first:last])
    return equals[place - first]


def _quotient(ratio: tuple[Decimal, Decimal, Decimal]) -> Decimal:
    return ratio[0]


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


def out_of_line(box: str, cost: int, net: int, share: Fraction) -> tuple[Finding, int] | None:
    """The finding and the excess, rounded to a unit as `to_unit` does, of amounts that count units; None where nothing
    stands out by a unit at least. In whole numbers alone: there may be many accounts."""
    usual = share.numerator * max(net, 0)
    beyond = cost * share.denominator - usual  # this and the usual cost: times the denominator
    if TOLERANCE.denominator * abs(beyond) <= TOLERANCE.numerator * usual or (beyond < 0) != (box in INVESTED):
        return None
    steps = (2 * abs(beyond) + share.denominator) // (2 * share.denominator)
    if not box or not steps:
        return None
    return ("starved", -steps) if beyond < 0 else ("over_served", steps)


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
