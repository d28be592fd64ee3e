"""From the contribution of all accounts to the result of the company, as a run balances it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from profitability.models import MonthResult, PoolBalance, Run
from profitability.pnl.statements import ZERO

BORNE_BY_NOBODY = ("unused", "channel", "corporate", "unassigned")


@dataclass(frozen=True)
class Company:
    """What the accounts contribute, what sales without an account do, and what each kind of cost that no account bears
    takes away, in the order of BORNE_BY_NOBODY."""

    contribution: Decimal
    no_account: Decimal
    costs: dict[str, Decimal]

    @property
    def result(self) -> Decimal:
        """Gross margin of the whole ledger less the cost of all pools."""
        return self.contribution + self.no_account - sum(self.costs.values(), ZERO)


def company_of(run: Run, months: Sequence[int], contribution: Decimal) -> Company:
    """Over these months of the run, of whose accounts `contribution` is the sum."""
    sums = {name: Sum(name, default=ZERO) for name in BORNE_BY_NOBODY}
    pools = PoolBalance.objects.filter(run=run, attempt=run.attempts, month__in=months)
    others = MonthResult.objects.in_run(run).filter(account=None, month__in=months)
    left = others.aggregate(left=Sum("contribution", default=ZERO))["left"]
    return Company(contribution, left, pools.aggregate(**sums))
