"""What the pools of a cost model cost and what its activities cost in a run: figures for the page of the model."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from profitability.activities import average
from profitability.core import cost_model as core_model
from profitability.core.months import month_of, months_between, ordinal
from profitability.models import ActivityTotal, ResourceCost, Run
from profitability.wording import rule_of, use_of

MONTHS = 12


@dataclass(frozen=True)
class ActivityLine:
    """One activity: its rule in words, what it cost in the run, and its rate in each month and on average."""

    activity: core_model.Activity
    rule: str
    cost: Decimal | None
    volume: Decimal | None  # minutes, or units of its driver
    rate: Decimal | None
    rates: list[Decimal | None]


@dataclass(frozen=True)
class PoolLine:
    """One pool: what becomes of it in words, and its ledger month by month."""

    pool: core_model.Pool
    use: str
    amounts: list[Decimal | None]
    minutes: list[Decimal | None]
    is_timed: bool

    @property
    def amount(self) -> Decimal:
        return sum((amount for amount in self.amounts if amount is not None), Decimal(0))

    @property
    def practical_minutes(self) -> Decimal | None:
        known = [minutes for minutes in self.minutes if minutes is not None]
        return sum(known, Decimal(0)) if known else None


def months_shown(run: Run | None) -> list[int]:
    """The window of the run; before the first one, the last twelve months with resource costs."""
    if run is not None:
        return months_between(run.month_from, run.month_to)
    last = ResourceCost.objects.current().aggregate(last=Max("month"))["last"]
    return months_between(month_of(ordinal(last) - MONTHS + 1), last) if last else []


def pool_lines(model: core_model.CostModel, months: list[int]) -> list[PoolLine]:
    """The pools in the order of the model, with the ledger as it is now."""
    names = {pool.code: pool.name for pool in model.pools}
    timed = {activity.pool for activity in model.activities if activity.minutes is not None}
    rows = ResourceCost.objects.current().filter(month__in=months)
    cells = {
        (pool, month): (amount, minutes)
        for pool, month, amount, minutes in rows.values_list("pool_code", "month", "amount", "practical_minutes")
    }
    nothing = (None, None)
    return [
        PoolLine(
            pool=pool,
            use=use_of(pool, model, names),
            amounts=[cells.get((pool.code, month), nothing)[0] for month in months],
            minutes=[cells.get((pool.code, month), nothing)[1] for month in months],
            is_timed=pool.code in timed,
        )
        for pool in model.pools
    ]


def activity_lines(model: core_model.CostModel, run: Run | None, months: list[int]) -> list[ActivityLine]:
    """The activities in the order of the model, with what the run found out about them; None: without a run."""
    names = {pool.code: pool.name for pool in model.pools}
    totals = activity_totals(run) if run else {}
    return [
        _line(activity, rule_of(activity, names), totals.get(activity.code, {}), months)
        for activity in model.activities
    ]


def activity_totals(run: Run) -> dict[str, dict[int, ActivityTotal]]:
    """Each activity's months of a run."""
    found: dict[str, dict[int, ActivityTotal]] = defaultdict(dict)
    for row in ActivityTotal.objects.filter(run=run, attempt=run.attempts):
        found[row.activity][row.month] = row
    return found


def _line(activity, rule: str, found: dict[int, ActivityTotal], months: list[int]) -> ActivityLine:
    rows = list(found.values())
    cost = sum((row.accounts + row.no_account + row.unassigned for row in rows), Decimal(0))
    volumes = [row.minutes if activity.minutes is not None else row.quantity for row in rows]
    volume = sum((volume for volume in volumes if volume is not None), Decimal(0))
    return ActivityLine(
        activity=activity,
        rule=rule,
        cost=cost if rows else None,
        volume=volume if rows else None,
        rate=average(cost, volume),
        rates=[_rate(found.get(month)) for month in months],
    )


def _rate(row: ActivityTotal | None) -> Decimal | None:
    return Decimal(row.rate) if row and row.rate else None
