"""How a run closes: where each pool's cost went, how its capacity was used, and what changed since the run before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profitability.models import PoolBalance, Result, Run
from profitability.queries import BALANCE, balance_of

SPLIT = ("accounts", "no_account", "support_out", "unused", "channel", "corporate", "unassigned")
BAR = 1000  # units of a bar's width
AMOUNTS = {
    "list_amount": gettext_lazy("List sales"),
    "discount_amount": gettext_lazy("Discounts"),
    "return_amount": gettext_lazy("Returns"),
    "net_revenue": gettext_lazy("Net revenue"),
    "cost_amount": gettext_lazy("Cost of goods"),
    "freight_amount": gettext_lazy("Freight"),
    "gross_margin": gettext_lazy("Gross margin"),
    "cost_to_serve": gettext_lazy("Cost to serve"),
    "contribution": gettext_lazy("Contribution"),
}
DERIVED = {"gross_margin", "cost_to_serve", "contribution"}  # from the others, and from costs
INPUTS = {
    "accounts": gettext_lazy("the customer master"),
    "ledger": gettext_lazy("the ledger"),
    "breadth": gettext_lazy("the products bought"),
    "earlier": gettext_lazy("the sales of the window before"),
    "costs": gettext_lazy("resource costs"),
    "minutes": gettext_lazy("practical minutes"),
    "model": gettext_lazy("the cost model"),
    "window": gettext_lazy("the window"),
    "criteria": gettext_lazy("the criteria"),
    "ratings": gettext_lazy("the ratings"),
}


@dataclass(frozen=True)
class Segment:
    """A piece of a bar: where the money went, and from where to where it is drawn."""

    kind: str
    start: int
    width: int


@dataclass(frozen=True)
class PoolRow:
    """Where the cost of one pool went, or of all of them."""

    code: str
    name: str
    cells: list[tuple[str, Decimal]]  # in the order of BALANCE
    segments: list[Segment]

    @property
    def difference(self) -> Decimal:
        return dict(self.cells)["difference"]


@dataclass(frozen=True)
class Capacity:
    """How much of a pool's practical time was used over the window, and what the rest cost."""

    code: str
    name: str
    practical_minutes: Decimal
    used_minutes: Decimal
    cost: Decimal
    unused: Decimal
    overused_months: int

    @property
    def utilisation(self) -> Decimal | None:
        return self.used_minutes / self.practical_minutes if self.practical_minutes else None

    @property
    def is_overused(self) -> bool:
        return self.overused_months > 0


@dataclass(frozen=True)
class AmountRow:
    """One amount of the order lines: with accounts, without, and in all."""

    label: str
    accounts: Decimal
    no_account: Decimal
    column: str = ""  # where order lines of their own are behind it

    @property
    def total(self) -> Decimal:
        return self.accounts + self.no_account


def pool_names(run: Run) -> dict[str, str]:
    """Names of the pools of the run's cost model."""
    pools = run.cost_model.document["pools"] if run.cost_model else []
    return {pool["code"]: pool.get("name") or pool["code"] for pool in pools}


def pool_rows(run: Run) -> list[PoolRow]:
    """A row for each pool and one for all of them, the total last; empty without pools."""
    balance, names = balance_of(run), pool_names(run)
    rows = [_pool_row(row.pool, names[row.pool], row.amounts) for row in balance.rows]
    return [*rows, _pool_row("", _("Total"), balance.total.amounts)] if rows else []


def _pool_row(code: str, name: str, amounts: dict[str, Decimal]) -> PoolRow:
    return PoolRow(code, name, [(key, amounts[key]) for key in BALANCE], list(segments(amounts)))


def segments(amounts: dict[str, Decimal]) -> Iterator[Segment]:
    """The split of a pool as pieces of a bar. What is below zero (an overused pool) has no length."""
    parts = [(kind, max(amounts[kind], Decimal(0))) for kind in SPLIT]
    whole, reached = sum(part for _kind, part in parts), Decimal(0)
    for kind, part in parts:
        if part:
            start, end = (int(BAR * at / whole) for at in (reached, reached + part))
            yield Segment(kind, start, max(end - start, 1))
        reached += part


def pool_months(run: Run, pool: str) -> list[tuple[int, list[tuple[str, Decimal]]]]:
    """One pool month by month."""
    rows = PoolBalance.objects.filter(run=run, pool=pool).order_by("month")
    return [(row.month, [(key, getattr(row, key)) for key in BALANCE]) for row in rows]


def capacities(run: Run) -> list[Capacity]:
    """The pools that are consumed by time, in the order of the cost model."""
    names = pool_names(run)
    rows = (
        PoolBalance.objects.filter(run=run, practical_minutes__isnull=False)
        .values("pool")
        .annotate(
            practical=Sum("practical_minutes"),
            used=Sum("used_minutes"),
            sum_unused=Sum("unused"),
            own=Sum("input"),
            taken=Sum("support_in"),
            given=Sum("support_out"),
        )
    )
    overused = _overused_months(run)
    found = {
        row["pool"]: Capacity(
            code=row["pool"],
            name=names.get(row["pool"], row["pool"]),
            practical_minutes=row["practical"],
            used_minutes=row["used"],
            cost=row["own"] + row["taken"] - row["given"],
            unused=row["sum_unused"],
            overused_months=overused.get(row["pool"], 0),
        )
        for row in rows
    }
    return [found[code] for code in names if code in found]


def _overused_months(run: Run) -> dict[str, int]:
    rows = PoolBalance.objects.filter(run=run, practical_minutes__gt=0, used_minutes__gt=F("practical_minutes"))
    found: dict[str, int] = {}
    for pool in rows.values_list("pool", flat=True):
        found[pool] = found.get(pool, 0) + 1
    return found


def amount_rows(run: Run) -> list[AmountRow]:
    """Amounts of the order lines and what was made of them: accounts and no account give the total."""
    sums = {f"on_{name}": Sum(name, filter=Q(account__isnull=False), default=0) for name in AMOUNTS}
    sums |= {f"off_{name}": Sum(name, filter=Q(account__isnull=True), default=0) for name in AMOUNTS}
    found = Result.objects.in_run(run).aggregate(**sums)
    zero = Decimal(0)
    return [
        AmountRow(
            label=str(label),
            accounts=found[f"on_{name}"] or zero,
            no_account=found[f"off_{name}"] or zero,
            column="" if name in DERIVED else name,
        )
        for name, label in AMOUNTS.items()
    ]


def changed_inputs(run: Run, earlier: Run | None) -> list[str] | None:
    """Which inputs are other than in the run before, in words; None where one of them names no inputs."""
    if earlier is None or not run.inputs or not earlier.inputs:
        return None
    return list(_changed(run.inputs, earlier.inputs))


def _changed(now: dict[str, str], before: dict[str, str]) -> Iterable[str]:
    known = [name for name in INPUTS if name in now or name in before]
    others = sorted((set(now) | set(before)) - set(INPUTS))
    return (str(INPUTS.get(name, name)) for name in [*known, *others] if now.get(name) != before.get(name))
