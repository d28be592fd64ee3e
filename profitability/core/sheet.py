"""A month's costs while they are filled in: pools by time, pools by shares, then the rows of a report."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

import numpy as np

from profitability.core.balance import ActivityCosts, PoolBalance
from profitability.core.cost_model import Activity, CostModel
from profitability.core.money import LEDGER_UNIT, Int64, exact_sum, round_parts, split
from profitability.core.months import spoken_month
from profitability.core.remainder import largest_remainder, round_half_up, round_to
from profitability.core.volumes import CannotCost, Volumes


class Sheet:
    """A row per account in the order of the volumes, a column per activity of the model.

    costs: minor units; minutes: ten-thousandths; pools: where each consumed pool's cost went, without its
    input. For each activity its quantity, its exact rate and the cost that found no volume.
    """

    def __init__(self, model: CostModel, volumes: Volumes) -> None:
        self.activities = model.activities
        self.volumes = volumes
        self.columns = {activity.code: place for place, activity in enumerate(model.activities)}
        self.costs: Int64 = np.zeros((volumes.size, len(model.activities)), np.int64, order="F")
        self.minutes: Int64 = np.zeros_like(self.costs)
        self.pools: dict[str, PoolBalance] = {}
        self.quantities: dict[str, int] = {}
        self.rates: dict[str, Fraction] = {}
        self.unassigned: dict[str, int] = {}

    def charge_time(self, pool: str, cost: int, practical: int, known: bool) -> None:
        """A pool's cost by minutes: the used total rounded once, then split over accounts × activities.

        Unused capacity is cost − used, also below zero. `known`: the month has costs of this pool, if only 0.
        """
        equations = self._equations(pool)
        scale = lcm(*(number.denominator for numbers in equations.values() for number in numbers.values()))
        weights = np.column_stack([self.volumes.weigh(numbers, scale) for numbers in equations.values()])
        weight = exact_sum(weights)
        if practical <= 0 and (cost or (known and weight)):
            self._refuse_capacity(pool)
        used = round_half_up(Fraction(cost * weight, practical * scale)) if practical > 0 else 0
        cells = split(used, weights.ravel()) if used else np.zeros(weights.size, dtype=np.int64)
        columns = [self.columns[code] for code in equations]
        self.costs[:, columns] = cells.reshape(weights.shape)
        self.minutes[:, columns] = round_parts(weights.ravel(), scale).reshape(weights.shape)
        self._note_time(equations, Fraction(cost * LEDGER_UNIT, practical) if practical > 0 else None)
        no_account = self._no_account(columns)
        self._book(
            PoolBalance(
                pool,
                accounts=used - no_account,
                no_account=no_account,
                unused=cost - used,
                practical_minutes=max(practical, 0),
                used_minutes=sum(self.quantities[code] for code in equations),
            )
        )

    def _equations(self, pool: str) -> dict[str, dict[str, Fraction]]:
        """The time equations of a pool's activities, by code."""
        activities = [activity for activity in self.activities if activity.pool == pool]
        return {a.code: a.minutes or {} for a in sorted(activities, key=lambda a: a.code)}

    def _refuse_capacity(self, pool: str) -> None:
        month = self.volumes.month
        message = f"the pool {pool} is consumed by time but has no practical minutes in {spoken_month(month)}"
        raise CannotCost(message, month, pool=pool)

    def _note_time(self, codes: Mapping[str, object], rate: Fraction | None) -> None:
        for code in codes:
            self.quantities[code] = exact_sum(self.minutes[:, self.columns[code]])
            if rate is not None:
                self.rates[code] = rate

    def _no_account(self, columns: list[int]) -> int:
        return self.volumes.without_account(self.costs[-1:, columns].sum(axis=1))

    def charge_shares(self, charged: Mapping[str, int]) -> None:
        """The other pools: first their costs on activities, then each activity's cost on accounts."""
        parts = _parts(self.activities, charged)
        for activity in self.activities:
            if activity.shares is not None:
                self._charge_driver(activity, parts[activity.code])

    def _charge_driver(self, activity: Activity, parts: Mapping[str, int]) -> None:
        """Spread an activity's cost by its driver; `parts` says how much of it comes from which pool."""
        volume = self.volumes.column(activity.driver or "")
        quantity, cost = exact_sum(volume), sum(parts.values())
        self.quantities[activity.code] = quantity
        if not quantity:
            self.unassigned[activity.code] = cost
            for pool, part in parts.items():
                self._book(PoolBalance(pool, unassigned=part))
            return
        cells = split(cost, volume)
        self.costs[:, self.columns[activity.code]] = cells
        self.rates[activity.code] = Fraction(cost * LEDGER_UNIT, quantity)
        share = Fraction(self.volumes.without_account(volume), quantity)
        for row in _by_pool(parts, share, self.volumes.without_account(cells)):
            self._book(row)

    def _book(self, row: PoolBalance) -> None:
        self.pools[row.pool] = self.pools[row.pool] + row if row.pool in self.pools else row

    def rows(self) -> tuple[ActivityCosts, ...]:
        """What each activity cost, in the order of the model."""
        return tuple(self._row(activity, self.columns[activity.code]) for activity in self.activities)

    def _row(self, activity: Activity, column: int) -> ActivityCosts:
        no_account = self._no_account([column])
        quantity = self.quantities[activity.code]
        return ActivityCosts(
            code=activity.code,
            name=activity.name,
            phase=activity.phase,
            level=activity.level,
            quantity=quantity,
            minutes=0 if activity.minutes is None else quantity,
            rate=self.rates.get(activity.code),
            accounts=exact_sum(self.costs[:, column]) - no_account,
            no_account=no_account,
            unassigned=self.unassigned.get(activity.code, 0),
        )


def _parts(activities: tuple[Activity, ...], charged: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Each activity's part of each pool it shares; a pool's parts sum to its cost."""
    shares = {activity.code: activity.shares for activity in activities if activity.shares is not None}
    parts: dict[str, dict[str, int]] = {code: {} for code in shares}
    for pool in {pool for of_pools in shares.values() for pool in of_pools}:
        takers = {code: shares[code][pool] for code in parts if pool in shares[code]}
        amounts = largest_remainder(charged[pool], list(takers.values()), list(takers))
        for code, amount in zip(takers, amounts, strict=True):
            parts[code][pool] = amount
    return parts


def _by_pool(parts: Mapping[str, int], share: Fraction, no_account: int) -> list[PoolBalance]:
    """An activity's cost without account split back over its pools, each with its `share` of no account.

    By the fractions, because parts can have both signs (one pool got a credit note).
    """
    amounts = round_to(no_account, [part * share for part in parts.values()], list(parts))
    return [
        PoolBalance(pool, accounts=part - amount, no_account=amount)
        for (pool, part), amount in zip(parts.items(), amounts, strict=True)
    ]
