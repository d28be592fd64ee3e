"""A key account plan with something in every kind of section, for tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from relationships.models import Action, Investment, Need, Objective, Plan, PlanSection, Risk
from relationships.plans import editing, lifecycle
from relationships.plans.sections import SECTIONS

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def a_plan(portfolio, code: str = "N1", **fields) -> Plan:
    """By the account's manager, begun a month ago; its objective on contribution is behind, one action overdue."""
    account = portfolio.accounts[code]
    days = {"from_on": date(2026, 1, 1), "until_on": date(2028, 12, 31), "reviewed_on": date(2026, 3, 1)}
    said = {"account": account, "purpose": "Grow together", "created_by": account.manager}
    plan = Plan.objects.create(**(days | said | fields))
    Plan.objects.filter(pk=plan.pk).update(created_at=NOW - timedelta(days=30))
    span = {"from_on": date(2025, 1, 1), "until_on": date(2026, 12, 31)}
    Objective.objects.create(
        plan=plan, text="More contribution", measure="contribution", baseline=80_000, target=125_000, place=1, **span
    )
    Objective.objects.create(plan=plan, text="Open all shops", unit="shops", baseline=1, target=5, place=2, **span)
    Action.objects.create(plan=plan, account=account, text="Send the proposal", due_on=TODAY - timedelta(days=3))
    Need.objects.create(plan=plan, text="Parts within a day", place=1)
    Investment.objects.create(plan=plan, text="An engineer", expected_cost=5_000, expected_profit=Decimal("9000.50"))
    Risk.objects.create(plan=plan, text="A chain buys it", likelihood=3, impact=5)
    for section in SECTIONS:
        entries = 0 if section in ("swot", "competitors") else 1
        PlanSection.objects.create(plan=plan, section=section, entries=entries, changed_at=NOW - timedelta(days=20))
    return plan


LINES = {
    "objectives": [{"text": "A tenth fewer rush orders, each quarter"}, {"text": "Forecast within 15 % of orders"}],
    "actions": [{"text": f"Agree the weeks of delivery for season {number}"} for number in range(1, 8)],
    "needs": [
        {"text": f"Bikes sized from its own sell-out data, range {number}", "kind": kind}
        for number, kind in enumerate(("known", "unknown", "competitor", "personal", "known"))
    ],
    "swot": [
        {"text": f"We know each of its shop managers: {kind}", "kind": kind}
        for kind in ("strength", "weakness", "opportunity", "threat", "strength", "threat")
    ],
    "value": [
        {"text": f"Deliveries on its shelves the same day, shop {number}", "unit": "%", "today": "71", "target": "85"}
        for number in range(2)
    ],
    "competitors": [
        {"text": name, "wallet_share": "18 %", "strengths": "Payment after sale", "move": "A range for its shops alone"}
        for name in ("Velo Direct", "Northern Frames")
    ],
    "shortcomings": [{"text": "Returns take three weeks", "consequence": "Its bookkeeping asks"}] * 2,
    "benefits": [{"text": "Sell-out by shop", "direction": "received", "worth": "3300"}] * 3,
    "risks": [{"text": "The touring range is late again", "answer": "Ship the first hundred by air"}] * 2,
    "links": [{"text": "Range plan", "url": "https://documents.example/range-plan"}],
}


def a_full_plan(portfolio, code: str = "N1") -> Plan:
    """With as many lines as the plans of the demo have."""
    plan = a_plan(portfolio, code)
    for section, lines in LINES.items():
        for line in lines:
            added = editing.add(portfolio.user("manager"), plan, section, line)
            assert isinstance(added, editing.Saved), (section, added)
    return plan


def submitted(portfolio, plan: Plan, who: str = "manager", note: str = "") -> "lifecycle.PlanVersion":
    return lifecycle.submit(portfolio.user(who), plan, note, portfolio.run, NOW)


def approved(portfolio, plan: Plan) -> "lifecycle.PlanVersion":
    """Submitted by the manager, approved by the lead and an executive."""
    version = submitted(portfolio, plan)
    lifecycle.approve(portfolio.user("lead"), version, "", NOW)
    return lifecycle.approve(portfolio.user("executive"), version, "", NOW)
