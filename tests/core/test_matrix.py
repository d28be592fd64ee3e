"""The four boxes: their names, the cuts, provisional places and confidence."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from relationships.core.criteria import parse
from relationships.core.matrix import BOXES, Cuts, Place, box, confidence, cuts, place
from relationships.core.scoring import Score, Weighted, attractiveness, strength

DATA = Path(__file__).parents[1] / "data"
FOUR_BOXES = json.loads((DATA / "matrix_four_box.json").read_text())
EDGE_CASES = json.loads((DATA / "ranking_edge_cases.json").read_text())["cases"]
MIDDLE = Cuts(Decimal(5), Decimal(5))


def full(score: object) -> Weighted:
    return Weighted(Fraction(str(score)), Fraction(1))


def part(score: object, percent: int) -> Weighted:
    return Weighted(Fraction(str(score)), Fraction(percent, 100))


def criteria_set(basis: str = "absolute"):
    def judged(code, weight):
        return {"code": code, "name": code, "kind": "judged", "weight": weight}

    document = {
        "code": "test",
        "version": 1,
        "cut": {"basis": basis},
        "attractiveness": [judged("potential", 60), judged("prestige", 40)],
        "relationship": [judged("trust", 100)],
    }
    return parse(document)[0]


def test_attractive_and_strong_is_strategic_only_strong_status_only_attractive_star():
    assert BOXES == {
        (True, True): "strategic",
        (False, True): "status",
        (True, False): "star",
        (False, False): "streamline",
    }


@pytest.mark.parametrize("account", FOUR_BOXES["accounts"], ids=lambda account: account["name"])
def test_the_four_types_of_key_account(account):
    found = place(full(account["attractiveness"]), full(account["strength"]), MIDDLE)

    assert found.box == account["box"]
    assert found.on_the_line == (account["name"] == "on_the_line")


def test_the_unrounded_score_decides():
    [case] = [case for case in EDGE_CASES if case["kind"] == "four_box"]
    up, across = case["inputs"]["accounts"]["x"]

    assert box(Decimal(up), Decimal(across), MIDDLE) == case["expected"]["x"].lower()


@pytest.mark.parametrize(
    "up, across, expected",
    [
        (full(7), full(7), Place("strategic", provisional=False, on_the_line=False)),
        (part(7, 99), full(7), Place("strategic", provisional=True, on_the_line=False)),
        (full(7), part(7, 60), Place("strategic", provisional=True, on_the_line=False)),
        (full(7), part(7, 59), Place(None, provisional=False, on_the_line=False)),
        (part(7, 59), full(7), Place(None, provisional=False, on_the_line=False)),
        (Weighted(None, Fraction(0)), full(7), Place(None, provisional=False, on_the_line=False)),
        (full(7), full(5), Place("strategic", provisional=False, on_the_line=True)),
        (full(5), full(3), Place("star", provisional=False, on_the_line=True)),
    ],
)
def test_coverage_below_100_percent_is_provisional_and_below_60_no_box(up, across, expected):
    assert place(up, across, MIDDLE) == expected


@pytest.mark.parametrize("ours, rival, expected", [(6, 8, "star"), (8, 8, "strategic"), (6, None, "strategic")])
def test_a_relative_set_places_by_the_quotient_where_there_is_a_competitor(ours, rival, expected):
    criteria = criteria_set("relative")
    found = strength(criteria, {"trust": Score(Fraction(ours))}, competitor={"trust": rival})

    at = cuts(criteria, found)

    assert at.strength == (1 if rival else 5)
    assert place(full(9), found.on_axis, at).box == expected


def test_confidence_is_the_grounded_weight_averaged_over_both_axes():
    criteria = criteria_set()
    scores = {
        "potential": Score(Fraction(5), grounded_share=Fraction(1)),
        "prestige": Score(Fraction(5), grounded_share=Fraction(1, 2)),
        "trust": Score(Fraction(5)),
    }

    found = confidence(attractiveness(criteria, scores), strength(criteria, scores))

    assert found == Fraction(60 + 20 + 0, 200)
