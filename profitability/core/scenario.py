"""What if: the figures of some accounts under other prices, volumes and habits, at the rates of a run.

The model of costs is linear, so what a measure contributed to a cost follows the measure, and nothing else moves:
rates stay those of the run, and usage that is saved becomes unused capacity (Kaplan & Cooper, Cost & Effect, 1998,
ch. 7; Kaplan & Anderson, HBR 82(11), 2004). Cash is saved only where whole people are released.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from profitability.core.cost_model import Activity
from profitability.core.levers import UNIT_LIKE, Channel, Levers, factor, volume_factor
from profitability.core.measures import AMOUNTS
from profitability.core.money import LEDGER_UNIT, Int64, exact_sum, round_parts
from profitability.core.remainder import largest_remainder, round_half_up
from profitability.core.statement import Statement

Floats: TypeAlias = npt.NDArray[np.float64]

FINE = 10_000  # parts of a cost are kept in ten-thousandths of the minor unit
MOST = 2**62
AMOUNT_OF = {
    "list_amount": "list_sales",
    "discount_amount": "discounts",
    "return_amount": "returns",
    "net_revenue": "net_revenue",
    "cost_amount": "cost_of_goods",
    "freight_amount": "freight",
}


@dataclass(frozen=True)
class Term:
    """One measure of one activity: its driver, or a term of its time equation."""

    activity: int
    measure: str
    minutes: Fraction  # a unit of the measure takes; 0 for a driver


def terms_of(activities: Sequence[Activity]) -> tuple[Term, ...]:
    """The terms of all activities, activity by activity."""
    return tuple(
        Term(place, measure, Fraction(0) if activity.minutes is None else activity.minutes[measure])
        for place, activity in enumerate(activities)
        for measure in activity.measures
    )


@dataclass(frozen=True, eq=False)
class Window:
    """What some accounts brought and used over the window of a run: a row per account.

    `statement` and `costs` (accounts × activities): minor units. `parts` (accounts × terms): what each measure
    contributed to a cost, in ten-thousandths of the minor unit; the parts of an activity sum to its cost.
    `minutes` (accounts × terms) and `volumes` (by measure): ten-thousandths. `months`: how many the window has.
    """

    activities: tuple[Activity, ...]
    terms: tuple[Term, ...]
    statement: Statement
    costs: Int64
    parts: Int64
    minutes: Int64
    volumes: Mapping[str, Int64]
    months: int

    @property
    def minutes_by_activity(self) -> Int64:
        """Accounts × activities, ten-thousandths; 0 where an activity is not time-driven."""
        return _by_activity(self.minutes, self)


@dataclass(frozen=True, eq=False)
class Taken:
    """What leaves a window when orders are refused or consolidated: a row per account, units as in `Window`.

    `weights` (accounts × terms) is the part of each term's cost that leaves, 0…1.
    """

    statement: Statement
    weights: Floats
    minutes: Int64
    volumes: Mapping[str, Int64]


@dataclass(frozen=True, eq=False)
class Outcome:
    """The accounts of a window under the levers: minor units, and minutes (accounts × activities)."""

    statement: Statement
    costs: Int64
    minutes: Int64


def parts_of(costs: Int64, weights: Floats, terms: Sequence[Term]) -> Int64:
    """Each cost (accounts × activities, minor units) split over its terms by weights (accounts × terms).

    In ten-thousandths of the minor unit; what rounding leaves stays with the last term of the activity. A cost
    without any weight stays with the first.
    """
    parts = np.zeros(weights.shape, dtype=np.int64)
    for activity in range(costs.shape[1]):
        columns = [place for place, term in enumerate(terms) if term.activity == activity]
        if not columns:
            continue
        exact, chosen = costs[:, activity] * FINE, weights[:, columns]
        whole = chosen.sum(axis=1)
        shares = np.divide(chosen, whole[:, None], out=np.zeros_like(chosen), where=whole[:, None] > 0)
        shares[whole <= 0, 0] = 1.0
        parts[:, columns[:-1]] = np.rint(shares[:, :-1] * exact[:, None]).astype(np.int64)
        parts[:, columns[-1]] = exact - parts[:, columns[:-1]].sum(axis=1)
    return parts


def apply(
    window: Window, levers: Levers, taken: Taken | None = None, rates: Mapping[str, float] | None = None
) -> Outcome:
    """The accounts under the levers, exact in minor units; without levers the same figures.

    taken: what refused or consolidated orders take out, where the levers set a minimum order value. rates: minor
    units per driver unit or minute, by activity; needed for the target of a channel only.
    Order: small orders, discount cap, volume and price, orders and events, channel. Each amount and each activity is
    rounded over the accounts by largest remainder, so that its sum is the rounded sum.
    """
    kept = window if taken is None else without(window, taken)
    statement = sales(kept.statement, levers)
    factors = [_factor_of(term.measure, levers, kept.statement, statement) for term in kept.terms]
    parts = _scaled(kept.parts, factors)
    minutes = _by_activity(_scaled(kept.minutes, factors), kept)
    fine = _by_activity(parts, kept)
    if levers.channel is not None and not levers.drop:
        by_measure = dict(zip((term.measure for term in kept.terms), factors, strict=True))
        _move(kept, levers.channel, by_measure, fine, minutes, rates or {})
    costs = np.empty_like(window.costs)
    for activity in range(costs.shape[1]):
        costs[:, activity] = round_parts(fine[:, activity], FINE)
    return Outcome(statement, costs, minutes)


def without(window: Window, taken: Taken) -> Window:
    """The window less what was taken out of it."""
    statement = Statement(**{name: getattr(window.statement, name) - getattr(taken.statement, name) for name in FIELDS})
    left = window.parts - np.rint(window.parts * taken.weights).astype(np.int64)
    volumes = {name: column - taken.volumes.get(name, 0) for name, column in window.volumes.items()}
    return replace(window, statement=statement, parts=left, minutes=window.minutes - taken.minutes, volumes=volumes)


FIELDS = ("net_revenue", "discounts", "returns", "cost_of_goods", "freight")


def sales(before: Statement, levers: Levers) -> Statement:
    """The amounts of the order lines under other volumes, prices and discounts.

    Volume moves them all. The price moves list sales and, in proportion, discounts; returns are credited at the
    price they were sold at. The cap is on an account's discounts of the whole window.
    """
    if levers.drop:
        nothing = np.zeros_like(before.net_revenue)
        return Statement(nothing, nothing, nothing, nothing, nothing)
    more = factor(levers.volume)
    dearer = more * factor(levers.price)
    sold, discounts = before.net_revenue + before.returns, before.discounts
    if levers.discount_cap is not None:
        # Before the price, which moves both alike: so no rounding comes between.
        above = np.maximum(discounts - _cap(sold + discounts, levers.discount_cap), 0)
        sold, discounts = sold + above, discounts - above
    returns, sold, discounts = scaled(before.returns, more), scaled(sold, dearer), scaled(discounts, dearer)
    costs = {name: scaled(getattr(before, name), more) for name in ("cost_of_goods", "freight")}
    return Statement(net_revenue=sold - returns, discounts=discounts, returns=returns, **costs)


def _cap(list_sales: Int64, percent: Decimal) -> Int64:
    """The largest discounts allowed; of a list below zero none."""
    share = Fraction(percent) / 100
    return np.asarray(_times(np.maximum(list_sales, 0), share.numerator) // share.denominator, dtype=np.int64)


def scaled(amounts: Int64, by: Fraction) -> Int64:
    """Amounts × a factor, rounded so that they sum to the rounded sum."""
    return round_parts(_times(amounts, by.numerator), by.denominator)


def _times(amounts: Int64, by: int) -> npt.NDArray[Any]:
    """In Python integers where 64 bits could be too few."""
    largest = max(int(amounts.max(initial=0)), -int(amounts.min(initial=0)))
    return amounts * np.int64(by) if largest * max(abs(by), 1) < MOST else amounts.astype(object) * by


def _factor_of(measure: str, levers: Levers, before: Statement, after: Statement) -> "float | Floats":
    """One number for all accounts, or, for amounts, what became of each account's."""
    if measure not in AMOUNTS:
        return float(volume_factor(levers, measure))
    earlier, later = (getattr(each, AMOUNT_OF[measure]) for each in (before, after))
    ratios: Floats = np.divide(later, earlier, out=np.zeros(len(earlier)), where=earlier != 0)
    return ratios


