"""Largest remainder on whole columns of 64-bit integers, equal to the plain Python of remainder.py.

Ledger amounts are ten-thousandths of the currency, results are whole minor units.
"""

from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from profitability.core.remainder import (
    NegativeWeight,
    NoWeight,
    largest_remainder,
    round_half_up,
    round_to,
)

__all__ = [
    "LEDGER_DIGITS",
    "LEDGER_UNIT",
    "Int64",
    "NegativeWeight",
    "NoWeight",
    "exact_sum",
    "largest_remainder",
    "round_half_up",
    "round_parts",
    "round_sums",
    "round_to",
    "round_within",
    "split",
]

Int64: TypeAlias = npt.NDArray[np.int64]

LEDGER_DIGITS = 4
LEDGER_UNIT = 10**LEDGER_DIGITS

# Bounds within which a quotient estimated in float64 is at most one off (see `_shares`).
MAX_FAST_TOTAL = 2**50
MAX_FAST_WEIGHT = 2**60
MAX_SUM = 2**63


def split(total: int, weights: npt.NDArray[Any]) -> Int64:
    """`largest_remainder` on a whole column: int64 weights in the order of their keys, int64 shares.

    Exact for any size: weights too large for 64-bit arithmetic (also as Python integers in an object array)
    are shared in Python. Raises NegativeWeight, and NoWeight when no weight is above zero.
    """
    if weights.size and weights.min() < 0:
        raise NegativeWeight(f"negative weight: {weights.min()}")
    whole = exact_sum(weights)
    if not whole:
        raise NoWeight(f"no weight to share {total} by")
    if abs(total) > MAX_FAST_TOTAL or whole > MAX_FAST_WEIGHT:
        shares = largest_remainder(total, weights.tolist(), range(len(weights)))
        return np.array(shares, dtype=np.int64)
    shares64 = _shares(abs(total), weights.astype(np.int64, copy=False), whole)
    return shares64 if total >= 0 else -shares64


def _shares(total: int, weights: Int64, whole: int) -> Int64:
    """Shares of a total ≥ 0, for total ≤ 2^50 and whole = Σ weights ≤ 2^60.

    The float estimate of a quota suffers three roundings, each of 2^-53 of a number up to 2^50, so its whole
    part is off by one at most and the remainder that belongs to it is below 2 × whole ≤ 2^61 in size. The two
    products may exceed 64 bits, but they wrap around alike, so their small difference is right.
    """
    quotients = (weights * (total / whole)).astype(np.int64)
    remainders = weights * np.int64(total)
    remainders -= quotients * np.int64(whole)
    low, high = remainders < 0, remainders >= whole
    quotients -= low
    remainders[low] += whole
    quotients += high
    remainders[high] -= whole
    quotients[_first(total - int(quotients.sum()), remainders, weights)] += 1
    return quotients


def _first(count: int, ranks: Int64, sizes: Int64) -> npt.NDArray[np.intp]:
    """Places of the `count` largest ranks; ties go to the larger size, then to the earlier place."""
    if not count:
        return np.empty(0, dtype=np.intp)
    cut = np.partition(ranks, -count)[-count]
    above = np.flatnonzero(ranks > cut)
    level = np.flatnonzero(ranks == cut)
    by_size = np.argsort(-sizes[level], kind="stable")[: count - len(above)]
    return np.concatenate([above, level[by_size]])


def exact_sum(values: npt.NDArray[Any]) -> int:
    """The sum as a Python integer, also when it does not fit into 64 bits."""
    if values.dtype == object:
        return sum(values.ravel().tolist())
    if not values.size:
        return 0
    if max(int(values.max()), -int(values.min())) * values.size < MAX_SUM:
        return int(values.sum())
    low = values & np.int64(0xFFFFFFFF)
    return (int((values >> np.int64(32)).sum()) << 32) + int(low.sum())


def round_sums(values: Int64, digits: int) -> Int64:
    """Ledger amounts (ten-thousandths, any sign) as minor units that sum to their rounded total.

    The total is rounded half up; each amount gets its floor, the units left over go to the largest fractions
    (ties: larger amount without sign, then order; an amount without a fraction keeps its floor).
    """
    return round_parts(values, 10 ** (LEDGER_DIGITS - digits))


def round_parts(values: npt.NDArray[Any], unit: int) -> Int64:
    """`values ÷ unit` as whole numbers that sum to the rounded sum: see `round_sums`.

    Values may be Python integers in an object array; raises OverflowError if a result has more than 64 bits.
    """
    if values.dtype == object:
        amounts = [Fraction(value, unit) for value in values.tolist()]
        total = round_half_up(sum(amounts, Fraction(0)))
        return np.array(round_to(total, amounts, range(len(amounts))), dtype=np.int64)
    if unit == 1:
        return values.copy()
    floors, fractions = np.divmod(values, np.int64(unit))
    left = round_half_up(Fraction(exact_sum(values), unit)) - exact_sum(floors)
    floors[_first(left, fractions, np.abs(values))] += 1
    return floors


def round_within(totals: Int64, parts: Int64, digits: int) -> Int64:
    """Each row's rounded total (minor units) over the row's ledger amounts (accounts × months).

    A row sums to its total; a cell is the floor or the ceiling of its amount, chosen as in `round_sums`.
    Raises ValueError where a total is not the rounded sum of its row.
    """
    unit = np.int64(10 ** (LEDGER_DIGITS - digits))
    floors, fractions = np.divmod(parts, unit)
    left = totals - floors.sum(axis=1)
    if (np.abs(left * unit - fractions.sum(axis=1)) >= unit).any():
        raise ValueError("a total is not the rounded sum of its row")
    rows = np.flatnonzero(left)
    order = np.lexsort((-np.abs(parts[rows]), -fractions[rows]), axis=1)
    chosen = np.arange(parts.shape[1]) < left[rows, None]
    row, column = np.nonzero(chosen)
    floors[rows[row], order[row, column]] += 1
    return floors
