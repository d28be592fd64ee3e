"""How firmly an account stands in its box: would it stay there if the weights were somewhat others?

**Draws.** Nobody knows weights to the point, so they are drawn at random around those of the set: from a Dirichlet
distribution whose mean is the set's weights and whose concentration says how near to them it keeps (`WIDTHS`). Of a
weight p (a share of 1) two draws of three lie within sqrt(p (1 - p) / (concentration + 1)) of it: a weight of 30
within 3 points (tight), 6 (medium) or 14 (wide). The weights of both axes are drawn, independently. A criterion that
weighs nothing keeps weighing nothing. `stability` is the share of the draws in which the account keeps its box; what
`HEADLINE` gives is the figure shown.

**Rules as for the box.** Missing scores are left out and the drawn weights of the others renormalised; on the cut
counts as high; whoever is placed by strength ÷ competitor is so in every draw. How much is scored does not change
with a draw: the limit of 60 % is not asked again.

**How.** A Dirichlet draw is a row of independent gamma variates divided by their sum, and whether a weighted score
reaches its cut does not depend on that sum: sum(w s) / sum(w) >= cut is sum(w (s - cut)) >= 0. So each pair of a
criterion and its weight has one column of gamma variates, shared by all accounts that have both, whichever weights
they have otherwise. With all scores on one side of the cut all terms have one sign: such a box never moves, exactly.

**The same everywhere.** Each column comes from numpy's PCG64 with `SEED` and a hash of axis and criterion, so
neither the order of accounts or criteria nor the machine matters. The stream of numpy's gamma variates belongs to its
version, which requirements.lock states; a test holds some of them.

**Effort.** `DRAWS` draws for up to `MANY` accounts with a box, `FEWER_DRAWS` beyond (the standard error of a share is
at most 0.5 and 1.6 points). Work goes block by block, at most `CELLS` draws × accounts at a time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from relationships.core.cases import SIDES, WIDTHS, Case, Exact, Side
from relationships.core.criteria import FULL_WEIGHT

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Counts: TypeAlias = npt.NDArray[np.int64]

SEED = 20_260_101
DRAWS, FEWER_DRAWS, MANY = 10_000, 1_000, 10_000
CELLS = 1_000_000  # 8 MB of floats
COLUMNS_KEPT = 256  # 20 MB
TINY = 1e-300  # no weight above 0 is ever drawn as 0
NEAR = 1e-9  # nearer to the cut than this the sign is taken exactly


def draws_for(cases: int) -> int:
    return DRAWS if cases <= MANY else FEWER_DRAWS


def stability(
    cases: Sequence[Case], widths: Mapping[str, int] = WIDTHS, draws: int | None = None
) -> dict[str, list[Fraction]]:
    """For each width the share of the draws in which each account keeps its box, in the order given."""
    count = draws or draws_for(len(cases))
    drawn = {width: _Drawn(concentration, count) for width, concentration in widths.items()}
    kept = {width: np.full(len(cases), count, dtype=np.int64) for width in widths}
    for places in _groups(cases):
        group = _Group([cases[place] for place in places])
        for width in widths:
            kept[width][places] = group.kept(drawn[width])
    return {width: [Fraction(times, count) for times in found.tolist()] for width, found in kept.items()}


class _Drawn:
    """Columns of gamma variates by axis, criterion and weight."""

    def __init__(self, concentration: int, draws: int) -> None:
        self.concentration, self.draws = concentration, draws
        self.columns: dict[tuple[str, str, Decimal], Floats] = {}

    def matrix(self, axis: str, weights: Mapping[str, Decimal]) -> Floats:
        """Criteria × draws."""
        whole = sum(weights.values()) or FULL_WEIGHT
        return np.stack([self.column(axis, code, weight / whole) for code, weight in weights.items()])

    def column(self, axis: str, code: str, share: Decimal) -> Floats:
        found = self.columns.get((axis, code, share))
        if found is None:
            if len(self.columns) >= COLUMNS_KEPT:
                self.columns.clear()
            found = self.columns[axis, code, share] = gammas(axis, code, float(share) * self.concentration, self.draws)
        return found


def gammas(axis: str, code: str, shape: float, draws: int) -> Floats:
    """The variates of one criterion; zeros where it weighs nothing."""
    if not shape:
        return np.zeros(draws)
    stream = int.from_bytes(hashlib.sha256(f"{axis}:{code}".encode()).digest()[:8], "big")
    generator = np.random.Generator(np.random.PCG64([SEED, stream]))
    return np.maximum(generator.standard_gamma(shape, draws), TINY)


def _groups(cases: Sequence[Case]) -> Iterator[list[int]]:
    """Places in the list of the accounts that have the same weights on both axes."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    keys: dict[int, tuple[tuple[str, Decimal], ...]] = {}
    for place, case in enumerate(cases):
        both = (case.attractiveness, case.relationship)
        for side in both:
            if id(side.weights) not in keys:
                keys[id(side.weights)] = tuple(side.weights.items())
        found[tuple((keys[id(side.weights)], side.is_linear) for side in both)].append(place)
    yield from found.values()


