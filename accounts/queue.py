"""One import at a time: what goes into the ledger waits for its turn, whoever brings it."""

from django.db import connection

LOCK = 0x6B616D  # any number, the same for all


def take_turn(wait: bool) -> bool:
    """Until the transaction ends nobody else has a turn; False if somebody has it and one should not wait.

    On SQLite the transaction itself is the turn.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
