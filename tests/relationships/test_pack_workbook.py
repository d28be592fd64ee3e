"""The workbook of a pack as a spreadsheet shows and prints it."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.tables.letters import inches
from relationships.packs.blocks import (
    DAY,
    MONEY,
    NUMBER,
    SHARE,
    Cell,
    Column,
    Deck,
    Figure,
    Figures,
    Page,
    Table,
    Words,
)
from relationships.packs.workbook import workbook

LONG = "Agree on a rolling forecast of thirteen weeks which the buying office shares each Monday before noon. " * 3
COLUMNS = [Column("Objective", weight=6), Column("Now", NUMBER), Column("Target", NUMBER), Column("By", DAY),
           Column("Standing")]  # fmt: skip
ROWS = [
    [LONG, Cell(Decimal("1234567.891"), MONEY), Cell(Decimal("0.1055"), SHARE), date(2028, 12, 31), "Reached"],
    ["Offers", Cell(Decimal(8), NUMBER, "an order"), Cell(Decimal("6.5"), NUMBER, "an order"), None, "Open"],
]


def sheets(*pages: Page, account="Acme"):
    deck = Deck(account, "Key account plan", "Confidential", False, "Run 1", "", "", date(2026, 3, 1), "USD", pages)
    return load_workbook(io.BytesIO(workbook(deck)))


@pytest.fixture
def sheet():
    return sheets(Page("o", "Objectives", [Table("", COLUMNS, ROWS, totals=frozenset({1}))]))["Objectives"]


def room_of(sheet, letter: str) -> float:
    """The inside of a column in inches."""
    return (sheet.column_dimensions[letter].width * 7 - 4) / 96


def test_columns_are_as_wide_as_their_numbers_and_days(sheet):
    for letter, said in (
        ("B", "1,234,567.89"),
        ("C", "10.6%"),
        ("D", "an order"),
        ("E", "2028-12-31"),
        ("F", "Reached"),
    ):
        assert inches(said, 11, True) < room_of(sheet, letter)
    assert all(8 < each.width < 62 for each in sheet.column_dimensions.values())


def test_rows_are_as_high_as_their_texts(sheet):
    lines = inches(LONG, 11) / room_of(sheet, "A")

    assert sheet.row_dimensions[5].height >= 15 * lines
    assert sheet.row_dimensions[6].height is None  # the usual one


def test_units_stand_behind_their_numbers_and_numbers_as_what_they_are(sheet):
    assert [cell.value for cell in sheet[4]] == ["Objective", "Now", "Target", "Unit", "By", "Standing"]
    assert [cell.value for cell in sheet[6]][:4] == ["Offers", 8, 6.5, "an order"]
    shown = {cell.coordinate: cell.number_format for row in sheet["B5:E6"] for cell in row}
    assert shown["B5"] == "#,##0.00" and shown["C5"] == "0.0%" and shown["E5"] == "yyyy-mm-dd"
    assert shown["B6"] == "#,##0" and shown["C6"] == "#,##0.####"  # 8 and not "8."
    assert sheet["E5"].is_date


def test_heads_of_numbers_stand_over_them_and_totals_are_bold(sheet):
    assert sheet["B4"].alignment.horizontal == sheet["B5"].alignment.horizontal == "right"
    assert sheet["A4"].alignment.horizontal != "right"
    assert sheet["A6"].font.b and sheet["B6"].font.b and not sheet["A5"].font.b


def test_a_sheet_prints_on_the_width_of_a_page_with_its_heads_on_each(sheet):
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (None, 1) and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.freeze_panes == "A5"
    assert "Confidential" in sheet.oddFooter.left.text and "&P" in sheet.oddFooter.right.text


def test_a_table_with_a_title_repeats_that_too_and_several_tables_only_the_title_of_the_page():
    table, figures = Table("Needs", COLUMNS, ROWS), Figures([Figure("Net revenue", Decimal(5))])

    book = sheets(Page("n", "What they need", [table]), Page("b", "Both", [figures, table]))

    assert book["What they need"].print_title_rows == "$1:$5"
    assert book["Both"].print_title_rows == "$1:$2"
    assert book["Both"].freeze_panes is None


def test_words_stand_over_all_columns_whole():
    book = sheets(Page("a", "Agenda", [Words("Who takes part", [LONG]), Table("", COLUMNS, ROWS)]))

    sheet = book["Agenda"]
    merged = next(iter(sheet.merged_cells.ranges))
    assert sheet.cell(5, 1).value == LONG and merged.coord == "A5:F5"
    wide = sum(room_of(sheet, letter) for letter in "ABCDEF")
    assert sheet.row_dimensions[5].height >= 15 * inches(LONG, 11) / wide


def test_a_table_without_rows_says_so():
    sheet = sheets(Page("r", "Risks", [Table("", COLUMNS, [], "No risk is stated yet.")]))["Risks"]

    assert sheet["A5"].value == "No risk is stated yet."


def test_an_ampersand_in_a_name_is_one_in_the_foot():
    sheet = sheets(Page("r", "Risks", [Table("", COLUMNS, ROWS)]), account="Totes & Baskets")["Risks"]

    assert "Totes && Baskets" in sheet.oddFooter.left.text
