"""What the matrix asks for when it is needed: one account in words, its places in other runs, views and scores."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, needs
from kam_portal.causes import what
from kam_portal.matrix.axes import across_by, criteria_of
from kam_portal.matrix.bubbles import MOST_BUBBLES, day_of, programme_on
from kam_portal.matrix.history import forecasts_for, last_changes, places_in, trail_of
from kam_portal.matrix.raters import seen_by
from kam_portal.matrix.table import cause_of
from kam_portal.matrix.weighing import Wrong, scores_for, with_weights
from kam_portal.views.matrix import Sight
from profitability.runline import run_asked, run_of
from relationships import actions
from relationships.models import Box
from relationships.queries import portfolio


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def matrix_account(request, code):
    """One account beside the chart: its facts, how firm its box is, and what there is to draw of it."""
    run = run_asked(request)
    if run is None:
        raise Http404
    row = get_object_or_404(portfolio(request.user, run), code=code)
    account, axis = row.account_id, across_by(criteria_of(run))
    changes = last_changes(run, [account])
    expected = forecasts_for(request, run, [account], axis).get(account)
    context = {
        "row": row,
        "is_key": account in programme_on(day_of(run, run_of(request))),
        "move": nearest_of(row.position),
        "change": changes.get(account),
        "changed": [(what(change), cause_of(change, row, profit=True)) for change in changes.values()],
        "expected": expected,
        "scoring_url": reverse("account_scoring", args=[code]),
        "drawn": {
            "code": code,
            "trail": trail_of(account, run),
            "forecast": expected,
            "seen": seen_by(run, [account]).get(code),
        },
    }
    return render(request, "relationships/_matrix_account.html", context)


def nearest_of(position) -> dict | None:
    """The smallest change of one weight that moves the account, and the name of the box it leads to."""
    move = position.nearest_move
    return move and move | {"label": Box(move["box"]).label}


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def matrix_places(request):
    """Where the accounts in view stood in one run."""
    sight = Sight(request)
    found = places_in(sight.rows, sight.run, MOST_BUBBLES) if sight.run else {}
    return JsonResponse({"run": sight.run and sight.run.pk, "places": found})


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def matrix_views(request):
    """Of the bubbles the buyer's view beside ours, and how far the raters are apart."""
    sight = Sight(request)
    return JsonResponse({"seen": seen_by(sight.run, [each.account for each in sight.bubbles]) if sight.run else {}})


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def matrix_scores(request):
    """The scores of the bubbles by criterion, to weigh them otherwise."""
    sight = Sight(request)
    used = criteria_of(sight.run) if sight.run else None
    if used is None:
        raise Http404
    return JsonResponse(scores_for(sight.run, used, [each.account for each in sight.bubbles]))


@require_POST
@needs(Permission.EDIT_CRITERIA)
def matrix_draft(request):
    """A draft of criteria with the weights that somebody tried."""
    run = run_asked(request)
    used = criteria_of(run) if run else None
    if used is None:
        raise Http404
    try:
        document = with_weights(used, request.POST.get("weights", ""))
    except Wrong:
        messages.error(request, _("No draft was made: the weights of an axis have to add up to 100."))
        return redirect("matrix")
    row = actions.next_version(used, request.user, document)
    return redirect("criteria_edit", row.code, row.version)
