"""What was published cannot be changed: the database itself refuses it, whoever asks and by whatever way.

Rows of a run that is or was published, or waits for approval, are neither added, changed nor removed; of a run that
was published nothing changes but whether it is published or superseded; the publication points at the published run;
the version of the cost model that a run has used stays as it is. (`closed_ledger` says the same of closed months,
`kept_plans` of plans that were submitted.)

`freeze` makes all these triggers from the tables as they are, `thawed` takes them off for as long as a migration or a
flush works on the tables: SQLite would lose them, or refuse to rebuild a table that a trigger names. On PostgreSQL a
statement is looked at once, with all its rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

from kam_portal import closed_ledger, kept_plans
from kam_portal.triggers import PREFIX, function, on_row, on_statements, refusal, trigger
from profitability.models import (
    ActivityTotal,
    Concentration,
    CostModel,
    MethodCost,
    MonthResult,
    PoolBalance,
    Publication,
    Ranking,
    Result,
    Run,
)
from relationships.models import Position, PositionChange

FIGURES: tuple[type[models.Model], ...] = (
    Result,
    MonthResult,
    PoolBalance,
    ActivityTotal,
    Ranking,
    Concentration,
    MethodCost,
    Position,
    PositionChange,
)
FROZEN = "('published', 'superseded')"  # runs
KEPT = "('published', 'superseded', 'held')"  # figures of runs
REFUSED = "the figures of a published run cannot be changed"
REFUSED_RUN = "a published run can only be superseded, or published again"
REFUSED_POINTER = "only a published run can stand behind the pages"
REFUSED_MODEL = "A run has used this version of the cost model: it cannot be changed."
RUN, POINTER, MODEL = Run._meta.db_table, Publication._meta.db_table, CostModel._meta.db_table
OF_MODEL = ("code", "version", "document", "state")  # what a run rests on


def freeze() -> None:
    """Make the triggers, on the tables that are there."""
    there = set(connection.introspection.table_names())
    if RUN not in there:
        return
    tables = [model._meta.db_table for model in FIGURES if model._meta.db_table in there]
    make = _postgres if connection.vendor == "postgresql" else _sqlite
    others = [*closed_ledger.statements(there), *kept_plans.statements(there)]
    _execute([*make(tables, POINTER in there), *_used_models(), *others])


def thaw() -> None:
    """Take the triggers off."""
    postgres = connection.vendor == "postgresql"
    _execute([f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}" for name, table in triggers()])


@contextmanager
def thawed() -> Iterator[None]:
    """For whoever has to work on the tables themselves: migrations, a flush, tests that tamper with figures."""
    thaw()
    try:
        yield
    finally:
        freeze()


def triggers() -> list[tuple[str, str]]:
    """Name and table of each of our triggers that is there."""
    found = {
        "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace",
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(found[connection.vendor])
        return [(name, table) for name, table in cursor.fetchall() if name.startswith(PREFIX)]


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else pending checks would lock the tables against us
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql" and connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# SQLite: a trigger on each row, whose condition is one look at the run


def _sqlite(tables: list[str], pointer: bool) -> Iterator[str]:
    for table in tables:
        yield on_row(f"{table}_insert", "INSERT", table, _adds(table), REFUSED)
        for event, rows in (("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            when = " OR ".join(f"{_state(f'{row}.run_id')} IN {KEPT}" for row in rows)
            yield on_row(f"{table}_{event.lower()}", event, table, when, REFUSED)
    same = " AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in _columns(RUN) if name != "state")
    stays = f"({same} AND (OLD.state IS NEW.state OR NEW.state IN {FROZEN}))"
    yield on_row("run_update", "UPDATE", RUN, f"OLD.state IN {FROZEN} AND NOT {stays}", REFUSED_RUN)
    yield on_row("run_delete", "DELETE", RUN, f"OLD.state IN {FROZEN}", REFUSED_RUN)
    yield on_row("run_insert", "INSERT", RUN, f"{_state('NEW.id')} IN {FROZEN}", REFUSED_RUN)
    for event in ("INSERT", "UPDATE") if pointer else ():
        when = f"{_state('NEW.run_id')} IS NOT 'published'"
        yield on_row(f"pointer_{event.lower()}", event, POINTER, when, REFUSED_POINTER)


def _adds(table: str) -> str:
    """A row comes to a published run, or takes the place of one of its rows (INSERT OR REPLACE)."""
    (model,) = (model for model in FIGURES if model._meta.db_table == table)
    unique = [field.column for field in model._meta.local_fields if field.unique]
    replaced = [f"(SELECT run_id FROM {table} WHERE {name} = NEW.{name})" for name in unique]  # noqa: S608
    return " OR ".join(f"{_state(run)} IN {KEPT}" for run in ["NEW.run_id", *replaced])


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _state(run: str) -> str:
    return f"(SELECT state FROM {RUN} WHERE id = {run})"  # noqa: S608


# PostgreSQL: one look for each statement, at all the rows it touched


def _postgres(tables: list[str], pointer: bool) -> Iterator[str]:
    yield function("refuse_rows", refusal(_touched("touched"), REFUSED))
    yield function("refuse_both", refusal(f"{_touched('touched')} OR {_touched('before')}", REFUSED))
    any_frozen = f"EXISTS (SELECT 1 FROM {RUN} WHERE state IN {KEPT})"  # noqa: S608
    yield function("refuse_truncate", refusal(any_frozen, REFUSED))
    yield function("refuse_run", refusal(_RUN_CHANGES, REFUSED_RUN, "NEW"))
    not_published = f"{_state('NEW.run_id')} IS DISTINCT FROM 'published'"
    yield function("refuse_pointer", refusal(not_published, REFUSED_POINTER, "NEW"))
    for table in tables:
        yield from on_statements(table, "refuse_rows", "refuse_both", "refuse_truncate")
    yield trigger("run_update", f"BEFORE UPDATE ON {RUN} FOR EACH ROW WHEN (OLD.state IN {FROZEN})", "refuse_run")
    yield trigger("run_delete", f"BEFORE DELETE ON {RUN} FOR EACH ROW WHEN (OLD.state IN {FROZEN})", "refuse_run")
    yield trigger("run_truncate", f"BEFORE TRUNCATE ON {RUN} FOR EACH STATEMENT", "refuse_truncate")
    if pointer:
        yield trigger("pointer", f"BEFORE INSERT OR UPDATE ON {POINTER} FOR EACH ROW", "refuse_pointer")


def _touched(rows: str) -> str:
    return f"EXISTS (SELECT 1 FROM {RUN} WHERE state IN {KEPT} AND id IN (SELECT run_id FROM {rows}))"  # noqa: S608


_RUN_CHANGES = (
    f"TG_OP = 'DELETE' OR NEW.state NOT IN {FROZEN} OR to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'"
)


# Cost models


def _used_models() -> Iterator[str]:
    """A row that a run names keeps what the run rests on; one that failed published nothing, so it keeps nothing."""
    used = f"EXISTS (SELECT 1 FROM {RUN} WHERE cost_model_id = OLD.id AND state <> 'failed')"  # noqa: S608
    columns = [name for name in OF_MODEL if name in _columns(MODEL)]
    if connection.vendor == "postgresql":
        yield function("refuse_model", refusal(used, REFUSED_MODEL, "NEW"))
        new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("NEW", "OLD"))
        changes = f"ROW({new}) IS DISTINCT FROM ROW({old})"
        yield trigger("model", f"BEFORE UPDATE ON {MODEL} FOR EACH ROW WHEN ({changes})", "refuse_model")
    else:
        changes = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
        yield on_row("model", "UPDATE", MODEL, f"({changes}) AND {used}", REFUSED_MODEL)
