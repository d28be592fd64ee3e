"""What needs attention: the list of signals, and what is done about one in place."""

from datetime import date, timedelta
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.signals import (
    STATES,
    SignalFilter,
    accounts_of,
    counted,
    groups_of,
    lines_of,
    people_by_account,
    rows_of,
)
from relationships import doing
from relationships.models import Signal
from relationships.signals import acting

A_PAGE = 20  # accounts: their signals stay together


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def signals(request):
    """The signals of the accounts the reader sees, account by account, what is most at stake first."""
    form, today = SignalFilter(request.GET, request.user), timezone.localdate()
    show = shown_in(request.GET)
    narrowed = form.narrow(Signal.objects.visible_to(request.user))
    rows = rows_of(narrowed, show, today)
    page = Paginator(accounts_of(rows, show), A_PAGE).get_page(request.GET.get("page"))
    context = heads(narrowed, request.GET, show, today) | {
        "form": form,
        "chips": form.chips(request.GET),
        "clear_url": f"{request.path}?show={show}" if show != "open" else request.path,
        "show": show,
        "page": page,
        "groups": groups_of(request.user, rows, page.object_list, today),
        "may_set": may(request.user, Permission.STEER_PROGRAMME),
    }
    return render(request, "relationships/signals/list.html", context)


def heading(count: int) -> str:
    if not count:
        return _("No signal is open")
    return ngettext("%(count)s signal asks for attention", "%(count)s signals ask for attention", count) % {
        "count": count
    }


def heads(narrowed: QuerySet[Signal], chosen: QueryDict, show: str, today: date) -> dict:
    """Heading and tabs with how many there are of each."""
    counts = counted(narrowed, today)
    return {"heading": heading(counts["open"]), "tabs": tabs_of(chosen, show, counts)}


def tabs_of(chosen: QueryDict, show: str, counts: dict[str, int]) -> list[dict]:
    query = chosen.copy()
    query.pop("page", None)
    tabs = []
    for name, (label, _within) in STATES.items():
        query["show"] = name
        url = f"{reverse('signals')}?{query.urlencode()}"
        tabs.append({"label": label, "url": url, "active": name == show, "count": counts[name]})
    return tabs


@require_POST
@needs(Permission.SEE_ACCOUNTS)
def signal_act(request, signal_id):
    """Do something about one signal (do: done, snooze, wake, reopen, action); the line as it is then."""
    rows = Signal.objects.visible_to(request.user).select_related("account__team", "plan__account", "owner")
    signal, today = get_object_or_404(rows, pk=signal_id), timezone.localdate()
    act = ACTS.get(request.POST.get("do", ""))
    answer = act(request, signal, today) if act else acting.Answer(signal, _("Choose what to do."))
    if request.htmx:
        (line,) = lines_of(request.user, [answer.signal], today)
        context = {"line": line, "problem": answer.problem, "is_fresh": True, "back": back_in(request)}
        context |= heads_behind(request, today)
        return render(request, "relationships/signals/_acted.html", context)
    (messages.error if answer.problem else messages.success)(request, answer.problem or _("Done."))
    return redirect(back_in(request))


def heads_behind(request, today: date) -> dict:
    """What stands above the list from which it was done, if it was a list."""
    page = urlsplit(request.POST.get("back", ""))
    if page.path != reverse("signals"):
        return {}
    chosen = QueryDict(page.query)
    narrowed = SignalFilter(chosen, request.user).narrow(Signal.objects.visible_to(request.user))
    return heads(narrowed, chosen, shown_in(chosen), today)


def shown_in(chosen: QueryDict) -> str:
    show = chosen.get("show", "")
    return show if show in STATES else "open"


def done(request, signal: Signal, today: date) -> acting.Answer:
    return acting.done(request.user, signal, request.POST.get("answer", ""), today)


def snooze(request, signal: Signal, today: date) -> acting.Answer:
    days, typed = request.POST.get("days", ""), request.POST.get("until", "")
    if typed:
        return acting.snooze(request.user, signal, day_in(typed) or today, today)
    known = [each for each in acting.SNOOZES if str(each) == days]
    return acting.snooze(request.user, signal, today + timedelta(days=known[0]) if known else today, today)


def wake(request, signal: Signal, today: date) -> acting.Answer:
    return acting.snooze(request.user, signal, None, today)


def reopen(request, signal: Signal, _today: date) -> acting.Answer:
    return acting.reopen(request.user, signal)


def action(request, signal: Signal, today: date) -> acting.Answer:
    chosen, typed = request.POST.get("owner", ""), request.POST.get("due_on", "")
    owner = None
    if chosen and signal.account:
        people = doing.people_for(signal.account, signal.plan)
        owner = people.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
        if owner is None:
            return acting.Answer(signal, _("Choose who does it."))
    due = day_in(typed)
    if typed and due is None:
        return acting.Answer(signal, _("The day is no day."))
    return acting.give_action(request.user, signal, request.POST.get("text", ""), owner, due, today)


ACTS = {"done": done, "snooze": snooze, "wake": wake, "reopen": reopen, "action": action}


def day_in(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def back_in(request) -> str:
    """The page from which it was done, if that is one of ours."""
    path = urlsplit(request.POST.get("back", ""))
    url = f"{path.path}?{path.query}" if path.query else path.path
    is_ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_ours else reverse("signals")


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def signal_form(request, signal_id):
    """The form that makes a signal an action: who could do it is asked for only now."""
    rows = Signal.objects.visible_to(request.user).select_related("account__team", "plan__account", "owner")
    signal, today = get_object_or_404(rows, pk=signal_id, state=Signal.State.OPEN), timezone.localdate()
    (line,) = lines_of(request.user, [signal], today)
    context = {
        "line": line,
        "people": people_by_account(signal),
        "due_on": today + acting.DUE_AFTER,
        "tomorrow": today + timedelta(days=1),
    }
    return render(request, "relationships/signals/action.html", context)
