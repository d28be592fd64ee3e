"""The yearly margin that a lifetime value goes on from, and the value: what comes back every year, and only that.

Presale of acquiring is paid once, so it is left out. A customer whose first order lies within the window is known for
fewer months than the window has: its margin is that of a year by the months known, and too few of them are no ground.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.utils.translation import gettext as _

from profitability.activities import by_phase
from profitability.core.months import month_of, months_between
from profitability.core.remainder import round_half_up, round_to
from profitability.models import MonthResult, Result, Run
from relationships.assumptions import Assumed
from relationships.core.value import Assumptions, expected_margins, lifetime_value

ACQUIRING = 12  # months from the first order on
FEWEST = 6  # months known of a new customer, for any claim
ZERO = Decimal(0).scaleb(-settings.CURRENCY_DIGITS)


def money(amount: Fraction | None) -> Decimal | None:
    """An exact amount in units of the currency, rounded to its minor unit."""
    if amount is None:
        return None
    return Decimal(round_half_up(amount * 10**settings.CURRENCY_DIGITS)).scaleb(-settings.CURRENCY_DIGITS)


def acquired_by(first_order: date) -> int:
    """The last month of acquiring."""
    return month_of(first_order.year * 12 + first_order.month - 1 + ACQUIRING - 1)


@dataclass(frozen=True)
class Lasting:
    """What comes back every year. `once`: presale of acquiring within the window, which is left out; `months`: how many
    are known; `reason`: why nothing can be said, empty where something can."""

    contribution: Decimal
    once: Decimal
    months: int
    is_provisional: bool
    reason: str

    @property
    def yearly(self) -> Fraction:
        return Fraction(self.contribution + self.once) * 12 / self.months

    def value(self, assumed: Assumptions) -> Decimal | None:
        return None if self.reason else money(lifetime_value(self.yearly, assumed))

    def years(self, assumed: Assumptions, most: int) -> list[tuple[int, Decimal, Decimal]]:
        """Year by year what is expected and what that is worth today; where all years are listed, they sum to the
        value."""
        listed = expected_margins(self.yearly, assumed, min(assumed.years or most, most))
        unit = 10**settings.CURRENCY_DIGITS
        today = [each * unit for _expected, each in listed]
        minor = round_to(round_half_up(sum(today, Fraction(0))), today, range(len(today)))
        return [
            (place, money(expected), Decimal(amount).scaleb(-settings.CURRENCY_DIGITS))
            for place, ((expected, _today), amount) in enumerate(zip(listed, minor, strict=True), start=1)
        ]


def lasting_of(run: Run, results: Sequence[Result], first: dict[int, date]) -> dict[int, Lasting]:
    """By account, of these results, given the days of their first orders."""
    once = paid_once(run, [result.account_id for result in results], first)
    return {
        result.account_id: lasting(run, result, first.get(result.account_id), once.get(result.account_id, ZERO))
        for result in results
    }


def lasting(run: Run, result: Result, first: date | None, once: Decimal) -> Lasting:
    whole = len(months_between(run.month_from, run.month_to))
    begins = first.year * 100 + first.month if first else run.month_from
    is_new = first is not None and run.month_from <= begins <= run.month_to
    known = len(months_between(begins, run.month_to)) if is_new else whole
    reason = ""
    if not result.is_active:
        reason = _("Nothing was bought or done in the window")
    elif not result.orders and (first is None or begins > run.month_to):
        reason = _("No order yet")
    elif is_new and known < FEWEST:
        reason = _("Too few months since the first order: %(fewest)s are needed") % {"fewest": FEWEST}
    return Lasting(result.contribution, once, known, is_new, reason)


def paid_once(run: Run, accounts: Sequence[int], first: dict[int, date]) -> dict[int, Decimal]:
    """Presale of acquiring within the window, of the accounts that were still being acquired in it."""
    until = {account: acquired_by(first[account]) for account in accounts if account in first}
    still = [account for account, month in until.items() if month >= run.month_from]
    found: dict[int, list[MonthResult]] = defaultdict(list)
    for row in MonthResult.objects.in_run(run).filter(account__in=still).iterator(2_000):
        if row.month <= until[row.account_id]:
            found[row.account_id].append(row)
    return {account: by_phase(run, months)["presale"] for account, months in found.items()}


def in_order(lasting: dict[int, Lasting], assumed: dict[int, Assumed]) -> dict[int, Decimal]:
    """Lifetime values by account, without those of which nothing can be said."""
    found = {account: each.value(assumed[account].values) for account, each in lasting.items()}
    return {account: value for account, value in found.items() if value is not None}