def _scaled(cells: Int64, factors: Sequence["float | Floats"]) -> Int64:
    """Columns × their factors, to whole ten-thousandths; a factor of 1 changes nothing."""
    found = cells.copy()
    for column, by in enumerate(factors):
        if not np.isscalar(by) or by != 1.0:
            found[:, column] = np.rint(cells[:, column] * by).astype(np.int64)
    return found


def _by_activity(cells: Int64, window: Window) -> Int64:
    """Accounts × terms summed to accounts × activities."""
    found = np.zeros((len(cells), len(window.activities)), dtype=np.int64)
    for column, term in enumerate(window.terms):
        found[:, term.activity] += cells[:, column]
    return found


def _move(
    window: Window,
    moved: Channel,
    factors: Mapping[str, "float | Floats"],
    fine: Int64,
    minutes: Int64,
    rates: Mapping[str, float],
) -> None:
    """A share of one activity done by another: out of the first column, at the other's rate into the second."""
    places = {activity.code: place for place, activity in enumerate(window.activities)}
    origin, target = places[moved.origin], places[moved.target]
    share = float(Fraction(moved.percent) / 100)
    time, volume = _done_by(window, origin, target, factors, share)
    for cells in (fine, minutes):
        cells[:, origin] -= np.rint(cells[:, origin] * share).astype(np.int64)
    minutes[:, target] += np.rint(time).astype(np.int64)
    used = time if window.activities[target].minutes is not None else volume
    fine[:, target] += np.rint(used * (rates[moved.target] * FINE / LEDGER_UNIT)).astype(np.int64)


