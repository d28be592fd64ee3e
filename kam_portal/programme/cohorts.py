"""Key accounts and all others between two runs: contribution by segment and country, revenue kept, cost of serving."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from django.conf import settings
from django.db.models import Count, Q, Sum

from accounts.programme import members
from kam_portal.overview import kept
from kam_portal.programme.baselines import first_day
from profitability.core.months import months_between
from profitability.models import MonthResult, Result, Run
from relationships.core.programme import Change, Group, Incremental, Retention, incremental, retention

Sums = tuple[str, str, int, str, str, str]  # segment, country, accounts, and as text: net revenue, cost, contribution
UNIT = 10**settings.CURRENCY_DIGITS
AMOUNTS = ("net_revenue", "cost_to_serve", "contribution")


@dataclass(frozen=True)
class Side:
    """Net revenue, cost to serve and contribution of some accounts in one run."""

    net_revenue: Fraction = Fraction(0)
    cost_to_serve: Fraction = Fraction(0)
    contribution: Fraction = Fraction(0)

    def plus(self, row: Iterable) -> "Side":
        net, cost, contribution = (Fraction(each or 0) for each in row)
        return Side(self.net_revenue + net, self.cost_to_serve + cost, self.contribution + contribution)

    @property
    def cost_share(self) -> Fraction | None:
        return self.cost_to_serve / self.net_revenue if self.net_revenue > 0 else None


@dataclass(frozen=True)
class Compared:
    """A group of key accounts, whoever they are, against all others that bought in the months of the baseline."""

    key: dict[Group, Change]
    others: dict[Group, Change]
    retention: Retention
    key_before: Side
    key_now: Side
    others_before: Side
    others_now: Side
    accounts: int
    incremental: Incremental = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "incremental", incremental(self.key, self.others))

    @property
    def others_kept(self) -> Fraction | None:
        """Net revenue retention of the others: all of them bought at the start."""
        before = self.others_before.net_revenue
        return self.others_now.net_revenue / before if before > 0 else None


def cohort(run: Run) -> list[int]:
    """Who was a key account when the window of the run began."""
    return sorted(members(first_day(run)).values_list("pk", flat=True))


def today() -> list[int]:
    return sorted(members().values_list("pk", flat=True))


def compared(user, run: Run, baseline: Run, key: list[int]) -> Compared:
    """Both runs, added up once for each run, baseline and cohort."""
    name = f"programme-{baseline.pk}-{hash(tuple(key))}"
    pairs, others = kept(name, run, user, lambda: (pairs_of(run, baseline, key), others_of(run, baseline, key)))
    return arranged(pairs, others, len(key))


def arranged(pairs: list[tuple], others: tuple[list[Sums], list[Sums]], accounts: int) -> Compared:
    before = Side()
    now = Side()
    groups: dict[Group, Change] = {}
    for segment, country, then_row, now_row in pairs:
        change = Change(Fraction(then_row[2]), Fraction(now_row[2]), 1)
        known = groups.get((segment, country))
        groups[segment, country] = known.plus(change) if known else change
        before, now = before.plus(then_row), now.plus(now_row)
    rest, rest_before, rest_now = changes_of(*others)
    revenue = [(Fraction(then_row[0]), Fraction(now_row[0])) for _segment, _country, then_row, now_row in pairs]
    return Compared(groups, rest, retention(revenue), before, now, rest_before, rest_now, accounts)


def changes_of(then: list[Sums], now: list[Sums]) -> tuple[dict[Group, Change], Side, Side]:
    """The others by group, and all together in each run."""
    sides = [Side(), Side()]
    for place, rows in enumerate((then, now)):
        for *_group, net, cost, contribution in rows:
            sides[place] = sides[place].plus((net, cost, contribution))
    later = {row[:2]: row for row in now}
    found = {}
    for segment, country, accounts, _net, _cost, contribution in then:
        after = later.get((segment, country))
        found[segment, country] = Change(Fraction(contribution), Fraction(after[5] if after else 0), accounts)
    return found, sides[0], sides[1]


def pairs_of(run: Run, baseline: Run, key: list[int]) -> list[tuple]:
    """Of each key account: segment, country, and its figures in the baseline and now, as text."""
    rows = Result.objects.filter(run__in=(run, baseline), account__in=key)
    rows = rows.values_list("account_id", "run_id", "account__segment", "account__country", *AMOUNTS)
    nothing = ("0",) * len(AMOUNTS)
    found: dict[int, dict] = defaultdict(dict)
    for account, run_id, *group, net, cost, contribution in rows:
        found[account]["group"] = tuple(group)
        found[account][run_id] = (str(net), str(cost), str(contribution))
    listed = (found[account] for account in sorted(found))
    return [(*each["group"], each.get(baseline.pk, nothing), each.get(run.pk, nothing)) for each in listed]


def others_of(run: Run, baseline: Run, key: list[int]) -> tuple[list[Sums], list[Sums]]:
    """All other accounts that bought in the baseline, by segment and country: then and now."""
    bought = Result.objects.in_run(baseline).of_accounts().filter(net_revenue__gt=0).exclude(account__in=key)
    now = Result.objects.in_run(run).filter(account__in=bought.values("account"))
    return grouped(bought), grouped(now)


def grouped(rows) -> list[Sums]:
    by = rows.order_by().values_list("account__segment", "account__country")
    found = by.annotate(Count("pk"), *(Sum(name) for name in AMOUNTS))
    return [(segment, country, count, *map(str, sums)) for segment, country, count, *sums in found]


# Serving everybody else, month by month


def others_by_month(runs: Iterable[Run], key: list[int]) -> dict[int, tuple[Fraction, Fraction]]:
    """Net revenue and cost to serve of all accounts but these, by month, from what the runs hold of the company."""
    listed = list(runs)
    rows = MonthResult.objects.filter(run__in=listed).filter(Q(account__in=key) | Q(account=None))
    sums = rows.order_by().values_list("run_id", "month").annotate(Sum("net_revenue"), Sum("cost_to_serve"))
    taken = {(run, month): amounts for run, month, *amounts in sums}
    found = {}
    for run in listed:
        for month, net, cost in company_months(run):
            off_net, off_cost = taken.get((run.pk, month), (0, 0))
            found[month] = (net - Fraction(off_net), cost - Fraction(off_cost))
    return found


def company_months(run: Run):
    """The company's net revenue and cost to serve in each month of a run."""
    months = months_between(run.month_from, run.month_to)
    named = run.totals.get("months", {})
    columns = (named.get("net_revenue", []), named.get("cost_to_serve", []))
    for month, net, cost in zip(months, *columns, strict=False):
        yield month, Fraction(net, UNIT), Fraction(cost, UNIT)
