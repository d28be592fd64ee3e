"""Profit and loss by group: the sums of the accounts that the reader sees, whatever they are put together by."""

import csv
import io
import json
from decimal import Decimal

import pytest

from profitability.models import Run
from tests.api.test_two_worlds import change_the_other_team

GROUPS = "/api/v1/profitability/groups/"
BY = ("segment", "parent", "country", "team", "period")
PHASES = ("presale", "production", "delivery", "post_sale")
BELOW_MARGIN = (*PHASES, "cost_to_serve", "contribution", "cost_to_serve_share")


def rows(client, **query) -> list[dict]:
    answer = client.get(GROUPS, query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)["results"]


def walked(client, count: int, **query) -> list[dict]:
    """So many pages of one row, one after the other; none is left then."""
    answer, found = client.get(GROUPS, query | {"page_size": 1}).json(), []
    for place in range(count):
        found += answer["results"]
        assert bool(answer["next"]) == (place < count - 1)
        answer = client.get(answer["next"]).json() if answer["next"] else answer
    return found


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize(
    ("role", "net", "contribution"), [("manager", 792_000, 126_000), ("finance", 1_587_000, 207_000)]
)
def test_groups_sum_to_the_accounts_one_sees(api, by, role, net, contribution):
    found = rows(api(role), by=by)

    assert sum(row["net_revenue"] for row in found) == net
    assert sum(row["contribution"] for row in found) == contribution
    for row in found:
        assert row["cost_to_serve"] == sum(row[phase] for phase in PHASES)
        assert row["contribution"] == row["gross_margin"] - row["cost_to_serve"]


def test_groups_are_named(api):
    assert [(row["group"], row["name"]) for row in rows(api("finance"), by="team")] == [
        ("north", "North"),
        ("south", "South"),
    ]
    assert [row["group"] for row in rows(api("manager"), by="segment")] == ["growth", "key", "other"]
    parents = {row["group"]: row["net_revenue"] for row in rows(api("finance"), by="parent")}
    assert parents["S1"] == 600_000 + 90_000 + 80_000  # with S2 and N4
    assert "N4" in {row["group"] for row in rows(api("manager"), by="parent")}  # whose parent the manager does not see


def test_periods_are_months_quarters_or_years(api):
    client = api("manager")

    assert [row["group"] for row in rows(client, by="period")] == ["2026-01", "2026-02"]
    (quarter,) = rows(client, by="period", period="quarter")
    (year,) = rows(client, by="period", period="year")
    assert (quarter["group"], year["group"]) == ("2026-Q1", "2026")
    assert quarter["net_revenue"] == year["net_revenue"] == 792_000


def test_a_part_of_the_window(api):
    half = rows(api("manager"), by="segment", **{"from": "2026-02"})

    assert sum(row["net_revenue"] for row in half) == 396_000
    assert api("manager").get(f"{GROUPS}?from=2025-12").json()["errors"][0]["field"] == "from"
    assert api("manager").get(f"{GROUPS}?from=2026-02&to=2026-01").status_code == 400
    assert api("manager").get(f"{GROUPS}?by=colour").status_code == 400


def test_a_filter_leaves_its_accounts(api):
    (only,) = rows(api("finance"), by="segment", segment="growth", team="north")

    assert (only["group"], only["net_revenue"]) == ("growth", 200_000)
    assert rows(api("manager"), by="segment", team="south") == []


@pytest.mark.parametrize("by", (*BY, "category"))
def test_a_member_sees_nothing_below_gross_margin(api, by):
    for row in rows(api("member"), by=by):
        assert [row[name] for name in BELOW_MARGIN] == [None] * 7
        assert row["gross_margin"] is not None


@pytest.mark.parametrize("by", (*BY, "category"))
@pytest.mark.parametrize("role", ["manager", "lead", "member"])
def test_what_another_team_has_changes_nothing(api, by, role):
    before = rows(api(role), by=by)

    change_the_other_team()

    assert rows(api(role), by=by) == before


@pytest.mark.parametrize("by", BY)
def test_pages_follow_each_other_there_and_back(api, by):
    client = api("finance")
    every = client.get(GROUPS, {"by": by, "count": 1}).json()

    assert walked(client, every["count"], by=by) == every["results"]
    assert every["count"] == len(every["results"])
    assert every["run"]["id"] == Run.objects.latest("pk").pk
    first = client.get(GROUPS, {"by": by, "page_size": 1}).json()
    second = client.get(first["next"]).json()
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("by", (*BY, "category"))
@pytest.mark.parametrize("role", ["member", "finance"])
def test_a_file_has_the_same_rows(api, by, role):
    client = api(role)
    listed = client.get(GROUPS, {"by": by}).json()["results"]

    lines = b"".join(client.get(f"/api/v1/exports/profitability_groups.ndjson?by={by}").streaming_content).splitlines()
    head, *table = csv.reader(
        io.StringIO(
            b"".join(client.get(f"/api/v1/exports/profitability_groups.csv?by={by}").streaming_content).decode()
        )
    )

    assert [json.loads(line) for line in lines] == listed
    assert len(table) == len(listed)
    assert not listed or head == list(listed[0])


def test_a_token_needs_the_scope(with_token):
    assert with_token("manager", "scores:read").get(GROUPS).status_code == 403
    assert with_token("manager", "profitability:read").get(GROUPS).status_code == 200


def test_a_run_that_is_older_is_read_when_asked_for(api, portfolio):
    answer = api("manager").get(GROUPS, {"run": portfolio.earlier.pk}).json()

    assert answer["run"]["id"] == portfolio.earlier.pk
