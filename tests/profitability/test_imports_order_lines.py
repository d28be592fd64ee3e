import csv
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.models import Account, Import
from accounts.tables import Mapping, csv_files
from kam_portal.imports import import_files
from profitability.imports.order_lines import OrderLedger
from profitability.models import ClosedMonth, OrderLine, Product
from tests.bringing import bring, counts, file, problems

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
MAPS, DATA = ROOT / "profitability" / "maps", ROOT / "tests" / "data"
LINES = """
    order_id,line_no,ordered_on,account_code,product_code,product_name,quantity,unit_price,cost_amount
    O1,1,2025-01-10,A,P1,Pump,2,10,12
    O1,2,2025-01-10,A,P2,,1,5.5,3
    O2,1,2025-02-01,,P1,,1,10,6
"""


@pytest.fixture(autouse=True)
def account(db):
    return Account.objects.create(code="A", name="Alpha")


def amounts(order="O1", line=1):
    found = OrderLine.objects.current().get(order_id=order, line_no=line)
    return found.list_amount, found.discount_amount, found.net_amount


def snapshot():
    return list(OrderLine.objects.order_by("pk").values())


def test_lines_go_in_with_their_products_and_without_an_account_where_none_is_named(tmp_path):
    record = bring(tmp_path, "order_lines", LINES)

    assert counts(record) == (3, 0, 0, 0)
    line = OrderLine.objects.get(order_id="O1", line_no=1)
    assert (line.account.code, line.product.code, line.month, line.quantity) == ("A", "P1", 202501, 2)
    assert (line.list_amount, line.net_amount, line.cost_amount, line.freight_amount) == (20, 20, 12, 0)
    assert line.imported_in == record
    assert OrderLine.objects.get(order_id="O2").account is None
    assert dict(Product.objects.values_list("code", "name")) == {"P1": "Pump", "P2": "P2"}


def test_the_same_file_again_changes_no_row(tmp_path):
    bring(tmp_path, "order_lines", LINES)
    before = snapshot()

    record = bring(tmp_path, "order_lines", LINES)

    assert counts(record) == (0, 0, 3, 0)
    assert snapshot() == before
    assert record.control_totals["ledger"] == record.control_totals["file"]


def test_a_changed_line_supersedes_the_earlier_one_and_keeps_it(tmp_path):
    first = bring(tmp_path, "order_lines", LINES)

    second = bring(tmp_path, "order_lines", LINES.replace("A,P2,,1,5.5", "A,P2,,3,5.5"))

    assert counts(second) == (0, 1, 2, 0)
    versions = OrderLine.objects.filter(order_id="O1", line_no=2).order_by("pk")
    assert [(each.quantity, each.imported_in, each.superseded_in) for each in versions] == [
        (1, first, second),
        (3, second, None),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ordered_on", "2025-01-11"),
        ("account_code", ""),
        ("product_code", "P9"),
        ("quantity", "3"),
        ("list_amount", "21"),
        ("discount_amount", "2"),
        ("cost_amount", "13"),
        ("freight_amount", "1"),
        ("due_on", "2025-02-02"),
        ("shipped_on", "2025-02-02"),
        ("express", "1"),
        ("is_return", "1"),
    ],
)
def test_every_stored_value_is_compared(tmp_path, column, value):
    cells = {
        "order_id": "O1",
        "line_no": "1",
        "ordered_on": "2025-01-10",
        "account_code": "A",
        "product_code": "P1",
        "quantity": "2",
        "list_amount": "20",
        "discount_amount": "1",
        "cost_amount": "12",
        "freight_amount": "0",
        "due_on": "2025-02-01",
        "shipped_on": "2025-02-01",
        "express": "0",
        "is_return": "0",
    }
    bring(tmp_path, "order_lines", ",".join(cells) + "\n" + ",".join(cells.values()))

    record = bring(tmp_path, "order_lines", ",".join(cells) + "\n" + ",".join((cells | {column: value}).values()))

    assert counts(record) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("unit_price", "2.5", ("10", "0", "10")),
        ("list_amount", "9", ("9", "0", "9")),
        ("net_amount", "9", ("9", "0", "9")),
        ("unit_price,discount_amount", "2.5,1", ("10", "1", "9")),
        ("list_amount,net_amount", "10,8.5", ("10", "1.5", "8.5")),
        ("discount_amount,net_amount", "1,9", ("10", "1", "9")),
        ("list_amount,discount_amount,net_amount", "10,1,9", ("10", "1", "9")),
        ("list_amount,discount_amount,net_amount", "10,1,9.01", ("10", "0.99", "9.01")),
        ("unit_price,list_amount", "99,10", ("10", "0", "10")),
        ("unit_price,discount_amount", "-2.5,-1", ("-10", "-1", "-9")),
    ],
)
def test_two_amounts_give_the_third_and_one_alone_means_no_discount(tmp_path, columns, cells, expected):
    bring(tmp_path, "order_lines", f"order_id,line_no,ordered_on,quantity,{columns}\nO1,1,2025-01-10,4,{cells}\n")

    assert amounts() == tuple(map(Decimal, expected))


