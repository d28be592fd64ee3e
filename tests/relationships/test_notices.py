"""Notices: who is told, who may still read it, and the badge."""

from datetime import date

import pytest
from django.test import Client

from relationships import notices
from relationships.models import Notice, Plan
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio():
    return a_portfolio()


@pytest.fixture
def plan(portfolio) -> Plan:
    return Plan.objects.create(
        account=portfolio.accounts["N1"],
        from_on=date(2026, 1, 1),
        until_on=date(2028, 12, 31),
        created_by=portfolio.user("manager"),
    )


def client_of(portfolio, who: str) -> Client:
    client = Client()
    client.force_login(portfolio.user(who))
    return client


def test_everybody_is_told_once_but_not_who_says_it(portfolio, plan):
    users = [portfolio.user(who) for who in ("manager", "member", "lead")]

    told = notices.tell(users, "mention", "Look at this", "/accounts/N1/plan/", portfolio.user("lead"), plan)
    again = notices.tell(users, "mention", "Look at this", "/accounts/N1/plan/", portfolio.user("lead"), plan)

    assert (told, again) == (2, 0)
    assert set(Notice.objects.values_list("user__name", flat=True)) == {"Manager", "Member"}


def test_what_was_read_may_be_said_again(portfolio):
    manager = [portfolio.user("manager")]
    notices.tell(manager, "action", "Call them", "/", None)
    notices.mark_read(manager[0], portfolio.run.published_at)

    assert notices.tell(manager, "action", "Call them", "/", None) == 1


def test_whoever_has_left_is_told_nothing(portfolio):
    user = portfolio.user("member")
    user.is_active = False

    assert notices.tell([user], "action", "Call them", "/", None) == 0


@pytest.mark.parametrize("who", ["member", "lead", "manager", "stranger"])
def test_nobody_reads_about_a_plan_that_they_may_not_see_any_more(portfolio, plan, who):
    user = portfolio.user(who)
    notices.tell([user], "mention", "Secret merger", "/", None, plan=plan)
    plan.visibility = Plan.Visibility.PLAN_TEAM
    plan.save()

    sees = Plan.objects.visible_to(user).exists()
    page = client_of(portfolio, who).get("/notices/")

    assert notices.unread(user).count() == sees
    assert (b"Secret merger" in page.content) == sees
    assert sees == (who in ("manager", "lead"))


def test_nobody_reads_about_an_account_of_a_team_that_they_have_left(portfolio):
    member = portfolio.user("member")
    notices.tell([member], "action", "Visit N5", "/", None, account=portfolio.accounts["N5"])

    member.teams.clear()

    assert not notices.of(member).exists()
    assert notices.mark_read(member, portfolio.run.published_at) == 0


def test_the_badge_counts_and_opening_one_reads_it(portfolio):
    manager, client = portfolio.user("manager"), client_of(portfolio, "manager")
    notices.tell([manager], "mention", "First", "/accounts/", None)
    notices.tell([manager], "mention", "Second", "/accounts/", None)

    before = client.get("/")
    opened = client.post(f"/notices/{Notice.objects.get(text='First').pk}/open/")
    after = client.get("/")

    assert "2 unread notices" in before.content.decode()
    assert opened.url == "/accounts/"
    assert "1 unread notice<" in after.content.decode()


def test_all_are_read_at_once_and_the_list_of_unread_is_empty(portfolio):
    manager, client = portfolio.user("manager"), client_of(portfolio, "manager")
    notices.tell([manager], "mention", "First", "/accounts/", None)

    client.post("/notices/read/")

    assert "Nothing is unread" in client.get("/notices/?show=unread").content.decode()
    assert "First" in client.get("/notices/").content.decode()


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_notice_leads_nowhere_else(portfolio, url):
    manager = portfolio.user("manager")
    notices.tell([manager], "mention", "Elsewhere", url, None)

    opened = client_of(portfolio, "manager").post(f"/notices/{Notice.objects.get().pk}/open/")

    assert opened.url == "/notices/"


def test_somebody_elses_notice_is_not_found(portfolio):
    notices.tell([portfolio.user("lead")], "mention", "For the lead", "/", None)

    answer = client_of(portfolio, "manager").post(f"/notices/{Notice.objects.get().pk}/open/")

    assert answer.status_code == 404
    assert Notice.objects.get().read_at is None
