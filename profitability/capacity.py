"""Unused capacity of a run, pool by pool and month by month: money, minutes and whole people."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from profitability.balances import pool_names
from profitability.core.capacity import cost_of_people, whole_people
from profitability.core.remainder import round_half_up
from profitability.models import PoolBalance, Run

ZERO = Decimal(0)


@dataclass(frozen=True)
class Idle:
    """The capacity of one pool in one month, or over several. Over-use is below zero, never cut off."""

    month: int | None
    months: int
    practical: Decimal
    used: Decimal
    cost: Decimal
    unused: Decimal

    @property
    def minutes(self) -> Decimal:
        """Minutes nobody used."""
        return self.practical - self.used

    @property
    def has_capacity(self) -> bool:
        """A month before the ledger of costs begins has no practical minutes: nobody was free in it, or missing."""
        return self.practical > 0

    @property
    def utilisation(self) -> Decimal | None:
        return self.used / self.practical if self.has_capacity else None

    @property
    def is_overused(self) -> bool:
        return self.used > self.practical > 0

    @property
    def people(self) -> int:
        """Whole people a month that were not needed; below zero: that were missing."""
        if not self.has_capacity:
            return 0
        return whole_people(_whole(self.minutes), self.months * _whole(per_person()))

    @property
    def missing(self) -> int:
        """Whole people a month that were missing."""
        return max(-self.people, 0)

    @property
    def released(self) -> Decimal:
        """What these people cost over the months; nothing where none is free."""
        minutes = self.months * _whole(per_person())
        cost = self.cost.scaleb(settings.CURRENCY_DIGITS)
        exact = cost_of_people(max(self.people, 0), minutes, int(cost), _whole(self.practical))
        return Decimal(round_half_up(exact)).scaleb(-settings.CURRENCY_DIGITS)


@dataclass(frozen=True)
class IdlePool:
    """One pool that is consumed by time."""

    code: str
    name: str
    months: list[Idle]
    whole: Idle

    @property
    def overused_months(self) -> int:
        return sum(month.is_overused for month in self.months)

    @property
    def tightest(self) -> Idle:
        """The month with the fewest people to spare: whoever is free in it is free in every month with capacity."""
        return min(
            (month for month in self.months if month.has_capacity), key=lambda month: month.people, default=self.whole
        )


def per_person() -> Decimal:
    """Minutes that one person works in a month, as the settings say."""
    return Decimal(settings.MINUTES_PER_PERSON)


def _whole(minutes: Decimal) -> int:
    """Minutes as whole ten-thousandths."""
    return int(minutes.scaleb(4))


def idle_pools(run: Run) -> list[IdlePool]:
    """The pools consumed by time, in the order of the cost model."""
    rows = PoolBalance.objects.filter(run=run, attempt=run.attempts, practical_minutes__isnull=False)
    found: dict[str, list[Idle]] = defaultdict(list)
    for row in rows.order_by("month"):
        cost = row.input + row.support_in - row.support_out
        found[row.pool].append(Idle(row.month, 1, row.practical_minutes, row.used_minutes, cost, row.unused))
    names = pool_names(run)
    return [IdlePool(code, names[code], found[code], together(found[code])) for code in names if code in found]


def together(months: list[Idle]) -> Idle:
    """Several months of capacity as one; those without any have no people, so they lower no average."""
    known = [month for month in months if month.has_capacity]
    sums = (sum((getattr(month, name) for month in known), ZERO) for name in ("practical", "used", "cost", "unused"))
    return Idle(None, len(known), *sums)
