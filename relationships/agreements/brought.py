"""What customers did for us with others, and what it brought: the net revenue of the accounts that came of it."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import Result, Run
from relationships.models import Advocacy


@dataclass(frozen=True)
class Brought:
    """One deed. The figures are those of the account it brought, in the run; None where the reader sees no such."""

    row: Advocacy
    account: Account | None
    net_revenue: Decimal | None
    contribution: Decimal | None


def brought(user, rows: list[Advocacy], run: Run | None) -> list[Brought]:
    """Each deed with the figures of the account it brought, as far as the reader sees that account; in two queries."""
    wanted = {row.brought_account_id for row in rows if row.brought_account_id}
    seen = {each.pk: each for each in Account.objects.visible_to(user).filter(pk__in=wanted)}
    results = {each.account_id: each for each in Result.objects.in_run(run).filter(account__in=seen)} if run else {}
    profit = may(user, Permission.SEE_PROFITABILITY)
    return [told(row, seen.get(row.brought_account_id), results.get(row.brought_account_id), profit) for row in rows]


def told(row: Advocacy, account: Account | None, result: Result | None, profit: bool) -> Brought:
    return Brought(
        row,
        account,
        result.net_revenue if result else None,
        result.contribution if result and profit else None,
    )


def together(found: list[Brought]) -> dict[str, Decimal | None]:
    """What they brought in all; an account that several speak of counts once."""
    known = {each.account.pk: each for each in found if each.account and each.net_revenue is not None}
    profits = [each.contribution for each in known.values() if each.contribution is not None]
    return {
        "accounts": len(known),
        "net_revenue": sum((each.net_revenue for each in known.values()), Decimal(0)) if known else None,
        "contribution": sum(profits, Decimal(0)) if profits else None,
    }
