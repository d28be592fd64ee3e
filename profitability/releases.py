"""Which run stands behind every page: a calculated one, one that somebody has approved, or an earlier one again.

A run that would change the figures of a closed month is held: what was published before stays until a second person,
never who asked for the run, approves it, or somebody discards it. A later run takes its place.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from profitability import closed_figures
from profitability.closed_figures import Change, closed_ones, sentence
from profitability.models import MonthClosing, Publication, Run, RunDecision

State, Step = Run.State, RunDecision.Step


class CannotRelease(ValueError):
    """The run cannot be put behind the pages, or be discarded; the message says why."""


def release(row: Run) -> bool:
    """Put a run that has just been calculated behind every page, or hold it. Within a transaction."""
    current = lock()
    found = closed_figures.changes(row)
    row.changes, row.follows_id = closed_figures.told(found), current
    drop_held(row)
    if closed_ones(found):
        row.state, row.message = State.HELD, waits_for(closed_ones(found))
        row.save()
        return False
    put_up(row)
    return True


def lock() -> int | None:
    """Which run is published; nobody publishes another one, or closes a month by it, until the transaction ends."""
    return Publication.objects.select_for_update().values_list("run_id", flat=True).first()


def waits_for(found: list[Change]) -> str:
    listed = "; ".join(sentence(change) for change in found)
    return _("Waits for approval: closed months would change. %(months)s.") % {"months": listed}


def put_up(row: Run) -> None:
    """Let the run stand behind every page."""
    now = timezone.now()
    Run.objects.filter(state=State.PUBLISHED).exclude(pk=row.pk).update(state=State.SUPERSEDED)
    if row.published_at is None:
        row.state, row.message, row.published_at = State.PUBLISHED, "", now
        row.save()
    else:  # the database lets nothing else be changed of one that was published once
        Run.objects.filter(pk=row.pk).update(state=State.PUBLISHED)
    Publication.objects.update_or_create(pk=1, defaults={"run_id": row.pk, "published_at": now})


def drop_held(row: Run) -> None:
    """Runs that wait for approval rest on what was published before."""
    for held in Run.objects.select_for_update().filter(state=State.HELD).exclude(pk=row.pk):
        decide(held, Step.DISCARDED, None, _("Run %(number)s took its place.") % {"number": row.pk})
        Run.objects.filter(pk=held.pk).update(state=State.DISCARDED)


def decide(row: Run, step: str, user: User | None, reason: str) -> None:
    if not reason.strip():
        raise CannotRelease(_("Say why."))
    RunDecision.objects.create(run=row, step=step, by=user, reason=reason.strip())


# What persons decide


def approve(run_id: int, user: User, reason: str) -> None:
    """Publish a held run that somebody else asked for: from now on its figures are those of the closed months. Raises
    CannotRelease."""
    with transaction.atomic():
        lock()
        row = held_run(run_id)
        if row.created_by_id == user.pk:  # nobody asked for a nightly run
            raise CannotRelease(_("You asked for it yourself: another person has to approve."))
        found = closed_figures.changes(row)
        if closed_figures.told(found) != row.changes:  # see is_stale
            raise CannotRelease(_("Months were closed or reopened since: recompute."))
        decide(row, Step.APPROVED, user, reason)
        note_months(row, closed_ones(found), user, reason)
        put_up(row)


def is_stale(row: Run) -> bool:
    """Whether a held run would by now change other months than it says, since some were closed or reopened."""
    steps = [MonthClosing.Step.CLOSED, MonthClosing.Step.REOPENED, MonthClosing.Step.CHANGED]
    months = (row.month_from, row.month_to)
    if not MonthClosing.objects.filter(at__gte=row.created_at, month__range=months, step__in=steps).exists():
        return False  # what follows reads the whole window of two runs
    return closed_figures.told(closed_figures.changes(row)) != row.changes


def somebody_else_approves(user: User) -> bool:
    """Whether there is another person who may approve a run."""
    return User.objects.who_may(Permission.APPROVE_RUNS).exclude(pk=user.pk).exists()


def discard(run_id: int, user: User, reason: str) -> None:
    """Give a held run up; what is published stays. Raises CannotRelease."""
    with transaction.atomic():
        row = held_run(run_id)
        decide(row, Step.DISCARDED, user, reason)
        Run.objects.filter(pk=row.pk).update(state=State.DISCARDED)


def held_run(run_id: int) -> Run:
    row = Run.objects.select_for_update().filter(pk=run_id, state=State.HELD).first()
    if row is None:
        raise CannotRelease(_("It does not wait for approval any more."))
    return row


def publish_again(run_id: int, user: User, reason: str) -> None:
    """Put a run that was published before behind every page again. Raises CannotRelease."""
    with transaction.atomic():
        lock()
        row = Run.objects.select_for_update().filter(pk=run_id, state=State.SUPERSEDED).first()
        if row is None:
            raise CannotRelease(_("Only a run that was published before can be published again."))
        if closed := closed_ones(closed_figures.changes(row)):
            listed = "; ".join(sentence(change) for change in closed)
            raise CannotRelease(_("Closed months would change. %(months)s.") % {"months": listed})
        decide(row, Step.AGAIN, user, reason)
        drop_held(row)
        put_up(row)


def note_months(row: Run, found: list[Change], user: User, reason: str) -> None:
    """In the log of each month: whose figures count from now on."""
    MonthClosing.objects.bulk_create(
        MonthClosing(month=change.month, step=MonthClosing.Step.CHANGED, by=user, reason=reason.strip(), run=row)
        for change in found
    )
