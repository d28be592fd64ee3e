"""Who brings how much: the total order of accounts by one measure and their A/B/C/N classes.

Everything is exact integer arithmetic on int64. numpy is imported when a function is called, so a
web process can import this module without loading it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from operator import lt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Int64s: TypeAlias = NDArray[np.int64]

A_UNTIL_PERCENT = 80
B_UNTIL_PERCENT = 95
LARGEST = 2**63 - 1
FEW_TIES = 16  # one in so many


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Arrays in rank order: element 0 of each belongs to the account of rank 1.

    `order` holds positions in the input, `cumulative` the running sum of positive values (it ends at
    `base`), `classes` one letter each. `base` is the sum of positive values; 0 means shares are undefined.
    """

    order: Int64s
    ranks: Int64s
    values: Int64s
    classes: NDArray[np.str_]
    cumulative: Int64s
    base: int

    def share(self, position: int) -> Fraction | None:
        """The value at a position in rank order as a share of `base`; None when nothing is positive."""
        return Fraction(int(self.values[position]), self.base) if self.base else None


def rank(values: Sequence[int] | Int64s, keys: Sequence[str]) -> Ranking:
    """Rank by value descending, then key ascending, and classify by the cumulative value before each.

    `values`: one per account, any sign, within int64. `keys`: their unique business keys, same length.
    A: less than 80 % of the positive sum comes before; B: less than 95 %; C: the rest; N: value <= 0.
    Equal values share the best class among them. Raises ValueError for lengths that differ or for equal
    keys among equal values, OverflowError when the positive sum leaves int64.
    Rule: value classes with the crossing item included, as a decision among the published variants
    (Heizer and Render, Operations Management, example 12.1, shows how much they differ).
    """
    import numpy as np

    amounts = np.asarray(values, dtype=np.int64)
    order = _total_order(amounts, keys)
    ranked = amounts[order]
    base, cumulative = _accumulate(ranked)
    ranks = np.arange(1, len(ranked) + 1, dtype=np.int64)
    return Ranking(order, ranks, ranked, _classes(ranked, cumulative, base), cumulative, base)


def places(values: Sequence[int] | Int64s, keys: Sequence[str]) -> Int64s:
    """The rank 1..n of each value, in the order of the input; ordering and errors as in `rank`."""
    import numpy as np

    order = _total_order(np.asarray(values, dtype=np.int64), keys)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1, dtype=np.int64)
    return ranks


def _total_order(amounts: Int64s, keys: Sequence[str]) -> Int64s:
    """Positions by value descending, key ascending. Keys are looked at only where values are equal."""
    import numpy as np

    if len(amounts) != len(keys):
        raise ValueError(f"{len(amounts)} values but {len(keys)} keys")
    # ~v reverses the order without the overflow that -v has at the smallest int64.
    order = np.argsort(~amounts).astype(np.int64, copy=False)
    ranked = amounts[order]
    same_as_before = np.zeros(len(order) + 1, dtype=bool)
    same_as_before[1:-1] = ranked[1:] == ranked[:-1]
    tied = same_as_before[1:] | same_as_before[:-1]
    if tied.any():
        groups = np.cumsum(~same_as_before[:-1][tied])
        order[tied] = _by_key_in_groups(order[tied], groups, keys)
    return order


def _by_key_in_groups(positions: Int64s, groups: Int64s, keys: Sequence[str]) -> Int64s:
    """The given positions by group, then key ascending; groups ascend already."""
    import numpy as np

    # From a database keys usually come sorted; with few ties it is not worth looking.
    many = FEW_TIES * len(positions) > len(keys)
    come_sorted = many and all(map(lt, keys, islice(keys, 1, None)))
    key_ranks = positions if come_sorted else _key_ranks(positions, keys)
    # Group and key rank in one integer: one plain sort, much faster than one by two columns.
    by_key = np.empty(len(keys), dtype=np.int64)
    by_key[key_ranks] = positions
    combined = np.sort(groups * len(keys) + key_ranks)
    return np.asarray(by_key[combined % len(keys)], dtype=np.int64)


def _key_ranks(positions: Int64s, keys: Sequence[str]) -> Int64s:
    """For each position, how many of them have a smaller key."""
    import numpy as np

    found = [keys[position] for position in positions.tolist()]
    if len(set(found)) < len(found):
        raise ValueError("keys must be unique, or the order of equal values is left to chance")
    key_ranks = np.empty(len(found), dtype=np.int64)
    key_ranks[sorted(range(len(found)), key=found.__getitem__)] = np.arange(len(found))
    return key_ranks


def _accumulate(ranked: Int64s) -> tuple[int, Int64s]:
    """The sum of positive values and their running sum."""
    import numpy as np

    positive = np.maximum(ranked, 0)
    base = exact_sum(positive)
    if base > LARGEST:
        raise OverflowError("the sum of positive values does not fit into 64 bits")
    return base, np.cumsum(positive, dtype=np.int64)


def exact_sum(amounts: Int64s) -> int:
    """The sum of int64 values of any sign, never wrapped: high and low halves are added apart."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())


def _classes(ranked: Int64s, cumulative: Int64s, base: int) -> NDArray[np.str_]:
    """One letter per ranked value. Values descend, so each class is one stretch."""
    import numpy as np

    classes = np.full(len(ranked), "N")
    classes[: np.count_nonzero(ranked > 0)] = "C"
    if base:
        classes[: _end_of_class(ranked, cumulative, base, B_UNTIL_PERCENT)] = "B"
        classes[: _end_of_class(ranked, cumulative, base, A_UNTIL_PERCENT)] = "A"
    return classes


def _end_of_class(ranked: Int64s, cumulative: Int64s, base: int, percent: int) -> int:
    """How many values start below the percentage of the base, with those equal to the last of them."""
    import numpy as np

    # For integers x < ceil(p/100 base) exactly when 100 x < p base, and nothing leaves 64 bits.
    crossing = np.searchsorted(cumulative, -(-percent * base // 100))
    return int(np.searchsorted(~ranked, ~ranked[crossing], side="right"))
