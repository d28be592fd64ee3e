"""Statements of product categories, which a run does not store: read from the order lines as the run read them.

Order lines know nothing of cost to serve, so a category goes down to gross margin. Its amounts are rounded by largest
remainder to those of the statement of the same accounts, so that the categories sum to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Account, Import
from accounts.permissions import Permission, may
from profitability.core.remainder import round_to
from profitability.explain.ledger import as_read
from profitability.models import OrderLine, Run
from profitability.pnl.statements import ZERO, Statement, months_of

CENT = Decimal(1).scaleb(-settings.CURRENCY_DIGITS)
ROUNDED = ("net_revenue", "discount_amount", "return_amount", "cost_amount", "freight_amount")


@dataclass(frozen=True)
class Categories:
    """The statement of each category down to gross margin, largest net revenue first; the empty name has lines of
    products without a category. `gap`: what the order lines differ from the run by, beyond rounding, or None."""

    rows: list[tuple[str, dict[str, Decimal]]]
    gap: Decimal | None
    changed_at: datetime | None  # when products, and with them categories, were last imported after the run


def categories(
    run: Run, user, accounts: QuerySet[Account] | None, months: Sequence[int], total: Statement
) -> Categories:
    """The order lines of the accounts in these months by the category of the product; `total` is the statement of
    the same accounts and months."""
    exact = sums_of(lines_of(run, user, accounts, months))
    parts = {name: shared_out({key: each[name] for key, each in exact.items()}, total[name]) for name in ROUNDED}
    listed = [(key, statement_of({name: parts[name][key] for name in ROUNDED})) for key in exact]
    listed.sort(key=lambda row: (-row[1]["net_revenue"], row[0]))
    gaps = [total[name] - sum((each[name] for each in exact.values()), Decimal(0)) for name in ROUNDED]
    roundings = months_of(run, user, accounts).filter(month__in=months).count() + 1
    widest = max(gaps, key=abs)
    return Categories(listed, widest if abs(widest) > roundings * CENT else None, products_changed(run))


def lines_of(run: Run, user, accounts: QuerySet[Account] | None, months: Sequence[int]) -> QuerySet[OrderLine]:
    lines = as_read(run, OrderLine.objects.filter(month__in=months))
    if accounts is None and may(user, Permission.SEE_ALL_ACCOUNTS):
        return lines.filter(account__isnull=False)
    seen = Account.objects.visible_to(user) if accounts is None else accounts
    return lines.filter(account__in=seen.order_by().values("pk"))


def sums_of(lines: QuerySet[OrderLine]) -> dict[str, dict[str, Decimal]]:
    """The exact amounts of each category."""
    found = (
        lines.order_by()
        .values(name=Coalesce("product__category", Value("")))
        .annotate(
            net=Sum("net_amount"),
            discount=Sum("discount_amount", filter=Q(is_return=False), default=0),
            returned=Sum("net_amount", filter=Q(is_return=True), default=0),
            cost=Sum("cost_amount"),
            freight=Sum("freight_amount"),
        )
    )
    return {
        row["name"]: {
            "net_revenue": row["net"],
            "discount_amount": row["discount"],
            "return_amount": -row["returned"],
            "cost_amount": row["cost"],
            "freight_amount": row["freight"],
        }
        for row in found.order_by("name")
    }


def shared_out(exact: dict[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    """The parts in whole minor units that sum to the total. The total is a sum of figures rounded account by account:
    what separates it from the exact sum is shared in proportion first, then largest remainder does the rest."""
    digits = settings.CURRENCY_DIGITS
    amounts = {key: Fraction(amount) * 10**digits for key, amount in exact.items()}
    target, sizes = int(total.scaleb(digits)), sum((abs(amount) for amount in amounts.values()), Fraction(0))
    if not sizes:
        return dict.fromkeys(exact, ZERO)
    left = target - sum(amounts.values(), Fraction(0))
    fair = [amount + left * abs(amount) / sizes for amount in amounts.values()]
    return {
        key: Decimal(units).scaleb(-digits)
        for key, units in zip(exact, round_to(target, fair, list(exact)), strict=True)
    }


def statement_of(parts: dict[str, Decimal]) -> dict[str, Decimal]:
    net = parts["net_revenue"]
    return parts | {
        "list_amount": net + parts["discount_amount"] + parts["return_amount"],
        "gross_margin": net - parts["cost_amount"] - parts["freight_amount"],
    }


def products_changed(run: Run) -> datetime | None:
    if run.started_at is None:
        return None
    done = Import.objects.filter(kind="products", state=Import.State.DONE, dry_run=False)
    return done.filter(finished_at__gt=run.started_at).aggregate(last=Max("finished_at"))["last"]
