"""What stands in the sections of the demo's plans: lines of a theme, with figures of the account's runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from accounts.models import User
from kam_portal.demo.characters import random
from kam_portal.demo.plan_counts import per_order
from profitability.core.months import month_of, ordinal
from profitability.models import Run
from relationships.models import (
    Action,
    Benefit,
    Competitor,
    Contact,
    Investment,
    Need,
    Objective,
    ObjectiveReading,
    Plan,
    PlanEntry,
    PlanLink,
    Risk,
    Shortcoming,
    SwotPoint,
    ValueMetric,
)
from relationships.plans import measures

CONTENTS = Path(__file__).with_name("plans.yaml")
LEAST, MOST = 2, 6  # lines of a section
ACTIONS = 8  # of a plan
ELSEWHERE = Decimal("0.6")  # bought from others, where nobody knows how much
SOON, LATER, PAST = (1, 13), (20, 150), (10, 120)  # days
DAYS_OF_OLD_PLANS = 150  # after which a plan's objectives start from the year before


@cache
def themes() -> dict[str, dict[str, list[dict[str, Any]]]]:
    return yaml.safe_load(CONTENTS.read_text())


@dataclass(frozen=True)
class Pen:
    """Who fills one plan: its lines, how many of them, and how many actions are late."""

    plan: Plan
    theme: str
    filled: float
    late: int
    today: date

    @property
    def chance(self) -> Random:
        return random(f"plan:{self.plan.account.code}")

    def lines(self, section: str) -> list[dict[str, Any]]:
        """Some of the theme's lines, in its order; of a plan that is hardly begun, none of the last sections."""
        lines = themes()[self.theme][section]
        sections = list(themes()[self.theme])
        if sections.index(section) >= round(self.filled * len(sections)):
            return []
        chance = random(f"plan:{self.plan.account.code}:{section}")
        count = min(max(chance.randint(len(lines) - 2, len(lines)), LEAST), len(lines), MOST)
        chosen = set(chance.sample(range(len(lines)), count))
        return [line for place, line in enumerate(lines) if place in chosen]


@dataclass(frozen=True)
class Start:
    """Where the objectives of one plan start from: values of its account in a run, and the day that run ends with."""

    values: Mapping[str, Decimal]
    day: date
    wallet: Decimal | None = None  # our share of what the account buys, by now

    @property
    def sales(self) -> Decimal:
        return self.values.get("net_revenue", Decimal(0))

    @property
    def elsewhere(self) -> Decimal:
        """The share that the account buys from others."""
        return ELSEWHERE if self.wallet is None else max(1 - self.wallet, Decimal(0))


def start(plan: Plan, today: date) -> Start:
    """The run of the year before, if the plan was begun then and the account bought already; else a later one. What
    that one did not know yet is taken from the latest."""
    runs = list(Run.objects.filter(state__in=[Run.State.PUBLISHED, Run.State.SUPERSEDED]).order_by("month_to"))
    latest = measured(plan, runs[-1])
    old = (today - plan.from_on).days > DAYS_OF_OLD_PLANS
    for run in runs if old else runs[-1:]:
        values = measured(plan, run)
        if 2 * values.get("net_revenue", 0) >= latest.get("net_revenue", 0):
            break
    return Start({**latest, **values}, last_day(run.month_to), latest.get("share_of_wallet"))


def measured(plan: Plan, run: Run) -> Mapping[str, Decimal]:
    return measures.values([plan.account_id], run).get(plan.account_id, {})


