"""What a unit of each activity cost in a run, and what its pools cost."""

import numpy as np
from django.conf import settings
from django.db.models import BigIntegerField, Count, Sum
from django.db.models.functions import Cast

from profitability.core import cost_model as core_model
from profitability.core.money import LEDGER_UNIT
from profitability.core.months import months_between
from profitability.core.savings import Held
from profitability.core.window import Term
from profitability.models import ActivityTotal, PoolBalance, Run

MINOR = 10**settings.CURRENCY_DIGITS


class NoRate(ValueError):
    """The run does not say what a unit of the activity costs."""


def activities_of(run: Run) -> tuple[core_model.Activity, ...]:
    """The activities of the run's cost model; none without one."""
    model = core_model.parse(run.cost_model.document)[0] if run.cost_model else None
    return model.activities if model else ()


def monthly_rates(
    run: Run, activities: tuple[core_model.Activity, ...], terms: tuple[Term, ...]
) -> dict[int, np.ndarray]:
    """What one unit of each term cost in each month, in minor units; 0 where the run has no rate."""
    stated = {
        (activity, month): float(rate) * MINOR
        for activity, month, rate in ActivityTotal.objects.filter(run=run, attempt=run.attempts)
        .exclude(rate="")
        .values_list("activity", "month", "rate")
    }
    return {
        month: np.array([stated.get((activities[term.activity].code, month), 0.0) * each(term) for term in terms])
        for month in months_between(run.month_from, run.month_to)
    }


def each(term: Term) -> float:
    """Minutes of a unit of the term; a driver is counted by itself."""
    return float(term.minutes) if term.minutes else 1.0


def window_rate(run: Run, activity: str) -> float:
    """Minor units that a minute or a driver unit of the activity cost on average over the window; without any
    volume the average of the months' rates."""
    rows = ActivityTotal.objects.filter(run=run, attempt=run.attempts, activity=activity)
    cost, volume, rates = 0.0, 0.0, []
    for row in rows:
        cost += float(row.accounts + row.no_account) * MINOR
        volume += float((row.minutes if row.minutes is not None else row.quantity) or 0)
        rates += [float(row.rate) * MINOR] if row.rate else []
    if volume:
        return cost / volume
    if not rates:
        raise NoRate(activity)
    return sum(rates) / len(rates)


CHARGES = ("input", "support_in", "support_out")


def balances(run: Run):
    """The balance of each pool month by month."""
    return PoolBalance.objects.filter(run=run, attempt=run.attempts)


def charged_sums() -> dict:
    return {f"s_{name}": Cast(Sum(name), BigIntegerField()) for name in CHARGES}


def charge_of(row: dict) -> int:
    return row["s_input"] + row["s_support_in"] - row["s_support_out"]


def charged(run: Run) -> dict[str, int]:
    """What each pool cost over the window with its share of support pools, in minor units."""
    return {row["pool"]: charge_of(row) for row in balances(run).values("pool").annotate(**charged_sums())}


def held(run: Run) -> dict[str, Held]:
    """The capacity of each pool over the months in which it has practical minutes."""
    rows = balances(run).filter(practical_minutes__gt=0).values("pool")
    minutes = {"practical": Sum("practical_minutes"), "used": Sum("used_minutes"), "months": Count("pk")}
    return {
        row["pool"]: Held(
            int(row["practical"] * LEDGER_UNIT), int(row["used"] * LEDGER_UNIT), charge_of(row), row["months"]
        )
        for row in rows.annotate(**charged_sums(), **minutes)
    }
