"""Closed months: which months take no more changes; closing one, and reopening it: one person asks with a reason,
another confirms."""

from itertools import groupby

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, may, needs
from kam_portal import months
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import month as spoken
from profitability.models import ClosedMonth, Run


class ReopenForm(forms.Form):
    """Why a month is to be reopened."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("It stays in the log.")
    )


class TogetherForm(forms.Form):
    """The earlier months that are closed with a month."""

    together = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["together"].choices = [(month, month) for month in months.ledger_months()]


class AskedForm(forms.Form):
    """Which request is answered: the one that was read."""

    asked = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)


@require_safe
@needs(Permission.CONFIRM_REOPENING)
def closed_months(request):
    """The months of the ledger, newest first, with their log."""
    return months_page(request)


def months_page(request, refused: int | None = None, form: ReopenForm | None = None, status: int = 200):
    """The list; `form` is that of the month whose reopening was refused."""
    rows = [
        (row, form if row.month == refused else ReopenForm(auto_id=f"id_{row.month}_%s"))
        for row in months.listed(run_of(request))
    ]
    years = [(year, list(each)) for year, each in groupby(rows, key=lambda pair: pair[0].year)]
    context = {
        "years": [
            (year, each, sum(bool(row.closed) for row, _form in each), unfolded(each, place, refused))
            for place, (year, each) in enumerate(years)
        ],
        "held": Run.objects.filter(state=Run.State.HELD).first(),
        "may_close": may(request.user, Permission.CLOSE_MONTHS),
        "somebody_else": months.somebody_else_confirms(request.user),
    }
    return render(request, "site/months.html", context, status=status)


def unfolded(rows, place: int, refused: int | None) -> bool:
    """The latest year stands open, and any in which somebody has to act."""
    return place == 0 or any(row.month == refused or (row.closed and row.closed.asked_id) for row, _form in rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CLOSE_MONTHS)
def close_month(request, month):
    """Ask before a month is closed, alone or together with the open ones before it; then close what was asked for."""
    if not 1 <= month % 100 <= 12:
        raise Http404
    if request.method != "POST":
        return ask_to_close(request, month)
    form = TogetherForm(request.POST)
    if not form.is_valid():
        raise Http404
    wanted = {month} if "only" in request.POST else {month, *form.cleaned_data["together"]}
    text = ngettext(
        "%(month)s is closed: its ledger takes no more changes.",
        "%(count)s months up to %(month)s are closed: their ledger takes no more changes.",
        len(wanted),
    )
    words = {"month": "%(month)s", "count": len(wanted)}
    return done(request, month, lambda: months.close(wanted, request.user), text % words)


def ask_to_close(request, month: int):
    """What closing means, on which run's figures, and which earlier months are still open."""
    if ClosedMonth.objects.filter(month=month).exists():
        return redirect("months")
    *earlier, this = months.candidates([*months.open_before(month), month])
    context = {
        "this": this,
        "together": [each for each in earlier if not each.obstacle],
        "left_open": [each for each in earlier if each.obstacle],
    }
    return render(request, "site/close_month.html", context)


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
