"""Closed months: which months take no more changes; closing one, and reopening it: one person asks with a reason,
another confirms."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may, needs
from kam_portal import months
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import month as spoken


class ReopenForm(forms.Form):
    """Why a month is to be reopened."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("It stays in the log.")
    )


class AskedForm(forms.Form):
    """Which request is answered: the one that was read."""

    asked = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)


@require_safe
@needs(Permission.CONFIRM_REOPENING)
def closed_months(request):
    """The months of the published run, newest first, with their log."""
    return months_page(request)


def months_page(request, refused: int | None = None, form: ReopenForm | None = None, status: int = 200):
    """The list; `form` is that of the month whose reopening was refused."""
    rows = [
        (row, form if row.month == refused else ReopenForm(auto_id=f"id_{row.month}_%s"))
        for row in months.listed(run_of(request))
    ]
    context = {
        "rows": rows,
        "may_close": may(request.user, Permission.CLOSE_MONTHS),
        "somebody_else": months.somebody_else_confirms(request.user),
    }
    return render(request, "site/months.html", context, status=status)


@require_POST
@needs(Permission.CLOSE_MONTHS)
def close_month(request, month):
    """Close a month."""
    return done(
        request,
        month,
        lambda: months.close(month, request.user),
        _("%(month)s is closed: its ledger takes no more changes."),
    )


@require_POST
@needs(Permission.CLOSE_MONTHS)
def reopen_month(request, month):
    """Ask to reopen a month, with a reason."""
    form = ReopenForm(request.POST, auto_id=f"id_{month}_%s")
    if not form.is_valid():
        return months_page(request, month, form, status=422)
    reason = form.cleaned_data["reason"]
    return done(
        request,
        month,
        lambda: months.ask_to_reopen(month, request.user, reason),
        _("%(month)s stays closed until another person confirms."),
    )


@require_POST
@needs(Permission.CONFIRM_REOPENING)
def confirm_reopening(request, month):
    """Reopen a month, as somebody else has asked."""
    asked = asked_in(request)
    return done(
        request,
        month,
        lambda: months.confirm_reopening(month, asked, request.user),
        _("%(month)s is open again. Import the corrections, recompute, and close it."),
    )


@require_POST
@needs(Permission.CONFIRM_REOPENING)
def leave_closed(request, month):
    """Decline to reopen a month, or withdraw one's own request."""
    asked = asked_in(request)
    return done(request, month, lambda: months.leave_closed(month, asked, request.user), _("%(month)s stays closed."))


def asked_in(request) -> int:
    form = AskedForm(request.POST)
    if not form.is_valid():
        raise Http404
    return form.cleaned_data["asked"]


def done(request, month: int, act, text: str):
    """Do it and go back to the list, with a message of what came of it."""
    if not 1 <= month % 100 <= 12:
        raise Http404
    try:
        act()
        messages.success(request, text % {"month": spoken(month)})
    except months.CannotClose as refusal:
        messages.error(request, f"{spoken(month)}: {refusal}")
    return redirect("months")
