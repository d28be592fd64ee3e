"""Why a box is another than in the run before, from what both runs stored of the account.

The cost model's part: where another version of it costed the run, a criterion that rests on cost to serve is scored
once more from the later figures with the earlier cost to serve; what is missing to the later score is the cost model's.
That is as good as stored figures allow: what became dearer, or was used more, in the same time counts as its part too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from relationships.core import scoring
from relationships.core.causes import COMPETITOR, Factor, Part, Stand, parts, weighted_mean
from relationships.core.criteria import PROFIT_MEASURES, CriteriaSet
from relationships.evidence import FIGURES
from relationships.measured import MEASURES
from relationships.models import Box, PositionChange

MILLION = 1_000_000
COVERAGE = "coverage"  # the code of a cause that says how much of an axis is scored
AXES = ("attractiveness", "relationship")
HIGH = {
    "attractiveness": {Box.STRATEGIC, Box.STAR},
    "relationship": {Box.STRATEGIC, Box.STATUS},
}


@dataclass(frozen=True)
class Stood:
    """One account's position as a run stored it; both scores in millionths."""

    box: str
    scores: list[dict]
    attractiveness: int | None
    relationship: int | None
    is_relative: bool
    criteria: CriteriaSet | None


def box_causes(before: Stood, after: Stood, costed_alike: Mapping[str, Fraction]) -> list[dict]:
    """The causes of a box change, as PositionChange keeps them, on the axes that were crossed; the largest first."""
    if before.criteria is None or after.criteria is None:
        return [document(PositionChange.Cause.WEIGHTS)]
    found = [
        cause
        for axis in AXES
        if is_crossed(axis, before, after)
        for cause in axis_causes(axis, before, after, costed_alike)
    ]
    found += [] if before.box and after.box else [each for axis in AXES for each in _of_coverage(axis, before, after)]
    return sorted(found, key=lambda cause: -abs(cause["effect"] or 0))


def is_crossed(axis: str, before: Stood, after: Stood) -> bool:
    """Whether the account went over the cut; without a box before or now, whether anything can have done it."""
    return not (before.box and after.box) or (before.box in HIGH[axis]) != (after.box in HIGH[axis])


def axis_causes(axis: str, before: Stood, after: Stood, costed_alike: Mapping[str, Fraction]) -> list[dict]:
    """The causes on one axis, the largest first; both sets of criteria are known."""
    names = {row["code"]: row["name"] for stood in (before, after) for row in stood.scores if row["axis"] == axis}
    stands = stand(before, axis), stand(after, axis)
    found = parts(*stands, costed_alike)
    then, now = getattr(before, axis), getattr(after, axis)
    effects = closed(found, None if then is None or now is None else now - then)
    return [
        document(part.cause, axis, part.code, names.get(part.code, ""), effect, part.change) | _replaced(part, *stands)
        for part, effect in zip(found, effects, strict=True)
    ]


def _replaced(part: Part, before: Stand, after: Stand) -> dict:
    """What was replaced by what: the cut, or a weight with the score it lies on now."""
    if part.cause == "cut" and not part.code:
        return {"before": _plain(before.cut), "after": _plain(after.cut)}
    then, now = before.factors.get(part.code), after.factors.get(part.code)
    if part.cause != "weights" or then is None or now is None:
        return {}
    return {"before": _plain(then.weight), "after": _plain(now.weight), "score": _plain(now.score)}


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _of_coverage(axis: str, before: Stood, after: Stood) -> list[dict]:
    """Where the share of the weight that is scored came to be enough, or no more is: whether the weights did it or
    what is scored."""
    then, now = (stand(stood, axis).factors for stood in (before, after))
    shares = covered(then, then), covered(now, now)
    if (shares[0] < scoring.ENOUGH_COVERAGE) == (shares[1] < scoring.ENOUGH_COVERAGE):
        return []
    by_weights = (covered(now, then) - shares[0] + shares[1] - covered(then, now)) / 2
    is_weights = 2 * abs(by_weights) >= abs(shares[1] - shares[0]) and by_weights * (shares[1] - shares[0]) > 0
    cause = PositionChange.Cause.WEIGHTS if is_weights else PositionChange.Cause.RATING
    found = document(cause, axis, COVERAGE)
    return [found | {"before": _plain(shares[0]), "after": _plain(shares[1])}]


def covered(weights: Mapping[str, Factor], scores: Mapping[str, Factor]) -> Fraction:
    """The share of these weights whose criteria these scores know; one that they do not ask for counts as it is in
    the weights' own run."""
    whole = sum((factor.weight for factor in weights.values()), Fraction(0))
    known = sum(
        (factor.weight for code, factor in weights.items() if scores.get(code, factor).score is not None), Fraction(0)
    )
    return known / whole if whole else Fraction(0)


def closed(found: Sequence[Part], change: int | None) -> list[float | None]:
    """The effects with six decimals; what rounding leaves of the score's change goes to the largest of its parts."""
    rounded = [None if part.effect is None else round(part.effect * MILLION) for part in found]
    of_score = [place for place, part in enumerate(found) if part.cause != "cut" and part.code != COMPETITOR]
    if of_score and change is not None:
        rounded[of_score[0]] += change - sum(rounded[place] for place in of_score)
    return [None if effect is None else effect / MILLION for effect in rounded]


def document(
    cause: str, axis="", code="", name="", effect: float | None = None, change: Fraction | None = None
) -> dict:
    found = {"cause": str(cause), "axis": axis, "code": code, "name": name, "effect": effect}
    return found if change is None else found | {"change": round(float(change), 6)}


def stand(stood: Stood, axis: str) -> Stand:
    """One axis of a stored position."""
    criteria = stood.criteria
    rows = [row for row in stood.scores if row["axis"] == axis]
    factors = dict(_factors(rows, criteria))
    if axis == "attractiveness":
        return Stand(factors, Fraction(criteria.cut_attractiveness))
    if not stood.is_relative:
        return Stand(factors, Fraction(criteria.absolute_cut), None, criteria.basis)
    theirs = {row["code"]: exact(row.get("competitor")) for row in rows}
    rival = weighted_mean({code: factor.weight for code, factor in factors.items()}, theirs)
    return Stand(factors, Fraction(criteria.relative_cut), rival, criteria.basis)


def _factors(rows: list[dict], criteria: CriteriaSet) -> Iterator[tuple[str, Factor]]:
    rules = {each.code: (each.measure, each.scale) for each in (*criteria.attractiveness, *criteria.relationship)}
    for row in rows:
        code = row["code"]
        yield code, Factor(exact(row["weight"]), exact(row["score"]), row["kind"] == "measured", rules.get(code))


def exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def costed_alike(criteria: CriteriaSet, before: Sequence, after: Sequence) -> dict[str, Fraction]:
    """Scores of the criteria that rest on cost to serve, from the later FIGURES with the earlier cost to serve."""
    then, now = (dict(zip(FIGURES, values, strict=True)) for values in (before, after))
    cost: Decimal = then["cost_to_serve"]
    raw = now | {"cost_to_serve": cost, "contribution": now["gross_margin"] - cost}
    found = {}
    for criterion in (*criteria.attractiveness, *criteria.relationship):
        if criterion.measure in PROFIT_MEASURES:
            value = scoring.measured(MEASURES[criterion.measure](raw), criterion).value
            if value is not None:
                found[criterion.code] = Fraction(round(value * MILLION), MILLION)
    return found
