"""Bad files: each gets a sentence with file, line, column and reason, and no row with a problem comes out."""

import gzip
import io
import struct
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accounts.tables import Mapping, Unusable, read
from tests.accounts.kinds import ACCOUNTS, ORDER_LINES, csv_file, problems, rows

HEADER = "code,name,opened_on,annual_potential,process_complexity,manager_email,segment\n"
GOOD = "G,Good,2024-01-01,1,1,,\n"


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        (',A,,,,,', "code", "", "is required, but the cell is empty"),
        ('   ,A,,,,,', "code", "", "is required, but the cell is empty"),
        ('1,A,,"1.234,50",,,', "annual_potential", "1.234,50", "is not a number as expected"),
        ('1,A,,"(1,234.50)",,,', "annual_potential", "(1,234.50)", "no thousands marks, brackets"),
        ("1,A,,1_000,,,", "annual_potential", "1_000", "is not a number"),
        ("1,A,,NaN,,,", "annual_potential", "NaN", "is not a number"),
        ("1,A,,inf,,,", "annual_potential", "inf", "is not a number"),
        ("1,A,,1e400,,,", "annual_potential", "1e400", "exponents (such as -1234.50)"),
        ("1,A,,１２,,,", "annual_potential", "１２", "is not a number"),
        ("1,A,,€5,,,", "annual_potential", "€5", "currency signs"),
        ("1,A,,1234567890123,,,", "annual_potential", "1234567890123", "more than 12 digits"),
        ("1,A,,-1234567890123.5,,,", "annual_potential", "-1234567890123.5", "more than 12 digits"),
        ("1,A,1899-12-31,,,,", "opened_on", "1899-12-31", "is before 1900"),
        ("1,A,2200-01-01,,,,", "opened_on", "2200-01-01", "is after 2199"),
        ("1,A,2023-02-29,,,,", "opened_on", "2023-02-29", "is a day that no calendar has"),
        ("1,A,31/12/2023,,,,", "opened_on", "31/12/2023", "YYYY-MM-DD"),
        ("1,A,2023-12-31 25:00,,,,", "opened_on", "2023-12-31 25:00", "is not a date"),
        ("1,A,,,10.0001,,", "process_complexity", "10.0001", "is more than 10"),
        ("1,A,,,-1,,", "process_complexity", "-1", "is less than 0"),
        ("1,A,,,,nobody,", "manager_email", "nobody", "is not an e-mail address"),
        ("1,A,,,,,retial", "segment", "retial", "is none of retail, wholesale. Did you mean “retail”?"),
        ("1,A\x00B,,,,,", "name", "A\x00B", "U+0000 at position 2"),
        ("1,A\x07B,,,,,", "name", "A\x07B", "control or invisible character (U+0007 at position 2)"),
        ("1,\u202eA,,,,,", "name", "\u202eA", "U+202E"),
        ("1\u200b2,A,,,,,", "code", "1\u200b2", "U+200B"),
        (f"{'1' * 65},A,,,,,", "code", "1" * 65, "is longer than 64 characters"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(tmp_path, cells, column, value, reason):
    path = csv_file(tmp_path, f"{HEADER}{GOOD}{cells}\n")

    ((line, *where, told),) = problems(path)

    assert (line, where) == (3, [column, value])
    assert reason in told
    assert rows(read(path, ACCOUNTS), "code") == [("G",)]


def test_problems_carry_the_headers_of_the_file(tmp_path):
    path = csv_file(tmp_path, "event_id,quantity,x_km\ne,-1,far\n")
    from tests.accounts.kinds import EVENTS

    assert [(line, column, value) for line, column, value, _reason in problems(path, EVENTS)] == [
        (2, "quantity", "-1"),
        (2, "x_km", "far"),
    ]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    text = 'code,name,opened_on\r\n\r\n1,"two\r\nlines",\r\n2,b\r\n"3",c,1899-01-01\r\n4,d,,\r\n5,,\r\n'

    found = problems(csv_file(tmp_path, text))

    assert [(line, column) for line, column, _value, _reason in found] == [
        (3, "name"),
        (5, ""),
        (6, "opened_on"),
        (7, ""),
        (8, "name"),
    ]
    assert "has 2 cells where the header has 3" in found[1][3]
    assert found[1][2] == "2,b"
    assert "has 4 cells where the header has 3" in found[3][3]


@pytest.mark.parametrize("name", ["accounts.csv", "accounts.csv.gz"])
def test_refused_rows_are_found_far_down(tmp_path, name):
    good = "".join(f"{number},name {number}\n" for number in range(400_000))
    path = csv_file(tmp_path, f"code,name\n{good}x\n{good.replace(',', 'b,', 1)}y,\n", name)

    table = read(path, ACCOUNTS.__class__("accounts", ACCOUNTS.columns))
    count = sum(len(batch) for batch in table.batches())

    assert count == 800_000
    assert [(each.line, each.column) for each in table.problems] == [(400_002, ""), (800_003, "name")]
    assert table.counts.rows == 800_002


def test_a_key_may_come_once(tmp_path):
    text = (
        "order_id,line_no,ordered_on,quantity\nA,1,2024-01-01,1\nA,2,2024-01-01,1\nA,1,2024-01-02,2\nB,1,2024-01-01,1\n"
    )

    path = csv_file(tmp_path, text, "order_lines.csv")

    assert problems(path, ORDER_LINES) == [
        (4, "order_id", "A, 1", "is already on line 2; a file holds each order_id + line_no once")
    ]
    table = read(path, ORDER_LINES)
    rows(table, "order_id")
    assert (table.counts.accepted, table.counts.refused) == (3, 1)


def test_many_repeated_keys_are_counted_and_some_named(tmp_path):
    path = csv_file(tmp_path, "code,name\n" + "".join(f"{number},a\n" for number in range(5000)) * 2)
    table = read(path, ACCOUNTS)

    rows(table, "code")

    assert (len(table.problems), table.problem_count, table.counts.refused) == (1000, 5000, 5000)


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    path = csv_file(tmp_path, f"{HEADER},,x,y,z,a,b\n{GOOD}")

    assert [column for _line, column, _value, _reason in problems(path)] == [
        "annual_potential", "code", "manager_email", "name", "opened_on", "process_complexity", "segment",
    ]  # fmt: skip


def unusable(path, schema=ACCOUNTS, **options) -> str:
    with pytest.raises(Unusable) as caught:
        for _batch in read(path, schema, **options).batches():
            pass
    assert caught.value.file == path.name
    return caught.value.sentence


FAR = "code,name\n" + "1234,a good name\n" * 100_000


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.csv", b"", "is empty (0 bytes)."),
        ("a.csv", b"\n\ncode,name\n", "does not begin with a line of column names."),
        ("a.csv", "code,name\n1,é\n".encode("utf-16"), "is in UTF-16, not UTF-8. State it (--encoding utf-16)"),
        ("a.csv", "code,name\n1,a\n2,Müller\n".encode("cp1252"), "line 3 holds 0xFC, which is not text in UTF-8."),
        ("a.csv", (FAR + "2,Müller\n").encode("cp1252"), "line 100002 holds 0xFC"),
        ("a.csv.gz", (FAR + "2,Müller\n").encode("cp1252"), "line 100002 holds 0xFC"),
        ("a.csv", "code,note,name\n1,a,\n2,ü,b\n".encode("cp1252"), "--encoding cp1252"),
        ("a.csv", b"code,name\n1,\xe2\x82", "line 2 holds 0xE2"),
        ("a.csv", b"code,title\n1,a\n", "has no column name, which accounts need. It has code, title."),
        ("a.csv", b"code,Name\n1,a\n", "Did you mean “Name”?"),
        ("a.csv", b"code,name,name\n1,a,b\n", "has more than one column named name."),
        ("a.csv", b'code,"name\n1,a\n', "unclosed or misplaced quotes"),
        ("a.csv", b"PK\x03\x04....", "is not CSV but XLSX inside"),
        ("a.csv", b"\xd0\xcf\x11\xe0....", "is not CSV but XLS inside"),
        ("a.csv", gzip.compress(b"code,name\n1,a\n", mtime=0), "is not CSV but gzip inside"),
        ("a.csv", b"PAR1....", "is not CSV but Parquet inside"),
        ("a.csv", b"code,name\n1," + b"x" * (9 << 20) + b"\n2,a\n", "has a row of more than 4 MB"),
        ("a.txt", b"code,name\n", "has an ending that is not read"),
        ("a.xlsx", b"", "is empty (0 bytes)."),
        ("a.xlsx", b"code,name\n1,a\n", "is not an XLSX file, or a damaged one."),
        ("a.xlsx", b"\xd0\xcf\x11\xe0....", "is an old XLS file or has a password"),
        ("a.parquet", b"", "is empty (0 bytes)."),
        ("a.parquet", b"code,name\n1,a\n", "is not a Parquet file, or a damaged one."),
        ("a.parquet", b"PAR1" + b"\x00" * 50 + b"PAR1", "is not a Parquet file, or a damaged one."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(tmp_path, name, data, sentence):
    assert sentence in unusable(csv_file(tmp_path, data, name))


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("code,names,name_2", {"segment": "names"}),
        ("code,names", {"segment": "names"}),
    ],
)
def test_a_column_that_is_in_use_is_not_proposed_for_another(tmp_path, header, mapping):
    path = csv_file(tmp_path, f"{header}\n")

    for columns in (mapping, mapping | {"name": "nameS"}):
        with pytest.raises(Unusable) as refusal:
            read(path, ACCOUNTS, Mapping(columns=columns))

        assert "Did you mean “names”?" not in str(refusal.value)
        assert ("Did you mean “name_2”?" in str(refusal.value)) == ("name_2" in header)


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path):
    assert "is not there" in unusable(tmp_path / "nothing.csv")


