"""A pack as a workbook: one sheet a subject, numbers as numbers, texts never as formulas; what they mean at the end."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.tables.formulas import looks_like_formula
from accounts.tables.writing import NOT_IN_SHEET_NAMES, SHEET_NAME
from relationships.packs.blocks import (
    DAY,
    MONEY,
    NUMBER,
    SCORE,
    SHARE,
    TEXT,
    Cell,
    Column,
    Deck,
    Figures,
    Page,
    Plane,
    Table,
    Timeline,
    Trend,
    Waterfall,
    Words,
    flat,
)

FORMATS = {MONEY: "#,##0.00", SHARE: "0.0%", SCORE: "0.00", NUMBER: "#,##0.####", DAY: "yyyy-mm-dd", TEXT: "@"}
INK, LINE = "#1d2129", "#b9bcc2"
WIDTHS = {TEXT: 18, MONEY: 16, SHARE: 11, SCORE: 11, NUMBER: 12, DAY: 12}
LONGEST = 32_767
Rows = Sequence[Sequence[object]]


def workbook(deck: Deck) -> bytes:
    """The file."""
    import xlsxwriter  # here: a web process starts without it

    file = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": f"{deck.title}: {deck.account}", "subject": deck.mark, "comments": deck.source})
        sheets = Sheets(book, deck)
        sheets.cover()
        for page in deck.pages:
            sheets.page(page)
        sheets.listed(_("Definitions"), [Column(_("Figure")), Column(_("Meaning"), weight=8)], deck.definitions)
    return file.getvalue()


class Sheets:
    """Writes pages as sheets; each says for whom it is and where its figures come from."""

    def __init__(self, book, deck: Deck):
        self.book, self.deck, self.names = book, deck, set()
        look = {"valign": "top", "font_color": INK}
        self.formats = {kind: book.add_format({**look, "num_format": shape}) for kind, shape in FORMATS.items()}
        self.formats[TEXT] = book.add_format({**look, "text_wrap": True})
        self.literal = book.add_format({**look, "text_wrap": True, "quote_prefix": True})
        self.head = book.add_format(
            {"bold": True, "font_color": INK, "bottom": 1, "bottom_color": LINE, "valign": "top"}
        )
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": INK})
        self.quiet = book.add_format({"font_color": "#565d69"})

    def sheet(self, title: str, name: str = ""):
        """A new sheet with its title, the mark and the source above its tables."""
        made = self.book.add_worksheet(self.unused(name or title))
        made.hide_gridlines(2)
        made.set_landscape()
        made.fit_to_pages(1, 0)
        self.text(made, 0, 0, title, self.title)
        self.text(made, 1, 0, f"{self.deck.mark} · {self.deck.source}", self.quiet)
        return made

    def unused(self, name: str) -> str:
        """A name as spreadsheets allow it, in whole words, that no sheet has yet."""
        plain = NOT_IN_SHEET_NAMES.sub(" ", name).strip() or "Sheet"
        unique, number = in_words(plain, SHEET_NAME), 2
        while unique.lower() in self.names:
            unique, number = f"{in_words(plain, SHEET_NAME - 3)} {number}", number + 1
        self.names.add(unique.lower())
        return unique

    def cover(self) -> None:
        made = self.sheet(_("Overview"))
        made.set_column(0, 0, 24)
        made.set_column(1, 1, 90)
        facts = [(_("Account"), self.deck.account), (_("Pack"), self.deck.title), *self.deck.facts]
        facts.append((_("Made on"), date_format(self.deck.made_on, "j M Y")))
        for row, (label, said) in enumerate(facts, start=3):
            self.text(made, row, 0, label, self.head)
            self.text(made, row, 1, said, self.formats[TEXT])

    def listed(self, name: str, columns: Sequence[Column], rows: Rows) -> None:
        if rows:
            self.table(self.sheet(name), 3, columns, rows)

    def page(self, page: Page) -> None:
        made, row, widths = self.sheet(page.title, page.name), 3, {}
        for title, columns, rows in (found for block in flat(page) for found in tables(block)):
            if title:
                self.text(made, row, 0, title, self.title)
                row += 1
            for place, column in enumerate(columns):
                wide = WIDTHS[column.kind] * (min(column.weight, 4) / 2 if column.kind == TEXT else 1)
                widths[place] = max(widths.get(place, 0), wide)
            row = self.table(made, row, columns, rows) + 2
        for place, wide in widths.items():
            made.set_column(place, place, wide)

    def table(self, sheet, row: int, columns: Sequence[Column], rows: Rows) -> int:
        for place, column in enumerate(columns):
            self.text(sheet, row, place, column.label, self.head)
        for row, cells in enumerate(rows, start=row + 1):  # noqa: B020  the row after the last one goes back
            for place, (column, value) in enumerate(zip(columns, cells, strict=True)):
                self.cell(sheet, row, place, value, column.kind)
        return row

    def cell(self, sheet, row: int, place: int, value, kind: str) -> None:
        if isinstance(value, Cell):
            value, kind = value.value, value.kind
        if value is None or value == "":
            return
        if isinstance(value, date):
            sheet.write_datetime(row, place, value, self.formats[DAY])
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, place, value, self.formats[kind if kind != TEXT else NUMBER])
        else:
            self.text(sheet, row, place, str(value), self.formats[TEXT])

    def text(self, sheet, row: int, place: int, said: str, shape) -> None:
        """Always as text, and it stays text when somebody edits the cell."""
        said = str(said)[:LONGEST]
        sheet.write_string(row, place, said, self.literal if looks_like_formula(said) else shape)


def in_words(text: str, longest: int) -> str:
    """The text as far as it fits, without half a word at the end."""
    if len(text) <= longest:
        return text
    whole = text[: longest + 1].rpartition(" ")[0]
    return (whole or text[:longest]).strip()


def tables(block) -> Iterator[tuple[str, Sequence[Column], Rows]]:
    """A block as a title, columns and rows: charts by the figures they draw."""
    if isinstance(block, Table):
        yield block.title, with_units(block)[0], with_units(block)[1]
    elif isinstance(block, Words):
        yield block.title, [Column("", weight=8)], [[each] for each in block.lines]
    elif isinstance(block, Figures):
        rows = [[each.label, Cell(each.value, each.kind), each.note] for each in block.items]
        yield block.title, [Column(_("Figure")), Column(_("Value"), NUMBER), Column("")], rows
    elif isinstance(block, Waterfall):
        rows = [[each.label, each.amount if each.is_total else -each.amount] for each in block.steps]
        yield block.title, [Column(_("Step")), Column(_("Amount"), MONEY)], rows
    else:
        yield from drawn_tables(block)


def drawn_tables(block) -> Iterator[tuple[str, Sequence[Column], Rows]]:
    if isinstance(block, Trend):
        columns = [Column(_("Month")), *(Column(name, MONEY) for name, _values in block.series)]
        rows = [[month, *(values[place] for _name, values in block.series)] for place, month in enumerate(block.months)]
        yield block.title, columns, rows
    elif isinstance(block, Plane):
        columns = [
            Column(_("Place")),
            Column(block.x_label, SCORE),
            Column(block.y_label, SCORE),
            Column(_("Size"), MONEY),
        ]
        yield block.title, columns, [[each.label, each.x, each.y, each.size] for each in block.bubbles]
    elif isinstance(block, Timeline):
        columns = [Column(""), Column(_("What"), weight=6), Column(_("From"), DAY), Column(_("Until"), DAY)]
        rows = [[lane.label, each.label, each.from_on, each.until_on] for lane in block.lanes for each in lane.spans]
        yield block.title, columns, rows


def with_units(table: Table) -> tuple[Sequence[Column], Rows]:
    """Units of single cells in a column of their own: the numbers stay numbers."""
    if not any(isinstance(value, Cell) and value.unit for row in table.rows for value in row):
        return table.columns, table.rows
    units = [[next((each.unit for each in row if isinstance(each, Cell) and each.unit), "")] for row in table.rows]
    rows = [[*row, *unit] for row, unit in zip(table.rows, units, strict=True)]
    return [*table.columns, Column(_("Unit"))], rows
