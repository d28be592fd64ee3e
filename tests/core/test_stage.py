"""Stages: gated by evidence, the lower of both views, and what a customer's answers amount to."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.stage import (
    CHECKLIST,
    DISINTEGRATING,
    ITEMS,
    LADDER,
    StageOf,
    asymmetry,
    effective,
    is_apart,
    missing,
    ours,
    rank,
    reached,
    required,
)
from relationships.core.survey import QUESTIONS, STANDINGS, stage_of, stage_of_sum

EVIDENCE = st.fixed_dictionaries({item.code: st.sampled_from([True, False, None]) for item in CHECKLIST})
STAGES = st.sampled_from([*LADDER, DISINTEGRATING])
VIEWS = st.sampled_from(["", *LADDER, DISINTEGRATING])
# course hand-out of the diagnostic by McDonald and Woodburn: six items of 1 to 4 points
BANDS = {"basic": range(6, 11), "co-operative": range(11, 17), "interdependent": range(17, 23), "integrated": (23, 24)}


def up_to(stage: str) -> dict[str, bool]:
    """All evidence up to a stage, and none above."""
    return {item.code: rank(item.stage) <= rank(stage) for item in CHECKLIST}


@pytest.mark.parametrize("stage", LADDER)
def test_all_evidence_up_to_a_stage_reaches_it_and_no_more(stage):
    assert reached(up_to(stage)) == stage


@pytest.mark.parametrize("item", CHECKLIST, ids=lambda item: item.code)
def test_one_missing_piece_keeps_the_relationship_below_its_rung_whatever_holds_above(item):
    evidence = dict.fromkeys(ITEMS, True) | {item.code: False}

    assert rank(reached(evidence)) == rank(item.stage) - 1
    assert missing(evidence) == (item,)


def test_what_is_unknown_does_not_hold():
    assert reached(dict.fromkeys(ITEMS, True) | {"wallet_share": None}) == "co-operative"


def test_without_contact_or_order_there_is_no_stage():
    assert reached({}) == ""
    assert effective(ours({}), "") == StageOf("", "", "", is_provisional=False)


def test_at_the_top_nothing_is_missing():
    assert missing(dict.fromkeys(ITEMS, True)) == ()


def test_every_rung_asks_for_something_and_every_code_is_there_once():
    assert all(required(stage) for stage in LADDER)
    assert len(ITEMS) == len(CHECKLIST)


@given(EVIDENCE, st.sampled_from(sorted(ITEMS)))
def test_more_evidence_never_lowers_the_stage(evidence, code):
    assert rank(reached(evidence | {code: True})) >= rank(reached(evidence))


@given(EVIDENCE)
def test_every_rung_up_to_the_stage_holds_and_the_next_does_not(evidence):
    stage = reached(evidence)

    assert all(evidence[item.code] for rung in LADDER[: rank(stage) + 1] for item in required(rung))
    assert stage == LADDER[-1] or missing(evidence)


@given(EVIDENCE, VIEWS)
def test_what_we_state_lowers_our_view_and_never_raises_it(evidence, stated):
    found = ours(evidence, stated)

    assert rank(found) <= rank(reached(evidence)) or stated == DISINTEGRATING
    assert found in (reached(evidence), stated)


@given(STAGES, STAGES)
def test_the_lower_view_counts_whoever_holds_it(one, other):
    both = effective(one, other)

    assert both.stage == effective(other, one).stage
    assert rank(both.stage) == min(rank(one), rank(other))
    assert not both.is_provisional


@given(STAGES)
def test_a_view_that_is_not_known_is_not_taken_to_be_equal(stage):
    assert effective(stage, "") == StageOf(stage, stage, "", is_provisional=True)
    assert effective("", stage) == StageOf(stage, "", stage, is_provisional=True)
    assert asymmetry(stage, "") is None and asymmetry("", stage) is None


@given(st.sampled_from(LADDER), st.sampled_from(LADDER))
def test_asymmetry_turns_around_with_the_views(one, other):
    assert asymmetry(one, other) == -asymmetry(other, one)
    assert (asymmetry(one, other) == 0) == (one == other)


def test_a_key_account_to_us_that_sees_a_minor_supplier():
    assert effective("interdependent", "basic") == StageOf("basic", "interdependent", "basic", is_provisional=False)
    assert asymmetry("interdependent", "basic") == 2


def test_falling_apart_is_lower_than_every_rung_and_no_number_of_rungs():
    assert effective("integrated", DISINTEGRATING).stage == DISINTEGRATING
    assert effective("exploratory", DISINTEGRATING).stage == DISINTEGRATING
    assert asymmetry("integrated", DISINTEGRATING) is None
    assert is_apart("integrated", DISINTEGRATING)
    assert not is_apart(DISINTEGRATING, DISINTEGRATING) and not is_apart(DISINTEGRATING, "")


@pytest.mark.parametrize(("stage", "points"), [(stage, each) for stage, band in BANDS.items() for each in band])
def test_the_published_bands_of_the_six_answers(stage, points):
    assert stage_of_sum(points) == stage


@pytest.mark.parametrize("points", [5, 25])
def test_no_other_sum_has_a_band(points):
    with pytest.raises(ValueError):
        stage_of_sum(points)


def test_every_way_to_answer_has_a_stage():
    codes = [question.code for question in QUESTIONS]

    found = {stage_of("buying", dict(zip(codes, each, strict=True))) for each in product((1, 4), repeat=len(codes))}

    assert found == {"basic", "co-operative", "interdependent", "integrated"}


@given(st.sampled_from(sorted(STANDINGS)), st.dictionaries(st.sampled_from([q.code for q in QUESTIONS]), st.just(4)))
def test_without_business_or_when_leaving_the_other_answers_do_not_matter(standing, answers):
    expected = {"not_yet": "exploratory", "leaving": DISINTEGRATING}.get(standing)

    assert stage_of(standing, answers) == expected or standing == "buying"


def test_an_open_question_leaves_the_stage_open():
    assert stage_of("buying", {question.code: 4 for question in QUESTIONS[1:]}) == ""
    assert stage_of("", {question.code: 4 for question in QUESTIONS}) == ""
