"""Closed months: the roll-up of their files, and a nightly run's roll-up when one month of 24 is open."""

from pathlib import Path

from django.db import transaction

from benchmarks.ledger import FIRST, LAST, MONTHS
from benchmarks.measures import Measured, measure
from benchmarks.rolling_up import EVENTS, LINES, group_by
from profitability.models import ArchivedMonth, ClosedMonth
from profitability.rollup import archive, roll_up


def close(files: Path) -> None:
    """Close all months and write their files. Not measured."""
    for month in MONTHS:
        ClosedMonth.objects.create(month=month)
        archive.write(month)


def reopen_last(files: Path) -> None:
    """Open the last month again and roll up the others, as a night before did. Not measured."""
    archive.drop(LAST)
    ClosedMonth.objects.get(month=LAST).delete()
    roll_up(FIRST, LAST)


def columnar(files: Path) -> Measured:
    """All 24 months by DuckDB over their files, each file's hash looked at."""
    return measure(lambda: roll_up(FIRST, LAST, "columnar"), lambda: group_by(LINES, EVENTS))


def nightly(files: Path) -> Measured:
    """One open month, 23 known ones."""
    assert roll_up(FIRST, LAST).measures.equals(everything().measures)
    return measure(lambda: roll_up(FIRST, LAST), everything)


def everything():
    """The roll-up in a database that knows no closed months."""
    with transaction.atomic():
        ArchivedMonth.objects.all().delete()
        found = roll_up(FIRST, LAST)
        transaction.set_rollback(True)
    return found
