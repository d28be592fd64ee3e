"""The rank and class of an account by net revenue, as one reader may see them."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import Ranking, Result, Run
from profitability.standings import ranking

LABELS = {"revenue_rank": gettext_lazy("Rank by net revenue"), "revenue_class": gettext_lazy("Class")}
FORMULAS = {
    "revenue_rank": gettext_lazy("accounts with activity in the window by net revenue, the largest first"),
    "revenue_class": gettext_lazy(
        "by net revenue, the largest first: A while less than 80 % of the sum of all accounts comes before, B while "
        "less than 95 %, C the rest; N without revenue"
    ),
}


@dataclass(frozen=True)
class Neighbour:
    """An account next to it in the order."""

    code: str
    name: str
    rank: int
    value: Decimal


@dataclass(frozen=True)
class Placed:
    """Where an account stands. Rank and count are those in the company, or among the accounts the reader sees; the
    shares are told to readers of company figures only."""

    figure: str
    label: str
    formula: str
    net_revenue: Decimal
    rank: int | None
    count: int
    abc_class: str
    of_company: bool
    share: Decimal | None
    before: Decimal | None  # share of the positive sum that comes before it
    neighbours: list[Neighbour]


def placed(run: Run, account: Account, figure: str, user) -> Placed | None:
    """The place of an account by net revenue; None where the run has nothing of it."""
    result = Result.objects.in_run(run).filter(account=account).first()
    if result is None:
        return None
    rows = ranking(run, "revenue", user).order_by("rank")
    ladder = list(rows.values_list("account_id", "place", "code", "account__name", "value"))
    at = next((number for number, row in enumerate(ladder) if row[0] == account.pk), None)
    of_company = may(user, Permission.SEE_COMPANY_FIGURES)
    own = Ranking.objects.in_run(run).filter(measure="revenue", account=account).first() if of_company else None
    return Placed(
        figure,
        LABELS[figure],
        FORMULAS[figure],
        result.net_revenue,
        None if at is None else ladder[at][1],
        len(ladder),
        result.revenue_class,
        of_company,
        own and own.share,
        before_of(own),
        [] if at is None else [neighbour(row) for row in ladder[max(at - 2, 0) : at + 3]],
    )


def before_of(own: Ranking | None) -> Decimal | None:
    if own is None or own.cumulative_share is None:
        return None
    return own.cumulative_share - max(own.share, Decimal(0))


def neighbour(row: tuple) -> Neighbour:
    _account, place, code, name, value = row
    return Neighbour(code, name, place, Decimal(value).scaleb(-settings.CURRENCY_DIGITS))
