"""Three methods over one month: the survey of the published example, revenue, and laws over generated models."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profitability.core.costing import cost_month
from profitability.core.methods import moved, places
from profitability.core.spreading import hidden_capacity, revenue_spread
from tests.core.test_costing import example, model
from tests.core.test_laws_costing import Case, cases, costed

MONTH = 202403


def service_department(quantities: dict[str, int], **activities: dict) -> tuple:
    """The customer service department of the example, with an account for each activity it is asked for."""
    measures = pd.DataFrame(
        {
            f"{name}.count": [10_000 * quantity * (name == code) for code in quantities]
            for name, quantity in quantities.items()
        },
        index=list(quantities),
        dtype="int64",
    )
    found = model([{"code": "service"}], [{"code": name} | rule for name, rule in activities.items()])
    practical = 700_000 * 10_000
    return found, cost_month(found, MONTH, {"service": 560_000_00}, {"service": practical}, measures), measures


def rates(costs, quantities: dict[str, int]) -> list[Fraction]:
    return [Fraction(int(cost), 100 * quantity) for cost, quantity in zip(costs, quantities.values(), strict=True)]


def test_the_survey_of_kaplan_and_anderson_hides_what_time_shows():
    inputs = example("tdabc_kaplan_anderson_hbr2004")["inputs"]
    quantities = {row["name"]: row["quantity"] for row in inputs["activities"]}
    by_time = {
        row["name"]: {"pool": "service", "minutes": {f"{row['name']}.count": row["unit_time"]}}
        for row in inputs["activities"]
    }
    by_survey = {
        name: {"shares": {"service": f"{percent}/100"}, "driver": f"{name}.count"}
        for name, percent in inputs["survey_pct"].items()
    }

    timed_model, timed, measures = service_department(quantities, **by_time)
    _, survey, _ = service_department(quantities, **by_survey)
    hidden = hidden_capacity(timed_model, timed, measures)

    assert rates(survey.costs.sum(axis=1), quantities) == [8, 40, Fraction("44.80")]
    assert rates(timed.costs.sum(axis=1), quantities) == [Fraction("6.40"), Fraction("35.20"), 40]
    assert timed.costs.sum() == 462_880_00
    assert hidden.sum() == 97_120_00  # what a survey spreads too: 560,000 in all
    assert survey.costs.sum() == (timed.costs.sum(axis=1) + hidden).sum() == 560_000_00
    # spread by the 578,600 minutes used: 560,000 × 392,000, 61,600 and 125,000 ÷ 578,600
    assert (timed.costs.sum(axis=1) + hidden).tolist() == [379_398_55, 59_619_77, 120_981_68]


def test_revenue_turns_the_order_of_two_customers_round():
    customers = example("abc_two_customers_support")["inputs"]["customers"]
    printed = {"A": 190_546, "B": 250_688}  # profit after activity costs, as published
    margins = {row["name"]: row["revenue"] - row["cogs"] for row in customers}
    costs = {name: margins[name] - printed[name] for name in printed}

    shared = revenue_spread(sum(costs.values()), np.array([row["revenue"] for row in customers]), ["A", "B"])
    spread = dict(zip("AB", shared.tolist(), strict=True))

    assert costs == {"A": 103_454, "B": 22_312}
    assert spread == {"A": 64_124, "B": 61_642}  # 125,766 × 594 / 1,165 and the rest
    assert places(printed) == {"B": 1, "A": 2}
    assert places({name: margins[name] - spread[name] for name in margins}) == {"A": 1, "B": 2}
    found = moved(spread, costs)
    assert (found.over, found.under, found.surplus, found.between) == (1, 1, 0, 39_330)


def test_nobody_gets_anything_where_nobody_has_revenue():
    assert revenue_spread(100, np.array([0, -5]), ["A", "B"]).tolist() == [0, 0]


def test_returns_do_not_make_a_cost_negative():
    assert revenue_spread(100, np.array([300, -50, 100]), ["A", "B", "C"]).tolist() == [75, 0, 25]


@pytest.mark.parametrize("practical, added", [(400, 300_00), (50, -300_00), (100, 0)])
def test_two_stage_charges_a_used_pool_in_full(practical, added):
    # 100 minutes used at cost ÷ practical; in two stages all of the pool is charged, however much was practical
    found = model([{"code": "desk"}], [{"code": "calls", "pool": "desk", "minutes": {"call.count": 10}}])
    measures = pd.DataFrame({"call.count": [60_000, 40_000]}, index=["A", "B"], dtype="int64")
    cost = 400_00 if practical == 400 else 300_00
    month = cost_month(found, MONTH, {"desk": cost}, {"desk": practical * 10_000}, measures)

    hidden = hidden_capacity(found, month, measures)

    assert hidden.sum() == added == month.balance[0].unused
    assert (month.costs.sum(axis=1) + hidden).tolist() == [cost * 6 // 10, cost * 4 // 10]


def test_a_pool_nobody_used_hides_nothing():
    found = model([{"code": "desk"}], [{"code": "calls", "pool": "desk", "minutes": {"call.count": 10}}])
    measures = pd.DataFrame({"call.count": [0]}, index=["A"], dtype="int64")
    month = cost_month(found, MONTH, {"desk": 100_00}, {"desk": 10_000}, measures)

    assert hidden_capacity(found, month, measures).tolist() == [0]


@given(cases())
def test_two_stage_closes_pool_by_pool(case: Case):
    cost_model, _, _, measures = case
    month = costed(case)

    hidden = hidden_capacity(cost_model, month, measures)

    assert hidden.sum() == sum(row.unused for row in month.balance if row.used_minutes)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_accounts_changes_no_method(case: Case, chance):
    cost_model, costs, minutes, measures = case
    shuffled = list(measures.index)
    chance.shuffle(shuffled)
    other = measures.loc[shuffled]
    revenue = {code: place * 7 % 11 - 2 for place, code in enumerate(measures.index)}

    hidden = pd.Series(hidden_capacity(cost_model, costed(case), measures), measures.index)
    again = costed((cost_model, costs, minutes, other))
    hidden_again = pd.Series(hidden_capacity(cost_model, again, other), other.index)
    spread, spread_again = (
        dict(zip(codes, revenue_spread(1_003, np.array([revenue[code] for code in codes]), codes), strict=True))
        for codes in (list(measures.index), shuffled)
    )

    assert hidden_again.to_dict() == hidden.to_dict()
    assert spread_again == spread


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(), st.integers()), max_size=8))
def test_what_one_account_bears_more_another_bears_less(rows):
    found = moved({code: row[0] for code, row in rows.items()}, {code: row[1] for code, row in rows.items()})

    assert found.surplus == sum(method - own for method, own in rows.values())
    differences = [method - own for method, own in rows.values()]
    assert 2 * found.between == sum(map(abs, differences)) - abs(sum(differences))
