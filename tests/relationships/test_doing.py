"""What people do with actions, and what two of them do at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from relationships import doing
from relationships.models import Action, Notice, Plan, PlanChange, PlanSection
from tests.factories import a_portfolio

TODAY = timezone.localdate()


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def manager(portfolio):
    return portfolio.user("manager")


@pytest.fixture
def member(portfolio):
    return portfolio.user("member")


@pytest.fixture
def plan(portfolio, manager):
    days = {"from_on": TODAY, "until_on": TODAY + timedelta(days=1000)}
    return Plan.objects.create(account=portfolio.accounts["N1"], created_by=manager, **days)


@pytest.fixture
def action(portfolio, manager):
    return doing.add(manager, portfolio.accounts["N1"], "Send the stock proposal", due_on=TODAY).action


def test_an_action_is_done_once(action, manager):
    assert doing.done(manager, action, 1, TODAY).is_done

    assert (action.state, action.done_on, action.revision) == ("done", TODAY, 2)
    assert doing.done(manager, action, 2, TODAY).problem == "It is no longer open."


def test_what_is_done_can_be_opened_again(action, manager):
    doing.done(manager, action, 1, TODAY)

    assert doing.reopen(manager, action, 2, "waiting").is_done

    assert (action.state, action.done_on) == ("waiting", None)


def test_who_saw_an_older_one_changes_nothing_and_reads_how_it_is(action, manager, portfolio):
    seen = Action.objects.get(pk=action.pk)
    doing.snooze(portfolio.user("lead"), action, 1, TODAY + timedelta(days=7), TODAY)

    answer = doing.done(manager, seen, 1, TODAY)

    assert answer.is_conflict
    assert (answer.action.state, answer.action.snoozed_until) == ("to_do", TODAY + timedelta(days=7))


def test_an_action_is_put_off_to_a_later_day_only(action, manager):
    assert doing.snooze(manager, action, 1, TODAY, TODAY).problem == "Choose a day after today."

    assert doing.snooze(manager, action, 1, TODAY + timedelta(days=1), TODAY).is_done
    assert doing.wake(manager, action, 2, TODAY).action.snoozed_until == TODAY


def test_an_action_goes_to_people_of_the_account_only_and_they_hear_of_it(action, manager, member, portfolio):
    assert not doing.reassign(manager, action, 1, portfolio.user("stranger")).is_done

    assert doing.reassign(manager, action, 1, member).is_done

    told = Notice.objects.get(user=member)
    assert told.text == "Manager gave you an action: Send the stock proposal · Account N1"


def test_a_member_acts_on_own_actions_alone(action, manager, member):
    assert doing.done(member, action, 1, TODAY).problem == "It is somebody else’s action."

    doing.reassign(manager, action, 1, member)

    assert doing.done(member, action, 2, TODAY).is_done
    assert doing.reopen(member, action, 3).is_done


def test_a_member_who_handed_an_action_on_can_take_it_back(action, manager, member, portfolio):
    doing.reassign(manager, action, 1, member)
    doing.reassign(member, action, 2, portfolio.user("lead"))

    assert doing.reassign(member, action, 3, member).action.owner == member


@pytest.mark.parametrize("role", ["finance", "admin"])
def test_who_logs_no_touchpoints_adds_no_actions(portfolio, role):
    assert doing.add(portfolio.user(role), portfolio.accounts["N1"], "Call").action is None


def test_an_action_says_what_is_to_be_done(portfolio, manager):
    assert doing.add(manager, portfolio.accounts["N1"], "  ").problem
    assert doing.add(manager, portfolio.accounts["N1"], "x" * 301).problem


def test_the_plan_remembers_what_was_done_in_it(portfolio, manager, plan):
    action = doing.add(manager, portfolio.accounts["N1"], "Agree on stock", plan=plan).action

    doing.done(manager, action, 1, TODAY)

    noted = PlanChange.objects.filter(plan=plan, entry=action.pk).order_by("pk")
    assert [(each.kind, each.field, each.before, each.after) for each in noted][:2] == [
        ("added", "", "", ""),
        ("changed", "state", "To do", "Done"),
    ]
    assert PlanSection.objects.get(plan=plan, section="actions").entries == 1


def test_nothing_is_noted_of_what_was_not_changed(portfolio, manager, plan):
    action = doing.add(manager, portfolio.accounts["N1"], "Agree on stock", plan=plan).action
    noted = PlanChange.objects.count()

    doing.snooze(manager, action, 99, TODAY + timedelta(days=1), TODAY)

    assert PlanChange.objects.count() == noted
