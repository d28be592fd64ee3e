"""Coverage, single points of failure, bow-tie and diamond, seniority: numbers and laws."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from relationships.core.contact_map import (
    Colleague,
    Pair,
    Person,
    Touch,
    coverage,
    decision_coverage,
    holds,
    interactions,
    level_gap,
    only_contact,
    parts,
    quiet_since,
    seniority_match,
    shape,
    weight,
)

OWNER = Person(1, 5, "Management", "decider", 10)
BUYER = Person(2, 3, "Purchasing", "buyer", 6)
CLERK = Person(3, 2, "Purchasing", "user", 4)
FITTER = Person(4, 1, "Workshop")
ALL = [OWNER, BUYER, CLERK, FITTER]
NORA, HELEN = Colleague(11, 3), Colleague(12, 5)


def test_coverage_counts_influence_and_takes_the_middle_for_the_unknown():
    pairs = [Pair(1, 12), Pair(2, 11), Pair(2, 12)]

    assert coverage(ALL, pairs) == Fraction(10 + 6, 10 + 6 + 4 + 5)
    assert coverage(ALL, []) == 0
    assert coverage([], []) is None
    assert coverage([Person(1, influence=0)], [Pair(1, 11)]) is None


def test_coverage_of_a_function_tells_people_and_influence_apart():
    found = parts(ALL, [Pair(2, 11)], lambda person: person.function)

    purchasing = found["Purchasing"]
    assert (purchasing.met, purchasing.people, purchasing.share) == (1, 2, Fraction(6, 10))
    assert list(found) == ["Management", "Purchasing", "Workshop"]


def test_a_decision_role_is_covered_only_while_somebody_is_in_touch():
    pairs = [Pair(1, 12), Pair(2, 11)]

    assert decision_coverage(ALL, pairs) == Fraction(2, 3)
    assert decision_coverage([OWNER, Person(2, role="buyer", is_quiet=True)], pairs) == Fraction(1, 2)
    assert decision_coverage([FITTER], pairs) is None


def test_who_alone_holds_more_than_half_is_a_single_point_of_failure():
    nora, helen = holds(ALL, [Pair(1, 11), Pair(2, 11), Pair(3, 12), Pair(3, 11)])

    assert (nora.colleague, nora.share, nora.left) == (11, Fraction(16, 20), Fraction(4, 25))
    assert nora.is_single_point
    assert (helen.share, helen.is_single_point) == (0, False)
    assert holds(ALL, []) == []


def test_everything_hangs_on_the_only_contact():
    assert only_contact(ALL, [Pair(2, 11), Pair(2, 12)]) == 2
    assert only_contact(ALL, [Pair(2, 11), Pair(3, 11)]) is None
    assert only_contact(ALL, [Pair(99, 11)]) is None


def touch(people: str, ours: str) -> Touch:
    return Touch(frozenset(map(int, people)), frozenset(map(int, ours)))


def test_one_pair_with_all_contact_is_a_bow_tie():
    found = shape(interactions([touch("1", "7"), touch("1", "7")]))

    assert (found.kind, found.index, found.pair) == ("bow_tie", 1, (1, 7))


def test_one_of_us_who_meets_everybody_is_a_hub():
    found = shape(interactions([touch("1", "7"), touch("2", "7"), touch("3", "7")]))

    assert (found.kind, found.pair_share, found.ours, found.index) == ("hub", Fraction(1, 3), 7, 1)


def test_many_who_meet_many_are_a_diamond():
    found = shape(interactions([touch("1", "7"), touch("2", "8"), touch("3", "9")]))

    assert (found.kind, found.index) == ("diamond", Fraction(1, 3))
    assert shape(interactions([touch("", "7"), touch("1", "")])) is None


def test_a_meeting_of_several_is_shared_out():
    assert interactions([touch("12", "7"), touch("1", "7")]) == {(1, 7): Fraction(3, 2), (2, 7): Fraction(1, 2)}


def test_seniority_is_matched_by_whoever_is_nearest():
    assert level_gap(OWNER, [NORA]) == 2
    assert level_gap(OWNER, [NORA, HELEN]) == 0
    assert level_gap(CLERK, [HELEN]) == -3
    assert level_gap(Person(9), [HELEN]) is None and level_gap(OWNER, []) is None
    assert seniority_match(ALL, [NORA, HELEN], [Pair(1, 11), Pair(1, 12), Pair(2, 11)]) == Fraction(2, 3)
    assert seniority_match(ALL, [NORA], []) is None


def test_quiet_is_who_was_not_heard_of_for_longer_than_their_level_may():
    heard, known = date(2026, 3, 1), date(2026, 1, 1)

    assert quiet_since(3, heard, known, {}) == date(2026, 5, 31)  # 90 days may pass
    assert quiet_since(3, None, known, {3: 10}) == date(2026, 1, 12)
    assert quiet_since(None, heard, known, {}) == date(2026, 6, 30)


PEOPLE = st.lists(
    st.builds(
        Person,
        id=st.integers(1, 8),
        level=st.none() | st.integers(1, 5),
        influence=st.none() | st.integers(0, 10),
        role=st.sampled_from(["", "buyer"]),
        is_quiet=st.booleans(),
    ),
    unique_by=lambda person: person.id,
)
PAIRS = st.lists(st.builds(Pair, st.integers(1, 8), st.integers(11, 14)), unique=True)
SOME = st.frozensets(st.integers(1, 6), max_size=4)
TOUCHES = st.lists(st.builds(Touch, SOME, SOME), max_size=12)


@given(PEOPLE, PAIRS, st.builds(Pair, st.integers(1, 8), st.integers(11, 14)))
def test_a_counterpart_more_never_lowers_coverage(people, pairs, more):
    before, after = coverage(people, pairs), coverage(people, [*pairs, more])

    assert (before is None) == (after is None)
    assert before is None or 0 <= before <= after <= 1


@given(PEOPLE, PAIRS, st.randoms())
def test_the_order_of_people_and_pairs_changes_nothing(people, pairs, chance):
    mixed, others = chance.sample(people, len(people)), chance.sample(pairs, len(pairs))

    assert coverage(mixed, others) == coverage(people, pairs)
    assert decision_coverage(mixed, others) == decision_coverage(people, pairs)
    assert holds(mixed, others) == holds(people, pairs)


@given(PEOPLE, PAIRS)
def test_what_is_left_without_one_of_us_is_the_coverage_without_their_pairs(people, pairs):
    found = holds(people, pairs)

    assert sum(hold.share for hold in found) <= 1
    for hold in found:
        assert hold.left == coverage(people, [pair for pair in pairs if pair.colleague != hold.colleague])


@given(PEOPLE, PAIRS)
def test_levels_add_up_to_the_whole(people, pairs):
    found = parts(people, pairs, lambda person: person.level).values()

    assert sum(each.weight for each in found) == sum(map(weight, people))
    assert sum(each.people for each in found) == len(people)


@given(TOUCHES)
def test_every_meeting_with_both_sides_counts_once(touches):
    both = [touch for touch in touches if touch.people and touch.colleagues]

    assert sum(interactions(touches).values()) == len(both)


@given(TOUCHES)
def test_the_shape_lies_between_one_pair_and_all_alike(touches):
    found = shape(interactions(touches))
    if found is None:
        return

    assert found.pair_share <= found.index <= 1
    assert Fraction(1, found.pairs) <= found.herfindahl <= found.pair_share
    assert shape(interactions(touches * 3)) == found  # as often again changes no share
