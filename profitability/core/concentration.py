"""How much hangs on few accounts: top shares, Lorenz/Gini, Herfindahl-Hirschman, and the whale curve.

Exact: integers in, integers and fractions out, None where a figure is undefined. Small populations
(pages) are calculated in plain Python; numpy is imported only for large ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, TypeAlias

from profitability.core.pareto import exact_sum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Int64s: TypeAlias = NDArray[np.int64]
    Amounts: TypeAlias = Sequence[int] | Int64s

PARETO_PERCENT = 80
HHI_SCALE = 10_000
LARGE = 5_000  # from this many values on, loading and using numpy is worth it
LIMB_BITS = 21  # products of two limbs, summed 2**21 times, still fit into 63 bits


@dataclass(frozen=True, slots=True)
class Concentration:
    """Concentration of one measure over n accounts; money in minor units, shares as fractions of 1.

    Shares, Gini, HHI and `accounts_for_80` are on the sum of positive values: a value <= 0 counts as an
    account that brings nothing, so it is part of n (for the top 20 % and for Gini) but never negative
    weight. They are None when nothing is positive. `top20_share` is that of the first ceil(0.2 n).
    The three whale figures are None when the net total they stand on is <= 0.
    """

    n: int
    n_positive: int
    total: int
    total_positive: int
    accounts_for_80: int | None
    top20_share: Fraction | None
    top1_share: Fraction | None
    top3_share: Fraction | None
    top5_share: Fraction | None
    top10_share: Fraction | None
    gini: Fraction | None
    hhi: Fraction | None
    effective_number: Fraction | None
    whale_peak: int | None
    whale_peak_share: Fraction | None
    erosion: int | None


@dataclass(frozen=True, slots=True)
class Whale:
    """Cumulative profit from the best account to the worst.

    `order` holds positions in the input, `points[k]` the profit of the first k + 1 of them. `peak` is
    reached at `peak_rank` accounts (0 if none earns); `erosion` is what the others lose again.
    `peak_share` is None when the total is <= 0: a percentage of that means nothing, the money does.
    """

    order: tuple[int, ...]
    points: tuple[int, ...]
    peak: int
    peak_rank: int
    total: int
    erosion: int
    peak_share: Fraction | None


@dataclass(frozen=True, slots=True)
class _Curve:
    """The positive values of a population, accumulated from the largest on."""

    n: int
    total: int
    cumulative: Amounts
    cumulative_sum: int
    square_sum: int

    @property
    def base(self) -> int:
        return int(self.cumulative[-1]) if len(self.cumulative) else 0


def concentration(values: Amounts, profits: Amounts | None = None) -> Concentration:
    """Concentration of `values`, one per account (or parent) with activity, any sign, minor units.

    `profits` feeds the whale figures where they should stand on another measure; None takes `values`.
    Gini: 2 sum(k x_k) / (n sum x) - (n + 1) / n, x ascending, negatives as 0 (Lorenz 1905, Gini 1912;
    0 for one account). HHI: 10,000 sum of squared shares (US merger guidelines 2023, guideline 1).
    """
    curve = _curve(values)
    total, peak = (curve.total, curve.base) if profits is None else _net_and_positive(profits)
    hhi = Fraction(HHI_SCALE * curve.square_sum, curve.base**2) if curve.base else None
    return Concentration(
        n=curve.n,
        n_positive=len(curve.cumulative),
        total=curve.total,
        total_positive=curve.base,
        accounts_for_80=_accounts_for(curve, PARETO_PERCENT),
        top20_share=_top_share(curve, -(-curve.n // 5)),
        top1_share=_top_share(curve, 1),
        top3_share=_top_share(curve, 3),
        top5_share=_top_share(curve, 5),
        top10_share=_top_share(curve, 10),
        gini=_gini(curve),
        hhi=hhi,
        effective_number=HHI_SCALE / hhi if hhi else None,
        whale_peak=peak if total > 0 else None,
        whale_peak_share=Fraction(peak, total) if total > 0 else None,
        erosion=peak - total if total > 0 else None,
    )


def whale(profits: Sequence[int], keys: Sequence[str]) -> Whale:
    """The whale curve of profits, one per account with activity, minor units; ties by key ascending.

    Raises ValueError when the lengths differ. Source: Kaplan and Narayanan, Measuring and Managing
    Customer Profitability, Journal of Cost Management 15(5), 2001.
    """
    if len(profits) != len(keys):
        raise ValueError(f"{len(profits)} profits but {len(keys)} keys")
    money = [int(profit) for profit in profits]
    order = sorted(range(len(money)), key=lambda position: (-money[position], keys[position]))
    peak = sum(profit for profit in money if profit > 0)
    total = sum(money)
    return Whale(
        order=tuple(order),
        points=tuple(accumulate(money[position] for position in order)),
        peak=peak,
        peak_rank=sum(profit > 0 for profit in money),
        total=total,
        erosion=peak - total,
        peak_share=Fraction(peak, total) if total > 0 else None,
    )


def by_parent(values: Mapping[str, int], parents: Mapping[str, str | None]) -> dict[str, int]:
    """Add values per account code up under the top of each family; {top code: sum}, in order of first sight.

    `parents`: account code → parent code or None; an account it does not name is its own top. Entities
    under common control count as one customer (ASC 280-10-50-42). Raises ValueError on a cycle.
    """
    tops: dict[str, str] = {}
    sums: dict[str, int] = {}
    for code, value in values.items():
        top = _top_of(code, parents, tops)
        sums[top] = sums.get(top, 0) + value
    return sums


def _top_of(code: str, parents: Mapping[str, str | None], tops: dict[str, str]) -> str:
    """The top of the family of an account; remembers every account on the way in `tops`."""
    path: dict[str, None] = {}
    at = code
    while at not in tops:
        path[at] = None
        parent = parents.get(at)
        if parent is None:
            tops[at] = at
        elif parent in path:
            raise ValueError(f"account {parent} is its own ancestor")
        else:
            at = parent
    top = tops[at]
    tops.update(dict.fromkeys(path, top))
    return top


def _curve(values: Amounts) -> _Curve:
    if len(values) >= LARGE:
        large = _large_curve(values)
        if large is not None:
            return large
    return _small_curve([int(value) for value in values])


def _small_curve(values: list[int]) -> _Curve:
    ranked = sorted((value for value in values if value > 0), reverse=True)
    cumulative = list(accumulate(ranked))
    return _Curve(len(values), sum(values), cumulative, sum(cumulative), sum(map(mul, ranked, ranked)))


def _large_curve(values: Amounts) -> _Curve | None:
    """As `_small_curve`, by numpy; None where the numbers are too many or too large for it."""
    import numpy as np

    amounts = np.asarray(values, dtype=np.int64)
    ranked = np.sort(amounts[amounts > 0])[::-1]
    if len(ranked) >= 2**LIMB_BITS or exact_sum(ranked) >= 2**63:
        return None
    cumulative = np.cumsum(ranked)
    total = exact_sum(amounts)
    return _Curve(len(amounts), total, cumulative, exact_sum(cumulative), _exact_squares(ranked))


def _exact_squares(ranked: Int64s) -> int:
    """The sum of squares of fewer than 2**21 values >= 0, from products of their 21-bit limbs."""
    limbs, rest = [], ranked
    while rest.any():
        limbs.append(rest & (2**LIMB_BITS - 1))
        rest = rest >> LIMB_BITS
    pairs = ((i, j) for i in range(len(limbs)) for j in range(len(limbs)))
    return sum(int(limbs[i] @ limbs[j]) << LIMB_BITS * (i + j) for i, j in pairs)


def _net_and_positive(profits: Amounts) -> tuple[int, int]:
    if len(profits) < LARGE:
        return _sums(int(profit) for profit in profits)
    import numpy as np

    amounts = np.asarray(profits, dtype=np.int64)
    return exact_sum(amounts), exact_sum(np.maximum(amounts, 0))


def _sums(profits: Iterable[int]) -> tuple[int, int]:
    money = list(profits)
    return sum(money), sum(profit for profit in money if profit > 0)


def _accounts_for(curve: _Curve, percent: int) -> int | None:
    """The smallest number of accounts that together reach the percentage of the positive sum."""
    if not curve.base:
        return None
    return bisect_left(curve.cumulative, -(-percent * curve.base // 100)) + 1


def _top_share(curve: _Curve, count: int) -> Fraction | None:
    if not curve.base:
        return None
    reached = min(count, len(curve.cumulative))
    return Fraction(int(curve.cumulative[reached - 1]), curve.base)


def _gini(curve: _Curve) -> Fraction | None:
    """sum(k x_k), x ascending, is the sum of the cumulative curve from the largest on, over all n."""
    if not curve.base:
        return None
    at_top = curve.n - len(curve.cumulative)
    rank_sum = curve.cumulative_sum + at_top * curve.base
    return Fraction(2 * rank_sum, curve.n * curve.base) - Fraction(curve.n + 1, curve.n)
