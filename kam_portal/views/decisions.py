"""Decisions on the key account programme: proposed on the account, approved or declined by somebody else."""

from datetime import date

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import programme
from accounts.models import Account, Decision
from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible
from kam_portal.board.waiting import Round
from kam_portal.earlier import with_positions
from relationships.guidance import stance


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def account_decisions(request, code):
    """Every decision on the account, and the form for a proposal."""
    return page(request, visible(request, code))


def visible(request, code: str) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), code=code)


def page(request, account: Account, typed: dict | None = None, error: str = "", status: int = 200):
    history = list(programme.history(account))
    with_positions(account, history)
    waiting = next((each for each in history if each.state == Decision.State.PROPOSED), None)
    possible = programme.possible(account)
    context = {
        "account": account,
        "history": history,
        "waiting": waiting,
        "may_decide": waiting is not None and programme.may_decide(request.user, waiting),
        "in_force": programme.in_force(account),
        "outcomes": possible,
        "may_propose": waiting is None and may(request.user, Permission.PROPOSE_DECISIONS),
        "typed": typed
        or {"outcome": possible[0], "review_on": programme.in_years(timezone.localdate(), 1).isoformat()},
        "latest_review": programme.latest_review(),
        "error": error,
    }
    return render(request, "accounts/decisions.html", context, status=status)


def programme_of(user, account: Account, position) -> dict:
    """What the account's page tells of the programme."""
    in_force = programme.in_force(account)
    is_member = in_force is not None and in_force.outcome in programme.IN
    waiting = account.decisions.proposed().select_related("proposed_by").first()
    return {
        "programme": {
            "in_force": in_force,
            "waiting": waiting,
            "stance": stance(position.box, is_member) if position else "",
            "may_propose": may(user, Permission.PROPOSE_DECISIONS),
        }
    }


@require_POST
@needs(Permission.PROPOSE_DECISIONS)
def account_propose(request, code):
    """Put a decision on the account before those who approve."""
    account = visible(request, code)
    typed = {name: request.POST.get(name, "").strip() for name in ("outcome", "reason", "review_on")}
    try:
        review = day_in(typed["review_on"])
        programme.propose(request.user, account, typed["outcome"], typed["reason"], review)
    except NotPossible as problem:
        return page(request, account, typed, str(problem), status=422)
    messages.success(request, _("Proposed. It waits for approval."))
    return redirect("account_decisions", account.code)


def day_in(text: str) -> date | None:
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if text and found is None:
        raise NotPossible(_("The day of the review is no day."))
    return found


@require_POST
@needs(Permission.APPROVE_DECISIONS)
def decision_decide(request, decision_id):
    """Approve or decline an open proposal, then back to where it was opened."""
    decision = get_object_or_404(Decision.objects.visible_to(request.user), pk=decision_id)
    approve, back = request.POST.get("do") == "approve", request.POST.get("back")
    way = Round(request, f"decision-{decision.pk}", decision.account.name)
    try:
        programme.decide(request.user, decision, approve, request.POST.get("answer", ""))
    except NotPossible as problem:
        way.refuse(str(problem))
    else:
        words = {"account": decision.account.name}
        messages.success(request, (_("Approved: %(account)s") if approve else _("Declined: %(account)s")) % words)
    if back == "account":
        return redirect("account_decisions", decision.account.code)
    return way.home() if back == "home" else redirect("selection")
