"""Criteria sets: what a good document becomes, and the sentence each bad one gets."""

import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.criteria import MEASURES, CriteriaSet, code_problems, parse, to_document, weight_problems

DATA = Path(__file__).parents[1] / "data"
DEFAULT = yaml.safe_load(
    """
    code: default
    version: 1
    cut: {attractiveness: 5.0, relationship: 5.0, basis: absolute}
    attractiveness:
      - {code: potential, name: Growth potential, weight: 60, kind: judged,
         anchors: {0: shrinking, 5: grows with its market, 10: doubles in three years}}
      - {code: contribution, name: Contribution, weight: 40, kind: measured, measure: contribution,
         scale: [[0, 0], [50000, 5], [200000, 10]]}
    relationship:
      - {code: trust, name: Trust, weight: 100, kind: judged,
         anchors: {0: hostile, 5: neutral, 10: first call}}
    """
)

THIRDS = [("a", "33.33"), ("b", "33.33"), ("c", "33.33"), ("d", "0"), ("e", "0")]


def changed(path: str, value: object) -> dict:
    """The default document with one entry replaced: `relationship.0.weight`."""
    document = copy.deepcopy(DEFAULT)
    at = document
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        at = at[part]
    at[last] = value
    return document


def judged(*weights: object) -> list[dict]:
    names = "abcdefgh"
    return [
        {"code": f"c_{names[index]}", "name": names[index], "weight": weight, "kind": "judged"}
        for index, weight in enumerate(weights)
    ]


def problem(document: object) -> tuple[str, str]:
    """The one problem of a document, as place and sentence."""
    found, problems = parse(document)
    assert found is None
    [only] = problems
    return only.path, only.message


def accepted(document: object) -> CriteriaSet:
    found, problems = parse(document)
    assert problems == []
    assert found is not None
    return found


def test_the_documented_example_reads_as_written():
    criteria = accepted(DEFAULT)

    assert (criteria.code, criteria.version, criteria.basis) == ("default", 1, "absolute")
    assert (criteria.cut_attractiveness, criteria.cut_relationship) == (5, 5)
    potential, contribution = criteria.attractiveness
    assert potential.anchors == (
        (0, "shrinking"),
        (5, "grows with its market"),
        (10, "doubles in three years"),
    )
    assert (contribution.measure, contribution.weight) == ("contribution", 40)
    assert contribution.scale == ((0, 0), (50_000, 5), (200_000, 10))
    assert [trust.code for trust in criteria.relationship] == ["trust"]


def test_a_set_survives_the_way_through_its_document_json_and_yaml():
    criteria = accepted(changed("relationship", judged(33.34, "33.33", 33.33)))

    document = to_document(criteria)

    assert accepted(document) == criteria
    assert accepted(json.loads(json.dumps(document))) == criteria
    assert accepted(yaml.safe_load(yaml.safe_dump(document))) == criteria


def test_three_times_33_33_is_refused_and_33_34_proposed():
    path, message = problem(changed("relationship", judged(33.33, 33.33, 33.33)))

    assert path == "relationship"
    assert message == "the weights add up to 99.99, not to 100; set the weight of c_c to 33.34"


def test_a_criterion_that_weighs_nothing_is_not_given_the_rest():
    [wrong] = weight_problems([(code, Decimal(weight)) for code, weight in THIRDS], "relationship")

    assert (wrong.mend.code, wrong.mend.weight, wrong.mend.place) == ("c", Decimal("33.34"), 2)


@pytest.mark.parametrize("code", ["Potential", "board access", "a.b", "größe", "x[0]", "a/b"])
def test_a_new_set_may_not_call_a_criterion_so_but_one_that_is_known_is_read(code):
    found = accepted(changed("attractiveness.0.code", code))

    [wrong] = code_problems(found)
    assert wrong.path == "attractiveness[0].code"
    assert code_problems(found, {code}) == []


