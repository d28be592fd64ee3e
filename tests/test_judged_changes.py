"""Two dates beside each other: each change has its sign, and says whether it is for the better."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_portal.board.judging import Change, of_boxes, of_concentration, of_figures
from relationships.models import Box

NAMES = ("net_revenue", "gross_margin", "cost_to_serve", "contribution")
boxes = st.sampled_from(list(Box.values))


def figures(*values: int) -> dict[str, dict]:
    return {name: {"value": Decimal(value)} for name, value in zip(NAMES, values, strict=True)}


def concentration(**changes) -> dict[str, float]:
    same = {"top1_share": 0.1, "top10_share": 0.4, "hhi": 300.0, "gini": 0.6, "effective_number": 50.0}
    return same | changes


def test_more_earned_is_better_and_less_is_worse():
    changed = of_figures(figures(900, 500, 100, 400), figures(1000, 400, 100, 400))

    assert changed["net_revenue"] == Change("\N{MINUS SIGN}100.00", -1)
    assert changed["gross_margin"] == Change("+100.00", 1)
    assert changed["contribution"] == Change("0.00", 0)


@pytest.mark.parametrize(
    ("cost", "revenue", "expected"),
    [
        (200, 2000, Change("0.0", 0)),  # twice as much of twice as much
        (150, 2000, Change("\N{MINUS SIGN}2.5", 1)),
        (100, 500, Change("+10.0", -1)),
        (100, 0, None),
    ],
)
def test_cost_to_serve_is_judged_by_its_share_of_what_was_sold(cost, revenue, expected):
    changed = of_figures(figures(revenue, 0, cost, 0), figures(1000, 0, 100, 0))

    assert changed["cost_share"] == expected


def test_the_less_hangs_on_few_customers_the_better():
    now = concentration(top1_share=0.2, hhi=250.0, gini=0.601, effective_number=60.0)

    changed = of_concentration(now, concentration())

    assert changed == {
        "top1_share": Change("+10.0", -1),
        "top10_share": Change("0.0", 0),
        "hhi": Change("\N{MINUS SIGN}50", 1),
        "gini": Change("0.00", 0),
        "effective_number": Change("+10", 1),
    }


@pytest.mark.parametrize(
    ("then", "now", "side"),
    [
        ("streamline", "strategic", 1),
        ("star", "strategic", 1),
        ("status", "strategic", 1),
        ("strategic", "status", -1),
        ("status", "star", 0),
        ("star", "star", 0),
    ],
)
def test_a_box_is_better_where_nothing_was_lost(then, now, side):
    assert of_boxes(then, now) == side


@given(boxes, boxes)
def test_the_way_back_is_the_other_side(then, now):
    assert of_boxes(then, now) == -of_boxes(now, then)
