"""The brief before a meeting: one printable page an account."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from kam_portal.navigation import run_of
from kam_portal.today import brief
from kam_portal.today.meetings import next_meeting
from kam_portal.today.reviews import planned_reviews


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def brief_choice(request):
    """The brief of the account chosen, else of the next meeting."""
    code = request.GET.get("code", "")
    if not code:
        meeting = next_meeting(request.user, timezone.localdate(), planned_reviews(request.user))
        return redirect("account_brief", meeting.account.code) if meeting else redirect("home")
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    return redirect("account_brief", account.code)


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_brief(request, code):
    """Who they are, what was promised, decided and said, and how the figures moved since the last meeting."""
    accounts = Account.objects.visible_to(request.user).select_related("team", "manager")
    account = get_object_or_404(accounts, code=code)
    if request.GET.get("part") == "short":
        return render(request, "home/_brief_short.html", short(request, account))
    return render(request, "accounts/brief.html", whole(request, account))


def short(request, account: Account) -> dict:
    """What the home page tells of the next meeting."""
    user, today = request.user, timezone.localdate()
    return {
        "account": account,
        "people": brief.people(user, account, today)[:3],
        "promises": brief.promises(user, account),
        "talks": brief.talks(user, account, today)[:1],
        "decisions": brief.decisions(user, account)[:1],
        "today": today,
    }


def whole(request, account: Account) -> dict:
    user, today, run = request.user, timezone.localdate(), run_of(request)
    met_on = brief.last_meeting(user, account, today)
    found = brief.figures(user, account, run, met_on)
    return {
        "account": account,
        "tab": "",
        "meeting": brief.meeting_at(user, account, today),
        "met_on": met_on,
        "people": brief.people(user, account, today),
        "promises": brief.promises(user, account),
        "decisions": brief.decisions(user, account),
        "talks": brief.talks(user, account, today),
        "complaints": brief.complaints(user, account),
        "concerns": brief.concerns(user, account, today),
        "figures": found,
        "today": today,
    }
