"""If we lost a customer: the contribution that goes, the costs that stay, and the people with nothing to do.

What the customer's activities used becomes unused capacity: it is paid until whole people leave, so profit falls by the
customer's contribution and by what serving it cost.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from accounts.models import Account
from profitability.core.levers import Levers, WhatIf
from profitability.core.months import months_between
from profitability.models import Result, Run
from profitability.pnl.statements import family_of

ZERO = Decimal(0)


@dataclass(frozen=True)
class IdlePool:
    """What the loss leaves unused in one pool. `people`: as many as these minutes take, `leaving`: whole ones of them;
    minutes and people are None of a pool not consumed by time."""

    name: str
    usage: Decimal
    minutes: Decimal | None
    people: Decimal | None
    leaving: int
    cash: Decimal


@dataclass(frozen=True)
class Loss:
    """What goes with a customer. `stays`: its cost to serve, which is paid on."""

    account: Account
    accounts: int
    net_revenue: Decimal
    contribution: Decimal
    stays: Decimal
    whole: Decimal  # contribution of all accounts
    pools: list[IdlePool]

    @property
    def falls(self) -> Decimal:
        """By how much profit falls before anybody leaves."""
        return self.contribution + self.stays

    @property
    def without(self) -> Decimal:
        """Contribution of the other accounts, less the costs that stay."""
        return self.whole - self.falls

    @property
    def people(self) -> Decimal:
        """How many people have nothing to do, pool by pool and together; parts of people count as such."""
        return sum((pool.people for pool in self.pools if pool.people), ZERO)

    @property
    def leaving(self) -> int:
        """Whole people of a pool, who can leave."""
        return sum(pool.leaving for pool in self.pools)

    @property
    def untimed(self) -> Decimal:
        """What is left unused in pools that are not consumed by time."""
        return sum((pool.usage for pool in self.pools if pool.minutes is None), ZERO)

    @property
    def cash(self) -> Decimal:
        """What these people cost over the window."""
        return sum((pool.cash for pool in self.pools), ZERO)


def results_of(user, run: Run, account: Account, alone: bool) -> QuerySet[Result]:
    """The active results of the account with those under it, or of the account alone."""
    family = Account.objects.filter(pk=account.pk) if alone else family_of(user, account)
    rows = Result.objects.in_run(run).visible_to(user).filter(is_active=True)
    return rows.filter(account__in=family.order_by().values("pk"))


def loss_of(user, run: Run, account: Account, alone: bool = False) -> Loss | None:
    """What goes with this customer; None where it had no activity. Raises NotPrepared as any what-if of very many
    accounts."""
    from kam_portal.whatif.study import Study

    rows = results_of(user, run, account, alone)
    count = rows.count()
    if not count:
        return None
    found = rows.aggregate(*(Sum(name) for name in ("net_revenue", "contribution", "cost_to_serve")))
    whole = Result.objects.in_run(run).of_accounts().aggregate(whole=Sum("contribution"))["whole"]
    months = len(months_between(run.month_from, run.month_to))
    study = Study(user, run, rows, WhatIf(levers=Levers(drop=True)))
    return Loss(
        account=account,
        accounts=count,
        net_revenue=found["net_revenue__sum"],
        contribution=found["contribution__sum"],
        stays=found["cost_to_serve__sum"],
        whole=whole,
        pools=[idle(line, study.valuation.person_minutes * months) for line in study.capacity() if line.usage],
    )


def idle(line, each: Decimal) -> IdlePool:
    """`each`: the practical minutes of one person over the window."""
    people = line.saved_minutes / each if line.saved_minutes is not None and each else None
    return IdlePool(line.name, line.usage, line.saved_minutes, people, line.released or 0, line.cash or ZERO)
