"""What a what-if frees of the pools, or needs more: usage at the rates of the run, and the cash of whole people.

Usage that is saved becomes unused capacity; cash is saved only where whole people are released. More usage is first met
by capacity that is free, and costs cash only where whole people have to be hired for what is short, at what a person of
the pool costs (Kaplan & Cooper, Cost & Effect, 1998, ch. 7; Kaplan & Anderson, HBR 82(11), 2004). A person is released
or hired for the months in which the pool has practical minutes. More usage of a pool without minutes is not counted in
cash: nothing says where its capacity ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from profitability.core.capacity import cost_of_people, whole_people
from profitability.core.cost_model import Activity
from profitability.core.money import LEDGER_UNIT, exact_sum
from profitability.core.remainder import largest_remainder, round_half_up
from profitability.core.window import Outcome, Window


@dataclass(frozen=True)
class Held:
    """The capacity of one pool over a window: practical and used minutes (ten-thousandths), cost (minor units), and in
    how many months it has practical minutes."""

    practical: int
    used: int
    cost: int
    months: int

    @property
    def free(self) -> int:
        """Minutes nobody uses; below zero more are used than there are."""
        return self.practical - self.used


@dataclass(frozen=True)
class Valuation:
    """When usage becomes cash: the practical minutes of one person in a month, the pools whose saved usage is cash
    at once, and the capacity that each pool has."""

    person_minutes: Decimal
    avoidable: tuple[str, ...] = ()
    held: Mapping[str, Held] = field(default_factory=dict)


@dataclass(frozen=True)
class Saving:
    """What a scenario frees of one pool: usage at the run's rates, and the cash of whole people released.

    Money in minor units, `minutes` in ten-thousandths (None for a pool that is not consumed by time); below zero
    the scenario uses more, and `people` are to be hired. `is_counted`: whether `cash` says all; False for more usage
    of a pool without minutes.
    """

    pool: str
    usage: int
    cash: int
    minutes: int | None = None
    people: int = 0
    is_counted: bool = True

    @property
    def released(self) -> int:
        return max(self.people, 0)

    @property
    def hired(self) -> int:
        return max(-self.people, 0)


def people_of(minutes: int, each: int, free: int = 0) -> int:
    """Whole people that so many minutes less need no longer; below zero: to be hired for so many more.

    All in ten-thousandths over the months; `each`: of one person. Minutes that were `free` before are used first, and
    where more were used than there are, what is saved makes good for that first.
    """
    if each <= 0:
        return 0
    if minutes < 0:
        return min(whole_people(minutes + max(free, 0), each), 0)
    return max(whole_people(minutes + min(free, 0), each), 0)


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
    """Usage and cash of one pool. Of a pool consumed by shares nothing is cash unless the scenario says so.

    months: of the window, for a pool whose capacity is not known.
    """
    held = valuation.held.get(pool)
    each = int(valuation.person_minutes * LEDGER_UNIT) * (held.months if held else months)
    people = people_of(minutes, each, held.free if held else 0) if minutes and (held or minutes > 0) else 0
    if pool in valuation.avoidable:
        return Saving(pool, usage, usage, minutes, people)
    if people < 0 and held:
        cost = cost_of_people(-people, each, held.cost, held.practical)
        return Saving(pool, usage, -round_half_up(cost), minutes, people)
    cash = usage * people * each // minutes if minutes and people else 0
    return Saving(pool, usage, cash, minutes, people, is_counted=usage >= 0 or bool(held and minutes is not None))
