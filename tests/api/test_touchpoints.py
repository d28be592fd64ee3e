"""Touchpoints over REST: seen with their account, logged once, changed and removed by who may, against their tag."""

import pytest
from django.utils import timezone

from relationships.models import Contact, Touchpoint
from tests.api.writing import delete, fields, patch, post

TOUCHPOINTS = "/api/v1/touchpoints/"
TODAY = timezone.localdate()


@pytest.fixture
def call(portfolio) -> Touchpoint:
    return a_touchpoint(portfolio, "N1", "member")


def a_touchpoint(portfolio, code: str, who: str, **more) -> Touchpoint:
    said = {"kind": "call", "held_on": "2026-02-03", "subject": "Prices"} | more
    made = Touchpoint.objects.create(account=portfolio.accounts[code], logged_by=portfolio.user(who), **said)
    made.people.add(portfolio.user(who))
    return made


def at(row: Touchpoint) -> str:
    return f"{TOUCHPOINTS}{row.pk}/"


def subjects(client, query: str = "") -> set[str]:
    return {row["subject"] for row in client.get(TOUCHPOINTS + query).json()["results"]}


def test_each_sees_those_of_the_accounts_in_sight(api, portfolio, call):
    theirs = a_touchpoint(portfolio, "S1", "stranger", subject="Delivery")
    seen = {who: {"Prices"} for who in ("manager", "member", "lead")} | {"stranger": {"Delivery"}}
    seen |= {who: {"Prices", "Delivery"} for who in ("finance", "executive")}

    for who, expected in seen.items():
        client = api(who)
        answer = client.get(f"{TOUCHPOINTS}?count=1").json()
        assert {row["subject"] for row in answer["results"]} == expected, who
        assert answer["count"] == len(expected)
        for row, subject in ((call, "Prices"), (theirs, "Delivery")):
            hidden, missing = client.get(at(row)), client.get(f"{TOUCHPOINTS}999999/")
            assert hidden.status_code == (200 if subject in expected else 404), who
            assert subject in expected or hidden.content == missing.content
    assert api("admin").get(TOUCHPOINTS).status_code == 403


def test_a_row_tells_who_was_there(api, portfolio, call):
    ada = Contact.objects.create(account=call.account, name="Ada")
    call.contacts.add(ada)
    call.people.add(portfolio.user("lead"))

    (row,) = api("manager").get(TOUCHPOINTS).json()["results"]

    assert (row["account_code"], row["kind"], row["held_on"]) == ("N1", "call", "2026-02-03")
    assert (row["contact_ids"], row["people"]) == ([ada.pk], ["lead@example.com", "member@example.com"])
    assert (row["note"], row["minutes"], row["logged_by"]) == (None, None, "member@example.com")


def test_filters(api, portfolio, call):
    a_touchpoint(portfolio, "N2", "manager", kind="visit", held_on="2026-03-01", subject="Plans")
    client = api("lead")

    for query, found in (
        ("account=N2", {"Plans"}),
        ("account=S1", set()),
        ("kind=call", {"Prices"}),
        ("person=MEMBER@example.com", {"Prices"}),
        ("held_since=2026-03-01", {"Plans"}),
        ("held_until=2026-02-28", {"Prices"}),
    ):
        assert subjects(client, f"?{query}") == found, query
    for query in ("colour=red", "kind=letter", "held_since=soon", "kind=call&kind=call", "page_size=0"):
        assert client.get(f"{TOUCHPOINTS}?{query}").status_code == 400, query


def test_pages_walk_over_all_of_them(api, portfolio):
    for day in range(1, 6):
        a_touchpoint(portfolio, "N1", "manager", held_on=f"2026-01-0{day}", subject=str(day))
    client, found, following = api("manager"), [], f"{TOUCHPOINTS}?page_size=2"
    while following:
        answer = client.get(following).json()
        found += [row["subject"] for row in answer["results"]]
        following = answer["next"]

    assert found == ["5", "4", "3", "2", "1"]


def test_one_is_logged_once(api, portfolio):
    ada = Contact.objects.create(account=portfolio.accounts["N1"], name="Ada")
    body = {"account_code": "N1", "kind": "visit", "minutes": 90, "note": "All well", "contact_ids": [ada.pk]}

    made = post(api("member"), TOUCHPOINTS, body, **{"Idempotency-Key": "a"})
    again = post(api("member"), TOUCHPOINTS, body, **{"Idempotency-Key": "a"})
    other = post(api("member"), TOUCHPOINTS, body | {"minutes": 5}, **{"Idempotency-Key": "a"})

    assert made.status_code == 201, made.content
    assert (made.content, other.status_code) == (again.content, 422)
    told = made.json()
    assert (told["held_on"], told["people"], told["source"]) == (f"{TODAY}", ["member@example.com"], "rest")
    assert (told["minutes"], told["contact_ids"]) == (90, [ada.pk])
    assert made.headers["Location"].endswith(at(Touchpoint.objects.get()))


