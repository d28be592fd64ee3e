"""A plan to review: with something open of each kind."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from relationships.models import Action, Complaint, Contact, Contract, Objective, Plan, Review, Signal

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def a_plan(portfolio, code: str = "N1", **fields) -> Plan:
    years = {"from_on": date(2025, 1, 1), "until_on": date(2027, 12, 31)}
    return Plan.objects.create(
        account=portfolio.accounts[code], created_by=portfolio.user("manager"), **(years | fields)
    )


def a_review(plan: Plan, kind: str = "joint", **fields) -> Review:
    return Review.objects.create(plan=plan, kind=kind, **({"due_on": TODAY} | fields))


def open_things(portfolio, plan: Plan) -> dict:
    """One of each: a contact, our action and a joint one, an objective on profit, a complaint, a contract, a signal."""
    account, manager = plan.account, portfolio.user("manager")
    contact = Contact.objects.create(account=account, name="Dana Buyer", title="Head of purchasing", level=3)
    own = {"account": account, "plan": plan, "owner": manager, "created_by": manager}
    return {
        "contact": contact,
        "ours": Action.objects.create(text="Send the offer", due_on=TODAY - 5 * DAY, **own),
        "joint": Action.objects.create(text="Share the forecast", due_on=TODAY, customer_owner=contact, **own),
        "objective": Objective.objects.create(
            plan=plan, text="Earn more", measure="contribution", baseline=Decimal(50_000), target=Decimal(200_000),
            from_on=date(2025, 1, 1), until_on=date(2026, 4, 30),
        ),
        "complaint": Complaint.objects.create(
            account=account, text="Helmets broken", received_on=TODAY - 9 * DAY, logged_by=manager
        ),
        "contract": Contract.objects.create(
            account=account, name="Supply 2024", from_on=date(2024, 5, 1), until_on=date(2026, 4, 30),
            created_by=manager,
        ),
        "signal": Signal.objects.create(
            kind="unprofitable", account=account, key="unprofitable:N1", tells_profit=True, since_on=TODAY,
            seen_on=TODAY, facts={"loss": "1.00", "cause": "margin", "months": [202601, 202602]},
        ),
    }  # fmt: skip


def held(plan: Plan, day: date, run=None, **fields) -> Review:
    kept = {"state": Review.State.HELD, "due_on": day, "held_on": day, "run": run, "closed_at": timezone.now()}
    return Review.objects.create(plan=plan, **({"kind": "joint"} | kept | fields))
