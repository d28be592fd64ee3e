"""Touchpoints: the quick add of every page, its form as a page of its own, changing and removing one."""

import json
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from accounts.versions import Outdated
from relationships import agreed, touching
from relationships.models import Touchpoint
from relationships.touch_forms import TouchpointForm, account_in

MOST_FOUND = 12
MOST_NAMED, LONGEST_NAMED = 4, 60  # actions that are told, and letters of each
PARTS = {True: "relationships/touch/_quick.html", False: "relationships/touch/new.html"}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_TOUCHPOINTS)
def touchpoint_new(request):
    """Log one: in the dialog of any page, or on a page of its own."""
    account = account_in(request.user, request.POST.get("account") or request.GET.get("account", ""))
    form = TouchpointForm(request.user, account, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        key = touching.new_key()
        return shown(request, form, account, listed_of(request, ""), key)
    listed, is_ready = looked_at(request)
    key = key_in(request.POST.get("key", ""))
    if not (form.is_valid() and is_ready):
        return shown(request, form, account, listed, key, status=422)
    try:
        made = touching.log(request.user, form.meeting(listed), key)
    except touching.NotAgreed as problem:
        form.add_error(None, str(problem))
        return shown(request, form, account, listed, key, status=422)
    return logged(request, made)


def shown(request, form, account, listed, key: str, status: int = 200):
    context = {
        "form": form,
        "account": account,
        "actions": listed,
        "must_look": status == 422 and not form.errors,
        "owners": touching.owners(account, request.user) if account else [],
        "me": touching.me(request.user),
        "key": key,
    }
    return render(request, PARTS[bool(request.htmx)], context, status=status)


def listed_of(request, note: str) -> list[agreed.Agreed]:
    sent = agreed.sent_in(request.POST)
    return agreed.proposed(note, sent, touching.me(request.user), timezone.localdate())


def looked_at(request) -> tuple[list[agreed.Agreed], bool]:
    """The actions of the note, and whether they were all on the screen and their days are days."""
    listed = listed_of(request, request.POST.get("note", ""))
    fine = all(not each.due_text for each in listed if each.is_kept)
    return listed, fine and agreed.is_looked_at(listed, agreed.sent_in(request.POST))


def key_in(text: str) -> str:
    """The key that the form was given; a new one for a form without."""
    try:
        return UUID(text).hex
    except ValueError:
        return touching.new_key()


def logged(request, made: Touchpoint):
    words = {"kind": made.get_kind_display(), "account": made.account.name}
    text = _("Logged: %(kind)s with %(account)s") % words + with_actions(made)
    if request.htmx:
        link = {"url": reverse("touchpoint", args=[made.pk]), "text": _("Open it")}
        told = {"toast": {"text": text, "level": "success", "link": link}, "touchpoint-logged": made.account.code}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
    messages.success(request, text)
    return redirect("account_history", made.account.code)


def with_actions(made: Touchpoint) -> str:
    """The actions agreed there, each with its day."""
    rows = list(made.actions.order_by("due_on", "pk").values_list("text", "due_on"))
    if not rows:
        return ""
    count = ngettext("%s action", "%s actions", len(rows)) % len(rows)
    named = [f"{shorter(text)} ({date_format(day, 'j M Y')})" if day else shorter(text) for text, day in rows]
    return f". {count}: " + "; ".join(named[:MOST_NAMED]) + (" …" if len(named) > MOST_NAMED else "")


def shorter(text: str) -> str:
    return Truncator(text).chars(LONGEST_NAMED)


# What the form asks while one types


@require_safe
@needs(Permission.LOG_TOUCHPOINTS)
def touchpoint_accounts(request):
    """Accounts by a part of their name or code, those one looks after first."""
    text = request.GET.get("q", "").strip()[:100]
    found = Account.objects.visible_to(request.user).filter(Q(name__icontains=text) | Q(code__icontains=text))
    mine = Q(manager=request.user) | Q(sponsor=request.user)
    own = list(found.filter(mine).order_by("name", "code")[:MOST_FOUND])
    others = found.exclude(pk__in=[each.pk for each in own]).order_by("name", "code")
    accounts = [*own, *others[: MOST_FOUND - len(own)]]
    return render(request, "relationships/touch/_accounts.html", {"accounts": accounts})


@require_safe
@needs(Permission.LOG_TOUCHPOINTS)
def touchpoint_people(request):
    """Whom one may have met at the account, and who of us may have been there."""
    account = account_in(request.user, request.GET.get("account", ""))
    context = {"form": TouchpointForm(request.user, account), "account": account}
    return render(request, "relationships/touch/_people.html", context)


@require_POST
@needs(Permission.LOG_TOUCHPOINTS)
def touchpoint_promises(request):
    """The actions of the note as typed so far."""
    account = account_in(request.user, request.POST.get("account", ""))
    context = {
        "actions": listed_of(request, request.POST.get("note", "")),
        "owners": touching.owners(account, request.user) if account else [],
        "me": touching.me(request.user),
    }
    return render(request, "relationships/touch/_actions.html", context)


# One that is there


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ACCOUNTS)
def touchpoint(request, touchpoint_id):
    """One touchpoint: to read, and for whoever may, to change."""
    row = one(request, touchpoint_id)
    may_change = touching.may_change(request.user, row)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return changed(request, row)
    return page(request, row, form_of(request, row) if may_change else None)


