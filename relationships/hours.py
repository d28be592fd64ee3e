"""The hours a month that managers give to accounts today, from what was done for them over the window of a run."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from profitability.core.months import months_between
from profitability.models import MonthResult, Run

MINUTES = ".minutes"
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Hours:
    """Hours a month by account, and the names of the activities they were measured by; without any, they were shared
    out by what accounts cost at customer level."""

    of: dict[int, Decimal]
    activities: list[str]


def hours_today(run: Run, managers: dict[int, int], customer_costs: dict[int, Decimal]) -> Hours:
    """`managers` and `customer_costs` by account. An account with nothing has no hours."""
    counted = measures_of(run)
    if counted:
        minutes = minutes_of(run, list(managers), counted)
        if any(minutes.values()):
            month = 60 * 10_000 * len(months_between(run.month_from, run.month_to))
            found = {account: (minutes[account] / month).quantize(HUNDREDTH) for account in managers}
            return Hours(found, names_of(run))
    return Hours(shared_out(managers, customer_costs), [])


def personal(run: Run) -> list[dict]:
    """Activities before the sale, for the account as such, whose events say how long they took: visits, meetings."""
    activities = run.cost_model.document["activities"] if run.cost_model else []
    return [
        activity
        for activity in activities
        if activity["phase"] == "presale"
        and activity["level"] == "customer"
        and any(name.endswith(MINUTES) for name in factors_of(activity))
    ]


def factors_of(activity: dict) -> dict[str, Decimal]:
    """Minutes for a unit of each measure: the time equation, or the minutes of the driver as they are."""
    if "minutes" in activity:
        return {name: Decimal(str(factor)) for name, factor in activity["minutes"].items()}
    return {activity["driver"]: Decimal(1)}


def measures_of(run: Run) -> dict[str, Decimal]:
    """Each measure once, also where two activities go by it."""
    found: dict[str, Decimal] = {}
    for activity in personal(run):
        for name, factor in factors_of(activity).items():
            found.setdefault(name, factor)
    return found


def names_of(run: Run) -> list[str]:
    return [activity.get("name") or activity["code"] for activity in personal(run)]


def minutes_of(run: Run, accounts: Iterable[int], counted: dict[str, Decimal]) -> dict[int, Decimal]:
    """Minutes over the window, in ten-thousandths."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    rows = MonthResult.objects.in_run(run).filter(attempt=run.attempts, account__in=accounts)
    for account, measures in rows.values_list("account_id", "measures"):
        for name, factor in counted.items():
            if name in measures:
                found[account] += factor * measures[name]
    return found


def shared_out(managers: dict[int, int], costs: dict[int, Decimal]) -> dict[int, Decimal]:
    """A full month of each manager, in proportion to what the accounts cost at customer level."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for account, manager in managers.items():
        sums[manager] += max(costs[account], Decimal(0))
    month = Decimal(settings.MINUTES_PER_PERSON) / 60
    return {
        account: (month * max(costs[account], Decimal(0)) / sums[manager]).quantize(HUNDREDTH, "ROUND_DOWN")
        if sums[manager]
        else Decimal(0)
        for account, manager in managers.items()
    }