def _done_by(
    window: Window, origin: int, target: int, factors: Mapping[str, "float | Floats"], share: float
) -> tuple[Floats, Floats]:
    """Minutes and driver units (ten-thousandths) that the target takes for what the origin no longer does.

    A measure of both activities keeps its volume; else the first measure of the one stands for the first of the
    other, one for one.
    """
    first = window.activities[origin].measures[0]
    shared = set(window.activities[origin].measures)
    time = np.zeros(len(window.costs))
    volume = np.zeros(len(window.costs))
    for place, measure in enumerate(window.activities[target].measures):
        source = measure if measure in shared else first if place == 0 else None
        if source is None:
            continue
        units = window.volumes[source] * factors[source] * share
        volume += units
        time += units * float((window.activities[target].minutes or {}).get(measure, 0))
    return time, volume


# Capacity


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
    return max(minutes // each, 0) if each > 0 else 0


def savings(window: Window, outcome: Outcome, charged: Mapping[str, int], levers: Levers) -> tuple[Saving, ...]:
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
    return tuple(saving(pool, money, minutes.get(pool), levers, window.months) for pool, money in usage.items())


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


def saving(pool: str, usage: int, minutes: int | None, levers: Levers, months: int) -> Saving:
    """Usage and cash of one pool. Of a pool consumed by shares nothing is cash unless the scenario says so."""
    people = people_released(minutes, levers.person_minutes, months) if minutes else 0
    if pool in levers.avoidable:
        return Saving(pool, usage, usage, minutes, people)
    if not (minutes and people):
        return Saving(pool, usage, 0, minutes, 0)
    whole = people * int(levers.person_minutes * LEDGER_UNIT) * months
    return Saving(pool, usage, usage * whole // minutes, minutes, people)


# Sensitivity


@dataclass(frozen=True)
class Sensitivity:
    """What a small change does to the contribution: as usage of resources, and in cash. Minor units."""

    lever: str
    usage: int
    cash: int


def sensitivities(window: Window, charged: Mapping[str, int], levers: Levers) -> tuple[Sensitivity, ...]:
    """Price and volume +1 percent, then each measure that drives costs −10 percent, the largest effect first.

    price: 1 % of list sales net of discounts. volume, by larger orders: 1 % of the gross margin less unit-driven
    costs; its margin is cash, the usage is not. measure: a tenth of what it contributed to costs.
    """
    statement = window.statement
    price = round_half_up(Fraction(exact_sum(statement.net_revenue) + exact_sum(statement.returns), 100))
    margin = Fraction(exact_sum(statement.gross_margin), 100)
    volume = round_half_up(margin - Fraction(sum(_unit_driven(window)), 100 * FINE))
    drivers = [_less_of(measure, window, charged, levers) for measure in window.volumes if _drives(window, measure)]
    drivers.sort(key=lambda row: (-row.usage, row.lever))
    top = (Sensitivity("price", price, price), Sensitivity("volume", volume, round_half_up(margin)))
    return (*top, *drivers)


def _drives(window: Window, measure: str) -> bool:
    return any(term.measure == measure for term in window.terms)


def _unit_driven(window: Window) -> list[int]:
    columns = [place for place, term in enumerate(window.terms) if term.measure in (*UNIT_LIKE, *AMOUNTS)]
    return [exact_sum(window.parts[:, column]) for column in columns]


def _less_of(measure: str, window: Window, charged: Mapping[str, int], levers: Levers) -> Sensitivity:
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
        saving(pool, round_half_up(part), minutes.get(pool), levers, window.months) for pool, part in usage.items()
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
