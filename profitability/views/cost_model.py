"""The cost model as a page that reads: pools, activities with their rules in words, rates, monthly costs, versions."""

from django.db.models import Count, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from profitability.advice import problems_of
from profitability.core import cost_model as core_model
from profitability.core.model_form import lines_of
from profitability.models import CostModel
from profitability.rates import activity_lines, months_shown, pool_lines
from profitability.runline import run_of
from profitability.wording import KINDS, method_of


@require_safe
@needs(Permission.SEE_COSTS)
def cost_model(request):
    """The model that the next run uses."""
    row = CostModel.objects.current()
    if row is None:
        context = {"may_edit": may(request.user, Permission.EDIT_COSTS), "versions": versions(), "current": None}
        return render(request, "profitability/no_cost_model.html", context)
    return model_page(request, row)


@require_safe
@needs(Permission.SEE_COSTS)
def cost_model_version(request, code, version):
    """One version of a model."""
    return model_page(request, get_object_or_404(CostModel, code=code, version=version))


def model_page(request, row: CostModel):
    context = {
        "row": row,
        "is_used": row.is_used,
        "may_edit": may(request.user, Permission.EDIT_COSTS),
        "versions": versions(),
        "current": CostModel.objects.current(),
    }
    model, _problems = core_model.parse(row.document)
    if model is None:
        context["told"] = problems_of(lines_of(row.document))
        return render(request, "profitability/model_draft.html", context)
    return render(request, "profitability/cost_model.html", context | figures(request, row, model))


def figures(request, row: CostModel, model: core_model.CostModel) -> dict:
    """What the published run found out about the model, and the ledger of its pools."""
    run = run_of(request)
    used = run if run and run.cost_model_id == row.pk else None
    months = months_shown(used or run)
    return {
        "model": model,
        "kinds": KINDS,
        "method": method_of(model),
        "pools": pool_lines(model, months),
        "phases": by_phase(activity_lines(model, used, months)),
        "months": months,
        "used": used,
    }


def by_phase(lines) -> list[tuple[str, list]]:
    """The activities of each phase, phases in the order of the work."""
    phases = ((phase, [line for line in lines if line.activity.phase == phase]) for phase in core_model.PHASES)
    return [(phase, found) for phase, found in phases if found]


def versions():
    """All versions, newest first, with how many runs used them, and the version before each."""
    rows = (
        CostModel.objects.select_related("created_by")
        .defer("document")
        .annotate(run_count=Count("runs"), used_count=Count("runs", filter=~Q(runs__state="failed")))
    )
    before = CostModel.objects.filter(code=OuterRef("code"), version__lt=OuterRef("version")).order_by("-version")
    rows = rows.annotate(version_before=Subquery(before.values("version")[:1]))
    return rows.order_by("code", "-version")