def one(request, touchpoint_id: int) -> Touchpoint:
    rows = Touchpoint.objects.visible_to(request.user).select_related("account", "logged_by")
    return get_object_or_404(rows, pk=touchpoint_id)


def form_of(request, row: Touchpoint, data=None) -> TouchpointForm:
    return TouchpointForm(request.user, row.account, data, instance=row)


def page(request, row: Touchpoint, form, status: int = 200, stored: Touchpoint | None = None, listed=None):
    context = {
        "row": row,
        "account": row.account,
        "form": form,
        "stored": stored,
        "must_look": status == 422 and not form.errors,
        "revision": (stored or row).revision,
        "actions": listed_of(request, row.note) if listed is None else listed,
        "agreed": row.actions.visible_to(request.user).select_related("owner", "customer_owner").order_by("pk"),
        "owners": touching.owners(row.account, request.user),
        "me": touching.me(request.user),
    }
    known = {action.text for action in context["agreed"]}
    context["actions"] = [each for each in context["actions"] if each.text not in known]
    return render(request, "relationships/touch/touchpoint.html", context, status=status)


def changed(request, row: Touchpoint):
    revision = revision_in(request)
    form = form_of(request, row, request.POST)
    listed, is_ready = looked_at(request)
    known = set(row.actions.values_list("text", flat=True))
    is_ready = is_ready or all(each.text in known for each in listed)
    if not (form.is_valid() and is_ready):
        return page(request, row, form, status=422, listed=listed)
    try:
        touching.change(request.user, row, form.meeting(listed), revision)
    except Outdated:
        stored = one(request, row.pk)
        return page(request, row, form, status=409, stored=stored, listed=listed)
    except touching.NotAgreed as problem:
        form.add_error(None, str(problem))
        return page(request, row, form, status=422, listed=listed)
    messages.success(request, _("Saved."))
    return redirect("account_history", row.account.code)


def revision_in(request) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@require_POST
@needs(Permission.LOG_TOUCHPOINTS)
def touchpoint_remove(request, touchpoint_id):
    """Forget one, unless somebody changed it since it was looked at."""
    row = one(request, touchpoint_id)
    if not touching.may_change(request.user, row):
        messages.error(request, _("Whoever logged it may remove it, or who edits the plans of the account."))
        return redirect("touchpoint", row.pk)
    try:
        touching.remove(row, revision_in(request))
    except Outdated:
        messages.error(request, _("Somebody has changed it meanwhile. Look at it again before you remove it."))
        return redirect("touchpoint", row.pk)
    messages.success(request, _("Removed. Actions that were agreed there stay."))
    return redirect("account_history", row.account.code)
