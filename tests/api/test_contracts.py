"""Contracts over REST: terms and promises with where they stand, for whoever sees the account."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from relationships.models import Commitment, Contract, ServiceLevel, ServiceReading
from tests.relationships.test_contracts import LINES, ledger

CONTRACTS = "/api/v1/contracts/"


@pytest.fixture
def supply(portfolio) -> Contract:
    made = a_contract(portfolio, "N1")
    ledger(portfolio.accounts, LINES)
    Commitment.objects.create(contract=made, measure="net_revenue", category="Bikes", least=5000)
    Commitment.objects.create(contract=made, measure="price", side="ours", most=95)
    ServiceLevel.objects.create(contract=made, measure="on_time_share", least="0.9")
    own = ServiceLevel.objects.create(contract=made, measure="own", name="Calls answered", unit="%", least=80)
    for month, value in ((202601, 90), (202602, 70)):
        ServiceReading.objects.create(level=own, month=month, value=value, read_by=portfolio.user("manager"))
    return made


def a_contract(portfolio, code: str, **more) -> Contract:
    said = {"name": f"Supply of {code}", "from_on": "2026-01-01", "until_on": "2026-12-31"} | more
    return Contract.objects.create(account=portfolio.accounts[code], created_by=portfolio.user("manager"), **said)


def at(row: Contract, rest: str = "") -> str:
    return f"{CONTRACTS}{row.pk}/{rest}"


def names(client, query: str = "") -> set[str]:
    return {row["name"] for row in client.get(CONTRACTS + query).json()["results"]}


def test_each_sees_those_of_the_accounts_in_sight(api, portfolio, supply):
    theirs = a_contract(portfolio, "S1")
    seen = {who: {supply.name} for who in ("manager", "member", "lead")} | {"stranger": {theirs.name}}
    seen |= {who: {supply.name, theirs.name} for who in ("finance", "executive")}

    for who, expected in seen.items():
        client = api(who)
        answer = client.get(f"{CONTRACTS}?count=1").json()
        assert ({row["name"] for row in answer["results"]}, answer["count"]) == (expected, len(expected)), who
        for row in (supply, theirs):
            for part in ("", "service-levels/"):
                hidden, missing = client.get(at(row, part)), client.get(f"{CONTRACTS}999999/{part}")
                assert hidden.status_code == (200 if row.name in expected else 404), who
                assert row.name in expected or hidden.content == missing.content
    assert api("admin").get(CONTRACTS).status_code == 403


def test_a_promise_is_told_with_what_came(api, supply):
    (row,) = api("member").get(CONTRACTS).json()["results"]
    revenue, price = row["commitments"]

    assert (row["account_code"], row["figures_of"], row["until_on"]) == ("N1", "2026-02-28", "2026-12-31")
    assert (revenue["actual"], revenue["least"], revenue["standing"]) == (1100, 5000, "on_track")
    assert (revenue["category"], revenue["from_on"], revenue["until_on"]) == ("Bikes", "2026-01-01", "2026-12-31")
    assert (price["standing"], price["gone"] is None) == ("kept", False)
    assert api("member").get(at(supply)).json() == row


def test_a_promise_that_has_not_begun_has_no_standing(api, portfolio):
    ahead = timezone.localdate() + timedelta(days=400)
    made = a_contract(portfolio, "N1", from_on=ahead, until_on=ahead + timedelta(days=365))
    Commitment.objects.create(contract=made, measure="orders", least=3)

    row = api("manager").get(at(made)).json()

    assert (row["is_running"], row["runs_until"]) == (False, None)
    assert (row["commitments"][0]["standing"], row["commitments"][0]["least"]) == (None, 3)


def test_a_contract_that_renews_tells_the_term_that_runs(api, portfolio):
    today = timezone.localdate()
    made = a_contract(
        portfolio, "N1", from_on=date(2020, 1, 1), until_on=date(2020, 12, 31), renewal="renews", renewal_months=12,
        notice_days=30,
    )  # fmt: skip

    row = api("manager").get(at(made)).json()

    assert (row["is_running"], row["runs_until"]) == (True, f"{today.year}-12-31")
    assert row["notice_by"] == f"{today.year}-12-01"


def test_service_levels_are_told_with_their_standing(api, supply):
    on_time, own = api("member").get(at(supply, "service-levels/")).json()["results"]

    assert (on_time["actual"], on_time["standing"]) == (0.5, "missed")
    assert (own["actual"], own["standing"], own["read_in"]) == (70, "missed", "2026-02")
    only = api("member").get(at(supply, "service-levels/?measure=own")).json()["results"]
    assert [row["name"] for row in only] == ["Calls answered"]


def test_filters_and_scope(api, with_token, portfolio, supply):
    a_contract(portfolio, "S1", kind="service")
    client = api("finance")

    assert names(client, "?account=S1") == {"Supply of S1"}
    assert names(client, "?kind=supply&team=north") == {"Supply of N1"}
    assert names(client, "?manager=STRANGER@example.com") == {"Supply of S1"}
    for query in ("colour=red", "kind=loan"):
        assert client.get(f"{CONTRACTS}?{query}").status_code == 400
    assert with_token("manager", "contacts:read").get(CONTRACTS).status_code == 403
    assert with_token("manager", "contracts:read").get(CONTRACTS).status_code == 200
    assert api("manager").post(CONTRACTS, {}).status_code == 405


def test_what_did_not_change_is_not_sent_again(api, supply):
    client = api("manager")
    tag = client.get(at(supply)).headers["ETag"]

    assert client.get(at(supply), HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_many_take_no_more_queries(api, portfolio, supply, django_assert_max_num_queries):
    for number in range(20):
        made = a_contract(portfolio, "N2", name=str(number))
        Commitment.objects.create(contract=made, measure="units", least=1)
    client = api("manager")

    with django_assert_max_num_queries(14):
        assert len(client.get(CONTRACTS).json()["results"]) == 21
