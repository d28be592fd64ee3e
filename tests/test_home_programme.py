"""The programme on the home page: what waits, what is due, who is out of line; with few questions to the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Decision, User
from tests.factories import a_portfolio
from tests.markup import page_of

TODAY = timezone.localdate()


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def home(portfolio):
    """`home("executive")`: the answer to this role's home page."""

    def opened(role: str):
        client = Client()
        client.force_login(portfolio.user(role))
        return client.get("/?whole=1")

    return opened


def decision(portfolio, code: str, by: str = "manager", **said) -> Decision:
    made = {"outcome": "admit", "reason": "Grows fast", "proposed_on": TODAY, "review_on": TODAY + timedelta(days=300)}
    return Decision.objects.create(account=portfolio.accounts[code], proposed_by=portfolio.user(by), **made | said)


def admitted(portfolio, code: str, review) -> None:
    decided = {"state": "approved", "decided_on": TODAY, "decided_by": portfolio.user("executive")}
    decision(portfolio, code, review_on=review, **decided)


def test_an_executive_decides_at_home_and_stays_there(portfolio, home):
    waiting = decision(portfolio, "N1")
    client = Client()
    client.force_login(portfolio.user("executive"))
    assert "Grows fast" in client.get("/").content.decode()

    answer = client.post(f"/decisions/{waiting.pk}/decide/", {"do": "approve", "back": "home"})

    assert answer.headers["Location"] == "/#decisions"
    assert "No proposal waits for a decision." in page_of(client.get("/")).text


def test_nobody_is_asked_at_home_to_decide_on_his_own_proposal(portfolio, home):
    decision(portfolio, "N1", by="executive")

    shown = page_of(home("executive"))

    assert "Grows fast" in shown.text
    assert not shown.all("form", **{"class": "decide-form"})


def test_an_executive_sees_the_balance_and_who_is_furthest_out_of_line(portfolio, home):
    admitted(portfolio, "N1", TODAY + timedelta(days=300))

    answer = home("executive")

    money = [each.money for each in answer.context["out_of_line"]]
    assert {each.code for each in answer.context["out_of_line"]} == {"N2", "N5", "S2", "S5"}
    assert money == sorted(money, reverse=True)
    assert "Key accounts: 1 against 1.7 aimed at" in page_of(answer).text
    assert "Concentration is " in page_of(answer).text


def test_key_accounts_without_a_box_stand_in_the_balance_so_that_its_rows_add_up(portfolio, home):
    for code in ("N1", "N6"):
        admitted(portfolio, code, TODAY + timedelta(days=300))

    table = page_of(home("executive")).one("table", **{"class": "table tidy dense balance-bars"})

    counts = [cell.text for cell in table.all("td", **{"class": "number"})]
    assert counts == ["1", "0", "0", "0", "1"]
    assert table.all("th", scope="row")[-1].text == "No box"


def test_a_manager_is_told_of_reviews_and_own_proposals_and_of_nobody_elses(portfolio, home):
    admitted(portfolio, "N1", TODAY + timedelta(days=10))
    admitted(portfolio, "N2", TODAY + timedelta(days=100))
    admitted(portfolio, "S1", TODAY)
    decision(portfolio, "N3")
    decision(portfolio, "N4", by="lead")

    matters = [(each.kind, each.result.code) for each in home("manager").context["matters"] if each.url]

    assert matters == [("review", "N1"), ("waits", "N3")]
    assert not [each for each in home("member").context["matters"] if each.url]


def test_a_review_that_is_proposed_already_is_not_due_any_more(portfolio, home):
    admitted(portfolio, "N1", TODAY)
    decision(portfolio, "N1", by="lead", outcome="keep")

    assert not [each for each in home("manager").context["matters"] if each.kind == "review"]


@pytest.mark.parametrize("role", ["executive", "manager"])
def test_home_asks_the_database_at_most_twenty_times(portfolio, role):
    for code in ("N1", "N2", "S1"):
        decision(portfolio, code)
    client = Client()
    client.force_login(portfolio.user(role))
    client.get("/")  # what is kept of a run is calculated once

    with CaptureQueriesContext(connection) as asked:
        client.get("/")

    assert len(asked) <= 20


@pytest.mark.parametrize(("outcome", "words"), [("admit", "admitted to"), ("release", "released from")])
def test_a_proposer_reads_at_home_what_waits_for_approval(portfolio, home, outcome, words):
    decision(portfolio, "N1", outcome=outcome)

    assert any(f"to be {words} the programme" in matter.text for matter in home("manager").context["matters"])


@pytest.mark.parametrize("role", ["manager", "member"])
def test_who_sees_no_account_reads_so_at_home(portfolio, role):
    client = Client()
    client.force_login(User.objects.create_user("new@example.com", "Nia", role, "x"))

    page = page_of(client.get("/?whole=1")).text

    assert "You see no active account." in page and "No accounts yet" in page
    assert "Every active account" not in page
