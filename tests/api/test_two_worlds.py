"""Noninterference: whatever a reader may not see is changed, and every answer to that reader stays the same to the
byte. What remains visible on purpose is in contract and decisions: the class, the box and the rates of activities."""

from decimal import Decimal

import pytest
from django.db.models import F

from accounts.models import Account, Team
from profitability.models import Concentration, MonthResult, PoolBalance, Ranking, Result, Run
from relationships.models import Position

FIGURES = (
    "contribution",
    "net_revenue",
    "visits",
    "revenue_rank",
    "revenue_class",
    "attractiveness",
    "box",
    "batch_cost",
)
LISTS = ("accounts", "scores", "profitability", "rankings", "matrix", "runs", "effort")
OBJECTS = ("accounts/N1/", "accounts/N4/", "accounts/S1/", "accounts/N1/profitability/", "accounts/N4/scores/",
           "accounts/N1/strength/")  # fmt: skip
QUERIES = {
    "scores": ("box=star", "segment=key", "class=A", "team=south", "ordering=-net_revenue", "ordering=contribution",
               "ordering=revenue_rank", "manager=stranger@example.com"),
    "rankings": tuple(f"measure={name}" for name in ("volume", "gross_margin", "contribution", "potential", "x")),
    "matrix": ("country=DE", "box=streamline"),
    "profitability": ("ordering=-cost_to_serve", "ordering=-gross_margin"),
}  # fmt: skip
CONCENTRATIONS = tuple(
    f"concentration/?measure={measure}&level={level}"
    for measure in ("revenue", "gross_margin", "contribution", "potential")
    for level in ("account", "parent")
)
EXPORTS = ("exports/scores.csv", "exports/profitability.ndjson", "exports/rankings.csv")


def asked() -> list[str]:
    """Lists with and without pages, counts, filters and orders; single objects; files."""
    paths = [*OBJECTS, *CONCENTRATIONS, *EXPORTS, "runs/1/", "nowhere/"]
    for name in LISTS:
        paths += [f"{name}/", f"{name}/?count=1&page_size=2"]
        paths += [f"{name}/?{query}" for query in QUERIES.get(name, ())]
    paths += [f"accounts/{code}/explain/?figure={figure}" for code in ("N1", "N4", "S1") for figure in FIGURES]
    return [*paths, "accounts/N1/explain/?month=2026-01", "cost-lines/sales/2026-01/explain/"]


def answers(client) -> dict[str, tuple]:
    told = {}
    for path in asked():
        response = client.get(f"/api/v1/{path}")
        while response is not None:
            content = b"".join(response.streaming_content) if response.streaming else response.content
            headers = {name: text for name, text in response.headers.items() if name != "Content-Length"}
            told[response.request["PATH_INFO"] + "?" + response.request["QUERY_STRING"]] = (
                response.status_code,
                headers,
                content,
            )
            following = None if response.streaming or response.status_code != 200 else response.json().get("next")
            response = client.get(following) if following else None
    return told


def change_the_other_team() -> None:
    """Its figures, places, boxes and names, and all that is of the company as a whole."""
    south = {"account__team__code": "south"}
    Result.objects.filter(**south).update(
        net_revenue=F("net_revenue") * 7, contribution=-F("contribution"), cost_to_serve=9, revenue_class="C"
    )
    MonthResult.objects.filter(**south).update(net_revenue=1, costs={})
    Ranking.objects.filter(**south).update(value=F("value") * 7 + 1)
    Position.objects.filter(**south).update(box="star", attractiveness=1, previous_box="status")
    Account.objects.filter(team__code="south").update(name="Other", country="DE", annual_potential=5)
    Account.objects.filter(code="S1").update(code="T1")
    Account.objects.create(code="A0", name="New", team=Team.objects.get(code="south"), country="DE")
    change_the_company()


def change_the_company() -> None:
    """Places in the company keep the order of the accounts seen, as they would."""
    Ranking.objects.update(rank=F("rank") * 3 + 1, share=Decimal("0.1"), cumulative_share=1, previous_rank=7)
    Result.objects.update(revenue_rank=9, contribution_rank=9)
    Concentration.objects.all().delete()
    PoolBalance.objects.update(input=1, unused=2)
    Run.objects.update(input_fingerprint="0" * 64, result_hash="1" * 64, message="Pool x", totals={"net": 1})


def change_what_members_may_not_see() -> None:
    costs = ("presale", "production", "cost_to_serve", "contribution", "batch_cost", "customer_cost")
    Result.objects.update(**{name: F(name) + 12345 for name in costs})
    MonthResult.objects.update(cost_to_serve=1, contribution=2, costs={"visits": 5}, measures={})
    Ranking.objects.filter(measure="contribution").update(value=-F("value"))


@pytest.mark.parametrize("role", ["manager", "lead", "member"])
def test_what_another_team_has_changes_no_answer(api, role):
    client = api(role)
    before = answers(client)

    change_the_other_team()

    after = answers(client)
    assert after.keys() == before.keys()
    assert [path for path in before if after[path] != before[path]] == []


def test_what_is_below_gross_margin_changes_no_answer_to_a_member(api):
    client = api("member")
    before = answers(client)

    change_what_members_may_not_see()

    after = answers(client)
    assert [path for path in before if after[path] != before[path]] == []


def test_the_walk_is_wide_and_the_changes_are_seen_by_finance(api):
    client = api("finance")
    before = answers(client)

    change_the_other_team()

    after = answers(client)
    changed = [path for path in before if after.get(path) != before[path]]
    assert len(before) >= 60
    assert len(changed) >= 30
