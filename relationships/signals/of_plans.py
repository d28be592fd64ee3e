"""Causes in plans: stale ones, key accounts without one, actions overdue, reviews due."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from relationships.models import Action, Box, Plan
from relationships.reviews.cadence import of_box, rhythms
from relationships.reviews.due import WITH_CUSTOMER, to_come
from relationships.signals.watched import Found, Watch

NEEDS_A_PLAN = (Box.STRATEGIC, Box.STAR)  # whose guidance is to plan and to develop
A_MONTH = 30


def living():
    return Plan.objects.exclude(state=Plan.State.CLOSED)


def plan_stale(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """By the same rule as the pages of plans: see plans/standing.py. Two queries."""
    found = rhythms()
    rows = living().order_by("pk").values_list("pk", "account", "reviewed_on", "created_at")
    for plan, account, reviewed, created in rows:
        watched = watch.accounts[account]
        every = of_box(found, watched.box).stale_days
        on = reviewed or timezone.localdate(created)
        days = (watch.today - on).days
        if days <= every + limit:
            continue
        facts = {"on": on.isoformat(), "days": days, "every": every, "reviewed": reviewed is not None}
        periods = Decimal(days // max(every, 1))
        yield Found("plan_stale", f"stale:{plan}", facts, account, plan, weight=watched.weight, size=periods)


def no_plan(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """No query of its own."""
    for each in watch.key_accounts:
        if each.plan or each.box not in NEEDS_A_PLAN or (watch.today - each.admitted_on).days <= limit:
            continue
        facts = {"box": each.box, "on": each.admitted_on.isoformat()}
        yield Found("no_plan", f"no-plan:{each.pk}", facts, each.pk, weight=each.weight)


def action_overdue(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """One for all of an account, or of its plan, with the oldest by name: who may not see the plan does not see its
    actions. One query."""
    before = watch.today - timedelta(days=int(limit) - 1)
    rows = Action.objects.overdue(min(before, watch.today)).filter(account__in=list(watch.accounts))
    names = ("account", "plan", "text", "due_on", "owner__name")
    listed = defaultdict(list)
    for account, plan, *rest in rows.order_by("due_on", "pk").values_list(*names):
        listed[account, plan].append(rest)
    for (account, plan), found in listed.items():
        text, due, owner = found[0]
        facts = {
            "count": len(found),
            "text": text,
            "on": due.isoformat(),
            "days": (watch.today - due).days,
            "owner": owner or "",
            "planned": plan is not None,
        }
        yield Found(
            "action_overdue", f"actions:{account}:{plan or 0}", facts, account, plan,
            weight=watch.weight(account), size=Decimal(len(found)),
        )  # fmt: skip


def review_due(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """With the customer, planned or asked for by the cadence; those of the team alone are its own affair. Four
    queries."""
    until = watch.today + timedelta(days=int(limit))
    plans = list(living().select_related("account"))
    boxes = {account: each.box for account, each in watch.accounts.items()}
    for due in to_come(plans, boxes, rhythms()):
        if due.kind not in WITH_CUSTOMER or due.due_on > until:
            continue
        days, account = (due.due_on - watch.today).days, due.plan.account_id
        facts = {"on": due.due_on.isoformat(), "days": days, "planned": due.review is not None}
        key = f"review:{due.review.pk}" if due.review else f"review-of:{due.plan.pk}"
        size = Decimal(1 + max(-days, 0) // A_MONTH)
        yield Found("review_due", key, facts, account, due.plan.pk, weight=watch.weight(account), size=size)
