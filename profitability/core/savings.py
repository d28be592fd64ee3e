"""What a what-if frees of the pools: usage at the rates of the run, and the cash of whole people released.

Usage that is saved becomes unused capacity; cash is saved only where whole people are released (Kaplan & Cooper, Cost &
Effect, 1998, ch. 7; Kaplan & Anderson, HBR 82(11), 2004).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from profitability.core.capacity import whole_people
from profitability.core.cost_model import Activity
from profitability.core.money import LEDGER_UNIT, exact_sum
from profitability.core.remainder import largest_remainder
from profitability.core.window import Outcome, Window


@dataclass(frozen=True)
class Valuation:
    """When usage becomes cash: the practical minutes of one person in a month, and the pools whose saved usage is cash
    at once."""

    person_minutes: Decimal
    avoidable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saving:
    """What a scenario frees of one pool: usage at the run's rates, and the cash of whole people released.

    Money in minor units, `minutes` in ten-thousandths (None for a pool that is not consumed by time); below zero
    the scenario uses more.
    """

    pool: str
    usage: int
    cash: int
    minutes: int | None = None
    people: int = 0


def people_released(minutes: int, person_minutes: Decimal, months: int) -> int:
    """Whole people: minutes saved over the window (ten-thousandths) ÷ practical minutes of one in as many months."""
    each = int(person_minutes * LEDGER_UNIT) * months
    return max(whole_people(minutes, each), 0) if each > 0 else 0


def savings(window: Window, outcome: Outcome, charged: Mapping[str, int], valuation: Valuation) -> tuple[Saving, ...]:
    """What each pool that activities consume saves, in the order in which they name them.

    charged: cost of each pool over the window (minor units), by which the usage of an activity that shares several
    pools is split, by largest remainder.
    """
    usage: dict[str, int] = {}
    minutes: dict[str, int] = {}
    before = window.minutes_by_activity
    for place, activity in enumerate(window.activities):
        saved = exact_sum(window.costs[:, place]) - exact_sum(outcome.costs[:, place])
        for pool, part in _over_pools(saved, activity, charged).items():
            usage[pool] = usage.get(pool, 0) + part
        if activity.minutes is not None:
            freed = exact_sum(before[:, place]) - exact_sum(outcome.minutes[:, place])
            minutes[activity.pool or ""] = minutes.get(activity.pool or "", 0) + freed
    return tuple(saving(pool, money, minutes.get(pool), valuation, window.months) for pool, money in usage.items())


def _over_pools(amount: int, activity: Activity, charged: Mapping[str, int]) -> dict[str, int]:
    """An activity's usage on the pools it consumes."""
    pools = activity.pools
    if len(pools) == 1:
        return {pools[0]: amount}
    shares = activity.shares or {}
    weights = [max(charged.get(pool, 0), 0) * shares[pool] for pool in pools]
    if not any(weights):
        weights = [shares[pool] for pool in pools]
    return dict(zip(pools, largest_remainder(amount, weights, pools), strict=True))


def saving(pool: str, usage: int, minutes: int | None, valuation: Valuation, months: int) -> Saving:
    """Usage and cash of one pool. Of a pool consumed by shares nothing is cash unless the scenario says so."""
    people = people_released(minutes, valuation.person_minutes, months) if minutes else 0
    if pool in valuation.avoidable:
        return Saving(pool, usage, usage, minutes, people)
    if not (minutes and people):
        return Saving(pool, usage, 0, minutes, 0)
    whole = people * int(valuation.person_minutes * LEDGER_UNIT) * months
    return Saving(pool, usage, usage * whole // minutes, minutes, people)
