"""Whether an account suits a key account programme: by the complexity of its processes and of the products it buys.

Both complex: the programme pays. Both simple: selling stays transactional. One of both: it depends.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Fit: TypeAlias = Literal["programme", "depends", "transactional"]

COMPLEX = 5  # of 0..10, from here on
FITS: tuple[Fit, ...] = ("transactional", "depends", "programme")  # by how many of both are complex


def fit(process: int | None, product: int | None) -> Fit | None:
    """None where one of both is not known."""
    if process is None or product is None:
        return None
    return FITS[(process >= COMPLEX) + (product >= COMPLEX)]
