"""Own watch-lists: kept by each person, seen by nobody else."""

import pytest
from django.test import Client

from relationships import selection
from relationships.models import WatchedAccount
from tests.factories import a_portfolio


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def signed_in(portfolio, role: str) -> Client:
    client = Client()
    client.force_login(portfolio.user(role))
    return client


def codes(client: Client, path: str) -> set[str]:
    page = client.get(path).content.decode()
    return {code for code in ("N1", "N2", "N3", "S1") if f"Account {code}<" in page}


def test_who_watches_an_account_finds_it_and_nobody_else_does(portfolio):
    manager, lead = signed_in(portfolio, "manager"), signed_in(portfolio, "lead")

    assert manager.post("/accounts/N2/watch/", {"do": "watch"}).status_code == 302
    assert manager.post("/accounts/N2/watch/", {"do": "watch"}).status_code == 302

    assert WatchedAccount.objects.count() == 1
    assert codes(manager, "/accounts/?watched=on") == {"N2"}
    assert codes(lead, "/accounts/?watched=on") == set()
    assert 'aria-pressed="true"' in manager.get("/accounts/N2/").content.decode()
    assert 'aria-pressed="true"' not in lead.get("/accounts/N2/").content.decode()


def test_the_watch_list_has_what_one_watches_beside_what_the_rule_finds(portfolio):
    user = portfolio.user("manager")
    rows = selection.listed(user, portfolio.run)
    by_rule = {row.code for row in selection.watched(rows, user, portfolio.run)}

    signed_in(portfolio, "manager").post("/accounts/N1/watch/", {"do": "watch"})

    assert "N1" not in by_rule
    assert {row.code for row in selection.watched(rows, user, portfolio.run)} == by_rule | {"N1"}
    assert "watched by you" in signed_in(portfolio, "manager").get("/selection/?show=watch").content.decode()


def test_one_may_leave_off_and_cannot_watch_what_one_does_not_see(portfolio):
    manager = signed_in(portfolio, "manager")
    manager.post("/accounts/N2/watch/", {"do": "watch"})

    assert manager.post("/accounts/N2/watch/", {"do": "leave"}).status_code == 302
    assert manager.post("/accounts/S1/watch/", {"do": "watch"}).status_code == 404
    assert not WatchedAccount.objects.exists()
