"""A criteria document as the lines of a form: nothing gets lost on the way, and each problem finds its input."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.criteria import parse, to_document
from relationships.core.criteria_form import document_of, input_of, lines_of, move, put_back, read, taken
from tests.relationships.criteria_inputs import inputs

ANCHORS = {0: "none", 5: "some", 10: "full"}


def document(*weights) -> dict:
    """As many judged success factors as weights, and one measured criterion of attractiveness."""
    return {
        "code": "default",
        "version": 1,
        "cut": {"attractiveness": 5, "relationship": 5, "basis": "absolute"},
        "attractiveness": [
            {
                "code": "volume",
                "name": "Volume",
                "weight": 100,
                "kind": "measured",
                "measure": "net_revenue",
                "scale": [[0, 10], [1000.5, 0]],
            }
        ],
        "relationship": [
            {"code": f"c{place}", "name": f"C {place}", "weight": weight, "kind": "judged", "anchors": ANCHORS}
            for place, weight in enumerate(weights)
        ],
    }


def weights_to_100():
    """Up to six weights of two decimals that make exactly 100."""
    cuts = st.lists(st.integers(0, 10_000), max_size=5).map(lambda found: [0, *sorted(found), 10_000])
    return cuts.map(lambda found: [(right - left) / 100 for left, right in pairwise(found)])


@given(weights_to_100())
def test_a_sound_document_comes_back_from_the_form_as_it_was(weights):
    found, problems = parse(document(*weights))
    assert problems == []
    sound = to_document(found)

    sent = read(inputs(lines_of(json.loads(json.dumps(sound)))), "default", 1)

    assert document_of(sent) == sound


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=10), max_size=8))
def test_inputs_that_no_such_form_has_do_no_harm(sent):
    parse(document_of(read(sent, "default", 1)))


def changed(*weights, **changes) -> list[str]:
    """The inputs that the problems of a form belong to."""
    start = inputs(lines_of(document(*weights)))
    lines = read(start | {name.replace("__", "."): value for name, value in changes.items()}, "default", 1)
    return [input_of(lines, problem) for problem in parse(document_of(lines))[1]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("relationship[0].weight", "many"),
        ("relationship[1].name", ""),
        ("attractiveness[0].measure", ""),
        ("attractiveness[0].scale[1].score", "11"),
        ("attractiveness[0].scale[1].value", "-1"),
        ("cut.relationship", "11"),
    ],
)
def test_each_problem_is_told_at_its_input(name, value):
    assert changed(50, 50, **{name: value}) == [name]


def test_a_wrong_sum_is_told_at_the_axis():
    assert changed(50, 49) == ["relationship"]


def test_an_empty_point_is_passed_over_and_the_places_stay_right():
    lines = lines_of(document(100))
    move(lines, "add:attractiveness[0].scale")
    sent = inputs(lines) | {"attractiveness[0].scale[2].value": "5", "attractiveness[0].scale[2].score": "x"}
    sent |= {"attractiveness[0].scale[1].value": "", "attractiveness[0].scale[1].score": ""}
    found = read(sent, "default", 1)

    assert input_of(found, parse(document_of(found))[1][0]) == "attractiveness[0].scale[2].score"


def test_a_criterion_is_called_after_its_name_where_it_has_no_code():
    lines = read({"relationship[0].name": "Access to the board", "relationship[0].weight": "100"}, "default", 1)

    assert document_of(lines)["relationship"][0]["code"] == "access_to_the_board"


def test_a_press_mends_three_times_33_33():
    lines = lines_of(document(33.33, 33.33, 33.33))

    at = move(lines, "mend:relationship")

    assert ([line.weight for line in lines.relationship], at) == (["33.33", "33.33", "33.34"], "relationship[2].weight")
    assert move(lines, "mend:relationship") and lines.relationship[2].weight == "33.34"


def test_the_rest_goes_to_the_last_that_weighs_anything():
    lines = lines_of(document(33.33, 33.33, 33.33, 0, 0))

    assert move(lines, "mend:relationship") == "relationship[2].weight"
    assert [line.weight for line in lines.relationship] == ["33.33", "33.33", "33.34", "0", "0"]


@pytest.mark.parametrize(
    "wish", ["remove:relationship[0]", "remove:relationship[1]", "remove:attractiveness[0]",
             "remove:attractiveness[0].scale[1]"]
)  # fmt: skip
def test_what_was_removed_comes_back_as_it_was(wish):
    lines, before = lines_of(document(60, 40)), lines_of(document(60, 40))
    removed = json.loads(json.dumps(taken(lines, wish)))
    move(lines, wish)
    assert lines != before

    assert put_back(lines, removed).startswith(wish.removeprefix("remove:"))
    assert lines == before


@pytest.mark.parametrize(
    "wish", ["up:relationship[0]", "remove:relationship[9]", "remove:relationship[9].scale[0]", ""]
)
def test_nothing_is_taken_where_nothing_is_removed(wish):
    assert taken(lines_of(document(60, 40)), wish) is None


@pytest.mark.parametrize(
    "wish", ["add:else", "up:relationship[9]", "remove:relationship", "add:relationship[9].scale", ""]
)
def test_a_wish_for_what_is_not_there_changes_nothing(wish):
    lines = lines_of(document(60, 40))

    move(lines, wish)

    assert lines == lines_of(document(60, 40))


def test_lines_are_moved_and_removed():
    lines = lines_of(document(60, 40))

    assert move(lines, "down:relationship[0]") == "up:relationship[1]"
    assert [line.code for line in lines.relationship] == ["c1", "c0"]
    assert move(lines, "remove:relationship[0]") == "add:relationship"
    assert [line.code for line in lines.relationship] == ["c0"]
