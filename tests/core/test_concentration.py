"""Top shares, Gini, HHI, whale curve and families: published examples, edge cases, arithmetic by hand."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from profitability.core.concentration import LARGE, by_parent, concentration, whale

DATA = Path(__file__).parents[1] / "data"


def example(name: str) -> dict:
    return json.loads((DATA / f"{name}.json").read_text())


def edge_cases(kind: str) -> list:
    cases = [case for case in example("ranking_edge_cases")["cases"] if case["kind"] == kind]
    return [pytest.param(case["inputs"], case["expected"], id=case["id"]) for case in cases]


def close(found: Fraction | None, expected: str | None, tolerance: str = "0.000000000001") -> bool:
    if found is None or expected is None:
        return found is expected
    return abs(found - Fraction(expected)) <= Fraction(tolerance)


def test_gini_of_seven_equal_and_one_large_income_is_as_published():
    published = example("gini_eight_incomes")

    assert close(concentration(published["values"]).gini, published["gini"], published["tolerance"])


def test_hhi_of_40_30_20_10_is_as_published():
    published = example("hhi_40_30_20_10")

    found = concentration(published["values"])

    assert found.hhi == published["hhi"]
    assert close(found.effective_number, published["effective_number"])


@pytest.mark.parametrize("case", example("hhi_merge")["cases"], ids=lambda case: case["name"])
def test_joining_two_customers_raises_the_hhi_as_published(case):
    assert concentration(case["before"]).hhi == case["hhi_before"]
    assert concentration(case["after"]).hhi == case["hhi_after"]


@pytest.mark.parametrize("inputs, expected", edge_cases("merge_hhi"))
def test_two_entities_under_one_parent_count_as_one_customer(inputs, expected):
    [case] = inputs["cases"]
    values = dict(zip("abc", case["before"], strict=True))

    sums = by_parent(values, {"b": "a"})

    assert list(sums.values()) == case["after"]
    assert concentration(list(values.values())).hhi == int(expected["m.before"])
    assert concentration(list(sums.values())).hhi == int(expected["m.after"])


@pytest.mark.parametrize("inputs, expected", edge_cases("hhi"))
def test_hhi_edge_case(inputs, expected):
    found = concentration(inputs["values"])

    assert close(found.hhi, expected["hhi"])
    if "effective_n" in expected:
        assert close(found.effective_number, expected["effective_n"])


@pytest.mark.parametrize("inputs, expected", edge_cases("gini"))
def test_gini_edge_case(inputs, expected):
    found = concentration(inputs["values"]).gini

    if min(inputs["values"]) < 0:
        # The contract differs from the example here: Gini stands on the positive values, so a loss counts
        # as an account that brings nothing and the figure stays below 1. -8, -8, 20 are 0, 0, 20: (n-1)/n.
        assert found == Fraction(2, 3)
    else:
        assert close(found, expected["gini"])


@pytest.mark.parametrize("inputs, expected", edge_cases("pareto"))
def test_top_fifth_and_accounts_for_80_percent(inputs, expected):
    values = list(inputs["values"].values())

    found = concentration(values)

    assert found.n == len(values)
    if "top20_share_pct" in expected:
        assert found.top20_share * 100 == Fraction(expected["top20_share_pct"])
    if "customers_for_80_pct" in expected:
        assert found.accounts_for_80 == expected["customers_for_80_pct"]


@pytest.mark.parametrize("inputs, expected", edge_cases("whale"))
def test_whale_edge_case(inputs, expected):
    profits = inputs["profits"]

    found = whale(list(profits.values()), list(profits))

    percent = found.peak_share and found.peak_share * 100
    assert close(percent, expected["peak_pct"])
    assert found.erosion == int(expected["profit_lost"])
    if "peak_rank" in expected:
        assert found.peak_rank == expected["peak_rank"]
    if "total_profit" in expected:
        assert found.total == int(expected["total_profit"])
    assert found.peak == sum(profit for profit in profits.values() if profit > 0)


@pytest.mark.parametrize("profits", [[100, -300], [100, -100], [-1], [0], []])
def test_the_whale_figures_are_null_unless_the_net_total_is_positive(profits):
    # The contract differs from the edge cases here: there money stays, in this object all three are null.
    found = concentration([10] * len(profits), profits)

    assert (found.whale_peak, found.whale_peak_share, found.erosion) == (None, None, None)


def test_silicon_chips_both_ways_of_saying_80_20():
    published = example("pareto_silicon_chips")

    found = concentration(list(published["values"].values()))

    assert close(found.top20_share * 100, published["top20_share_percent"])
    assert found.accounts_for_80 == published["accounts_for_80"]
    assert found.total == found.total_positive == published["total"]


# 40 + 25 + 20 + 10 + 5 = 100 positive; 0 and -20 count in n = 7, top fifth = 2 accounts.
def test_every_figure_of_a_small_portfolio():
    found = concentration([5, -20, 40, 0, 25, 20, 10], [1, -4, 6, 0, 0, 5, 2])

    assert (found.n, found.n_positive, found.total, found.total_positive) == (7, 5, 80, 100)
    assert found.accounts_for_80 == 3  # 40 + 25 = 65, + 20 = 85
    assert found.top1_share == Fraction(40, 100)
    assert found.top20_share == Fraction(65, 100)
    assert found.top3_share == Fraction(85, 100)
    assert found.top5_share == found.top10_share == 1
    # ascending 0 0 5 10 20 25 40: 3*5 + 4*10 + 5*20 + 6*25 + 7*40 = 585; 2*585/(7*100) - 8/7
    assert found.gini == Fraction(370, 700)
    assert found.hhi == 1600 + 625 + 400 + 100 + 25
    assert found.effective_number == Fraction(10_000, 2750)
    assert (found.whale_peak, found.whale_peak_share, found.erosion) == (14, Fraction(14, 10), 4)


def test_without_profits_the_whale_figures_are_those_of_the_values():
    found = concentration([100, -20])

    assert (found.whale_peak, found.whale_peak_share, found.erosion) == (100, Fraction(100, 80), 20)


@pytest.mark.parametrize("values", [[], [0, 0], [-5]])
def test_nothing_positive_leaves_every_share_undefined(values):
    found = concentration(values)

    assert (found.n, found.n_positive, found.total_positive) == (len(values), 0, 0)
    shares = (found.top20_share, found.top1_share, found.top3_share, found.top5_share, found.top10_share)
    assert {*shares, found.accounts_for_80, found.gini, found.hhi, found.effective_number} == {None}


@pytest.mark.parametrize("factor", [1, 10**9, 10**12])
def test_large_populations_give_exactly_what_small_ones_give_by_plain_integers(factor):
    chance = np.random.default_rng(7)
    values = (chance.pareto(1.2, LARGE) * 1000).astype(np.int64).clip(0, 10**5) * factor - 50
    plain = [int(value) for value in values]
    positive = sorted((value for value in plain if value > 0), reverse=True)
    base = sum(positive)

    found = concentration(values)

    assert found == concentration(plain)
    assert (found.total, found.total_positive, found.n_positive) == (sum(plain), base, len(positive))
    assert found.hhi == Fraction(10_000 * sum(value**2 for value in positive), base**2)
    assert found.top10_share == Fraction(sum(positive[:10]), base)
    ascending = [0] * (LARGE - len(positive)) + positive[::-1]
    ranks = sum(place * value for place, value in enumerate(ascending, start=1))
    assert found.gini == Fraction(2 * ranks, LARGE * base) - Fraction(LARGE + 1, LARGE)
    assert found.whale_peak == base and found.erosion == base - sum(plain)


def test_sums_beyond_64_bits_stay_exact():
    values = [2**62] * LARGE

    found = concentration(values, values)

    assert found.total == found.whale_peak == LARGE * 2**62
    assert found.gini == 0
    assert found.effective_number == LARGE


def test_numbers_of_numpy_do_not_wrap_in_a_small_population():
    found = concentration(np.array([2**62, 2**62, 2**62]))

    assert found.total == 3 * 2**62
    assert found.hhi == Fraction(10_000, 3)


# Profits S 50, R 30, Q 0, P -5, T -10: 50, 80, 80, 75, 65.
def test_the_whale_curve_rises_to_its_peak_stays_and_falls():
    keys = ["P", "Q", "R", "S", "T"]

    found = whale([-5, 0, 30, 50, -10], keys)

    assert [keys[position] for position in found.order] == ["S", "R", "Q", "P", "T"]
    assert found.points == (50, 80, 80, 75, 65)
    assert (found.peak, found.peak_rank, found.total, found.erosion) == (80, 2, 65, 15)
    assert found.peak_share == Fraction(80, 65)


def test_equal_profits_stand_by_key():
    assert whale([5, 5, 5], ["c", "a", "b"]).order == (1, 2, 0)


def test_a_whale_curve_needs_a_key_for_each_profit():
    with pytest.raises(ValueError, match="2 profits but 1 keys"):
        whale([1, 2], ["a"])


def test_children_add_up_under_the_top_of_the_family():
    parents = {"leaf": "branch", "branch": "root", "root": None, "lone": None, "of_hidden": "hidden"}

    sums = by_parent({"leaf": 1, "lone": 2, "root": 4, "branch": 8, "of_hidden": 16, "stray": 32}, parents)

    assert sums == {"root": 13, "lone": 2, "hidden": 16, "stray": 32}


def test_a_family_that_runs_in_a_circle_is_refused():
    with pytest.raises(ValueError, match="own ancestor"):
        by_parent({"a": 1}, {"a": "b", "b": "c", "c": "b"})
