"""The way of a plan: whose word counts, and what becomes of versions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.versions import NotPossible
from relationships.models import Need, Notice, Plan, PlanVersion
from relationships.plans import lifecycle
from relationships.plans.lifecycle import LEAD, SPONSOR, Approvers
from tests.factories import a_portfolio
from tests.relationships.plans_made import NOW, a_plan, approved, submitted


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


def asked(version: PlanVersion) -> dict[str, list[str]]:
    found = Approvers.load().of(version.plan, version.submitted_by_id)
    return {side: [user.name for user in users] for side, users in found.items()}


def a_user(name: str, role: str, team=None) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.com", name, role, "x" * 20)
    if team:
        user.teams.add(team)
    return user


def test_a_version_is_in_force_when_both_sides_have_approved_it(portfolio, plan):
    version = submitted(portfolio, plan)
    assert Plan.objects.get().state == "in_review"

    first = lifecycle.approve(portfolio.user("lead"), version, "Good", NOW)
    assert (first.state, Plan.objects.get().state) == ("in_review", "in_review")

    second = lifecycle.approve(portfolio.user("executive"), version, "", NOW)
    assert (second.state, Plan.objects.get().state) == ("approved", "approved")
    assert second.decided_at == NOW


def test_the_next_approved_version_supersedes_the_one_in_force(portfolio, plan):
    approved(portfolio, plan)
    Need.objects.create(plan=plan, text="Credit", place=2)
    version = submitted(portfolio, plan)
    assert [each.state for each in plan.versions.order_by("number")] == ["approved", "in_review"]

    lifecycle.approve(portfolio.user("lead"), version, "", NOW)
    lifecycle.approve(portfolio.user("executive"), version, "", NOW)

    assert [each.state for each in plan.versions.order_by("number")] == ["superseded", "approved"]


def test_nobody_approves_his_own_submission(portfolio, plan):
    version = submitted(portfolio, plan, who="lead")

    with pytest.raises(NotPossible, match="Somebody else"):
        lifecycle.approve(portfolio.user("lead"), version, "", NOW)
    assert asked(version)[LEAD] == ["Executive"]


def test_without_a_lead_or_a_sponsor_an_executive_speaks_for_that_side(portfolio, plan):
    portfolio.user("lead").teams.clear()
    version = submitted(portfolio, plan)

    assert asked(version) == {LEAD: ["Executive"], SPONSOR: ["Executive"]}
    assert lifecycle.approve(portfolio.user("executive"), version, "", NOW).state == "approved"


def test_of_two_executives_none_speaks_for_both_sides(portfolio, plan):
    portfolio.user("lead").teams.clear()
    second = a_user("Zoe", "executive")
    version = submitted(portfolio, plan)

    half = lifecycle.approve(portfolio.user("executive"), version, "", NOW)
    assert half.state == "in_review"
    with pytest.raises(NotPossible, match="does not wait"):
        lifecycle.approve(portfolio.user("executive"), version, "", NOW)

    assert lifecycle.approve(second, version, "", NOW).state == "approved"


def test_the_sponsor_of_the_account_alone_speaks_for_senior_management(portfolio, plan):
    sponsor = a_user("Zoe", "executive")
    plan.account.sponsor = sponsor
    plan.account.save()
    version = submitted(portfolio, plan)
    assert asked(version)[SPONSOR] == ["Zoe"]

    with pytest.raises(NotPossible, match="does not wait"):
        lifecycle.approve(portfolio.user("executive"), version, "", NOW)
    assert lifecycle.sides_of(sponsor, version) == [SPONSOR]


def test_a_sponsor_who_may_not_approve_plans_or_has_left_does_not_count(portfolio, plan):
    plan.account.sponsor = portfolio.user("finance")
    plan.account.save()

    assert asked(submitted(portfolio, plan))[SPONSOR] == ["Executive"]


def test_the_lead_of_another_team_and_those_who_do_not_approve_are_not_asked(portfolio, plan):
    stranger = a_user("Anna", "lead", portfolio.accounts["S1"].team)
    version = submitted(portfolio, plan)

    for user in (stranger, portfolio.user("finance"), portfolio.user("member"), portfolio.user("admin")):
        with pytest.raises(NotPossible):
            lifecycle.approve(user, version, "", NOW)
    assert not version.approvals.exists()


def test_what_is_returned_needs_a_reason_and_is_a_draft_again(portfolio, plan):
    version = submitted(portfolio, plan)
    with pytest.raises(NotPossible, match="Say what"):
        lifecycle.give_back(portfolio.user("lead"), version, "  ", NOW)

    found = lifecycle.give_back(portfolio.user("lead"), version, "Too vague", NOW)

    assert (found.state, Plan.objects.get().state) == ("returned", "draft")
    assert found.approvals.get().answer == "Too vague"


def test_a_plan_whose_next_version_is_returned_or_withdrawn_stays_approved(portfolio, plan):
    approved(portfolio, plan)
    Need.objects.create(plan=plan, text="Credit", place=2)

    lifecycle.give_back(portfolio.user("executive"), submitted(portfolio, plan), "No", NOW)
    assert Plan.objects.get().state == "approved"

    lifecycle.withdraw(portfolio.user("manager"), submitted(portfolio, plan), NOW)
    assert [each.state for each in plan.versions.order_by("number")] == ["approved", "returned", "withdrawn"]
    assert Plan.objects.get().state == "approved"


def test_one_version_at_a_time_is_in_review(portfolio, plan):
    submitted(portfolio, plan)

    with pytest.raises(NotPossible, match="in review already"):
        submitted(portfolio, plan)


def test_what_nobody_changed_is_not_submitted_again(portfolio, plan):
    approved(portfolio, plan)

    with pytest.raises(NotPossible, match="Nothing has changed since version 1"):
        submitted(portfolio, plan)


def test_an_empty_plan_is_not_submitted(portfolio):
    account = portfolio.accounts["N3"]
    empty = Plan.objects.create(
        account=account, from_on="2026-01-01", until_on="2028-12-31", created_by=account.manager
    )

    with pytest.raises(NotPossible, match="nothing in the plan"):
        submitted(portfolio, empty)


def test_only_who_edits_plans_and_sees_it_submits(portfolio, plan):
    for who in ("member", "finance", "executive", "stranger", "admin"):
        with pytest.raises(NotPossible):
            submitted(portfolio, plan, who=who)


def test_where_nobody_could_approve_nothing_is_submitted(portfolio, plan):
    portfolio.user("executive").delete()

    with pytest.raises(NotPossible, match="Nobody else may approve"):
        submitted(portfolio, plan)


def test_those_whose_word_counts_are_told_and_then_the_submitter(portfolio, plan):
    version = submitted(portfolio, plan)
    assert set(Notice.objects.values_list("user__name", flat=True)) == {"Lead", "Executive"}

    lifecycle.give_back(portfolio.user("lead"), version, "Too vague", NOW)

    told = Notice.objects.get(user=portfolio.user("manager"))
    assert told.text == "Lead returned version 1 of the plan of Account N1"
    assert told.url.endswith("/versions/1/")
    assert not Notice.objects.filter(kind=lifecycle.ASKED, read_at=None).exists()


def test_whoever_is_not_asked_any_more_has_nothing_unread(portfolio, plan):
    second = a_user("Zoe", "lead", plan.account.team)
    version = submitted(portfolio, plan)

    lifecycle.approve(portfolio.user("lead"), version, "", NOW)

    unread = Notice.objects.filter(kind=lifecycle.ASKED, read_at=None)
    assert list(unread.values_list("user__name", flat=True)) == ["Executive"]
    assert lifecycle.waiting_for(second) == []


def test_a_closed_plan_stays_to_be_read_and_can_be_opened_again(portfolio, plan):
    lifecycle.close(portfolio.user("manager"), plan)
    assert Plan.objects.get().state == "closed"
    with pytest.raises(NotPossible):
        submitted(portfolio, Plan.objects.get())

    lifecycle.reopen(portfolio.user("lead"), plan)
    assert Plan.objects.get().state == "draft"


def test_what_waits_for_one_person_takes_the_same_queries_for_many_plans(portfolio):
    for code in ("N1", "N2", "N3", "N4"):
        submitted(portfolio, a_plan(portfolio, code))
    with CaptureQueriesContext(
        connection,
    ) as spent:
        found = lifecycle.waiting_for(portfolio.user("lead"))

    assert [version.plan.account.code for version in found] == ["N1", "N2", "N3", "N4"]
    assert len(spent) == 2
    assert lifecycle.waiting_for(portfolio.user("manager")) == []
