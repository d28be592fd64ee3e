import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.programme import Change, break_even, growth, incremental, per_account, retention, roi

DATA = Path(__file__).parents[1] / "data"
MONEY = st.fractions(-10_000, 10_000, max_denominator=100)
EARNED = st.fractions(1, 10_000, max_denominator=100)
DE, FR = ("shops", "DE"), ("shops", "FR")


def published(name):
    return json.loads((DATA / f"{name}.json").read_text())


def change(before, now, accounts=5):
    return Change(Fraction(before), Fraction(now), accounts)


# Return on investment and break-even


@pytest.mark.parametrize("case", published("roi_formula")["inputs"]["cases"], ids=lambda case: case["name"])
def test_roi_is_what_the_published_formula_gives(case):
    exact = published("roi_formula")["exact"][case["name"]]

    found = roi(Fraction(case["profits"]), Fraction(case["costs"]))

    assert found == (None if exact is None else Fraction(exact) / 100)


@given(EARNED)
def test_roi_of_profits_as_large_as_the_costs_is_zero(costs):
    assert roi(costs, costs) == 0


@given(MONEY, EARNED, st.integers(1, 50))
def test_roi_knows_no_currency(profits, costs, factor):
    assert roi(profits * factor, costs * factor) == roi(profits, costs)


def test_break_even_of_one_account_manager_is_as_published():
    example = published("kam_breakeven_mettler")
    inputs = example["inputs"]
    cost, margin = Fraction(inputs["cost"]), Fraction(inputs["margin_share"])
    more, whole = (Fraction(each["value"]) for each in example["published"])

    assert break_even(cost, margin, Fraction(0)) == more
    assert break_even(cost, margin, Fraction(inputs["baseline_sales"])) == whole


@pytest.mark.parametrize("margin", [None, Fraction(0), Fraction(-1, 10)])
def test_without_a_margin_nobody_breaks_even(margin):
    assert break_even(Fraction(1), margin, Fraction(1)) is None


def test_cost_is_not_shared_among_no_accounts():
    assert per_account(Fraction(90), 3) == 30
    assert per_account(Fraction(90), 0) is None


@pytest.mark.parametrize("base", [0, -5])
def test_there_is_no_growth_from_nothing_or_from_a_loss(base):
    assert growth(Fraction(base), Fraction(10)) is None


# Retention


def test_retention_is_expansion_less_contraction_and_churn_on_those_of_the_start():
    #            start 100+80+50+20 = 250, now 130+60+0 (−5 credited) = 185; the new one of 40 is no part of it
    accounts = [(100, 130), (80, 60), (50, 0), (20, -5), (0, 40)]

    found = retention((Fraction(before), Fraction(now)) for before, now in accounts)

    assert (found.start, found.expansion, found.contraction, found.churn) == (250, 30, 20, 75)
    assert (found.accounts, found.lost) == (4, 2)
    assert found.share == Fraction(185, 250)


def test_without_revenue_at_the_start_there_is_no_retention():
    assert retention([(Fraction(0), Fraction(10))]).share is None


@given(st.lists(st.tuples(MONEY, MONEY)))
def test_retention_is_what_the_accounts_of_the_start_bring_now(accounts):
    found = retention(accounts)

    assert found.now == sum(now for before, now in accounts if before > 0)


# Difference in differences


def test_incremental_is_the_gain_beyond_the_growth_of_comparable_others():
    #   (1300 − 1000) − 10 % · 1000 = 200
    found = incremental({DE: change(1000, 1300)}, {DE: change(500, 550), FR: change(500, 900)})

    assert found.incremental == 200
    assert found.expected_growth == Fraction(1, 10)
    assert found.matched == 5


def test_each_group_is_compared_with_its_own():
    #   DE: 300 − 10 % · 1000 = 200; FR: 50 − 80 % · 100 = −30
    found = incremental({DE: change(1000, 1300), FR: change(100, 150, 1)}, {DE: change(500, 550), FR: change(500, 900)})

    assert found.incremental == 170


def test_few_peers_are_joined_by_those_of_the_segment_and_these_by_all():
    few = {FR: change(10, 100, 4), DE: change(90, 100, 4), ("web", "DE"): change(100, 100, 3)}

    of_segment = incremental({FR: change(100, 100)}, few)  # (10 + 90 → 200) of 8
    of_all = incremental({("farms", "IT"): change(100, 100)}, few)  # (200 → 300) of 11

    assert of_segment.expected_growth == 1
    assert of_all.expected_growth == Fraction(1, 2)
    assert of_segment.matched == of_all.matched == 0


@pytest.mark.parametrize(
    ("key", "others", "reason"),
    [
        ({}, {DE: change(1, 1)}, "no_key"),
        ({DE: change(0, 50)}, {DE: change(1, 1)}, "no_base"),
        ({DE: change(-10, 50)}, {DE: change(1, 1)}, "no_base"),
        ({DE: change(10, 50)}, {}, "no_peers"),
        ({DE: change(10, 50)}, {DE: change(-3, 9)}, "no_peers"),
    ],
)
def test_what_cannot_be_compared_says_why(key, others, reason):
    found = incremental(key, others)

    assert found.incremental is None
    assert found.expected_growth is None
    assert found.reason == reason


def test_nothing_is_expected_of_a_group_that_contributed_nothing_before():
    found = incremental({DE: change(1000, 1000), FR: change(-100, 50)}, {DE: change(100, 110), FR: change(100, 200)})

    assert found.expected == 100
    assert found.incremental == 150 - 100


@given(EARNED, MONEY, EARNED, MONEY)
def test_one_group_gives_the_plain_formula(before, now, others_before, others_now):
    found = incremental({DE: change(before, now)}, {DE: change(others_before, others_now)})

    g = (others_now - others_before) / others_before
    assert found.incremental == (now - before) - g * before


@given(EARNED, EARNED, st.fractions(-1, 3, max_denominator=50))
def test_growing_like_the_others_is_no_gain(before, others, g):
    found = incremental({DE: change(before, before * (1 + g))}, {DE: change(others, others * (1 + g))})

    assert found.incremental == 0
