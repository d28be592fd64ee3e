"""How an account compares with others of its segment: quartiles of what they keep of their net revenue."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from django.db.models import FloatField, QuerySet, Sum
from django.db.models.functions import Cast

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import MonthResult, Result, Run

FEWEST = 5  # quartiles over fewer would give single accounts away
COMPARED = ("discount_amount", "return_amount", "cost_amount", "freight_amount", "gross_margin")
COMPARED_PROFIT = (*COMPARED, "cost_to_serve", "contribution")


@dataclass(frozen=True)
class Peers:
    """Lower quartile, median and upper quartile by line, as shares of net revenue; `is_company`: over all accounts,
    not only over those the reader sees."""

    segment: str
    count: int
    quartiles: dict[str, tuple[float, float, float]]
    is_company: bool


def is_company(user) -> bool:
    """Whether this person's peers are those of the whole company, not only those that he sees."""
    return may(user, Permission.SEE_COMPANY_FIGURES)


def others(rows: QuerySet, user, account: Account, family: QuerySet[Account]) -> QuerySet:
    """Of the rows those of the peers: the accounts of the segment, without the account and those under it."""
    rows = rows.filter(account__segment=account.segment).exclude(account__in=family.order_by().values("pk"))
    return rows.of_accounts() if is_company(user) else rows.visible_to(user)


def peers_of(run: Run, user, account: Account, family: QuerySet[Account], months: Sequence[int]) -> Peers | None:
    """The other accounts of the segment with net revenue above zero in these months; None where they are too few.

    Quartiles are interpolated between neighbours (Hyndman & Fan 1996, type 7).
    """
    if not account.segment:
        return None
    names = COMPARED_PROFIT if may(user, Permission.SEE_PROFITABILITY) else COMPARED
    listed = list(shares_of(others(source_of(run, months).order_by(), user, account, family), names))
    if len(listed) < FEWEST:
        return None
    columns = zip(names, zip(*listed, strict=True), strict=True)
    found = {name: tuple(quantiles(shares, n=4, method="inclusive")) for name, shares in columns}
    return Peers(account.segment, len(listed), found, is_company(user))


def source_of(run: Run, months: Sequence[int]) -> QuerySet:
    """The results of the window, where it is the window that is asked for; else its months."""
    if (months[0], months[-1]) == (run.month_from, run.month_to):
        return Result.objects.in_run(run)
    return MonthResult.objects.in_run(run).filter(month__in=months)


def shares_of(rows: QuerySet, names: Sequence[str]) -> QuerySet:
    """For each account its amounts ÷ net revenue."""
    net = Cast(Sum("net_revenue"), FloatField())
    sums = {f"{name}_share": Cast(Sum(name), FloatField()) / net for name in names}
    found = rows.values("account").annotate(net=Sum("net_revenue")).filter(net__gt=0).annotate(**sums)
    return found.values_list(*sums)
