"""Waiting while a worker reads the months of very many accounts."""

from functools import wraps

from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from kam_portal import tasks
from kam_portal.preparing import ask

ASKED_SECONDS = 600  # a worker is asked to read a window once in so many


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
    ask(tasks.prepare_window, run_id, seconds=ASKED_SECONDS)