@pytest.mark.parametrize("encoding", ["latin-42", "base64", "hex"])
def test_an_unknown_encoding_gets_a_sentence(tmp_path, encoding):
    assert "no text encoding" in unusable(csv_file(tmp_path, "code,name\n"), encoding=encoding)


def test_a_file_in_another_encoding_than_stated_gets_a_sentence(tmp_path):
    path = csv_file(tmp_path, b"code,name\n1,\xff\x00\xd8\n")

    assert "line " in unusable(path, encoding="ascii")
    assert "holds" in unusable(path, encoding="utf-16")


def test_damaged_gzip_files_get_a_sentence(tmp_path):
    packed = gzip.compress(FAR.encode())
    for data in (packed[:-200], packed[:100] + b"\x00" * 50 + packed[150:], b"no gzip at all"):
        path = tmp_path / "accounts.csv.gz"
        path.write_bytes(data)
        assert "is damaged or no gzip file" in unusable(path)


def test_a_gzip_bomb_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "accounts.csv.gz"
    line = b"1," + b"a" * 4094 + b"\n"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"code,name\n")
        for _megabyte in range(100):
            file.write(line * 256)

    assert "far more than a ledger" in unusable(path)


@pytest.mark.parametrize("cell", ['"abc"def', '"open'])
def test_quotes_out_of_place_are_not_guessed_at(tmp_path, cell):
    path = csv_file(tmp_path, f"code,name\n1,a\n2,{cell}\n3,b\n")

    assert (3, "", "", "has quotes that are not closed, or text after a closing quote") in problems(path)


