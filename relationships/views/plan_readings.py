"""The value of an objective's own measure, as somebody reads it on a day."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships.plans.readers import may_edit
from relationships.plans.readings import read
from relationships.views.plan import account_of, plan_of
from relationships.views.plan_edit import back, line_answer, number, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def plan_reading(request, code):
    """Note what an objective without a measure has come to; a second value of the same day replaces the first."""
    plan = plan_of(request, code)
    if plan is None:
        return redirect("account_plan", account_of(request, code).code)
    if request.method != "POST":
        return back(plan)
    objective = plan.objectives.filter(pk=number(request.POST.get("entry", "")) or 0, measure="").first()
    if objective is None or not may_edit(request.user, plan):
        raise Http404
    try:
        read(request.user, plan, objective, request.POST.get("value", ""), request.POST.get("read_on", ""),
             timezone.localdate())  # fmt: skip
    except ValidationError as error:
        message = " ".join(error.messages)
        if wants_json(request):
            return JsonResponse({"state": "refused", "message": message}, status=422)
        messages.error(request, message)
        return back(plan, f"#objectives-{objective.pk}")
    return line_answer(request, plan, "objectives", objective.pk)
