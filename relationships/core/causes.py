"""Why a score is another than before: its change, taken apart into what was replaced.

From the weights, scores and cut of one run to those of another, one thing after the other is replaced and what the
score does at each step is that thing's part: the weights, then each criterion's score in the order of the set; then
once more the other way round, scores from the last to the first and the weights at the end. A part is the mean of both,
so neither order is preferred, and the parts sum exactly to the change of the score.

| cause | what |
|---|---|
| data | the score of a measured criterion, whose figure changed |
| cost_model | the part of it that the cost to serve brought, where another version of the cost model costed it |
| rating | the score of a judged criterion; the best competitor's strength |
| weights | the weights, and criteria that came, went or are measured by another scale |
| cut | the cut, or whether strength is taken against the competitor |

The weights' part is told by criterion: the change of its share of the weight × (its score - the axis' score before).
Cut and competitor do not move the score but what it has to reach, so they come with the sign in which they help the
account, in points of the score; all parts together sum to the change of (score - what it has to reach).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

Cause: TypeAlias = Literal["data", "rating", "weights", "cut", "cost_model"]
Key: TypeAlias = tuple[Cause, str]
Weights: TypeAlias = Mapping[str, Fraction]
Scores: TypeAlias = Mapping[str, Fraction | None]
COMPETITOR = "competitor"
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Factor:
    """One criterion as a run had it. `rule` is what turns its figure into a score: measure and scale."""

    weight: Fraction
    score: Fraction | None
    is_measured: bool
    rule: object = None


@dataclass(frozen=True, slots=True)
class Stand:
    """One axis of one account in one run. `rival`: the best competitor's strength, where ours is taken against it."""

    factors: Mapping[str, Factor]
    cut: Fraction
    rival: Fraction | None = None
    basis: str = "absolute"

    @property
    def score(self) -> Fraction | None:
        return weighted_mean(*_state(self))

    @property
    def bar(self) -> Fraction:
        """What the score has to reach."""
        return self.cut if self.rival is None else self.cut * self.rival


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause did, in points of the axis' score; None where the axis had no score before or has none now.
    `change` is by how much the criterion's own score (or its weight) changed."""

    cause: Cause
    code: str
    effect: Fraction | None
    change: Fraction | None = None


def weighted_mean(weights: Weights, scores: Scores) -> Fraction | None:
    """Over what is scored; None where nothing that is scored weighs anything."""
    known = [(weights.get(code, NOTHING), score) for code, score in scores.items() if score is not None]
    whole = sum((weight for weight, _score in known), NOTHING)
    return sum((weight * score for weight, score in known), NOTHING) / whole if whole else None


def parts(before: Stand, after: Stand, costed_alike: Mapping[str, Fraction | None] | None = None) -> list[Part]:
    """The parts of a change, the largest first. `costed_alike`: for criteria that rest on cost to serve the score that
    the later figures would give with the earlier cost to serve, where the cost model is another one."""
    if before.score is None or after.score is None:
        return _unknown_parts(before, after)
    walk = _Walk(before, after, costed_alike or {})
    found = walk.mean_effects()
    for key, effect in _bar_effects(before, after).items():
        found[key] += effect
    listed = [
        Part(cause, code, effect, walk.change_of(cause, code)) for (cause, code), effect in found.items() if effect
    ]
    return sorted(listed, key=lambda part: -abs(part.effect or NOTHING))


def _unknown_parts(before: Stand, after: Stand) -> list[Part]:
    """Criteria that are scored now and were not, or the other way round; without a score there are no points."""
    listed = []
    for code in _codes(before, after):
        then, now = before.factors.get(code), after.factors.get(code)
        if (then is None or then.score is None) != (now is None or now.score is None):
            listed.append(Part(_cause_of(then, now), code, None))
    return listed


def _codes(before: Stand, after: Stand) -> list[str]:
    return list(dict.fromkeys([*after.factors, *before.factors]))


def _cause_of(then: Factor | None, now: Factor | None) -> Cause:
    if then is None or now is None or then.rule != now.rule:
        return "weights"
    return "data" if now.is_measured else "rating"


