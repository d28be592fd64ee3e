"""Ranks and classes: published example, edge cases, and numbers at the limits of 64 bits."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from profitability.core.pareto import Ranking, places, rank

DATA = Path(__file__).parents[1] / "data"
SILICON_CHIPS = json.loads((DATA / "pareto_silicon_chips.json").read_text())
EDGE_CASES = [
    case for case in json.loads((DATA / "ranking_edge_cases.json").read_text())["cases"] if case["kind"] == "pareto"
]


def ranked(values: dict[str, int]) -> tuple[Ranking, list[str]]:
    """The ranking and the keys in rank order."""
    keys = list(values)
    ranking = rank(list(values.values()), keys)
    return ranking, [keys[position] for position in ranking.order]


def test_silicon_chips_has_the_printed_shares_and_the_classes_by_value():
    ranking, items = ranked(SILICON_CHIPS["values"])

    assert ranking.base == SILICON_CHIPS["total"]
    assert dict(zip(items, ranking.classes.tolist(), strict=True)) == SILICON_CHIPS["classes"]
    for path, figure in SILICON_CHIPS["published"].items():
        if path.endswith("share_pct"):
            share = ranking.share(int(path.split(".")[1])) * 100
            assert abs(share - Fraction(figure["printed"])) <= Fraction(figure["tolerance"])
    assert ranking.cumulative[1] * 100 / ranking.base == pytest.approx(72, abs=0.5)


@pytest.mark.parametrize("case", EDGE_CASES, ids=lambda case: case["id"])
def test_edge_case(case):
    ranking, items = ranked(case["inputs"]["values"])
    found = {"n": len(items), "total_positive": ranking.base, "total_net": int(ranking.values.sum())}
    for index, item in enumerate(items):
        share = ranking.share(index)
        found[f"rows.{index}.item"] = item
        found[f"rows.{index}.class_include_crossing"] = str(ranking.classes[index])
        found[f"rows.{index}.share_pct"] = None if share is None else share * 100

    for path, expected in case["expected"].items():
        if path.startswith(("top20", "customers_for")):
            continue  # figures of concentration, tested there
        assert str(found[path]) == str(expected), path


# Before each account, of 100: a 0, b 50, c 80 → not below 80, d 94 → below 95, e 95.
def test_classes_look_at_what_comes_before_the_account():
    ranking, items = ranked({"a": 50, "b": 30, "c": 14, "e": 4, "d": 1, "f": 1, "x": 0, "y": -9})

    assert items == ["a", "b", "c", "e", "d", "f", "x", "y"]
    assert "".join(ranking.classes) == "AABBCCNN"
    assert ranking.cumulative.tolist() == [50, 80, 94, 98, 99, 100, 100, 100]
    assert ranking.ranks.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert ranking.base == 100


def test_equal_values_share_the_best_class_and_stand_by_key():
    ranking, items = ranked({"d": 10, "big": 75, "a": 10, "c": 5})

    assert items == ["big", "a", "d", "c"]
    assert "".join(ranking.classes) == "AAAC"


def test_keys_are_compared_as_text_whatever_their_order_in_the_input():
    for keys in (["k1", "k10", "k2"], ["k2", "k10", "k1"], ["k10", "k2", "k1"]):
        ranking = rank([7, 7, 7], keys)

        assert [keys[position] for position in ranking.order] == ["k1", "k10", "k2"]


def test_places_answer_in_the_order_of_the_input():
    assert places([5, 9, 5, -1], ["b", "c", "a", "d"]).tolist() == [3, 1, 2, 4]
    assert places([], []).tolist() == []


def test_the_smallest_and_largest_64_bit_numbers_rank_without_overflow():
    ranking = rank(np.array([-(2**63), 2**63 - 1, 0]), ["a", "b", "c"])

    assert ranking.order.tolist() == [1, 2, 0]
    assert "".join(ranking.classes) == "ANN"
    assert ranking.base == 2**63 - 1


def test_a_cut_is_exact_where_a_float_would_miss_it():
    # Both start their second account at the float 0.8, but only the second one at 80 % exactly.
    just_below = rank([8 * 10**17 - 1, 10**17 + 1, 10**17], ["a", "b", "c"])
    on_the_cut = rank([8 * 10**17, 10**17, 10**17], ["a", "b", "c"])

    assert (8 * 10**17 - 1) / 10**18 == 0.8
    assert "".join(just_below.classes) == "AAB"
    assert "".join(on_the_cut.classes) == "ABB"


def test_a_sum_beyond_64_bits_is_refused():
    with pytest.raises(OverflowError, match="64 bits"):
        rank([2**62, 2**62, 1], ["a", "b", "c"])


def test_programming_mistakes_are_refused():
    with pytest.raises(ValueError, match="2 values but 1 keys"):
        rank([1, 2], ["a"])
    with pytest.raises(ValueError, match="2 values but 1 keys"):
        places([1, 2], ["a"])
    with pytest.raises(ValueError, match="unique"):
        rank([1, 1], ["a", "a"])


def test_importing_the_ranking_does_not_load_numpy():
    code = (
        "import sys; from profitability.core import concentration, pareto; "
        "concentration.concentration([3, 1]); concentration.whale([3, 1], 'ab'); "
        "sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=DATA.parents[1]).returncode == 0
