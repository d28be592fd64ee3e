"""What the evidence says of the strength of a relationship."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core import strength
from relationships.core.strength import COMPONENTS, EQUAL, index

POINTS = st.integers(0, 60).map(lambda sixths: Fraction(sixths, 6))
MAYBE = st.fixed_dictionaries(dict.fromkeys(COMPONENTS, st.none() | POINTS))
WEIGHTS = st.fixed_dictionaries(dict.fromkeys(COMPONENTS, st.integers(1, 50).map(lambda tenths: Fraction(tenths, 10))))

# Worked by hand: 2 of 3 buying roles in touch, pairs one level apart, 4 of 5 heard of in time, trust 5.8 of 7,
# NPS 40, leaving costs 30 of 300 a year, 90 % on time and 80 % in one delivery.
WORKED = {
    "coverage": strength.of_share(Fraction(2, 3)),  # 6.667
    "seniority": strength.of_levels(1),  # 7.5
    "frequency": strength.of_share(Fraction(4, 5)),  # 8
    "trust": strength.of_trust(Decimal("5.8")),  # 8
    "recommendation": strength.of_recommendation(40),  # 7
    "barriers": strength.of_barriers(30, 300),  # 4
    "delivery": strength.of_delivery(Fraction(9, 10), Fraction(8, 10)),  # 8.5
}


def test_each_component_runs_from_0_to_10():
    assert list(WORKED.values()) == [Fraction(20, 3), Fraction(15, 2), 8, 8, 7, 4, Fraction(17, 2)]


def test_the_index_of_a_worked_example_is_the_mean():
    found = index(WORKED)

    assert found.score == Fraction(149, 21)  # (6 2/3 + 7 1/2 + 8 + 8 + 7 + 4 + 8 1/2) / 7 = 7.095
    assert (found.coverage, found.known, found.is_provisional) == (1, 7, False)


def test_what_is_missing_counts_for_nothing_and_makes_it_provisional():
    found = index(WORKED | {"barriers": None})

    assert found.score == (Fraction(149, 3) - 4) / 6  # not divided by seven
    assert (found.coverage, found.known, found.is_provisional) == (Fraction(6, 7), 6, True)


def test_five_of_seven_are_enough_and_four_are_not():
    ours = {name: WORKED[name] for name in ("coverage", "seniority", "frequency", "delivery")}

    assert index(ours) == strength.Index(None, Fraction(4, 7), 4)
    assert index(ours | {"trust": WORKED["trust"]}).score == Fraction(116, 15)  # (6 2/3 + 7 1/2 + 8 + 8 1/2 + 8) / 5
    assert index({}) == strength.Index(None, Fraction(0), 0)


def test_weights_that_are_stated_count_in_place_of_equal_ones():
    found = index({"trust": Fraction(8), "delivery": Fraction(2)}, {"trust": Fraction(3), "delivery": Fraction(1)})

    assert (found.score, found.coverage) == (Fraction(13, 2), 1)
    assert index({"trust": Fraction(8), "delivery": Fraction(2)}, {"trust": Fraction(1)}).score == 8


@pytest.mark.parametrize("weights", [{}, {"trust": Fraction(0)}, {"trust": Fraction(2), "delivery": Fraction(-1)}])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        index(WORKED, weights)


def test_points_beyond_the_scale_are_refused():
    with pytest.raises(ValueError, match="0 to 10"):
        index(WORKED | {"trust": Fraction(11)})


def test_the_ends_of_each_scale():
    assert [strength.of_trust(each) for each in (1, 4, 7)] == [0, 5, 10]
    assert [strength.of_recommendation(each) for each in (-100, 0, 100)] == [0, 5, 10]
    assert [strength.of_levels(each) for each in (0, 2, 4)] == [10, 5, 0]
    assert [strength.of_barriers(each, 100) for each in (0, 25, 90)] == [0, 10, 10]
    assert [strength.of_share(each) for each in (0, 1)] == [0, 10]


def test_of_what_is_not_known_there_are_no_points():
    assert strength.of_trust(None) is strength.of_recommendation(None) is strength.of_levels(None) is None
    assert strength.of_share(None) is strength.of_delivery(None, None) is None
    assert strength.of_barriers(None, 100) is strength.of_barriers(5, None) is strength.of_barriers(5, 0) is None
    assert strength.of_delivery(None, Fraction(1, 2)) == 5


@given(MAYBE)
def test_it_lies_between_the_lowest_and_the_highest_known(points):
    found, known = index(points), [each for each in points.values() if each is not None]

    assert (found.score is None) == (len(known) < 5)
    assert found.score is None or min(known) <= found.score <= max(known)


@given(MAYBE, WEIGHTS, st.integers(1, 81).map(lambda ninths: Fraction(ninths, 9)))
def test_only_the_proportions_of_weights_count(points, weights, factor):
    assert index(points, {name: factor * weight for name, weight in weights.items()}) == index(points, weights)


@given(MAYBE, st.sampled_from(COMPONENTS))
def test_more_of_one_component_never_lowers_it(points, name):
    before, after = index(points | {name: Fraction(3)}), index(points | {name: Fraction(4)})

    assert before.score is None or after.score == before.score + EQUAL[name] / before.known


@given(MAYBE)
def test_a_component_that_is_missing_is_as_one_that_is_not_named(points):
    assert index(points) == index({name: value for name, value in points.items() if value is not None})
