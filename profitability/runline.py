"""Which run a page shows, and the quiet line under every title that says so, and that the run reconciles."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from profitability.models import Run
from profitability.queries import published_run
from profitability.standings import readable_run

STALE_AFTER = timedelta(hours=36)  # a night was missed


@dataclass(frozen=True)
class RunLine:
    number: int
    url: str
    window_label: str
    published_label: str
    difference_label: str
    model_label: str
    stale_label: str
    older_label: str
    again_label: str
    criteria_label: str = ""  # where the page shows positions


def run_line(request) -> RunLine | None:
    """What the line says of the run that the page shows; None before the first one is published."""
    run, published = shown_run(request), run_of(request)
    if run is None:
        return None
    is_stale = run == published and timezone.now() - run.published_at > STALE_AFTER
    return RunLine(
        number=run.pk,
        url=reverse("run", args=[run.pk]),
        window_label=run.window_label,
        published_label=day_and_time(run.published_at),
        difference_label=number_format(run.difference, force_grouping=True),
        model_label=run.model_label,
        stale_label=_("not recomputed since then") if is_stale else "",
        older_label=older_label(run, published),
        again_label=again_label(published if run == published else run),
    )


def older_label(run: Run, published: Run | None) -> str:
    """That the page does not show the run behind the other pages."""
    if run == published:
        return ""
    return _("older run; run %(number)s is published now") % {"number": published.pk} if published else _("older run")


def again_label(run: Run) -> str:
    """That a person has put the run behind the pages again, after another one."""
    if not run.put_up_at or run.put_up_at == run.published_at:
        return ""
    return _("published again %(when)s") % {"when": day_and_time(run.put_up_at)}


def day_and_time(instant) -> str:
    """“today 02:04”, else the date and time."""
    local = timezone.localtime(instant)
    time = date_format(local, "H:i")
    if local.date() == timezone.localdate():
        return _("today %(time)s") % {"time": time}
    return f"{date_format(local, 'j M Y')} {time}"


def run_of(request) -> Run | None:
    """The published run, read once a request: all figures of a page come from the same one."""
    if not hasattr(request, "published_run"):
        request.published_run = published_run()
    return request.published_run


def run_asked(request) -> Run | None:
    """The run that the page is to show: the published one, or the one in the address (?run=2) if it is or was behind
    every page. Another one is not found: the published run in its place would be a wrong answer."""
    asked = request.GET.get("run", "")
    if not asked:
        return run_of(request)
    found = readable_run(int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    if found is None:
        raise Http404
    return show_run(request, found)


def show_run(request, run: Run) -> Run:
    """Let the run line and the links of the page be those of this run."""
    request.shown_run = run
    return run


def shown_run(request) -> Run | None:
    return getattr(request, "shown_run", None) or run_of(request)


def older_run(request) -> Run | None:
    """The run that the page shows if it is not the published one: links to its figures have to name it."""
    shown = getattr(request, "shown_run", None)
    return shown if shown is not None and shown != run_of(request) else None
