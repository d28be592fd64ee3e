"""The trail: any figure of an account with its formula, its parts, and the ledger behind it."""

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal import trail
from profitability.models import Run
from profitability.runline import run_asked
from profitability.views.account_activity import listed, month_of
from profitability.wording import one_of
from relationships.since import since

PAGE = 25


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_trail(request, code):
    """One figure of an account, as a page or in the side panel; hidden and missing accounts answer alike."""
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    run = run_asked(request)
    figure = request.GET.get("figure") or trail.default_figure(request.user)
    if run is None or not trail.is_known(run, figure, request.user):
        raise Http404
    month = month_of(request, run)
    found = trail.find(run, account, figure, month, request.user)
    if found is None:
        raise Http404
    in_panel = request.htmx.target == "panel"
    context = {
        "account": account,
        "found": found,
        "explanation": found.explanation,
        "shown_month": month,
        "profit": may(request.user, Permission.SEE_PROFITABILITY),
        "since": since(run, account, may(request.user, Permission.SEE_PROFITABILITY)) if found.kind == "box" else None,
        "in_panel": in_panel,
        "amount_lines": amount_lines(request, found),
        **of_activity(request, run, account, found, month),
    }
    return render(request, "trail/_account.html" if in_panel else "trail/account.html", context)


def amount_lines(request, found: trail.Found) -> Page | None:
    """A page of the order lines whose amounts are the figure, newest first."""
    lines = getattr(found.explanation, "lines", None)
    if lines is None:
        return None
    paginator = Paginator(lines.rows, PAGE)
    paginator.count = lines.count  # known already
    return paginator.get_page(request.GET.get("lines"))


def of_activity(request, run: Run, account: Account, found: trail.Found, month: int | None) -> dict:
    """What the trail of an activity shows beside its months."""
    if found.activity is None:
        return {}
    activity = found.activity
    return {
        "trail": found.trail,
        "rule": found.rule,
        "unit": one_of(activity.driver) if activity.driver else "",
        "pools": found.pools,
        **listed(request, run, account, found.trail, month),
    }
