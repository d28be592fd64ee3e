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
    costs; its margin is cash, the usage is not. measure: a tenth of what it contributed to costs.
    """
    statement = window.statement
    price = round_half_up(Fraction(exact_sum(statement.net_revenue) + exact_sum(statement.returns), 100))
    margin = Fraction(exact_sum(statement.gross_margin), 100)
    volume = round_half_up(margin - Fraction(sum(_unit_driven(window)), 100 * FINE))
    drivers = [_less_of(measure, window, charged, valuation) for measure in window.volumes if _drives(window, measure)]
    drivers.sort(key=lambda row: (-row.usage, row.lever))
    top = (Sensitivity("price", price, price), Sensitivity("volume", volume, round_half_up(margin)))
    return (*top, *drivers)


def _drives(window: Window, measure: str) -> bool:
    return any(term.measure == measure for term in window.terms)


def _unit_driven(window: Window) -> list[int]:
    columns = [place for place, term in enumerate(window.terms) if term.measure in (*UNIT_LIKE, *AMOUNTS)]
    return [exact_sum(window.parts[:, column]) for column in columns]


def _less_of(measure: str, window: Window, charged: Mapping[str, int], valuation: Valuation) -> Sensitivity:
    """A tenth less of one measure."""
    usage: dict[str, Fraction] = {}
    minutes: dict[str, int] = {}
    for column, term in enumerate(window.terms):
        if term.measure != measure:
            continue
        activity = window.activities[term.activity]
        part = Fraction(exact_sum(window.parts[:, column]), 10 * FINE)
        for pool, share in _pool_shares(activity, charged).items():
            usage[pool] = usage.get(pool, Fraction(0)) + part * share
        if activity.minutes is not None:
            freed = exact_sum(window.minutes[:, column]) // 10
            minutes[activity.pool or ""] = minutes.get(activity.pool or "", 0) + freed
    found = [
        saving(pool, round_half_up(part), minutes.get(pool), valuation, window.months) for pool, part in usage.items()
    ]
    return Sensitivity(measure, round_half_up(sum(usage.values(), Fraction(0))), sum(row.cash for row in found))


def _pool_shares(activity: Activity, charged: Mapping[str, int]) -> dict[str, Fraction]:
    """Which part of an activity's cost comes from which pool."""
    shares = activity.shares or {}
    weights = {pool: max(charged.get(pool, 0), 0) * shares.get(pool, Fraction(1)) for pool in activity.pools}
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return {pool: Fraction(1, len(weights)) for pool in weights}
    return {pool: Fraction(weight) / whole for pool, weight in weights.items()}
