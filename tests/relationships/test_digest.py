"""The e-mail of what needs attention: who gets it, once, and nothing in it that its reader may not see."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from relationships import notices
from relationships.models import Action, DigestSetting, Plan, Signal
from relationships.signals import digest
from tests.factories import a_portfolio
from tests.relationships.signals import TODAY, a_plan, a_signal

pytestmark = pytest.mark.django_db
SATURDAY, MONDAY = date(2026, 3, 21), date(2026, 3, 23)
PROFIT, PLAN, COMPANY, TEAM = "PROFIT-7731", "MERGER-4402", "SHARE-9915", "SOUTHERN-5520"
ROLES = ("manager", "member", "lead", "finance", "executive", "admin", "stranger")


@pytest.fixture
def portfolio():
    return a_portfolio()


def mails_of(user) -> str:
    """Everything that went to this person: subject, headers and both bodies."""
    sent = [message for message in mail.outbox if message.to == [user.email]]
    return "\n".join(message.message().as_bytes().decode() + str(message.alternatives) for message in sent)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def planted(portfolio) -> None:
    """A secret of each sort, in signals, actions and notices: of N1's profit, of its confidential plan, of the company,
    and of another team's account. Everybody is concerned by everything as far as rows can say so."""
    plan = a_plan(portfolio, "N1", visibility=Plan.Visibility.PLAN_TEAM)
    everybody = [portfolio.user(who) for who in ROLES]
    for user in everybody:
        text = {"text": "x", "on": "2026-03-01", "days": 3, "owner": "", "size": "1"}
        for account, key, secret, fields in (
            ("N1", "p", PROFIT, {"tells_profit": True}),
            ("N1", "q", PLAN, {"plan": plan}),
            ("S1", "s", TEAM, {}),
            (None, "c", COMPANY, {"tells_company": True}),
        ):
            a_signal(
                account and portfolio.accounts[account], f"{key}{user.pk}", kind="complaint_open", owner=user,
                facts=text | {"text": secret}, **fields,
            )  # fmt: skip
    for user in everybody:
        notices.tell([user], "mention", PLAN, "/", None, plan=plan)
        Action.objects.create(account=portfolio.accounts["S1"], text=TEAM, owner=user, due_on=TODAY)


# Nothing that its reader may not see


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("manager", {PROFIT, PLAN}),
        ("member", set()),
        ("lead", {PROFIT, PLAN}),
        ("finance", {PROFIT, COMPANY, TEAM}),
        ("executive", {PROFIT, PLAN, COMPANY, TEAM}),
        ("admin", set()),
        ("stranger", {TEAM}),
    ],
)
def test_no_secret_is_in_the_mail_of_who_may_not_see_it(portfolio, who, allowed):
    planted(portfolio)
    user = portfolio.user(who)

    digest.send(user, TODAY)

    text = mails_of(user)
    assert {secret for secret in (PROFIT, PLAN, COMPANY, TEAM) if secret in text} == allowed


def test_nor_in_the_preview_on_the_settings_page(portfolio):
    planted(portfolio)

    page = client_of(portfolio.user("member")).get("/settings/notifications/").content.decode()

    assert not any(secret in page for secret in (PROFIT, PLAN, COMPANY, TEAM))


def test_what_counts_is_who_one_is_when_the_mail_is_sent(portfolio):
    planted(portfolio)
    lead = portfolio.user("lead")
    lead.teams.clear()

    digest.send(lead, TODAY)

    assert PROFIT not in mails_of(lead)
    assert PLAN not in mails_of(lead)


def test_who_leaves_the_plan_team_reads_no_more_of_the_plan(portfolio):
    plan = a_plan(portfolio, "N1", visibility=Plan.Visibility.PLAN_TEAM)
    member = portfolio.user("member")
    plan.people.add(member)
    facts = {"on": "2025-11-01", "days": 139, "every": 120, "reviewed": True}
    a_signal(portfolio.accounts["N1"], kind="plan_stale", plan=plan, facts=facts)

    before = digest.digest_of(member, TODAY)
    plan.people.remove(member)

    assert len(before.signals) == 1
    assert not digest.digest_of(member, TODAY)


def test_whoever_may_not_sign_in_gets_nothing(portfolio):
    planted(portfolio)
    manager = portfolio.user("manager")
    manager.is_active = False
    manager.save()

    digest.send_all(TODAY)

    assert mails_of(manager) == ""


def test_subjects_tell_counts_alone(portfolio):
    planted(portfolio)

    digest.send_all(TODAY)

    assert mail.outbox
    assert all(secret not in message.subject for message in mail.outbox for secret in (PROFIT, PLAN, COMPANY, TEAM))


# Once


@pytest.fixture
def concerned(portfolio):
    """A manager with something to be told, and nobody else."""
    portfolio.user("lead").teams.clear()
    a_signal(portfolio.accounts["N1"])
    return portfolio.user("manager")


