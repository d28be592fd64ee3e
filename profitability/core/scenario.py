"""What if: the figures of some accounts under other prices, volumes and habits, at the rates of a run.

The model of costs is linear, so what a measure contributed to a cost follows the measure, and nothing else moves:
rates stay those of the run (Kaplan & Cooper, Cost & Effect, 1998, ch. 7; Kaplan & Anderson, HBR 82(11), 2004).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from profitability.core.levers import Channel, Levers, WhatIf, factor, volume_factor
from profitability.core.measures import AMOUNTS
from profitability.core.money import LEDGER_UNIT, Int64
from profitability.core.statement import Statement
from profitability.core.window import (
    FINE,
    STATEMENT,
    Floats,
    Outcome,
    Places,
    Taken,
    Window,
    by_activity,
    round_each,
    without,
)

MOST = 2**62
AMOUNT_OF = {
    "list_amount": "list_sales",
    "discount_amount": "discounts",
    "return_amount": "returns",
    "net_revenue": "net_revenue",
    "cost_amount": "cost_of_goods",
    "freight_amount": "freight",
}


@dataclass(frozen=True, eq=False)
class Assigned:
    """Which levers each account has: the different ones, and the place of each account's among them."""

    sets: tuple[Levers, ...]
    places: Places

    def rows_of(self, place: int) -> Places:
        """The accounts that have these levers."""
        return np.flatnonzero(self.places == place)

    @property
    def dropped(self) -> npt.NDArray[np.bool_]:
        return np.array([levers.drop for levers in self.sets], dtype=bool)[self.places]


def assigned(asked: WhatIf, codes: Sequence[str]) -> Assigned:
    """The levers of each of these accounts; the first exception that names one counts. Equal levers are one set."""
    sets = list(asked.sets)
    first = [sets.index(levers) for levers in sets]
    own: dict[str, int] = {}
    for place, each in enumerate(asked.own, start=1):
        for code in each.codes:
            own.setdefault(code, first[place])
    return Assigned(tuple(sets), np.array([own.get(code, 0) for code in codes], dtype=np.intp))


def apply_each(
    window: Window, levers: Assigned, taken: Taken | None = None, rates: Mapping[str, float] | None = None
) -> Outcome:
    """As `apply`, each account under its own levers."""
    used = np.unique(levers.places)
    if len(used) == 1:
        return apply(window, levers.sets[int(used[0])], taken, rates)
    statement = Statement(**{name: np.zeros_like(window.statement.net_revenue) for name in STATEMENT})
    found = Outcome(statement, np.zeros_like(window.costs), np.zeros_like(window.costs))
    for place in used.tolist():
        rows = levers.rows_of(place)
        part = apply(window.rows(rows), levers.sets[place], taken and taken.rows(rows), rates)
        for name in STATEMENT:
            getattr(statement, name)[rows] = getattr(part.statement, name)
        found.costs[rows], found.minutes[rows] = part.costs, part.minutes
    return found


def apply(
    window: Window, levers: Levers, taken: Taken | None = None, rates: Mapping[str, float] | None = None
) -> Outcome:
    """The accounts under the levers, exact in minor units; without levers the same figures.

    taken: what refused or consolidated orders take out, where the levers set a minimum order value. rates: minor
    units per driver unit or minute, by activity; needed for the target of a channel only.
    Order: small orders, discount cap, volume and price, orders and events, channel. Each amount and each activity is
    rounded account by account, a half away from zero: an account's figures never depend on who else is in view, and
    the total is the sum of what the accounts show.
    """
    kept = window if taken is None else without(window, taken)
    statement = sales(kept.statement, levers)
    factors = [_factor_of(term.measure, levers, kept.statement, statement) for term in kept.terms]
    parts = _scaled(kept.parts, factors)
    minutes = by_activity(_scaled(kept.minutes, factors), kept)
    fine = by_activity(parts, kept)
    if levers.channel is not None and not levers.drop:
        by_measure = dict(zip((term.measure for term in kept.terms), factors, strict=True))
        _move(kept, levers.channel, by_measure, fine, minutes, rates or {})
    return Outcome(statement, round_each(fine, FINE), minutes)


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
    """Amounts × a factor, each rounded by itself."""
    return round_each(_times(amounts, by.numerator), by.denominator)


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
