"""A pack as a workbook: one sheet a subject, numbers as numbers, texts never as formulas; what they mean at the end."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.tables.formulas import looks_like_formula
from accounts.tables.writing import A4, NOT_IN_SHEET_NAMES, NUMBERS, SHEET_NAME, SHEET_TEXT
from relationships.packs.blocks import DAY, MONEY, NUMBER, SCORE, SHARE, TEXT, Cell, Column, Deck, Page, Table, flat
from relationships.packs.grids import Grid, column_widths, grids, row_height

WHOLE, LATER = "whole", "later"  # numbers without decimals; texts behind the first column
FORMATS = {MONEY: "#,##0.00", SHARE: "0.0%", SCORE: "0.00", NUMBER: "#,##0.####", WHOLE: "#,##0"}
APART = {"align": "left", "indent": 1}  # texts off each other
INK, QUIET, LINE = "#1d2129", "#565d69", "#b9bcc2"


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
        if deck.definitions:
            columns = [Column(_("Figure")), Column(_("Meaning"))]
            sheets.page(Page("definitions", _("Definitions"), [Table("", columns, deck.definitions)]))
    return file.getvalue()


class Sheets:
    """Writes pages as sheets; each says for whom it is and where its figures come from."""

    def __init__(self, book, deck: Deck):
        self.book, self.deck, self.names = book, deck, set()
        self.looks = Looks(book)

    def sheet(self, title: str, name: str = ""):
        """A new sheet with its title, the mark and the source above its tables; on paper as wide as a page."""
        made = self.book.add_worksheet(self.unused(name or title))
        made.hide_gridlines(2)
        made.set_landscape()
        made.set_paper(A4)
        made.fit_to_pages(1, 0)
        made.set_footer(f"&L{in_foot(self.deck.whose)}&C&A&R&P / &N")
        self.text(made, 0, 0, title, self.looks.title)
        self.text(made, 1, 0, f"{self.deck.mark} · {self.deck.source}", self.looks.quiet)
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
        made, wide = self.sheet(_("Overview")), [24.0, 100.0]
        for place, each in enumerate(wide):
            made.set_column(place, place, each)
        facts = [(_("Account"), self.deck.account), (_("Pack"), self.deck.title), *self.deck.facts]
        facts.append((_("Made on"), date_format(self.deck.made_on, "j M Y")))
        for row, (label, said) in enumerate(facts, start=3):
            made.set_row(row, row_height([said], wide[1:]))
            self.text(made, row, 0, label, self.looks.label)
            self.text(made, row, 1, said, self.looks.of[TEXT])

    def page(self, page: Page) -> None:
        made, row = self.sheet(page.title, page.name), 3
        listed = [each for block in flat(page) for each in grids(block)]
        wide = column_widths(listed)
        for place, each in enumerate(wide):
            made.set_column(place, place, each)
        for each in listed:
            if each.title and each.title != page.title:
                self.text(made, row, 0, each.title, self.looks.subtitle)
                row += 1
            row = self.words(made, row, each, wide) if each.is_words else self.table(made, row, each, wide)
            row += 1
        self.heads(made, page, listed)

    def heads(self, sheet, page: Page, listed: Sequence[Grid]) -> None:
        """The title comes again on each page of paper; of a table alone its head too, and it stays in view."""
        if len(listed) != 1 or listed[0].is_words:
            sheet.repeat_rows(0, 1)
            return
        head = 3 + (listed[0].title not in {"", page.title})
        sheet.repeat_rows(0, head)
        sheet.freeze_panes(head + 1, 0)

    def words(self, sheet, row: int, said: Grid, wide: Sequence[float]) -> int:
        """Each over all columns, as high as it needs."""
        for [line] in said.rows:
            sheet.set_row(row, row_height([line], [sum(wide)]))
            if len(wide) > 1:
                sheet.merge_range(row, 0, row, len(wide) - 1, "", self.looks.of[TEXT])
            self.text(sheet, row, 0, line, self.looks.of[TEXT])
            row += 1
        return row

    def table(self, sheet, row: int, grid: Grid, wide: Sequence[float]) -> int:
        """Head and rows; the row after them."""
        sheet.set_row(row, row_height([column.label for column in grid.columns], wide, True))
        for place, column in enumerate(grid.columns):
            look = self.looks.head[NUMBER if column.is_number else LATER if place else TEXT]
            self.text(sheet, row, place, column.label, look)
        if not grid.rows:
            self.text(sheet, row + 1, 0, grid.empty or "–", self.looks.quiet)
            return row + 2
        for number, cells in enumerate(grid.rows):
            row += 1
            sheet.set_row(row, row_height([each if isinstance(each, str) else "" for each in cells], wide))
            for place, (column, value) in enumerate(zip(grid.columns, cells, strict=True)):
                self.cell(sheet, row, place, value, column.kind, number in grid.totals)
        return row + 1

    def cell(self, sheet, row: int, place: int, value, kind: str, is_total: bool = False) -> None:
        if isinstance(value, Cell):
            value, kind = value.value, value.kind
        if value is None or value == "":
            return
        looks = self.looks.of_totals if is_total else self.looks.of
        if isinstance(value, date):
            sheet.write_datetime(row, place, value, looks[DAY])
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, place, value, looks[number_kind(kind, value)])
        else:
            self.text(sheet, row, place, str(value), looks[LATER if place else TEXT])

    def text(self, sheet, row: int, place: int, said: str, look) -> None:
        """Always as text, and it stays text when somebody edits the cell."""
        said = str(said)[:SHEET_TEXT]
        sheet.write_string(row, place, said, self.looks.literal if looks_like_formula(said) else look)


class Looks:
    """How cells look."""

    def __init__(self, book):
        look = {"valign": "top", "font_color": INK}
        self.of = self.kinds(book, look)
        self.of_totals = self.kinds(book, {**look, "bold": True})
        self.literal = book.add_format({**look, "text_wrap": True, "quote_prefix": True})
        self.label = book.add_format({**look, "font_color": QUIET})
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": INK})
        self.subtitle = book.add_format({"bold": True, "font_size": 12, "font_color": INK})
        self.quiet = book.add_format({"font_color": QUIET})
        head = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bottom_color": LINE}
        self.head = {
            kind: book.add_format({**head, **side}) for kind, side in ((TEXT, {}), (LATER, APART), (NUMBER, NUMBERS))
        }

    def kinds(self, book, look: dict) -> dict:
        found = {kind: book.add_format({**look, **NUMBERS, "num_format": shape}) for kind, shape in FORMATS.items()}
        found[DAY] = book.add_format({**look, **APART, "num_format": "yyyy-mm-dd"})
        found[TEXT] = book.add_format({**look, "text_wrap": True})
        found[LATER] = book.add_format({**look, **APART, "text_wrap": True})
        return found


def number_kind(kind: str, value: int | float | Decimal) -> str:
    """Whole numbers have no decimal point."""
    return WHOLE if kind in {NUMBER, TEXT} and value == int(value) else NUMBER if kind == TEXT else kind


def in_foot(said: str) -> str:
    """A foot takes the sign & as the start of an instruction, and few letters."""
    return in_words(said, 45).replace("&", "&&")


def in_words(text: str, longest: int) -> str:
    """The text as far as it fits, without half a word at the end."""
    if len(text) <= longest:
        return text
    whole = text[: longest + 1].rpartition(" ")[0]
    return (whole or text[:longest]).strip()
