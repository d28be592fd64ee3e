"""Whitespace: what accounts spend in our categories and do not spend with us, account by account and category by
category. Our sales are those of the run; what is spent in all is what people have said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.db.models import QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from profitability.core.months import months_between
from profitability.explain.ledger import as_read
from profitability.models import OrderLine, Product, Result, Run
from profitability.pnl.categories import shared_out
from profitability.pnl.statements import ZERO
from relationships.core.value import share_of, unallocated, wallet
from relationships.lifetime import money
from relationships.models import CategoryPotential

MOST_POTENTIALS = 2_000  # of the largest, looked through for the largest open ones
MOSTLY = Decimal("0.8")  # of a wallet
NAMED = 3  # competitors of a family
FIELDS = ("account_id", "category", "annual_spend", "competitor", "source", "stated_on", "stated_by__name")


@dataclass(frozen=True)
class Said:
    """What is known of one account in one category."""

    account: int
    category: str
    annual_spend: Decimal | None
    competitor: str
    source: str
    stated_on: object
    stated_by: str | None


@dataclass(frozen=True)
class Cell:
    """One category of an account, or of accounts together. Shares and rests are of the accounts whose spend is known.

    `ours`: net revenue over the window; `wallet`: what they spend in as many months, None where nobody knows.
    """

    category: str
    ours: Decimal
    said: tuple[Said, ...]
    known_ours: Decimal
    annual_spend: Decimal | None
    wallet: Decimal | None
    exact_wallet: Fraction | None

    @cached_property
    def share(self) -> Decimal | None:
        """Our share of the wallet; above 1 the data is wrong."""
        found = share_of(Fraction(self.known_ours), self.exact_wallet)
        return None if found is None else Decimal(found.numerator) / found.denominator

    @property
    def open(self) -> Decimal | None:
        """What is spent with others, or with nobody yet."""
        return money(unallocated(Fraction(self.known_ours), self.exact_wallet))

    @property
    def is_over(self) -> bool:
        return self.exact_wallet is not None and Fraction(self.known_ours) > self.exact_wallet

    @property
    def state(self) -> str:
        """over: data error; none: nothing of a known wallet; part, most: some or at least 80 % of it; sold: we
        sell, and nobody knows the wallet; empty: nothing is known."""
        if self.is_over:
            return "over"
        if not self.exact_wallet:
            return "sold" if self.ours > 0 else "empty"
        if self.known_ours <= 0:
            return "none"
        return "most" if self.share >= MOSTLY else "part"

    @property
    def competitors(self) -> str:
        names = sorted({each.competitor for each in self.said if each.competitor})
        return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")

    @property
    def known_count(self) -> int:
        """Of how many accounts the wallet is known."""
        return sum(each.annual_spend is not None for each in self.said)

    @property
    def single(self) -> Said | None:
        """What is said, where it is of one account."""
        return self.said[0] if len(self.said) == 1 else None


def categories_of(accounts: QuerySet | None = None) -> list[str]:
    """Every category we sell, and those of which something was said of these accounts, which the reader sees."""
    sold = Product.objects.exclude(category="").order_by().values_list("category", flat=True).distinct()
    said = CategoryPotential.objects.order_by().values_list("category", flat=True).distinct()
    said = said if accounts is None else said.filter(account__in=accounts.order_by().values("pk"))
    return sorted(set(sold) | set(said))


def sales_of(run: Run, accounts: Collection[int], net: dict[int, Decimal]) -> dict[tuple[int, str], Decimal]:
    """Net revenue by account and category, rounded so that an account's categories sum to `net`, its revenue in the
    run; the empty category has products without one."""
    lines = OrderLine.objects.filter(account__in=accounts, month__range=(run.month_from, run.month_to))
    rows = as_read(run, lines).order_by().values("account_id", name=Coalesce("product__category", Value("")))
    exact: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in rows.annotate(net=Sum("net_amount")).order_by("account_id", "name"):
        exact[row["account_id"]][row["name"]] = row["net"]
    return {
        (account, name): amount
        for account, parts in exact.items()
        for name, amount in shared_out(parts, net[account]).items()
    }


def said_of(accounts: Collection[int]) -> dict[tuple[int, str], Said]:
    rows = CategoryPotential.objects.filter(account__in=accounts).values_list(*FIELDS)
    return {(row[0], row[1]): Said(*row) for row in rows}


class Grid:
    """The cells of some accounts, each group of them together: `groups` maps a key to the ids of its accounts."""

    def __init__(self, run: Run, groups: dict[str, Sequence[int]]) -> None:
        self.run, self.groups = run, groups
        self.accounts = [account for accounts in groups.values() for account in accounts]
        self.months = len(months_between(run.month_from, run.month_to))

    @cached_property
    def sales(self) -> dict[tuple[int, str], Decimal]:
        rows = Result.objects.in_run(self.run).filter(account__in=self.accounts)
        return sales_of(self.run, self.accounts, dict(rows.values_list("account_id", "net_revenue")))

    @cached_property
    def said(self) -> dict[tuple[int, str], Said]:
        return said_of(self.accounts)

    def cell(self, key: str, category: str) -> Cell:
        accounts = self.groups[key]
        said = tuple(found for account in accounts if (found := self.said.get((account, category))))
        known = [each for each in said if each.annual_spend is not None]
        spend = sum((each.annual_spend for each in known), Decimal(0)) if known else None
        whole = None if spend is None else wallet(Fraction(spend), self.months)
        return Cell(
            category=category,
            ours=self._sum(accounts, category),
            said=said,
            known_ours=self._sum((each.account for each in known), category),
            annual_spend=spend,
            wallet=money(whole),
            exact_wallet=whole,
        )

    def _sum(self, accounts: Iterable[int], category: str) -> Decimal:
        return sum((self.sales.get((account, category), ZERO) for account in accounts), ZERO)

    def row(self, key: str, categories: Sequence[str]) -> list[Cell]:
        return [self.cell(key, category) for category in categories]

    def largest_first(self, key: str, categories: Sequence[str]) -> list[Cell]:
        """The categories of one group, the largest open potential first; then those nobody knows of, by our sales."""
        cells = self.row(key, categories)
        return sorted(cells, key=lambda cell: (-(cell.open or -1), -cell.ours, cell.category))


def largest_open(run: Run, accounts: QuerySet) -> tuple[list[tuple[int, Cell]], bool]:
    """What is open at these accounts, the largest first, and whether there may be more.

    What is open is never more than what is spent, so among the largest potentials the list is complete down to the
    smallest of them.
    """
    known = CategoryPotential.objects.filter(account__in=accounts.order_by().values("pk"), annual_spend__gt=0)
    rows = list(
        known.order_by("-annual_spend", "pk").values_list("account_id", "category", "annual_spend")[
            : MOST_POTENTIALS + 1
        ]
    )
    taken = rows[:MOST_POTENTIALS]
    grid = Grid(run, {str(account): [account] for account, _category, _spend in taken})
    cells = [(account, grid.cell(str(account), category)) for account, category, _spend in taken]
    is_cut = len(rows) > len(taken)
    least = money(wallet(Fraction(taken[-1][2]), grid.months)) if is_cut else ZERO
    found = [(account, cell) for account, cell in cells if cell.open and cell.open >= least]
    return sorted(found, key=lambda pair: (-pair[1].open, pair[0], pair[1].category)), is_cut
