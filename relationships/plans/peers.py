"""What the peers of an account have by a measure, as of the reader: the other accounts of its segment in the company
for whoever sees company figures, else those that he sees himself. So it is shown to each, and kept nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import F, QuerySet

from accounts.permissions import Permission, may
from profitability.models import Result, Run
from profitability.pnl.peers import FEWEST, is_company, others
from profitability.pnl.statements import family_of
from relationships.plans.measures import MEASURES, PROFIT, may_read, rounded
from relationships.queries import rests_on_profit

OF_POSITION = {  # of the relationship, beside the columns of the result
    "relationship_strength": F("position__relationship_strength"),
    "stage": F("position__stage"),
    "scores": F("position__scores"),
}
COLUMNS = {
    "gross_margin_share": ("gross_margin", "net_revenue"),
    "contribution_margin": ("contribution", "net_revenue"),
    "cost_to_serve_share": ("cost_to_serve", "net_revenue"),
    "discount_share": ("discount_amount", "list_amount"),
    "return_share": ("return_amount", "list_amount"),
    "average_order_value": ("net_revenue", "orders"),
    "breadth": ("products",),
}  # the others are read from the column of their own name
PLAN_PAGE = ("net_revenue", "contribution", "cost_to_serve_share", "gross_margin", "share_of_wallet")


@dataclass(frozen=True)
class Typical:
    """The median of a measure over so many peers that have a value; `is_company`: of all of them, not only of those
    that the reader sees."""

    value: Decimal
    count: int
    is_company: bool


def medians(user, run: Run | None, account, codes: Collection[str] = tuple(MEASURES)) -> dict[str, Typical]:
    """The median of each of these measures over the active peers of the account; nothing where there are fewer than
    five with a value, nor of what the reader may not read. One query beside those of the family."""
    readable = [code for code in codes if may_read(user, code)]
    if run is None or not account.segment or not readable:
        return {}
    peers = others(Result.objects.in_run(run), user, account, family_of(user, account))
    rows = list(_rows(peers, _columns(user, readable)))
    found, company = {code: _values(user, rows, code) for code in readable}, is_company(user)
    enough = {code: values for code, values in found.items() if len(values) >= FEWEST}
    return {code: Typical(_median(code, values), len(values), company) for code, values in enough.items()}


def _columns(user, codes: Collection[str]) -> set[str]:
    names = {name for code in codes for name in COLUMNS.get(code, (code,))}
    withholds = "relationship_strength" in names and not may(user, Permission.SEE_PROFITABILITY)
    return names | {"scores"} if withholds else names


def _rows(peers: QuerySet[Result], names: set[str]) -> QuerySet[Result, Any]:
    """Tuples with names: thousands of peers are read, few columns of each."""
    peers = peers.filter(is_active=True).annotate(
        **{name: column for name, column in OF_POSITION.items() if name in names}
    )
    return peers.order_by().values_list(*sorted(names), named=True)


def _values(user, rows: list, code: str) -> list[Decimal]:
    of = MEASURES[code].of
    if code == "relationship_strength" and not may(user, PROFIT):
        rows = [row for row in rows if not row.scores or not rests_on_profit(row, "relationship")]
    return [value for row in rows if (value := of(row, row)) is not None]


def _median(code: str, values: list[Decimal]) -> Decimal:
    """Of the values as they are shown: rounding keeps their order, so only those in the middle need it."""
    values.sort()
    half = len(values) // 2
    middle = values[half : half + 1] if len(values) % 2 else values[half - 1 : half + 1]
    return rounded(code, median(rounded(code, value) for value in middle))
