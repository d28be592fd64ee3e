import re
from decimal import Decimal

import pytest

from profitability import standings

RANKINGS, CONCENTRATION = "/api/v1/rankings/", "/api/v1/concentration/"
FIGURES = [
    "n", "n_positive", "total", "total_positive", "accounts_for_80", "top20_share", "top1_share", "top3_share",
    "top5_share", "top10_share", "gini", "hhi", "effective_number", "whale_peak", "whale_peak_share", "erosion",
]  # fmt: skip


def test_finance_sees_places_and_shares_in_the_company(api):
    rows = api("finance").get(RANKINGS).json()["results"]

    assert [row["code"] for row in rows[:3]] == ["S1", "N1", "N2"]
    assert rows[0]["share"] == pytest.approx(600 / 1587, abs=1e-6)
    assert rows[-1]["cumulative_share"] == 1
    assert rows[0]["value"] == 600000


def test_a_manager_sees_places_and_shares_among_the_accounts_of_the_team(api):
    rows = api("manager").get(RANKINGS).json()["results"]

    assert [(row["rank"], row["code"]) for row in rows[:3]] == [(1, "N1"), (2, "N2"), (3, "N3")]
    assert rows[0]["share"] == pytest.approx(400 / 792, abs=1e-6)
    assert rows[-1]["cumulative_share"] == 1
    assert {row["previous_rank"] for row in rows} == {None}


def test_the_places_of_a_manager_go_on_over_pages(api):
    client = api("manager")
    first = client.get(f"{RANKINGS}?page_size=4&count=1").json()

    second = client.get(first["next"]).json()

    assert [row["rank"] for row in second["results"]] == [5, 6]
    assert first["count"] == 6
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("volume", 60000),
        ("gross_margin", 150000),
        ("contribution", 80000),
        ("potential", 1200000),
        ("share_of_wallet", 3),
    ],
)
def test_each_measure_is_served_in_its_own_unit(api, measure, value):
    rows = api("finance").get(f"{RANKINGS}?measure={measure}").json()["results"]

    assert max(row["value"] for row in rows) == value


def test_a_negative_value_has_its_place_but_adds_nothing_to_the_sum(api):
    rows = api("manager").get(f"{RANKINGS}?measure=contribution").json()["results"]

    assert rows[-1]["code"] == "N3"
    assert rows[-1]["value"] == -15000
    assert rows[-1]["cumulative_share"] == 1


def test_to_a_member_contribution_is_a_measure_unheard_of(api):
    for address in (RANKINGS, CONCENTRATION):
        hidden = api("member").get(f"{address}?measure=contribution")

        assert hidden.status_code == 400
        assert hidden.content == api("member").get(f"{address}?measure=nonsense").content


def test_concentration_has_the_figures_of_the_contract(api):
    answer = api("finance").get(CONCENTRATION).json()

    assert [name for name in answer if name in FIGURES] == FIGURES
    assert (answer["measure"], answer["level"]) == ("revenue", "parent")
    assert (answer["n"], answer["total"]) == (11, 1587000)


def test_a_manager_sees_the_concentration_of_the_accounts_of_the_team(api):
    answer = api("manager").get(f"{CONCENTRATION}?level=account").json()

    assert (answer["n"], answer["total"]) == (6, 792000)
    assert answer["top1_share"] == pytest.approx(400 / 792, abs=1e-6)


def test_families_are_those_whose_parent_the_reader_sees(api):
    # N1 and N2 are one; N4, a child of S1, stands alone
    assert api("manager").get(CONCENTRATION).json()["n"] == 5


def test_figures_of_the_company_and_computed_ones_agree(api, portfolio):
    from profitability.models import Concentration

    finance = api("finance")
    stored = finance.get(f"{CONCENTRATION}?level=account&measure=contribution").content
    Concentration.objects.all().delete()

    assert finance.get(f"{CONCENTRATION}?level=account&measure=contribution").content == stored


def test_without_any_account_concentration_is_null(api, portfolio):
    from profitability.models import Publication

    Publication.objects.all().delete()

    answer = api("manager").get(CONCENTRATION).json()
    assert (answer["n"], answer["gini"], answer["run"]) == (0, None, None)


@pytest.mark.parametrize("role", ["finance", "manager"])
def test_concentration_of_volume_has_the_decimals_of_quantities(api, role):
    content = api(role).get(f"{CONCENTRATION}?measure=volume").content

    assert re.search(rb'"total":\d+\.\d{4},', content)


def test_a_currency_without_decimals_takes_none_from_a_volume(monkeypatch):
    monkeypatch.setattr(standings, "MONEY_UNIT", Decimal(1))
    figures = dict.fromkeys(standings.FIGURES) | {"total": 275.5, "n": 3, "gini": 0.25}

    assert str(standings.written(figures, "volume")["total"]) == "275.5000"
    assert str(standings.written(figures, "revenue")["total"]) == "276"


def test_shares_of_wallet_have_no_class(api):
    rows = api("finance").get(f"{RANKINGS}?measure=share_of_wallet").json()["results"]

    assert rows and {(row["class"], row["share"]) for row in rows} == {(None, None)}
    assert None not in {row["class"] for row in api("finance").get(RANKINGS).json()["results"]}
