"""The parts of a change of score."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relationships.core.causes import Factor, Part, Stand, parts

SCORE = st.integers(0, 100).map(lambda tenth: Fraction(tenth, 10))
WEIGHT = st.integers(0, 60).map(Fraction)
RULE = st.sampled_from(["old scale", "new scale"])
FACTOR = st.builds(Factor, WEIGHT, SCORE | st.none(), st.booleans(), RULE)
CUT = st.sampled_from([Fraction(1), Fraction(5), Fraction(9, 2)])
STAND = st.builds(
    Stand,
    st.dictionaries(st.sampled_from("abcde"), FACTOR, min_size=1),
    CUT,
    SCORE | st.none(),
    st.sampled_from(["absolute", "relative"]),
)
MIDDLES = st.dictionaries(st.sampled_from("abcde"), SCORE | st.none())
TO_THE_BAR = {("cut", ""), ("cut", "competitor"), ("rating", "competitor")}


def judged(**scores) -> Stand:
    return Stand({code: Factor(Fraction(50), Fraction(score), False) for code, score in scores.items()}, Fraction(5))


def told(before: Stand, after: Stand, **costed) -> list[tuple]:
    middles = {code: Fraction(score) for code, score in costed.items()}
    return [(part.cause, part.code, part.effect, part.change) for part in parts(before, after, middles)]


@given(STAND, STAND, MIDDLES)
def test_the_parts_sum_to_the_change_of_the_score_and_of_what_it_has_to_reach(before, after, middles):
    assume(before.score is not None and after.score is not None)

    found = parts(before, after, middles)

    of_score = sum(part.effect for part in found if (part.cause, part.code) not in TO_THE_BAR)
    assert of_score == after.score - before.score
    assert sum(part.effect for part in found) == (after.score - after.bar) - (before.score - before.bar)
    assert found == sorted(found, key=lambda part: -abs(part.effect))


@given(STAND)
def test_where_nothing_changed_there_is_no_part(stand):
    assert parts(stand, stand) == []


@given(STAND, STAND)
def test_the_way_back_undoes_it(before, after):
    assume(before.score is not None and after.score is not None)

    there, back = parts(before, after), parts(after, before)

    assert sum(part.effect for part in there) == -sum(part.effect for part in back)


@given(STAND, SCORE)
def test_one_score_that_changes_is_the_only_part(stand, score):
    code, factor = next(iter(stand.factors.items()))
    assume(stand.score is not None and factor.score is not None and factor.weight and score != factor.score)
    after = replace(stand, factors={**stand.factors, code: replace(factor, score=score)})

    [part] = parts(stand, after)

    assert (part.cause, part.code) == ("data" if factor.is_measured else "rating", code)
    assert (part.effect, part.change) == (after.score - stand.score, score - factor.score)


def test_a_rating_that_rose_by_two_brings_half_of_it_at_half_the_weight():
    assert told(judged(trust=6, price=4), judged(trust=8, price=4)) == [("rating", "trust", 1, 2)]


def test_the_largest_part_comes_first_whichever_way_it_went():
    before, after = judged(trust=6, price=8), judged(trust=7, price=4)

    assert told(before, after) == [("rating", "price", -2, -4), ("rating", "trust", Fraction(1, 2), 1)]


def test_other_weights_are_told_by_criterion():
    """From half and half of 8 and 4 to three quarters: the 8 is 2 above the score, and the 4 as much below."""
    before = judged(trust=8, price=4)
    weights = {"trust": Fraction(75), "price": Fraction(25)}
    after = replace(
        before, factors={code: replace(each, weight=weights[code]) for code, each in before.factors.items()}
    )

    half = Fraction(1, 2)
    assert told(before, after) == [("weights", "trust", half, 25), ("weights", "price", half, -25)]


def test_a_higher_cut_takes_points_away():
    before = judged(trust=8)

    assert told(before, replace(before, cut=Fraction(6))) == [("cut", "", -1, None)]


def test_a_stronger_competitor_raises_what_has_to_be_reached():
    before = replace(judged(trust=8), cut=Fraction(1), rival=Fraction(6), basis="relative")

    assert told(before, replace(before, rival=Fraction(7))) == [("rating", "competitor", -1, None)]


@pytest.mark.parametrize(("basis", "cause"), [("relative", "cut"), ("absolute", "rating")])
def test_measuring_against_a_competitor_is_the_sets_doing_or_that_of_whoever_scored_him(basis, cause):
    before = judged(trust=8)
    after = replace(before, cut=Fraction(1), rival=Fraction(7), basis=basis)

    assert told(before, after) == [(cause, "competitor", -2, None)]


def test_another_cost_model_has_its_own_part_of_a_figure():
    before = Stand({"profit": Factor(Fraction(100), Fraction(4), True)}, Fraction(5))
    after = Stand({"profit": Factor(Fraction(100), Fraction(9), True)}, Fraction(5))

    assert told(before, after) == [("data", "profit", 5, 5)]
    assert told(before, after, profit=6) == [("cost_model", "profit", 3, 5), ("data", "profit", 2, 5)]


def test_another_scale_is_the_criteria_doing_not_the_figures():
    before = Stand({"sales": Factor(Fraction(100), Fraction(4), True, "old")}, Fraction(5))
    after = Stand({"sales": Factor(Fraction(100), Fraction(6), True, "new")}, Fraction(5))

    assert told(before, after) == [("weights", "sales", 2, 0)]


def test_without_a_score_before_there_are_no_points():
    before = Stand({"trust": Factor(Fraction(100), None, False)}, Fraction(5))

    assert parts(before, judged(trust=8)) == [Part("rating", "trust", None)]
