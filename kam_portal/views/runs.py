"""Starting a run, and deciding about one: the site asks for it, because a run goes through several apps."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission, needs
from kam_portal.navigation import run_of
from kam_portal.recompute import published_by_hand, request_run
from profitability import closed_figures, releases
from profitability.core.months import ordinal
from profitability.forms import WindowForm
from profitability.models import Run
from profitability.views.runs import runs_page


@require_POST
@needs(Permission.RECOMPUTE)
def start_run(request):
    """Ask for a run over the months given, or over the last twelve, and go to its page."""
    form = WindowForm(request.POST)
    if not form.is_valid():
        return runs_page(request, form, status=422)
    window = form.cleaned_data["month_from"], form.cleaned_data["month_to"]
    unusual = "sure" not in request.POST and what_is_unusual(*window, run_of(request))
    if unusual:
        return render(request, "profitability/window_asked.html", {"form": form, "unusual": unusual})
    run = request_run(request.user, *window)
    messages.success(
        request, _("Run %(number)s is asked for. You may leave this page: it goes on.") % {"number": run.pk}
    )
    return redirect("run", run.pk)


def what_is_unusual(first: int | None, last: int | None, published: Run | None) -> list[str]:
    """How far the window asked for does not go on from the published one."""
    if published is None or first is last is None:
        return []
    last = last or published.month_to
    first = first or last
    found = []
    if last < published.month_to:
        text = _("It ends in %(month)s; the published one goes on to %(later)s.")
        words = {"month": closed_figures.spoken(last), "later": closed_figures.spoken(published.month_to)}
        found.append(text % words)
    count, usual = (ordinal(end) - ordinal(begin) + 1 for begin, end in ((first, last), window_of(published)))
    if count != usual:
        found.append(_("It has %(count)s months; the published one has %(usual)s.") % {"count": count, "usual": usual})
    return found


def window_of(run: Run) -> tuple[int, int]:
    return run.month_from, run.month_to


# Deciding about a run


class ReasonForm(forms.Form):
    """Why a run is approved, discarded or published again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("It stays with the run.")
    )


@require_POST
@needs(Permission.APPROVE_RUNS)
def approve_run(request, run_id):
    """Publish a run that changes closed months."""
    text = _("Run %(number)s is published. Its figures are now those of the closed months that it changes.")
    return decided(request, run_id, releases.approve, text, is_published=True)


@require_POST
@needs(Permission.APPROVE_RUNS)
def discard_run(request, run_id):
    """Give up a run that would change closed months."""
    return decided(request, run_id, releases.discard, _("Run %(number)s is discarded: nothing of it was published."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RECOMPUTE)
def publish_run(request, run_id):
    """Ask for the reason, then put an earlier run behind every page again."""
    run = get_object_or_404(Run, pk=run_id)
    if run.state != Run.State.SUPERSEDED:
        messages.error(request, _("Only a run that was published before can be published again."))
        return redirect("run", run_id)
    if request.method == "POST":
        text = _("Run %(number)s is published again and stands behind every page until the next run.")
        return decided(request, run_id, releases.publish_again, text, is_published=True)
    closed = closed_figures.closed_ones(closed_figures.changes(run))
    context = {
        "shown": run,
        "form": ReasonForm(),
        "current": run_of(request),
        "refused": [closed_figures.sentence(change) for change in closed],
    }
    return render(request, "profitability/publish_again.html", context)


def decided(request, run_id: int, act, text: str, is_published: bool = False):
    """Do it for the reason given, and go to the run's page, with a message of what came of it."""
    if not Run.objects.filter(pk=run_id).exists():
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing is done yet: say why, in at most 500 characters."))
        return redirect("run", run_id)
    try:
        act(run_id, request.user, form.cleaned_data["reason"])
    except releases.CannotRelease as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, text % {"number": run_id})
        if is_published:
            published_by_hand(run_id)
    return redirect("run", run_id)
