"""Closing months and reopening them: a closed month takes no more changes, and its ledger is kept as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.models import Import, User
from accounts.permissions import PERMISSIONS, Permission
from accounts.queue import take_turn
from kam_portal import tasks
from kam_portal.closed_ledger import nobody_writes
from profitability.core.months import months_between
from profitability.explain.ledger import imported_since
from profitability.models import ActivityEvent, ArchivedMonth, ClosedMonth, MonthClosing, OrderLine, ResourceCost, Run
from profitability.queries import published_run
from profitability.rollup import archive

Step = MonthClosing.Step


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
    closed = {row.month: row for row in ClosedMonth.objects.select_related("asked__by")}
    log: dict[int, list[MonthClosing]] = {}
    for entry in MonthClosing.objects.select_related("by", "asked_by").order_by("-pk"):
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
    if Import.objects.filter(state=Import.State.RUNNING, dry_run=False).exists():
        raise CannotClose(_("An import is running: wait until it is done."))
    with ledger_to_oneself():
        run = published_run()
        if ClosedMonth.objects.filter(month=month).exists():
            raise CannotClose(_("It is closed already."))
        reason = obstacle(month, run, changed_since(run) if run else set())
        if reason:
            raise CannotClose(reason)
        ClosedMonth.objects.create(month=month, closed_by=user)
        MonthClosing.objects.create(month=month, step=Step.CLOSED, by=user, run=run)
        transaction.on_commit(lambda: keep_file(month))


@contextmanager
def ledger_to_oneself() -> Iterator[None]:
    """A transaction in which nobody else writes the ledger. What was being written before can be seen in it; what
    comes later finds the month closed. Raises CannotClose while somebody writes."""
    try:
        with transaction.atomic():
            if not (take_turn(wait=False) and nobody_writes()):
                raise CannotClose(_("An import is running: wait until it is done."))
            yield
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        raise CannotClose(_("The ledger is being changed: try again in a moment.")) from error


# Reopening: one person asks, another confirms


def ask_to_reopen(month: int, user: User, reason: str) -> None:
    """Ask that a month takes changes again; nothing changes until another person confirms. Raises CannotClose."""
    with transaction.atomic():
        closed = ClosedMonth.objects.select_for_update().filter(month=month).first()
        if closed is None:
            raise CannotClose(_("It is not closed."))
        if closed.asked_id:
            raise CannotClose(_("Somebody has asked to reopen it already."))
        closed.asked = MonthClosing.objects.create(month=month, step=Step.ASKED, by=user, reason=reason)
        closed.save(update_fields=["asked"])


def confirm_reopening(month: int, asked: int, user: User) -> None:
    """Let a month take changes again, as somebody else asked for in that entry of the log. Raises CannotClose."""
    with transaction.atomic():
        closed = being_asked_for(month, asked)
        if closed.asked.by_id == user.pk:
            raise CannotClose(_("You asked for it yourself: another person has to confirm."))
        settle(closed, user, Step.REOPENED)
        archive.drop(month)
        closed.delete()


def leave_closed(month: int, asked: int, user: User) -> None:
    """Decline a reopening that somebody asked for, or withdraw one's own. Raises CannotClose."""
    with transaction.atomic():
        closed = being_asked_for(month, asked)
        settle(closed, user, Step.WITHDRAWN if closed.asked.by_id == user.pk else Step.DECLINED)
        closed.asked = None
        closed.save(update_fields=["asked"])


def being_asked_for(month: int, asked: int) -> ClosedMonth:
    """The closed month whose reopening is asked for in that entry of the log; held until the transaction ends."""
    closed = ClosedMonth.objects.select_for_update().filter(month=month, asked=asked).first()
    if closed is None:
        raise CannotClose(_("Somebody has settled this in the meantime."))
    return closed


def settle(closed: ClosedMonth, user: User, step: str) -> None:
    """Note in the log what became of the request."""
    asked = closed.asked
    MonthClosing.objects.create(month=closed.month, step=step, by=user, asked_by=asked.by, reason=asked.reason)


def somebody_else_confirms(user: User) -> bool:
    """Whether there is another person who may confirm."""
    roles = [role for role, held in PERMISSIONS.items() if Permission.CONFIRM_REOPENING in held]
    return User.objects.filter(is_active=True, role__in=roles).exclude(pk=user.pk).exists()


def keep_file(month: int) -> None:
    """Have a worker write the month's file."""
    tasks.wake(tasks.archive_month, month)


def keep_missing_files() -> None:
    """Ask for the files of closed months that have none."""
    kept = ArchivedMonth.objects.values("month")
    for month in ClosedMonth.objects.exclude(month__in=kept).values_list("month", flat=True):
        keep_file(month)


def keep(month: int) -> None:
    """Write the file of a month, unless it was reopened meanwhile."""
    if ClosedMonth.objects.filter(month=month).exists():
        archive.write(month)
