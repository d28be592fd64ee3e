"""Closing months and reopening them: a closed month takes no more changes, and its ledger is kept as a file."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import itemgetter

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Max, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Import, User
from accounts.permissions import Permission, may
from accounts.queue import take_turn
from kam_portal import tasks
from kam_portal.closed_ledger import nobody_writes
from profitability import releases
from profitability.closed_figures import spoken
from profitability.core.months import months_between
from profitability.explain.ledger import imported_since
from profitability.models import ActivityEvent, ArchivedMonth, ClosedMonth, MonthClosing, OrderLine, ResourceCost, Run
from profitability.queries import published_run
from profitability.rollup import archive
from profitability.standings import READABLE

Step = MonthClosing.Step


class CannotClose(ValueError):
    """The month cannot be closed or reopened now; the message says what to do."""


@dataclass(frozen=True)
class Month:
    """A month of the list: on which run it would be closed, who closed it, why it cannot be closed, and what happened
    to it, newest first."""

    month: int
    run: Run | None
    closed: ClosedMonth | None
    obstacle: str
    log: list[MonthClosing]

    @property
    def year(self) -> int:
        return self.month // 100


def listed(published: Run | None) -> list[Month]:
    """The months of the ledger and of the published run, and all that were ever closed, the newest first. Whether the
    ledger of older months changed since their run is looked for when one is to be closed."""
    closed = {row.month: row for row in ClosedMonth.objects.select_related("asked__by")}
    log: dict[int, list[MonthClosing]] = {}
    for entry in MonthClosing.objects.select_related("by", "asked_by").order_by("-pk"):
        log.setdefault(entry.month, []).append(entry)
    covered = months_between(published.month_from, published.month_to) if published else []
    months = sorted({*ledger_months(), *covered, *closed, *log}, reverse=True) if published else []
    runs, changed = closing_runs(published), changed_since(published, covered) if published else set()
    return [
        Month(
            month=month,
            run=runs.get(month),
            closed=closed.get(month),
            obstacle="" if month in closed else obstacle(month, runs.get(month), changed),
            log=log.get(month, []),
        )
        for month in months
    ]


def ledger_months() -> list[int]:
    """From the first month of the ledger to the last."""
    tables = (OrderLine, ActivityEvent, ResourceCost)
    ends = [table.objects.aggregate(first=Min("month"), last=Max("month")) for table in tables]
    firsts, lasts = ([end[name] for end in ends if end[name]] for name in ("first", "last"))
    return months_between(min(firsts), max(lasts)) if firsts else []


def closing_runs(published: Run | None) -> dict[int, Run]:
    """The run whose figures would count if a month were closed: the published one, else the latest that was."""
    found: dict[int, Run] = {}
    columns = ("month_from", "month_to", "state", "difference", "started_at", "created_at")
    runs = Run.objects.filter(state__in=READABLE).only(*columns).order_by("published_at", "pk")
    for run in [*runs, *([published] if published else [])]:
        found |= dict.fromkeys(months_between(run.month_from, run.month_to), run)
    return found


def obstacle(month: int, run: Run | None, changed: set[int]) -> str:
    """Why the month cannot be closed now; empty if it can."""
    if run is None:
        return _("No published run has covered it yet.")
    if run.difference:
        return _("Run %(number)s does not close.") % {"number": run.pk}
    if month in changed:
        return _("Its ledger changed since run %(number)s: recompute first.") % {"number": run.pk}
    return ""


def changed_since(run: Run, months: Iterable[int]) -> set[int]:
    """Which of the months later imports changed."""
    return {
        month
        for table in (OrderLine, ActivityEvent, ResourceCost)
        for month in imported_since(run, table.objects.filter(month__in=months)).values_list("month", flat=True)
    }


# Closing


@dataclass(frozen=True)
class Candidate:
    """A month that somebody is about to close."""

    month: int
    run: Run | None
    obstacle: str

    @property
    def contribution(self) -> Decimal | None:
        """Of all accounts and of lines without one, as the run has it."""
        if self.run is None or "months" not in self.run.totals:
            return None
        place = months_between(self.run.month_from, self.run.month_to).index(self.month)
        return Decimal(self.run.totals["months"]["contribution"][place]).scaleb(-settings.CURRENCY_DIGITS)


def candidates(months: Iterable[int]) -> list[Candidate]:
    """The months, earliest first, each with the run that would count and with what stands against closing it."""
    runs, of_run = closing_runs(published_run()), {}
    for month in sorted(months):
        of_run.setdefault(runs.get(month), []).append(month)
    changed = {month for run, listed in of_run.items() if run for month in changed_since(run, listed)}
    found = [(month, runs.get(month)) for listed in of_run.values() for month in listed]
    return [Candidate(month, run, obstacle(month, run, changed)) for month, run in sorted(found, key=itemgetter(0))]


def open_before(month: int) -> list[int]:
    """Earlier months of the ledger that are open."""
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    return [each for each in ledger_months() if each < month and each not in closed]


def close(months: Collection[int], user: User) -> None:
    """Close months, each on the run that is published, or was the latest to cover it: all of them or none. Raises
    CannotClose."""
    if Import.objects.filter(state=Import.State.RUNNING, dry_run=False).exists():
        raise CannotClose(_("An import is running: wait until it is done."))
    with ledger_to_oneself():
        releases.lock()
        closed = set(ClosedMonth.objects.filter(month__in=months).values_list("month", flat=True))
        for each in candidates(set(months)):
            if each.month in closed:
                raise CannotClose(f"{spoken(each.month)}: " + _("It is closed already."))
            if each.obstacle:
                raise CannotClose(f"{spoken(each.month)}: {each.obstacle}")
            ClosedMonth.objects.create(month=each.month, closed_by=user)
            MonthClosing.objects.create(month=each.month, step=Step.CLOSED, by=user, run=each.run)
            transaction.on_commit(partial(keep_file, each.month))


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
    return User.objects.who_may(Permission.CONFIRM_REOPENING).exclude(pk=user.pk).exists()


# What waits for somebody


@dataclass(frozen=True)
class Waiting:
    """Something that a person has to decide, and where."""

    text: str
    url: str


def waiting_for(user: User) -> list[Waiting]:
    """Reopenings that somebody else asked for, and a run that waits for approval."""
    found = []
    if may(user, Permission.CONFIRM_REOPENING):
        asked = ClosedMonth.objects.filter(asked__isnull=False).exclude(asked__by=user).select_related("asked__by")
        for row in asked.order_by("month"):
            words = {"name": row.asked.by.name, "month": spoken(row.month), "reason": row.asked.reason}
            text = _("%(name)s asks to reopen %(month)s: %(reason)s") % words
            found.append(Waiting(text, f"{reverse('months')}#m{row.month}"))
    if may(user, Permission.APPROVE_RUNS):
        for run in Run.objects.filter(state=Run.State.HELD).only("message"):
            found.append(Waiting(f"{run}: {run.message}", reverse("run", args=[run.pk])))
    return found


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
