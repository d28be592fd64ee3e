"""Which accounts are looked at for signals, and the runs that are compared.

With many accounts most of them are nobody's concern on their own. Looked at are the key accounts, the accounts with a
plan that is not closed, and the five largest accounts of each manager by net revenue in the published run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import itemgetter

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from accounts import programme
from accounts.models import Account, Decision
from profitability.core.months import ordinal
from profitability.models import Result, Run
from profitability.standings import READABLE
from relationships.models import Plan, Position

LARGEST_OF_A_MANAGER = 5
MONTHS_BACK = 3  # what is compared stood about so long ago
OLDEST = 12  # months: a run further back says nothing of today
WEIGHT_WITHOUT_MONEY = Decimal("0.01")  # of net revenue: so that larger accounts come first


@dataclass(frozen=True)
class Found:
    """One cause that holds today. `key` names the cause: the same one has the same key the next day. `size` is how bad
    it is, to tell whether it got clearly worse; `weight` what is at stake, for the order."""

    kind: str
    key: str
    facts: dict
    account: int | None = None
    plan: int | None = None
    weight: Decimal = Decimal(0)
    size: Decimal = Decimal(1)
    tells_profit: bool = False


@dataclass(frozen=True)
class Watched:
    """One account that is looked at."""

    pk: int
    manager: int | None
    is_key: bool
    admitted_on: date | None
    plan: int | None
    is_for_plan: bool  # looked at for its plan alone: who may not see the plan must not learn of it by a signal
    result: Result | None
    position: Position | None

    @property
    def box(self) -> str:
        return self.position.box if self.position else ""

    @property
    def weight(self) -> Decimal:
        if self.result is None:
            return Decimal(0)
        return max(self.result.net_revenue * WEIGHT_WITHOUT_MONEY, Decimal(0)).quantize(Decimal("0.01"))


@dataclass
class Watch:
    """What finders look at: the day, the published run, and the accounts. Read once for all of them."""

    today: date
    run: Run | None

    @cached_property
    def accounts(self) -> dict[int, Watched]:
        admitted, plans = admissions(self.today), living_plans()
        anyway = admitted.keys() | largest_of_managers(self.run)
        wanted = anyway | plans.keys()
        results, positions = results_of(self.run, wanted), positions_of(self.run, wanted)
        managers = dict(Account.objects.filter(pk__in=wanted).values_list("pk", "manager"))
        return {
            pk: Watched(
                pk,
                manager,
                pk in admitted,
                admitted.get(pk),
                plans.get(pk),
                pk not in anyway,
                results.get(pk),
                positions.get(pk),
            )
            for pk, manager in sorted(managers.items())
        }

    @cached_property
    def results(self) -> dict[int, Result]:
        """Of the active ones."""
        return {pk: each.result for pk, each in self.accounts.items() if each.result and each.result.is_active}

    @property
    def key_accounts(self) -> Iterator[Watched]:
        return (each for each in self.accounts.values() if each.is_key)

    @cached_property
    def earlier(self) -> Run | None:
        """The run that stood behind the pages whose window ended closest to three months before this one's."""
        if self.run is None:
            return None
        rows = Run.objects.filter(state__in=READABLE, month_to__lt=self.run.month_to).order_by("-published_at", "-pk")
        here = ordinal(self.run.month_to)
        back = [(abs(here - ordinal(month) - MONTHS_BACK), pk) for pk, month in rows.values_list("pk", "month_to")]
        near = [each for each in back if each[0] <= OLDEST - MONTHS_BACK]
        found = min(near, key=itemgetter(0), default=None)
        return Run.objects.select_related("cost_model").get(pk=found[1]) if found else None

    def plan_behind(self, account: int | None) -> int | None:
        """The plan for which alone the account is looked at, if so."""
        each = self.accounts.get(account) if account else None
        return each.plan if each and each.is_for_plan else None

    def manager(self, account: int | None) -> int | None:
        each = self.accounts.get(account) if account else None
        return each.manager if each else None

    def weight(self, account: int) -> Decimal:
        return self.accounts[account].weight if account in self.accounts else Decimal(0)


def admissions(today: date) -> dict[int, date]:
    """The key accounts, each with the day of its latest admission."""
    members = programme.members(today).values("pk")
    rows = Decision.objects.approved().filter(account__in=members, outcome=Decision.Outcome.ADMIT)
    admitted = rows.filter(decided_on__lte=today).order_by("decided_on", "pk")
    found = dict(admitted.values_list("account", "decided_on"))
    return {pk: found.get(pk, today) for pk in programme.members(today).values_list("pk", flat=True)}


def living_plans() -> dict[int, int]:
    return dict(Plan.objects.exclude(state=Plan.State.CLOSED).values_list("account", "pk"))


def largest_of_managers(run: Run | None) -> set[int]:
    """The five largest accounts of each manager, as they are looked after now."""
    if run is None:
        return set()
    rows = Result.objects.in_run(run).filter(is_active=True, account__manager__isnull=False, net_revenue__gt=0)
    by_size = [F("net_revenue").desc(), F("code").asc()]
    placed = rows.annotate(place=Window(RowNumber(), partition_by=[F("account__manager")], order_by=by_size))
    return set(placed.filter(place__lte=LARGEST_OF_A_MANAGER).values_list("account", flat=True))


def results_of(run: Run | None, accounts: set[int]) -> dict[int, Result]:
    rows = Result.objects.in_run(run).filter(account__in=accounts) if run else ()
    return {row.account_id: row for row in rows}


def positions_of(run: Run | None, accounts: set[int]) -> dict[int, Position]:
    rows = Position.objects.in_run(run).filter(account__in=accounts).defer("stability_widths") if run else ()
    return {row.account_id: row for row in rows}
