"""The ledger of a closed month cannot be changed by whatever way, nor while it is being closed."""

import threading
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Import, User
from kam_portal import attempts, months
from kam_portal.closed_ledger import DATED, TABLES
from kam_portal.recompute import recompute
from profitability import actions
from profitability.imports.ledger import Ledger
from profitability.models import ActivityEvent, ClosedMonth, EventAttribute, OrderLine, ResourceCost, Run
from tests.bringing import bring
from tests.ledger import imported
from tests.profitability.test_explain import ACCOUNTS, COSTS, EVENTS, LINES, MODEL
from tests.test_frozen import raw

MODELS = {model._meta.db_table: model for model in (OrderLine, ActivityEvent, ResourceCost, EventAttribute)}
CORRECTED = """\
order_id,line_no,ordered_on,account_code,quantity,list_amount,net_amount,cost_amount
{order},1,{day},A,2,90,90,30
"""


@pytest.fixture
def ledger(db, tmp_path):
    """December and January are closed, February is open."""
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)
    for month in (202601, 202602):
        EventAttribute.objects.create(event=ActivityEvent.objects.filter(month=month).first(), name="stops", amount=5)
    ClosedMonth.objects.bulk_create([ClosedMonth(month=202512), ClosedMonth(month=202601)])


def refused(statement: str, *values) -> bool:
    try:
        raw(statement, *values)
    except IntegrityError as error:
        assert "closed month" in str(error)
        return True
    return False


def of(table: str, month: int) -> str:
    """The rows of a table that are of a month."""
    if table in DATED:
        return f"month = {month}"
    return f"event_id IN (SELECT id FROM {ActivityEvent._meta.db_table} WHERE month = {month})"


