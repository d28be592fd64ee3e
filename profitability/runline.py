"""The quiet line under every title: which run the figures come from, and that it reconciles."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from profitability.models import Run
from profitability.queries import published_run

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


def run_line(run: Run | None) -> RunLine | None:
    """What the line says of the published run; None when there is none."""
    if run is None:
        return None
    return RunLine(
        number=run.pk,
        url=reverse("run", args=[run.pk]),
        window_label=run.window_label,
        published_label=day_and_time(run.published_at),
        difference_label=number_format(run.difference, force_grouping=True),
        model_label=run.model_label,
        stale_label=_("not recomputed since then") if timezone.now() - run.published_at > STALE_AFTER else "",
    )


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
