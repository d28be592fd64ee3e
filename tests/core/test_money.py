"""Largest remainder: published apportionment, edge cases, and the column version against plain Python."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profitability.core.money import exact_sum, round_parts, round_sums, round_within, split
from profitability.core.remainder import (
    NegativeWeight,
    NoWeight,
    largest_remainder,
    round_half_up,
    round_to,
)

DATA = Path(__file__).parents[1] / "data"
SEATS_OF_1790 = json.loads((DATA / "largest_remainder_us_1790.json").read_text())
EDGE_CASES = [
    case for case in json.loads((DATA / "edge_cases_costing.json").read_text()) if case["kind"] == "largest_remainder"
]
ERRORS = {"no weight": NoWeight, "negative weight": NegativeWeight}

int64 = st.integers(-(2**63) + 1, 2**63 - 1)
weights = st.one_of(
    st.lists(st.integers(0, 20), min_size=1, max_size=30),
    st.lists(st.integers(0, 2**55), min_size=1, max_size=30),
    st.lists(st.integers(0, 2**62), min_size=1, max_size=8),
).filter(any)
totals = st.one_of(st.integers(-200, 200), st.integers(-(2**50), 2**50), st.integers(-(2**61), 2**61))
ledger_amounts = st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=30)
digits = st.sampled_from([0, 2, 3, 4])


def column(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def shares(case: dict) -> dict[str, Fraction]:
    """The shares of an example, by both versions, which must agree."""
    unit, by_key = Fraction(case["inputs"]["unit"]), case["inputs"]["weights"]
    total, keys = int(Fraction(case["inputs"]["total"]) / unit), sorted(by_key)
    given_weights = [by_key[key] for key in keys]
    found = largest_remainder(total, given_weights, keys)
    assert split(total, column(given_weights)).tolist() == found
    return {f"shares.{key}": share * unit for key, share in zip(keys, found, strict=True)}


def test_sixty_seats_go_to_fifteen_states_as_published():
    found = shares(SEATS_OF_1790)

    assert {figure["path"]: Fraction(figure["value"]) for figure in SEATS_OF_1790["published"]} == found


@pytest.mark.parametrize("case", EDGE_CASES, ids=lambda case: case["id"])
def test_edge_case(case):
    if "expected_error" in case:
        given_weights = list(case["inputs"]["weights"].values())
        with pytest.raises(ERRORS[case["expected_error"]], match=case["expected_error"]):
            largest_remainder(1000, given_weights, list(case["inputs"]["weights"]))
        with pytest.raises(ERRORS[case["expected_error"]], match=case["expected_error"]):
            split(1000, column(given_weights))
        return

    found = shares(case)

    assert {path: found[path] for path in case["expected"]} == {
        path: Fraction(value) for path, value in case["expected"].items()
    }


# Quotas 7/12 of 6, 3, 3: 3.5, 1.75, 1.75; the two units left go to the larger fractions.
# Quotas of 3 by 4, 2: 2, 1. Quotas of 1 by 1, 1: ½ each, so the first key. Of 3 by 3, 1, 2: 1.5, .5, 1.
@pytest.mark.parametrize(
    ("total", "given_weights", "expected"),
    [
        (7, [6, 3, 3], [3, 2, 2]),
        (3, [4, 2], [2, 1]),
        (1, [1, 1], [1, 0]),
        (3, [1, 3, 2], [0, 2, 1]),
        (0, [5, 0], [0, 0]),
    ],
)
def test_ties_go_to_the_larger_weight_then_to_the_earlier_key(total, given_weights, expected):
    assert largest_remainder(total, given_weights, range(len(given_weights))) == expected
    assert split(total, column(given_weights)).tolist() == expected


def test_keys_break_ties_whatever_the_order_of_the_rows():
    assert largest_remainder(1, [1, 1], ["b", "a"]) == [0, 1]


def test_weights_may_be_fractions():
    assert largest_remainder(100, [Fraction(1, 3), Fraction(2, 3)], ["a", "b"]) == [33, 67]


@given(totals, weights)
@example(2**50, [2**60 - 1, 1])
@example(2**50, [2**59, 2**59])
@example(2**50 - 1, [3, 5, 7])
@example(-(2**50), [2**57 - 1] * 8)
@example(281_487_408_098_806, [366_481, 554_344, 283_519_910])  # a quota estimated one too high
@example(282_534_165_756_520, [1_489_043_288, 61_270_184_582, 61_437])  # and one too low
@example(2**59 + 12_345, [2**40 + 3, 2**41 + 7, 12_345])
def test_columns_are_shared_like_plain_python(total, given_weights):
    expected = largest_remainder(total, given_weights, range(len(given_weights)))

    assert split(total, column(given_weights)).tolist() == expected
    assert split(total, np.array(given_weights, dtype=object)).tolist() == expected


@given(totals, weights)
def test_shares_sum_to_the_total_and_stay_within_one_unit_of_their_quota(total, given_weights):
    found = split(total, column(given_weights)).tolist()

    assert sum(found) == total
    for share, weight in zip(found, given_weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(given_weights))) < 1
        assert weight or not share


def test_weights_beyond_64_bits_are_shared_exactly():
    assert split(3, np.array([2**80, 2**81], dtype=object)).tolist() == [1, 2]


@given(st.lists(int64, max_size=20))
def test_sums_are_exact_beyond_64_bits(values):
    assert exact_sum(column(values)) == sum(values)
    assert exact_sum(np.array(values, dtype=object)) == sum(values)


@pytest.mark.parametrize(("value", "expected"), [("0.5", 1), ("-0.5", -1), ("0.49", 0), ("-2.5", -3), ("7/3", 2)])
def test_a_half_is_rounded_away_from_zero(value, expected):
    assert round_half_up(Fraction(value)) == expected


# 0.0060 + 0.0060 + 0.0060 = 0.018 → 0.02, so two of three get a cent and the first two in order.
# -0.005 + 0.025 = 0.02: floors -0.01 and 0.02, one cent left: equal fractions, to the larger amount.
@pytest.mark.parametrize(
    ("values", "given_digits", "expected"),
    [
        ([60, 60, 60], 2, [1, 1, 0]),
        ([-50, 250], 2, [-1, 3]),
        ([0, 15000, 5000], 0, [0, 2, 0]),
        ([12345, -12345], 4, [12345, -12345]),
        ([15, 5], 3, [2, 0]),
        ([], 2, []),
    ],
)
def test_ledger_amounts_are_rounded_together(values, given_digits, expected):
    assert round_sums(column(values), given_digits).tolist() == expected


@given(ledger_amounts, digits)
def test_rounded_amounts_sum_to_the_rounded_total(values, given_digits):
    unit = 10 ** (4 - given_digits)

    found = round_sums(column(values), given_digits).tolist()

    assert sum(found) == round_half_up(Fraction(sum(values), unit))
    assert all(abs(amount * unit - value) < unit for amount, value in zip(found, values, strict=True))


@given(st.lists(st.lists(st.integers(-(10**12), 10**12), min_size=3, max_size=3), min_size=1), digits)
def test_months_sum_to_their_window_and_windows_to_their_total(table, given_digits):
    parts = np.array(table, dtype=np.int64)
    unit = 10 ** (4 - given_digits)

    window = round_sums(parts.sum(axis=1), given_digits)
    months = round_within(window, parts, given_digits)

    assert (months.sum(axis=1) == window).all()
    assert (np.abs(months * unit - parts) < unit).all()


# 0.006 × 3 = 0.018 → 0.02: the first two months get a cent. 0.001, 0.009, 0 → 0.01: the largest fraction.
def test_months_with_the_largest_fractions_get_what_is_left():
    parts = np.array([[60, 60, 60], [10, 90, 0], [-60, 60, 0]])

    found = round_within(column([2, 1, 0]), parts, 2)

    assert found.tolist() == [[1, 1, 0], [0, 1, 0], [-1, 1, 0]]


def test_a_total_that_is_not_that_of_its_row_is_refused():
    with pytest.raises(ValueError, match="not the rounded sum"):
        round_within(column([3]), np.array([[60, 60, 60]]), 2)
    with pytest.raises(ValueError, match="no rounded sum"):
        round_to(3, [Fraction(1, 2)], ["a"])


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=12), st.integers(1, 97))
def test_parts_are_rounded_alike_in_64_bits_and_beyond(values, unit):
    found = round_parts(column(values), unit)
    beyond = round_parts(np.array(values, dtype=object), unit)

    assert found.sum() == beyond.sum() == round_half_up(Fraction(sum(values), unit))
