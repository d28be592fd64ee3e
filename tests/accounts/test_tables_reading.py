"""Good files: what is in them comes out, typed, from every format."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tables import Unusable, expand, kind_of, read
from accounts.tables.columns import complaint, parse
from accounts.tables.schema import Column, Type
from tests.accounts.kinds import ACCOUNTS, EVENTS, ORDER_LINES, csv_file, problems, rows

NAMED = "code,name\n007,NA\n8,None\n9,null\n10,nan\n"


def test_names_that_mean_nothing_to_us_stay_names(tmp_path):
    table = read(csv_file(tmp_path, NAMED), ACCOUNTS)

    assert rows(table, "code", "name") == [("007", "NA"), ("8", "None"), ("9", "null"), ("10", "nan")]
    assert (table.counts.rows, table.counts.accepted, table.problems) == (4, 4, [])


def test_columns_are_found_by_name_and_others_reported(tmp_path):
    table = read(csv_file(tmp_path, "note,name,code,\nx,Ada,1,y\n"), ACCOUNTS)

    assert rows(table, "code", "name", "opened_on") == [("1", "Ada", None)]
    assert table.unknown_columns == ["note", "(no name)"]
    assert table.columns == {"code", "name"}


def test_every_type_is_read(tmp_path):
    text = (
        "code,name,opened_on,manager_email,process_complexity,annual_potential,segment\n"
        " A 1 , Ärger & Söhne ,2024-02-29T23:59:59Z,a.b@example.com,7.5,-1234.56785,retail\n"
    )

    table = read(csv_file(tmp_path, text), ACCOUNTS)

    names = [column.name for column in ACCOUNTS.columns]
    assert rows(table, *names) == [
        ("A 1", "Ärger & Söhne", date(2024, 2, 29), "a.b@example.com", 75_000, -12_345_679, "retail")
    ]
    assert table.rounded == {"annual_potential": 1}


def test_months_flags_and_extra_numbers_are_read(tmp_path):
    table = read(csv_file(tmp_path, "event_id,month,x_km\ne1,2024-03,12.5\ne2,2024-12-01,\n"), EVENTS)

    assert rows(table, "event_id", "month", "x_km") == [("e1", 202403, 125_000), ("e2", 202412, None)]
    assert table.unknown_columns == []


@pytest.mark.parametrize("text", ["1", "true", "TRUE", "Yes"])
def test_a_flag_is_told_in_several_ways(text):
    assert parse(pa.array([text]), Column("express", "flag")).values.to_pylist() == [True]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("\ufeffcode,name\r\n1,Müller\r\n".encode(), {}),
        ("code,name\n1,Müller".encode(), {}),
        ("code,name\r1,Müller\r".encode(), {}),
        ("code,name\n1,Müller\n".encode("cp1252"), {"encoding": "cp1252"}),
        ("code,name\n1,Müller\n".encode("utf-16"), {"encoding": "utf-16"}),
        ("code;name\n1;Müller\n".encode(), {}),
        ("code\tname\n1\tMüller\n".encode(), {}),
        ('"code","name"\n\n"1","Müller"\n\n'.encode(), {}),
    ],
)
def test_encodings_line_ends_and_delimiters(tmp_path, data, options):
    assert rows(read(csv_file(tmp_path, data), ACCOUNTS, **options), "code", "name") == [("1", "Müller")]


def test_a_decimal_comma_can_be_declared(tmp_path):
    path = csv_file(tmp_path, "code;name;annual_potential\n1;Ada;1234,5\n")

    assert rows(read(path, ACCOUNTS, decimal=","), "annual_potential") == [(12_345_000,)]


def test_gzipped_files_are_read(tmp_path):
    assert len(rows(read(csv_file(tmp_path, NAMED, "accounts.csv.gz"), ACCOUNTS), "code")) == 4


def test_a_file_with_a_header_alone_has_no_rows(tmp_path):
    for text in ("code,name\n", "code,name"):
        table = read(csv_file(tmp_path, text), ACCOUNTS)

        assert rows(table, "code") == []
        assert (table.counts.rows, table.problems) == (0, [])


def test_workbooks_are_read_as_they_are_shown(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["code", "name", "opened_on", "annual_potential", "process_complexity"])
    book.active.append([7, "=literally", datetime(2024, 5, 1, 10), 0.1, 10])
    book.active["B2"].data_type = "s"
    book.active["A2"].number_format = "00000"
    book.active.append([None, None])
    book.active.append(["8", "NA", "2024-05-02", 1e-5, None])
    book.create_sheet("empty")
    book.save(tmp_path / "accounts.xlsx")

    table = read(tmp_path / "accounts.xlsx", ACCOUNTS)

    assert rows(table, "code", "name", "opened_on", "annual_potential", "process_complexity") == [
        ("00007", "=literally", date(2024, 5, 1), 1000, 100_000),
        ("8", "NA", date(2024, 5, 2), 0, None),
    ]


def test_a_workbook_of_many_sheets_is_read_at_the_sheet_named_as_the_kind(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["code", "name"])
    book.create_sheet("Accounts").append(["code", "name"])
    book["Accounts"].append(["1", "Ada"])
    book.save(tmp_path / "accounts.xlsx")

    assert rows(read(tmp_path / "accounts.xlsx", ACCOUNTS), "code") == [("1",)]


def test_typed_columns_of_parquet_are_read(tmp_path):
    table = pa.table(
        {
            "order_id": pa.array(["a", "b"]).dictionary_encode(),
            "line_no": pa.array([1, 2], pa.int16()),
            "ordered_on": pa.array([datetime(2024, 1, 2, 23, 30), None], pa.timestamp("ns")).fill_null(
                pa.scalar(datetime(2024, 1, 3), pa.timestamp("ns"))
            ),
            "quantity": pa.array([0.1, 1e-7]),
            "unit_price": pa.array([Decimal("1.23456789"), None], pa.decimal128(20, 8)),
            "due_on": pa.array([date(2024, 1, 2), None]),
            "express": pa.array([True, None]),
            "account_code": pa.array([42, None]),
        }
    )
    pq.write_table(table, tmp_path / "order_lines.parquet")

    found = read(tmp_path / "order_lines.parquet", ORDER_LINES)

    assert rows(found, *table.column_names) == [
        ("a", 1, date(2024, 1, 2), 1000, 12_346, date(2024, 1, 2), True, "42"),
        ("b", 2, date(2024, 1, 3), 0, None, None, None, None),
    ]


def test_batches_can_be_taken_again(tmp_path):
    table = read(csv_file(tmp_path, "code,name\n1,a\n1,b\n2,\n"), ACCOUNTS)

    first = rows(table, "code"), table.counts, table.problems

    assert (rows(table, "code"), table.counts, table.problems) == first


def test_the_importer_can_refuse_rows_of_its_own(tmp_path):
    table = read(csv_file(tmp_path, 'code,name\n1,"a\nb"\n2,c\n3,d\n'), ACCOUNTS)
    (batch,) = table.batches()

    table.refuse(batch.rows[1], "name", "d", "is taken")

    assert [str(problem) for problem in table.problems] == [
        "accounts.csv, line 2, column name: “a\\nb” holds a control or invisible character (U+000A at position 2)",
        "accounts.csv, line 5, column name: “d” is taken",
    ]
    assert (table.counts.accepted, table.counts.refused) == (1, 2)


CELLS = st.lists(
    st.lists(st.text(st.sampled_from('ab,"\n\r \té'), max_size=6), min_size=2, max_size=2).filter(any), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CELLS)
def test_csv_is_read_as_the_csv_module_reads_it(tmp_path, cells):
    text = io.StringIO()
    csv.writer(text).writerows([["code", "name"], *cells])
    schema = ACCOUNTS.__class__("accounts", (Column("code", multiline=True), Column("name", multiline=True)))

    table = read(csv_file(tmp_path, text.getvalue()), schema)

    assert rows(table, "code", "name") == [tuple(cell.strip() or None for cell in row) for row in cells]


LIMITED = {
    Type.INTEGER: {"minimum": 1, "maximum": 5},
    Type.SCORE: {"minimum": 0, "maximum": 10},
    Type.CODE: {"max_length": 4},
}
TEXTS = st.one_of(
    st.text(max_size=8),
    st.text("0123456789.,+-eE", max_size=16),
    st.from_regex(r"[0-2][0-9]{3}-[01][0-9](-[0-3][0-9])?([T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?)?", fullmatch=True),
    st.sampled_from(["a@b.co", "true", "No", "2", "a@b", "3.0000", "3.00000", "1e5", "5.5", "2024-02-30"]),
)


@settings(max_examples=300)
@given(st.sampled_from(list(Type)), st.lists(TEXTS, min_size=1), st.sampled_from(".,"))
def test_a_reason_is_given_for_exactly_the_cells_that_are_refused(kind, texts, mark):
    column = Column("x", kind, **LIMITED.get(kind, {}))
    trimmed = [text.strip() for text in texts if text.strip()]

    refused = parse(pa.array(trimmed, pa.string()), column, mark).refused.tolist()

    assert refused == [complaint(text, column, mark) is not None for text in trimmed]


def test_kinds_are_told_by_file_names(tmp_path):
    kinds = ["accounts", "account_criteria", "order_lines"]

    names = ["order_lines_2024.csv.gz", "ACCOUNTS.XLSX", "account_criteria.csv", "orders.csv", "accounts.txt"]
    assert [kind_of(name, kinds) for name in names] == ["order_lines", "accounts", "account_criteria", None, None]

    for name in ("order_lines.csv", "accounts.csv", "notes.txt"):
        csv_file(tmp_path, "", name)
    found = expand([tmp_path], kinds)
    assert [(path.name, kind) for path, kind in found] == [
        ("accounts.csv", "accounts"),
        ("order_lines.csv", "order_lines"),
    ]
    with pytest.raises(Unusable, match="--kind"):
        expand([tmp_path / "notes.txt"], kinds)
    assert expand([tmp_path / "notes.txt"], kinds, "accounts") == [(tmp_path / "notes.txt", "accounts")]


def test_memory_of_a_bad_file_is_bounded(tmp_path):
    path = csv_file(tmp_path, "code,name\n" + "1,\n" * 3000)
    table = read(path, ACCOUNTS)

    assert rows(table, "code") == []
    assert (len(table.problems), table.problem_count, table.counts.refused) == (1000, 3000, 3000)
    assert problems(csv_file(tmp_path, "code,name\n1,\n"))[0][:2] == (2, "name")