def test_who_may_not_log_is_refused(api, with_token):
    body = {"account_code": "N1"}

    assert post(api("finance"), TOUCHPOINTS, body).status_code == 403
    assert post(with_token("manager", "touchpoints:read"), TOUCHPOINTS, body).status_code == 403
    assert with_token("manager", "plans:read").get(TOUCHPOINTS).status_code == 403
    assert post(with_token("manager", "touchpoints:write"), TOUCHPOINTS, body).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"account_code": None}, "account_code"),
        ({"account_code": "S1"}, "account_code"),
        ({"account_code": "XX"}, "account_code"),
        ({"account_code": "Account N1"}, "account_code"),
        ({"kind": "letter"}, "kind"),
        ({"held_on": "1889-01-01"}, "held_on"),
        ({"held_on": "2099-01-01"}, "held_on"),
        ({"held_on": None}, "held_on"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 99_999}, "minutes"),
        ({"subject": "x" * 301}, "subject"),
        ({"contact_ids": [999]}, "contact_ids"),
        ({"people": ["stranger@example.com"]}, "people"),
        ({"logged_by": "lead@example.com"}, "logged_by"),
        ({"source": "csv"}, "source"),
    ],
)
def test_what_is_wrong_is_named(api, portfolio, body, field):
    assert fields(post(api("manager"), TOUCHPOINTS, {"account_code": "N1"} | body)) == {field}
    assert not Touchpoint.objects.exists()


def test_contacts_are_of_the_account(api, portfolio):
    eve = Contact.objects.create(account=portfolio.accounts["N2"], name="Eve")

    body = {"account_code": "N1", "contact_ids": [eve.pk]}
    assert fields(post(api("manager"), TOUCHPOINTS, body)) == {"contact_ids"}


def test_one_is_changed_against_its_tag(api, portfolio, call):
    client = api("member")
    tag = client.get(at(call)).headers["ETag"]

    first = patch(client, at(call), {"subject": "Prices of 2027", "minutes": 30}, tag)
    late = patch(client, at(call), {"subject": "Nothing"}, tag)
    without = client.patch(at(call), {"subject": "Nothing"}, format="json")

    assert (first.status_code, late.status_code, without.status_code) == (200, 412, 428)
    told = first.json()
    assert (told["subject"], told["minutes"], told["kind"]) == ("Prices of 2027", 30, "call")
    assert told["people"] == ["member@example.com"]
    assert patch(client, at(call), {"minutes": None, "people": []}).json()["people"] == []
    assert Touchpoint.objects.get().minutes is None


def test_it_is_changed_and_removed_by_who_logged_it_or_edits_plans(api, portfolio, call):
    mine = a_touchpoint(portfolio, "N1", "manager", subject="Mine")

    for who in ("finance", "executive"):
        assert patch(api(who), at(call), {"subject": "X"}).status_code == 403
        assert delete(api(who), at(call)).status_code == 403
    assert patch(api("member"), at(mine), {"subject": "X"}).status_code == 403
    assert delete(api("member"), at(mine)).status_code == 403
    assert patch(api("stranger"), at(call), {"subject": "X"}, "*").status_code == 404
    assert delete(api("stranger"), at(call), "*").status_code == 404
    assert patch(api("lead"), at(call), {"subject": "Ours"}).status_code == 200
    assert set(Touchpoint.objects.values_list("subject", flat=True)) == {"Ours", "Mine"}


def test_one_is_removed_against_its_tag(api, call):
    client = api("member")
    tag = client.get(at(call)).headers["ETag"]
    patch(client, at(call), {"subject": "Other"}, tag)

    assert client.delete(at(call)).status_code == 428
    assert delete(client, at(call), tag).status_code == 412
    assert delete(client, at(call)).status_code == 204
    assert client.get(at(call)).status_code == 404


def test_many_take_no_more_queries(api, portfolio, django_assert_max_num_queries):
    for number in range(20):
        row = a_touchpoint(portfolio, "N1", "manager", subject=str(number))
        row.contacts.add(Contact.objects.create(account=row.account, name=f"Ada {number}"))
    client = api("manager")

    with django_assert_max_num_queries(9):
        assert len(client.get(TOUCHPOINTS).json()["results"]) == 20