def test_a_published_table_whose_weights_add_up_to_105_is_refused():
    published = json.loads((DATA / "scoring_weights_not_100.json").read_text())
    weights = [float(weight) * 100 for weight in published["weights"].values()]
    criteria = judged(*[round(weight, 2) for weight in weights[:8]])
    criteria.append({"code": "ninth", "name": "Ninth", "weight": round(weights[8], 2), "kind": "judged"})

    path, message = problem(changed("relationship", criteria))

    assert (path, message) == ("relationship", "the weights add up to 105, not to 100")


def test_weights_of_0_1_and_0_2_add_up_exactly():
    accepted(changed("relationship", judged(0.1, 0.2, 99.7)))


def test_an_accounts_own_weights_are_checked_the_same_way():
    assert weight_problems([("trust", Decimal("60")), ("price", Decimal("40"))], "C1") == []
    [wrong] = weight_problems([("trust", Decimal("60"))], "C1")
    assert (wrong.path, wrong.message) == ("C1", "the weights add up to 60, not to 100")
    [nothing] = weight_problems([], "C1")
    assert nothing.message == "the weights add up to 0, not to 100"


@pytest.mark.parametrize(
    "path, value, where, sentence",
    [
        ("code", "", "code", "is missing"),
        ("code", 7, "code", "must be text, not 7"),
        ("code", "x" * 51, "code", "longer than 50"),
        ("code", "a\x00b", "code", "cannot be printed"),
        ("version", 0, "version", "whole number from 1"),
        ("version", True, "version", "whole number from 1"),
        ("version", "1", "version", "whole number from 1"),
        ("colour", "red", "", "unknown entry 'colour'"),
        ("cut.basis", "best", "cut.basis", "is 'best'; it must be one of absolute, relative"),
        ("cut.attractiveness", 11, "cut.attractiveness", "is 11; it must lie between 0 and 10"),
        ("cut.middle", 5, "cut", "unknown entry 'middle'"),
        ("cut", 5, "cut", "must have the entries"),
        ("attractiveness", [], "attractiveness", "at least one criterion"),
        ("attractiveness", {"code": "x"}, "attractiveness", "at least one criterion"),
        (
            "relationship.0.code",
            "potential",
            "relationship[0].code",
            "used already at attractiveness[0].code",
        ),
        ("relationship.0.weight", "heavy", "relationship[0].weight", "is 'heavy'; it must be a number"),
        ("relationship.0.weight", True, "relationship[0].weight", "must be a number"),
        ("relationship.0.weight", None, "relationship[0].weight", "is missing"),
        ("relationship.0.weight", float("nan"), "relationship[0].weight", "must be a number"),
        pytest.param("relationship.0.weight", 10**5000, "relationship[0].weight", "is a very large", id="huge"),
        ("relationship.0.weight", -1, "relationship[0].weight", "between 0 and 100"),
        ("relationship.0.weight", "١٠٠", "relationship[0].weight", "must be a number"),
        ("relationship.0.weight", 33.3333333, "relationship[0].weight", "at most 6 decimals"),
        ("relationship.0.kind", "guessed", "relationship[0].kind", "one of judged, measured"),
        ("relationship.0.measure", "growth", "relationship[0]", "unknown entry 'measure'"),
        (
            "relationship.0.anchors",
            {11: "more than all"},
            "relationship[0].anchors",
            "11 is not a whole score",
        ),
        ("relationship.0.anchors", {2.5: "half"}, "relationship[0].anchors", "2.5 is not a whole score"),
        ("relationship.0.anchors", {True: "yes"}, "relationship[0].anchors", "True is not a whole score"),
        ("relationship.0.anchors", {1: "a", "1": "b"}, "relationship[0].anchors", "twice"),
        ("relationship.0.anchors", {1: 2}, "relationship[0].anchors.1", "must be text, not 2"),
        ("relationship.0.anchors", ["low"], "relationship[0].anchors", "must name scores from 0 to 10"),
        ("attractiveness.1.measure", "luck", "attractiveness[1].measure", "is 'luck'; it must be one of"),
        ("attractiveness.1.anchors", {0: "none"}, "attractiveness[1]", "unknown entry 'anchors'"),
        ("attractiveness.1.scale", [[0, 0]], "attractiveness[1].scale", "at least two points"),
        ("attractiveness.1.scale", [[0, 0], [1]], "attractiveness[1].scale[1]", "must be a pair"),
        (
            "attractiveness.1.scale",
            [[0, 0], [0, 5]],
            "attractiveness[1].scale[1]",
            "larger value than the point",
        ),
        ("attractiveness.1.scale", [[0, 0], [1, 11]], "attractiveness[1].scale[1][1]", "between 0 and 10"),
        ("attractiveness.1.scale", [[0, 0], [1e400, 5]], "attractiveness[1].scale[1][0]", "must be a number"),
    ],
)
def test_a_mistake_is_named_with_its_place(path, value, where, sentence):
    found_at, message = problem(changed(path, value))

    assert found_at == where
    assert sentence in message


