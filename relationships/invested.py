"""What plans put into accounts within the window of a run, as far as the reader sees the plans.

It stands beside cost to serve and is not added to it: a part of it, such as people, is in the pools already.
"""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from profitability.models import Run
from relationships.core.balance import part_within, to_unit
from relationships.models import Investment, Plan

UNIT = Decimal(1).scaleb(-settings.CURRENCY_DIGITS)


def invested(user, run: Run) -> dict[int, Decimal]:
    """By account: what each investment cost so far, else what it is expected to, spread evenly over its days."""
    first, last = days_of(run)
    rows = Investment.objects.filter(plan__in=Plan.objects.visible_to(user), from_on__lte=last).values_list(
        "plan__account", "actual_cost", "expected_cost", "from_on", "until_on"
    )
    found: dict[int, Fraction] = defaultdict(Fraction)
    for account, actual, expected, from_on, until_on in rows:
        cost = expected if actual is None else actual
        if cost:
            found[account] += part_within(cost, from_on, max(until_on or from_on, from_on), first, last)
    return {account: to_unit(amount, UNIT) for account, amount in found.items() if amount}


def days_of(run: Run) -> tuple[date, date]:
    """The first and the last day of the window."""
    year, month = divmod(run.month_to, 100)
    return date(*divmod(run.month_from, 100), 1), date(year, month, monthrange(year, month)[1])
