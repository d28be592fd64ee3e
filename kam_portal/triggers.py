"""The SQL of triggers that refuse a change: on SQLite a look at each row, on PostgreSQL one at all rows of a
statement. They raise an IntegrityError with our text on both."""

from collections.abc import Iterator

PREFIX = "frozen_"


def on_row(name: str, event: str, table: str, when: str, refusal: str, moment: str = "BEFORE") -> str:
    """SQLite: refuse the event on a row for which it is `when` (of OLD and NEW)."""
    refuse = f"SELECT RAISE(ABORT, '{refusal}')"
    return f"CREATE TRIGGER {PREFIX}{name} {moment} {event} ON {table} WHEN {when} BEGIN {refuse}; END"


def function(name: str, body: str) -> str:
    """PostgreSQL: what a trigger does."""
    head = f"CREATE OR REPLACE FUNCTION {PREFIX}{name}() RETURNS trigger LANGUAGE plpgsql"
    return f"{head} AS $body$ BEGIN {body} END $body$"


def refusal(condition: str, text: str, result: str = "NULL") -> str:
    """PostgreSQL: the body of a function that refuses under a condition."""
    raised = f"RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation'"
    return f"IF {condition} THEN {raised}; END IF; RETURN {result};"


def trigger(name: str, on: str, function: str) -> str:
    """PostgreSQL: call the function then."""
    return f"CREATE TRIGGER {PREFIX}{name} {on} EXECUTE FUNCTION {PREFIX}{function}()"


def on_statements(table: str, rows: str, both: str, truncate: str) -> Iterator[str]:
    """PostgreSQL: functions for rows that came or went (`touched`), for changed rows (`before` and `touched`), and
    for emptying the table."""
    each = "FOR EACH STATEMENT"
    added, removed = "REFERENCING NEW TABLE AS touched", "REFERENCING OLD TABLE AS touched"
    changed = "REFERENCING OLD TABLE AS before NEW TABLE AS touched"
    yield trigger(f"{table}_insert", f"AFTER INSERT ON {table} {added} {each}", rows)
    yield trigger(f"{table}_update", f"AFTER UPDATE ON {table} {changed} {each}", both)
    yield trigger(f"{table}_delete", f"AFTER DELETE ON {table} {removed} {each}", rows)
    yield trigger(f"{table}_truncate", f"BEFORE TRUNCATE ON {table} {each}", truncate)
