"""The log of complaints: what is open, for how long, about what."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account, Team
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.filters import ALL, ListFilter, having, without
from relationships import complaints as log
from relationships.models import Complaint

PAGE = 50
OPEN, CLOSED = "open", "closed"
STATES = [(OPEN, gettext_lazy("Open")), (CLOSED, gettext_lazy("Closed"))]


class ComplaintFilter(ListFilter):
    """Which complaints."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)
    account = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[*ALL, *STATES])
    subject = forms.ChoiceField(label=gettext_lazy("About"), required=False, choices=[*ALL, *Complaint.Subject.choices])
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), required=False, choices=[*ALL, *Complaint.Severity.choices]
    )
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("Only mine"), required=False)

    def __init__(self, data, user):
        super().__init__(data)
        self.user = user
        teams = Team.objects.filter(having(Account.objects.visible_to(user), "team", user)).order_by("name")
        self.fields["team"].choices = ALL + list(teams.values_list("code", "name"))

    def condition(self, name: str, value) -> Q:
        return Q(owner=self.user) if name == "mine" else CONDITIONS[name](value)


CONDITIONS = {
    "q": lambda text: Q(text__icontains=text) | Q(cause__icontains=text) | Q(remedy__icontains=text),
    "account": lambda text: Q(account__name__icontains=text) | Q(account__code__iexact=text),
    "state": lambda state: Q(closed_on__isnull=state == OPEN),
    "subject": lambda subject: Q(subject=subject),
    "severity": lambda severity: Q(severity=severity),
    "team": lambda code: Q(account__team__code=code),
}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def complaints(request):
    """Open ones first, the longest open on top; then closed ones, the latest first."""
    today = timezone.localdate()
    form = ComplaintFilter(request.GET, request.user)
    seen = Complaint.objects.visible_to(request.user).select_related("account__team", "owner", "contact")
    rows = form.narrow(seen).order_by(F("closed_on").desc(nulls_first=True), "received_on", "pk")
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "complaints", columns(today), rows, said=form.chips(request.GET))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.days = log.days_open(row, today)
    waiting = rows.filter(closed_on__isnull=True)
    context = {
        "heading": heading(waiting.count()),
        "form": form,
        "chips": form.chips(request.GET),
        "page": page,
        "subjects": log.by_subject(rows),
        "usual": log.usual_days(rows.exclude(closed_on=None), today),
        "may_log": may(request.user, Permission.LOG_TOUCHPOINTS),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/touch/complaints.html", context)


def heading(count: int) -> str:
    if not count:
        return _("No complaint is open")
    return ngettext("%s complaint is open", "%s complaints are open", count) % count


def columns(today) -> dict:
    return {
        _("Received on"): lambda row: row.received_on,
        _("Account"): lambda row: row.account.name,
        _("Code"): lambda row: row.account.code,
        _("About"): lambda row: row.get_subject_display(),
        _("Severity"): lambda row: row.get_severity_display(),
        _("Complaint"): lambda row: row.text,
        _("By"): lambda row: row.contact and row.contact.name,
        _("Cause"): lambda row: row.cause,
        _("Remedy"): lambda row: row.remedy,
        _("Owner"): lambda row: row.owner and row.owner.name,
        _("Closed on"): lambda row: row.closed_on,
        _("Days open"): lambda row: log.days_open(row, today),
    }