@pytest.mark.parametrize("table", TABLES)
def test_no_row_of_a_closed_month_is_changed_or_removed(ledger, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE {of(table, 202601)}")
        assert cursor.fetchone()[0]
    column = "amount" if table.endswith(("cost", "attribute")) else "quantity"

    assert refused(f"UPDATE {table} SET {column} = 7 WHERE {of(table, 202601)}")
    assert refused(f"DELETE FROM {table} WHERE {of(table, 202601)}")
    raw(f"UPDATE {table} SET {column} = 7 WHERE {of(table, 202602)}")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_added_to_a_closed_month_or_moved_into_or_out_of_it(ledger, table):
    if table in DATED:
        assert refused(f"UPDATE {table} SET month = 202603 WHERE month = 202601")
        assert refused(f"UPDATE {table} SET month = 202512 WHERE month = 202602")
    model = MODELS[table]
    columns = [field.column for field in model._meta.local_fields if field.column != "id"]
    listed = ", ".join(f'"{name}"' for name in columns)
    copied = ", ".join({"name": "'x'", "superseded_in_id": "imported_in_id"}.get(name, f'"{name}"') for name in columns)

    assert refused(f"INSERT INTO {table} ({listed}) SELECT {copied} FROM {table} WHERE {of(table, 202601)} LIMIT 1")


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_line_of_a_closed_month_cannot_be_replaced_either(ledger):
    columns = [field.column for field in OrderLine._meta.local_fields]
    listed = ", ".join(f'"{name}"' for name in columns)
    copied = ", ".join({"month": "202602"}.get(name, f'"{name}"') for name in columns)

    assert refused(
        f"INSERT OR REPLACE INTO profitability_orderline ({listed}) "
        f"SELECT {copied} FROM profitability_orderline WHERE month = 202601 LIMIT 1"
    )


@pytest.mark.postgres
def test_a_ledger_with_a_closed_month_cannot_be_truncated(ledger):
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        assert refused(f"TRUNCATE {table} CASCADE")


# If what looks for closed months before it writes were wrong, the database still says no, in words for a person


def test_an_import_that_the_database_refuses_says_why(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(Ledger, "_open", lambda self, rows, stored, match, numbers: numbers >= 0)

    record = bring(tmp_path, "order_lines", CORRECTED.format(order="N-1", day="2026-01-25"))

    assert record.state == Import.State.REFUSED
    assert record.message == "A month that the file would change is closed: reopen it first."
    assert (record.added, OrderLine.objects.filter(order_id="N-1").count()) == (0, 0)


def test_costs_that_the_database_refuses_say_why(ledger, monkeypatch):
    monkeypatch.setattr(actions.ClosedMonth, "objects", ClosedMonth.objects.none(), raising=False)
    finance = User.objects.create_user("finance@example.com", "Fin", "finance", "x")

    with pytest.raises(actions.NotPossible, match="has just been closed"):
        actions.enter_costs({("service", 202601): (5, None)}, 10**9, finance)


# An import and a closing at the same moment, each on a connection of its own


@pytest.fixture
def published(transactional_db, tmp_path, settings, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(months, "keep_file", lambda month: None)
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)
    run = recompute(202601, 202602)
    assert run.state == Run.State.PUBLISHED, run.message
    return User.objects.create_user("finance@example.com", "Fin", "finance", "x")


@contextmanager
def meanwhile(act):
    """Do it in a thread, on a connection of its own; what it gives is in the list afterwards."""
    found = []

    def run() -> None:
        try:
            found.append(act())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield found
    thread.join(30)
    assert not thread.is_alive()


def paused(monkeypatch, place, name: str) -> tuple[threading.Event, threading.Event]:
    """Have a function say when it is reached, and go on when it is told."""
    reached, go_on, before = threading.Event(), threading.Event(), getattr(place, name)

    def wait(*arguments):
        reached.set()
        assert go_on.wait(30)
        return before(*arguments)

    monkeypatch.setattr(place, name, wait)
    return reached, go_on


def test_a_month_is_not_closed_while_an_import_holds_lines_nobody_can_see(published, tmp_path, monkeypatch):
    reached, go_on = paused(monkeypatch, attempts, "_settle")
    line = CORRECTED.format(order="N-1", day="2026-01-25")

    with meanwhile(lambda: bring(tmp_path, "order_lines", line)) as imported_meanwhile:
        assert reached.wait(30)
        with impatient(), pytest.raises(months.CannotClose, match=r"An import is running|is being changed"):
            months.close([202601], published)
        go_on.set()

    assert imported_meanwhile[0].state == Import.State.DONE
    with pytest.raises(months.CannotClose, match="recompute first"):
        months.close([202601], published)
    assert not ClosedMonth.objects.exists()


def test_an_import_that_waited_for_a_closing_finds_the_month_closed(published, tmp_path, monkeypatch):
    reached, go_on = paused(monkeypatch, months, "changed_since")
    line = CORRECTED.format(order="N-1", day="2026-01-25")

    with meanwhile(lambda: months.close([202601], published)) as closed:
        assert reached.wait(30)
        with meanwhile(lambda: bring(tmp_path, "order_lines", line)) as imported_meanwhile:
            go_on.set()

    assert closed == [None]
    assert imported_meanwhile[0].state == Import.State.REFUSED
    assert "closed month" in imported_meanwhile[0].problems[0]["reason"]
    assert not OrderLine.objects.filter(order_id="N-1").exists()


def test_lines_that_go_round_the_importer_do_not_slip_in_either(published, monkeypatch):
    insert = (
        "INSERT INTO profitability_resourcecost (pool_code, month, amount, imported_in_id) "
        "SELECT 'smuggled', 202601, 1, MIN(id) FROM accounts_import"
    )

    with transaction.atomic():
        raw(insert)
        with meanwhile(lambda: closing(published)) as refusals:
            pass
        transaction.set_rollback(True)
    assert isinstance(refusals[0], months.CannotClose)

    reached, go_on = paused(monkeypatch, months, "changed_since")
    with meanwhile(lambda: months.close([202601], published)):
        assert reached.wait(30)
        with meanwhile(lambda: raw(insert)) as smuggled:
            go_on.set()
    assert isinstance(smuggled[0], DatabaseError) and "closed month" in str(smuggled[0])


def closing(user: User) -> None:
    with impatient():
        months.close([202601], user)


@contextmanager
def impatient():
    """SQLite waits long for another writer, and this test need not."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 20000")
