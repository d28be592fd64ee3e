"""What activities would have cost a unit in a run if the rules of an earlier model had been kept: so that what a
new model changes can be told from what resource costs change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from django.conf import settings
from django.db.models import BigIntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from profitability.core.allocation import allocate
from profitability.core.cost_model import Activity, CostModel
from profitability.core.measures import AMOUNTS
from profitability.core.months import months_between
from profitability.models import MonthResult, PoolBalance, Run

Rates: TypeAlias = dict[str, Fraction]  # minor units for one unit of an activity, by its code
TEN_THOUSANDTHS = 10_000


def rates_by_old_rules(run: Run, model: CostModel, scales: Mapping[str, int], earlier: Rates) -> dict[int, Rates]:
    """By month, the rates of the model's activities at the run's resource costs, capacity and volumes.

    The unit is a ten-thousandth, divided by the activity's scale. Where the run says nothing of a pool's practical
    minutes, because its own model does not need them, the rate stays as it was `earlier`.
    """
    costs, minutes = pools_of(run)
    volumes = {driver: volumes_of(run, driver) for driver in drivers_of(model)}
    found = {}
    for month in months_between(run.month_from, run.month_to):
        charged = charged_by(model, costs[month])
        found[month] = {
            activity.code: timed_rate(activity, charged, minutes[month], scales, earlier)
            if activity.minutes is not None
            else shared_rate(activity, charged, volumes[activity.driver].get(month, 0))
            for activity in model.activities
        }
    return found


def pools_of(run: Run) -> tuple[dict[int, dict[str, int]], dict[int, dict[str, int]]]:
    """Resource costs in minor units and practical minutes in ten-thousandths, by month and pool."""
    costs: dict = defaultdict(dict)
    minutes: dict = defaultdict(dict)
    for row in PoolBalance.objects.filter(run=run, attempt=run.attempts):
        costs[row.month][row.pool] = int(row.input.scaleb(settings.CURRENCY_DIGITS))
        if row.practical_minutes:
            minutes[row.month][row.pool] = int(row.practical_minutes.scaleb(4))
    return costs, minutes


def charged_by(model: CostModel, costs: Mapping[str, int]) -> dict[str, int]:
    """What each pool of the model has to bear after its support pools; pools it does not know stay out."""
    return {pool: costs.get(pool, 0) + received for pool, received in allocate(model, costs).items()}


def timed_rate(
    activity: Activity,
    charged: Mapping[str, int],
    minutes: Mapping[str, int],
    scales: Mapping[str, int],
    earlier: Rates,
) -> Fraction:
    pool = activity.pool or ""
    if pool not in minutes:
        return earlier[activity.code]
    return Fraction(charged[pool], minutes[pool] * scales[activity.code])


def shared_rate(activity: Activity, charged: Mapping[str, int], volume: int) -> Fraction:
    cost = sum((share * charged[pool] for pool, share in (activity.shares or {}).items()), Fraction(0))
    return cost / volume if volume else Fraction(0)


def drivers_of(model: CostModel) -> Iterator[str]:
    return (activity.driver for activity in model.activities if activity.driver)


def volumes_of(run: Run, measure: str) -> dict[int, int]:
    """A measure of the whole company by month, in ten-thousandths, no account included."""
    rows = MonthResult.objects.in_run(run).order_by()
    if measure in AMOUNTS:
        sums = rows.values_list("month").annotate(volume=Sum(measure))
        return {month: int(volume.scaleb(4)) for month, volume in sums}
    counted = Cast(KeyTextTransform(measure, "measures"), BigIntegerField())
    return {month: volume or 0 for month, volume in rows.values_list("month").annotate(volume=Sum(counted))}
