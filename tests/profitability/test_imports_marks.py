"""The marks (Counts) stay right however an order comes: in pieces, in several files, corrected, moved."""

from collections import defaultdict
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Import
from accounts.tables import csv_files
from kam_portal.imports import import_files
from profitability.models import Counts, OrderLine

pytestmark = pytest.mark.django_db

COLUMNS = ("order_id", "line_no", "ordered_on", "account_code", "quantity", "due_on", "shipped_on", "express")
DAYS = ["2025-01-30", "2025-01-31", "2025-02-01"]

lines = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from(["O1", "O2", "O3"]),
        "line_no": st.integers(1, 4),
        "ordered_on": st.sampled_from(DAYS),
        "account_code": st.sampled_from(["", "A", "B"]),
        "quantity": st.sampled_from([-1, 1]),
        "due_on": st.sampled_from(["", *DAYS]),
        "shipped_on": st.sampled_from(["", *DAYS]),
        "express": st.sampled_from([0, 1]),
    }
)
files = st.lists(
    st.lists(lines, min_size=1, max_size=14, unique_by=lambda line: (line["order_id"], line["line_no"])),
    min_size=1,
    max_size=4,
)


def reference(ledger):
    """The marks of each line by its key, thought line by line: the first line of each thing carries its mark."""
    marks, counted = defaultdict(int), set()
    for line in sorted(ledger, key=lambda line: (line["order_id"], line["line_no"])):
        group = (line["order_id"], line["account_code"], line["ordered_on"][:7])
        for mark, thing in things(line):
            if (mark, *group, thing) not in counted:
                counted.add((mark, *group, thing))
                marks[line["order_id"], line["line_no"]] |= mark
    return marks


def things(line):
    if line["quantity"] < 0:
        yield Counts.RETURN_ORDER, ""
        return
    yield Counts.ORDER, ""
    yield Counts.DELIVERY, line["shipped_on"] or line["ordered_on"]
    if line["express"]:
        yield Counts.EXPRESS_ORDER, ""
    if line["shipped_on"] and line["due_on"] and line["shipped_on"] > line["due_on"]:
        yield Counts.LATE_ORDER, ""


def bring(folder, rows):
    path = Path(folder) / "order_lines.csv"
    cells = [",".join(str(row[name]) for name in COLUMNS) + ",1" for row in rows]
    path.write_text("\n".join([",".join(COLUMNS) + ",net_amount", *cells, ""]))
    (record,) = import_files([path])
    assert record.state == Import.State.DONE, (record.message, record.problems)
    return record


def stored():
    return {
        (order, line): counts
        for order, line, counts in OrderLine.objects.current().values_list("order_id", "line_no", "counts")
    }


@given(files)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_after_any_files_are_those_of_the_lines_that_stand(monkeypatch, some_files):
    monkeypatch.setattr(csv_files, "BLOCK", 256)  # a few lines at a time: orders are split over batches
    with TemporaryDirectory() as folder, transaction.atomic():
        Account.objects.bulk_create(Account(code=code, name=code) for code in "AB")
        ledger = {}
        for rows in some_files:
            bring(folder, rows)
            ledger |= {(row["order_id"], row["line_no"]): row for row in rows}

            expected = reference(ledger.values())

            assert stored() == {key: expected[key] for key in ledger}
        transaction.set_rollback(True)


def test_the_mark_moves_to_the_line_that_is_first_now(tmp_path):
    line = dict.fromkeys(COLUMNS, "") | {"order_id": "O", "ordered_on": "2025-01-30", "quantity": 1}
    bring(tmp_path, [line | {"line_no": 2}])
    assert stored() == {("O", 2): Counts.ORDER | Counts.DELIVERY}

    bring(tmp_path, [line | {"line_no": 1}])
    assert stored() == {("O", 1): Counts.ORDER | Counts.DELIVERY, ("O", 2): 0}

    bring(tmp_path, [line | {"line_no": 1, "ordered_on": "2025-02-01"}])
    assert stored() == dict.fromkeys(product("O", (1, 2)), Counts.ORDER | Counts.DELIVERY)
    assert date(2025, 2, 1) in OrderLine.objects.current().values_list("ordered_on", flat=True)
