"""Decisions over REST: proposed, decided by somebody else, and told to nobody who may not see them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Decision
from accounts.rest.scopes import SCOPES
from tests.factories import a_portfolio

PROPOSAL = {
    "account_code": "N1",
    "outcome": "admit",
    "reason": "Grows fast",
    "review_on": (timezone.localdate() + timedelta(days=365)).isoformat(),
}


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def call(portfolio):
    """`call("manager", "post", "", {…})`: the answer below decisions/."""

    def answered(role: str, method: str, rest: str = "", body=None, **headers):
        _row, token = ApiToken.objects.create(portfolio.user(role), scopes=SCOPES)
        ask = getattr(Client(), method)
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return ask(f"/api/v1/decisions/{rest}", headers={"Authorization": f"Bearer {token}"} | headers, **more)

    return answered


def test_a_proposal_is_made_and_approved(call):
    made = call("manager", "post", body=PROPOSAL)
    assert made.status_code == 201
    assert made.json()["state"] == "proposed"
    assert made.headers["Location"].endswith(f"/decisions/{made.json()['id']}/")

    done = call("executive", "patch", f"{made.json()['id']}/", {"state": "approved"})

    assert done.status_code == 200
    assert (done.json()["state"], done.json()["decided_by"]) == ("approved", "executive@example.com")
    listed = call("manager", "get", "?state=approved").json()["results"]
    assert [row["account_code"] for row in listed] == ["N1"]


def test_a_proposal_that_is_sent_again_is_made_once(call):
    first = call("manager", "post", body=PROPOSAL, **{"Idempotency-Key": "a"})
    second = call("manager", "post", body=PROPOSAL, **{"Idempotency-Key": "a"})

    assert first.json() == second.json()
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"outcome": "marry"}, "outcome"),
        ({"reason": None}, "reason"),
        ({"reason": 7}, "reason"),
        ({"review_on": "soon"}, "review_on"),
        ({"review_on": "2026-02-31"}, "review_on"),
        ({"colour": "red"}, "colour"),
        ({"review_on": None}, ""),
        ({"outcome": "keep"}, ""),
    ],
)
def test_what_is_wrong_is_named(call, wrong, field):
    answer = call("manager", "post", body=PROPOSAL | wrong)

    assert answer.status_code == 400
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not Decision.objects.exists()


def test_a_proposal_on_an_account_that_waits_already_is_a_conflict(call):
    call("manager", "post", body=PROPOSAL)

    answer = call("lead", "post", body=PROPOSAL)

    assert answer.status_code == 409
    assert answer.json()["title"] == "Conflict"
    assert "waits already" in answer.json()["detail"]
    assert Decision.objects.count() == 1


def test_hidden_and_missing_accounts_answer_alike(call):
    hidden = call("manager", "post", body=PROPOSAL | {"account_code": "S1"})
    missing = call("manager", "post", body=PROPOSAL | {"account_code": "XX"})

    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content


def test_decisions_on_accounts_of_others_are_not_told(call):
    made = call("executive", "post", body=PROPOSAL | {"account_code": "S1"}).json()

    assert call("manager", "get").json()["results"] == []
    assert call("manager", "get", f"{made['id']}/").status_code == 404
    assert call("member", "get").status_code == 403


@pytest.mark.parametrize("body", [{}, {"state": "proposed"}, {"state": "declined"}, [], {"state": "approved", "x": 1}])
def test_a_decision_that_says_too_little_is_refused(call, body):
    made = call("manager", "post", body=PROPOSAL).json()

    assert call("executive", "patch", f"{made['id']}/", body).status_code == 400
    assert Decision.objects.get().state == "proposed"


def test_ones_own_proposal_and_one_that_is_decided_are_refused(call):
    own = call("executive", "post", body=PROPOSAL).json()
    assert call("executive", "patch", f"{own['id']}/", {"state": "approved"}).status_code == 400
    other = call("manager", "post", body=PROPOSAL | {"account_code": "N2"}).json()
    call("executive", "patch", f"{other['id']}/", {"state": "declined", "answer": "No"})

    assert call("executive", "patch", f"{other['id']}/", {"state": "approved"}).status_code == 400
    assert Decision.objects.get(pk=other["id"]).state == "declined"
