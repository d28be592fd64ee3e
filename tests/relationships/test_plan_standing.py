"""How plans stand: how well they are kept apart from how well they go."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relationships.models import Action, Objective, Plan, PlanSection, Review, ReviewCadence, Risk
from relationships.plans import standing
from relationships.plans.standing import Age
from relationships.reviews.cadence import rhythms
from relationships.reviews.due import boxes_of, to_come
from tests.factories import a_portfolio
from tests.relationships.plans_made import NOW, TODAY, a_plan


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


def stands(portfolio, plan, today=TODAY, user=None):
    return standing.of([Plan.objects.get(pk=plan.pk)], portfolio.run, today, user)[plan.pk]


def test_causes_are_named_one_by_one(portfolio, plan):
    found = stands(portfolio, plan)

    assert [(cause.kind, cause.text, cause.note) for cause in found.causes] == [
        ("objective", "More contribution", "Behind"),
        ("action", "Send the proposal", "3 days overdue"),
        ("risk", "A chain buys it", "likelihood 3, impact 5"),
    ]
    assert found.health_words == "1 objective behind, 1 action overdue, 1 high risk"


def test_an_objective_that_moved_away_counts_among_those_behind(portfolio, plan):
    Objective.objects.filter(measure="contribution").update(baseline=90_000)  # 80,000 by now

    found = stands(portfolio, plan)

    assert found.causes[0].note == "Moved away"
    assert found.objectives_behind == 1
    assert dict(found.states) == {"moved_away": 1, "unknown": 1}


def test_a_plan_with_nothing_amiss_is_sound_however_badly_it_is_kept(portfolio, plan):
    Objective.objects.all().delete()
    Risk.objects.update(impact=4)
    Action.objects.update(due_on=TODAY)
    PlanSection.objects.all().delete()

    found = stands(portfolio, plan, TODAY)

    assert (found.is_sound, found.filled, found.health_words) == (True, 0, "nothing amiss")


def test_an_action_due_today_or_done_is_not_overdue(portfolio, plan):
    Action.objects.update(state="done", done_on=TODAY)
    Action.objects.create(plan=plan, account=plan.account, text="Call", due_on=TODAY)

    assert stands(portfolio, plan).overdue == 0


def test_completeness_counts_sections_with_something_in_them(portfolio, plan):
    found = stands(portfolio, plan)

    assert (found.filled, len(found.needed)) == (9, 11)  # documents elsewhere are nobody's duty
    assert found.completeness == pytest.approx(9 / 11)


@pytest.mark.parametrize(
    ("days", "age"), [(0, Age.FRESH), (60, Age.FRESH), (61, Age.AGEING), (120, Age.AGEING), (121, Age.STALE)]
)
def test_a_section_ages(days, age):
    assert standing.age_of(days, 120) == age


def test_a_section_without_lines_is_empty_however_lately_it_was_changed(portfolio, plan):
    ages = {each.code: each.age for each in stands(portfolio, plan).sections}

    assert ages["swot"] == Age.EMPTY
    assert ages["needs"] == Age.FRESH


def test_a_plan_is_stale_the_day_after_120_days_without_review(portfolio, plan):
    last = plan.reviewed_on + timedelta(days=120)

    assert not stands(portfolio, plan, last).is_stale
    assert stands(portfolio, plan, last + timedelta(days=1)).is_stale


def test_the_cadence_of_its_box_says_otherwise(portfolio, plan):
    ReviewCadence.objects.create(box="strategic", kind="joint", months=3, stale_days=5, changed_at=NOW)

    found = stands(portfolio, plan)

    assert (found.stale_days, found.is_stale) == (5, True)


def test_a_plan_that_was_never_reviewed_ages_from_its_beginning(portfolio, plan):
    Plan.objects.update(reviewed_on=None, created_at=NOW - timedelta(days=121))

    assert stands(portfolio, plan).is_stale


def test_a_closed_plan_is_not_stale(portfolio, plan):
    Plan.objects.update(state="closed", reviewed_on=TODAY - timedelta(days=500))

    assert not stands(portfolio, plan).is_stale


def test_the_next_review_is_the_first_one_due_as_the_list_of_reviews_has_it(portfolio, plan):
    asked = to_come([plan], boxes_of([plan], portfolio.run), rhythms())[0]
    assert stands(portfolio, plan).next_review_on == asked.due_on
    assert asked.review is None  # the cadence asks for it

    for kind, days in (("joint", 30), ("team", 12)):
        Review.objects.create(plan=plan, kind=kind, due_on=TODAY + timedelta(days=days))
    Review.objects.create(plan=plan, state="held", due_on=TODAY, held_on=TODAY)

    assert stands(portfolio, plan).next_review_on == TODAY + timedelta(days=12)


def test_objectives_on_profit_are_no_cause_for_those_who_may_not_see_profit(portfolio, plan):
    found = stands(portfolio, plan, user=portfolio.user("member"))

    assert found.objectives_behind == 0
    assert dict(found.states) == {"unknown": 1}


def test_many_plans_take_the_queries_of_one(portfolio):
    plans = [a_plan(portfolio, code) for code in ("N1", "N2", "N3", "N4", "N5", "S1")]

    with CaptureQueriesContext(connection) as one:
        standing.of(plans[:1], portfolio.run, TODAY)
    with CaptureQueriesContext(connection) as many:
        standing.of(plans, portfolio.run, TODAY)

    assert len(many) == len(one) <= 10
    assert standing.of([], portfolio.run, TODAY) == {}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole whatever its indexes")
def test_boxes_of_some_accounts_do_not_read_the_whole_run(portfolio):
    plans = [a_plan(portfolio, code) for code in ("N1", "N2")]

    with CaptureQueriesContext(connection) as asked:
        boxes_of(plans, portfolio.run)

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        assert "position_account_run_box" in str(cursor.fetchall())


def test_sections_are_put_into_words_for_the_plans_that_are_looked_at(portfolio, monkeypatch):
    plans = [a_plan(portfolio, code) for code in ("N1", "N2", "N3")]
    worded = []
    ages = standing._ages
    monkeypatch.setattr(standing, "_ages", lambda *given: worded.append(given) or ages(*given))

    found = standing.of(plans, portfolio.run, TODAY)
    assert worded == []

    assert (found[plans[0].pk].filled, found[plans[0].pk].fresh, len(worded)) == (9, 9, 1)


def test_filled_in_and_fresh_are_counted_of_the_same_sections(portfolio, plan):
    PlanSection.objects.filter(plan=plan).update(entries=1, changed_at=NOW)

    found = stands(portfolio, plan)

    assert (found.filled, found.fresh) == (len(found.needed), len(found.needed))
