"""Map files: other people's files go in as they are."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.tables import Mapping, Unusable, read
from tests.accounts.kinds import ACCOUNTS, ORDER_LINES, csv_file, problems, rows

DATA = Path(__file__).parent.parent / "data"
MAPS = Path(__file__).parent.parent.parent / "profitability" / "maps"
LINES = "kind: order_lines\ncolumns: {order_id: Inv, ordered_on: When, quantity: Qty, unit_price: Price}\n"
HEADER = "Inv,When,Qty,Price,Share,Freight,Code\n"


def mapped(tmp_path, rules, *lines):
    path = csv_file(tmp_path, HEADER + "\n".join(lines) + "\n", "order_lines.csv")
    return read(path, ORDER_LINES, Mapping.of(LINES + rules))


def test_the_uci_file_goes_in_as_published():
    path = DATA / "uci_online_retail_sample.csv"
    table = read(path, ORDER_LINES, Mapping.load(MAPS / "uci_online_retail.yaml"))

    names = ["order_id", "line_no", "ordered_on", "product_code", "product_name", "quantity", "unit_price",
             "account_code", "is_return"]  # fmt: skip
    found = rows(table, *names)

    with path.open(newline="") as file:
        lines = list(csv.reader(file))[1:]
    numbers, expected = Counter(), []
    for order, product, name, quantity, when, price, account, _country in lines:
        numbers[order] += 1
        if product in ("ADJUST", "ADJUST2"):
            continue
        ten_thousandths = (int(Decimal(number) * 10_000) for number in (quantity, price))
        returned = True if order.startswith("C") else None
        expected.append(
            (order, numbers[order], date.fromisoformat(when[:10]), product.strip(), name.strip() or None,
             *ten_thousandths, account or None, returned)
        )  # fmt: skip
    assert found == expected
    assert (table.counts.rows, table.counts.skipped, table.counts.refused) == (169, 6, 0)
    assert table.unknown_columns == []
    assert table.mapping.create_missing_accounts is True


def test_the_adventureworks_files_go_in():
    lines = DATA / "adventureworks_order_lines_sample.csv"
    table = read(lines, ORDER_LINES, Mapping.load(MAPS / "adventureworks_order_lines.yaml"))
    first = rows(table, "order_id", "line_no", "due_on", "shipped_on", "net_amount", "cost_amount", "freight_amount")[0]
    assert first == ("SO43659", 1, date(2011, 1, 10), date(2011, 1, 5), 20_249_940, 18_980_944, 506_249)
    assert table.problem_count == 0

    customers = DATA / "adventureworks_customers_sample.csv"
    table = read(customers, ACCOUNTS.__class__("accounts", ACCOUNTS.columns[:2]),
                 Mapping.of("columns: {code: customer_id, name: name}"))  # fmt: skip
    assert rows(table, "code", "name")[0] == ("1", "A Bike Store")


def test_the_northwind_files_go_in_with_discounts_and_freight_once_per_order():
    path = DATA / "northwind_order_lines_sample.csv"
    table = read(path, ORDER_LINES, Mapping.load(MAPS / "northwind_order_lines.yaml"))

    found = rows(table, "order_id", "line_no", "discount_amount", "freight_amount")

    assert found[:3] == [("10248", 1, 0, 323_800), ("10248", 2, 0, None), ("10248", 3, 0, None)]
    assert found[6] == ("10250", 2, 2_226_000, None)  # 42.4 × 35 × 0.15
    assert table.problem_count == 0
    assert table.unknown_columns == ["shipper_id", "employee_id"]
    assert "discount_share" not in table.columns


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.yaml")), ids=lambda path: path.name)
def test_every_map_of_the_repository_is_valid(path):
    assert Mapping.load(path).kind in ("accounts", "order_lines")


def test_lines_are_numbered_within_their_order_over_the_whole_file(tmp_path):
    good = [f"{number % 30_000},2024-01-01,1,1,,," for number in range(90_000)]

    table = mapped(tmp_path, "line_no: sequence", *good)

    numbers = Counter(number for _order, number in rows(table, "order_id", "line_no"))
    assert numbers == {1: 30_000, 2: 30_000, 3: 30_000}
    assert table.problem_count == 0


def test_a_sequence_wins_over_line_numbers_in_the_file(tmp_path):
    text = "order_id,line_no,ordered_on,quantity\nA,10,2024-01-01,1\nA,x,2024-01-01,1\n"

    table = read(csv_file(tmp_path, text), ORDER_LINES, Mapping.of("line_no: sequence"))

    assert rows(table, "line_no") == [(1,), (2,)]
    assert table.unknown_columns == ["line_no"]


def test_rows_left_out_by_rule_are_counted_and_not_judged(tmp_path):
    table = mapped(
        tmp_path, "line_no: sequence\nskip: {order_id: [X], quantity: ['0']}",
        "X,never,many,,,,", "A,2024-01-01,1,1,,,", "A,2024-01-01,0,1,,,", "A,2024-01-01,2,1,,,", "Xa,2024-01-01,1,1,,,",
    )  # fmt: skip

    assert rows(table, "order_id", "line_no") == [("A", 1), ("A", 3), ("Xa", 1)]
    assert (table.counts.rows, table.counts.skipped, table.counts.refused) == (5, 2, 0)


def test_returns_are_marked_by_pattern_and_others_left_open(tmp_path):
    table = mapped(tmp_path, "line_no: sequence\nreturns: {order_id: '^C[0-9]'}",
                   "C1,2024-01-01,1,1,,,", "CX,2024-01-01,1,1,,,")  # fmt: skip

    assert rows(table, "is_return") == [(True,), (None,)]


def test_defaults_fill_empty_cells_and_absent_columns(tmp_path):
    table = mapped(tmp_path, "line_no: sequence\ndefaults: {quantity: 2, express: yes, account_code: '007'}",
                   "A,2024-01-01,,1,,,", "A,2024-01-01,3,1,,,")  # fmt: skip

    assert rows(table, "quantity", "express", "account_code") == [(20_000, True, "007"), (30_000, True, "007")]


def test_an_amount_once_per_order_must_be_the_same_on_each_line(tmp_path):
    rules = (
        LINES.replace("Price}", "Price, freight_amount: Freight}")
        + "line_no: sequence\nonce_per_order: [freight_amount]"
    )
    lines = ["A,2024-01-01,1,1,,5,", "B,2024-01-01,1,1,,7,", "A,2024-01-01,1,1,,,", "A,2024-01-01,1,1,,5.5,"]
    path = csv_file(tmp_path, HEADER + "\n".join(lines), "order_lines.csv")

    table = read(path, ORDER_LINES, Mapping.of(rules))

    assert rows(table, "freight_amount") == [(50_000,), (70_000,), (None,)]
    assert [(each.line, each.column, each.value) for each in table.problems] == [(5, "Freight", "5.5")]


def test_each_contradiction_within_an_order_is_named_once(tmp_path):
    text = "order_id,line_no,ordered_on,quantity,freight_amount,cost_amount\n"
    text += "A,1,2024-01-01,1,5,5\nA,2,2024-01-01,1,6,5\nA,3,2024-01-01,1,5,6\n"
    rules = Mapping.of("once_per_order: [freight_amount, cost_amount]")

    found = problems(csv_file(tmp_path, text), ORDER_LINES, mapping=rules)

    assert [(line, column) for line, column, _value, _reason in found] == [(3, "freight_amount"), (4, "cost_amount")]


def test_a_discount_share_is_between_nothing_and_all(tmp_path):
    table = mapped(tmp_path, "line_no: sequence\ndiscount_share: Share",
                   "A,2024-01-01,3,0.33,0.5,,", "A,2024-01-01,3,0.33,1.5,,", "A,2024-01-01,3,0.33,,,",
                   "A,2024-01-01,999999999999,1000,0.1,,")  # fmt: skip

    assert rows(table, "discount_amount") == [(4_950,), (None,)]
    assert [(each.line, each.column, each.reason) for each in table.problems] == [
        (3, "Share", "is more than 1"),
        (5, "Price", "is too large when multiplied by the quantity"),
    ]


def test_problems_are_told_in_the_words_of_the_file(tmp_path):
    path = csv_file(tmp_path, HEADER + "A,2024-01-01,x,1,,,\n", "order_lines.csv")

    assert problems(path, ORDER_LINES, mapping=Mapping.of(LINES + "line_no: sequence"))[0][:3] == (2, "Qty", "x")


def test_encoding_and_decimal_mark_may_stand_in_the_map(tmp_path):
    path = csv_file(tmp_path, "code;name;annual_potential\n1;Müller;1,5\n".encode("cp1252"))

    table = read(path, ACCOUNTS, Mapping.of("encoding: cp1252\ndecimal: ','"))

    assert rows(table, "name", "annual_potential") == [("Müller", 15_000)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colums: {a: b}", "unknown rule “colums”"),
        ("colums: {a: b}", "Did you mean “columns”?"),
        ("columns: [a, b]", "“columns” that should be a list of “our column: text”"),
        ("columns: {code: [a]}", "“columns” that should be"),
        ("skip: {code: ADJUST}", "“skip” that should be a list in square brackets"),
        ("returns: {code: '('}", "“(” is no pattern"),
        ("line_no: random", "should be “sequence”"),
        ("decimal: x", "should be “.” or “,”"),
        ("create_missing_accounts: maybe", "should be true or false"),
        ("kind: [a]", "should be one word"),
        ("- a\n- b", "does not hold map rules"),
        ("", "does not hold map rules"),
        ("kind: 'a\nb: c", "is not valid YAML (line"),
        ("kind: accounts\nkind: !!python/object:os.system {}", "should be one word"),
        ("[" * 5000, "is not valid YAML"),
        ("a: " + "b" * 70_000, "is too long for a map"),
    ],
)  # fmt: skip
def test_a_wrong_map_gets_a_sentence(text, sentence):
    with pytest.raises(Unusable) as caught:
        Mapping.of(text, "mine.yaml")

    assert caught.value.file == "mine.yaml"
    assert sentence in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kind: order_lines", "is a map for order_lines, not for accounts."),
        ("columns: {cod: a}", "speaks of “cod”, but accounts have no such column. Did you mean “code”?"),
        ("line_no: sequence", "speaks of “line_no”"),
        ("columns: {code: Id}", "has no column “Id”, which the map takes as code. It has code, name."),
        ("columns: {code: Code}", "Did you mean “code”?"),
        ("defaults: {opened_on: yesterday}", "has the default “yesterday” for opened_on, which is not a date"),
    ],
)
def test_a_map_that_does_not_fit_gets_a_sentence(tmp_path, text, sentence):
    with pytest.raises(Unusable) as caught:
        read(csv_file(tmp_path, "code,name\n1,a\n"), ACCOUNTS, Mapping.of(text))

    assert sentence in caught.value.sentence


def test_a_map_that_is_not_there_gets_a_sentence(tmp_path):
    with pytest.raises(Unusable, match="cannot be read"):
        Mapping.load(tmp_path / "none.yaml")


def test_a_column_is_left_out_though_it_is_named_as_ours(tmp_path):
    path = csv_file(tmp_path, "code,name,segment\nA1,Alpha,retail\n")

    table = read(path, ACCOUNTS, Mapping.of("ignore: [segment]"))

    assert rows(table, "code", "segment") == [("A1", None)]
    assert table.unknown_columns == ["segment"]


def test_a_pattern_that_needs_backtracking_is_refused_before_a_row_is_read(tmp_path):
    path = csv_file(tmp_path, "code,name\nA1,Alpha\n")

    with pytest.raises(Unusable, match="is no pattern"):
        read(path, ACCOUNTS, Mapping.of("returns: {code: '(?=A)'}"))
