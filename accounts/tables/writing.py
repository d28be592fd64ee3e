"""Exports as CSV, XLSX, Parquet or newline-delimited JSON, streamed; no text in them becomes a formula."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from math import ceil
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from .formulas import guarded, looks_like_formula
from .letters import inches
from .problems import Unusable
from .schema import Schema

Value = str | int | Decimal | float | bool | date | datetime | None
Rows = Iterable[Sequence[Value]]
SheetOf = tuple[str | None, Sequence[str], Rows]  # its name, heads, rows

SHEET_ROWS = 1_048_575  # below the header
SHEET_TEXT = 32_767
SHEET_DIGITS = 15  # what a spreadsheet's number holds
SHEET_NAME = 31  # letters
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
NARROWEST, WIDEST = 9, 50  # columns, in units of about a digit
LOOKED_AT = 100  # rows that say which columns hold numbers
NUMBERS = {"align": "right", "indent": 1}  # keeps them off the texts after them
MEASURED = 500  # rows whose texts say how wide a column is
UNITS_OF_DIGIT = 1.05
PAGE = 230  # units that can still be read beside each other on a page
PIXELS, PIXELS_OF_UNIT, LETTERS = 96, 7, 11  # of an inch, of a unit; points
PADDING = 18  # pixels beside the text of a cell
UNITS_BESIDE = PADDING / PIXELS_OF_UNIT
FILTER_ARROW = 1.5
LINE_HEIGHT, A4 = 15, 9  # points; the paper's number
GROUPED_DIGITS = 6  # decimals; numbers with more are shown as a spreadsheet likes
SHEET_FIRST_DAY = date(1900, 3, 1)  # before that spreadsheets disagree about the calendar


def write(
    path: Path | str, columns: Sequence[str], rows: Rows, schema: Schema | None = None, sheet: str | None = None
) -> int:
    """Writes the rows in the format of the path's ending; returns their number.

    A row has one value for each column: text, Decimal, whole numbers, dates, flags or None. The schema
    settles the column types of Parquet; without one they follow from the first rows. `sheet` names that of a workbook.
    """
    path = Path(path)
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return _write_csv(path, columns, rows)
    if name.endswith((".ndjson", ".ndjson.gz")):
        return _write_ndjson(path, columns, rows)
    if name.endswith(".xlsx"):
        return _write_xlsx(path, columns, rows, sheet)
    if name.endswith(".parquet"):
        from .parquet_writing import write_parquet  # loads pyarrow, which a web process does without

        return write_parquet(path, columns, rows, schema)
    raise Unusable(path, _("has an ending that is not written; these are: .csv, .csv.gz, .xlsx, .parquet, .ndjson."))


# CSV and JSON


def csv_cell(value: Value) -> str | int | None:
    """A value as it stands in a CSV file."""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal | float):
        return format(Decimal(str(value)), "f")
    return value.isoformat() if isinstance(value, date) else value


def csv_lines(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """The file line by line, for answers that are streamed."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for cells in chain([columns], rows):
        writer.writerow([csv_cell(value) for value in cells])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def ndjson_lines(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """One JSON object a line; decimals are numbers with all their digits."""
    names = [json.dumps(name, ensure_ascii=False) for name in columns]
    for row in rows:
        yield ("{" + ", ".join(f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True)) + "}\n")


def _json(value: Value) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def _write_csv(path: Path, columns: Sequence[str], rows: Rows) -> int:
    return _write_lines(path, csv_lines(columns, rows)) - 1


def _write_ndjson(path: Path, columns: Sequence[str], rows: Rows) -> int:
    return _write_lines(path, ndjson_lines(columns, rows))


def _write_lines(path: Path, lines: Iterator[str]) -> int:
    count = 0
    with _text_file(path) as file:
        for line in lines:
            file.write(line)
            count += 1
    return count


@contextmanager
def _text_file(path: Path) -> Iterator[TextIO]:
    if path.name.lower().endswith(".gz"):
        packed = gzip.GzipFile(path, "wb", mtime=0)  # no time stamp: same rows, same file
        with packed, io.TextIOWrapper(packed, "utf-8", newline="") as file:
            yield file
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file


# XLSX


def _write_xlsx(path: Path, columns: Sequence[str], rows: Rows, name: str | None) -> int:
    return sum(write_workbook(path, [(name, columns, rows)]))


def write_workbook(path: Path, tables: Iterable[SheetOf]) -> list[int]:
    """A sheet for each table, in their order; returns how many rows each has."""
    import xlsxwriter  # here, because few who read tables write workbooks

    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, **as_text}) as book:
        return [Sheet(path, book, name).fill(columns, rows) for name, columns, rows in tables]