def last_day(month: int) -> date:
    after = month_of(ordinal(month) + 1)
    return date(after // 100, after % 100, 1) - timedelta(days=1)


def fill(pen: Pen) -> None:
    """Write all sections, then the actions."""
    begin = start(pen.plan, pen.today)
    pen.plan.purpose = _purpose(pen)
    pen.plan.save(update_fields=["purpose"])
    _objectives(pen, begin)
    for section, (model, write) in SECTIONS.items():
        rows = [write(line, pen, begin) for line in pen.lines(section)]
        _store(model, rows, pen)
    _actions(pen)


def _purpose(pen: Pen) -> str:
    return pen.chance.choice(themes()[pen.theme]["purpose"]).format(name=pen.plan.account.name)


def _store(model: type[PlanEntry], rows: list[dict[str, Any]], pen: Pen) -> list[Any]:
    """The lines in their order, changed on some day since the plan was begun."""
    manager = pen.plan.account.manager
    entries = [model(plan=pen.plan, place=place, changed_by=manager, **row) for place, row in enumerate(rows, 1)]
    return model.objects.bulk_create(entries)


# Objectives


def _objectives(pen: Pen, begin: Start) -> None:
    lines = themes()[pen.theme]["objectives"]
    rows = _store(Objective, [_objective(line, pen, begin) for line in lines], pen)
    for line, objective in zip(lines, rows, strict=True):
        _read(objective, line, pen)


def _objective(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    measure = line.get("measure", "")
    baseline = begin.values.get(measure) if measure else _of_its_own(line, pen)
    target = line.get("target", line.get("to"))
    if "factor" in line:
        target = None if baseline is None else _goal(baseline, line["factor"])
    return {
        "text": line["text"],
        "measure": measure,
        "unit": line.get("unit", ""),
        "direction": "down" if measure == "cost_to_serve_share" else line.get("direction", "up"),
        "baseline": baseline,
        "baseline_on": begin.day if measure else pen.plan.from_on,
        "target": target,
        "benchmark": line.get("benchmark"),
        "benchmark_source": line.get("source", ""),
        "from_on": max(pen.plan.from_on, begin.day + timedelta(days=1)) if measure else pen.plan.from_on,
        "until_on": pen.plan.until_on,
        "owner": pen.plan.account.manager,
    }


def _goal(baseline: Decimal, factor: float) -> Decimal:
    """So many times as much, in whole hundreds or hundredths; where something is lost, a tenth of it is to be won."""
    goal = baseline * Decimal(str(factor)) if baseline > 0 else -baseline / 10
    return round(goal, 2 if abs(goal) < 1 else 0 if abs(goal) < 100 else -2)


def _of_its_own(line: dict[str, Any], pen: Pen) -> Decimal | None:
    """Where an own measure starts from: counted where the ledger knows it, else as it was said."""
    if "per_order" in line:
        return per_order(pen.plan.account, line["per_order"], pen.plan.from_on)
    return Decimal(line["from"])


def _read(objective: Objective, line: dict[str, Any], pen: Pen) -> None:
    """What was read each quarter; a plan that is young has its latest only."""
    quarters = max((pen.today - pen.plan.from_on).days // 91, 0)
    days = [pen.today - timedelta(days=12 + 91 * place) for place in range(quarters)]
    if "per_order" in line:
        counted = [per_order(pen.plan.account, line["per_order"], day) for day in days]
    else:
        counted = list(reversed(line.get("readings", [])))
    ObjectiveReading.objects.bulk_create(
        ObjectiveReading(objective=objective, value=value, read_on=day, read_by=pen.plan.account.manager)
        for day, value in zip(days, counted, strict=False)
        if value is not None
    )


# What else is written


def _money(share: float | None, begin: Start) -> int | None:
    """A share of the sales, in whole hundreds."""
    return None if share is None else max(round(float(begin.sales) * share / 100), 1) * 100


def _contact(line: dict[str, Any], pen: Pen) -> Contact | None:
    known = contacts(pen.plan) if line.get("contact") else []
    return pen.chance.choice(known) if known else None


def _need(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    return {
        "kind": line["kind"],
        "text": line["text"],
        "is_met": line.get("met", False),
        "contact": _contact(line, pen),
    }


def _value_metric(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    return {**line, "worth": _money(line["worth"], begin)}


def _as_it_is(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    return line


def _competitor(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    """Together with ours, no more than the whole."""
    row = {name: value for name, value in line.items() if name != "share"}
    return {**row, "wallet_share": round(Decimal(str(line["share"])) * begin.elsewhere, 2)}


def _shortcoming(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    return {**line, "cost": _money(line["cost"], begin)}


def _investment(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    """Of what was planned some has been spent; what it brings comes later than what it costs."""
    cost, profit = _money(line["cost"], begin), _money(line["profit"], begin)
    progress = line["progress"] if (pen.today - pen.plan.from_on).days > DAYS_OF_OLD_PLANS else 0
    return {
        "kind": line["kind"],
        "text": line["text"],
        "from_on": pen.plan.from_on,
        "until_on": pen.plan.from_on + timedelta(days=540),
        "expected_cost": cost,
        "expected_profit": profit,
        "actual_cost": round(cost * progress, -2) if progress else None,
        "actual_profit": round(profit * progress * 0.7, -2) if progress else None,
    }


def _benefit(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    return {**line, "worth": _money(line.get("worth"), begin)}


def _risk(line: dict[str, Any], pen: Pen, begin: Start) -> dict[str, Any]:
    return {**line, "owner": pen.plan.account.manager}


SECTIONS = {
    "needs": (Need, _need),
    "value": (ValueMetric, _value_metric),
    "swot": (SwotPoint, _as_it_is),
    "competitors": (Competitor, _competitor),
    "shortcomings": (Shortcoming, _shortcoming),
    "investments": (Investment, _investment),
    "benefits": (Benefit, _benefit),
    "risks": (Risk, _risk),
    "links": (PlanLink, _as_it_is),
}


# Actions


def _actions(pen: Pen) -> None:
    """Some late, one due today, some soon and later, some done; each of the younger ones waits for the one before."""
    lines = turned(themes()[pen.theme]["actions"], int(pen.plan.account.code[-3:]))[:ACTIONS]
    objectives = list(Objective.objects.filter(plan=pen.plan).order_by("place"))
    chance = pen.chance
    rows = [
        _action(line, moment, pen, chance.choice(objectives), chance)
        for line, moment in zip(lines, _moments(pen, len(lines)), strict=True)
    ]
    for place, row in enumerate(rows):
        row.place = place + 1
    stored = Action.objects.bulk_create(rows)
    waiting = [action for action in stored if action.state == Action.State.WAITING]
    for action in waiting[:1]:
        action.needs.add(*[other for other in stored if other.state == Action.State.DOING][:1])


def turned(lines: list[dict[str, Any]], by: int) -> list[dict[str, Any]]:
    """From another line on in each plan, so that not everyone does the same at the same time."""
    first = by % len(lines)
    return lines[first:] + lines[:first]


def _moments(pen: Pen, count: int) -> list[str]:
    """Where something is late, something is due today too."""
    first = ["late"] * pen.late + ["today"] * min(pen.late, 1) + ["soon", "done", "later", "done", "later"]
    return [*first, *["later"] * count][:count]


def _action(line: dict[str, Any], moment: str, pen: Pen, objective: Objective, chance: Random) -> Action:
    due = _due(moment, pen.today, chance)
    states = {"done": ["done"], "late": ["doing", "to_do"], "today": ["doing"], "soon": ["to_do", "waiting", "doing"]}
    state = chance.choice(states.get(moment, ["to_do"]))
    known = contacts(pen.plan)
    return Action(
        account=pen.plan.account,
        plan=pen.plan,
        objective=objective,
        text=line["text"],
        owner=None if line["side"] == "theirs" else chance.choice(_doers(pen.plan)),
        customer_owner=chance.choice(known) if known and line["side"] != "ours" else None,
        start_on=due - timedelta(days=chance.randint(14, 45)),
        due_on=due,
        state=state,
        done_on=min(due + timedelta(days=chance.randint(-5, 4)), pen.today) if state == "done" else None,
        created_by=pen.plan.account.manager,
        changed_by=pen.plan.account.manager,
    )


def _due(moment: str, today: date, chance: Random) -> date:
    spans = {"late": (-19, -2), "today": (0, 0), "soon": SOON, "later": LATER, "done": (-PAST[1], -PAST[0])}
    return today + timedelta(days=chance.randint(*spans[moment]))


def _doers(plan: Plan) -> list[User]:
    """The manager twice as often as anybody else of the plan team; who only reads has nothing to do."""
    manager = plan.account.manager
    team = plan.people.exclude(pk=manager.pk).exclude(role="executive").order_by("email")
    return [manager, manager, *team]


def contacts(plan: Plan) -> list[Contact]:
    return list(Contact.objects.filter(account=plan.account).present().order_by("name", "pk"))
