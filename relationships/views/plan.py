"""The key account plan of one account, and how one begins."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from accounts.programme import in_years
from profitability.runline import run_of
from relationships.models import Plan, PlanChange
from relationships.plans import measures
from relationships.plans.begin import HORIZON, LONGEST_HORIZON, TEMPLATES, begin, may_begin, offered, proposed
from relationships.plans.fields import Reader, input_of
from relationships.plans.glance import forecasts, glance
from relationships.plans.page import Looking
from relationships.plans.readers import may_edit
from relationships.plans.sections import SECTIONS
from relationships.plans.timeline import items_of, timeline
from relationships.views.plan_state import state

LATEST = 8  # changes at the foot of the page
LISTED = tuple(code for code in SECTIONS if code != "purpose")
PIECES = (*SECTIONS, "state", "timeline")


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_plan(request, code):
    """The plan on one page; with ?part=… one section of it. Where there is none yet, how to begin one."""
    plan = plan_of(request, code)
    if plan is None:
        return start(request, account_of(request, code))
    part = request.GET.get("part", "")
    if part:
        return piece(request, plan, part)
    return page(request, plan)


def plan_of(request, code: str) -> Plan | None:
    """The plan that this person sees of the account."""
    rows = Plan.objects.visible_to(request.user).filter(account__code=code)
    return (
        rows.select_related("account__team", "account__manager", "account__sponsor").prefetch_related("people").first()
    )


def account_of(request, code: str) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), code=code)


def looking(request, plan: Plan) -> Looking:
    reader = Reader(request.user, plan, may_edit(request.user, plan, is_seen=True))
    return Looking(reader, run_of(request), timezone.localdate())


def page(request, plan: Plan, status: int = 200, **sent):
    """The whole page; `sent` is what was typed and could not be kept."""
    seen = looking(request, plan)
    account, run, user = plan.account, seen.run, request.user
    parts = {code: seen.part(code) for code in LISTED}
    at = glance(user, account, run, seen.typical)
    context = (
        frame(seen)
        | {
            "parts": parts,
            "glance": at,
            "forecasts": forecasts(account, seen.sees_account),
            "timeline": drawn(request, seen, parts["objectives"], at is not None),
            "changes": latest_changes(seen),
            "comment_count": sum(seen.comments.values()),
            "undo": request.GET.get("undo", ""),
        }
        | opening(seen)
        | state(seen)
    )
    return render(request, "relationships/plan/page.html", context | sent, status=status)


def opening(seen: Looking) -> dict:
    """What the plan is for."""
    purpose = SECTIONS["purpose"]
    return {
        "head": {name: input_of(seen.reader, purpose, seen.plan, name) for name in purpose.fields},
        "purpose_comments": seen.comments.get(("purpose", None), 0),
        "purpose_freshness": seen.freshness.get("purpose"),
    }


def frame(seen: Looking) -> dict:
    """What every piece of the page needs."""
    return {
        "account": seen.plan.account,
        "plan": seen.plan,
        "may_edit": seen.reader.may_edit,
        "may_confirm": seen.reader.may_edit,
        "tab": "plan",
        "today": seen.today,
        "sees_account": seen.sees_account,
    }


def drawn(request, seen: Looking, objectives, account_is_seen: bool):
    states = {entry.row.pk: (entry.facts["state"], entry.facts["words"]) for entry in objectives.entries}
    items = items_of(seen, account_is_seen, states)
    return timeline(seen.plan, items, seen.today)


def latest_changes(seen: Looking) -> list[dict]:
    """What was changed last, without the values: they may be money that not every reader sees. To whom objectives are
    withheld, those that stand and are open alone are told: of a removed one nobody knows what it measured."""
    rows = PlanChange.objects.filter(plan=seen.plan).select_related("changed_by").order_by("-pk")
    if measures.kept_from(seen.reader.user):
        known = measures.open_to(seen.reader.user, seen.plan.objectives.all()).values("pk")
        rows = rows.filter(~Q(section="objectives") | Q(entry__in=known))
    rows = rows[:LATEST]
    return [{"row": row, "section": label_of(row.section), "field": field_label(row)} for row in rows]


def label_of(code: str) -> str:
    return str(SECTIONS[code].label) if code in SECTIONS else code


def field_label(row: PlanChange) -> str:
    section = SECTIONS.get(row.section)
    if not row.field or section is None or row.field not in section.fields:
        return row.field.replace("_", " ")
    return str(section.field(row.field).verbose_name)


def piece(request, plan: Plan, name: str):
    """One section, the state of the plan or the timeline, as the page shows it."""
    if name not in PIECES:
        raise Http404
    seen = looking(request, plan)
    if name == "state":
        for code in LISTED:
            seen.part(code)
        return render(request, "relationships/plan/_state.html", frame(seen) | state(seen))
    if name == "purpose":
        return render(request, "relationships/plan/_head.html", frame(seen) | opening(seen))
    if name == "timeline":
        context = frame(seen)
        line = drawn(request, seen, seen.part("objectives"), context["sees_account"])
        return render(request, "relationships/plan/_timeline.html", context | {"timeline": line})
    return render(request, "relationships/plan/_section.html", frame(seen) | {"part": seen.part(name)})


# Beginning


def start(request, account: Account, problem: str = "", status: int = 200):
    """The templates to begin from, or that there is nothing to see."""
    run = run_of(request)
    may = may_begin(request.user, account)
    today = timezone.localdate()
    context = {
        "account": account,
        "may_begin": may,
        "templates": offered(request.user, account, run) if may else [],
        "proposed": proposed(request.user, account, run) if may else "",
        "horizons": [(years, in_years(today, years)) for years in range(1, LONGEST_HORIZON + 1)],
        "horizon": HORIZON,
        "glance": glance(request.user, account, run, {}) if may else None,
        "problem": problem,
        "tab": "plan",
    }
    return render(request, "relationships/plan/start.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def plan_begin(request, code):
    """Begin the plan of an account from a template."""
    account = account_of(request, code)
    template, years = request.POST.get("template", ""), request.POST.get("years", str(HORIZON))
    if request.method != "POST" or not may_begin(request.user, account):
        return redirect("account_plan", account.code)
    if template not in TEMPLATES or years not in map(str, range(1, LONGEST_HORIZON + 1)):
        return start(request, account, _("Choose a template and a horizon."), status=422)
    begin(request.user, account, template, timezone.localdate(), run_of(request), int(years))
    messages.success(request, _("The plan has begun. Everything is saved as you type."))
    return redirect("account_plan", account.code)
