"""What small changes of price, volume and each driver do to the contribution of some accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from profitability.core.cost_model import Activity
from profitability.core.levers import UNIT_LIKE
from profitability.core.measures import AMOUNTS
from profitability.core.money import exact_sum
from profitability.core.remainder import round_half_up
from profitability.core.savings import Valuation, saving
from profitability.core.window import FINE, Window


@dataclass(frozen=True)
class Sensitivity:
    """What a small change does to the contribution: as usage of resources, and in cash. Minor units."""

    lever: str
    usage: int
    cash: int


def sensitivities(window: Window, charged: Mapping[str, int], valuation: Valuation) -> tuple[Sensitivity, ...]:
    """Price and volume +1 percent, then each measure that drives costs −10 percent, the largest effect first.

    price: 1 % of list sales net of discounts. volume, by larger orders: 1 % of the gross margin less unit-driven
    costs; in cash the margin less whole people to be hired where capacity is short. measure: a tenth of what it
    contributed to costs; those that contributed nothing are left out.
    """
    statement = window.statement
    price = round_half_up(Fraction(exact_sum(statement.net_revenue) + exact_sum(statement.returns), 100))
    margin = Fraction(exact_sum(statement.gross_margin), 100)
    more = _less_of((*UNIT_LIKE, *AMOUNTS), -100, window, charged, valuation)
    volume = Sensitivity("volume", round_half_up(margin + more.exact), round_half_up(margin) + more.cash)
    drivers = [_driver(measure, window, charged, valuation) for measure in window.volumes]
    drivers = [row for row in drivers if row.usage or row.cash]
    drivers.sort(key=lambda row: (-row.usage, row.lever))
    return (Sensitivity("price", price, price), volume, *drivers)


def _driver(measure: str, window: Window, charged: Mapping[str, int], valuation: Valuation) -> Sensitivity:
    less = _less_of((measure,), 10, window, charged, valuation)
    return Sensitivity(measure, round_half_up(less.exact), less.cash)


@dataclass(frozen=True)
class _Less:
    """Usage, in minor units before rounding, and cash that are saved."""

    exact: Fraction
    cash: int


def _less_of(
    measures: tuple[str, ...], part: int, window: Window, charged: Mapping[str, int], valuation: Valuation
) -> _Less:
    """A `part`th less of these measures; below zero a part more."""
    usage: dict[str, Fraction] = {}
    minutes: dict[str, int] = {}
    for column, term in enumerate(window.terms):
        if term.measure not in measures:
            continue
        activity = window.activities[term.activity]
        cost = Fraction(exact_sum(window.parts[:, column]), part * FINE)
        for pool, share in _pool_shares(activity, charged).items():
            usage[pool] = usage.get(pool, Fraction(0)) + cost * share
        if activity.minutes is not None:
            freed = round_half_up(Fraction(exact_sum(window.minutes[:, column]), part))
            minutes[activity.pool or ""] = minutes.get(activity.pool or "", 0) + freed
    found = [
        saving(pool, round_half_up(cost), minutes.get(pool), valuation, window.months) for pool, cost in usage.items()
    ]
    return _Less(sum(usage.values(), Fraction(0)), sum(row.cash for row in found))


def _pool_shares(activity: Activity, charged: Mapping[str, int]) -> dict[str, Fraction]:
    """Which part of an activity's cost comes from which pool."""
    shares = activity.shares or {}
    weights = {pool: max(charged.get(pool, 0), 0) * shares.get(pool, Fraction(1)) for pool in activity.pools}
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return {pool: Fraction(1, len(weights)) for pool in weights}
    return {pool: Fraction(weight) / whole for pool, weight in weights.items()}
