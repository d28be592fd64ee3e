"""The effort actually spent on accounts against what their boxes ask for: over-served and starved ones, with the money.

Everything is worked out from the accounts that the reader sees and nothing else, so his medians are of those.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from django.conf import settings

from profitability.models import Result, Run
from relationships.core.balance import Finding, out_of_line, usual_share
from relationships.effort import MOST_ACCOUNTS, in_sight
from relationships.hours import Hours, hours_today
from relationships.invested import invested
from relationships.models import Box

COLUMNS = (
    "account_id", "code", "position__box", "net_revenue", "contribution", "cost_to_serve",
    "position__attractiveness", "presale", "production", "delivery", "post_sale",
)  # fmt: skip
PHASES = COLUMNS[-4:]
UNIT = Decimal(1).scaleb(-settings.CURRENCY_DIGITS)
ZERO = Decimal(0)


class Served(NamedTuple):
    """An active account, with its box if it has one, and what was spent on it over the window."""

    account: int
    code: str
    box: str | None
    net_revenue: Decimal
    contribution: Decimal
    cost_to_serve: Decimal
    attractiveness: Decimal | None
    presale: Decimal
    production: Decimal
    delivery: Decimal
    post_sale: Decimal


@dataclass(frozen=True)
class Mismatch:
    """An account that gets more, or less, than its box asks for. `excess`: cost to serve less the usual cost."""

    served: Served
    kind: Finding
    usual_share: Decimal  # of the net revenue of its box
    excess: Decimal
    is_of_box: bool  # the usual share is that of its own box, not of all boxes together

    @property
    def size(self) -> Decimal:
        return abs(self.excess)


@dataclass(frozen=True)
class BoxEffort:
    """What one box gets and gives, or the accounts without one. Shares are of all active accounts in view."""

    box: Box | None
    count: int
    cost: Decimal
    phases: list[Decimal]
    cost_share: Decimal | None
    contribution: Decimal
    contribution_share: Decimal | None  # of all positive contribution
    usual_share: Decimal | None
    hours: Decimal | None
    hours_share: Decimal | None
    invested: Decimal | None  # by plans; None where no plan invests in any account in view
    found: int
    money: Decimal  # the excess of those found


class Spent:
    """The effort spent on the accounts that one reader sees, in one run."""

    def __init__(self, user, run: Run) -> None:
        self.user, self.run = user, run
        rows = Result.objects.in_run(run).visible_to(user).filter(is_active=True)
        self.all = [Served(*row) for row in rows.order_by("code").values_list(*COLUMNS)]
        self.served = [each for each in self.all if each.box]

    @cached_property
    def by_box(self) -> dict[str, list[Served]]:
        found: dict[str, list[Served]] = defaultdict(list)
        for served in self.served:
            found[served.box].append(served)
        return found

    @cached_property
    def usual(self) -> dict[str, Fraction | None]:
        """The usual share of each box; under an empty name that of all boxes together."""
        return {box: usual_share(pairs(self.by_box[box])) for box in Box.values} | {"": usual_share(pairs(self.served))}

    @cached_property
    def mismatches(self) -> list[Mismatch]:
        """The largest first."""
        found = [each for served in self.served if (each := self.mismatch(served))]
        return sorted(found, key=lambda each: (-each.size, each.served.code))

    def mismatch(self, served: Served) -> Mismatch | None:
        share, shown, is_of_box = self.measure[served.box]
        if share is None:
            return None
        found = out_of_line(served.box, in_units(served.cost_to_serve), in_units(served.net_revenue), share)
        if found is None:
            return None
        kind, units = found
        return Mismatch(served, kind, shown, units * UNIT, is_of_box)

    @cached_property
    def measure(self) -> dict[str, tuple[Fraction | None, Decimal, bool]]:
        """What accounts of a box are measured by: its usual share, or that of all; as a Decimal; whether its own."""
        found = {box: (self.usual[""] if self.usual[box] is None else self.usual[box]) for box in Box.values}
        return {
            box: (share, decimal(share or Fraction(0)), self.usual[box] is not None) for box, share in found.items()
        }

    def shown(self, accounts: set[int] | None) -> list[Mismatch]:
        """Those of some accounts; of all without any."""
        if accounts is None:
            return self.mismatches
        return [each for each in self.mismatches if each.served.account in accounts]

    @cached_property
    def hours(self) -> Hours | None:
        """Hours a month today, of the accounts whose hours are this reader's business; None of too many."""
        rows = list(in_sight(self.user, self.run).values_list("account_id", "account__manager", "customer_cost"))
        if not rows or len(rows) > MOST_ACCOUNTS:
            return None
        managers = {account: manager for account, manager, _cost in rows}
        return hours_today(self.run, managers, {account: cost for account, _manager, cost in rows})

    @cached_property
    def invested(self) -> dict[int, Decimal]:
        """What plans put into each account within the window."""
        return invested(self.user, self.run)

    def hours_of(self, accounts: Iterable[Served]) -> Decimal | None:
        if self.hours is None:
            return None
        return sum((self.hours.of.get(each.account, ZERO) for each in accounts), ZERO)

    @cached_property
    def cost(self) -> Decimal:
        """All cost to serve in view."""
        return total(self.all, cost_of)

    @cached_property
    def earned(self) -> Decimal:
        """All positive contribution in view."""
        return total(self.all, earned)

    @cached_property
    def boxes(self) -> list[BoxEffort]:
        """The four boxes, then the accounts without one, if there are any."""
        unplaced = [each for each in self.all if not each.box]
        found = [self.of_box(box, self.by_box[box]) for box in Box]
        return [*found, self.of_box(None, unplaced)] if unplaced else found

    def of_box(self, box: Box | None, rows: list[Served]) -> BoxEffort:
        found = [each for each in self.mismatches if each.served.box == box]
        hours = self.hours_of(rows)
        usual = self.usual[box] if box else None
        return BoxEffort(
            box=box,
            count=len(rows),
            cost=total(rows, cost_of),
            phases=[sum((getattr(each, phase) for each in rows), ZERO) for phase in PHASES],
            cost_share=share(total(rows, cost_of), self.cost),
            contribution=sum((each.contribution for each in rows), ZERO),
            contribution_share=share(total(rows, earned), self.earned),
            usual_share=None if usual is None else decimal(usual),
            hours=hours,
            hours_share=share(hours, self.hours_of(self.all)),
            invested=sum((self.invested.get(each.account, ZERO) for each in rows), ZERO) if self.invested else None,
            found=len(found),
            money=sum((each.excess for each in found), ZERO),
        )

    def cost_share(self, served: Served) -> Decimal | None:
        """One account's part of all cost to serve in view."""
        return share(served.cost_to_serve, self.cost)

    def contribution_share(self, served: Served) -> Decimal | None:
        """One account's part of all positive contribution in view; below zero for one that loses money."""
        return share(served.contribution, self.earned)


def cost_of(served: Served) -> Decimal:
    return served.cost_to_serve


def earned(served: Served) -> Decimal:
    """Contribution, where it is above zero."""
    return max(served.contribution, ZERO)


def total(rows: Iterable[Served], what: Callable[[Served], Decimal]) -> Decimal:
    return sum((what(each) for each in rows), ZERO)


def pairs(rows: Iterable[Served]) -> list[tuple[Decimal, Decimal]]:
    return [(each.cost_to_serve, each.net_revenue) for each in rows]


def in_units(amount: Decimal) -> int:
    return int(amount.scaleb(settings.CURRENCY_DIGITS))


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole or whole <= 0 else part / whole


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