def test_all_mistakes_of_a_document_are_named_at_once():
    document = changed("version", 0) | {"code": "", "relationship": judged(50, 49)}

    found, problems = parse(document)

    assert found is None
    assert [each.path for each in problems] == ["code", "version", "relationship"]


def test_an_inverse_scale_may_fall():
    criteria = accepted(changed("attractiveness.1.scale", [[0.05, 10], [0.25, 0]]))

    assert criteria.attractiveness[1].scale == ((Decimal("0.05"), 10), (Decimal("0.25"), 0))


def test_the_known_measures_can_be_replaced():
    document = changed("attractiveness.1.measure", "visits")

    assert parse(document)[0] is None
    assert parse(document, {"visits"})[0] is not None
    assert "contribution" in MEASURES


@pytest.mark.parametrize(
    "cut, relative_cut, absolute_cut",
    [
        ({"basis": "relative"}, 1, 5),
        ({"basis": "relative", "relationship": 1.1}, Decimal("1.1"), 5),
        ({"basis": "relative", "relationship": 6}, 1, 6),
    ],
)
def test_a_relative_set_has_a_cut_for_accounts_with_and_without_competitor(cut, relative_cut, absolute_cut):
    criteria = accepted(DEFAULT | {"cut": cut})

    assert (criteria.relative_cut, criteria.absolute_cut) == (relative_cut, absolute_cut)


def test_an_absolute_set_keeps_a_low_cut():
    assert accepted(DEFAULT | {"cut": {"relationship": 1.5}}).absolute_cut == Decimal("1.5")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [
        "code",
        "version",
        "cut",
        "cut.basis",
        "cut.relationship",
        "attractiveness",
        "relationship",
        "attractiveness.1",
        "relationship.0",
        "relationship.0.weight",
        "relationship.0.anchors",
        "relationship.0.kind",
        "attractiveness.1.measure",
        "attractiveness.1.scale",
        "attractiveness.1.scale.1",
        "attractiveness.1.scale.1.0",
        "attractiveness.0.name",
        "attractiveness.0.code",
    ]
)


@given(JSON)
def test_any_document_gives_a_set_or_problems(document):
    found, problems = parse(document)

    assert (found is None) == bool(problems)


@given(PLACES, JSON)
def test_anything_anywhere_gives_a_set_or_problems(path, value):
    found, problems = parse(changed(path, value))

    assert (found is None) == bool(problems)
    assert all(isinstance(each.path, str) and each.message for each in problems)
    if found is not None:
        assert accepted(json.loads(json.dumps(to_document(found)))) == found


def test_the_relationship_axis_may_not_be_measured_by_what_we_earn():
    document = copy.deepcopy(DEFAULT)
    document["relationship"] = [document["attractiveness"][1] | {"code": "earned", "weight": 100}]

    place, message = problem(document)

    assert place == "relationship[0].measure"
    assert "contribution" in message
    document["relationship"][0]["measure"] = "share_of_wallet"
    assert accepted(document)
