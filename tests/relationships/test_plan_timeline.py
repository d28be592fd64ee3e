"""The drawing of a plan's years, and how its marks of freshness go with what is filled in."""

import pytest

from relationships.models import Plan, PlanSection
from relationships.plans import standing
from relationships.plans.timeline import LABEL, WIDTH, fitting
from tests.factories import a_portfolio
from tests.relationships.plans_made import NOW, TODAY, a_plan


def test_a_name_goes_on_as_far_as_there_is_room():
    name = "n" * 120

    assert fitting(name, 0) == name
    assert len(fitting(name, WIDTH)) == LABEL and fitting(name, WIDTH).endswith("…")
    assert fitting("Short", WIDTH) == "Short"


@pytest.mark.django_db
def test_fresh_and_filled_in_are_told_of_the_same_sections():
    portfolio = a_portfolio()
    plan = a_plan(portfolio)
    before = standing.of([plan], portfolio.run, TODAY)[plan.pk].fresh

    PlanSection.objects.update_or_create(plan=plan, section="links", defaults={"entries": 3, "changed_at": NOW})

    found = standing.of([Plan.objects.get(pk=plan.pk)], portfolio.run, TODAY)[plan.pk]
    assert "links" in [each.code for each in found.sections if each.entries]
    assert (found.fresh, len(found.needed)) == (before, 11)
