"""Stability and nearest moves of 2,000 accounts × 10,000 draws at each width, against one bare matrix product each."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.ledger import SEED
from benchmarks.measures import Measured, measure
from relationships.core.cases import WIDTHS, Case, Side
from relationships.core.matrix import BOXES
from relationships.core.nearest import nearest_move
from relationships.core.stability import DRAWS, stability

ACCOUNTS = 2_000
WEIGHTS = {f"c{number}": Decimal(weight) for number, weight in enumerate((30, 25, 20, 15, 10))}
CUT = Decimal(5)


def firmness(files: Path) -> Measured:
    """All there is to say of how firm boxes are, from scores to shares."""
    chance = np.random.default_rng(SEED)
    scores = chance.integers(0, 1_001, (ACCOUNTS, 2, len(WEIGHTS)))
    cases = [case(*pair.tolist()) for pair in scores]

    def exact() -> None:
        stability(cases, draws=DRAWS)
        for each in cases:
            nearest_move(each)

    def bare() -> None:
        margins = scores / 100 - float(CUT)
        for concentration in WIDTHS.values():
            up, across = (
                chance.dirichlet([float(weight) * concentration / 100 for weight in WEIGHTS.values()], DRAWS).T
                for _axis in range(2)
            )
            for start in range(0, ACCOUNTS, 100):
                some = margins[start : start + 100]
                np.count_nonzero((some[:, 0] @ up >= 0) & (some[:, 1] @ across >= 0), axis=1)

    return measure(exact, bare)


def case(up: list[int], across: list[int]) -> Case:
    return Case(side(up), side(across), BOXES[is_high(up), is_high(across)])


def side(row: list[int]) -> Side:
    return Side(WEIGHTS, {code: Fraction(score, 100) for code, score in zip(WEIGHTS, row, strict=True)}, CUT)


def is_high(row: list[int]) -> bool:
    return sum(weight * score for weight, score in zip(WEIGHTS.values(), row, strict=True)) >= 100 * 100 * CUT
