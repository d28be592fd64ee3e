"""Closing months and reopening them: a closed month takes no more changes, and its ledger is kept as a file."""

import logging
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Import, User
from profitability.core.months import months_between
from profitability.explain.ledger import imported_since
from profitability.models import ActivityEvent, ArchivedMonth, ClosedMonth, MonthClosing, OrderLine, ResourceCost, Run
from profitability.queries import published_run
from profitability.rollup import archive

logger = logging.getLogger(__name__)


class CannotClose(ValueError):
    """The month cannot be closed or reopened now; the message says what to do."""


@dataclass(frozen=True)
class Month:
    """A month of the list: who closed it, why it cannot be closed, and what happened to it, newest first."""

    month: int
    closed: ClosedMonth | None
    obstacle: str
    log: list[MonthClosing]


def listed(run: Run | None) -> list[Month]:
    """The months of the published run and all that were ever closed, the newest first."""
    closed = {row.month: row for row in ClosedMonth.objects.select_related("closed_by")}
    log: dict[int, list[MonthClosing]] = {}
    for entry in MonthClosing.objects.select_related("by", "run").order_by("-pk"):
        log.setdefault(entry.month, []).append(entry)
    covered = months_between(run.month_from, run.month_to) if run else []
    changed = changed_since(run) if run else set()
    return [
        Month(month, closed.get(month), "" if month in closed else obstacle(month, run, changed), log.get(month, []))
        for month in sorted({*covered, *closed, *log}, reverse=True)
    ]


def obstacle(month: int, run: Run | None, changed: set[int]) -> str:
    """Why the month cannot be closed now; empty if it can."""
    if run is None or not run.month_from <= month <= run.month_to:
        return _("The published run does not cover it.")
    if run.state != Run.State.PUBLISHED or run.difference:
        return _("The published run does not close.")
    if month in changed:
        return _("Its ledger changed since run %(number)s: recompute first.") % {"number": run.pk}
    return ""


def changed_since(run: Run) -> set[int]:
    """The months of the run whose ledger was changed by later imports."""
    window = (run.month_from, run.month_to)
    return {
        month
        for table in (OrderLine, ActivityEvent, ResourceCost)
        for month in imported_since(run, table.objects.filter(month__range=window)).values_list("month", flat=True)
    }


def close(month: int, user: User) -> None:
    """Close a month that the published run covers and closes. Raises CannotClose."""
    with transaction.atomic():
        run = published_run()
        if ClosedMonth.objects.filter(month=month).exists():
            raise CannotClose(_("It is closed already."))
        if Import.objects.filter(state=Import.State.RUNNING, dry_run=False).exists():
            raise CannotClose(_("An import is running: wait until it is done."))
        reason = obstacle(month, run, changed_since(run) if run else set())
        if reason:
            raise CannotClose(reason)
        ClosedMonth.objects.create(month=month, closed_by=user)
        MonthClosing.objects.create(month=month, is_closing=True, by=user, run=run)
        transaction.on_commit(partial(keep_file, month))


def reopen(month: int, user: User, reason: str) -> None:
    """Let a month take changes again, and note why. Raises CannotClose."""
    with transaction.atomic():
        closed = ClosedMonth.objects.select_for_update().filter(month=month).first()
        if closed is None:
            raise CannotClose(_("It is not closed."))
        archive.drop(month)
        closed.delete()
        MonthClosing.objects.create(month=month, is_closing=False, by=user, reason=reason)


def keep_file(month: int) -> None:
    """Have a worker write the month's file; the beat asks again for one that got lost."""
    from kam_portal.tasks import archive_month

    try:
        archive_month.delay(month)
    except Exception:
        logger.warning("No worker could be told to keep %s; it is asked for again.", month, exc_info=True)


def keep_missing_files() -> None:
    """Ask for the files of closed months that have none."""
    kept = ArchivedMonth.objects.values("month")
    for month in ClosedMonth.objects.exclude(month__in=kept).values_list("month", flat=True):
        keep_file(month)


def keep(month: int) -> None:
    """Write the file of a month, unless it was reopened meanwhile."""
    if ClosedMonth.objects.filter(month=month).exists():
        archive.write(month)
