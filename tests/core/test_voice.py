"""What customers say, in figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.voice import mean, recommendation, response_share

ANSWERS = st.lists(st.integers(0, 10), min_size=1)


def test_promoters_less_detractors():
    found = recommendation([10, 9, 9, 8, 7, 6, 0, 10, 8, 9])  # 5 promoters, 3 passives, 2 detractors of 10

    assert (found.promoters, found.passives, found.detractors) == (5, 3, 2)
    assert found.score == 30


def test_thirds_round_to_whole_points_half_away_from_zero():
    assert recommendation([10, 8, 8]).score == 33
    assert recommendation([0, 8, 8]).score == -33
    assert recommendation([10] + [8] * 7).score == 13  # 12.5
    assert recommendation([0] + [8] * 7).score == -13


def test_one_answer_has_a_score_and_none_has_none():
    assert recommendation([9]).score == 100
    assert recommendation([]).score is None
    assert mean([]) is None
    assert response_share(0, 0) is None


@given(ANSWERS)
def test_the_score_stays_within_its_bounds_and_does_not_mind_order(answers):
    found = recommendation(answers)

    assert -100 <= found.score <= 100
    assert recommendation(answers[::-1]) == found
    assert found.count == len(answers)


@given(ANSWERS)
def test_everybody_twice_changes_nothing(answers):
    assert recommendation(answers * 2).score == recommendation(answers).score


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(ValueError):
        recommendation([11])


def test_trust_is_told_to_one_decimal():
    assert mean([5, 6, 6]) == Decimal("5.7")
