"""What is exported is read again as it was, and no spreadsheet calculates it."""

import gzip
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tables import Column, Schema, Unusable, read, write
from accounts.tables.formulas import guarded, looks_like_formula, unguarded
from tests.accounts.kinds import ACCOUNTS, ORDER_LINES, rows

FORMATS = ["csv", "csv.gz", "xlsx", "parquet"]
HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "|cmd", "%x", "=cmd|' /C calc'!A0", "\u200b=1", "＝1+1", "\u00a0=1", "＠a",
    "'=1", "''=1", "'", "''", "'a", "-", "+", "=", "-5", "+5", "-1e3", "-1,5", "NA", "None", "007", "1e5", "a;=1",
    '"=1"', "=\"a\"&\"b\"", "http://example.com", "a'=1", "{=1}",
]  # fmt: skip
NAMED = Schema("accounts", (Column("code", "code", required=True), Column("name", "text")))


@pytest.mark.parametrize("ending", FORMATS)
def test_hostile_names_come_back_as_they_were(tmp_path, ending):
    path = tmp_path / f"accounts.{ending}"
    names = [(str(number), name) for number, name in enumerate(HOSTILE)]

    assert write(path, ["code", "name"], names) == len(HOSTILE)

    # A zero-width space inside a name is refused in codes only.
    assert rows(read(path, NAMED), "code", "name") == [(code, name.strip()) for code, name in names]


@pytest.mark.parametrize("text", [each for each in HOSTILE if looks_like_formula(each)])
def test_no_cell_is_a_formula(tmp_path, text):
    write(tmp_path / "a.csv", ["name"], [[text]])
    write(tmp_path / "a.xlsx", ["name"], [[text]])

    assert (tmp_path / "a.csv").read_text().splitlines()[1].strip('"').startswith("'")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_numbers_that_begin_with_a_sign_stay_plain():
    assert [guarded(text) for text in ("-5", "+5", "-1e3", "-1,5", "-.5")] == ["-5", "+5", "-1e3", "-1,5", "-.5"]


@given(st.text(st.sampled_from("'=+-@|% 1a,\u200b＝"), max_size=8))
def test_the_apostrophe_is_taken_away_exactly(text):
    assert unguarded(guarded(text)) == text
    assert not looks_like_formula(guarded(text))


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, min_size=1), st.sampled_from(FORMATS))
def test_any_name_comes_back(tmp_path, names, ending):
    path = tmp_path / f"accounts.{ending}"

    write(path, ["code", "name"], [(str(number), name) for number, name in enumerate(names)])

    assert rows(read(path, NAMED), "name") == [(name,) for name in names]


@pytest.mark.parametrize("ending", FORMATS)
def test_every_type_comes_back(tmp_path, ending):
    path = tmp_path / f"order_lines.{ending}"
    names = ["order_id", "line_no", "ordered_on", "quantity", "unit_price", "net_amount", "due_on", "express"]
    lines = [
        ("A", 1, date(1900, 1, 1), Decimal("-3"), Decimal("0.0001"), Decimal("999999999999.9999"), None, True),
        ("A", 2, date(2024, 2, 29), Decimal("12.5"), None, Decimal("0.1"), date(2199, 12, 31), False),
    ]

    write(path, names, lines, ORDER_LINES)

    assert rows(read(path, ORDER_LINES), *names) == [
        ("A", 1, date(1900, 1, 1), -30_000, 1, 9_999_999_999_999_999, None, True),
        ("A", 2, date(2024, 2, 29), 125_000, None, 1_000, date(2199, 12, 31), False),
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_no_rows_is_a_file_with_a_header(tmp_path, ending):
    path = tmp_path / f"accounts.{ending}"

    assert write(path, ["code", "name"], []) == 0

    assert rows(read(path, ACCOUNTS), "code") == []


def test_json_lines_keep_all_digits(tmp_path):
    write(tmp_path / "a.ndjson", ["name", "amount", "on"], [["=é", Decimal("0.10"), date(2024, 1, 2)], [None, 1, None]])

    lines = (tmp_path / "a.ndjson").read_text().splitlines()
    assert '"amount": 0.10' in lines[0]
    assert [json.loads(line) for line in lines] == [
        {"name": "=é", "amount": 0.1, "on": "2024-01-02"},
        {"name": None, "amount": 1, "on": None},
    ]


def test_the_same_rows_make_the_same_packed_file(tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        write(tmp_path / name, ["name"], [["x"]])

    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == b"name\nx\n"
    assert (tmp_path / "a.csv.gz").read_bytes()[10:].endswith((tmp_path / "b.csv.gz").read_bytes()[-12:])


def test_parquet_is_written_in_pieces(tmp_path):
    path = tmp_path / "accounts.parquet"

    assert write(path, ["code", "name"], ((str(number), "a") for number in range(140_000))) == 140_000

    assert sum(len(batch) for batch in read(path, NAMED).batches()) == 140_000


def test_what_a_format_cannot_hold_gets_a_sentence(tmp_path):
    with pytest.raises(Unusable, match="not written"):
        write(tmp_path / "a.txt", ["name"], [])
    with pytest.raises(Unusable, match="too long for a sheet"):
        write(tmp_path / "a.xlsx", ["name"], [["x" * 40_000]])
