"""The first page of senior management: the portfolio and its risks; what waits for a decision is answered in place."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission, Role, needs
from accounts.versions import NotPossible
from kam_portal import months
from kam_portal.board import then as dates
from kam_portal.board.figures import company_figures, company_result
from kam_portal.board.judging import of_figures
from kam_portal.board.panels import PANELS, Board, Panel, all_of, ready
from kam_portal.board.waiting import Round, refusals, waiting_for
from kam_portal.navigation import run_of
from kam_portal.steering import firmness_counts, trust
from kam_portal.views.home_manager import manager_headline
from kam_portal.views.months import asked_in
from profitability.closed_figures import spoken
from profitability.models import Run
from profitability.runline import run_asked
from relationships.models import Plan, PlanVersion
from relationships.plans import lifecycle

__all__ = ["company_figures", "company_result", "home_month_answer", "home_plan_answer", "management_home"]


def management_home(request):
    """The portfolio and its risks, with nothing to fill in; beside an earlier run if one is asked for. What nobody has
    worked out yet of this run comes after the page, panel by panel; with ?whole=1 all of it is on the page."""
    run = run_asked(request)
    if run is None:
        return render(request, "home/management.html", waiting(request))
    choices = dates.offered(run)
    board = Board(request.user, run, dates.chosen(choices, request.GET.get("then", "")), timezone.localdate())
    context = {"shown": run, "then": board.then, "profit": True, "is_latest": run == run_of(request)}
    if request.GET.get("part") in PANELS:
        return panel_page(request, PANELS[request.GET["part"]], board, context)
    found, late = (all_of(board), {}) if request.GET.get("whole") else ready(board)
    context |= at_once(board) | found
    context |= {"late": late, "query": query_of(request), "choices": choices, "latest": run_of(request)}
    context |= waiting(request)
    if board.then:
        context["changed"] = of_figures(context["figures"], board.then.figures)
        context["same_length"] = dates.is_same_length(board.then.run, run)
    return render(request, "home/management.html", context)


def waiting(request) -> dict:
    return {"waiting": waiting_for(request.user), "refusals": refusals(request)}


def panel_page(request, panel: Panel, board: Board, context: dict):
    """One panel alone, as the page puts it into its place."""
    return render(request, panel.template, context | panel.find(board) | {"alone": True})


def query_of(request) -> str:
    """The runs that are asked for, as a panel's address takes them on."""
    asked = {name: request.GET[name] for name in ("run", "then") if request.GET.get(name)}
    return f"&{urlencode(asked)}" if asked else ""


def at_once(board: Board) -> dict:
    """What no reader waits for: the figures of the company and how far they can be relied on."""
    rows, run = board.rows, board.run
    return {
        "headline": board.keep("headline", lambda: manager_headline(rows, profit=True)),
        "figures": board.keep("company-figures", lambda: company_figures(run)),
        "trust": board.keep("trust", lambda: trust(run)),
        "firmness": board.keep("firmness", lambda: firmness_counts(rows)),
    }


def prepare(run: Run) -> None:
    """Work everything out that is kept of a run, before somebody asks for it."""
    executive = User.objects.filter(is_active=True, role=Role.EXECUTIVE).order_by("pk").first()
    if executive is not None:
        board = Board(executive, run, None, timezone.localdate())
        at_once(board)
        all_of(board)


# Answers in place


@require_POST
@needs(Permission.APPROVE_PLANS)
def home_plan_answer(request, version_id: int):
    """Approve a version of a plan, or return it with a reason; then on with the next one."""
    seen = PlanVersion.objects.filter(plan__in=Plan.objects.visible_to(request.user).values("pk"))
    version = get_object_or_404(seen.defer("document").select_related("plan__account"), pk=version_id)
    name, answer = version.plan.account.name, request.POST.get("answer", "")
    way = Round(request, f"plan-{version.pk}", name)
    try:
        if request.POST.get("do") == "approve":
            lifecycle.approve(request.user, version, answer, timezone.now())
            messages.success(request, _("Approved: plan of %(account)s") % {"account": name})
        else:
            lifecycle.give_back(request.user, version, answer, timezone.now())
            messages.success(request, _("Returned: plan of %(account)s") % {"account": name})
    except NotPossible as problem:
        way.refuse(str(problem))
    return way.home()


@require_POST
@needs(Permission.CONFIRM_REOPENING)
def home_month_answer(request, month: int):
    """Confirm that a month is reopened, or leave it closed; then on with the next one."""
    asked, confirms = asked_in(request), request.POST.get("do") == "confirm"
    way = Round(request, f"month-{month}", spoken(month))
    act = months.confirm_reopening if confirms else months.leave_closed
    try:
        act(month, asked, request.user)
    except months.CannotClose as refusal:
        way.refuse(str(refusal))
    else:
        text = _("%(month)s is open again.") if confirms else _("%(month)s stays closed.")
        messages.success(request, text % {"month": spoken(month)})
    return way.home()
