"""Scores of criteria and axes: published table, ratings of several people, missing scores, competitors."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from relationships.core.criteria import CriteriaSet, parse
from relationships.core.scoring import (
    OURS_FIRST,
    Rating,
    Score,
    Weighted,
    a_year_before,
    attractiveness,
    linear_scale,
    measured,
    median_of_latest,
    strength,
    weighted,
)

PUBLISHED = json.loads((Path(__file__).parents[1] / "data" / "scoring_competitive_strength.json").read_text())
SCALE = ((Decimal(0), Decimal(0)), (Decimal(50_000), Decimal(5)), (Decimal(200_000), Decimal(10)))
END = date(2024, 12, 31)


def weights(**each: object) -> dict[str, Decimal]:
    return {code: Decimal(str(weight)) for code, weight in each.items()}


def rating(rater: str, rated_on: str, score: object, view: str = "supplier", confirmed: bool = False) -> Rating:
    return Rating(rater, date.fromisoformat(rated_on), Decimal(str(score)), view, confirmed)


def criteria_set(relationship: dict[str, Decimal], basis: str = "absolute") -> CriteriaSet:
    def judged(code, weight):
        return {"code": code, "name": code, "kind": "judged", "weight": weight}

    income = {"measure": "contribution", "scale": [[0, 0], [50_000, 5], [200_000, 10]]}
    document = {
        "code": "test",
        "version": 1,
        "cut": {"basis": basis},
        "attractiveness": [judged("potential", 60), judged("income", 40) | income | {"kind": "measured"}],
        "relationship": [judged(code, weight) for code, weight in relationship.items()],
    }
    found, problems = parse(document)
    assert problems == []
    return found


@pytest.mark.parametrize(
    "value, score",
    [
        (-1, 0),
        (0, 0),
        (25_000, Fraction(5, 2)),
        (50_000, 5),
        (Decimal("50000.03"), 5 + Fraction(1, 1_000_000)),  # 0.03 of 150,000 gives 5
        (Fraction(350_000, 3), 5 + Fraction(5 * 200_000, 3 * 150_000)),
        (200_000, 10),
        (10**12, 10),
    ],
)
def test_a_scale_is_linear_between_its_points_and_flat_beyond(value, score):
    assert linear_scale(value, SCALE) == score


def test_a_falling_scale_scores_low_values_high():
    falling = ((Decimal("0.05"), Decimal(10)), (Decimal("0.25"), Decimal(0)))

    assert [linear_scale(Fraction(x, 100), falling) for x in (0, 5, 15, 25, 90)] == [10, 10, 5, 0, 0]


def test_a_missing_figure_is_no_score():
    income = criteria_set(weights(trust=100)).attractiveness[1]

    assert linear_scale(None, SCALE) is None
    assert measured(None, income) == Score(None)
    assert measured(25_000, income) == Score(Fraction(5, 2), Fraction(1))


#  rater | rated on   | score
#  ann   | 2024-03-01 | 4      superseded
#  ann   | 2024-09-01 | 8
#  bob   | 2024-05-01 | 5
#  cem   | 2025-01-01 | 0      after the window
#  dee   | 2024-12-31 | 9
def test_each_raters_latest_rating_up_to_the_end_counts_once():
    ratings = [
        rating("ann", "2024-09-01", 8),
        rating("ann", "2024-03-01", 4),
        rating("bob", "2024-05-01", 5),
        rating("cem", "2025-01-01", 0),
        rating("dee", "2024-12-31", 9),
    ]

    found = median_of_latest(ratings, END)

    assert (found.value, found.spread, found.raters) == (8, 4, 3)
    assert found.latest_on == date(2024, 12, 31)
    assert found.perspective == "supplier"


def test_an_even_number_of_raters_meets_in_the_middle():
    ratings = [rating("ann", "2024-09-01", 7), rating("bob", "2024-09-01", 6)]

    assert median_of_latest(ratings, END).value == Fraction(13, 2)


def test_the_buyers_view_decides_alone_where_there_is_one():
    ratings = [
        rating("ann", "2024-09-01", 9),
        rating("bob", "2024-09-01", 9),
        rating("survey", "2024-02-01", 3, "buyer"),
    ]

    assert median_of_latest(ratings, END).value == 3
    assert median_of_latest(ratings, END).perspective == "buyer"
    assert median_of_latest(ratings, END, OURS_FIRST).value == 9
    assert median_of_latest(ratings, date(2024, 1, 31)) == Score(None)


def test_a_buyers_view_from_after_the_window_does_not_silence_ours():
    ratings = [rating("ann", "2024-09-01", 9), rating("survey", "2025-02-01", 3, "buyer")]

    assert median_of_latest(ratings, END).value == 9


def test_confirmed_ratings_ground_a_score_for_twelve_months():
    ratings = [
        rating("ann", "2023-12-31", 5, confirmed=True),
        rating("bob", "2023-12-30", 5, confirmed=True),
        rating("cem", "2024-12-01", 5),
        rating("dee", "2024-12-01", 5, confirmed=True),
    ]

    assert median_of_latest(ratings, END).grounded_share == Fraction(2, 4)


def test_a_year_before_a_leap_day_is_the_28th():
    assert a_year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert a_year_before(date(2024, 3, 1)) == date(2023, 3, 1)


def test_a_published_table_of_competitive_strength():
    hundredths = {code: Decimal(weight) * 100 for code, weight in PUBLISHED["weights"].items()}

    for firm, printed in PUBLISHED["published"].items():
        assert weighted(hundredths, PUBLISHED["scores"][firm]) == Weighted(Fraction(printed), Fraction(1))


def test_strength_relative_to_the_best_rival_as_published():
    hundredths = {code: Decimal(weight) * 100 for code, weight in PUBLISHED["weights"].items()}
    own = {code: Score(Fraction(score)) for code, score in PUBLISHED["scores"]["ABC"].items()}
    rival = PUBLISHED["scores"][PUBLISHED["best_competitor"]]

    found = strength(criteria_set(hundredths, "relative"), own, competitor=rival)

    assert abs(found.relative - Fraction(PUBLISHED["relative_strength"])) < Fraction(1, 10**12)
    assert found.on_axis == Weighted(found.relative, Fraction(1))
    assert found.is_relative and not found.fell_back
    assert found.weighted.score == Fraction("5.95")


def test_a_missing_score_is_left_out_and_lowers_the_coverage():
    found = weighted(weights(a=50, b=30, c=20), {"a": 8, "b": None, "stranger": 1})

    assert found == Weighted(Fraction(8), Fraction(1, 2))
    assert weighted(weights(a=50, b=50), {"a": 6, "b": 0}) == Weighted(Fraction(3), Fraction(1))
    assert weighted(weights(a=100), {}) == Weighted(None, Fraction(0))
    assert weighted(weights(a=100, b=0), {"b": 9}) == Weighted(None, Fraction(0))


@pytest.mark.parametrize("wrong", [{}, weights(a=99.99), weights(a=105), weights(a=110, b=-10)])
def test_weights_that_are_not_100_in_all_are_never_calculated_with(wrong):
    with pytest.raises(ValueError, match="exactly 100"):
        weighted(wrong, {"a": 5})


def test_attractiveness_joins_judged_and_measured_criteria():
    criteria = criteria_set(weights(trust=100))
    scores = {"potential": Score(Fraction(8)), "income": measured(25_000, criteria.attractiveness[1])}

    found = attractiveness(criteria, scores)

    assert found.weighted == Weighted(Fraction("5.8"), Fraction(1))  # 0.6 * 8 + 0.4 * 2.5
    assert found.grounded_share == Fraction(40, 100)


def test_an_accounts_own_weights_replace_those_of_the_set():
    criteria = criteria_set(weights(trust=50, price=50))
    scores = {"trust": Score(Fraction(8)), "price": Score(Fraction(2))}

    assert strength(criteria, scores).weighted.score == 5
    assert strength(criteria, scores, weights(trust=75, price=25)).weighted.score == Fraction("6.5")
    assert strength(criteria, scores, weights(trust=100)).weighted.score == 8
    with pytest.raises(ValueError, match="no criteria of the relationship axis: luck"):
        strength(criteria, scores, weights(luck=100))


@pytest.mark.parametrize("competitor", [None, {}, {"trust": 0, "price": 0}, {"trust": None}, {"price": 9}])
def test_without_a_competitor_a_relative_set_falls_back_and_says_so(competitor):
    criteria = criteria_set(weights(trust=60, price=40), "relative")
    scores = {"trust": Score(Fraction(8)), "price": Score(Fraction(2))}

    found = strength(criteria, scores, competitor=competitor)

    assert found.fell_back and not found.is_relative
    assert found.relative is None
    assert found.on_axis == found.weighted == Weighted(Fraction("5.6"), Fraction(1))


def test_a_competitor_scored_in_part_makes_the_quotient_less_covered():
    criteria = criteria_set(weights(trust=60, price=40), "relative")
    scores = {"trust": Score(Fraction(8)), "price": Score(Fraction(8))}

    found = strength(criteria, scores, competitor={"trust": 4})

    assert found.on_axis == Weighted(Fraction(2), Fraction(60, 100))


def test_an_absolute_set_keeps_the_strength_and_still_tells_the_quotient():
    criteria = criteria_set(weights(trust=100))

    found = strength(criteria, {"trust": Score(Fraction(6))}, competitor={"trust": Decimal(8)})

    assert found.on_axis == Weighted(Fraction(6), Fraction(1))
    assert found.relative == Fraction(3, 4)
    assert not found.is_relative and not found.fell_back


def test_strength_tells_whether_it_is_self_scored():
    criteria = criteria_set(weights(trust=50, price=50))
    ours = median_of_latest([rating("ann", "2024-09-01", 9)], END)
    theirs = median_of_latest([rating("survey", "2024-09-01", 3, "buyer")], END)

    assert strength(criteria, {"trust": ours, "price": theirs}).self_scored
    assert not strength(criteria, {"trust": theirs, "price": theirs}).self_scored
    assert not strength(criteria, {}).self_scored
