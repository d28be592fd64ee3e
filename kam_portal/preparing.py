"""What workers prepare for pages, so that nobody waits in a request: best effort, asked for once in a while."""

import logging

from celery import Task
from django.core.cache import cache

from kam_portal import tasks
from profitability.models import Run
from profitability.queries import earlier_run

ASKED_SECONDS = 120  # then a page may ask again: the first message may be lost
logger = logging.getLogger(__name__)


def ask(task: Task, *ids: int, seconds: int = ASKED_SECONDS) -> None:
    """Hand the task to a worker, if that was not done lately."""
    asked = f"asked:{task.name}:{':'.join(map(str, ids))}"
    if cache.add(asked, True, seconds) and not tasks.wake(task, *ids):
        cache.delete(asked)


def ask_for_comparison(before: Run, after: Run) -> None:
    ask(tasks.prepare_comparison, before.pk, after.pk)


def follow_up(run_id: int) -> None:
    """After a publication: what the pages will want of the new run. The run stands, whatever becomes of this."""
    from kam_portal.tasks import prepare_groups

    try:
        run = Run.objects.get(pk=run_id)
        ask(prepare_groups, run.pk)
        ask(tasks.prepare_board, run.pk)
        before = earlier_run(run)
        if before is not None:
            ask_for_comparison(before, run)
    except Exception:
        logger.warning("Nothing could be prepared for run %s; pages will ask for it.", run_id, exc_info=True)
