"""Complaints over REST: seen with their account, logged, followed up and closed by who may, against their tag."""

import pytest
from django.utils import timezone

from relationships.models import Complaint, Contact
from tests.api.writing import fields, patch, post

COMPLAINTS = "/api/v1/complaints/"
TODAY = timezone.localdate()


@pytest.fixture
def late(portfolio) -> Complaint:
    return a_complaint(portfolio, "N1", "manager", text="Late")


def a_complaint(portfolio, code: str, who: str, **more) -> Complaint:
    said = {"received_on": "2026-02-03", "text": "Late", "severity": 2, "subject": "delivery"} | more
    return Complaint.objects.create(account=portfolio.accounts[code], logged_by=portfolio.user(who), **said)


def at(row: Complaint) -> str:
    return f"{COMPLAINTS}{row.pk}/"


def texts(client, query: str = "") -> set[str]:
    return {row["text"] for row in client.get(COMPLAINTS + query).json()["results"]}


def test_each_sees_those_of_the_accounts_in_sight(api, portfolio, late):
    theirs = a_complaint(portfolio, "S1", "stranger", text="Wrong")
    seen = {who: {"Late"} for who in ("manager", "member", "lead")} | {"stranger": {"Wrong"}}
    seen |= {who: {"Late", "Wrong"} for who in ("finance", "executive")}

    for who, expected in seen.items():
        client = api(who)
        answer = client.get(f"{COMPLAINTS}?count=1").json()
        assert {row["text"] for row in answer["results"]} == expected, who
        assert answer["count"] == len(expected)
        for row in (late, theirs):
            hidden, missing = client.get(at(row)), client.get(f"{COMPLAINTS}999999/")
            assert hidden.status_code == (200 if row.text in expected else 404), who
            assert row.text in expected or hidden.content == missing.content
    assert api("admin").get(COMPLAINTS).status_code == 403


def test_filters(api, portfolio, late):
    closed = {"closed_on": "2026-03-04", "remedy": "Sent again", "owner": portfolio.user("lead")}
    a_complaint(
        portfolio, "N2", "member", text="Wrong", subject="invoice", received_on="2026-03-01", severity=3, **closed
    )
    client = api("lead")

    for query, found in (
        ("account=N2", {"Wrong"}),
        ("account=S1", set()),
        ("state=open", {"Late"}),
        ("state=closed", {"Wrong"}),
        ("subject=delivery", {"Late"}),
        ("severity=3", {"Wrong"}),
        ("owner=lead@example.com", {"Wrong"}),
        ("received_since=2026-02-04", {"Wrong"}),
    ):
        assert texts(client, f"?{query}") == found, query
    for query in ("colour=red", "state=lost", "severity=4", "received_since=x"):
        assert client.get(f"{COMPLAINTS}?{query}").status_code == 400, query


def test_one_is_logged_once_and_closed(api, portfolio):
    ada = Contact.objects.create(account=portfolio.accounts["N1"], name="Ada")
    body = {"account_code": "N1", "text": "Box broken", "severity": 3, "subject": "quality", "contact_id": ada.pk}

    made = post(api("member"), COMPLAINTS, body, **{"Idempotency-Key": "a"})
    again = post(api("member"), COMPLAINTS, body, **{"Idempotency-Key": "a"})

    assert made.status_code == 201, made.content
    assert made.content == again.content
    row = Complaint.objects.get()
    assert made.headers["Location"].endswith(at(row))
    told = made.json()
    assert (told["received_on"], told["contact_id"], told["closed_on"]) == (f"{TODAY}", ada.pk, None)
    closed = patch(api("member"), at(row), {"closed_on": f"{TODAY}", "remedy": "Replaced"})
    assert closed.status_code == 200, closed.content
    assert (closed.json()["closed_on"], closed.json()["text"]) == (f"{TODAY}", "Box broken")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"account_code": "S1"}, "account_code"),
        ({"account_code": 1}, "account_code"),
        ({"text": ""}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"severity": 4}, "severity"),
        ({"severity": None}, "severity"),
        ({"subject": "weather"}, "subject"),
        ({"received_on": "2099-01-01"}, "received_on"),
        ({"owner_email": "stranger@example.com"}, "owner_email"),
        ({"contact_id": 999}, "contact_id"),
        ({"closed_on": f"{TODAY}"}, "remedy"),
        ({"closed_on": "2001-01-01", "remedy": "Done"}, "closed_on"),
        ({"logged_by": "lead@example.com"}, "logged_by"),
    ],
)
def test_what_is_wrong_is_named(api, portfolio, body, field):
    said = {"account_code": "N1", "text": "Late", "severity": 1} | body

    assert fields(post(api("manager"), COMPLAINTS, said)) == {field}
    assert not Complaint.objects.exists()


def test_one_is_changed_against_its_tag(api, late):
    client = api("manager")
    tag = client.get(at(late)).headers["ETag"]

    first = patch(client, at(late), {"cause": "Snow", "owner_email": "lead@example.com"}, tag)
    second = patch(client, at(late), {"cause": "Rain"}, tag)
    without = client.patch(at(late), {"cause": "Rain"}, format="json")

    assert (first.status_code, second.status_code, without.status_code) == (200, 412, 428)
    assert (first.json()["cause"], first.json()["owner_email"]) == ("Snow", "lead@example.com")
    assert fields(patch(client, at(late), {"closed_on": f"{TODAY}"})) == {"remedy"}


def test_it_is_changed_by_who_logged_or_owns_it_or_edits_plans(api, portfolio, late):
    for who in ("member", "finance", "executive"):
        assert patch(api(who), at(late), {"cause": "X"}).status_code == 403, who
    assert patch(api("stranger"), at(late), {"cause": "X"}, "*").status_code == 404
    Complaint.objects.update(owner=portfolio.user("member"))

    assert patch(api("member"), at(late), {"cause": "Snow"}).status_code == 200
    assert patch(api("lead"), at(late), {"cause": "Ice"}).status_code == 200


def test_a_token_needs_the_scope(with_token, portfolio):
    body = {"account_code": "N1", "text": "Late", "severity": 1}

    assert with_token("manager", "contacts:read").get(COMPLAINTS).status_code == 403
    assert post(with_token("manager", "complaints:read"), COMPLAINTS, body).status_code == 403
    assert post(with_token("manager", "complaints:write"), COMPLAINTS, body).status_code == 201
    assert post(with_token("finance", "complaints:write"), COMPLAINTS, body).status_code == 403