class _Group:
    """Accounts with the same weights, as arrays."""

    def __init__(self, cases: list[Case]) -> None:
        self.axes = [
            _Axis("attractiveness", [case.attractiveness for case in cases]),
            _Axis("relationship", [case.relationship for case in cases]),
        ]
        self.high = np.array([SIDES[case.box] for case in cases]).T
        self.fixed = [axis.cannot_leave(high) for axis, high in zip(self.axes, self.high, strict=True)]
        self.movable = np.flatnonzero(~(self.fixed[0] & self.fixed[1]))

    def kept(self, drawn: _Drawn) -> Counts:
        """In how many draws each account keeps its box."""
        found = np.full(len(self.high[0]), drawn.draws, dtype=np.int64)
        weights = [drawn.matrix(axis.name, axis.sides[0].weights) for axis in self.axes] if len(self.movable) else []
        block = max(CELLS // drawn.draws, 1)
        for start in range(0, len(self.movable), block):
            some = self.movable[start : start + block]
            found[some] = np.count_nonzero(self._stays(some, weights), axis=1)
        return found

    def _stays(self, some: Counts, weights: list[Floats]) -> Flags:
        """Accounts × draws: whether the account is still in its box. An axis that nobody can leave is left out."""
        sides = zip(self.axes, weights, self.high, self.fixed, strict=True)
        stays = [
            axis.is_high(some, drawn) == high[some, None] for axis, drawn, high, fixed in sides if not fixed[some].all()
        ]
        return np.asarray(np.logical_and.reduce(stays))


class _Axis:
    """One axis of the accounts of a group, as arrays of accounts × criteria."""

    def __init__(self, name: str, sides: list[Side]) -> None:
        self.name, self.sides = name, sides
        self.codes = list(sides[0].weights)
        self.linear = sides[0].is_linear
        if self.linear:
            self.margins = np.array([_margins(side, self.codes) for side in sides])

    def cannot_leave(self, high: Flags) -> Flags:
        """Where every criterion is on the side on which the account stands."""
        if not self.linear:
            return np.zeros(len(self.sides), dtype=np.bool_)
        over, under = (self.margins >= 0).all(axis=1), (self.margins <= 0).all(axis=1)
        return np.asarray(np.where(high, over, under), dtype=np.bool_)

    def is_high(self, some: Counts, weights: Floats) -> Flags:
        """Accounts × draws: whether the score reaches the cut."""
        if self.linear:
            return np.asarray(self.margins[some] @ weights >= 0)
        return np.stack([_quotient_is_high(self.sides[place], self.codes, weights) for place in some])


def _margins(side: Side, codes: Sequence[str]) -> list[float]:
    """Each score less the cut (less the cut × the competitor's score), 0 where there is none; the sign is exact."""
    cut, scores, rival = float(side.cut), side.scores, side.rival
    if rival is not None:
        return [_against(scores.get(code), rival.get(code), side.cut) for code in codes]
    found = []
    for code in codes:
        score = scores.get(code)
        margin = 0.0 if score is None else float(score) - cut
        near = score is not None and -NEAR < margin < NEAR
        found.append(_against(score, 1, side.cut) if near else margin)
    return found


def _against(score: Exact | None, theirs: Exact | None, cut: Decimal) -> float:
    if score is None or theirs is None:
        return 0.0
    return float(Fraction(score) - Fraction(cut) * Fraction(theirs))


def _quotient_is_high(side: Side, codes: Sequence[str], weights: Floats) -> Flags:
    """Where other criteria are scored for us than for the competitor, each side is renormalised by itself."""
    ours = [side.scores.get(code) for code in codes]
    theirs = [side.rival.get(code) if side.rival else None for code in codes]
    (score, whole), (rival, rivals_whole) = _sums(ours, weights), _sums(theirs, weights)
    reached = score * rivals_whole
    needed = float(side.cut) * rival * whole
    return np.asarray(reached >= needed * (1 - 1e-12))  # equal scores on all criteria stay on the line


def _sums(scores: Sequence[Exact | None], weights: Floats) -> tuple[Floats, Floats]:
    """Weighted sum of the scores, and sum of the weights, over what is scored; by draw."""
    values = np.array([0.0 if score is None else float(score) for score in scores])
    scored = np.array([score is not None for score in scores], dtype=np.float64)
    return values @ weights, scored @ weights
