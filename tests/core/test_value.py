import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profitability.core.concentration import concentration
from profitability.core.lorenz import lorenz
from relationships.core.value import (
    Assumptions,
    expected_margins,
    lifetime_value,
    multiple,
    power_gap,
    share_by_rank,
    share_of,
    unallocated,
    wallet,
)

DATA = Path(__file__).parents[1] / "data"
RATES = st.fractions(0, 1, max_denominator=100)


def published(name):
    return json.loads((DATA / f"{name}.json").read_text())


def of_example(years=None, first_now=False):
    inputs = published("clv_multiple")["inputs"]
    return Assumptions(Fraction(inputs["retention"]), Fraction(inputs["discount"]), years=years, first_now=first_now)


def near(found, text):
    return abs(found - Fraction(text)) < Fraction(1, 10**11)


def test_the_published_multiple_is_met_with_the_first_margin_after_a_year_or_at_once():
    exact = published("clv_multiple")["exact"]

    assert near(multiple(of_example()), exact["clv_infinite_first_margin_after_a_year"])
    assert near(multiple(of_example(first_now=True)), exact["clv_infinite_first_margin_now"])
    assert near(multiple(of_example(years=400)), exact["clv_finite"])


@given(RATES, RATES, st.fractions("-1/2", "1/2", max_denominator=50), st.integers(1, 50), st.booleans())
def test_a_finite_value_is_the_sum_of_its_years(retention, discount, growth, years, first_now):
    assumed = Assumptions(retention, discount, growth, years, first_now)

    found = sum(worth for _expected, worth in expected_margins(Fraction(700), assumed, years))

    assert lifetime_value(Fraction(700), assumed) == found


@given(RATES, RATES, st.fractions("-1/2", "1/2", max_denominator=50))
def test_without_end_there_is_a_value_only_where_the_margins_shrink(retention, discount, growth):
    found = multiple(Assumptions(retention, discount, growth))

    assert (found is None) == (retention * (1 + growth) >= 1 + discount)
    if found is not None:
        assert found >= multiple(Assumptions(retention, discount, growth, years=50))


def test_a_customer_who_loses_money_has_a_value_below_zero():
    assert lifetime_value(Fraction(-300), of_example()) == -800


def test_the_wallet_allocation_rule_meets_its_examples_and_its_shares_add_up():
    example = published("wallet_allocation_rule")

    for case in example["inputs"]["cases"]:
        assert near(share_by_rank(Fraction(case["rank"]), case["suppliers"]), example["exact"][case["name"]])
    for suppliers in range(1, 12):
        assert sum(share_by_rank(Fraction(rank), suppliers) for rank in range(1, suppliers + 1)) == 1
    with pytest.raises(ValueError, match="rank 3 of 2"):
        share_by_rank(Fraction(3), 2)


def test_shares_of_an_unknown_or_empty_wallet_are_unknown_and_one_above_the_whole_is_shown():
    assert share_of(Fraction(5), None) is None
    assert share_of(Fraction(5), Fraction(0)) is None
    assert share_of(Fraction(15), wallet(Fraction(20), 6)) == Fraction(3, 2)
    assert power_gap(Fraction(1, 10), None) is None
    assert power_gap(Fraction(1, 10), Fraction(1, 4)) == Fraction(-3, 20)


@given(st.fractions(-100, 100), st.fractions(0, 100))
def test_what_is_not_ours_is_never_below_zero_nor_above_the_wallet(ours, whole):
    assert 0 <= unallocated(ours, whole) <= whole
    assert unallocated(ours, None) is None


@given(st.lists(st.integers(-50, 1000), min_size=1, max_size=30).filter(lambda values: max(values) > 0))
def test_gini_is_the_area_between_the_lorenz_curve_and_equality(values):
    curve = (0, *lorenz(values))
    area = sum(before + after for before, after in pairwise(curve))

    assert concentration(values).gini == 1 - Fraction(area, len(values) * curve[-1])
