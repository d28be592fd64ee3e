"""What the peers of an account have by a measure: the accounts of its segment that the reader sees."""

from collections.abc import Collection
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import F, QuerySet

from accounts.permissions import Permission, may
from profitability.models import Result, Run
from relationships.plans.measures import MEASURES, PROFIT, may_read, rounded
from relationships.queries import rests_on_profit

FEWEST = 5  # a median over fewer would give one of them away
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


def medians(user, run: Run | None, account, codes: Collection[str] = tuple(MEASURES)) -> dict[str, Decimal]:
    """The median of each of these measures over the active accounts of the same segment that the reader sees, itself
    left out; nothing where there are fewer than five with a value, nor of what he may not read. One query."""
    readable = [code for code in codes if may_read(user, code)]
    if run is None or not account.segment or not readable:
        return {}
    rows = list(_rows(Result.objects.in_run(run).visible_to(user), account, _columns(user, readable)))
    found = {code: _values(user, rows, code) for code in readable}
    return {code: _median(code, values) for code, values in found.items() if len(values) >= FEWEST}


def _columns(user, codes: Collection[str]) -> set[str]:
    names = {name for code in codes for name in COLUMNS.get(code, (code,))}
    withholds = "relationship_strength" in names and not may(user, Permission.SEE_PROFITABILITY)
    return names | {"scores"} if withholds else names


def _rows(seen: QuerySet[Result], account, names: set[str]) -> QuerySet[Result, Any]:
    """Tuples with names: thousands of peers are read, few columns of each."""
    peers = seen.filter(account__segment=account.segment, is_active=True).exclude(account=account)
    peers = peers.annotate(**{name: column for name, column in OF_POSITION.items() if name in names})
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