class Sheet:
    """A sheet of a workbook; texts are cells of text, whatever they look like."""

    def __init__(self, path: Path, book, name: str | None = None):
        self._path = path
        self._sheet = book.add_worksheet(name and NOT_IN_SHEET_NAMES.sub(" ", name)[:SHEET_NAME])
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._number = book.add_format(NUMBERS)
        grouped = ["#,##0", *(f"#,##0.{decimals(digits)}" for digits in range(1, GROUPED_DIGITS + 1))]
        self._grouped = [book.add_format({**NUMBERS, "num_format": shown_as}) for shown_as in grouped]
        # As if typed with an apostrophe: stays text even after somebody edits the cell.
        self._literal = book.add_format({"quote_prefix": True})
        head = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
        self._head = {False: book.add_format(head), True: book.add_format({**head, **NUMBERS})}
        self._wide: list[float] = []
        self._largest: list[int | float | Decimal] = []

    def fill(self, columns: Sequence[str], rows: Rows) -> int:
        """Heads and rows, one after the other; how many rows there were."""
        rows, number = iter(rows), 0
        first = list(islice(rows, LOOKED_AT))
        self.heads(columns, {place for row in first for place, value in enumerate(row) if is_number(value)})
        for number, row in enumerate(chain(first, rows), start=1):
            self.row(number, row)
        self.set_up(number)
        return number

    def heads(self, columns: Sequence[str], numbers: set[int]) -> None:
        """The first row, on up to two lines; it stays in view and comes again on each printed page."""
        self._wide = [head_width(each) for each in columns]
        self._largest = [0] * len(columns)
        if any(units(each, is_bold=True) > wide for each, wide in zip(columns, self._wide, strict=True)):
            self._sheet.set_row(0, 2 * LINE_HEIGHT)
        for place, each in enumerate(columns):
            look = self._literal if looks_like_formula(each) else self._head[place in numbers]
            self._sheet.write_string(0, place, each, look)
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)

    def set_up(self, rows: int) -> None:
        """Columns as wide as what stands in them; filters; on paper as few pages beside each other as can be read."""
        wide = [min(each, WIDEST) for each in self._wide]
        for place, each in enumerate(wide):
            self._sheet.set_column(place, place, each)
        if self._wide:
            self._sheet.autofilter(0, 0, rows, len(self._wide) - 1)
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        pages = ceil(sum(wide) / PAGE) or 1
        self._sheet.fit_to_pages(pages, 0)
        if pages > 1:
            self._sheet.repeat_columns(0, 1)

    def row(self, number: int, values: Sequence[Value]) -> None:
        if number > SHEET_ROWS:
            raise Unusable(self._path, _("would need more rows than a sheet has; export CSV or Parquet instead."))
        for place, value in enumerate(values):
            if value is not None:
                self._cell(number, place, value)
                self._measure(number, place, value)

    def _cell(self, row: int, place: int, value: Value) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(row, place, value)
        elif is_number(value) and _fits_sheet(value):
            self._sheet.write_number(row, place, value, self._number_format(value))
        elif isinstance(value, date) and not isinstance(value, datetime) and value >= SHEET_FIRST_DAY:
            self._sheet.write_datetime(row, place, value, self._day)
        else:
            self._text(row, place, value if isinstance(value, str) else str(csv_cell(value)))

    def _measure(self, row: int, place: int, value: Value) -> None:
        """The first rows; of further ones only numbers larger than all before, for they show nothing where they do
        not fit."""
        if place >= len(self._wide):
            return
        if is_number(value):
            size = abs(value)
            if row > MEASURED and size <= self._largest[place]:
                return
            self._largest[place] = max(size, self._largest[place])
            wide = len(f"-{size:,}") * UNITS_OF_DIGIT + UNITS_BESIDE
        elif row > MEASURED:
            return
        else:
            wide = units(value[:WIDEST] if isinstance(value, str) else str(csv_cell(value)))
        self._wide[place] = max(wide, self._wide[place])

    def _number_format(self, value: int | float | Decimal):
        """A decimal number shows the decimals it has, such as the cents of an amount."""
        digits = -value.as_tuple().exponent if isinstance(value, Decimal) else -1
        return self._grouped[digits] if 0 <= digits <= GROUPED_DIGITS else self._number

    def _text(self, row: int, place: int, text: str) -> None:
        if len(text) > SHEET_TEXT:
            raise Unusable(self._path, _("holds a text too long for a sheet; export CSV or Parquet instead."))
        self._sheet.write_string(row, place, text, self._literal if looks_like_formula(text) else None)


def decimals(digits: int) -> str:
    """Cents always, further ones where they say something."""
    return "0" * min(digits, 2) + "#" * (digits - 2)


def is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def units(text: str, is_bold: bool = False) -> float:
    """How wide a column is that shows a text."""
    return inches(text, LETTERS, is_bold) * PIXELS / PIXELS_OF_UNIT + UNITS_BESIDE


def head_width(head: str) -> float:
    """Of a column whose head may stand on two lines, beside the arrow of its filter."""
    longest = max([units(each, is_bold=True) for each in head.split()] or [0.0])
    return max(NARROWEST, longest, units(head, is_bold=True) / 2 + 1.5) + FILTER_ARROW


def _fits_sheet(value: int | float | Decimal) -> bool:
    digits = format(Decimal(str(value)), "f").lstrip("-").replace(".", "").strip("0")
    return len(digits) <= SHEET_DIGITS
