import csv
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Import
from kam_portal.imports import import_files
from profitability.models import ClosedMonth, RolledMonth
from profitability.rollup import RollUp, archive, roll_up
from tests import reference_rollup as reference

pytestmark = pytest.mark.django_db

ACCOUNTS = ("A", "B", "Ä-3")
WINDOW, EARLIER = ("2026-02", "2026-03"), ("2025-12", "2026-01")
MONTHS = (202512, 202601, 202602, 202603)
DAYS = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), *(date(2026, 2, d) for d in (1, 2)), date(2026, 3, 31)]
LARGE = 10**11  # in ten-thousandths beyond what a float holds exactly
AMOUNTS = st.decimals(-LARGE, LARGE, places=4) | st.decimals(-3, 3, places=4)
POSITIVE = st.decimals(0, 9_999, places=4)


@st.composite
def order_lines(draw):
    """Few orders, accounts and days, so that lines of an order meet in every way; some lines come again, corrected."""
    listed, quantity = draw(AMOUNTS), draw(st.decimals(-50, 50, places=3))
    return {
        "order_id": draw(st.sampled_from(["1", "2", "x 3"])),
        "line_no": draw(st.integers(1, 4)),
        "ordered_on": draw(st.sampled_from(DAYS)),
        "account": draw(st.sampled_from([*ACCOUNTS, ""])),
        "product": draw(st.sampled_from(["", "p1", "p2"])),
        "quantity": quantity,
        "list_amount": listed,
        "net_amount": draw(st.just(listed) | AMOUNTS),
        "cost_amount": draw(AMOUNTS),
        "freight_amount": draw(AMOUNTS),
        "due_on": draw(st.none() | st.sampled_from(DAYS)),
        "shipped_on": draw(st.none() | st.sampled_from(DAYS)),
        "express": draw(st.booleans()),
        "is_return": draw(st.booleans()),
    }


EVENTS = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from("abcdef"),
        "account": st.sampled_from(ACCOUNTS),
        "event_type": st.sampled_from(["visit", "quote", "tür"]),
        "occurred_on": st.sampled_from(DAYS),
        "quantity": POSITIVE,
        "minutes": POSITIVE,
        "attributes": st.dictionaries(st.sampled_from(["km", "people"]), AMOUNTS),
    }
)


@pytest.mark.servers
@settings(max_examples=25)
@given(st.lists(order_lines(), max_size=14), st.lists(EVENTS, max_size=8), st.sets(st.sampled_from(MONTHS)))
@example([], [], set())
@example([], [], set(MONTHS))
def test_every_engine_finds_what_plain_python_finds_whether_months_are_open_or_closed(lines, events, closed):
    with passing():
        brought(lines, events)
        by_hand = expected(lines, events)

        first = roll_up(202602, 202603)

        assert spoken(first) == by_hand
        assert_same(first, roll_up(202602, 202603, "columnar"))
        close(closed)
        for engine in ("database", "columnar", "database"):  # the second time, the database knows the closed months
            assert_same(first, roll_up(202602, 202603, engine))
        assert {row.month for row in RolledMonth.objects.all()} == closed


def test_the_reference_counts_as_the_contract_says():
    line = {"order_id": "1", "line_no": 1, "account": "A", "product": "p", "quantity": 2, "is_return": False,
            "list_amount": 30, "net_amount": 20, "cost_amount": 5, "freight_amount": 1, "express": True,
            "ordered_on": date(2026, 2, 1), "due_on": date(2026, 2, 3), "shipped_on": date(2026, 2, 4)}  # fmt: skip
    second = line | {"line_no": 2, "shipped_on": None}  # delivered on another day, the day of the order
    returned = line | {"line_no": 3, "is_return": True, "quantity": -1, "net_amount": -10, "cost_amount": -2}

    found = reference.measures([line, second, returned], [], {"2026-02"})

    assert found["A", "2026-02"] == {
        "orders": 1, "order_lines": 2, "units": 4, "deliveries": 2, "express_orders": 1, "late_orders": 1,
        "return_orders": 1, "return_lines": 1, "return_units": 1, "return_amount": 10, "list_amount": 60,
        "discount_amount": 20, "net_revenue": 30, "cost_amount": 8, "freight_amount": 3,
    }  # fmt: skip


# The ledger


@contextmanager
def passing():
    """What is done inside is undone afterwards: each generated ledger starts from nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def brought(lines, events) -> None:
    """Through the importer: first what came first of each row, then its correction."""
    for code in ACCOUNTS:
        Account.objects.create(code=code, name=code)
    for first in (True, False):
        with TemporaryDirectory() as folder:
            import_rows(Path(folder), "order_lines", versions(lines, first, "order_id", "line_no"))
            import_rows(Path(folder), "activity_events", versions(events, first, "event_id"))


def versions(rows, first: bool, *key: str) -> list[dict]:
    return reference.current(rows[::-1] if first else rows, *key)


def import_rows(folder: Path, kind: str, rows: list[dict]) -> None:
    if not rows:
        return
    written = [as_written(row) for row in rows]
    with (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in written for name in row)))
        writer.writeheader()
        writer.writerows(written)
    (done,) = import_files([folder / f"{kind}.csv"])
    assert done.state == Import.State.DONE, (done.message, done.problems)


def as_written(row: dict) -> dict:
    cells = {name: int(cell) if isinstance(cell, bool) else cell for name, cell in row.items() if name != "attributes"}
    cells["account_code"] = cells.pop("account")
    if "product" in cells:
        cells["product_code"] = cells.pop("product")
    return cells | {f"x_{name}": amount for name, amount in row.get("attributes", {}).items()}


def close(months) -> None:
    for month in months:
        ClosedMonth.objects.create(month=month)
        archive.write(month)


# What came out


def expected(lines, events) -> tuple:
    return (
        reference.measures(lines, events, set(WINDOW)),
        reference.products(lines, set(WINDOW)),
        reference.net_revenue(lines, set(EARLIER)),
    )


def spoken(found: RollUp) -> tuple:
    """In the words of the reference."""
    codes = dict(Account.objects.values_list("pk", "code")) | {-1: ""}
    cells = {}
    for row in found.measures.to_dict("records"):
        account, month = codes[row.pop("account")], row.pop("month")
        measured = {name: Decimal(amount).scaleb(-4) for name, amount in row.items() if amount}
        cells[account, f"{month // 100}-{month % 100:02d}"] = measured
    products = {codes[account]: count for account, count in found.products.items()}
    earlier = {codes[account]: Decimal(amount).scaleb(-4) for account, amount in found.earlier.items()}
    return cells, products, earlier


def assert_same(one: RollUp, other: RollUp) -> None:
    assert one.measures.equals(other.measures)
    assert (one.products, one.earlier) == (other.products, other.earlier)
