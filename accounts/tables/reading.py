"""Opens a file of any accepted format and reads it against a schema."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from .csv_files import CsvFile
from .doubts import Doubts
from .layout import arrange
from .mapping import Mapping, refuse_misfit
from .problems import LISTED, Findings, Problem, Unusable, listing
from .schema import Schema
from .sieve import Batch, Sieve, key_hashes
from .sources import Refusals, Source

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")


@dataclass(frozen=True)
class Counts:
    """Where the rows of a file went: rows = accepted + skipped (by rule) + refused."""

    rows: int
    accepted: int
    skipped: int
    refused: int


@dataclass(frozen=True)
class Repeat:
    """A row whose key an earlier row has."""

    row: int
    first: int
    key: tuple


def read(
    path: Path | str,
    schema: Schema,
    mapping: Mapping | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
) -> "Table":
    """The file as a table of that schema. Raises Unusable when it cannot be one.

    Encoding (UTF-8) and decimal mark (point) are as given here, else as the map states them.
    """
    mapping = mapping or Mapping()
    refuse_misfit(mapping, schema)
    mark = decimal or mapping.decimal or "."
    if mark not in (".", ","):
        raise Unusable(path, _("cannot be read with “%(mark)s” as decimal mark: “.” or “,”.") % {"mark": mark})
    return Table(opened(Path(path), schema.kind, encoding or mapping.encoding or "utf-8"), schema, mapping, mark)


def opened(path: Path, kind: str, encoding: str) -> Source:
    """The file in the reader of its format, told by its ending."""
    if not path.is_file():
        raise Unusable(path, _("is not there, or is not a file."))
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return CsvFile(path, encoding)
    if name.endswith(".xlsx"):
        from .xlsx_files import XlsxFile  # openpyxl takes a third of a second to load

        return XlsxFile(path, kind)
    if name.endswith(".parquet"):
        from .parquet_files import ParquetFile

        return ParquetFile(path)
    raise Unusable(path, _("has an ending that is not read; these are: %(endings)s.") % {"endings": listing(ENDINGS)})


class Table:
    """A file being read. Counts, problems and the like are complete once all batches are taken."""

    def __init__(self, source: Source, schema: Schema, mapping: Mapping, decimal: str):
        self.path = source.path
        self.schema = schema
        self.mapping = mapping
        self._source = source
        self._layout = arrange(source.path, source.headers, schema, mapping)
        self._decimal = decimal
        self.takes_keys_once = False  # for who writes the rows: of a key that comes twice only the first is meant
        self._start()

    def _start(self) -> None:
        self._sieve = self._new_sieve()
        self._repeated = 0
        self._repeats: list[Repeat] = []
        self._later = Findings()
        self._later_rows: set[int] = set()

    @property
    def columns(self) -> set[str]:
        """Our columns that the file or the map fills; the others are null in every batch."""
        rules = {"line_no"} if self.mapping.line_no else set()
        rules |= {"is_return"} if self.mapping.returns else set()
        rules |= {"discount_amount"} if self.mapping.discount_share else set()
        return {*self._layout.places, *self.mapping.defaults, *rules} - {"discount_share"}

    @property
    def unknown_columns(self) -> list[str]:
        """Headers that no column of ours takes: reported, never read."""
        return self._layout.unknown

    @cached_property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def batches(self) -> Iterator[Batch]:
        """The rows without problems, in the order of the file. Each call reads the file from its start."""
        self._start()
        yield from self._batches(self._sieve)
        suspects, self._repeated = self._sieve.keys.repeated()
        if len(suspects):
            self._compare(suspects)

    def _new_sieve(self) -> Sieve:
        guards = self._source.guards_formulas
        doubts = Doubts(self._decimal, getattr(self._source, "delimiter", ""))
        return Sieve(self.schema, self.mapping, self._layout, self._decimal, guards, doubts)

    def _batches(self, sieve: Sieve) -> Iterator[Batch]:
        for piece in self._source.pieces(self._layout.wanted):
            batch = sieve.batch(piece)
            if len(batch):
                yield batch

    def _compare(self, suspects: np.ndarray) -> None:
        """Second reading: rows whose key looks repeated, compared in full; of very many, some examples."""
        first_rows: dict[tuple, int] = {}
        examples = suspects[:LISTED]
        for batch in self._batches(self._new_sieve()):
            rows = np.flatnonzero(np.isin(key_hashes(batch, self.schema), examples))
            keys = zip(*(batch.columns[name].take(rows).to_pylist() for name in self.schema.key), strict=True)
            for row, key in zip(batch.rows[rows].tolist(), keys, strict=True):
                first = first_rows.setdefault(key, row)
                if first != row:
                    self._repeats.append(Repeat(row, first, key))
        if len(suspects) == len(examples):
            self._repeated = len(self._repeats)

    def refuse(self, row: int, column: str, value: str, reason: str) -> None:
        """A problem seen by the importer: `row` of Batch.rows, our column, a reason that ends a sentence."""
        self._later.add(int(row), column, value, reason)
        self._later_rows.add(int(row))

    @property
    def counts(self) -> Counts:
        sieve, refusals = self._sieve, self._source.refusals()
        repeats = self._repeated - len(_parted(self._repeats, refusals)[1])
        unsound = {row for row in refusals.handed_out if sieve.has_taken(row)}
        later = self._later_rows.difference(refusals.handed_out, (repeat.row for repeat in self._repeats))
        held_back = repeats + len(unsound) + len(later)
        refused = sieve.refused + refusals.rows + held_back
        accepted = sieve.accepted - held_back
        return Counts(accepted + sieve.skipped + refused, accepted, sieve.skipped, refused)

    @property
    def rounded(self) -> dict[str, int]:
        """For each column the number of cells with more than four decimals, which were rounded half up."""
        return {self.header(name): count for name, count in self._sieve.rounded.items()}

    @property
    def doubtful(self) -> dict[str, str]:
        """For each column whose numbers look as if a point parted thousands, one of them."""
        return {self.header(name): text for name, text in self._sieve.doubts.examples.items()}

    @property
    def problem_count(self) -> int:
        refusals = self._source.refusals()
        every = self._sieve.findings.total + self._repeated + self._later.total + refusals.problems
        found = [*self._sieve.findings.listed, *self._later.listed, *self._repeats]
        return every - len(_parted(found, refusals)[1])

    @property
    def problems(self) -> list[Problem]:
        """The problems in the order of the file, at most 1,000 of them; problem_count counts all."""
        refusals = self._source.refusals()
        found, _void = _parted(self._sieve.findings.listed + self._later.listed, refusals)
        repeats, _void = _parted(self._repeats, refusals)
        rows = {each.row for each in found + repeats} | {each.first for each in repeats}
        lines = dict(zip(rows, self._source.lines(list(rows)), strict=True)) if rows else {}
        problems = list(refusals.listed)
        problems += [self._problem(lines[each.row], each.column, each.value, each.reason) for each in found]
        problems += [self._repeat_problem(repeat, lines) for repeat in repeats]
        return sorted(problems, key=lambda problem: (problem.line, problem.column))[:LISTED]

    def header(self, name: str) -> str:
        """What the file calls a column of ours (our own name when it has none)."""
        place = self._layout.places.get(name)
        return name if place is None else self._source.headers[place]

    def _problem(self, line: int, column: str, value: str, reason: str) -> Problem:
        return Problem(self.path.name, line, self.header(column), value, reason)

    def _repeat_problem(self, repeat: Repeat, lines: dict[int, int]) -> Problem:
        value = ", ".join("" if part is None else str(part) for part in repeat.key)
        reason = _("is already on line %(line)s; a file holds each %(key)s once")
        names = {
            "line": lines[repeat.first],
            "key": " + ".join(self.header(name) for name in self.schema.key),
        }
        return self._problem(lines[repeat.row], self.schema.key[0], value, reason % names)


def _parted(found: list, refusals: Refusals) -> tuple[list, list]:
    """What stands, and what is void: it follows from what the format itself found wrong with the row."""
    void = [each for each in found if each.row in refusals.handed_out]
    return [each for each in found if each.row not in refusals.handed_out], void
