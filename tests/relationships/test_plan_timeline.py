"""The drawing of a plan's years, and how its marks of freshness go with what is filled in."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pytest

from relationships.models import Plan, PlanSection
from relationships.plans import standing
from relationships.plans.timeline import LABEL, WIDTH, Item, fitting, timeline
from tests.factories import a_portfolio
from tests.relationships.plans_made import NOW, TODAY, a_plan


def test_a_name_goes_on_as_far_as_there_is_room():
    name = "n" * 120

    assert fitting(name, 0) == name
    assert len(fitting(name, WIDTH)) == LABEL and fitting(name, WIDTH).endswith("…")
    assert fitting("Short", WIDTH) == "Short"


@dataclass
class Horizon:
    from_on: date = date(2026, 1, 1)
    until_on: date = date(2028, 12, 31)


def test_points_that_recur_share_a_row_and_are_named_once():
    days = [date(2026, month, 1) for month in (1, 4, 7)]

    found = timeline(Horizon(), [Item("reviews", "Joint review", None, day) for day in days], TODAY)

    assert [mark.label for mark in found.marks] == ["", "", "Joint review"]
    assert len({mark.y for mark in found.marks}) == 1


def test_marks_of_one_row_never_stand_on_each_other():
    items = [
        Item("actions", f"Action of month {month}", date(2026 + month // 12, month % 12 + 1, 1), day)
        for month in range(30)
        for day in [date(2026 + month // 12, month % 12 + 1, 20)]
    ]

    marks = timeline(Horizon(), items, TODAY).marks

    rows = {mark.y for mark in marks}
    assert len(rows) < len(marks) == 30
    for y in rows:
        row = sorted((mark for mark in marks if mark.y == y), key=lambda mark: mark.x)
        assert all(before.end_x <= after.x for before, after in pairwise(row))


@pytest.mark.django_db
def test_fresh_and_filled_in_are_told_of_the_same_sections():
    portfolio = a_portfolio()
    plan = a_plan(portfolio)
    before = standing.of([plan], portfolio.run, TODAY)[plan.pk].fresh

    PlanSection.objects.update_or_create(plan=plan, section="links", defaults={"entries": 3, "changed_at": NOW})

    found = standing.of([Plan.objects.get(pk=plan.pk)], portfolio.run, TODAY)[plan.pk]
    assert "links" in [each.code for each in found.sections if each.entries]
    assert (found.fresh, len(found.needed)) == (before, 11)
