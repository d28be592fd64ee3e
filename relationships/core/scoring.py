"""From ratings and figures to the scores of an account on both axes, with what each rests on.

Scores are exact fractions from 0 to 10, shares fractions of 1. A missing score is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import Literal, TypeAlias

from relationships.core.criteria import FULL_WEIGHT, CriteriaSet, Criterion, Scale

Perspective: TypeAlias = Literal["supplier", "buyer"]
Exact: TypeAlias = Fraction | Decimal | int

# Whose view decides an axis: the first who has rated at all. How attractive an account is, is ours to judge.
BUYER_FIRST: tuple[Perspective, ...] = ("buyer", "supplier")
OURS_FIRST: tuple[Perspective, ...] = ("supplier", "buyer")
ENOUGH_COVERAGE = Fraction(60, 100)
NOTHING = Fraction(0)
ALL = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's score of one account on one judged criterion, on one day."""

    rater: str
    rated_on: date
    score: Decimal
    perspective: Perspective = "supplier"
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one account on one criterion.

    `grounded_share` is the part that rests on a measured figure or on confirmed ratings not older than 12
    months; `spread` is highest minus lowest of the `raters` counted; `perspective` and `latest_on` are None
    for a measured score.
    """

    value: Fraction | None
    grounded_share: Fraction = NOTHING
    spread: Fraction | None = None
    raters: int = 0
    perspective: Perspective | None = None
    latest_on: date | None = None


NO_SCORE = Score(None)


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted score, 0..10 (or a ratio), and the share of the weight that was scored."""

    score: Fraction | None
    coverage: Fraction


@dataclass(frozen=True, slots=True)
class Attractiveness:
    """How attractive an account is, and the share of the weight that is grounded."""

    weighted: Weighted
    grounded_share: Fraction


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong we are with an account.

    `weighted` is the strength 0..10, `competitor` the best competitor's, by the same weights; `relative` is
    their quotient, None where the competitor is unknown or 0. `self_scored`: some judged score is ours, not
    the buyer's. `fell_back`: the set asks for the relative strength, but there is none.
    """

    weighted: Weighted
    competitor: Weighted
    relative: Fraction | None
    fell_back: bool
    self_scored: bool
    grounded_share: Fraction
    on_axis: Weighted

    @property
    def is_relative(self) -> bool:
        """Whether `on_axis`, the figure to place the account by, is the quotient."""
        return self.on_axis is not self.weighted


def linear_scale(value: Exact | None, scale: Scale) -> Fraction | None:
    """The score of a value on a piecewise linear scale of points (value, score), clamped at both ends.

    None gives None. The scale needs at least one point, values strictly increasing, as `criteria.parse`
    checks. The value must have the unit of the scale: units of the currency, not its minor unit.
    """
    if value is None:
        return None
    exact = value if isinstance(value, Fraction) else Fraction(value)
    first, last, segments = _segments(scale)
    if exact <= first[0]:
        return first[1]
    for until, slope, offset in segments:
        if exact <= until:
            return slope * exact + offset
    return last[1]


@lru_cache(maxsize=256)
def _segments(
    scale: Scale,
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction], list[tuple[Fraction, Fraction, Fraction]]]:
    """First and last point, and for each stretch its end, slope and offset."""
    points = [(Fraction(x), Fraction(y)) for x, y in scale]
    segments = []
    for (x0, y0), (x1, y1) in pairwise(points):
        slope = (y1 - y0) / (x1 - x0)
        segments.append((x1, slope, y0 - slope * x0))
    return points[0], points[-1], segments


def measured(value: Exact | None, criterion: Criterion) -> Score:
    """The score of a measured criterion; a missing figure is no score."""
    score = linear_scale(value, criterion.scale or ())
    return NO_SCORE if score is None else Score(score, ALL)


def median_of_latest(
    ratings: Iterable[Rating], until: date, perspectives: Sequence[Perspective] = BUYER_FIRST
) -> Score:
    """The median over raters of each one's latest rating not after `until`, of one account and criterion.

    Perspectives are never mixed: the first of `perspectives` with any such rating decides. An even number
    of raters gives the mean of the middle two. Two ratings of one rater on one day: the lower counts.
    """
    known = [rating for rating in ratings if rating.rated_on <= until]
    for perspective in perspectives:
        latest = _latest([rating for rating in known if rating.perspective == perspective])
        if latest:
            return _median(latest, until, perspective)
    return NO_SCORE


def _latest(ratings: Iterable[Rating]) -> list[Rating]:
    """Each rater's latest rating."""
    latest: dict[str, Rating] = {}
    for rating in ratings:
        held = latest.get(rating.rater)
        if held is None or _newer(rating) > _newer(held):
            latest[rating.rater] = rating
    return list(latest.values())


def _newer(rating: Rating) -> tuple[date, Decimal, bool]:
    return rating.rated_on, -rating.score, not rating.confirmed


