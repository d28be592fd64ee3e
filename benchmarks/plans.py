"""Key account plans for the largest accounts of the large portfolio, with what fills dashboards. Not measured."""

import os
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Account, Decision, User
from profitability.models import Publication, Result
from relationships.models import (
    Action,
    Contact,
    Objective,
    Plan,
    PlanSection,
    Review,
    Touchpoint,
)
from relationships.signals import recompute as signals

PLANS = int(os.environ.get("BENCH_PLANS") or 500)
ACTIONS, OBJECTIVES, TOUCHPOINTS, CONTACTS = 8, 3, 12, 6  # of each plan
SECTIONS = ("purpose", "objectives", "actions", "needs", "swot", "risks")
MEASURES = ("net_revenue", "contribution", "cost_to_serve_share")


def plans() -> None:
    """Decide on the largest accounts, and plan for them."""
    today, boss = timezone.localdate(), User.objects.filter(role="executive").order_by("pk").first()
    run = Publication.objects.get().run
    largest = Result.objects.in_run(run).filter(account__isnull=False).order_by("-net_revenue", "code")[:PLANS]
    accounts = list(Account.objects.filter(pk__in=[row.account_id for row in largest]).order_by("pk"))
    Decision.objects.bulk_create(decision(account, boss, today) for account in accounts)
    found = Plan.objects.bulk_create(plan(account, boss, place, today) for place, account in enumerate(accounts))
    fill(found, today)


def decision(account: Account, boss: User, today) -> Decision:
    return Decision(
        account=account, outcome="admit", state="approved", reason="Large", proposed_on=today - timedelta(days=400),
        proposed_by=account.manager or boss, decided_on=today - timedelta(days=400), decided_by=boss,
        review_on=today + timedelta(days=90),
    )  # fmt: skip


def plan(account: Account, boss: User, place: int, today) -> Plan:
    return Plan(
        account=account, purpose="Grow with them", state=Plan.State.values[place % 3],
        visibility=Plan.Visibility.values[0 if place % 5 else 1], from_on=today - timedelta(days=200),
        until_on=today + timedelta(days=900), reviewed_on=today - timedelta(days=place % 300),
        created_by=account.manager or boss,
    )  # fmt: skip


def fill(found: list[Plan], today) -> None:
    now = timezone.now()
    PlanSection.objects.bulk_create(
        PlanSection(plan=each, section=name, entries=2, changed_at=now - timedelta(days=each.pk % 200))
        for each in found
        for name in SECTIONS
    )
    Objective.objects.bulk_create(
        Objective(
            plan=each, text=f"Objective {number}", measure=MEASURES[number], baseline=Decimal(1), target=Decimal(2),
            from_on=today - timedelta(days=200), until_on=today + timedelta(days=200), owner=each.account.manager,
        )
        for each in found
        for number in range(OBJECTIVES)
    )  # fmt: skip
    Action.objects.bulk_create(action(each, number, today) for each in found for number in range(ACTIONS))
    Review.objects.bulk_create(Review(plan=each, due_on=today + timedelta(days=each.pk % 120 - 20)) for each in found)
    Contact.objects.bulk_create(
        Contact(account=each.account, name=f"Contact {number}", level=number % 5 + 1, influence=5)
        for each in found
        for number in range(CONTACTS)
    )
    Touchpoint.objects.bulk_create(
        Touchpoint(
            account=each.account, held_on=today - timedelta(days=30 * number + each.pk % 30), minutes=45,
            subject="Visit", logged_by=each.created_by,
        )
        for each in found
        for number in range(TOUCHPOINTS)
    )  # fmt: skip
    signals.recompute(today)


def action(each: Plan, number: int, today) -> Action:
    done = number % 3 == 0
    return Action(
        account=each.account, plan=each, text=f"Action {number}", owner=each.account.manager,
        due_on=today + timedelta(days=10 * number - 20), state=Action.State.DONE if done else Action.State.TO_DO,
        done_on=today if done else None, place=number,
    )  # fmt: skip
