"""Statements of accounts: the arithmetic of a profit and loss statement, and that nothing gets lost in it."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profitability.core.cost_model import LEVELS, PHASES, Activity
from profitability.core.money import round_half_up
from profitability.core.statement import MEASURES, by_level, by_phase, shares, statements

DATA = Path(__file__).parents[1] / "data"
ZERO = np.zeros((1, 2), dtype=np.int64)


def ledger(**amounts: list[list[int]]) -> dict[str, np.ndarray]:
    """Measures of accounts × months in ten-thousandths; those not given are 0 in one account and two months."""
    found = dict.fromkeys(MEASURES.values(), ZERO)
    return found | {name: np.array(table, dtype=np.int64) for name, table in amounts.items()}


# Net 100.00 + 50.00, discounts 10.00, returns 5.00, goods 60.00, freight 1.00 and 2.00 (in two months).
def test_list_less_discounts_and_returns_is_net_less_goods_and_freight_is_gross_margin():
    window, months = statements(
        ledger(
            net_revenue=[[1_000_000, 500_000]],
            discount_amount=[[100_000, 0]],
            return_amount=[[0, 50_000]],
            cost_amount=[[400_000, 200_000]],
            freight_amount=[[10_000, 20_000]],
        ),
        digits=2,
    )

    assert window.list_sales.tolist() == [165_00]
    assert window.gross_margin.tolist() == [87_00]
    assert window.contribution(np.array([90_00])).tolist() == [-3_00]
    assert months.list_sales.tolist() == [[110_00, 55_00]]
    assert months.gross_margin.tolist() == [[59_00, 28_00]]


# Three accounts of 0.004: 0.012 is one cent, which goes to the first; two months of 0.002 share what it got.
def test_accounts_sum_to_the_rounded_total_and_months_to_their_account():
    table = [[20, 20], [20, 20], [20, 20]]
    empty = np.zeros((3, 2), dtype=np.int64)

    window, months = statements(dict.fromkeys(MEASURES.values(), empty) | {"net_revenue": np.array(table)}, digits=2)

    assert window.net_revenue.tolist() == [1, 0, 0]
    assert months.net_revenue.tolist() == [[1, 0], [0, 0], [0, 0]]


@pytest.mark.parametrize("digits", [0, 2, 3])
@given(st.data())
def test_statements_keep_to_the_ledger(digits, data):
    cells = st.lists(st.integers(-(10**9), 10**9), min_size=3, max_size=3)
    tables = st.lists(cells, min_size=4, max_size=4)
    measures = {name: np.array(data.draw(tables), dtype=np.int64) for name in MEASURES.values()}

    window, months = statements(measures, digits)

    for name, measure in MEASURES.items():
        total = Fraction(int(measures[measure].sum()), 10 ** (4 - digits))
        assert getattr(window, name).sum() == round_half_up(total)
    for name in (*MEASURES, "list_sales", "gross_margin"):
        assert (getattr(months, name).sum(axis=1) == getattr(window, name)).all()
    assert (window.list_sales - window.discounts - window.returns == window.net_revenue).all()


def test_phases_and_levels_are_sums_of_the_same_costs():
    tags = [("presale", "customer"), ("delivery", "unit"), ("delivery", "batch"), ("post_sale", "unit")]
    activities = [Activity(str(place), "", phase, level) for place, (phase, level) in enumerate(tags)]
    costs = np.array([[1, 2, 3, 4], [-5, 0, 7, 1]])

    phases, levels = by_phase(costs, activities), by_level(costs, activities)

    assert {name: costs.tolist() for name, costs in phases.items()} == {
        "presale": [1, -5],
        "production": [0, 0],
        "delivery": [5, 7],
        "post_sale": [4, 1],
    }
    assert tuple(phases) == PHASES and tuple(levels) == LEVELS
    assert {name: costs.tolist() for name, costs in levels.items()} == {
        "unit": [6, 1],
        "batch": [3, 7],
        "customer": [1, -5],
    }


# Ackers (published): margins 36,000, 45,000, 27,000, directly traced 13,120, 18,476, 13,620.
def test_the_contribution_of_ackers_is_its_printed_profit():
    case = json.loads((DATA / "abc_ackers.json").read_text())
    customers = case["inputs"]["customers"]

    def amounts(key: str) -> np.ndarray:
        return np.array([[customer[key] * 10_000] for customer in customers], dtype=np.int64)

    nothing = np.zeros((3, 1), dtype=np.int64)
    window, _ = statements(
        {
            "net_revenue": amounts("revenue"),
            "cost_amount": amounts("revenue") - amounts("gross_margin"),
            "freight_amount": amounts("direct_traceable"),
            "discount_amount": nothing,
            "return_amount": nothing,
        },
        digits=2,
    )
    exact = case["exact"]["customers"]
    serving = [int(Fraction(exact[customer["name"]]["activity_total"]) * 100) for customer in customers]

    profits = window.contribution(np.array(serving)).tolist()

    assert profits == [int(Fraction(exact[customer["name"]]["profit"]) * 100) for customer in customers]


def test_a_share_of_nothing_or_less_is_undefined():
    found = shares(np.array([25, 1, 3]), np.array([100, 0, -6]))

    assert found[0] == 0.25
    assert np.isnan(found[1:]).all()