def test_a_task_that_runs_twice_sends_once(concerned):
    assert digest.send_all(TODAY) == 1
    assert digest.send_all(TODAY) == 0

    assert len(mail.outbox) == 1


def test_the_next_day_brings_the_next_one(concerned):
    digest.send_all(TODAY - timedelta(days=1))
    digest.send_all(TODAY)

    assert len(mail.outbox) == 2


def test_nothing_is_sent_when_there_is_nothing(portfolio):
    assert digest.send_all(TODAY) == 0

    assert mail.outbox == []


def test_nobody_is_written_to_at_a_weekend(concerned):
    assert digest.send_all(SATURDAY) == 0


def test_once_a_week_is_on_monday_or_on_the_first_day_after_it_that_works(concerned):
    digest.set_frequency(concerned, "weekly")
    DigestSetting.objects.update(sent_on=MONDAY - timedelta(days=4))

    days = [digest.send_all(MONDAY + timedelta(days=day)) for day in (1, 2, 4, 7)]

    assert days == [1, 0, 0, 1]  # Monday's worker was down


def test_never_is_never(concerned):
    digest.set_frequency(concerned, "never")

    assert digest.send_all(TODAY) == 0


def test_a_mail_that_was_refused_is_tried_again_and_keeps_nobody_else_from_theirs(portfolio, monkeypatch, caplog):
    for code in ("N1", "S1"):
        a_signal(portfolio.accounts[code], code)
    whole = digest.mail

    def refused(found):
        if found.user == portfolio.user("manager"):
            raise OSError("no mail server")
        return whole(found)

    monkeypatch.setattr(digest, "mail", refused)
    first = digest.send_all(TODAY)
    monkeypatch.setattr(digest, "mail", whole)
    second = digest.send_all(TODAY)

    assert (first, second) == (2, 1)  # the stranger and the lead; then the manager
    assert [message.to[0] for message in mail.outbox].count("manager@example.com") == 1
    assert "tried again" in caplog.text


def test_a_task_killed_before_sending_costs_one_mail_never_two(concerned, monkeypatch):
    def killed(found):
        raise SystemExit

    monkeypatch.setattr(digest, "mail", killed)
    with pytest.raises(SystemExit):
        digest.send_all(TODAY)
    monkeypatch.undo()

    assert digest.send_all(TODAY) == 0
    assert digest.send_all(MONDAY) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail(concerned):
    both, sent = Barrier(2), []

    def work():
        both.wait()
        sent.append(digest.send(concerned, TODAY))
        connection.close()

    threads = [Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sent) == [False, True]
    assert len(mail.outbox) == 1


# What it says


def test_it_holds_what_is_most_at_stake_and_says_how_much_more_there_is(portfolio):
    for place in range(10):
        a_signal(portfolio.accounts["N1"], f"k{place}", weight=Decimal(place))
    Action.objects.create(
        account=portfolio.accounts["N1"], text="Send <b>the</b> offer", owner=portfolio.user("manager"),
        due_on=TODAY - timedelta(days=2),
    )  # fmt: skip

    digest.send(portfolio.user("manager"), TODAY)

    (message,) = mail.outbox
    html = message.alternatives[0][0]
    assert message.subject == "11 things need you today"
    assert "Account N1 · Key account without plan" in message.body
    assert "Send <b>the</b> offer (2 days overdue)" in message.body
    assert "and 2 others" in message.body
    assert "Send &lt;b&gt;the&lt;/b&gt; offer" in html
    assert 'href="http://127.0.0.1:8000/accounts/N1/"' in html


def test_one_put_off_is_not_in_it(portfolio):
    a_signal(portfolio.accounts["N1"], snoozed_until=TODAY + timedelta(days=1))

    assert not digest.digest_of(portfolio.user("manager"), TODAY)


# The end of it


def test_mail_programs_can_end_it_by_one_press(concerned):
    digest.send_all(TODAY)
    (message,) = mail.outbox
    url = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")

    answer = Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})

    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert digest.frequency_of(concerned) == "never"


def test_a_look_at_the_link_changes_nothing_and_names_nobody(concerned):
    page = Client().get(f"/mail/off/{digest.token_of(concerned)}/")

    assert "No more e-mails?" in page.content.decode()
    assert concerned.name not in page.content.decode()
    assert concerned.email not in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert digest.frequency_of(concerned) == "daily"


def test_a_forged_link_never_reaches_the_database(concerned, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().post(f"/mail/off/{concerned.pk}:forged/")

    assert answer.status_code == 404


def test_one_chooses_how_often(portfolio):
    manager = portfolio.user("manager")
    client = client_of(manager)

    client.post("/settings/notifications/", {"frequency": "weekly"})
    client.post("/settings/notifications/", {"frequency": "hourly"})

    assert digest.frequency_of(manager) == "weekly"


def test_without_a_mail_server_the_task_sends_nothing(concerned, settings):
    from kam_portal.tasks import send_digests

    settings.SENDS_EMAIL = False

    send_digests()

    assert mail.outbox == []
    assert Signal.objects.count() == 1
