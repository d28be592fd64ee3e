import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.plan import Aim, State, gravity, progress, return_on, severity

ROI = json.loads((Path(__file__).parents[1] / "data" / "roi_formula.json").read_text())
AMOUNTS = st.decimals(-10_000, 10_000, places=2)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize("case", ROI["inputs"]["cases"], ids=lambda case: case["name"])
def test_the_return_is_that_of_the_formula(case):
    exact = ROI["exact"][case["name"]]

    found = return_on(Decimal(case["profits"]), Decimal(case["costs"]))

    assert found == (None if exact is None else Fraction(exact) / 100)


@given(AMOUNTS, AMOUNTS)
def test_there_is_a_return_only_of_a_cost_and_it_is_nothing_where_profit_just_pays_it(profit, cost):
    assert (return_on(profit, cost) is None) == (cost <= 0)
    if cost > 0:
        assert return_on(cost, cost) == 0
        assert return_on(profit * 2, cost * 2) == return_on(profit, cost)


def test_what_is_not_known_has_no_return():
    assert return_on(None, Decimal(1)) is None
    assert return_on(Decimal(1), None) is None


CASES = """
from  to   direction  value  day         state
100   200  up         200    2026-02-01  reached
100   200  up         210    2027-02-01  reached
100   200  up         199    2027-01-01  missed
100   200  up         150    2026-07-02  on_track
100   200  up         141    2026-07-02  on_track
100   200  up         139    2026-07-02  behind
100   200  up         90     2026-02-15  moved_away
100   200  up         90     2026-01-01  early
100   200  up         90     2026-02-05  early
100   200  up         90     2026-02-07  moved_away
100   200  up         99.5   2026-02-05  on_track
100   200  up         99.5   2026-02-07  behind
100   200  up         99.4   2026-02-07  moved_away
100   200  up         90     2027-01-01  missed
9.0   8    down       9.27   2026-02-15  moved_away
-     200  up         150    2026-07-02  unknown
100   -    up         150    2026-07-02  unknown
100   200  up         -      2026-07-02  unknown
-     200  up         150    2027-01-01  missed
0.20  0.1  down       0.1    2026-02-01  reached
0.20  0.1  down       0.14   2026-07-02  on_track
0.20  0.1  down       0.17   2026-07-02  behind
300   200  up         150    2026-07-02  moved_away
300   200  up         150    2026-01-02  early
300   200  up         250    2026-07-02  reached
"""


def case(line):
    baseline, target, direction, value, day, state = line.split()
    number = {"-": None}
    baseline, target, value = (number.get(each, each) and Decimal(each) for each in (baseline, target, value))
    return Aim(baseline, target, direction == "up", FIRST, LAST), value, date.fromisoformat(day), state


@pytest.mark.parametrize("line", CASES.strip().splitlines()[1:])
def test_an_objective_stands_as_its_way_and_its_time_say(line):
    aim, value, day, state = case(line)

    assert progress(aim, value, day).state == state


def test_without_days_an_objective_is_reached_or_not_known():
    assert progress(Aim(Decimal(1), Decimal(5)), Decimal(5), FIRST).state == State.REACHED
    assert progress(Aim(Decimal(1), Decimal(5)), Decimal(4), FIRST).state == State.UNKNOWN
    assert progress(Aim(Decimal(1), Decimal(5)), Decimal(3), FIRST).share == Fraction(1, 2)
    assert progress(Aim(Decimal(1), Decimal(5)), Decimal(0), FIRST).state == State.MOVED_AWAY


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(-400, 800))
def test_less_is_better_is_more_is_better_turned_round(baseline, target, value, days):
    day = FIRST + timedelta(days=days)

    up = progress(Aim(baseline, target, True, FIRST, LAST), value, day)
    down = progress(Aim(-baseline, -target, False, FIRST, LAST), -value, day)

    assert up == down


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 364))
def test_a_better_value_never_stands_worse(baseline, target, one, other, days):
    order = [State.MOVED_AWAY, State.EARLY, State.BEHIND, State.ON_TRACK, State.REACHED]
    aim, day = Aim(baseline, target, True, FIRST, LAST), FIRST + timedelta(days=days)

    worse, better = (progress(aim, value, day) for value in sorted((one, other)))

    assert worse.share <= better.share
    assert order.index(worse.state) <= order.index(better.state)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(-400, 800))
def test_what_moved_away_from_its_target_is_never_on_track(baseline, target, value, days):
    found = progress(Aim(baseline, target, True, FIRST, LAST), value, FIRST + timedelta(days=days))

    whole, gone = abs(target - baseline), value - baseline
    if value < target and gone < 0 and -gone * 100 >= whole:
        assert found.share == 0
        assert found.state in {State.MOVED_AWAY, State.EARLY, State.MISSED}
        assert (found.state == State.EARLY) == (found.due < Fraction(1, 10))
    elif value < target and target > baseline:
        assert found.state not in {State.MOVED_AWAY, State.EARLY} or -gone * 200 > whole


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_risk_is_as_grave_as_likelihood_times_impact(likelihood, impact):
    assert severity(likelihood, impact) == severity(impact, likelihood) == likelihood * impact
    assert gravity(severity(likelihood, impact)) in {"low", "medium", "high"}


def test_half_a_risk_is_none():
    assert severity(None, 5) is severity(5, None) is None
    assert (gravity(None), gravity(5), gravity(6), gravity(15)) == ("", "low", "medium", "high")
