"""One run from its request to its publication: roll up, cost, rank, place, publish."""

import logging
from datetime import date

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.models import WebhookEndpoint
from kam_portal import tasks
from kam_portal.preparing import follow_up
from profitability import queue
from profitability.models import Run

logger = logging.getLogger(__name__)


def request_run(user=None, month_from: int | None = None, month_to: int | None = None, model_code: str = "") -> Run:
    """The run that calculates this window: the one that waits for the same, or a new one, handed to a worker."""
    with transaction.atomic():
        asked = {
            "kind": Run.Kind.DEMAND,
            "asked_from": month_from,
            "asked_to": month_to,
            "model_code": model_code,
        }
        run = Run.objects.select_for_update().filter(state=Run.State.WAITING, **asked).first()
        if run is None:
            run = Run.objects.create(created_by=user, **asked)
        transaction.on_commit(lambda: hand_over(run.pk))
    return run


def request_nightly(business_date: date) -> Run:
    """The one nightly run of a business date; asking again changes nothing."""
    with transaction.atomic():
        run, _made = Run.objects.get_or_create(kind=Run.Kind.NIGHTLY, business_date=business_date)
        transaction.on_commit(lambda: hand_over(run.pk))
    return run


def hand_over(run_id: int) -> None:
    """Wake a worker for the run."""
    tasks.wake(tasks.calculate, run_id)


def take_up_waiting() -> int:
    """Hand every run that waits, or whose worker is gone, to a worker. Returns how many."""
    runs = list(queue.unfinished())
    for run in runs:
        hand_over(run.pk)
    return len(runs)


def recompute(month_from=None, month_to=None, model_code="", engine="database", user=None) -> Run:
    """Calculate here and now, in this process; returns the run, published or failed."""
    run = Run.objects.create(
        created_by=user, asked_from=month_from, asked_to=month_to, model_code=model_code, engine=engine
    )
    perform(run.pk)
    run.refresh_from_db()
    return run


def perform(run_id: int) -> bool:
    """Do a run if nobody else does it. True when it was published by this call."""
    run = queue.claim(run_id)
    if run is None:
        return False
    try:
        with queue.heartbeat(run):
            is_published = calculate_and_publish(run)
        if is_published:
            look_for_signals()
            tell_of_events()
        return is_published
    except queue.Overtaken:
        logger.warning("Run %s was taken over by another worker.", run_id)
    except (OperationalError, InterfaceError):
        queue.give_back(run)
        raise
    except Exception as error:
        queue.fail(run, reason(error))
        if not is_of_the_data(error):
            raise
    return False


def calculate_and_publish(run: Run) -> bool:
    """Whether it is published now; it may have to wait for approval."""
    from profitability import runs
    from relationships import positions

    calculation = runs.calculate(run)
    runs.store(run, calculation)
    placed = positions.place_accounts(run)
    return runs.publish(run, run.inputs | placed.inputs, [*calculation.hashes, placed.hash])


def published_by_hand(run_id: int) -> None:
    """What follows when a person has put a run behind the pages."""
    follow_up(run_id)
    look_for_signals()
    tell_of_events()


def look_for_signals() -> None:
    """Of what needs attention in the new figures. The run stands, whatever becomes of this."""
    tasks.wake(tasks.find_signals)


def tell_of_events() -> None:
    """Webhooks hear of it at once if a worker can be woken, else with the next look for what waits."""
    if not WebhookEndpoint.objects.filter(is_active=True).exists():
        return
    try:
        tasks.tell_of_events.delay()
    except Exception:
        logger.warning("No worker could be told of the events; they wait for the next round.", exc_info=True)


def is_of_the_data(error: Exception) -> bool:
    """Whether a person can mend it: the message says what is wrong with the ledger, the costs or the model."""
    from profitability.runs import CannotRun

    return isinstance(error, CannotRun)


def reason(error: Exception) -> str:
    if is_of_the_data(error):
        return str(error)
    return _("The calculation stopped with an error (%(kind)s). Nothing was published; the log has the details.") % {
        "kind": type(error).__name__
    }
