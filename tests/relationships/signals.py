"""What tests of signals share: people, accounts, and days around a made-up today."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Account, Decision
from relationships.models import Plan, Signal, Touchpoint

TODAY = date(2026, 3, 20)  # the published run of the made-up portfolio ends with February 2026


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def admit(portfolio, *codes: str, days: int = 300) -> None:
    """Make them key accounts."""
    for code in codes:
        Decision.objects.create(
            account=portfolio.accounts[code], outcome="admit", reason="Grows", proposed_on=ago(days),
            proposed_by=portfolio.user("manager"), state="approved", decided_on=ago(days),
            decided_by=portfolio.user("executive"), review_on=TODAY + timedelta(days=300),
        )  # fmt: skip


def a_plan(portfolio, code: str, **fields) -> Plan:
    plan = Plan.objects.create(
        account=portfolio.accounts[code], from_on=ago(200), until_on=TODAY + timedelta(days=900),
        created_by=portfolio.user("manager"), **fields,
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(created_at=timezone.now().replace(year=2025, month=1, day=1))
    return plan


def touch(portfolio, code: str, days: int, *contacts) -> Touchpoint:
    made = Touchpoint.objects.create(
        account=portfolio.accounts[code], held_on=ago(days), logged_by=portfolio.user("manager")
    )
    made.contacts.set(contacts)
    return made


def a_signal(account: Account | None, key: str = "test", **fields) -> Signal:
    """One that is open since yesterday."""
    given = {"kind": "no_plan", "facts": {"box": "strategic", "on": "2025-05-01", "size": "1"}} | fields
    given |= {"since_on": ago(1), "seen_on": ago(1), "weight": fields.get("weight", Decimal(1))}
    owner = account.manager if account else None
    return Signal.objects.create(account=account, key=key, **({"owner": owner} | given))


def open_keys() -> set[str]:
    return set(Signal.objects.filter(state="open").values_list("key", flat=True))
