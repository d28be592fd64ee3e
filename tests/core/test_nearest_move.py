"""The smallest change of one weight that puts an account into another box."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from relationships.core.cases import SIDES, Case, Side
from relationships.core.matrix import BOXES
from relationships.core.nearest import STEP, nearest_move, weights_with
from tests.core.boxes import case, cases, is_high, plain

SETTINGS = settings(max_examples=200)
HUNDREDTHS = [STEP * number for number in range(10_001)]


def box_with(account: Case, axis: str, code: str, new) -> str | None:
    """The box when one weight is another, the others in proportion; None where an axis has no score then."""
    side = getattr(account, axis)
    changed = replace_weights(side, code, new)
    sides = {"attractiveness": is_high(account.attractiveness), "relationship": is_high(account.relationship)}
    sides[axis] = is_high(side, changed)
    return None if sides[axis] is None else BOXES[sides["attractiveness"], sides["relationship"]]


def replace_weights(side: Side, code: str, new):
    return weights_with(side.weights, code, new)


@SETTINGS
@given(cases() | cases(relative=True))
def test_the_move_moves_the_account_and_a_hundredth_less_does_not(account):
    move = nearest_move(account)
    if move is None:
        return

    assert move.box != account.box
    assert 0 <= move.new_weight <= 100
    assert move.change == move.new_weight - move.weight
    assert box_with(account, move.axis, move.code, move.new_weight) == move.box
    nearer = move.new_weight - (STEP if move.change > 0 else -STEP)
    if (nearer > move.weight) == (move.change > 0) and nearer != move.weight:
        assert box_with(account, move.axis, move.code, nearer) == account.box


@SETTINGS
@given(cases() | cases(relative=True))
def test_the_weights_after_the_move_sum_to_100(account):
    move = nearest_move(account)
    if move is not None:
        changed = replace_weights(getattr(account, move.axis), move.code, move.new_weight)
        assert sum(changed.values()) == 100
        assert min(changed.values()) >= 0


@settings(max_examples=25)
@given(cases(relative=True) | cases(), st.data())
def test_no_other_weight_moves_it_by_a_smaller_change(account, data):
    move = nearest_move(account)
    axis = data.draw(st.sampled_from(["attractiveness", "relationship"]))
    side = getattr(account, axis)
    code = data.draw(st.sampled_from(sorted(side.weights)))
    if side.weights[code] == 100 or side.scores.get(code) is None:
        return
    within = 101 if move is None else abs(move.change)

    for new in HUNDREDTHS[:: 1 if within < 5 else 37]:
        if abs(new - side.weights[code]) < within - STEP:
            assert box_with(account, axis, code, new) in (account.box, None)


@given(cases())
def test_where_nothing_can_move_it_the_scores_are_on_one_side(account):
    def one_sided(side: Side) -> bool:
        beyond = [side.scores[code] >= side.cut for code in side.scored]
        return all(beyond) or not any(beyond)

    if one_sided(account.attractiveness) and one_sided(account.relationship):
        assert nearest_move(account) is None


@given(cases(missing=False), st.sampled_from([2, 10]))
def test_scores_and_cuts_on_another_scale_give_the_same_move(account, factor):
    def scaled(side: Side) -> Side:
        scores = {code: score * factor for code, score in side.scores.items()}
        return Side(side.weights, scores, side.cut * factor)

    other = replace(account, attractiveness=scaled(account.attractiveness), relationship=scaled(account.relationship))

    assert nearest_move(other) == nearest_move(account)


def test_a_move_by_hand():
    """8 × 40 + 3 × 60 = 500 is on the cut of 5: the weight of the 8 has to fall by a hundredth more than 20 × 50/50."""
    account = plain({"a": 8, "b": 3}, {"a": 9}, {"a": 50, "b": 50}, {"a": 100})

    move = nearest_move(account)

    assert (move.axis, move.code, move.weight) == ("attractiveness", "a", 50)
    assert (move.new_weight, move.change, move.box) == (Decimal("39.99"), Decimal("-10.01"), "status")


def test_up_to_the_cut_is_enough_since_on_the_cut_counts_as_high():
    account = plain({"a": 8, "b": 3}, {"a": 9}, {"a": 30, "b": 70}, {"a": 100})

    move = nearest_move(account)

    assert (account.box, move.box) == ("status", "strategic")
    assert (move.code, move.new_weight) == ("a", 40)


def test_of_equal_changes_the_first_criterion_counts():
    account = plain({"b": 8, "a": 3}, {"a": 8, "b": 3}, {"b": 50, "a": 50}, {"a": 50, "b": 50})

    assert (nearest_move(account).axis, nearest_move(account).code) == ("attractiveness", "b")


def test_a_criterion_that_bears_all_weight_has_nothing_to_give_way_to():
    account = plain({"a": 8}, {"a": 4}, {"a": 100}, {"a": 100})

    assert nearest_move(account) is None


def test_an_account_with_all_scores_equal_cannot_be_moved():
    account = plain({"a": 5, "b": 5}, {"a": 4, "b": 4}, {"a": 50, "b": 50}, {"a": 50, "b": 50})

    assert nearest_move(account) is None


def test_against_a_competitor_with_other_criteria_scored():
    shares = {"a": Decimal(40), "b": Decimal(30), "c": Decimal(30)}
    ours = {"a": Fraction(8), "b": Fraction(4), "c": None}
    theirs = {"a": Fraction(6), "b": None, "c": Fraction(5)}
    account = case(Side({"x": Decimal(100)}, {"x": Fraction(9)}, Decimal(5)), Side(shares, ours, Decimal(1), theirs))

    move = nearest_move(account)

    assert SIDES[account.box] == (True, True)
    assert (move.axis, move.box) == ("relationship", "star")
    assert box_with(account, "relationship", move.code, move.new_weight) == "star"
