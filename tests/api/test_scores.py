from datetime import UTC, date, datetime

import orjson
import pytest

SCORES = "/api/v1/scores/"
FIELDS = [
    "code", "name", "parent_code", "team", "manager", "box", "box_provisional", "attractiveness",
    "relationship_strength", "stage", "stage_buyer", "stability", "confidence", "revenue_class", "revenue_rank",
    "contribution_rank", "net_revenue", "gross_margin", "cost_to_serve", "contribution", "cost_to_serve_share",
    "previous_box", "changed_on", "run",
    "stage_supplier", "stage_provisional", "criteria", "criteria_version",  # since then
]  # fmt: skip


def codes(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_a_row_has_the_fields_of_the_contract_in_their_order(api):
    row = api("finance").get(SCORES).json()["results"][0]

    assert list(row) == FIELDS


def test_amounts_are_numbers_with_the_decimals_of_the_currency(api):
    answer = api("finance").get(SCORES).content

    assert b'"net_revenue":400000.00,' in answer
    assert b'"cost_to_serve_share":0.100000,' in answer


def test_the_envelope_names_the_run(api, portfolio):
    answer = api("manager").get(SCORES).json()

    assert answer["run"] == {
        "id": portfolio.run.pk,
        "as_of": "2026-02-28",
        "model": "standard v1",
        "published_at": "2026-03-02T02:00:00Z",
    }
    assert {row["run"] for row in answer["results"]} == {portfolio.run.pk}


def test_a_manager_sees_the_accounts_of_the_team(api):
    assert codes(api("manager").get(SCORES)) == ["N1", "N2", "N3", "N4", "N5", "N6"]


def test_finance_sees_all_accounts_and_no_row_for_lines_without_account(api):
    assert len(codes(api("finance").get(SCORES))) == 12


def test_a_member_sees_nothing_below_gross_margin(api):
    row = api("member").get(SCORES).json()["results"][0]

    assert row["gross_margin"] == 120000
    hidden = ("cost_to_serve", "contribution", "cost_to_serve_share", "contribution_rank", "revenue_rank")
    assert [row[name] for name in hidden] == [None] * 5


def test_a_manager_sees_profit_but_no_rank_in_the_company(api):
    row = api("manager").get(SCORES).json()["results"][0]

    assert (row["contribution"], row["cost_to_serve_share"]) == (80000, 0.1)
    assert (row["revenue_rank"], row["contribution_rank"]) == (None, None)


def test_a_lead_with_company_figures_sees_ranks_in_the_company(api, portfolio):
    lead = portfolio.user("lead")
    lead.sees_company_figures = True
    lead.save()

    row = api("lead").get(SCORES).json()["results"][0]

    assert row["revenue_rank"] == 2  # behind S1


def test_a_parent_out_of_sight_is_not_named(api):
    parents = {row["code"]: row["parent_code"] for row in api("manager").get(SCORES).json()["results"]}

    assert parents["N2"] == "N1"
    assert parents["N4"] is None  # S1
    everything = api("finance").get(SCORES).json()["results"]
    assert {row["code"]: row["parent_code"] for row in everything}["N4"] == "S1"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("box=star", ["N3", "S3"]),
        ("team=south&segment=key", ["S1", "S2"]),
        ("manager=MANAGER@example.com&country=AT", ["N3", "N4"]),
        ("class=N", ["S6"]),
        ("ordering=-contribution&page_size=3", ["N1", "S1", "N2"]),
        ("ordering=changed_on&box=status", ["N4", "S4"]),
    ],
)
def test_filters_and_orders(api, query, expected):
    assert codes(api("finance").get(f"{SCORES}?{query}")) == expected


def test_rows_without_value_come_last_whichever_way_they_are_ordered(api):
    finance = api("finance")

    assert codes(finance.get(f"{SCORES}?ordering=attractiveness"))[-2:] == ["N6", "S6"]
    assert codes(finance.get(f"{SCORES}?ordering=-attractiveness"))[-2:] == ["N6", "S6"]


def test_updated_since_gives_nothing_before_a_newer_run(api):
    finance = api("finance")

    assert codes(finance.get(f"{SCORES}?updated_since=2026-03-02T02:00:01Z")) == []
    assert len(codes(finance.get(f"{SCORES}?updated_since=2026-03-02"))) == 12


def test_an_earlier_run_can_be_read_and_one_never_published_cannot(api, portfolio):
    finance, earlier = api("finance"), portfolio.earlier

    assert finance.get(f"{SCORES}?run={earlier.pk}").json()["run"]["id"] == earlier.pk
    earlier.state = "failed"
    earlier.save()
    assert finance.get(f"{SCORES}?run={earlier.pk}").status_code == 400