@pytest.mark.parametrize(
    ("columns", "cells", "column"),
    [
        ("list_amount,discount_amount,net_amount", "10,1,9.0101", "discount_amount"),
        ("list_amount,discount_amount,net_amount", "10,1,8.9899", "discount_amount"),
        ("discount_amount", "1", "net_amount"),
        ("net_amount", "", "net_amount"),
        ("unit_price", "999999999999", "unit_price"),
    ],
)
def test_amounts_that_contradict_or_say_nothing_are_refused_with_their_line(tmp_path, columns, cells, column):
    header = f"order_id,line_no,ordered_on,quantity,{columns}\n"
    record = bring(tmp_path, "order_lines", f"{header}O1,1,2025-01-10,4,{cells}\n")

    assert [(line, name) for line, name, _value in problems(record)] == [(2, column)]
    assert not OrderLine.objects.exists()


def test_returns_keep_their_sign_and_are_told_by_quantity_column_or_map(tmp_path):
    text = """
        order_id,line_no,ordered_on,quantity,unit_price,is_return
        O1,1,2025-01-10,-2,10,
        O1,2,2025-01-10,2,10,1
        O1,3,2025-01-10,-2,10,0
        C9,1,2025-01-10,2,10,
    """
    bring(tmp_path, "order_lines", text, mapping={"returns": {"order_id": "^C"}})

    lines = OrderLine.objects.order_by("order_id", "line_no")
    assert [(each.is_return, each.net_amount) for each in lines] == [
        (True, 20),
        (True, -20),
        (True, 20),
        (False, -20),
    ]


def test_unknown_accounts_are_refused_unless_the_map_makes_them(tmp_path):
    text = """
        order_id,line_no,ordered_on,account_code,account_name,account_country,quantity,unit_price
        O1,1,2025-01-10,Z,,,1,1
        O2,1,2025-01-10,Z,Zeta,FR,1,1
        O3,1,2025-01-10,Y,,,1,1
        O4,1,2025-01-10,A,Other,DE,1,1
    """

    refused = bring(tmp_path, "order_lines", text)
    assert problems(refused) == [(2, "account_code", "Z"), (3, "account_code", "Z"), (4, "account_code", "Y")]
    assert not Account.objects.exclude(code="A").exists()

    made = bring(tmp_path, "order_lines", text, mapping={"create_missing_accounts": "true"})
    assert counts(made) == (4, 0, 0, 0)
    assert list(Account.objects.order_by("code").values_list("code", "name", "country")) == [
        ("A", "Alpha", ""),
        ("Y", "Y", ""),
        ("Z", "Zeta", "FR"),
    ]
    assert any("2" in note for note in made.notes)


def test_the_first_name_of_a_product_stays_and_a_blank_one_is_filled(tmp_path):
    header = "order_id,line_no,ordered_on,product_code,product_name,category,quantity,unit_price\n"
    bring(tmp_path, "order_lines", header + "O1,1,2025-01-10,P,,,1,1\nO1,2,2025-01-10,P,Pump,,1,1\n")
    bring(tmp_path, "order_lines", header + "O2,1,2025-01-10,P,Pumpe,Parts,1,1\nO2,2,2025-01-10,P,X,Y,1,1\n")

    assert list(Product.objects.values_list("code", "name", "category")) == [("P", "Pump", "Parts")]


def test_a_name_filled_early_in_a_file_stays_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_files, "BLOCK", 400)
    Product.objects.create(code="P", name="")
    header = "order_id,line_no,ordered_on,product_code,product_name,quantity,unit_price\n"

    bring(tmp_path, "order_lines", header + "".join(f"O,{n},2025-01-10,P,Name {n},1,1\n" for n in range(1, 60)))

    assert Product.objects.get().name == "Name 1"


@pytest.mark.parametrize("first", ["", "P"])
def test_a_product_is_named_by_its_code_until_a_name_is_known(tmp_path, first):
    header = "order_id,line_no,ordered_on,product_code,product_name,quantity,unit_price\n"
    bring(tmp_path, "order_lines", header + f"O1,1,2025-01-10,P,{first},1,1\n")
    assert Product.objects.get().name == "P"

    bring(tmp_path, "order_lines", header + "O2,1,2025-01-10,P,P,1,1\nO2,2,2025-01-10,P,Pump,1,1\n")
    bring(tmp_path, "order_lines", header + "O3,1,2025-01-10,P,P,1,1\n")

    assert Product.objects.get().name == "Pump"


def test_a_closed_month_takes_no_line_and_gives_none_away(tmp_path):
    bring(tmp_path, "order_lines", LINES)
    ClosedMonth.objects.create(month=202501)
    before = snapshot()

    assert counts(bring(tmp_path, "order_lines", LINES)) == (0, 0, 3, 0)
    moved = bring(tmp_path, "order_lines", LINES.replace("O1,2,2025-01-10", "O1,2,2025-02-10"))
    added = bring(tmp_path, "order_lines", LINES + "    O3,1,2025-01-31,A,P1,,1,10,6\n")
    fine = bring(tmp_path, "order_lines", LINES + "    O3,1,2025-02-28,A,P1,,1,10,6\n", dry_run=True)

    assert problems(moved) == [(3, "ordered_on", "2025-01")]
    assert problems(added) == [(5, "ordered_on", "2025-01")]
    assert counts(fine) == (1, 0, 3, 0)
    assert snapshot() == before


