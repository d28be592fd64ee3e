"""Runs: the list, one run with its progress and its balance."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.permissions import Permission, may, needs
from profitability import balances, releases
from profitability.closed_figures import changes_of
from profitability.costs import AMOUNT, outside_model
from profitability.forms import WindowForm
from profitability.models import CostModel, ResourceCost, Run
from profitability.queries import BALANCE, earlier_run
from profitability.runline import run_of, show_run
from profitability.views.costs import address_of_cell

PAGE = 25
READABLE = {Run.State.PUBLISHED, Run.State.SUPERSEDED}
CELLS_LINKED = 12  # who has mended so many meets the others with the next run
UNATTENDED = timedelta(minutes=2)  # the beat looks for waiting runs every minute
SPLIT_NAMES = {
    "input": gettext_lazy("Cost"),
    "support_in": gettext_lazy("Support in"),
    "support_out": gettext_lazy("Support out"),
    "accounts": gettext_lazy("To accounts"),
    "no_account": gettext_lazy("No account"),
    "unused": gettext_lazy("Unused"),
    "channel": gettext_lazy("Channel"),
    "corporate": gettext_lazy("Corporate"),
    "unassigned": gettext_lazy("Unassigned"),
    "difference": gettext_lazy("Difference"),
}


@dataclass(frozen=True)
class Line:
    """One run in the list."""

    run: Run
    duration: str
    notices: int | None  # None: the reader may not see them


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def run_list(request):
    """All runs, newest first, and the button for the next one."""
    return runs_page(request, WindowForm())


def runs_page(request, form: WindowForm, status: int = 200):
    """The list with the form in the state given."""
    runs = Run.objects.select_related("cost_model", "created_by").defer("inputs", "totals")
    page = Paginator(runs.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    costs = may(request.user, Permission.SEE_COSTS)
    context = {
        "page": page,
        "lines": [Line(run, duration_of(run), len(run.notices) if costs else None) for run in page],
        "form": form,
        "costs": costs,
        "may_recompute": may(request.user, Permission.RECOMPUTE),
        "may_compare": may(request.user, Permission.SEE_PROFITABILITY),
        "current": run_of(request),
        "next_model": CostModel.objects.current(),
        "newer_model": newer_model(),
        "under_way": Run.objects.filter(state__in=[Run.State.WAITING, Run.State.RUNNING]).exists(),
    }
    return render(request, "profitability/runs.html", context, status=status)


def newer_model() -> CostModel | None:
    """A version that is ready and newer than the one that the next run uses."""
    current = CostModel.objects.current()
    later = CostModel.objects.ready().filter(code=current.code, version__gt=current.version) if current else None
    return later.order_by("-version").first() if later else None


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def run_page(request, run_id):
    """One run: how far it is, why it failed, or how it closes."""
    run = get_object_or_404(Run.objects.select_related("cost_model", "created_by"), pk=run_id)
    costs = may(request.user, Permission.SEE_COSTS)
    context = {
        "shown": run,
        "costs": costs,
        "heading": heading_of(run),
        "duration": duration_of(run),
        "waits_long": waits_long(run),
        "current": run_of(request),
        "sees_reason": costs or may(request.user, Permission.RECOMPUTE),
        "may_recompute": may(request.user, Permission.RECOMPUTE),
        "may_compare": may(request.user, Permission.SEE_PROFITABILITY),
        "unknown_cells": unknown_cells(run) if costs and run.state == Run.State.FAILED else [],
    }
    context |= decisions_on(run, request.user)
    if run.state == Run.State.HELD and costs:
        context |= balance_of(run, request.GET.get("pool", ""))
    if run.state in READABLE:
        show_run(request, run)
        earlier = earlier_run(run)
        context |= {"earlier": earlier, "changed": balances.changed_inputs(run, earlier)}
        context |= balance_of(run, request.GET.get("pool", "")) if costs else {}
    return render(request, "profitability/run.html", context)


def unknown_cells(run: Run) -> list[tuple[str, int, str]]:
    """Costs as they are now that the model of a failed run lacks: pool, month, and where their cell is."""
    if not (run.cost_model and run.month_to):
        return []
    lines = ResourceCost.objects.current().filter(month__range=(run.month_from, run.month_to))
    places = outside_model(run.cost_model, lines).order_by("month", "pool_code").values_list("pool_code", "month")
    return [(pool, month, address_of_cell((AMOUNT, pool, month))) for pool, month in places[:CELLS_LINKED]]


def decisions_on(run: Run, user) -> dict:
    """What the run changes in months that were closed, what persons decided about it, and what they may decide."""
    changes = changes_of(run) if may(user, Permission.SEE_COSTS) else []
    return {
        "closed_changes": [change for change in changes if change.is_closed],
        "reopened_changes": [change for change in changes if not change.is_closed],
        "decisions": run.decisions.select_related("by").order_by("pk"),
        **deciding(run, user),
        "may_publish": run.state == Run.State.SUPERSEDED and may(user, Permission.RECOMPUTE),
    }


def deciding(run: Run, user) -> dict:
    """Whether this person may discard a run that waits, and approve it: a second person does, and only what it says."""
    if run.state != Run.State.HELD:
        return {}
    asked, is_stale = run.created_by_id == user.pk, releases.is_stale(run)
    may_decide = may(user, Permission.APPROVE_RUNS)
    return {
        "may_decide": may_decide,
        "may_approve": may_decide and not asked and not is_stale,
        "is_stale": is_stale,
        "somebody_else": asked and releases.somebody_else_approves(user),
    }


def balance_of(run: Run, pool: str) -> dict:
    """What is shown to those who may see costs; `pool` opens the months of one pool."""
    rows = balances.pool_rows(run)
    opened = next((row for row in rows if row.code and row.code == pool), None)
    return {
        "columns": [SPLIT_NAMES[name] for name in BALANCE],
        "column_names": SPLIT_NAMES,
        "rows": rows,
        "splits": [(kind, SPLIT_NAMES[kind]) for kind in balances.SPLIT],
        "opened": opened,
        "opened_months": balances.pool_months(run, pool) if opened else [],
        "capacities": balances.capacities(run),
        "amounts": balances.amount_rows(run),
    }


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def run_progress(request, run_id):
    """The part of a run's page that is asked for again and again; once the run has ended, the page reloads."""
    run = get_object_or_404(Run, pk=run_id)
    if run.is_finished:
        return HttpResponseClientRefresh()
    return render(request, "profitability/_progress.html", {"shown": run, "waits_long": waits_long(run)})


