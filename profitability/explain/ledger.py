"""The ledger as a run read it, and the order lines whose amounts add up to a figure of an account."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, ExpressionWrapper, F, Q, QuerySet, Sum

from accounts.models import Account, Import, LedgerField
from profitability.models import OrderLine, Run

CENT = Decimal(1).scaleb(-settings.CURRENCY_DIGITS)
SALES, RETURNS, ALL = Q(is_return=False), Q(is_return=True), Q()
# figure: which lines count, which of their amounts, with which sign, and how many roundings lie between
SOURCES = {
    "list_sales": (SALES, "list_amount", 1, 3),
    "discounts": (SALES, "discount_amount", 1, 1),
    "returns": (RETURNS, "net_amount", -1, 1),
    "net_revenue": (ALL, "net_amount", 1, 1),
    "cost_of_goods": (ALL, "cost_amount", 1, 1),
    "freight": (ALL, "freight_amount", 1, 1),
}


def as_read(run: Run, rows: QuerySet) -> QuerySet:
    """The rows that were current when the run read the ledger: what was corrected since then, uncorrected."""
    if run.started_at is None:
        return rows.current()
    later = Import.objects.filter(finished_at__gt=run.started_at).values("pk")
    return rows.filter(Q(superseded_in__isnull=True) | Q(superseded_in__in=later)).exclude(imported_in__in=later)


def imported_since(run: Run, rows: QuerySet) -> QuerySet:
    """The rows that imports brought in or superseded after the run read the ledger."""
    later = Import.objects.filter(finished_at__gt=run.started_at or run.created_at).values("pk")
    return rows.filter(Q(imported_in__in=later) | Q(superseded_in__in=later)).distinct()


@dataclass(frozen=True)
class Lines:
    """The order lines of a figure: how many, their exact sum in ten-thousandths, and what rounding added."""

    rows: QuerySet[OrderLine]
    count: int
    exact: Decimal
    amount: Decimal
    roundings: int

    @property
    def rounding(self) -> Decimal:
        return self.amount - self.exact

    @property
    def closes(self) -> bool:
        """Whether the lines are the figure: but for its rounding, less than a cent each time."""
        return abs(self.rounding) < self.roundings * CENT


def lines_of(run: Run, account: Account, figure: str, amount: Decimal, months: tuple[int, int]) -> Lines | None:
    """The order lines behind an amount of an account over some months; None for a figure that is none of them."""
    if figure not in SOURCES:
        return None
    which, column, sign, roundings = SOURCES[figure]
    rows = as_read(run, OrderLine.objects.filter(which, account=account, month__range=months))
    counted = ExpressionWrapper(F(column) * sign, LedgerField())
    rows = rows.exclude(**{column: Decimal(0)}).annotate(counted=counted)
    found = rows.aggregate(count=Count("pk"), exact=Sum(column))
    exact = sign * (found["exact"] or Decimal(0))
    listed = rows.select_related("product").order_by("-ordered_on", "-order_id", "line_no")
    return Lines(listed, found["count"], exact, amount, roundings)
