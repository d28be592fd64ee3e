"""The list of touchpoints: filters in the address, search in the notes, export."""

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account, Team, User
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.filters import ALL, ListFilter, having, without
from relationships import booking
from relationships.models import Touchpoint

PAGE = 50
ORDERS = {"day": "held_on", "account": "account__name", "minutes": "minutes"}
SPANS = {"30": gettext_lazy("30 days"), "90": gettext_lazy("90 days"), "365": gettext_lazy("a year")}
PLANNED = "planned"


class TouchpointFilter(ListFilter):
    """Which touchpoints, by account, kind and who was there."""

    q = forms.CharField(label=gettext_lazy("Search in notes"), required=False, max_length=100)
    account = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[*ALL, *Touchpoint.Kind.choices])
    span = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        choices=[("", gettext_lazy("Ever")), *SPANS.items(), (PLANNED, gettext_lazy("Planned"))],
    )
    person = forms.ChoiceField(label=gettext_lazy("Who of us"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)

    def __init__(self, data, user):
        super().__init__(data)
        accounts = Account.objects.visible_to(user)
        there = User.objects.filter(touchpoints__in=Touchpoint.objects.visible_to(user)).distinct().order_by("name")
        self.fields["person"].choices = ALL + list(there.values_list("pk", "name"))
        teams = Team.objects.filter(having(accounts, "team", user)).order_by("name")
        self.fields["team"].choices = ALL + list(teams.values_list("code", "name"))

    def condition(self, name: str, value) -> Q:
        today = timezone.localdate()
        if name == "span":
            return Q(held_on__gt=today) if value == PLANNED else since(today, int(value))
        return CONDITIONS[name](value)


def since(today, days: int) -> Q:
    return Q(held_on__gt=today - timedelta(days=days), held_on__lte=today)


CONDITIONS = {
    "q": lambda text: Q(note__icontains=text) | Q(subject__icontains=text),
    "account": lambda text: Q(account__name__icontains=text) | Q(account__code__iexact=text),
    "kind": lambda kind: Q(kind=kind),
    "person": lambda person: Q(people=person),
    "team": lambda code: Q(account__team__code=code),
}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def touchpoints(request):
    """Touchpoints of the accounts the reader sees, the latest first."""
    form = TouchpointFilter(request.GET, request.user)
    seen = Touchpoint.objects.visible_to(request.user).select_related("account__team")
    order = order_of(request)
    falling = "-" if order.startswith("-") else ""
    rows = form.narrow(seen).prefetch_related("contacts", "people")
    rows = rows.order_by(f"{falling}{ORDERS[order.removeprefix('-')]}", "-held_on", "-pk")
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "touchpoints", columns(), rows, said=form.chips(request.GET))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": heading(page.paginator.count),
        "form": form,
        "chips": form.chips(request.GET),
        "order": order,
        "page": page,
        "today": timezone.localdate(),
        "is_empty": not page.object_list and not form.chosen(),
        "may_log": may(request.user, Permission.LOG_TOUCHPOINTS),
        "booked": booking.state() if may(request.user, Permission.EDIT_COSTS) else None,
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/touch/list.html", context)


def order_of(request) -> str:
    order = request.GET.get("order", "-day")
    return order if order.removeprefix("-") in ORDERS else "-day"


def heading(count: int) -> str:
    return ngettext("%s touchpoint", "%s touchpoints", count) % count


def names(rows) -> str:
    return "; ".join(str(row) for row in rows)


def columns() -> dict:
    return {
        _("Date"): lambda row: row.held_on,
        _("Account"): lambda row: row.account.name,
        _("Code"): lambda row: row.account.code,
        _("Team"): lambda row: row.account.team and row.account.team.name,
        _("Kind"): lambda row: row.get_kind_display(),
        _("Minutes"): lambda row: row.minutes,
        _("Subject"): lambda row: row.subject,
        _("Note"): lambda row: row.note,
        _("Who of them"): lambda row: names(row.contacts.all()),
        _("Who of us"): lambda row: names(row.people.all()),
    }
