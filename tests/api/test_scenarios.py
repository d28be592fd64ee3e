"""Scenarios over REST: the same levers, the same readers and the same figures as on the pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from profitability.models import Scenario
from tests.test_scenarios import figures_of_runs

SCENARIOS = "/api/v1/scenarios/"
BODY = {
    "name": "Three percent",
    "note": "Small orders of two",
    "sharing": "team",
    "accounts": {"segment": "key"},
    "levers": {
        "price": 3,
        "events": {"sales_visit": -50},
        "own": [{"codes": ["N1", "N2"], "minimum_order": 500, "price": 0}, {"codes": ["S1"], "drop": True}],
    },
}


@pytest.fixture
def keep(api):
    """`keep("finance", price=1)`: a scenario of these levers, as answered."""

    def kept(role: str, name="Kept", sharing="everyone", accounts=None, **levers) -> dict:
        body = {"name": name, "sharing": sharing, "accounts": accounts or {}, "levers": levers}
        response = api(role).post(SCENARIOS, body, format="json")
        assert response.status_code == 201, response.json()
        return response.json()

    return kept


def test_a_scenario_is_kept_and_read_again(api, portfolio):
    response = api("finance").post(SCENARIOS, BODY, format="json")

    assert response.status_code == 201
    answer = api("finance").get(response.headers["Location"]).json()
    assert answer == response.json()
    assert {name: answer[name] for name in BODY} == BODY
    assert (answer["owner"], answer["run"]) == ("finance@example.com", portfolio.run.pk)


def test_it_is_the_scenario_of_the_page(api, portfolio, client):
    number = api("finance").post(SCENARIOS, BODY, format="json").json()["id"]
    client.force_login(portfolio.user("finance"))

    page = client.get(f"/what-if/{number}/")

    steps = {step.label: step for step in page.context["study"].steps}
    answer = api("finance").get(f"{SCENARIOS}{number}/outcome/").json()
    assert answer["profitability"]["change"]["contribution"] == float(steps["Contribution"].change)
    assert answer["profitability"]["after"]["net_revenue"] == float(steps["Net revenue"].after)
    assert answer["capacity"]["cash_effect"] == float(page.context["study"].cash_effect)
    assert answer["own_levers"] == 3
    assert answer["run"]["id"] == portfolio.run.pk


def test_the_amounts_of_an_outcome_add_up(keep, api):
    number = keep("finance", price=1, orders=-50)["id"]

    answer = api("finance").get(f"{SCENARIOS}{number}/outcome/").json()["profitability"]

    for side in ("before", "after", "change"):
        found = answer[side]
        phases = sum(found[name] for name in ("presale", "production", "delivery", "post_sale"))
        assert found["cost_to_serve"] == pytest.approx(phases)
        assert found["contribution"] == pytest.approx(found["gross_margin"] - found["cost_to_serve"])


def test_accounts_of_an_outcome_come_by_pages_that_sum_to_it(keep, api):
    number = keep("finance", price=1, own=[{"codes": ["N1"], "drop": True}])["id"]
    finance, rows, pages = api("finance"), [], []
    address = f"{SCENARIOS}{number}/outcome/accounts/?page_size=4&count=1"

    while address:
        answer = finance.get(address).json()
        rows += answer["results"]
        pages.append(answer)
        address = answer["next"]

    assert [len(page["results"]) for page in pages] == [4, 4, 3]
    assert {page["count"] for page in pages} == {11}
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    whole = finance.get(f"{SCENARIOS}{number}/outcome/").json()["profitability"]["change"]["contribution"]
    assert sum(row["change"] for row in rows) == pytest.approx(whole)
    assert [row["own_levers"] for row in rows if row["own_levers"]] == ["dropped"]
    assert finance.get(pages[2]["previous"]).json()["results"] == pages[1]["results"]
    assert finance.get(pages[1]["previous"]).json()["previous"] is None


def test_a_cursor_of_another_list_is_refused(keep, api):
    number = keep("finance", price=1)["id"]
    other = api("finance").get("/api/v1/scores/?page_size=1").json()["next"].partition("cursor=")[2]

    for address in ("outcome/accounts/?cursor=x", f"outcome/accounts/?cursor={other}&page_size=1"):
        response = api("finance").get(f"{SCENARIOS}{number}/{address}")
        assert response.status_code in (200, 400)  # by code too, but of the same run
        if "=x" in address:
            assert response.json()["errors"][0]["field"] == "cursor"


def test_scenarios_are_listed_for_those_who_may_open_them(keep, api):
    keep("manager", "Mine", "nobody", price=1)
    keep("manager", "Ours", "team", price=1)
    keep("manager", "Everyone's", "everyone", price=1)

    def names(role: str) -> list[str]:
        return [row["name"] for row in api(role).get(SCENARIOS).json()["results"]]

    assert names("manager") == ["Everyone's", "Ours", "Mine"]
    assert names("lead") == ["Everyone's", "Ours"]
    assert names("stranger") == names("finance") == ["Everyone's"]
    assert [row["name"] for row in api("manager").get(f"{SCENARIOS}?sharing=nobody").json()["results"]] == ["Mine"]


def test_what_may_not_be_seen_is_as_if_missing(keep, api):
    number = keep("manager", "Mine", "nobody", price=1)["id"]

    for tail in ("", "outcome/", "outcome/accounts/"):
        hidden = api("lead").get(f"{SCENARIOS}{number}/{tail}")
        missing = api("lead").get(f"{SCENARIOS}999999/{tail}")
        assert hidden.status_code == missing.status_code == 404
        assert (hidden.content, dict(hidden.headers)) == (missing.content, dict(missing.headers))


def test_a_shared_scenario_shows_each_reader_own_accounts_and_no_code_of_others(keep, api):
    own = [{"codes": ["N1", "S2"], "price": 5}]
    number = keep("finance", accounts={"codes": ["N1", "S1", "S2"]}, price=1, own=own)["id"]

    answer = api("manager").get(f"{SCENARIOS}{number}/").json()
    rows = api("manager").get(f"{SCENARIOS}{number}/outcome/accounts/").json()["results"]

    assert answer["accounts"]["codes"] == answer["levers"]["own"][0]["codes"] == ["N1"]
    assert [row["code"] for row in rows] == ["N1"]
    assert api("finance").get(f"{SCENARIOS}{number}/").json()["accounts"]["codes"] == ["N1", "S1", "S2"]


def test_a_scenario_of_hidden_accounts_alone_is_not_one_of_all(keep, api):
    number = keep("finance", accounts={"codes": ["S1"]}, price=1)["id"]

    assert api("manager").get(f"{SCENARIOS}{number}/outcome/accounts/").json()["results"] == []
    outcome = api("manager").get(f"{SCENARIOS}{number}/outcome/").json()
    assert (outcome["accounts"], outcome["break_even_order"]) == (0, None)


def test_capacity_is_for_those_who_see_costs(keep, api):
    number = keep("finance", person_minutes=10, avoidable=["sales"], events={"sales_visit": -50})["id"]

    assert api("finance").get(f"{SCENARIOS}{number}/outcome/").json()["capacity"]["cash_saved"] > 0
    assert api("manager").get(f"{SCENARIOS}{number}/outcome/").json()["capacity"] is None


def test_members_see_no_scenarios(api):
    assert api("member").get(SCENARIOS).status_code == 403
    assert api("member").post(SCENARIOS, BODY, format="json").status_code == 403


def test_a_token_needs_the_scope_of_what_it_does(with_token):
    reading = with_token("manager", "scenarios:read")

    assert reading.get(SCENARIOS).status_code == 200
    assert reading.post(SCENARIOS, BODY, format="json").status_code == 403


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": None}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"sharing": "all"}, ["sharing"]),
        ({"state": "x"}, ["state"]),
        ({"levers": []}, ["levers"]),
        ({"levers": {"price": "3"}}, ["levers.price"]),
        ({"levers": {"price": -200}}, ["levers.price"]),
        ({"levers": {"price": True}}, ["levers.price"]),
        ({"levers": {"discount": 1}}, ["levers.discount"]),
        ({"levers": {"events": {"nothing": 1}}}, ["levers.events.nothing"]),
        ({"levers": {"channel": {"origin": "visits"}}}, ["levers.channel.percent"]),
        ({"levers": {"small_orders": "eat"}}, ["levers.small_orders"]),
        ({"levers": {"person_minutes": 0}}, ["levers.person_minutes"]),
        ({"levers": {"avoidable": ["nothing"]}}, ["levers.avoidable"]),
        ({"levers": {"own": [{"codes": ["N1"]}]}}, ["levers.own.0"]),
        ({"levers": {"own": [{"codes": ["N1"], "price": 9999}]}}, ["levers.own.0.price"]),
        ({"levers": {"own": [{"codes": ["N1"], "events": {"nothing": 1}}]}}, ["levers.own.0.events.nothing"]),
        ({"levers": {"own": [{"codes": ["N1"], "drop": 1}]}}, ["levers.own.0.drop"]),
        (
            {"levers": {"own": [{"codes": ["N1"], "price": 1}, {"codes": ["N1"], "price": 2}]}},
            ["levers.own.1.codes"],
        ),
        ({"accounts": {"codes": []}}, ["accounts.codes"]),
        ({"accounts": {"codes": "N1"}}, ["accounts.codes"]),
        ({"accounts": {"class": "Z"}}, ["accounts.class"]),
        ({"accounts": {"manager": "nobody@example.com"}}, ["accounts.manager"]),
        ({"accounts": {"colour": "red"}}, ["accounts.colour"]),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_by_field(api, change, fields):
    response = api("finance").post(SCENARIOS, BODY | change, format="json")

    assert response.status_code == 400, response.json()
    assert [error["field"] for error in response.json()["errors"]] == fields
    assert not Scenario.objects.exists()


def test_levers_of_capacity_are_unknown_to_those_who_see_no_costs(api):
    body = BODY | {"levers": {"avoidable": ["sales"], "person_minutes": 10}}

    response = api("manager").post(SCENARIOS, body, format="json")

    assert {error["field"] for error in response.json()["errors"]} == {"levers.avoidable", "levers.person_minutes"}


def test_a_manager_of_another_team_is_told_like_nobody(api):
    def refused(email: str) -> bytes:
        return api("manager").post(SCENARIOS, BODY | {"accounts": {"manager": email}}, format="json").content

    assert refused("stranger@example.com") == refused("nobody@example.com")


def test_filters_go_by_the_names_of_the_other_lists(keep, api):
    found = keep("finance", accounts={"class": "A", "manager": "manager@example.com", "losing": True}, price=1)

    assert found["accounts"] == {"class": "A", "manager": "manager@example.com", "losing": True}


def test_the_same_key_keeps_one_scenario(api):
    finance, key = api("finance"), {"Idempotency-Key": "k1"}

    first = finance.post(SCENARIOS, BODY, format="json", headers=key)
    again = finance.post(SCENARIOS, BODY, format="json", headers=key)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    assert Scenario.objects.count() == 1
    other = finance.post(SCENARIOS, BODY | {"name": "Other"}, format="json", headers=key)
    assert other.status_code == 422


def test_a_name_is_used_once_by_its_owner(api):
    finance = api("finance")
    finance.post(SCENARIOS, BODY, format="json")

    response = finance.post(SCENARIOS, BODY, format="json")

    assert response.status_code == 400
    assert response.json()["errors"] == [{"field": "name", "reason": "You have a scenario of this name already."}]


def test_answers_fit_their_description(keep, api):
    number = keep("finance", **BODY["levers"], minimum_order=100)["id"]
    schema = api("manager").get("/api/v1/schema/").json()

    for path in ("", "{scenario_id}/", "{scenario_id}/outcome/", "{scenario_id}/outcome/accounts/"):
        described = schema["paths"][f"{SCENARIOS}{path}"]["get"]["responses"]["200"]
        validator = Draft202012Validator(described["content"]["application/json"]["schema"])
        for role in ("manager", "finance"):
            validator.validate(api(role).get(SCENARIOS + path.replace("{scenario_id}", str(number))).json())
    posted = schema["paths"][SCENARIOS]["post"]
    assert "201" in posted["responses"]
    Draft202012Validator(posted["requestBody"]["content"]["application/json"]["schema"]).validate(BODY)


def test_no_call_touches_what_is_published(keep, api):
    before = figures_of_runs()

    number = keep("finance", price=5, minimum_order=1000, small_orders="refuse", own=[{"codes": ["N1"], "drop": True}])
    for tail in ("", "outcome/", "outcome/accounts/"):
        assert api("finance").get(f"{SCENARIOS}{number['id']}/{tail}").status_code == 200

    assert figures_of_runs() == before


def test_of_very_many_accounts_the_caller_is_told_to_come_back(keep, api, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("profitability.scenarios.selection.FEW", 3)
    monkeypatch.setattr("kam_portal.api.scenarios.ask_for_window", lambda run: None)
    number = keep("finance", price=1)["id"]

    response = api("finance").get(f"{SCENARIOS}{number}/outcome/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"


def test_reading_takes_the_same_number_of_queries_for_many(keep, api):
    manager = api("manager")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(SCENARIOS).status_code == 200
        return len(captured)

    keep("finance", "First", price=1, own=[{"codes": ["S1"], "price": 2}])
    before = count()
    for place in range(3):
        keep("finance", f"Scenario {place}", price=1, own=[{"codes": ["S1"], "price": 2}])

    assert count() == before


# Changing and deleting


def tag_of(api, role: str, number: int) -> str:
    return api(role).get(f"{SCENARIOS}{number}/").headers["ETag"]


def test_its_owner_changes_a_scenario_in_part(keep, api):
    number = keep("manager", "Mine", price=1.5, own=[{"codes": ["N1"], "drop": True}])["id"]
    before = api("manager").get(f"{SCENARIOS}{number}/").json()

    response = api("manager").patch(
        f"{SCENARIOS}{number}/", {"name": "Renamed"}, format="json", HTTP_IF_MATCH=tag_of(api, "manager", number)
    )

    assert response.status_code == 200, response.json()
    assert response.json() == before | {"name": "Renamed", "changed_at": response.json()["changed_at"]}
    changed = api("manager").patch(
        f"{SCENARIOS}{number}/",
        {"levers": {"price": 3}, "accounts": {"segment": "key"}},
        format="json",
        HTTP_IF_MATCH=tag_of(api, "manager", number),
    )
    assert (changed.json()["levers"], changed.json()["accounts"]) == ({"price": 3}, {"segment": "key"})


def test_a_write_names_the_state_it_starts_from(keep, api):
    number = keep("manager", price=1)["id"]
    address, stale = f"{SCENARIOS}{number}/", tag_of(api, "manager", number)
    api("manager").patch(address, {"note": "New"}, format="json", HTTP_IF_MATCH=stale)

    for send in (api("manager").patch, api("manager").delete):
        assert send(address, {"note": "Lost"}, format="json").status_code == 428
        assert send(address, {"note": "Lost"}, format="json", HTTP_IF_MATCH=stale).status_code == 412
    assert Scenario.objects.get(pk=number).note == "New"


def test_its_owner_deletes_a_scenario(keep, api):
    number = keep("manager", price=1)["id"]
    tag = tag_of(api, "manager", number)

    assert api("finance").delete(f"{SCENARIOS}{number}/", HTTP_IF_MATCH=tag).status_code == 403
    assert api("manager").delete(f"{SCENARIOS}{number}/", HTTP_IF_MATCH=tag).status_code == 204
    assert api("manager").get(f"{SCENARIOS}{number}/").status_code == 404


def test_a_change_that_is_wrong_names_its_fields(keep, api):
    number = keep("manager", price=1)["id"]

    for body, field in (({"levers": {"orders": -100}}, "levers.orders"), ({"levers": {}}, "levers"), ({"x": 1}, "x")):
        tag = tag_of(api, "manager", number)
        response = api("manager").patch(f"{SCENARIOS}{number}/", body, format="json", HTTP_IF_MATCH=tag)
        assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)


def test_cash_is_for_everyone_and_pools_for_those_who_see_costs(keep, api):
    number = keep("finance", accounts={"codes": ["N3"]}, drop=True)["id"]

    for role in ("manager", "finance"):
        answer = api(role).get(f"{SCENARIOS}{number}/outcome/").json()
        assert (answer["cash"]["effect"], answer["cash"]["usage_saved"]) == (-30000, 45000)
        assert (answer["capacity"] is None) == (role == "manager")


def test_how_long_small_orders_are_joined_comes_back(keep):
    assert keep("finance", minimum_order=500, joined_within="quarter")["levers"]["joined_within"] == "quarter"
