"""Numbers that may be read in two ways: where a comma is the decimal mark, “2.000” is two thousand."""

import pyarrow as pa
import pyarrow.compute as pc

from .schema import DECIMALS, Column

THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
DOTTED = r"^[+-]?[0-9]*\.[0-9]+$"


class Doubts:
    """Columns whose numbers look as if a point parted thousands, each with an example.

    In a file whose cells are parted by semicolons, as spreadsheets write where the comma is the decimal mark, one such
    number is enough; in others every number with a point has to look so.
    """

    def __init__(self, decimal: str, delimiter: str) -> None:
        self.examples: dict[str, str] = {}
        self._settled: set[str] = set()
        self._watches = decimal == "." and delimiter != ""
        self._one_is_enough = delimiter == ";"

    def see(self, column: Column, texts: pa.Array) -> None:
        """Look at distinct texts of a column."""
        if not self._watches or column.type not in DECIMALS or column.name in self._settled:
            return
        parted = texts.filter(pc.fill_null(pc.match_substring_regex(texts, THOUSANDS), False))
        if len(parted):
            self.examples.setdefault(column.name, parted[0].as_py())
        if self._one_is_enough:
            self._settled |= self.examples.keys()
        elif pc.sum(pc.match_substring_regex(texts, DOTTED), min_count=0).as_py() > len(parted):
            self._settled.add(column.name)
            self.examples.pop(column.name, None)
