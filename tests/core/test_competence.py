from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from relationships.core.competence import COMPETENCES, asked_by_default, best_first, fit, gaps

LEVELS = st.fixed_dictionaries({code: st.integers(0, 10) for code in COMPETENCES})
COMPLEXITY = st.none() | st.integers(0, 10)
BOXES = st.sampled_from(["strategic", "star", "status", "streamline", ""])


def test_the_default_demand_is_five_with_what_box_and_complexity_add():
    plain = asked_by_default("", None, None)
    complex_star = asked_by_default("star", 8, 10)  # 3 above the middle: 2 more; 5 above: 3 more

    assert set(plain.values()) == {5}
    assert complex_star["coordination"] == 7
    assert complex_star["product"] == 8
    assert complex_star["business"] == 10
    assert complex_star["negotiation"] == 8
    assert complex_star["integrity"] == 5


@given(BOXES, COMPLEXITY, COMPLEXITY)
def test_a_default_demand_is_a_level_of_every_competence(box, process, product):
    asked = asked_by_default(box, process, product)

    assert set(asked) == set(COMPETENCES)
    assert all(5 <= level <= 10 for level in asked.values())


def test_what_is_missing_is_no_less_than_nothing_and_unknown_where_nobody_assessed():
    found = gaps({"integrity": 8, "finance": 5, "product": 6}, {"integrity": 6, "finance": 9})

    assert [(gap.competence, gap.missing) for gap in found] == [("integrity", 2), ("product", None), ("finance", 0)]


def test_fit_is_the_share_of_the_demand_that_is_there():
    assert fit({"integrity": 8, "finance": 2}, {"integrity": 6, "finance": 9}) == Fraction(8, 10)
    assert fit({"integrity": 8}, {}) is None
    assert fit({}, {"integrity": 8}) is None


@given(LEVELS, LEVELS)
def test_fit_runs_from_nothing_to_all_and_never_falls_with_a_level(asked, there):
    found = fit(asked, there)
    if found is None:
        return

    assert 0 <= found <= 1
    for code in COMPETENCES:
        assert fit(asked, there | {code: min(there[code] + 1, 10)}) >= found


def test_who_fits_best_comes_first_and_who_is_not_assessed_not_at_all():
    people = {3: {"finance": 8}, 1: {"finance": 4}, 2: {"finance": 9}, 4: {}}

    assert best_first({"finance": 8}, people) == [(2, 1), (3, 1), (1, Fraction(1, 2))]
