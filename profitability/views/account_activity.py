"""The trail of one account's cost of one activity: months, and the events and order lines behind them."""

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from profitability import explain
from profitability.balances import pool_names
from profitability.core import cost_model as core_model
from profitability.core.months import months_between
from profitability.models import Run
from profitability.runline import run_asked
from profitability.wording import one_of, rule_of, rule_without_pools

PAGE = 25


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def account_activity(request, code, activity):
    """Where one cost of an account comes from; hidden and missing accounts answer alike."""
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    run = run_asked(request)
    found = activity_of(run, activity)
    trail = explain.trail_of(run, account, found)
    costs = may(request.user, Permission.SEE_COSTS)
    names = pool_names(run)
    month = month_of(request, run)
    context = {
        "account": account,
        "trail": trail,
        "rule": rule_of(found, names) if costs else rule_without_pools(found),
        "unit": one_of(found.driver) if found.driver else "",
        "shown_month": month,
        "pools": [(pool, names[pool], rows) for pool, rows in explain.pools_behind(run, found)] if costs else [],
        **listed(request, run, account, trail, month),
    }
    return render(request, "profitability/account_activity.html", context)


def listed(request, run: Run, account: Account, trail: explain.Trail, month: int | None) -> dict:
    """The events and order lines behind the cost, a page of each, every one with its part of it."""
    pages = {kind: behind(request, kind, run, account, trail.activity, month) for kind in ("lines", "events")}
    rows = [each for page in pages.values() if page for each in page.object_list]
    explain.with_costs(run, account, trail, rows)
    return {
        **pages,
        "shown_cost": next((row.cost for row in trail.months if row.month == month), trail.total.cost),
        "events_total": explain.events_total(run, account, trail, months_shown(run, month)),
    }


def activity_of(run: Run | None, code: str) -> core_model.Activity:
    """The activity in the model of the published run."""
    model = core_model.parse(run.cost_model.document)[0] if run and run.cost_model else None
    for activity in model.activities if model else ():
        if activity.code == code:
            return activity
    raise Http404


def month_of(request, run: Run) -> int | None:
    """The month of the window that the address names; None if it names none: the whole window."""
    asked = request.GET.get("month")
    if not asked:
        return None
    months = {str(month): month for month in months_between(run.month_from, run.month_to)}
    if asked not in months:
        raise Http404  # all months in place of the one asked for would be a wrong answer
    return months[asked]


def months_shown(run: Run, month: int | None) -> tuple[int, int]:
    return (month, month) if month else (run.month_from, run.month_to)


def behind(request, kind: str, run: Run, account: Account, activity, month: int | None) -> Page | None:
    """A page of what the activity counted, newest first; None where it counts nothing of this kind."""
    counts_events = any("." in measure for measure in activity.measures)
    counts_lines = any("." not in measure for measure in activity.measures)
    if not (counts_lines if kind == "lines" else counts_events):
        return None
    find, say = (
        (explain.lines_behind, explain.line_behind)
        if kind == "lines"
        else (explain.events_behind, explain.event_behind)
    )
    page = Paginator(find(account, activity, months_shown(run, month), run), PAGE).get_page(request.GET.get(kind))
    page.object_list = [say(record, activity) for record in page.object_list]
    return page
