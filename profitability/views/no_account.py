"""The order lines that have no account, behind an amount of a run."""

from django.core.paginator import Paginator
from django.http import Http404
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs
from profitability.explain.figures import FIGURES, canonical, explained
from profitability.explain.ledger import SOURCES
from profitability.runline import run_asked
from profitability.views.account_activity import PAGE, month_of
from profitability.views.cost_lines import answer


@require_safe
@needs(Permission.SEE_COSTS)
def no_account_trail(request):
    """What an amount without an account adds up from, over the window or in one month of it."""
    run, figure = run_asked(request), canonical(request.GET.get("figure", "net_revenue"))
    if run is None or figure not in SOURCES:
        raise Http404
    month = month_of(request, run)
    explanation = explained(run, None, FIGURES[figure], month)
    if explanation is None:
        raise Http404
    lines = Paginator(explanation.lines.rows, PAGE)
    lines.count = explanation.lines.count  # known already
    context = {
        "shown_run": run,
        "shown_month": month,
        "explanation": explanation,
        "amount_lines": lines.get_page(request.GET.get("lines")),
    }
    return answer(request, "no_account", context)
