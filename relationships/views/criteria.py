"""Criteria as pages that read: the sets and their versions, one version, its file, and what differs between two."""

from collections import defaultdict

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from profitability.models import Run
from profitability.standings import READABLE
from relationships.advice import told
from relationships.core.criteria import Criterion, parse
from relationships.core.criteria_form import document_of, lines_of
from relationships.differences import differences
from relationships.models import CriteriaSet, Position
from relationships.views.criteria_fields import drawing_of
from relationships.wording import AXES, BASES, MEASURES


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def criteria(request):
    """All sets and versions: which is in force, from when, and which runs went by it."""
    return render(request, "relationships/criteria.html", listed(request))


def listed(request) -> dict:
    """All versions, the newest first, and the one in force today."""
    rows = shown_to(request.user).select_related("created_by").defer("document").order_by("code", "-version")
    before = shown_to(request.user).filter(code=OuterRef("code"), version__lt=OuterRef("version")).order_by("-version")
    rows = rows.annotate(version_before=Subquery(before.values("version")[:1]))
    runs = runs_by_set()
    today = timezone.localdate()
    return {
        "versions": [{"row": row, "runs": runs.get(row.pk, []), "is_later": later(row, today)} for row in rows],
        "in_force": CriteriaSet.objects.in_force(today),
        "may_edit": may(request.user, Permission.EDIT_CRITERIA),
    }


def shown_to(user) -> QuerySet:
    """Drafts are for those who write them."""
    return CriteriaSet.objects.all() if may(user, Permission.EDIT_CRITERIA) else CriteriaSet.objects.ready()


def later(row: CriteriaSet, today) -> bool:
    return not row.is_draft and row.valid_from is not None and row.valid_from > today


def runs_by_set() -> dict[int, list[Run]]:
    """The runs that were published, by the criteria that placed their accounts, newest first."""
    placed = Position.objects.filter(run=OuterRef("pk"))
    runs = Run.objects.filter(state__in=READABLE).annotate(set_id=Subquery(placed.values("criteria_set")[:1]))
    found: dict[int, list[Run]] = defaultdict(list)
    for run in runs.order_by("-published_at"):
        if run.set_id:
            found[run.set_id].append(run)
    return found


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def criteria_version(request, code, version):
    """One version: its criteria with weights, scales and anchors."""
    row = get_object_or_404(shown_to(request.user), code=code, version=version)
    found, _problems = parse(row.document)
    context = listed(request) | {"row": row, "is_used": row.is_used, "found": found}
    if found is None:
        context["told"] = [each for each in told(lines_of(row.document)) if not each.is_warning]
    else:
        context["basis"] = BASES[found.basis]
        context["axes"] = [(AXES[name], [shown(each) for each in getattr(found, name)]) for name in AXES]
    return render(request, "relationships/criteria_version.html", context)


def shown(criterion: Criterion) -> dict:
    measure = criterion.measure or ""
    return {
        "criterion": criterion,
        "measure": MEASURES.get(measure, ""),
        "drawing": drawing_of(criterion.scale, measure) if criterion.scale else None,
    }


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def criteria_yaml(request, code, version):
    """The version as a file that can be brought in again."""
    from accounts.tables.documents import written

    row = get_object_or_404(shown_to(request.user), code=code, version=version)
    answer = HttpResponse(written(document_of(lines_of(row.document))), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="criteria_{row.code}_v{row.version}.yaml"'
    return answer


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def criteria_differences(request, code, version, other):
    """What differs between two versions of a set."""
    rows = [get_object_or_404(shown_to(request.user), code=code, version=number) for number in (other, version)]
    before, after = (lines_of(row.document) for row in rows)
    context = {"before": rows[0], "after": rows[1], "changes": differences(before, after)}
    return render(request, "relationships/criteria_differences.html", context)
