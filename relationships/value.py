"""Customer value: how much an account buys (depth), of how many things (breadth), for how long, at what cost.

Cost to acquire: presale before and in the first 12 months from the first order. Cost to retain: presale after that.
Cost to serve: production, delivery and post-sale. The first spans months that may lie before the window of the run, so
it is told only where published runs hold all of them; the other two are of the window.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.db.models import Min, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from profitability.activities import by_phase
from profitability.core.months import months_between
from profitability.explain.ledger import as_read
from profitability.models import ActivityEvent, MonthResult, OrderLine, Product, Result, Run
from profitability.pnl.groups import any_of
from profitability.pnl.sources import sources_of
from relationships.assumptions import Assumed, of_accounts
from relationships.core.value import power_gap
from relationships.evidence import months_since
from relationships.lifetime import ZERO, Lasting, acquired_by, in_order, lasting_of
from relationships.models import SupplierRank
from relationships.suppliers import of_accounts as ranks_of

PARTS = ("production", "delivery", "post_sale")


@dataclass(frozen=True)
class Worth:
    """The value of one account in one run. What a reader may not see is None: lifetime value without profitability,
    dependence without company figures."""

    result: Result
    first_order: date | None
    months: int | None
    categories: int
    sold_categories: int
    assumed: Assumed
    lasting: Lasting | None
    our_dependence: Decimal | None
    rank: SupplierRank | None

    @cached_property
    def lifetime(self) -> Decimal | None:
        return self.lasting.value(self.assumed.values) if self.lasting else None

    @property
    def no_lifetime(self) -> str:
        """Why there is no lifetime value."""
        said = self.lasting.reason if self.lasting else ""
        return said or _("Retention times growth is at least as large as the discount: without an end there is no sum")

    @property
    def order_value(self) -> Decimal | None:
        """What an order is worth on average."""
        return self.result.net_revenue / self.result.orders if self.result.orders else None

    @property
    def their_dependence(self) -> Decimal | None:
        """Our part of what they spend: the share of wallet."""
        return self.result.share_of_wallet

    @property
    def by_rank(self) -> Decimal | None:
        """The share of wallet to expect of our rank among their suppliers: an estimate, never what anybody measured."""
        return self.rank.share if self.rank else None

    @property
    def beyond_rank(self) -> Decimal | None:
        """By how much the stated share is above the one by rank."""
        stated, estimated = self.their_dependence, self.by_rank
        return None if stated is None or estimated is None else stated - estimated

    @property
    def gap(self) -> float | None:
        """Above zero, we depend on them more than they on us."""
        ours, theirs = (
            None if each is None else Fraction(each) for each in (self.our_dependence, self.their_dependence)
        )
        found = power_gap(ours, theirs)
        return None if found is None else float(found)


def worths(user, run: Run, results: Sequence[Result]) -> list[Worth]:
    """The value of each of these, which the reader sees: a few queries, however many there are."""
    accounts = [result.account_id for result in results]
    first, bought = first_days(accounts), bought_categories(run, accounts)
    assumed, sold, ranks = of_accounts(accounts), sold_categories(), ranks_of(accounts)
    whole = company_sales(run) if may(user, Permission.SEE_COMPANY_FIGURES) else None
    lasting = lasting_of(run, results, first) if may(user, Permission.SEE_PROFITABILITY) else {}
    return [
        Worth(
            result=result,
            first_order=first.get(result.account_id),
            months=months_since(first[result.account_id], run.as_of) if result.account_id in first else None,
            categories=len(bought[result.account_id]),
            sold_categories=sold,
            assumed=assumed[result.account_id],
            lasting=lasting.get(result.account_id),
            our_dependence=result.net_revenue / whole if whole and whole > 0 else None,
            rank=ranks.get(result.account_id),
        )
        for result in results
    ]


def first_days(accounts: Collection[int]) -> dict[int, date]:
    rows = OrderLine.objects.current().filter(account__in=accounts, is_return=False).order_by().values("account_id")
    return dict(rows.annotate(first=Min("ordered_on")).values_list("account_id", "first"))


def bought_categories(run: Run, accounts: Collection[int]) -> dict[int, set[str]]:
    """The categories of the products that each bought in the window, as the run read the lines."""
    lines = OrderLine.objects.filter(account__in=accounts, month__range=(run.month_from, run.month_to), is_return=False)
    rows = as_read(run, lines).exclude(product__category="").filter(product__isnull=False).order_by()
    found: dict[int, set[str]] = defaultdict(set)
    for account, category in rows.values_list("account_id", "product__category").distinct():
        found[account].add(category)
    return found


def sold_categories() -> int:
    return Product.objects.exclude(category="").values("category").distinct().count()


def company_sales(run: Run) -> Decimal:
    """Net revenue of the whole company, with the lines that have no account."""
    return Result.objects.in_run(run).aggregate(whole=Sum("net_revenue"))["whole"] or ZERO


# What it cost to win the account and keeps costing


class Costs:
    """Cost to acquire, serve and retain one account. `missing` months of the first are held by no published run."""

    def __init__(self, user, run: Run, account: int, first_order: date | None) -> None:
        self.user, self.run, self.account, self.first_order = user, run, account, first_order

    @cached_property
    def window(self) -> list[MonthResult]:
        rows = MonthResult.objects.in_run(self.run).visible_to(self.user).filter(account=self.account)
        return list(rows.order_by("month"))

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """The months of acquiring: from the first thing done for the account until the 12th month from its first
        order, or the end of the window; None where nothing was done yet."""
        begins = [self.first_order.year * 100 + self.first_order.month] if self.first_order else []
        begins += [month for month in [self.first_event()] if month]
        if not begins:
            return None
        last = self.run.month_to
        if self.first_order:
            last = min(last, acquired_by(self.first_order))
        return (min(begins), last) if min(begins) <= self.run.month_to else None

    def first_event(self) -> int | None:
        rows = ActivityEvent.objects.current().filter(account=self.account)
        return rows.aggregate(first=Min("month"))["first"]

    @property
    def is_new(self) -> bool:
        """Whether the account is still being acquired at the end of the window."""
        return self.first_order is None or acquired_by(self.first_order) >= self.run.month_to

    @cached_property
    def acquire(self) -> Decimal | None:
        if self.span is None:
            return None
        sources = sources_of(self.run, months_between(*self.span))
        if not sources:
            return None
        runs = {source.run.pk: source.run for source in sources}
        rows = MonthResult.objects.filter(any_of(sources), account=self.account).visible_to(self.user)
        found: dict[int, list[MonthResult]] = defaultdict(list)
        for row in rows:
            found[row.run_id].append(row)
        return sum((by_phase(runs[number], months)["presale"] for number, months in found.items()), ZERO)

    @cached_property
    def serve(self) -> Decimal:
        phases = by_phase(self.run, self.window)
        return sum((phases[name] for name in PARTS), ZERO)

    @cached_property
    def retain(self) -> Decimal:
        """Presale of the window after the months of acquiring."""
        last = self.span[1] if self.span else 0
        return by_phase(self.run, [row for row in self.window if row.month > last])["presale"]

    @property
    def acquired_in_window(self) -> Decimal:
        """Presale of the window that belongs to acquiring: with the other two it is the cost to serve of the run."""
        return by_phase(self.run, self.window)["presale"] - self.retain


def ordered_by_value(run: Run, rows: QuerySet[Result], falling: bool) -> list[int]:
    """Keys of the results by lifetime value; those of which nothing can be said last."""
    results = list(rows.order_by("code").only("pk", "account", "code", "contribution", "orders", "is_active"))
    accounts = [result.account_id for result in results]
    values = in_order(lasting_of(run, results, first_days(accounts)), of_accounts(accounts))
    told = [result for result in results if result.account_id in values]
    told.sort(key=lambda result: values[result.account_id], reverse=falling)
    return [result.pk for result in (*told, *(each for each in results if each.account_id not in values))]
