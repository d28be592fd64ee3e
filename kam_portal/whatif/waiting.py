"""Waiting while a worker reads the months of very many accounts."""

import logging
from functools import wraps

from django.core.cache import cache
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

ASKED_SECONDS = 600  # a worker is asked to read a window once in so many
logger = logging.getLogger(__name__)


def when_prepared(view):
    """Wait, with a page that asks again."""

    @wraps(view)
    def answer(request, *arguments, **named):
        from profitability.scenarios import NotPrepared

        try:
            return view(request, *arguments, **named)
        except NotPrepared as wanting:
            ask_for_window(wanting.args[0])
        if request.htmx:
            return HttpResponseClientRedirect(request.get_full_path())
        response = render(request, "profitability/scenario_waits.html", status=503)
        response["Refresh"] = response["Retry-After"] = "3"
        return response

    return answer


def ask_for_window(run_id: int) -> None:
    """Ask a worker, if that was not done lately."""
    from kam_portal.tasks import prepare_window

    if not cache.add(f"window-asked:{run_id}", True, ASKED_SECONDS):
        return
    try:
        prepare_window.delay(run_id)
    except Exception:
        cache.delete(f"window-asked:{run_id}")
        logger.warning("No worker could be asked for the window of run %s.", run_id, exc_info=True)
