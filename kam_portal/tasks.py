"""What the workers do. Arguments are ids; every task may be repeated safely."""

import logging

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

logger = logging.getLogger(__name__)


def wake(task: Task, *ids: int, expires: float | None = None) -> bool:
    """Have a worker do it. The row is the queue of record: for a message that is not sent, or gets lost, the beat or
    a page asks again. False if it could not be sent."""
    try:
        task.apply_async(ids, expires=expires)
    except Exception:
        logger.warning("No worker could be told of %s%s; it is asked for again.", task.name, ids, exc_info=True)
        return False
    return True


@shared_task
def calculate(run_id: int) -> None:
    """Do one run, unless somebody else does; then what pages will want of it is prepared."""
    from kam_portal.preparing import follow_up
    from kam_portal.recompute import perform

    if perform(run_id):
        follow_up(run_id)


@shared_task
def nightly() -> None:
    """Recompute costs, rankings and positions, once a night; first the ledger hears of touchpoints."""
    from kam_portal.recompute import request_nightly
    from relationships import booking

    try:
        booking.take_over(timezone.localdate())
    except Exception:  # the run comes all the same, without those of the day
        logger.exception("Touchpoints were not taken over into the ledger.")
    request_nightly(timezone.localdate())


@shared_task
def find_signals() -> None:
    """Bring the signals of what needs attention in line with what is so today."""
    from kam_portal.recompute import tell_of_events
    from relationships.signals.recompute import recompute

    if recompute(timezone.localdate()):
        tell_of_events()


@shared_task
def send_digests() -> None:
    """Send the e-mails of what needs attention that are due and were not sent."""
    from relationships.signals.digest import send_all

    if settings.SENDS_EMAIL:
        send_all(timezone.localdate())


@shared_task
def take_up_waiting() -> None:
    """Find runs and imports that a lost message or a killed worker left behind."""
    from kam_portal import imports, months, recompute
    from kam_portal.uploads import drafts
    from kam_portal.webhooks import queue as webhooks

    recompute.take_up_waiting()
    imports.take_up_waiting(timezone.now())
    drafts.tidy(timezone.now())
    months.keep_missing_files()
    webhooks.tidy()
    webhooks.hand_over()


@shared_task
def archive_month(month: int) -> None:
    """Keep the ledger of a closed month as a file, unless it is there."""
    from kam_portal import months

    months.keep(month)


@shared_task
def import_file(import_id: int) -> None:
    """Import one uploaded file, unless that is done."""
    from kam_portal.imports import perform_import

    perform_import(import_id)


@shared_task
def look_into_draft(import_id: int) -> None:
    """Note what an uploaded file holds, for the page where its columns are matched."""
    from kam_portal.uploads.looks import look_into

    look_into(import_id)


@shared_task
def prepare_window(run_id: int) -> None:
    """Read the months of all accounts of a run for what-if scenarios, unless that is done."""
    from profitability.models import Run
    from profitability.scenarios import prepare

    prepare(Run.objects.select_related("cost_model").get(pk=run_id))


@shared_task
def prepare_comparison(before_id: int, after_id: int) -> None:
    """Compare all accounts of two runs and keep the result, unless that is done."""
    from profitability.comparisons import prepare
    from profitability.models import Run

    runs = Run.objects.select_related("cost_model").in_bulk((before_id, after_id))
    prepare(runs[before_id], runs[after_id])


@shared_task
def tell_of_events() -> None:
    """Put what happened into the queue of each webhook, and have it sent."""
    from kam_portal.webhooks.queue import hand_over

    hand_over()


@shared_task
def send_webhooks(endpoint_id: int) -> None:
    """Send what is due to one endpoint."""
    from kam_portal.webhooks.queue import send_due

    send_due(endpoint_id)


@shared_task
def prepare_groups(run_id: int) -> None:
    """Sum the months of all accounts of a run by segment and country, unless that is done."""
    from profitability.models import Run
    from profitability.pnl.kept import prepare

    prepare(Run.objects.select_related("cost_model").get(pk=run_id))


@shared_task
def prepare_board(run_id: int) -> None:
    """Work out what senior management sees of a run on its first page, unless that is done."""
    from kam_portal.views.home_management import prepare
    from profitability.models import Run

    prepare(Run.objects.select_related("cost_model").get(pk=run_id))
