"""Reads behind the pages and the API: always of the published run, always of what the reader may see."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Min, Sum
from django.utils.translation import gettext as _

from profitability.models import OrderLine, PoolBalance, Publication, Run

BALANCE = [
    "input",
    "support_in",
    "support_out",
    "accounts",
    "no_account",
    "unused",
    "channel",
    "corporate",
    "unassigned",
    "difference",
]


def published_run() -> Run | None:
    """The run that stands behind every page; None before the first one is published."""
    publication = Publication.objects.select_related("run__cost_model").first()
    if publication is None:
        return None
    publication.run.put_up_at = publication.published_at
    return publication.run


def earlier_run(run: Run) -> Run | None:
    """The run that stood behind every page until this one first did. One that was published before runs knew which
    run they follow has the one published last before it."""
    if run.follows_id:
        return Run.objects.select_related("cost_model").get(pk=run.follows_id)
    earlier = Run.objects.select_related("cost_model").filter(published_at__lt=run.published_at)
    return earlier.order_by("-published_at", "-pk").first()


@dataclass(frozen=True)
class BalanceRow:
    """Where the cost of one pool went over the window of a run."""

    pool: str
    amounts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """As they are printed: amounts have the decimals of the currency."""
        return [self.pool, *(f"{self.amounts[name]:,f}" for name in BALANCE)]


@dataclass(frozen=True)
class Balance:
    rows: list[BalanceRow]
    total: BalanceRow

    @property
    def names(self) -> list[str]:
        return ["pool", *BALANCE]

    def as_json(self) -> dict:
        rows = [{"pool": row.pool, **row.amounts} for row in self.rows]
        return {"rows": rows, "total": self.total.amounts}


def balance_of(run: Run) -> Balance:
    """The balance of a run, pool by pool, in the order of the cost model."""
    sums = {name: Sum(name) for name in BALANCE}
    found = {
        row["pool"]: {name: row[f"sum_{name}"] for name in BALANCE}
        for row in PoolBalance.objects.filter(run=run)
        .values("pool")
        .annotate(**{f"sum_{name}": total for name, total in sums.items()})
    }
    order = [pool["code"] for pool in run.cost_model.document["pools"]] if run.cost_model else []
    rows = [BalanceRow(code, found[code]) for code in order if code in found]
    zero = Decimal(0).scaleb(-settings.CURRENCY_DIGITS)
    total = {name: sum((row.amounts[name] for row in rows), zero) for name in BALANCE}
    return Balance(rows, BalanceRow(_("Total"), total))


def first_orders() -> dict[int, str]:
    """The day of each account's first order line, as ISO text."""
    rows = OrderLine.objects.current().filter(account__isnull=False).order_by().values("account_id")
    found = rows.annotate(first=Min("ordered_on")).values_list("account_id", "first")
    return {account: str(day) for account, day in found}