def heading_of(run: Run) -> str:
    """The finding, or the state."""
    texts = {
        Run.State.WAITING: _("Run %(number)s waits for a worker"),
        Run.State.RUNNING: _("Run %(number)s is calculating"),
        Run.State.FAILED: _("Run %(number)s failed: nothing was published"),
        Run.State.HELD: _("Run %(number)s waits for approval: it would change closed months"),
        Run.State.DISCARDED: _("Run %(number)s was discarded: nothing of it was published"),
        Run.State.PUBLISHED: _("Run %(number)s closes to the cent and stands behind every page"),
        Run.State.SUPERSEDED: _("Run %(number)s closed to the cent; a later run has replaced it"),
    }
    return texts[run.state] % {"number": run.pk}


def waits_long(run: Run) -> bool:
    """Whether a worker should have taken the run up by now."""
    return run.state == Run.State.WAITING and timezone.now() - run.created_at > UNATTENDED


def duration_of(run: Run) -> str:
    """How long the last attempt took: “4.2 s”, “3 min 05 s”."""
    if not (run.started_at and run.finished_at):
        return ""
    seconds = max((run.finished_at - run.started_at).total_seconds(), 0)
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    return _("%(minutes)d min %(seconds)02d s") % {"minutes": seconds // 60, "seconds": seconds % 60}
