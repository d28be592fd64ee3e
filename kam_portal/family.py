"""An account together with the accounts under it that a reader sees: the same figures as of one account."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Account
from profitability.activities import added
from profitability.core.cost_model import PHASES
from profitability.models import MonthResult, Result, Run
from profitability.pnl.statements import PROFIT, SALES, family_of
from relationships.queries import portfolio

AMOUNTS = (*SALES, *PROFIT)
ZERO = Decimal(0).scaleb(-settings.CURRENCY_DIGITS)
OWN, ALL = "own", "family"  # the scope in the address; that of the statement of the account is “own” too


@dataclass(frozen=True)
class Family:
    """The results of an account and of those under it in one run, the largest first."""

    run: Run
    account: Account
    results: Sequence[Result]

    @property
    def under(self) -> int:
        return sum(result.account_id != self.account.pk for result in self.results)

    @property
    def together(self) -> Result:
        """The sum of the results, as if it were that of one account."""
        names = (*AMOUNTS, *PHASES)
        sums = {name: sum((getattr(result, name) for result in self.results), ZERO) for name in names}
        is_active = any(result.is_active for result in self.results)
        return Result(run=self.run, account=self.account, code=self.account.code, is_active=is_active, **sums)

    def months(self) -> list[MonthResult]:
        """The sum of the months, one for each month in which one of the accounts had any."""
        accounts = [result.account_id for result in self.results]
        found = defaultdict(list)
        for row in MonthResult.objects.in_run(self.run).filter(account__in=accounts).order_by("month"):
            found[row.month].append(row)
        return [self._month(month, rows) for month, rows in found.items()]

    def _month(self, month: int, rows: list[MonthResult]) -> MonthResult:
        sums = {name: sum((getattr(row, name) for row in rows), ZERO) for name in AMOUNTS}
        documents = {name: dict(added(getattr(row, name) for row in rows)) for name in ("measures", "costs")}
        return MonthResult(run=self.run, account=self.account, month=month, **sums, **documents)


def family_in(run: Run, user, account: Account) -> Family:
    """The family as far down as the reader sees it; of a single account, that account."""
    rows = portfolio(user, run).filter(account__in=family_of(user, account).order_by().values("pk"))
    return Family(run, account, list(rows.order_by("-net_revenue", "code")))


def is_alone(query: QueryDict, family: Family, own: Result | None) -> bool:
    """Whether the address asks for the account alone. Unless it says which, an account with figures of its own is
    shown as lists, ranks and trails speak of it, and a group without any with those under it."""
    asked = query.get("scope")
    if own is None or not family.under:
        return own is not None
    return asked == OWN or (asked != ALL and own.is_active)


def scopes(query: QueryDict, alone: bool) -> list[tuple[str, str, bool]]:
    """Both addresses: with the accounts under it, and alone."""
    return [
        (_("With the accounts under it"), address(query, ALL), not alone),
        (_("Alone"), address(query, OWN), alone),
    ]


def address(query: QueryDict, scope: str) -> str:
    changed = query.copy()
    changed["scope"] = scope
    return f"?{changed.urlencode()}"