@pytest.mark.parametrize("block", [csv_files.BLOCK, 400])
def test_a_key_that_comes_twice_is_refused_with_both_lines(tmp_path, block, monkeypatch):
    monkeypatch.setattr(csv_files, "BLOCK", block)
    filler = "".join(f"    F{number},1,2025-01-10,A,P1,,1,10,6\n" for number in range(30))

    record = bring(tmp_path, "order_lines", LINES + filler + "    O1,2,2025-01-12,A,P2,,1,5.5,3\n")

    assert problems(record) == [(35, "order_id", "O1, 2")]
    assert "line 3" in record.problems[0]["reason"]
    assert record.state == Import.State.REFUSED
    assert not OrderLine.objects.exists()


def test_good_rows_of_a_bad_file_stay_out(tmp_path):
    record = bring(tmp_path, "order_lines", LINES + "    O4,1,2025-02-30,A,P1,,1,10,6\n")

    assert problems(record) == [(5, "ordered_on", "2025-02-30")]
    assert (record.rows, record.refused) == (4, 1)
    assert not OrderLine.objects.exists()
    assert not Product.objects.exists()


def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path):
    bring(tmp_path, "order_lines", LINES)
    before = snapshot()

    record = bring(
        tmp_path, "order_lines", LINES.replace("1,5.5", "9,5.5") + "    O9,1,2025-03-01,A,N,,1,1,1\n", dry_run=True
    )

    assert counts(record) == (1, 1, 2, 0)
    assert (record.dry_run, record.state) == (True, Import.State.DONE)
    assert snapshot() == before
    assert not Product.objects.filter(code="N").exists()


def test_the_import_fails_when_the_ledger_does_not_hold_what_the_file_states(tmp_path, monkeypatch):
    write = OrderLedger.insert

    def lossy(self, rows):
        rows.columns["net_amount"] = rows.columns["net_amount"] - 100
        write(self, rows)

    monkeypatch.setattr(OrderLedger, "insert", lossy)

    record = bring(tmp_path, "order_lines", LINES)

    assert record.state == Import.State.FAILED
    assert record.message
    assert not OrderLine.objects.exists()


def test_uci_lines_become_sales_returns_and_no_account_to_the_cent():
    path = DATA / "uci_online_retail_sample.csv"

    (record,) = import_files([path], mapping=Mapping.load(MAPS / "uci_online_retail.yaml"))

    with path.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["StockCode"] not in ("ADJUST", "ADJUST2")]
    net = sum(Decimal(row["Price"]) * int(row["Quantity"]) for row in rows)
    assert record.state == Import.State.DONE
    assert Decimal(record.control_totals["file"]["net"]) == net
    assert Decimal(record.control_totals["ledger"]["quantity"]) == sum(int(row["Quantity"]) for row in rows)
    assert record.skipped == 6
    lines = OrderLine.objects.all()
    assert lines.filter(account=None).count() == sum(not row["Customer ID"] for row in rows)
    assert lines.filter(is_return=True).count() == sum(
        row["Invoice"].startswith("C") or int(row["Quantity"]) < 0 for row in rows
    )
    assert Account.objects.filter(country="United Kingdom").exists()


@pytest.mark.parametrize("name", ["adventureworks", "northwind"])
def test_the_other_published_sets_go_in_twice_and_change_once(name):
    for kind, rows in (("customers", 3), ("order_lines", 12)):
        path = DATA / f"{name}_{kind}_sample.csv"
        mapping = Mapping.load(MAPS / f"{name}_{kind}.yaml")
        if kind == "order_lines":
            mapping = Mapping(**{**vars(mapping), "create_missing_accounts": True})
        assert counts(import_files([path], mapping=mapping)[0]) == (rows, 0, 0, 0)
        assert counts(import_files([path], mapping=mapping)[0]) == (0, 0, rows, 0)


def test_a_gzipped_file_goes_in_as_well(tmp_path):
    (record,) = import_files([file(tmp_path, "order_lines_2025.csv.gz", LINES)])

    assert (record.kind, record.added) == ("order_lines", 3)


def test_a_line_that_comes_twice_hides_no_other_problem(tmp_path):
    unknown = "    O3,1,2025-02-01,NOBODY,P1,,1,10,6\n    O4,1,2025-02-01,A,P1,,1,,6\n"
    record = bring(tmp_path, "order_lines", LINES + "    O1,1,2025-01-10,A,P1,Pump,2,10,12\n" + unknown)

    assert [(line, column) for line, column, _value in problems(record)] == [
        (5, "order_id"),
        (6, "account_code"),
        (7, "net_amount"),
    ]
    assert (record.state, record.rows, record.refused) == (Import.State.REFUSED, 6, 3)
    assert not OrderLine.objects.exists()
