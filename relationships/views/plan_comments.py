"""What is said about a plan: beside the page in a panel, or on a page of its own."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships.models import Plan
from relationships.plans import comments, measures
from relationships.plans.editing import Refused, found
from relationships.plans.readers import readers
from relationships.plans.sections import SECTIONS
from relationships.views.plan import account_of, frame, looking, plan_of
from relationships.views.plan_edit import number


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ACCOUNTS)
def plan_comments(request, code):
    """Comments on a plan, or with ?section=…&entry=… on one part of it; a new one, or one that is settled."""
    plan = plan_of(request, code)
    if plan is None:
        return redirect("account_plan", account_of(request, code).code)
    section, entry = about(request)
    if section == "objectives" and entry in measures.withheld(request.user, plan):
        raise Http404
    if request.method != "POST":
        return shown(request, plan, section, entry)
    if request.POST.get("do") in {"resolve", "reopen"}:
        return settle(request, plan, section, entry)
    said = comments.say(request.user, plan, request.POST.get("text", ""), section, entry)
    if isinstance(said, Refused):
        return shown(request, plan, section, entry, request.POST.get("text", ""), said.message, status=422)
    return after(request, plan, section, entry)


def about(request) -> tuple[str, int | None]:
    """The section and line that are meant."""
    section, entry = request.GET.get("section", ""), number(request.GET.get("entry", ""))
    if section and section not in SECTIONS:
        raise Http404
    return section, entry if section else None


def shown(request, plan: Plan, section: str, entry: int | None, typed: str = "", problem: str = "", status: int = 200):
    seen = looking(request, plan)
    rows = [row for row in comments.of(plan, section, entry) if not seen.is_withheld(row.section, row.entry)]
    row = found(SECTIONS[section], plan, entry) if entry else None
    context = frame(seen) | {
        "comments": [
            {"row": each, "html": comments.written(each), "may_resolve": comments.may_resolve(request.user, each),
             "section": SECTIONS[each.section].label if each.section in SECTIONS else ""}
            for each in rows
        ],
        "open_count": sum(each.resolved_at is None for each in rows),
        "about": str(row) if row else str(SECTIONS[section].label) if section else "",
        "here": address(plan, section, entry),
        "typed": typed,
        "problem": problem,
        "people": [person.name for person in readers(plan) if person.pk != request.user.pk and person.name],
    }  # fmt: skip
    template = "relationships/plan/_comments.html" if request.htmx else "relationships/plan/comments.html"
    return render(request, template, context, status=200 if request.htmx else status)


def address(plan: Plan, section: str, entry: int | None) -> str:
    query = {"section": section} if section else {}
    query |= {"entry": entry} if entry else {}
    return reverse("plan_comments", args=[plan.account.code]) + (f"?{urlencode(query)}" if query else "")


def settle(request, plan: Plan, section: str, entry: int | None):
    comment = plan.comments.filter(pk=number(request.POST.get("comment", "")) or 0).first()
    if comment is None or not comments.may_resolve(request.user, comment):
        raise Http404
    if not comments.resolve(request.user, comment, request.POST["do"] == "resolve") and not request.htmx:
        messages.error(request, _("Somebody was faster."))
    return after(request, plan, section, entry)


def after(request, plan: Plan, section: str, entry: int | None):
    if request.htmx:
        return shown(request, plan, section, entry)
    return redirect(address(plan, section, entry))