def _median(latest: Sequence[Rating], until: date, perspective: Perspective) -> Score:
    scores = [Fraction(rating.score) for rating in latest]
    oldest = a_year_before(until)
    grounded = sum(rating.confirmed and rating.rated_on >= oldest for rating in latest)
    return Score(
        value=median(scores),
        grounded_share=Fraction(grounded, len(latest)),
        spread=max(scores) - min(scores),
        raters=len(latest),
        perspective=perspective,
        latest_on=max(rating.rated_on for rating in latest),
    )


def a_year_before(day: date) -> date:
    """The same day a year earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def weighted(weights: Mapping[str, Decimal], scores: Mapping[str, Exact | None]) -> Weighted:
    """sum(w s) / sum(w) over the scored criteria, and coverage = their weight / 100.

    `weights`: criterion code → weight >= 0, together exactly 100 (ValueError otherwise). `scores`: code →
    0..10, None or absent where there is none. Source: directional policy matrix as in McDonald's steps
    (mycustomer.com, 12 steps, part two); renormalising and coverage are this product's own rule.
    """
    if sum(weights.values()) != FULL_WEIGHT or min(weights.values()) < 0:
        raise ValueError("weights must be 0 or more and sum to exactly 100")
    known = ((weight, scores.get(code)) for code, weight in weights.items())
    scored = [(weight, score) for weight, score in known if score is not None]
    covered, unit = _sum_of_products((weight, 1) for weight, _ in scored)
    if not covered:
        return Weighted(None, NOTHING)
    above, below = _sum_of_products(scored)
    return Weighted(Fraction(above * unit, below * covered), Fraction(covered, 100 * unit))


def _sum_of_products(pairs: Iterable[tuple[Decimal, Exact]]) -> tuple[int, int]:
    """Exact, as numerator and denominator: reducing them once, at the end, takes a fraction of the time."""
    above, below = 0, 1
    for weight, value in pairs:
        (part, unit), (score, scale) = weight.as_integer_ratio(), value.as_integer_ratio()
        above = above * unit * scale + part * score * below
        below *= unit * scale
    return above, below


def attractiveness(criteria: CriteriaSet, scores: Mapping[str, Score]) -> Attractiveness:
    """The attractiveness of one account from its scores by criterion code; the same weights for all."""
    weights = {criterion.code: criterion.weight for criterion in criteria.attractiveness}
    return Attractiveness(_weighted(weights, scores), grounded_share(weights, scores))


def strength(
    criteria: CriteriaSet,
    scores: Mapping[str, Score],
    own_weights: Mapping[str, Decimal] | None = None,
    competitor: Mapping[str, Exact | None] | None = None,
) -> Strength:
    """The strength of the relationship with one account, from its scores by criterion code.

    `own_weights` replace those of the set as a whole: a criterion they leave out weighs nothing; they must
    sum to 100 and name criteria of the relationship axis (ValueError). `competitor`: code → 0..10, the best
    competitor's scores; scored on less than 60 % of the weight he counts as unknown. In a relative set the
    axis shows strength ÷ competitor with the smaller of both coverages, and the plain strength where there
    is no quotient.
    Source: directional policy matrix, relative to the best competitor at 1.0 (McDonald).
    """
    weights = own_weights or {criterion.code: criterion.weight for criterion in criteria.relationship}
    _refuse_unknown(weights, criteria)
    ours = _weighted(weights, scores)
    theirs = weighted(weights, competitor) if competitor else Weighted(None, NOTHING)
    relative = _quotient(ours, theirs)
    asked = criteria.basis == "relative"
    quotient = Weighted(relative, min(ours.coverage, theirs.coverage))
    return Strength(
        weighted=ours,
        competitor=theirs,
        relative=relative,
        fell_back=asked and relative is None,
        self_scored=any(scores[code].perspective == "supplier" for code in weights if code in scores),
        grounded_share=grounded_share(weights, scores),
        on_axis=quotient if asked and relative is not None else ours,
    )


def _refuse_unknown(weights: Mapping[str, Decimal], criteria: CriteriaSet) -> None:
    unknown = sorted(set(weights) - {criterion.code for criterion in criteria.relationship})
    if unknown:
        raise ValueError(f"no criteria of the relationship axis: {', '.join(unknown)}")


def _weighted(weights: Mapping[str, Decimal], scores: Mapping[str, Score]) -> Weighted:
    return weighted(weights, {code: score.value for code, score in scores.items()})


def _quotient(ours: Weighted, theirs: Weighted) -> Fraction | None:
    if ours.score is None or not theirs.score or theirs.coverage < ENOUGH_COVERAGE:
        return None
    return ours.score / theirs.score


def grounded_share(weights: Mapping[str, Decimal], scores: Mapping[str, Score]) -> Fraction:
    """The share of the whole weight of an axis that rests on figures and on fresh, confirmed ratings."""
    above, below = _sum_of_products(
        (weights[code], score.grounded_share) for code, score in scores.items() if code in weights
    )
    return Fraction(above, 100 * below)
