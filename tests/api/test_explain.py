"""The trail over REST: the same figures as on the pages, for the same readers."""

from decimal import Decimal

import pytest

from profitability.explain.figures import FIGURES


def explained(client, figure: str = "", code: str = "N1", **query) -> dict:
    response = client.get(f"/api/v1/accounts/{code}/explain/", {**({"figure": figure} if figure else {}), **query})
    assert response.status_code == 200, response.content
    return response.json()


def test_a_figure_has_its_formula_and_inputs_with_links(api):
    answer = explained(api("manager"), "contribution")

    assert answer["formula"] == "gross margin − cost to serve"
    assert (answer["value"], answer["closes"]) == (80000.0, True)
    assert [(each["figure"], each["sign"], each["value"]) for each in answer["inputs"]] == [
        ("gross_margin", 1, 120000.0),
        ("cost_to_serve", -1, 40000.0),
    ]
    for each in answer["inputs"]:
        assert api("manager").get(each["url"]).json()["value"] == each["value"]


@pytest.mark.parametrize("role", ["manager", "finance"])
def test_what_is_listed_sums_to_every_figure(api, role):
    for figure in [*FIGURES, "visits", "order_entry"]:
        answer = explained(api(role), figure)

        for reading in answer["readings"]:
            parts = sum(Decimal(str(part["value"])) * part["sign"] for part in reading["parts"])
            assert parts == Decimal(str(reading["total"])) == Decimal(str(answer["value"])), figure


def test_a_month_of_a_figure_and_of_an_activity(api):
    assert explained(api("manager"), "net_revenue", month="2026-01")["value"] == 200000.0
    activity = explained(api("manager"), "visits", month="2026-02")

    assert activity["value"] == 10000.0
    assert [row["month"] for row in activity["activity"]["months"]] == ["2026-02"]
    assert api("manager").get("/api/v1/accounts/N1/explain/?month=2025-12").json()["errors"][0]["field"] == "month"


def test_the_default_is_the_last_figure_the_reader_may_see(api):
    assert explained(api("manager"))["figure"] == "contribution"
    assert explained(api("member"))["figure"] == "gross_margin"


@pytest.mark.parametrize("figure", ["contribution", "presale", "visits", "activity:visits", "attractiveness"])
def test_figures_below_gross_margin_are_unknown_to_a_member(api, figure):
    hidden = api("member").get(f"/api/v1/accounts/N1/explain/?figure={figure}")
    unknown = api("member").get("/api/v1/accounts/N1/explain/?figure=no_such")

    assert hidden.status_code == unknown.status_code == 400
    assert hidden.content == unknown.content


def test_hidden_and_missing_accounts_are_the_same(api):
    hidden = api("manager").get("/api/v1/accounts/S1/explain/")
    missing = api("manager").get("/api/v1/accounts/XX/explain/")

    assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_pools_are_told_to_readers_of_costs_only(api):
    pools = explained(api("finance"), "visits")["pools"]

    assert [pool["code"] for pool in pools] == ["sales"]
    assert explained(api("manager"), "visits")["pools"] is None
    assert "Sales" not in str(explained(api("manager"), "visits")["formula"])
    line = api("finance").get(pools[0]["months"][0]["url"]).json()
    bearers = [(row["code"], row["value"]) for row in line["accounts"]["results"]]
    assert bearers[:2] == [("S1", 20000.0), ("N3", 11250.0)]
    assert sum(value for _code, value in bearers) == line["value"] and line["closes"]


def test_a_cost_line_needs_the_permission_and_must_exist(api):
    assert api("manager").get("/api/v1/cost-lines/sales/2026-01/explain/").status_code == 403
    for missing in ("sales/2099-01", "nothing/2026-01", "sales/soon"):
        assert api("finance").get(f"/api/v1/cost-lines/{missing}/explain/").status_code == 404


def test_places_are_among_the_accounts_one_sees(api):
    assert explained(api("manager"), "revenue_rank")["value"] == 1
    assert explained(api("finance"), "revenue_rank")["value"] == 2
    assert explained(api("manager"), "revenue_class")["inputs"][2]["value"] is None


def test_scores_and_boxes_have_their_inputs(api):
    box = explained(api("manager"), "box")

    assert box["value"] == "strategic"
    assert [(each["figure"], each["value"], each["cut"]) for each in box["inputs"]] == [
        ("attractiveness", 8.0, 5.0),
        ("relationship_strength", 7.0, 5.0),
    ]
    assert [each["figure"] for each in explained(api("member"), "box")["inputs"]] == ["relationship_strength"]


def test_the_queries_do_not_grow(api, django_assert_max_num_queries):
    client = api("finance")
    with django_assert_max_num_queries(16):
        explained(client, "visits")
