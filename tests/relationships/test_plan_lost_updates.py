"""Two people save the same plan two thousand times at once: every save is kept or its author is told."""

import random
import threading

import pytest
from django.db import connection, connections

from relationships.models import Objective, Plan, PlanChange
from relationships.plans import editing
from relationships.plans.editing import Conflict, Saved
from relationships.plans.sections import SECTIONS
from relationships.plans.typed import text_of
from tests.factories import a_portfolio
from tests.relationships.plans_made import a_plan

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]
SAVES = 2_000
FIELDS = (("purpose", "purpose"), ("objectives", "text"), ("objectives", "target"), ("objectives", "unit"))


def saves_of(user, plan: Plan, entry: int, name: str, turns: int, start: threading.Barrier, told: list) -> None:
    """One person who types into the same few fields over and over, each time on what he read before; a conflict shows
    him what stands there now."""
    luck, seen = random.Random(name), {}
    start.wait(30)
    try:
        for turn in range(turns):
            kind, field = luck.choice(FIELDS)
            pk = None if kind == "purpose" else entry
            typed = str(turn * 2 + (name == "lead")) if field == "target" else f"{name} {turn}"
            if (kind, field) not in seen:
                seen[kind, field] = read(plan, kind, pk, field)
            outcome = editing.change(user, plan, kind, pk, field, typed, base=seen[kind, field])
            told.append((kind, field, typed, seen[kind, field], outcome))
            seen[kind, field] = typed if isinstance(outcome, Saved) else outcome.theirs
    finally:
        connection.close()


def read(plan: Plan, kind: str, entry: int | None, field: str) -> str:
    found = editing.found(SECTIONS[kind], plan, entry)
    return text_of(found, field)


def test_two_people_who_save_the_same_plan_lose_nothing():
    portfolio = a_portfolio()
    plan = a_plan(portfolio)
    objective = plan.objectives.get(text="Open all shops")
    first = {(kind, field): read(plan, kind, objective.pk, field) for kind, field in FIELDS}
    start, told = threading.Barrier(2), {"manager": [], "lead": []}
    threads = [
        threading.Thread(
            target=saves_of,
            args=(portfolio.user(who), Plan.objects.get(), objective.pk, who, SAVES // 2, start, told[who]),
            daemon=True,
        )
        for who in told
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    answers = told["manager"] + told["lead"]
    kept = [each for each in answers if isinstance(each[-1], Saved)]
    assert len(answers) == SAVES and not any(thread.is_alive() for thread in threads)
    assert all(isinstance(each[-1], Saved | Conflict) for each in answers)
    assert len(kept) < SAVES  # they did get into each other's way
    notes = PlanChange.objects.filter(plan=plan).order_by("pk")
    assert notes.count() == len(kept)
    for kind, field in FIELDS:
        chain = list(notes.filter(section=kind, field=field).values_list("before", "after"))
        typed = [(each[3], each[2]) for each in kept if each[:2] == (kind, field)]
        assert sorted(chain) == sorted(typed)  # every save that was accepted, once, on what its author had seen
        ends = [first[kind, field], *(after for _before, after in chain)]
        assert [before for before, _after in chain] == ends[:-1]  # none was written over another unseen
        assert read(plan, kind, objective.pk, field) == ends[-1]
    assert Objective.objects.get(pk=objective.pk).revision == 1 + sum(each[0] == "objectives" for each in kept)
    assert Plan.objects.get().revision == 1 + sum(each[0] == "purpose" for each in kept)
    connections.close_all()
