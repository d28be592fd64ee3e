"""What was published cannot be changed by whatever way; the database itself says so, on SQLite and on PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from accounts import bulk
from kam_portal.frozen import FIGURES, triggers
from profitability.models import ActivityTotal, Publication, Result, Run
from tests.factories import a_portfolio

TABLES = {model._meta.db_table: model for model in FIGURES}
RUN = Run._meta.db_table


@pytest.fixture
def portfolio(db):
    return a_portfolio(frozen=True)


def raw(statement: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, *values) -> bool:
    try:
        raw(statement, *values)
    except DatabaseError as error:
        return "published run" in str(error) or "unique" in str(error).lower()
    return False


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("which", ["run", "earlier"])
def test_no_row_of_a_published_run_can_be_changed_or_removed(portfolio, table, which):
    run = getattr(portfolio, which)

    assert TABLES[table].objects.filter(run=run).exists()
    assert refused(f"UPDATE {table} SET attempt = 7 WHERE run_id = %s", run.pk)
    assert refused(f"DELETE FROM {table} WHERE run_id = %s", run.pk)
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_added_to_a_published_run_or_moved_into_or_out_of_it(portfolio, table):
    columns = [field.column for field in TABLES[table]._meta.local_fields if field.column != "id"]
    listed = ", ".join(f'"{name}"' for name in columns)
    copied = ", ".join("9" if name == "attempt" else f'"{name}"' for name in columns)
    other = Run.objects.create(state=Run.State.RUNNING, attempts=1)

    assert refused(f"INSERT INTO {table} ({listed}) SELECT {copied} FROM {table} WHERE run_id = %s", portfolio.run.pk)
    assert refused(f"UPDATE {table} SET run_id = %s WHERE run_id = %s", other.pk, portfolio.run.pk)


def test_rows_of_a_run_that_is_not_published_can_be_written_and_removed_until_it_is(portfolio):
    run = Run.objects.create(state=Run.State.RUNNING, attempts=1)
    columns = {"run_id": [run.pk], "attempt": [1], "month": [202601], "activity": ["visits"], "phase": ["presale"]}
    columns |= {"level": ["unit"], "rate": [""], "accounts": [1], "no_account": [0], "unassigned": [0]}
    bulk.insert(ActivityTotal, columns)
    ActivityTotal.objects.filter(run=run).update(accounts=2)
    ActivityTotal.objects.filter(run=run).delete()
    bulk.insert(ActivityTotal, columns)

    Run.objects.filter(pk=run.pk).update(state=Run.State.PUBLISHED)

    with pytest.raises(DatabaseError, match="published run"), transaction.atomic():
        bulk.insert(ActivityTotal, columns)
    with pytest.raises(DatabaseError, match="published run"), transaction.atomic():
        ActivityTotal.objects.filter(run=run).delete()


def test_a_published_run_can_only_be_superseded_and_published_again(portfolio):
    published, earlier = portfolio.run.pk, portfolio.earlier.pk

    for run in (published, earlier):
        assert refused(f"UPDATE {RUN} SET result_hash = 'x' WHERE id = %s", run)
        assert refused(f"UPDATE {RUN} SET state = 'running' WHERE id = %s", run)
        assert refused(f"UPDATE {RUN} SET state = 'failed' WHERE id = %s", run)
        assert refused(f"UPDATE {RUN} SET state = 'held' WHERE id = %s", run)
        assert refused(f"DELETE FROM {RUN} WHERE id = %s", run)
    assert refused(f"UPDATE {RUN} SET state = 'published', published_at = NULL WHERE id = %s", earlier)
    assert refused(f"UPDATE {RUN} SET state = 'superseded', result_hash = 'x' WHERE id = %s", published)
    raw(f"UPDATE {RUN} SET state = 'superseded' WHERE id = %s", published)
    raw(f"UPDATE {RUN} SET state = 'published' WHERE id = %s", earlier)


@pytest.mark.parametrize("state", ["waiting", "running", "failed", "superseded"])
def test_the_publication_points_at_published_runs_only(portfolio, state):
    other = Run.objects.create(state=state, attempts=1)

    assert refused("UPDATE profitability_publication SET run_id = %s", other.pk)
    Publication.objects.all().delete()
    with pytest.raises(DatabaseError, match="published run"), transaction.atomic():
        Publication.objects.create(pk=1, run=other, published_at=portfolio.run.published_at)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_row_cannot_be_replaced_either(portfolio):
    other = Run.objects.create(state=Run.State.RUNNING, attempts=1)
    for table, model in TABLES.items():
        names = [f'"{field.column}"' for field in model._meta.local_fields]
        copied = [{'"run_id"': str(other.pk)}.get(name, name) for name in names]
        row = f"SELECT {', '.join(copied)} FROM {table} WHERE run_id = %s LIMIT 1"

        assert refused(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) {row}", portfolio.run.pk), table
    assert refused(f"INSERT OR REPLACE INTO {RUN} SELECT * FROM {RUN} WHERE id = %s", portfolio.run.pk)


@pytest.mark.postgres
def test_tables_with_published_runs_cannot_be_truncated(portfolio):
    raw("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL would refuse for another reason
    for table in TABLES:
        assert refused(f"TRUNCATE {table} CASCADE")
    assert refused(f"TRUNCATE {RUN} CASCADE")


@pytest.mark.django_db(transaction=True)
def test_migrating_keeps_the_tables_frozen_and_flushing_empties_them():
    a_portfolio(frozen=True)
    before = sorted(triggers())

    call_command("migrate", verbosity=0)
    assert sorted(triggers()) == before
    assert len(before) >= 3 * len(TABLES) + 3

    call_command("flush", interactive=False, verbosity=0)
    assert not Result.objects.exists()
    assert sorted(triggers()) == before


@pytest.mark.django_db(transaction=True)
def test_a_migration_can_work_on_rows_of_published_runs():
    from kam_portal.frozen import thawed

    portfolio = a_portfolio(frozen=True)

    with thawed():
        Result.objects.filter(run=portfolio.run).update(orders=F("orders") + 1)

    assert refused("UPDATE profitability_result SET orders = 0")
