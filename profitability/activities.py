"""What each activity did and cost for one account over some months of a run."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from profitability.core.cost_model import PHASES
from profitability.core.measures import AMOUNTS
from profitability.models import ActivityTotal, MonthResult, Run

RATE_UNIT = Decimal("0.000000000001")


def of_account(run: Run, months: list[MonthResult]) -> list[dict]:
    """A row for each activity that cost the account anything: what drove it, and how much of that, at what rate.

    A time-driven activity has minutes, another one the quantity of its driver. The rate of a single month is the
    run's own; over several months, whose rates differ, it is what the account paid a minute or a unit.
    """
    costs = added(month.costs for month in months)
    amounts = added(measured(month) for month in months)
    rates = rates_of(run, months[0].month) if len(months) == 1 else {}
    model = run.cost_model.document["activities"] if run.cost_model else []
    return [row(activity, costs, amounts, rates) for activity in model if costs[activity["code"]]]


def by_phase(run: Run, months: list[MonthResult]) -> dict[str, Decimal]:
    """Cost to serve by phase."""
    costs = added(month.costs for month in months)
    phases = dict.fromkeys(PHASES, 0)
    for activity in run.cost_model.document["activities"] if run and run.cost_model else []:
        phases[activity["phase"]] += costs[activity["code"]]
    return {phase: Decimal(cost).scaleb(-settings.CURRENCY_DIGITS) for phase, cost in phases.items()}


def row(activity: dict, costs: Counter, amounts: Counter, rates: dict[str, Decimal]) -> dict:
    code, minutes, quantity = activity["code"], None, None
    if "minutes" in activity:
        exact = sum(Fraction(str(each)) * amounts[measure] for measure, each in activity["minutes"].items())
        minutes = Decimal(round(exact)).scaleb(-4)  # amounts are in ten-thousandths; a model may say 1/3
    else:
        quantity = Decimal(amounts[activity["driver"]]).scaleb(-4)
    cost = Decimal(costs[code]).scaleb(-settings.CURRENCY_DIGITS)
    return {
        "code": code,
        "phase": activity["phase"],
        "level": activity["level"],
        "quantity": quantity,
        "minutes": minutes,
        "rate": rates.get(code) or average(cost, minutes if quantity is None else quantity),
        "cost": cost,
    }


def average(cost: Decimal, volume: Decimal) -> Decimal | None:
    return (cost / volume).quantize(RATE_UNIT) if volume else None


def added(amounts: Iterable[dict[str, int]]) -> Counter:
    total = Counter()
    for each in amounts:
        total.update(each)
    return total


def measured(month: MonthResult) -> dict[str, int]:
    """All measures of a month in ten-thousandths; amounts stand in columns of their own."""
    return month.measures | {name: int(getattr(month, name).scaleb(4)) for name in AMOUNTS}


def rates_of(run: Run, month: int) -> dict[str, Decimal]:
    totals = ActivityTotal.objects.filter(run=run, attempt=run.attempts, month=month).exclude(rate="")
    return {activity: Decimal(rate) for activity, rate in totals.values_list("activity", "rate")}
