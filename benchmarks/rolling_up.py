"""The roll-up and a whole run against one GROUP BY of the columns they need."""

from pathlib import Path

from django.db import connection

from benchmarks.ledger import FIRST, LAST
from benchmarks.measures import Measured, measure

# One pass over the columns of the roll-up, with nothing of the product: no marks taken apart, no products counted.
LINES = """
SELECT account_id, month, COUNT(*), SUM(counts), SUM(quantity), SUM(list_amount), SUM(discount_amount),
       SUM(net_amount), SUM(cost_amount), SUM(freight_amount)
FROM profitability_orderline WHERE superseded_in_id IS NULL AND month BETWEEN %s AND %s GROUP BY account_id, month
"""
EVENTS = """
SELECT account_id, month, event_type, COUNT(*), SUM(quantity), SUM(minutes)
FROM profitability_activityevent WHERE superseded_in_id IS NULL AND month BETWEEN %s AND %s
GROUP BY account_id, month, event_type
"""


def group_by(*statements: str, window: tuple[int, int] = (FIRST, LAST)) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, window)
            cursor.fetchall()


def roll_up(files: Path) -> Measured:
    """Measures of lines and events as a frame, with products bought and the sales of the window before."""
    from profitability.rollup import roll_up

    return measure(lambda: roll_up(FIRST, LAST), lambda: group_by(LINES, EVENTS))


def recompute(files: Path) -> Measured:
    """The whole run of the scaled ledger, from its request to its publication."""
    return a_run(FIRST, LAST)


def recompute_uci(files: Path) -> Measured:
    """The whole run of the UCI-shaped ledger: all its 13 months, no costs."""
    return a_run(200912, 201011)


def a_run(first: int, last: int) -> Measured:
    from kam_portal.recompute import recompute
    from profitability import runs  # noqa: F401  (what a worker has loaded before it gets a run)
    from relationships import positions  # noqa: F401

    def published() -> None:
        run = recompute(first, last)
        assert run.state == "published", run.message

    return measure(published, lambda: group_by(LINES, EVENTS, window=(first, last)))
