"""Who may work on a run. The `Run` row is the queue of record: a lease says who has it, and `attempts` is the
fencing token, so that a worker that froze and wakes up late can neither report progress nor publish."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from profitability.models import Run

ALIVE = [Run.State.WAITING, Run.State.RUNNING]


class Overtaken(Exception):
    """Another worker has taken the run over: stop, and write nothing more."""


def me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def claim(run_id: int) -> Run | None:
    """Take a run that waits, or whose worker is gone. None when somebody has it, or it is finished, or it was
    lost too often (then it is marked as failed)."""
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(pk=run_id, state__in=ALIVE).first()
        if run is None or is_held(run):
            return None
        if run.attempts >= settings.RUN_ATTEMPTS:
            _mark_lost(run)
            return None
        run.attempts += 1
        run.state, run.holder, run.started_at = Run.State.RUNNING, me(), timezone.now()
        run.step, run.steps_done, run.steps_total, run.lease_until = "", 0, 0, _lease()
        run.save()
    return run


def is_held(run: Run) -> bool:
    """Whether a worker that may still be alive has the run. One on this machine is asked for by its process."""
    if run.state != Run.State.RUNNING or run.lease_until is None or run.lease_until < timezone.now():
        return False
    host, process = run.holder.rsplit(":", 1)
    return host != socket.gethostname() or process == str(os.getpid()) or _is_alive(int(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _mark_lost(run: Run) -> None:
    run.state, run.finished_at = Run.State.FAILED, timezone.now()
    run.message = _("Its worker was lost %(count)s times. Nothing was published.") % {"count": run.attempts}
    run.save()


def _lease():
    return timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def mine(run: Run):
    """The run's row, as long as this attempt is the latest."""
    return Run.objects.filter(pk=run.pk, attempts=run.attempts, state=Run.State.RUNNING)


def tell(run: Run, step: str, done: int, total: int) -> None:
    """Report progress and renew the lease."""
    found = mine(run).update(step=step, steps_done=done, steps_total=total, lease_until=_lease())
    if not found:
        raise Overtaken(run.pk)
    run.step, run.steps_done, run.steps_total = step, done, total


def fail(run: Run, message: str) -> None:
    """End the run with its reason; what it wrote is removed and the published run stays."""
    mine(run).update(state=Run.State.FAILED, message=message, finished_at=timezone.now(), lease_until=None)


def give_back(run: Run) -> None:
    """Let another attempt do it, after a fault that may pass (the database was away)."""
    mine(run).update(state=Run.State.WAITING, lease_until=None)


def unfinished() -> Iterator[Run]:
    """Runs that somebody should take up now."""
    lost = Q(state=Run.State.WAITING) | Q(state=Run.State.RUNNING)
    return (run for run in Run.objects.filter(lost).order_by(F("created_at")) if not is_held(run))


@contextmanager
def heartbeat(run: Run) -> Iterator[None]:
    """Renew the lease from a thread while a long statement runs."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(run: Run, stop: threading.Event) -> None:
    while not stop.wait(settings.RUN_LEASE_SECONDS / 3):
        try:
            mine(run).update(lease_until=_lease())
        finally:
            connection.close()
