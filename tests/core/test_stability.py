"""How often a box holds when the weights are drawn around the set's."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationships.core import stability as module
from relationships.core.cases import HEADLINE, WIDTHS, Side, firmness
from relationships.core.stability import draws_for, gammas, stability
from tests.core.boxes import SCORE, case, cases, plain, sides

FEW = 400
ALWAYS = {width: [1] for width in WIDTHS}
PINNED = [16.857073725620694, 21.808933642885762, 17.32460509716907, 21.418184440061196]


def of(*accounts, draws: int = FEW) -> dict[str, list[Fraction]]:
    return stability(list(accounts), draws=draws)


@settings(max_examples=60)
@given(st.lists(cases() | cases(relative=True), min_size=1, max_size=6))
def test_a_stability_is_a_share_and_the_order_of_the_accounts_does_not_matter(accounts):
    forwards, backwards = of(*accounts), of(*reversed(accounts))

    assert all(0 <= share <= 1 for shares in forwards.values() for share in shares)
    assert forwards == {width: shares[::-1] for width, shares in backwards.items()}


@settings(max_examples=60)
@given(st.lists(cases() | cases(relative=True), min_size=2, max_size=5))
def test_an_account_stands_as_firmly_alone_as_among_others(accounts):
    together = of(*accounts)

    for place, account in enumerate(accounts):
        assert {width: shares[place] for width, shares in together.items()} == {
            width: shares[0] for width, shares in of(account).items()
        }


@given(SCORE, SCORE, sides(missing=True), sides(missing=True))
def test_an_account_with_all_scores_equal_keeps_its_box(attractive, strong, up, across):
    def level(side: Side, value: Fraction) -> Side:
        return replace(side, scores={code: value if side.scores[code] is not None else None for code in side.scores})

    assert of(case(level(up, attractive), level(across, strong))) == ALWAYS


@given(SCORE, sides(missing=True))
def test_who_equals_the_best_competitor_everywhere_is_level_with_him_in_every_draw(value, up):
    shares = {"a": Decimal(50), "b": Decimal(30), "c": Decimal(20)}
    level = value + 1
    across = Side(shares, {"a": level, "b": level, "c": None}, Decimal(1), {"a": level, "b": None, "c": level})
    equal = replace(up, scores=dict.fromkeys(up.scores, Fraction(5)))

    assert of(case(equal, across)) == ALWAYS


@given(cases(missing=False))
def test_a_box_that_no_weight_can_move_always_holds(account):
    def one_sided(side: Side) -> bool:
        beyond = [side.scores[code] >= side.cut for code in side.weights if side.weights[code]]
        return all(beyond) or not any(beyond)

    if one_sided(account.attractiveness) and one_sided(account.relationship):
        assert of(account) == ALWAYS


@given(cases(), st.sampled_from([2, 3, 10]))
def test_scores_and_cuts_on_another_scale_change_nothing(account, factor):
    def scaled(side: Side) -> Side:
        scores = {code: score if score is None else score * factor for code, score in side.scores.items()}
        return Side(side.weights, scores, side.cut * factor)

    assert of(replace(account, attractiveness=scaled(account.attractiveness))) == of(account)
    assert of(replace(account, relationship=scaled(account.relationship))) == of(account)


@given(cases(), st.sampled_from([2, 10]))
def test_weights_count_by_their_proportions(account, factor):
    up = account.attractiveness
    scaled = replace(up, weights={code: weight / factor for code, weight in up.weights.items()})

    assert of(replace(account, attractiveness=scaled)) == of(account)


def test_the_further_the_weights_are_drawn_the_less_a_close_box_holds():
    account = plain({"a": 8, "b": 3}, {"a": 9}, {"a": 50, "b": 50}, {"a": 100})

    found = {width: shares[0] for width, shares in of(account, draws=10_000).items()}

    assert found["tight"] > found["medium"] > found["wide"] > Fraction(1, 2)


def test_the_share_is_that_of_the_beta_distribution():
    """With two criteria the first weight is drawn from Beta(25, 25); the box holds from a weight of 0.4 on."""
    account = plain({"a": 8, "b": 3}, {"a": 9}, {"a": 50, "b": 50}, {"a": 100})
    weight = np.linspace(0, 1, 200_001)[1:-1]
    density = (weight * (1 - weight)) ** 24
    expected = density[weight >= 0.4].sum() / density.sum()

    [found] = stability([account], {"medium": 50}, draws=100_000)["medium"]

    assert abs(float(found) - expected) < 4 * sqrt(expected * (1 - expected) / 100_000)


@pytest.mark.parametrize(("width", "points"), [("tight", 3.2), ("medium", 6.4), ("wide", 13.8)])
def test_a_weight_of_30_varies_by_as_many_points_as_the_documentation_says(width, points):
    first, second = (
        gammas("relationship", code, share * WIDTHS[width], 50_000) for code, share in (("a", 0.3), ("b", 0.7))
    )
    drawn = 100 * first / (first + second)

    assert abs(drawn.mean() - 30) < 0.2
    assert abs(drawn.std() - points) < 0.1


def test_a_criterion_without_weight_stays_without():
    account = plain({"a": 6, "b": 0}, {"a": 9}, {"a": 100, "b": 0}, {"a": 100})

    assert of(account) == ALWAYS


def test_an_account_on_the_line_stays_high_whatever_a_criterion_without_weight_says():
    account = plain({"a": 5, "b": 0}, {"a": 9}, {"a": 100, "b": 0}, {"a": 100})

    assert account.box == "strategic"
    assert of(account) == ALWAYS


def test_accounts_with_the_same_weight_on_a_criterion_share_its_draws():
    own = {"a": 60, "b": 40, "c": 0}, {"a": 60, "b": 30, "c": 10}
    accounts = [plain({"a": 9}, {"a": 6, "b": 4, "c": None}, {"a": 100}, shares) for shares in own]
    drawn = module._Drawn(50, FEW)

    first, second = (drawn.matrix("relationship", account.relationship.weights) for account in accounts)

    assert (first[0] == second[0]).all()
    assert (first[1] != second[1]).any()
    assert (first[2] == 0).all()


def test_work_in_blocks_gives_the_same(monkeypatch):
    accounts = [
        plain({"a": score, "b": 10 - score}, {"a": 6, "b": score}, {"a": 45, "b": 55}, {"a": 70, "b": 30})
        for score in range(11)
    ]
    whole = of(*accounts)

    monkeypatch.setattr(module, "CELLS", 3 * FEW)

    assert of(*accounts) == whole


def test_columns_forgotten_and_drawn_again_are_the_same(monkeypatch):
    accounts = [
        plain({"a": 9}, {"a": 6, "b": 4}, {"a": 100}, {"a": share, "b": 100 - share}) for share in range(40, 95, 5)
    ]
    whole = of(*accounts)

    monkeypatch.setattr(module, "COLUMNS_KEPT", 2)

    assert of(*accounts) == whole


def test_the_draws_are_those_that_published_figures_rest_on():
    found = gammas("attractiveness", "potential", 15.0, 4)

    assert found.tolist() == pytest.approx(PINNED, rel=1e-9)


def test_many_accounts_get_fewer_draws():
    assert [draws_for(count) for count in (1, 10_000, 10_001, 100_000)] == [10_000, 10_000, 1_000, 1_000]


@pytest.mark.parametrize(
    ("share", "provisional", "said"),
    [("0.9", False, "settled"), ("0.899999", False, "fragile"), ("1", True, "unknown"), (None, False, "unknown")],
)
def test_settled_is_a_box_that_holds_in_nine_of_ten_weightings(share, provisional, said):
    assert firmness(share and Decimal(share), provisional) == said


def test_the_headline_is_one_of_the_widths():
    assert HEADLINE in WIDTHS