@pytest.mark.parametrize(
    ("role", "query", "field"),
    [
        ("finance", "colour=red", "colour"),
        ("finance", "box=star&box=status", "box"),
        ("finance", "box=diamond", "box"),
        ("finance", "page_size=0", "page_size"),
        ("finance", "page_size=1001", "page_size"),
        ("finance", "page_size=-14230", "page_size"),
        ("finance", "page_size=%D9%A1%D9%A2", "page_size"),
        ("finance", "cursor=abc", "cursor"),
        ("finance", "team=%00", "team"),
        ("finance", "run=99999999999999999999999", "run"),
        ("finance", "updated_since=yesterday", "updated_since"),
        ("member", "ordering=contribution", "ordering"),
        ("manager", "ordering=-revenue_rank", "ordering"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_by_name(api, role, query, field):
    response = api(role).get(f"{SCORES}?{query}")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_ordering_by_a_hidden_field_reads_as_ordering_by_an_unknown_one(api):
    member = api("member")

    hidden = member.get(f"{SCORES}?ordering=contribution")
    unknown = member.get(f"{SCORES}?ordering=nonsense")

    assert hidden.content == unknown.content
    assert b"contribution" not in unknown.content


@pytest.mark.parametrize("ordering", ["code", "-code", "-contribution", "attractiveness", "-attractiveness", "name"])
def test_pages_forward_and_back_give_every_row_once(api, ordering):
    finance = api("finance")
    everything = codes(finance.get(f"{SCORES}?ordering={ordering}"))

    page, forward, backward = f"{SCORES}?ordering={ordering}&page_size=5", [], []
    while page:
        answer = finance.get(page).json()
        forward += [row["code"] for row in answer["results"]]
        last, page = answer, answer["next"]
    page = last["previous"]
    backward = [row["code"] for row in last["results"]]
    while page:
        answer = finance.get(page).json()
        backward = [row["code"] for row in answer["results"]] + backward
        page = answer["previous"]

    assert forward == everything
    assert backward == everything


def test_links_are_absolute_and_keep_the_query(api):
    following = api("finance").get(f"{SCORES}?page_size=5&ordering=name").json()["next"]

    assert following.startswith("http://testserver/api/v1/scores/?")
    assert "ordering=name" in following and "page_size=5" in following


def test_a_walk_over_pages_stays_in_its_run(api, portfolio):
    finance = api("finance")
    first = finance.get(f"{SCORES}?page_size=5&run={portfolio.earlier.pk}").json()
    following = first["next"].replace(f"run={portfolio.earlier.pk}", "count=1")

    assert finance.get(following).json()["run"]["id"] == portfolio.earlier.pk


def test_a_cursor_of_another_order_is_refused(api):
    finance = api("finance")
    following = finance.get(f"{SCORES}?page_size=5&ordering=name").json()["next"]

    assert finance.get(following.replace("ordering=name", "ordering=code")).status_code == 400


def test_count_comes_when_asked_for_and_counts_what_is_seen(api):
    assert "count" not in api("manager").get(SCORES).json()
    assert api("manager").get(f"{SCORES}?count=1&page_size=2").json()["count"] == 6


def test_history_is_newest_first(api, portfolio):
    rows = api("manager").get("/api/v1/accounts/N1/scores/").json()["results"]

    assert [row["run"] for row in rows] == [portfolio.run.pk, portfolio.earlier.pk]
    assert rows[0]["to"] == "2026-02"
    assert list(rows[0])[: len(FIELDS)] == FIELDS


def test_before_the_first_run_lists_are_empty(api, portfolio):
    from profitability.models import Publication

    Publication.objects.all().delete()

    assert api("finance").get(SCORES).json() == {"next": None, "previous": None, "results": [], "run": None}


def test_a_thousand_rows_take_no_more_queries_than_ten(api, django_assert_max_num_queries):
    finance = api("finance")

    with django_assert_max_num_queries(5):
        finance.get(f"{SCORES}?page_size=10")
    with django_assert_max_num_queries(5):
        finance.get(f"{SCORES}?page_size=1000")


def test_the_matrix_has_points_cuts_counts_and_where_points_stood_before(api, portfolio):
    from relationships.models import Position

    Position.objects.filter(run=portfolio.earlier, account__code="N1").update(attractiveness=4)

    answer = api("manager").get("/api/v1/matrix/").json()

    assert answer["cuts"] == {"attractiveness": 5.0, "relationship": 5.0, "basis": "absolute"}
    assert answer["counts"] == {"strategic": 2, "status": 1, "star": 1, "streamline": 1, "none": 1}
    point = answer["points"][0]
    assert (point["code"], point["attractiveness"], point["previous_attractiveness"]) == ("N1", 8, 4)
    assert point["forecast_attractiveness"] is None
    assert point["firmness"] == "unknown"


def test_the_matrix_tells_the_latest_expectation_and_how_firm_a_box_is(api, portfolio):
    from relationships.models import Forecast, Position

    Position.objects.filter(run=portfolio.run, account__code="N1").update(stability="0.95")
    Position.objects.filter(run=portfolio.run, account__code="N2").update(stability="0.5")
    for up, day in ((3, date(2026, 1, 1)), (9, date(2026, 2, 1)), (4, date(2026, 1, 15))):
        Forecast.objects.create(
            account=portfolio.accounts["N1"], attractiveness=up, relationship_strength=7, horizon_on=date(2029, 2, 28),
            stated_on=day, stated_by=portfolio.user("manager"),
        )  # fmt: skip

    points = {point["code"]: point for point in api("manager").get("/api/v1/matrix/").json()["points"]}

    ahead = [points["N1"][f"forecast_{name}"] for name in ("attractiveness", "relationship_strength", "by")]
    assert ahead == [9, 7, "2029-02-28"]
    of_member = {point["code"]: point for point in api("member").get("/api/v1/matrix/").json()["points"]}
    assert of_member["N1"]["forecast_attractiveness"] is None
    assert [points[code]["firmness"] for code in ("N1", "N2", "N6")] == ["settled", "fragile", None]


def test_days_and_instants_are_iso(api):
    row = orjson.loads(api("manager").get("/api/v1/accounts/N1/scores/").content)["results"][0]

    assert date.fromisoformat(row["changed_on"]) == date(2026, 3, 1)
    assert datetime.fromisoformat(row["published_at"]) == datetime(2026, 3, 2, 2, tzinfo=UTC)
