"""An exported sheet as a spreadsheet shows and prints it: nothing is ###, cut off or without its head."""

from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.tables import write
from accounts.tables.letters import inches

HEADS = ["Code", "Account", "Net revenue", "Orders", "Share of what all accounts bring in", "Since"]
NAME = "Westside Plaza and Outdoor Equipment"
ROW = ["A1", NAME, Decimal("-1234567.89"), 123_456, Decimal("0.118368"), date(2026, 1, 31)]


def sheet_of(tmp_path, heads, rows):
    write(tmp_path / "a.xlsx", heads, rows)
    return openpyxl.load_workbook(tmp_path / "a.xlsx").active


@pytest.fixture
def sheet(tmp_path):
    return sheet_of(tmp_path, HEADS, [ROW] * 3)


def room_of(sheet, letter: str) -> float:
    """The inside of a column, less the indent of a number."""
    return (sheet.column_dimensions[letter].width * 7 - 5 - 9) / 96


def test_columns_are_as_wide_as_what_stands_in_them(sheet):
    shown = {"B": ROW[1], "C": "-1,234,567.89", "D": "123456", "E": "0.118368", "F": "2026-01-31"}

    for letter, said in shown.items():
        assert inches(said, 11) <= room_of(sheet, letter) + (9 / 96 if letter in "BF" else 0), letter


@settings(max_examples=30)
@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False), st.integers(0, 900))
def test_a_large_number_far_below_is_not_hidden(tmp_path_factory, amount, rows_before):
    rows = [[Decimal("1.00")]] * rows_before + [[amount]]

    sheet = sheet_of(tmp_path_factory.mktemp("sheets"), ["Amount"], rows)

    assert inches(f"{amount:,.2f}", 11) <= room_of(sheet, "A")


def test_no_column_is_wider_than_a_screen(tmp_path):
    sheet = sheet_of(tmp_path, ["Note"], [["word " * 500]])

    assert sheet.column_dimensions["A"].width < 52


def test_heads_are_bold_stand_over_their_numbers_and_break_rather_than_widen(sheet):
    assert all(cell.font.b and cell.alignment.wrap_text for cell in sheet[1])
    assert [cell.alignment.horizontal == "right" for cell in sheet[1]] == [False, False, True, True, True, False]
    assert sheet["C2"].alignment.horizontal == sheet["D2"].alignment.horizontal == "right"
    assert sheet.row_dimensions[1].height == 30
    assert sheet.column_dimensions["E"].width < 25


def test_a_sheet_can_be_filtered_and_its_head_stays_in_view_and_on_each_page(sheet):
    assert sheet.auto_filter.ref == "A1:F4"
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_many_columns_go_on_several_pages_with_the_first_two_on_each(tmp_path):
    sheet = sheet_of(tmp_path, [f"Column {number}" for number in range(40)], [["a text of some length"] * 40])

    assert sheet.page_setup.fitToWidth > 2
    assert sheet.print_title_cols == "$A:$B"


def test_a_head_that_looks_like_a_formula_stays_a_text(tmp_path):
    assert sheet_of(tmp_path, ["=1+1"], [["a"]])["A1"].quotePrefix


def test_no_rows_and_no_columns_are_a_sheet_too(tmp_path):
    assert sheet_of(tmp_path, ["Code"], [])["A1"].value == "Code"
    assert sheet_of(tmp_path, [], []).max_row == 1


def test_decimals_beyond_cents_are_shown_where_they_say_something(sheet):
    assert sheet["C2"].number_format == "#,##0.00"
    assert sheet["E2"].number_format == "#,##0.00####"
    assert sheet["F2"].number_format == "yyyy-mm-dd"