@dataclass(slots=True)
class _Walk:
    """From one stand to the other, step by step."""

    before: Stand
    after: Stand
    costed_alike: Mapping[str, Fraction | None]
    effects: defaultdict[Key, Fraction] = field(default_factory=lambda: defaultdict(Fraction))

    def mean_effects(self) -> defaultdict[Key, Fraction]:
        steps: list[Key] = [("weights", ""), *self._score_steps()]
        for order in (steps, steps[::-1]):
            self._go(order)
        return defaultdict(Fraction, {key: effect / 2 for key, effect in self.effects.items()})

    def _score_steps(self) -> list[Key]:
        """What replaces each criterion's score; two steps where the cost model has a part in it."""
        steps: list[Key] = []
        for code in _codes(self.before, self.after):
            cause = _cause_of(self.before.factors.get(code), self.after.factors.get(code))
            steps.append((cause, code))
            if self._middle(code) is not None:
                steps.append(("cost_model", code))
        return steps

    def _go(self, order: Sequence[Key]) -> None:
        weights, scores = _state(self.before)
        scores |= {code: scores.get(code) for code in self.after.factors}
        value = weighted_mean(weights, scores)
        for cause, code in order:
            earlier = weights
            if code:
                scores = scores | {code: self._replaced(cause, code, scores[code])}
            else:
                weights = _state(self.after)[0]
            reached = weighted_mean(weights, scores)
            if reached is not None and value is not None:
                self._tell(cause, code, reached - value, (earlier, weights, scores))
            value = value if reached is None else reached

    def _tell(self, cause: Cause, code: str, effect: Fraction, step: tuple[Weights, Weights, Scores]) -> None:
        """What a step did. That of the weights by criterion: the change of its share of the scored weight × its
        distance from the score before; where nothing was scored in between there is no such distance."""
        earlier, later, scores = step
        level = weighted_mean(earlier, scores)
        if code or level is None:
            self.effects[cause, code] += effect
            return
        before, after = _shares(earlier, scores), _shares(later, scores)
        for each, share in after.items():
            self.effects[cause, each] += (share - before[each]) * ((scores[each] or NOTHING) - level)

    def _middle(self, code: str) -> Fraction | None:
        """The score between the figure's part and the cost model's, where there are two."""
        then, now = (stand.factors.get(code) for stand in (self.before, self.after))
        known = then and now and then.score is not None and now.score is not None
        return self.costed_alike.get(code) if known and _cause_of(then, now) == "data" else None

    def _replaced(self, cause: Cause, code: str, score: Fraction | None) -> Fraction | None:
        """The score after a step; of a cost-dependent one each of the two steps brings its own difference."""
        then, now = (stand.factors.get(code) for stand in (self.before, self.after))
        middle = self._middle(code)
        if middle is None or score is None or then is None or then.score is None or now is None or now.score is None:
            return now.score if now else None
        return score + (middle - then.score if cause == "data" else now.score - middle)

    def change_of(self, cause: Cause, code: str) -> Fraction | None:
        """Of the criterion's weight, or of its score."""
        then, now = (stand.factors.get(code) for stand in (self.before, self.after))
        if cause == "weights":
            return (now.weight if now else NOTHING) - (then.weight if then else NOTHING)
        if then is None or now is None or then.score is None or now.score is None:
            return None
        return now.score - then.score


def _state(stand: Stand) -> tuple[dict[str, Fraction], dict[str, Fraction | None]]:
    weights = {code: factor.weight for code, factor in stand.factors.items()}
    return weights, {code: factor.score for code, factor in stand.factors.items()}


def _shares(weights: Weights, scores: Scores) -> dict[str, Fraction]:
    """Of the weight of what is scored."""
    known = {code: weights.get(code, NOTHING) for code, score in scores.items() if score is not None}
    whole = sum(known.values(), NOTHING)
    return {code: weight / whole for code, weight in known.items()} if whole else {}


def _bar_effects(before: Stand, after: Stand) -> dict[Key, Fraction]:
    """Of the cut and of the best competitor: what raises the bar takes points away."""
    if (before.rival is None) != (after.rival is None):
        cause: Cause = "cut" if before.basis != after.basis else "rating"
        return {(cause, COMPETITOR): before.bar - after.bar}
    then, now = (Fraction(1) if stand.rival is None else stand.rival for stand in (before, after))
    return {
        ("cut", ""): (before.cut - after.cut) * (then + now) / 2,
        ("rating", COMPETITOR): (then - now) * (before.cut + after.cut) / 2,
    }