@pytest.mark.parametrize(
    ("cells", "accepted"),
    [
        ('2,"open,DE', 1),  # swallows the rest, too few cells
        ('"open,b,DE', 1),
        ('2,"open",DE\n3,"b,FR', 2),
        ('2,"abc"def,DE', 2),  # the rest is read
        ('2,"abc"def,DE,x', 2),
        ('2,"abc"def', 2),
        ('1,"abc"def,DE', 2),  # as if the key of the first row came again
    ],
)
def test_a_misplaced_quote_gives_one_message_and_the_rows_add_up(tmp_path, cells, accepted):
    table = read(csv_file(tmp_path, f"code,name,country\n1,a,DE\n{cells}\n9,z,\n"), ACCOUNTS)

    taken = sum(map(len, table.batches()))

    (problem,) = table.problems
    assert "quotes" in problem.reason
    assert table.problem_count == 1
    assert (table.counts.accepted, table.counts.refused, table.counts.rows) == (accepted, 1, accepted + 1)
    assert taken in (accepted, accepted + 1)


def test_a_problem_before_an_open_quote_is_told_too(tmp_path):
    path = csv_file(tmp_path, 'code,name,opened_on\n1,a,soon\n2,b,2024-01-01\n3,"open,later\n4,d,never\n')

    assert [(line, column) for line, column, *_rest in problems(path)] == [(2, "opened_on"), (4, "")]


def test_a_quote_left_open_in_a_large_file_is_found(tmp_path):
    path = csv_file(tmp_path, f'code,name\n1,"open\n{FAR * 10}')

    assert problems(path)[0][0] == 2


def test_a_cell_that_never_ends_is_named(tmp_path):
    path = csv_file(tmp_path, b"code,name\n1,a\n2," + b"x" * (40 << 20) + b"\n3,c\n")

    assert (3, "starts a cell that does not end") in [(line, reason[:31]) for line, _c, _v, reason in problems(path)]


