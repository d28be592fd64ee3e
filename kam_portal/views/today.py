"""The lines of the day on the home page, and what is done about them in place."""

from dataclasses import asdict, replace
from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, needs
from kam_portal.navigation import run_of
from kam_portal.today.acts import Act, Outcome, perform
from kam_portal.today.acts import day_of as day_said
from kam_portal.today.lines import Urgency
from kam_portal.today.people import with_people
from kam_portal.today.plans import Plans, plans_near
from kam_portal.today.reviews import planned_reviews
from kam_portal.today.sources import lines_of, said_to
from relationships.gaps import to_score

FITS = 10  # lines on the first screen; the others are one click away
TOLD = "day_told"  # in the session: what was done last, without scripts


@require_POST
@needs(Permission.SEE_ACCOUNTS)
def today_act(request):
    """Done, put off or handed on; then the lines that are left, with the way back."""
    outcome = perform(request.user, act_of(request.POST), timezone.now(), timezone.localdate())
    outcome = replace(outcome, is_back="back" in request.POST)
    if request.htmx:
        return render(request, "home/_today.html", day_of(request, outcome) | {"swapped": True})
    request.session[TOLD] = asdict(outcome)
    return redirect("home")


def act_of(sent) -> Act:
    """“snooze:tomorrow” says what to do and the value at once; else the value stands in a field of its own."""
    do, _colon, value = sent.get("do", "").partition(":")
    return Act(sent.get("key", ""), do, sent.get("seen", ""), sent.get("value", "") if value in ("", "on") else value)


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def today_scores(request):
    """How many scores there are to look at: counted after the page is there, because it takes all ratings in sight."""
    return render(request, "home/_scores.html", {"to_score": to_score(request.user, timezone.localdate())})


def day_of(request, outcome: Outcome | None = None, plans: Plans | None = None) -> dict:
    """What the panel of the day shows: the lines, those that come soon, and what was done last. `plans`: at least
    those of the accounts this person looks after, if they are read already."""
    now = timezone.localtime()
    planned, unread = planned_reviews(request.user), said_to(request.user)
    plans = plans or plans_near(request.user, run_of(request))
    found = lines_of(request.user, now.date(), planned, unread, plans)
    due = [line for line in found if line.urgency != Urgency.SOON]
    is_all = "all" in (request.GET.get("day"), request.POST.get("day"))
    shown = due if is_all else due[:FITS]
    return {
        "lines": with_people(shown, request.user),
        "soon": [line for line in found if line.urgency == Urgency.SOON],
        "due_count": len(due),
        "is_all": is_all and len(due) > FITS,
        "told": outcome or told_before(request),
        "planned": planned,
        "unread_notices": len(unread),  # so that the top bar does not count them again
        "today": now.date(),
        "tomorrow": now.date() + timedelta(days=1),
        "monday": day_said("week", now.date()),
        "day_headline": headline(len(due), now.hour),
    }


def told_before(request) -> Outcome | None:
    """What was done by a form that came back here: said once."""
    said = request.session.pop(TOLD, None)
    if said is None:
        return None
    back = Act(**said["back"]) if said["back"] else None
    return Outcome(said["text"], back, said["is_problem"], said["is_back"])


def headline(count: int, hour: int) -> str:
    hello = greeting(hour)
    if not count:
        return _("%(hello)s. Nothing needs you today.") % {"hello": hello}
    text = ngettext("%(hello)s. %(count)s thing needs you today.", "%(hello)s. %(count)s things need you today.", count)
    return text % {"hello": hello, "count": count}


def greeting(hour: int) -> str:
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")
