"""XLSX: checked as a ZIP file before it is opened, then read row by row; formulas and errors are refused."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
from django.utils.translation import gettext as _

from .problems import LISTED, Problem, Unusable, listing
from .sources import Piece, Refusals

PIECE_ROWS = 32_768
UNPACKED = 1 << 30
RATIO_FROM = 16 << 20  # small parts may be packed as tightly as they like
RATIO = 100  # sheets of text and numbers: 5 to 30
LEGACY = b"\xd0\xcf\x11\xe0"  # XLS, and XLSX with a password


def refuse_bombs(path: Path) -> None:
    """Looks at the ZIP directory alone: in milliseconds, whatever the file would unpack to."""
    _refuse_other_formats(path)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unusable(path, _("is not an XLSX file, or a damaged one.")) from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Unusable(path, _("is a ZIP file but no XLSX workbook."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unusable(path, _("holds macros; save it as XLSX without them."))
    size, packed = sum(part.file_size for part in parts), path.stat().st_size
    if size > UNPACKED or (size > RATIO_FROM and size > RATIO * packed):
        raise Unusable(path, _("unpacks to %(size)s MB, far more than a sheet of data does.") % {"size": size >> 20})


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Unusable(path, _("is empty (0 bytes)."))
    if start == LEGACY:
        raise Unusable(path, _("is an old XLS file or has a password; save it as XLSX without one."))


class XlsxFile:
    """The sheet of an XLSX workbook that holds the data. A row with no cell filled is no row."""

    guards_formulas = False

    def __init__(self, path: Path, kind: str):
        self.path = path
        self.kind = kind
        refuse_bombs(path)
        self.headers = self._header()
        self._reset()

    def _reset(self) -> None:
        self._lines: list[int] = []
        self._refusals = Refusals()

    def _cells(self) -> Iterator[tuple]:
        """The rows of the sheet as cells; whatever a broken workbook raises becomes a sentence."""
        try:
            with self.path.open("rb") as file:
                book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
                yield from self._sheet(book).iter_rows()
        except (Unusable, MemoryError):
            raise
        except Exception as error:  # openpyxl passes on what ZIP, XML and its own checks raise
            raise Unusable(self.path, _("is damaged: it cannot be read as an XLSX workbook.")) from error

    def _sheet(self, book: openpyxl.Workbook):
        sheets = book.worksheets
        named = [sheet for sheet in sheets if sheet.title.lower() == self.kind]
        filled = named or [sheet for sheet in sheets if _is_filled(sheet)] or sheets[:1]
        if len(filled) == 1:
            return filled[0]
        if not filled:
            raise Unusable(self.path, _("has no sheet with cells."))
        sentence = _("has several sheets with data (%(sheets)s); name the one to read “%(kind)s”.")
        names = listing([sheet.title for sheet in filled])
        raise Unusable(self.path, sentence % {"sheets": names, "kind": self.kind})

    def _header(self) -> list[str]:
        cells = next(self._cells(), ())
        names = [_text(cell).strip() if cell.value is not None else "" for cell in cells]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise Unusable(self.path, _("does not begin with a row of column names."))
        return names

    def pieces(self, wanted: list[int]) -> Iterator[Piece]:
        self._reset()
        columns: list[list[str | None]] = [[] for _place in wanted]
        unsound: list[int] = []
        first = 0
        for number, cells in enumerate(self._cells(), start=1):
            if number == 1 or all(cell.value is None for cell in cells):
                continue
            self._lines.append(number)
            if not self._row(cells, wanted, columns, number):
                unsound.append(len(self._lines) - 1 - first)
            if len(self._lines) - first == PIECE_ROWS:
                yield _piece(first, wanted, columns, unsound)
                first = len(self._lines)
                columns, unsound = [[] for _place in wanted], []
        if len(self._lines) > first:
            yield _piece(first, wanted, columns, unsound)

    def _row(self, cells: tuple, wanted: list[int], columns: list[list[str | None]], number: int) -> bool:
        """Takes the wanted cells; False if one of the row is a formula, an error or beyond the header."""
        problems = [*self._beyond(cells, number), *self._unreadable(cells, wanted, number)]
        if problems:
            refusals = self._refusals
            refusals.rows += 1
            refusals.problems += len(problems)
            refusals.listed += problems[: LISTED - len(refusals.listed)]
        for place, column in zip(wanted, columns, strict=True):
            cell = cells[place] if place < len(cells) else None
            column.append(None if problems or cell is None or cell.value is None else _text(cell))
        return not problems

    def _unreadable(self, cells: tuple, wanted: list[int], number: int) -> Iterator[Problem]:
        for place in wanted:
            if place < len(cells) and cells[place].data_type in "fe":
                yield self._problem(cells[place], number, self.headers[place])

    def _beyond(self, cells: tuple, number: int) -> Iterator[Problem]:
        for cell in cells[len(self.headers) :]:
            if cell.value is not None:
                reason = _("in cell %(cell)s stands beyond the last column name") % {"cell": cell.coordinate}
                yield Problem(self.path.name, number, "", str(cell.value), reason)
                return

    def _problem(self, cell, number: int, header: str) -> Problem:
        if cell.data_type == "e":
            reason = _("in cell %(cell)s is an error, not a value")
        else:
            reason = _("in cell %(cell)s is a formula; paste its value instead")
        value = str(getattr(cell.value, "text", cell.value))  # array formulas are objects
        return Problem(self.path.name, number, header, value, reason % {"cell": cell.coordinate})

    def lines(self, rows: list[int]) -> list[int]:
        return [self._lines[row] for row in rows]

    def refusals(self) -> Refusals:
        return self._refusals


def _piece(first: int, wanted: list[int], columns: list[list[str | None]], unsound: list[int]) -> Piece:
    texts = [pa.array(column, pa.string()).dictionary_encode() for column in columns]
    return Piece(first, len(columns[0]), dict(zip(wanted, texts, strict=True)), tuple(unsound))


def _is_filled(sheet) -> bool:
    return any(cell.value is not None for row in sheet.iter_rows(max_row=2) for cell in row)


def _text(cell) -> str:
    """A cell as it would stand in a CSV file."""
    value = cell.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _number(value: int | float, shown_as: str) -> str:
    """A number without exponent; a format of zeros alone (00000) is how sheets show codes such as 00042."""
    text = format(Decimal(repr(value)), "f")
    text = text[:-2] if text.endswith(".0") else text
    return text.zfill(len(shown_as)) if set(shown_as) == {"0"} else text
