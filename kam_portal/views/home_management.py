"""The first page of senior management: the portfolio and its risks; what waits for a decision is answered in place."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission, Role, needs
from accounts.versions import NotPossible
from kam_portal import months
from kam_portal.board import then as dates
from kam_portal.board.figures import company_figures, company_result, largest_customer
from kam_portal.board.steering import steering
from kam_portal.board.waiting import waiting_for
from kam_portal.changes import changes
from kam_portal.charts import whale_chart
from kam_portal.concentration import summary
from kam_portal.matrix.bubbles import bubbles_of, squares_of
from kam_portal.matrix.chart import matrix_chart
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.steering import firmness_counts, trust
from kam_portal.views.home_manager import Matter, largest, loss_text, manager_headline
from kam_portal.views.months import asked_in
from profitability.closed_figures import spoken
from profitability.models import Run
from profitability.queries import earlier_run
from profitability.runline import run_asked
from relationships.models import Plan, PlanVersion
from relationships.plans import lifecycle
from relationships.queries import portfolio

__all__ = ["company_figures", "company_result", "home_month_answer", "home_plan_answer", "management_home"]

NAMED = 6  # accounts that lose most, and that changed most


def management_home(request):
    """The portfolio and its risks, with nothing to fill in; beside an earlier run if one is asked for."""
    run = run_asked(request)
    if run is None:
        return render(request, "home/management.html", {"waiting": waiting_for(request.user)})
    user, choices = request.user, dates.offered(run)
    then = dates.chosen(choices, request.GET.get("then", ""))
    context = of_run(user, run) | steering(user, run, timezone.localdate()) | charts(user, run, then)
    context |= {"shown": run, "choices": choices, "waiting": waiting_for(user), "profit": True}
    context |= {"is_latest": run == run_of(request), "latest": run_of(request)}
    if then is not None:
        found = dates.of(user, then, run)
        context |= {"then": found, "same_length": dates.is_same_length(then, run)}
    return render(request, "home/management.html", context)


def of_run(user, run: Run) -> dict:
    """What a run says for good: worked out once for all readers of the whole portfolio."""
    rows = portfolio(user, run)

    def keep(name: str, calculate):
        return kept(name, run, user, calculate)

    return {
        "headline": keep("headline", lambda: manager_headline(rows, profit=True)),
        "figures": keep("company-figures", lambda: company_figures(run)),
        "trust": keep("trust", lambda: trust(run)),
        "firmness": keep("firmness", lambda: firmness_counts(rows)),
        "concentration": keep("concentration", lambda: dates.concentration(run)),
        "largest": keep("largest-customer", lambda: largest_customer(rows, user)),
        "hold": keep("hold", lambda: summary(user, run)),
        "losses": keep("losses", lambda: losses(rows)),
        "company": keep("company-result", lambda: company_result(run)),
    } | keep("moved-most", lambda: moved_most(user, run, rows))


def losses(rows) -> list[Matter]:
    """The accounts that lose most, the largest loss first."""
    losing = rows.filter(contribution__lt=0).order_by("contribution", "code")[:NAMED]
    return [Matter("", row, loss_text(row), "contribution") for row in losing]


def moved_most(user, run: Run, rows) -> dict:
    before = earlier_run(run)
    return {
        "changes": changes(user, largest(rows), before, profit=True, most=NAMED),
        "has_earlier": before is not None,
    }


def charts(user, run: Run, then: Run | None) -> dict:
    """Matrix and whale curve; with an earlier run, arrows from then to now, and both curves."""
    rows = portfolio(user, run)
    view = (rows, run, user)
    bubbles = bubbles_of(*view)
    whale = kept("whale-chart", run, user, lambda: whale_chart(rows))
    if then is None:
        return {"matrix": matrix_chart(run, bubbles, squares_of(*view), profit=True), "whale": whale}
    moved = dates.since(bubbles, user, then, run)
    chart = matrix_chart(run, moved, squares_of(*view), profit=True)
    chart["movement"] = _("Arrows: other box than in %(window)s") % {"window": then.window_label}
    return {"matrix": chart, "whale": dates.both_curves(user, then, whale)}


def prepare(run: Run) -> None:
    """Work everything out that is kept of a run, before somebody asks for it."""
    executive = User.objects.filter(is_active=True, role=Role.EXECUTIVE).order_by("pk").first()
    if executive is not None:
        of_run(executive, run)
        steering(executive, run, timezone.localdate())
        charts(executive, run, None)


# Answers in place


@require_POST
@needs(Permission.APPROVE_PLANS)
def home_plan_answer(request, version_id: int):
    """Approve a version of a plan, or return it with a reason; then on with the next one."""
    seen = PlanVersion.objects.filter(plan__in=Plan.objects.visible_to(request.user).values("pk"))
    version = get_object_or_404(seen.defer("document").select_related("plan__account"), pk=version_id)
    name, answer = version.plan.account.name, request.POST.get("answer", "")
    try:
        if request.POST.get("do") == "approve":
            lifecycle.approve(request.user, version, answer, timezone.now())
            messages.success(request, _("Approved: plan of %(account)s") % {"account": name})
        else:
            lifecycle.give_back(request.user, version, answer, timezone.now())
            messages.success(request, _("Returned: plan of %(account)s") % {"account": name})
    except NotPossible as problem:
        messages.error(request, f"{name}: {problem}")
    return redirect("home")


@require_POST
@needs(Permission.CONFIRM_REOPENING)
def home_month_answer(request, month: int):
    """Confirm that a month is reopened, or leave it closed; then on with the next one."""
    asked, confirms = asked_in(request), request.POST.get("do") == "confirm"
    act = months.confirm_reopening if confirms else months.leave_closed
    try:
        act(month, asked, request.user)
    except months.CannotClose as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("%(month)s is open again.") if confirms else _("%(month)s stays closed.")
        messages.success(request, text % {"month": spoken(month)})
    return redirect("home")
