import pytest

from profitability.api.statements import months_between
from profitability.models import MonthResult

PROFITABILITY = "/api/v1/accounts/N1/profitability/"
BELOW_MARGIN = [
    "presale",
    "production",
    "delivery",
    "post_sale",
    "cost_to_serve",
    "contribution",
    "cost_to_serve_share",
]


def test_months_add_up_to_the_total(api):
    answer = api("manager").get(PROFITABILITY).json()

    assert [month["month"] for month in answer["months"]] == ["2026-01", "2026-02"]
    assert answer["total"]["net_revenue"] == sum(month["net_revenue"] for month in answer["months"]) == 400000
    assert answer["total"]["contribution"] == 80000
    assert answer["total"]["presale"] == answer["total"]["production"] == 20000


def test_activities_show_quantity_or_minutes_rate_and_cost(api):
    entry, visits = api("manager").get(PROFITABILITY).json()["activities"]

    # 2 × 200 orders × 8 minutes; 20,000.00 ÷ 3,200 minutes
    assert entry == {
        "code": "order_entry",
        "phase": "production",
        "level": "batch",
        "quantity": None,
        "minutes": 3200,
        "rate": 6.25,
        "cost": 20000,
    }
    assert (visits["quantity"], visits["minutes"], visits["cost"]) == (4, None, 20000)
    assert visits["rate"] == 5000


def test_the_rate_of_a_single_month_is_that_of_the_run(api):
    answer = api("manager").get(f"{PROFITABILITY}?from=2026-02&to=2026-02").json()

    assert [month["month"] for month in answer["months"]] == ["2026-02"]
    assert [activity["rate"] for activity in answer["activities"]] == [1.25, 1.25]


def test_a_member_sees_down_to_gross_margin_and_no_activities(api):
    answer = api("member").get(PROFITABILITY).json()

    assert answer["total"]["gross_margin"] == 120000
    assert answer["activities"] is None
    for figures in (answer["total"], *answer["months"]):
        assert [figures[name] for name in BELOW_MARGIN] == [None] * 7


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13", "from"),
        ("from=2026-02&to=2026-01", "to"),
        ("from=26-01", "from"),
        ("month=2026-01", "month"),
        ("from=2025-12", "from"),
        ("from=2026-03", "from"),
        ("to=2025-12", "to"),
        ("to=2026-03", "to"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(api, query, field):
    response = api("manager").get(f"{PROFITABILITY}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


def test_a_span_outside_the_run_is_refused_with_the_months_there_are(api):
    response = api("manager").get(f"{PROFITABILITY}?from=2019-01&to=2019-02")

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"field": name, "reason": "The run covers 2026-01 to 2026-02."} for name in ("from", "to")
    ]


def test_the_list_has_the_statement_of_each_visible_account(api):
    rows = api("manager").get("/api/v1/profitability/?ordering=-contribution").json()["results"]

    assert [row["code"] for row in rows] == ["N1", "N2", "N4", "N5", "N6", "N3"]
    assert rows[0]["list_amount"] - rows[0]["discount_amount"] - rows[0]["return_amount"] == rows[0]["net_revenue"]


def test_master_data(api):
    account = api("manager").get("/api/v1/accounts/N2/").json()

    assert account["parent_code"] == "N1"
    assert (account["team_code"], account["manager_email"]) == ("north", "manager@example.com")
    assert account["opened_on"] is None
    listed = api("manager").get("/api/v1/accounts/?ordering=-name").json()
    assert [row["code"] for row in listed["results"]] == ["N6", "N5", "N4", "N3", "N2", "N1"]
    assert listed["run"]["as_of"] == "2026-02-28"


def test_a_month_without_anything_is_there_with_zeros(api, portfolio):
    MonthResult.objects.filter(run=portfolio.run, account__code="N1", month=202601).delete()

    first, second = api("manager").get(PROFITABILITY).json()["months"]

    assert (first["month"], first["net_revenue"], first["cost_to_serve"]) == ("2026-01", 0, 0)
    assert second["net_revenue"] == 200000


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (202511, 202602, [202511, 202512, 202601, 202602]),
        (202601, 202601, [202601]),
        (202602, 202601, []),
    ],
)
def test_the_months_of_a_span(first, last, months):
    assert months_between(first, last) == months
