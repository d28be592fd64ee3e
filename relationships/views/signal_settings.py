"""From what size on signals are raised: read, tried out, kept."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships.models import Signal
from relationships.signals import recompute, thresholds
from relationships.signals.kinds import UNITS
from relationships.signals.thresholds import Threshold


@dataclass(frozen=True)
class Row:
    """One kind in the form."""

    threshold: Threshold
    unit: str
    typed: str
    is_on: bool
    now: int
    then: int | None
    problem: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.STEER_PROGRAMME)
def signal_settings(request):
    """The thresholds; a POST tries them (do=try) or keeps them."""
    if request.method != "POST":
        return page(request)
    wanted, problems = thresholds.read(request.POST)
    if problems:
        return page(request, wanted, problems, status=422)
    if request.POST.get("do") == "try":
        return page(request, wanted, counted=recompute.preview(wanted, timezone.localdate()))
    if not thresholds.save(request.user, wanted, request.POST.get("seen", ""), timezone.now()):
        messages.error(request, _("Somebody has saved thresholds meanwhile. This is how they are now."))
        return redirect("signal_settings")
    opened = recompute.recompute(timezone.localdate())
    messages.success(request, _("Saved, and looked for signals anew: %(count)s opened.") % {"count": opened})
    return redirect("signal_settings")


def page(request, wanted=None, problems=None, counted=None, status=200):
    rows = rows_of(request.POST, wanted or thresholds.every(), problems or {}, counted or {})
    context = {
        "rows": rows,
        "total": sum(row.now for row in rows),
        "tried": summed(counted) if counted else None,
        "seen": request.POST.get("seen", "") or thresholds.revision(),
        "problems": problems,
    }
    return render(request, "relationships/signals/settings.html", context, status=status)


def rows_of(data, wanted: list[Threshold], problems: dict[str, str], counted: dict[str, list]) -> list[Row]:
    kinds = Signal.objects.filter(state=Signal.State.OPEN).values_list("kind", flat=True)
    now = Counter(kinds)
    return [
        Row(
            each,
            str(UNITS.get(each.kind.unit, "")),
            data.get(f"limit_{each.kind.code}", each.typed),
            each.is_on,
            now[each.kind.code],
            len(counted[each.kind.code]) if each.kind.code in counted else None,
            problems.get(each.kind.code, ""),
        )
        for each in wanted
    ]


def summed(counted: dict[str, list]) -> dict[str, int]:
    """How many in all, and how many the busiest manager would have."""
    managers = Counter(manager for listed in counted.values() for manager in listed if manager is not None)
    return {"count": sum(map(len, counted.values())), "most": max(managers.values(), default=0), "of": len(managers)}
