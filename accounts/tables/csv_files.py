"""CSV, plain or gzipped: read in blocks by pyarrow, with an eye of our own on quotes, cells and lines."""

import codecs
import csv
import io
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
from django.utils.translation import gettext as _

from .feed import Feed
from .problems import LISTED, SHOWN, Problem, Unusable
from .sources import Piece, Refusals

BLOCK = 4 << 20  # pyarrow keeps up to 32 of them ready
DELIMITERS = ",;\t"
OTHER_FORMATS = {
    b"\x1f\x8b": "gzip",
    b"PK": "XLSX",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"PAR1": "Parquet",
}


class CsvFile:
    """A CSV file. Rows are records: a line end inside quotes does not end one, an empty line is none."""

    guards_formulas = True

    def __init__(self, path: Path, encoding: str = "utf-8"):
        self.path = path
        self.encoding = known_encoding(path, encoding)
        refuse_other_formats(path, self.encoding)
        self.delimiter, self.headers = self._header()
        self._reset()

    def _reset(self) -> None:
        self._refused = array("q")  # rows with too few or too many cells; the first after the header is 0
        self._refused_texts: list[tuple[int, str]] = []  # of the first of them: number of cells, text
        self._quoting: Problem | None = None
        self._misquoted = -1  # its row, numbered like refused ones
        self._handed_out = 0

    def _header(self) -> tuple[str, list[str]]:
        with self._text() as text:
            start = text.readline(BLOCK)
            unquoted = re.sub('"[^"]*"', "", start)
            delimiter = next((mark for mark in DELIMITERS if mark in unquoted), ",")
            try:
                names = next(csv.reader(chain([start], text), delimiter=delimiter, strict=True), [])
            except csv.Error as error:
                raise Unusable(self.path, _("has a first line with unclosed or misplaced quotes.")) from error
        if not any(name.strip() for name in names):
            raise Unusable(self.path, _("does not begin with a line of column names."))
        return delimiter, [name.strip() for name in names]

    def pieces(self, wanted: list[int]) -> Iterator[Piece]:
        self._reset()
        with Feed(self.path, self.encoding, self.delimiter) as feed:
            try:
                yield from self._read(feed, wanted)
            except pa.ArrowInvalid as error:
                self._check_quotes()
                if self._quoting is None:
                    sentence = _("has a row of more than %(size)s MB: this is not CSV.")
                    raise Unusable(self.path, sentence % {"size": BLOCK >> 20}) from error
                return
            if feed.odd_quotes or feed.quotes % 2:
                self._check_quotes()

    def _read(self, feed: Feed, wanted: list[int]) -> Iterator[Piece]:
        for batch in self._reader(feed, wanted):
            first = self._handed_out
            self._handed_out += len(batch)
            yield Piece(first, len(batch), dict(zip(wanted, batch.columns, strict=True)))

    def _reader(self, feed: Feed, wanted: list[int]) -> pyarrow.csv.CSVStreamingReader:
        names = [str(place) for place in range(len(self.headers))]
        distinct = pa.dictionary(pa.int32(), pa.string())
        return pyarrow.csv.open_csv(
            feed,
            # One thread: only then are refused rows numbered.
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, skip_rows_after_names=1, block_size=BLOCK, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=self._refuse
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, distinct),
                include_columns=[str(place) for place in wanted],
                strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,  # the feed has
            ),
        )

    def _refuse(self, row: pyarrow.csv.InvalidRow) -> str:
        self._refused.append(row.number - 2)  # the header is row 1
        if len(self._refused_texts) < LISTED:
            self._refused_texts.append((row.actual_columns, row.text[:SHOWN]))
        return "skip"

    def _check_quotes(self) -> None:
        """The first place where quotes are not as CSV has them: a slow, strict reading, only on suspicion."""
        with self._text() as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            line, row = 1, -1  # the header
            try:
                for cells in reader:
                    row += bool(cells)
                    line = reader.line_num + 1
            except csv.Error as error:
                reason = _("has quotes that are not closed, or text after a closing quote")
                if "limit" in str(error):
                    reason = _("starts a cell that does not end: its quote is not closed, or this is not CSV")
                self._quoting, self._misquoted = Problem(self.path.name, line, "", "", reason), row

    def _text(self) -> io.TextIOWrapper:
        csv.field_size_limit(4 * BLOCK)  # pyarrow lets a cell span blocks before it gives up
        feed = Feed(self.path, self.encoding)
        return io.TextIOWrapper(io.BufferedReader(feed, 1 << 20), "utf-8-sig", newline="")

    def lines(self, rows: list[int]) -> list[int]:
        """The lines of rows that were handed out: refused rows, which were not, are put back first."""
        # refused[n] - n rows were handed out before the n-th refused one.
        handed_out = [row - number for number, row in enumerate(self._refused)]
        places = [row + bisect_right(handed_out, row) for row in rows]
        found = self._line_numbers(set(places))
        return [found[place] for place in places]

    def _line_numbers(self, wanted: set[int]) -> dict[int, int]:
        """The first line of each of these rows of the file; found by reading it again."""
        found: dict[int, int] = {}
        with self._text() as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            row, line = -1, 1  # the header
            for cells in reader:
                if cells and row in wanted:
                    found[row] = line
                if len(found) == len(wanted):
                    break
                row += bool(cells)
                line = reader.line_num + 1
        return found

    def refusals(self) -> Refusals:
        """A row with misplaced quotes has that one problem: what else is wrong with it follows from them."""
        rows = [row for row in self._refused[: len(self._refused_texts)] if row != self._misquoted]
        lines = self._line_numbers(set(rows)) if rows else {}
        listed = [
            Problem(self.path.name, lines[row], "", text, self._cells_reason(cells))
            for row, (cells, text) in zip(self._refused, self._refused_texts, strict=False)
            if row != self._misquoted
        ]
        if self._quoting is None:
            return Refusals(listed, problems=len(self._refused), rows=len(self._refused))
        count = len(self._refused) + (self._misquoted not in self._refused)
        handed_out = self._misquoted_as()
        return Refusals([self._quoting, *listed], count, count - len(handed_out), handed_out)

    def _misquoted_as(self) -> frozenset[int]:
        """The number by which the row with misplaced quotes was handed out, if it was."""
        number = self._misquoted - bisect_right(self._refused, self._misquoted)
        out = self._misquoted not in self._refused and number < self._handed_out
        return frozenset([number] if out else [])

    def _cells_reason(self, cells: int) -> str:
        sentence = _("has %(cells)s cells where the header has %(headers)s (is a comma not in quotes?)")
        return sentence % {"cells": cells, "headers": len(self.headers)}


def known_encoding(path: Path, encoding: str) -> str:
    """The encoding under its usual name; the mark at the start of a UTF-8 file is read over anyway."""
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)  # refuses codecs that do not turn text into bytes
    except LookupError as error:
        raise Unusable(path, _("there is no text encoding “%(name)s”.") % {"name": encoding}) from error
    return "utf-8" if name == "utf-8-sig" else name


def refuse_other_formats(path: Path, encoding: str) -> None:
    """Files that are no CSV whatever their name says."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Unusable(path, _("is empty (0 bytes)."))
    if path.suffix.lower() == ".gz":
        return
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and not encoding.startswith("utf-16"):
        raise Unusable(path, _("is in UTF-16, not UTF-8. State it (--encoding utf-16) or save the file as UTF-8."))
    for mark, name in OTHER_FORMATS.items():
        if start.startswith(mark):
            sentence = _("is not CSV but %(format)s inside; give it the right ending or save it as CSV.")
            raise Unusable(path, sentence % {"format": name})
