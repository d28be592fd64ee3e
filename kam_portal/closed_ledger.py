"""The ledger of a closed month cannot be changed: the database itself refuses it, whoever asks and by whatever way.

On PostgreSQL a month could be closed while somebody's lines are written but not yet to be seen. So whoever writes
the ledger holds a lock until the transaction ends, shared among writers, and a month is closed only by whoever gets
it alone. On SQLite there is one writer at a time anyway.
"""

# ruff: noqa: S608 (all texts in these statements are our own)

from collections.abc import Iterator, Set

from django.db import connection

from kam_portal.triggers import function, on_row, on_statements, refusal
from profitability.models import ActivityEvent, ClosedMonth, EventAttribute, OrderLine, ResourceCost
from profitability.models.closing import LEDGER_IS_CLOSED

LOCK = 0x6C6564  # any number but that of the imports
CLOSED, EVENTS = ClosedMonth._meta.db_table, ActivityEvent._meta.db_table
ATTRIBUTES = EventAttribute._meta.db_table
DATED = tuple(model._meta.db_table for model in (OrderLine, ActivityEvent, ResourceCost))
TABLES = (*DATED, ATTRIBUTES)


def nobody_writes() -> bool:
    """Whether nobody has written to the ledger without having committed it; until the transaction ends nobody can."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def statements(there: Set[str]) -> Iterator[str]:
    """The triggers, if the tables are there."""
    if there >= {CLOSED, *TABLES}:
        yield from _postgres() if connection.vendor == "postgresql" else _sqlite()


def _sqlite() -> Iterator[str]:
    for table in TABLES:
        of_row = "(SELECT month FROM {} WHERE id = {}.event_id)" if table == ATTRIBUTES else "{1}.month"
        for event, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            months = [of_row.format(EVENTS, row) for row in rows]
            when = " OR ".join(f"EXISTS (SELECT 1 FROM {CLOSED} WHERE month = {month})" for month in months)
            # AFTER, and = instead of IN: an import of order lines then takes a tenth longer instead of a half
            yield on_row(f"{table}_{event.lower()}", event, table, when, LEDGER_IS_CLOSED, moment="AFTER")


def _postgres() -> Iterator[str]:
    yield function("refuse_truncate_closed", refusal(f"EXISTS (SELECT 1 FROM {CLOSED})", LEDGER_IS_CLOSED))
    of_event = f"SELECT month FROM {EVENTS} WHERE id IN (SELECT event_id FROM {{}})"
    kinds = {"dated": "SELECT month FROM {}", "attribute": of_event}
    for kind, months in kinds.items():
        yield function(f"refuse_{kind}", _unless_open(months.format("touched")))
        both = " UNION ALL ".join(months.format(rows) for rows in ("touched", "before"))
        yield function(f"refuse_{kind}_both", _unless_open(both))
    for table in TABLES:
        kind = "attribute" if table == ATTRIBUTES else "dated"
        yield from on_statements(table, f"refuse_{kind}", f"refuse_{kind}_both", "refuse_truncate_closed")


def _unless_open(months: str) -> str:
    any_closed = f"EXISTS (SELECT 1 FROM {CLOSED} WHERE month IN ({months}))"
    return f"PERFORM pg_advisory_xact_lock_shared({LOCK}); " + refusal(any_closed, LEDGER_IS_CLOSED)