def test_an_inch_mark_is_no_quote(tmp_path):
    path = csv_file(tmp_path, 'code,name\n1,pipe 15"x4\n2,pipe 3"\n3,"4"" pipe"\n')

    assert rows(read(path, ACCOUNTS), "name") == [('pipe 15"x4',), ('pipe 3"',), ('4" pipe',)]


def workbook(path, *lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def test_formulas_and_errors_in_a_workbook_are_named_by_cell(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["code", "name"], [1, "=1+1"], [2, "b"], [], [3, "#REF!"], [4, "d", "e"])

    assert [(line, column, reason) for line, column, _value, reason in problems(path)] == [
        (2, "name", "in cell B2 is a formula; paste its value instead"),
        (5, "name", "in cell B5 is an error, not a value"),
        (6, "", "in cell C6 stands beyond the last column name"),
    ]
    table = read(path, ACCOUNTS)
    assert rows(table, "code") == [("2",)]
    assert (table.counts.rows, table.counts.refused) == (4, 3)


def test_problems_in_a_workbook_have_the_row_of_the_sheet(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["code", "name"], [], ["1", "a"], [None, None], ["1", "b"], ["2", None])

    assert [(line, column) for line, column, _value, _reason in problems(path)] == [(5, "code"), (6, "name")]


def test_a_workbook_with_data_on_several_sheets_is_ambiguous(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["code", "name"])
    book.create_sheet("more").append(["code", "name"])
    book.save(tmp_path / "a.xlsx")

    assert "several sheets with data (Sheet, more)" in unusable(tmp_path / "a.xlsx")


def rezipped(path, changes):
    """The workbook with parts replaced or added."""
    data = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, None) or old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_bomb_as_workbook_is_refused_before_it_is_opened(tmp_path):
    path = rezipped(workbook(tmp_path / "a.xlsx", ["code", "name"]), {SHEET: b" " * (64 << 20)})

    assert "unpacks to 64 MB, far more than a sheet of data does" in unusable(path)


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path):
    path = rezipped(workbook(tmp_path / "a.xlsx", ["code", "name"]), {SHEET: b" " * (64 << 20)})
    data = path.read_bytes().replace(struct.pack("<I", 64 << 20), struct.pack("<I", 1000))
    path.write_bytes(data)

    assert "is damaged" in unusable(path)


def test_macros_other_archives_and_broken_sheets_are_refused(tmp_path):
    path = tmp_path / "a.xlsx"

    assert "macros" in unusable(rezipped(workbook(path, ["code", "name"]), {"xl/vbaProject.bin": b"x"}))
    assert "is damaged" in unusable(rezipped(workbook(path, ["code", "name"]), {SHEET: b"<worksheet><sheetData>"}))
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert "is damaged" in unusable(rezipped(workbook(path, ["code", "name"]), {SHEET: laughs}))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert "no XLSX workbook" in unusable(path)
    path.write_bytes(workbook(tmp_path / "b.xlsx", ["code", "name"]).read_bytes()[:3000])
    assert "is not an XLSX file" in unusable(path)


def test_parquet_columns_of_lists_and_bytes_are_refused(tmp_path):
    path = tmp_path / "a.parquet"
    for values in ([["a"]], [b"a"]):
        pq.write_table(pa.table({"code": ["1"], "name": pa.array(values)}), path)
        assert "in column name, which is no single value" in unusable(path)


def test_problems_in_parquet_have_the_row(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table({"code": ["1", "2", "1"], "name": ["a", "b", "c"], "annual_potential": [1.0, float("nan"), 2.0]})
    pq.write_table(table, path)

    assert [(line, column, value) for line, column, value, _reason in problems(path)] == [
        (2, "annual_potential", "NaN"),
        (3, "code", "1"),
    ]


def test_a_parquet_file_cut_or_overwritten_inside_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    names = [f"name {number * 7919 % 100_003}" for number in range(20_000)]
    pq.write_table(pa.table({"code": [str(number) for number in range(20_000)], "name": names}), path)
    data = bytearray(path.read_bytes())
    data[1000:30_000] = b"\xff" * 29_000
    path.write_bytes(data)

    assert "damaged" in unusable(path)

    pq.write_table(pa.table({"code": ["1"], "name": ["a"]}), path)
    path.write_bytes(path.read_bytes().replace(b"name", b"\xf7ame"))

    assert "damaged" in unusable(path)
