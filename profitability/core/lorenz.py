"""The Lorenz curve: how little the many smaller ones bring together (Lorenz, Publications of the American Statistical
Association 9(70), 1905)."""

from collections.abc import Sequence
from itertools import accumulate


def lorenz(values: Sequence[int]) -> tuple[int, ...]:
    """What the smallest, the two smallest, the three smallest … bring together; what is below zero brings nothing."""
    return tuple(accumulate(sorted(max(int(value), 0) for value in values)))
