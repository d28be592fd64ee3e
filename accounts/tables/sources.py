"""What every file format hands to the reader: headers, pieces of rows as text, and where each row stood."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from .problems import Problem


@dataclass
class Refusals:
    """What the format itself refuses: the first problems in full, the number of all, and of the rows.

    `handed_out` are rows that turned out to be unsound after they were handed out; they are not among `rows`.
    """

    listed: list[Problem] = field(default_factory=list)
    problems: int = 0
    rows: int = 0
    handed_out: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Piece:
    """Some rows: for each wanted header's place its column of texts, each distinct text once (dictionary).

    `first` is the number of rows handed out before; `unsound` are rows here with a cell that nobody can read.
    """

    first: int
    length: int
    columns: dict[int, pa.DictionaryArray]
    unsound: tuple[int, ...] = field(default=())


class Source(Protocol):
    """An opened file."""

    path: Path
    headers: list[str]
    guards_formulas: bool  # texts may carry the apostrophe that our writer puts before a formula

    def pieces(self, wanted: list[int]) -> Iterator[Piece]:
        """The rows as text; may be called again, from the start."""

    def lines(self, rows: list[int]) -> list[int]:
        """The line in the file (its first is 1) of rows, counted from 0 as they were handed out."""

    def refusals(self) -> Refusals:
        """What was refused while the pieces were read."""
