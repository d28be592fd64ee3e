"""The contracts of all accounts one sees: which end, which ask for notice, and whether what was promised is kept."""

from collections.abc import Callable
from datetime import date, timedelta

from django import forms
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs
from kam_portal.downloads import download, in_currency
from kam_portal.filters import ALL, Chip, without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import whole
from kam_portal.views.account_list import page_of
from relationships.agreements.standing import NOTICE_DAYS, Agreed, agreed, promised
from relationships.models import Contract

LISTS = {
    "running": gettext_lazy("Running"),
    "notice": gettext_lazy("Decide soon"),
    "ended": gettext_lazy("Ended"),
    "all": gettext_lazy("All"),
}


class ContractFilter(forms.Form):
    """Which contracts; the list in view stays beside it."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=gettext_lazy("Account or contract"), required=False, max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[*ALL, *Contract.Kind.choices])
    further = ()

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value and name != "show"}

    def narrow(self, rows):
        said = self.chosen()
        if text := said.get("q"):
            named = Q(name__icontains=text) | Q(reference__icontains=text)
            rows = rows.filter(named | Q(account__name__icontains=text) | Q(account__code__iexact=text))
        return rows.filter(kind=said["kind"]) if "kind" in said else rows

    def chips(self, query) -> list[Chip]:
        names = {"q": str, "kind": lambda kind: Contract.Kind(kind).label}
        return [
            Chip(self.fields[name].label, names[name](value), without(query, name))
            for name, value in self.chosen().items()
        ]


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def contracts(request):
    """One of the lists, the nearest end first; commitments are looked up for the page in view."""
    form, run, today = ContractFilter(request.GET), run_of(request), timezone.localdate()
    as_of = min(run.as_of, today) if run else None
    rows = Contract.objects.visible_to(request.user).select_related("account__manager")
    found = [agreed(row, today) for row in form.narrow(rows).order_by("until_on", "account__name", "pk")]
    lists = {name: sorted(filter(belongs, found), key=nearest) for name, belongs in BELONGS.items()}
    show = request.GET.get("show") if request.GET.get("show") in LISTS else "running"
    if request.GET.get("format") in {"csv", "xlsx"}:
        said = form.chips(request.GET)
        return download(request.GET["format"], f"contracts-{show}", columns(), lists[show], run, said)
    page = page_of(lists[show], len(lists[show]), request.GET.get("page"))
    context = {
        "form": form,
        "chips": form.chips(request.GET),
        "clear_url": f"?show={show}",
        "tabs": tabs(request.GET, show, lists),
        "page": page,
        "rows": promised(request.user, [each.row for each in page], today, as_of),
        "as_of": as_of,
        "heading": heading(lists["notice"]),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/contracts/list.html", context)


BELONGS: dict[str, Callable[[Agreed], bool]] = {
    "running": lambda each: each.running is not None,
    "notice": lambda each: each.is_notice_near or ends_soon(each),
    "ended": lambda each: each.running is None and each.row.from_on <= each.today,
    "all": lambda each: True,
}


def ends_soon(each: Agreed) -> bool:
    """Whether it ends within the time for which notice is said to be near, even if notice is too late."""
    until = each.running.until_on if each.running else None
    return until is not None and until - each.today <= timedelta(days=NOTICE_DAYS)


def nearest(each: Agreed) -> date:
    until = each.running.until_on if each.running else None
    return each.notice_by or until or date.max


def heading(soon: list[Agreed]) -> str:
    if not soon:
        return _("Contracts")
    text = ngettext("%(n)s contract asks for a decision soon", "%(n)s contracts ask for a decision soon", len(soon))
    return text % {"n": whole(len(soon))}


def tabs(query, show: str, lists: dict[str, list[Agreed]]) -> list[dict]:
    def address(name: str) -> str:
        changed = query.copy()
        changed["show"] = name
        changed.pop("page", None)
        return f"?{changed.urlencode()}"

    return [
        {"label": label, "url": address(name), "active": name == show, "count": whole(len(lists[name]))}
        for name, label in LISTS.items()
    ]


def columns() -> dict[str, Callable]:
    """Heads of the export and how each cell is found."""
    return {
        _("Code"): lambda each: each.row.account.code,
        _("Account"): lambda each: each.row.account.name,
        _("Contract"): lambda each: each.row.name,
        _("Kind"): lambda each: each.row.get_kind_display(),
        _("Reference"): lambda each: each.row.reference,
        _("From"): lambda each: each.row.from_on,
        _("Until"): lambda each: each.running.until_on if each.running else each.row.ended_on or each.row.until_on,
        _("At its end"): lambda each: each.row.get_renewal_display() if each.row.until_on else "",
        _("Days of notice"): lambda each: each.row.notice_days,
        _("Notice by"): lambda each: each.notice_by,
        **in_currency(),
    }
