"""What activities would have cost a unit in a run if the rules of an earlier model had been kept: so that what a
new model changes can be told from what resource costs change."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import TypeAlias

from django.conf import settings
from django.db.models import BigIntegerField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from profitability.core.allocation import allocate
from profitability.core.cost_model import Activity, CostModel
from profitability.core.measures import AMOUNTS
from profitability.core.months import months_between
from profitability.models import ActivityTotal, MonthResult, PoolBalance, Run

UnitCosts: TypeAlias = dict[str, Fraction]  # minor units for one unit of an activity, by its code
ByMonth: TypeAlias = dict[int, UnitCosts]


@dataclass(frozen=True)
class Noted:
    """What a run noted of the whole company, by month: resource costs in minor units and practical minutes by pool, and
    the volumes of its own model's activities; minutes and volumes in ten-thousandths."""

    run: Run
    costs: dict[int, dict[str, int]]
    minutes: dict[int, dict[str, int]]
    volumes: dict[int, dict[str, int]]


def noted_by(*runs: Run) -> list[Noted]:
    """In the order of the runs."""
    found = {run.pk: Noted(run, *(defaultdict(dict) for _each in range(3))) for run in runs}
    own = reduce(or_, (Q(run=run, attempt=run.attempts) for run in runs))
    for run, month, pool, cost, minutes in PoolBalance.objects.filter(own).values_list(
        "run", "month", "pool", "input", "practical_minutes"
    ):
        found[run].costs[month][pool] = int(cost.scaleb(settings.CURRENCY_DIGITS))
        if minutes:
            found[run].minutes[month][pool] = int(minutes.scaleb(4))
    for run, month, activity, quantity in ActivityTotal.objects.filter(own).values_list(
        "run", "month", "activity", "quantity"
    ):
        found[run].volumes[month][activity] = int((quantity or Decimal(0)).scaleb(4))
    return [found[run.pk] for run in runs]


def rates_by_rules(
    noted: Noted, model: CostModel, scales: Mapping[str, int], earlier: tuple[ByMonth, UnitCosts] | None = None
) -> ByMonth:
    """By month, the exact rates of the model's activities at the run's resource costs, capacity and volumes.

    The unit is a ten-thousandth, divided by the activity's scale. Where the run says nothing of a pool's practical
    minutes, because its own model does not need them, the rate stays as it was `earlier`: that month's, or the average.
    """
    volumes = volumes_of_drivers(noted, model)
    by_month, average = earlier or ({}, {})
    found = {}
    for month in months_between(noted.run.month_from, noted.run.month_to):
        charged, known = charged_by(model, noted.costs[month]), by_month.get(month, average)
        found[month] = {
            activity.code: timed_rate(activity, charged, noted.minutes[month], scales, known)
            if activity.minutes is not None
            else shared_rate(activity, charged, volumes[activity.driver or ""].get(month, 0))
            for activity in model.activities
        }
    return found


def average_rates(rates: ByMonth, volumes: Mapping[int, Mapping[str, int]]) -> UnitCosts:
    """What a unit of each activity cost over these months, weighted by what the company used of it; the plain mean
    where nobody used any."""
    found = {}
    for code in dict.fromkeys(code for costs in rates.values() for code in costs):
        weights = {month: volumes.get(month, {}).get(code, 0) for month in rates}
        weights = weights if any(weights.values()) else dict.fromkeys(rates, 1)
        cost = sum((rates[month][code] * weight for month, weight in weights.items()), Fraction(0))
        found[code] = cost / sum(weights.values())
    return found


def charged_by(model: CostModel, costs: Mapping[str, int]) -> dict[str, int]:
    """What each pool of the model has to bear after its support pools; pools it does not know stay out."""
    return {pool: costs.get(pool, 0) + received for pool, received in allocate(model, costs).items()}


def timed_rate(
    activity: Activity,
    charged: Mapping[str, int],
    minutes: Mapping[str, int],
    scales: Mapping[str, int],
    earlier: UnitCosts,
) -> Fraction:
    pool = activity.pool or ""
    if pool not in minutes:
        return earlier.get(activity.code, Fraction(0))
    return Fraction(charged[pool], minutes[pool] * scales[activity.code])


def shared_rate(activity: Activity, charged: Mapping[str, int], volume: int) -> Fraction:
    cost = sum((share * charged[pool] for pool, share in (activity.shares or {}).items()), Fraction(0))
    return cost / volume if volume else Fraction(0)


def volumes_of_drivers(noted: Noted, model: CostModel) -> dict[str, dict[int, int]]:
    """The volumes of the model's drivers by month: as the run noted them, where its own model has the driver."""
    document = noted.run.cost_model.document if noted.run.cost_model else {"activities": []}
    known = {activity["driver"]: activity["code"] for activity in document["activities"] if activity.get("driver")}
    drivers = sorted({activity.driver for activity in model.activities if activity.driver})
    return {
        driver: {month: volumes.get(known[driver], 0) for month, volumes in noted.volumes.items()}
        if driver in known
        else volumes_of(noted.run, driver)
        for driver in drivers
    }


def volumes_of(run: Run, measure: str) -> dict[int, int]:
    """A measure of the whole company by month, in ten-thousandths, no account included."""
    rows = MonthResult.objects.in_run(run).order_by()
    if measure in AMOUNTS:
        sums = rows.values_list("month").annotate(volume=Sum(measure))
        return {month: int(volume.scaleb(4)) for month, volume in sums}
    counted = Cast(KeyTextTransform(measure, "measures"), BigIntegerField())
    return {month: volume or 0 for month, volume in rows.values_list("month").annotate(volume=Sum(counted))}
