"""Laws of ranking, concentration, scoring and placing that hold for every portfolio."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from profitability.core.concentration import Concentration, by_parent, concentration, whale
from profitability.core.pareto import places, rank
from relationships.core.matrix import BOXES, Cuts, box
from relationships.core.scoring import linear_scale, weighted

MONEY = st.integers(-(10**13), 10**13)
SMALL = st.integers(-20, 20)  # many equal values and zeros
PORTFOLIO = st.dictionaries(st.text("abcAB12", min_size=1, max_size=4), MONEY | SMALL, max_size=40)
POSITIVE = st.lists(st.integers(1, 10**12), min_size=1, max_size=40)
SCORE = st.decimals(0, 10, places=2).map(Fraction)


@st.composite
def scored_weights(draw):
    """Weights of 1 to 6 criteria that sum to 100, and a score or none for each."""
    count = draw(st.integers(1, 6))
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=count - 1, max_size=count - 1)))
    edges = [0, *cuts, 10_000]
    weights = {f"c{i}": Decimal(edges[i + 1] - edges[i]) / 100 for i in range(count)}
    return weights, {code: draw(SCORE | st.none()) for code in weights}


def ranked(portfolio):
    """Key → (rank, class), the plain way round."""
    keys = list(portfolio)
    found = rank(list(portfolio.values()), keys)
    triples = zip(found.order.tolist(), found.ranks.tolist(), found.classes.tolist(), strict=True)
    return {keys[position]: (place, letter) for position, place, letter in triples}


def shares(found: Concentration):
    return (
        found.accounts_for_80,
        found.top20_share,
        found.top1_share,
        found.top3_share,
        found.top5_share,
        found.top10_share,
        found.gini,
        found.hhi,
        found.effective_number,
        found.whale_peak_share,
    )


@given(PORTFOLIO)
def test_ranks_and_classes_are_those_of_the_definition(portfolio):
    order = sorted(portfolio, key=lambda key: (-portfolio[key], key))
    base = sum(value for value in portfolio.values() if value > 0)
    letters: dict[int, str] = {}
    before = 0
    for key in order:
        value = portfolio[key]
        share = Fraction(before, base) if base else None
        if value not in letters:
            a, b = (
                share is not None and share < Fraction(4, 5),
                share is not None and share < Fraction(19, 20),
            )
            letters[value] = "N" if value <= 0 else "A" if a else "B" if b else "C"
        before += max(value, 0)

    found = ranked(portfolio)

    assert found == {key: (place, letters[portfolio[key]]) for place, key in enumerate(order, start=1)}


@given(PORTFOLIO, st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(portfolio, chance):
    shuffled = list(portfolio.items())
    chance.shuffle(shuffled)

    assert ranked(dict(shuffled)) == ranked(portfolio)
    values = list(portfolio.values())
    assert concentration([value for _, value in shuffled]) == concentration(values)
    keys = [key for key, _ in shuffled]
    curve = whale([value for _, value in shuffled], keys)
    other = whale(values, list(portfolio))
    assert curve.points == other.points
    assert [keys[i] for i in curve.order] == [list(portfolio)[i] for i in other.order]


@given(PORTFOLIO, st.integers(1, 1000))
def test_scaling_all_values_leaves_ranks_classes_and_shares(portfolio, factor):
    scaled = {key: value * factor for key, value in portfolio.items()}

    assert ranked(scaled) == ranked(portfolio)
    assert shares(concentration(list(scaled.values()))) == shares(concentration(list(portfolio.values())))


@given(PORTFOLIO)
def test_the_cumulative_curve_never_falls_and_ends_at_the_whole(portfolio):
    found = rank(list(portfolio.values()), list(portfolio))
    curve = found.cumulative.tolist()

    assert curve == sorted(curve)
    assert not curve or curve[-1] == found.base == concentration(list(portfolio.values())).total_positive


@given(PORTFOLIO)
def test_places_and_ranking_agree(portfolio):
    keys = list(portfolio)

    found = places(list(portfolio.values()), keys).tolist()

    assert dict(zip(keys, found, strict=True)) == {key: place for key, (place, _) in ranked(portfolio).items()}


@given(st.lists(MONEY | SMALL, min_size=1, max_size=40))
def test_gini_and_hhi_keep_their_bounds(values):
    found = concentration(values)
    assume(found.total_positive)

    assert 0 <= found.gini <= Fraction(found.n - 1, found.n)
    assert Fraction(10_000, found.n_positive) <= found.hhi <= 10_000
    assert 1 <= found.effective_number <= found.n_positive
    assert found.top1_share <= found.top3_share <= found.top5_share <= found.top10_share <= 1


@given(st.lists(MONEY | SMALL, min_size=1, max_size=30))
def test_accounts_for_80_is_the_smallest_number_that_reaches_80_percent(values):
    found = concentration(values)
    assume(found.total_positive)

    ranking = sorted((max(value, 0) for value in values), reverse=True)
    assert 5 * sum(ranking[: found.accounts_for_80]) >= 4 * found.total_positive
    assert 5 * sum(ranking[: found.accounts_for_80 - 1]) < 4 * found.total_positive


@given(POSITIVE, st.integers(2, 4))
def test_replicating_the_population_keeps_gini_and_divides_hhi(values, copies):
    once, often = concentration(values), concentration(values * copies)

    assert often.gini == once.gini
    assert often.hhi == once.hhi / copies
    assert often.effective_number == once.effective_number * copies


@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=30))
def test_joining_two_customers_raises_the_hhi_by_twice_the_product_of_their_shares(values):
    sums = by_parent({str(index): value for index, value in enumerate(values)}, {"1": "0"})

    before, after = concentration(values), concentration(list(sums.values()))

    assert after.total == before.total
    assert after.hhi - before.hhi == 2 * 10_000 * Fraction(values[0] * values[1], before.total**2)


@given(PORTFOLIO)
def test_the_whale_curve_ends_at_the_total_and_loses_exactly_the_losses(portfolio):
    profits = list(portfolio.values())

    found = whale(profits, list(portfolio))

    losses = -sum(profit for profit in profits if profit < 0)
    assert found.total == sum(profits) == (found.points[-1] if profits else 0)
    assert found.peak == max([0, *found.points]) >= found.total
    assert found.peak == (found.points[found.peak_rank - 1] if found.peak_rank else 0)
    assert found.peak - found.total == found.erosion == losses


@given(scored_weights())
def test_a_weighted_score_lies_between_the_lowest_and_the_highest(case):
    weights, scores = case

    found = weighted(weights, scores)

    counted = [scores[code] for code in weights if scores[code] is not None and weights[code]]
    assert (found.score is None) == (not counted)
    assert 0 <= found.coverage <= 1
    if counted:
        assert min(counted) <= found.score <= max(counted)


@given(scored_weights(), st.data())
def test_raising_a_score_never_lowers_the_total(case, data):
    weights, scores = case
    code = data.draw(st.sampled_from(sorted(weights)))
    assume(scores[code] is not None)
    higher = data.draw(st.fractions(scores[code], 10, max_denominator=1000).filter(lambda s: s >= scores[code]))

    before, after = weighted(weights, scores), weighted(weights, scores | {code: higher})

    assert after.coverage == before.coverage
    assert before.score is None or after.score >= before.score


@given(SCORE, SCORE, st.decimals(0, 10, places=2), st.decimals(0, 10, places=2))
def test_the_box_depends_only_on_reaching_the_cuts(up, across, cut_up, cut_across):
    found = box(up, across, Cuts(cut_up, cut_across))

    assert found == BOXES[up >= Fraction(cut_up), across >= Fraction(cut_across)]
    shift = Decimal("0.5")
    moved = Cuts(cut_up + shift, cut_across + shift)
    assert box(up + Fraction(shift), across + Fraction(shift), moved) == found


@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(0, 10)), min_size=2, max_size=5), st.fractions())
def test_a_scale_stays_within_its_scores_and_rises_where_they_rise(points, value):
    scale = tuple((Decimal(x), Decimal(y)) for x, y in sorted(dict(points).items()))
    scores = [y for _, y in scale]

    found = linear_scale(value, scale)

    assert min(scores) <= found <= max(scores)
    assert all(linear_scale(x, scale) == y for x, y in scale)
    if scores == sorted(scores):
        assert linear_scale(value + 1, scale) >= found
