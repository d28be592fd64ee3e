"""Where the hours bring most: the advice, account by account, and what it rests on."""

from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.effort import Words, box_name, heading
from kam_portal.filters import ALL, NO_BOX, Chip, without
from kam_portal.navigation import run_of
from profitability.models import Run
from relationships.core import expectation
from relationships.effort import Advice, Row, TooMany, advice, in_sight, teams_in_sight
from relationships.models import Box

PAGE = 50


class EffortFilter(forms.Form):
    """Whose hours to look at. The team narrows what is worked out; manager and box only what is shown."""

    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    manager = forms.ChoiceField(label=gettext_lazy("Manager"), required=False)
    box = forms.ChoiceField(
        label=gettext_lazy("Box"), required=False, choices=[*ALL, *Box.choices, (NO_BOX, gettext_lazy("No box"))]
    )

    def __init__(self, data, user, run: Run | None) -> None:
        super().__init__(data)
        teams = teams_in_sight(user, run).values_list("code", "name") if run else []
        people = in_sight(user, run).order_by("account__manager__name") if run else None
        managers = people.values_list("account__manager", "account__manager__name").distinct() if run else []
        self.fields["team"].choices = ALL + list(teams)
        self.fields["manager"].choices = ALL + [(str(pk), name) for pk, name in managers]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self, query) -> list[Chip]:
        return [
            Chip(self.fields[name].label, dict(self.fields[name].choices)[value], without(query, name))
            for name, value in self.chosen().items()
        ]

    def shown(self, rows: list[Row]) -> list[Row]:
        chosen = self.chosen()
        manager, box = chosen.get("manager"), chosen.get("box")
        if manager:
            rows = [row for row in rows if str(row.account.manager_id) == manager]
        return [row for row in rows if row.box == ("" if box == NO_BOX else box)] if box else rows


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def effort(request):
    """How the hours of managers would bring most contribution, within what people and portfolio allow."""
    run = run_of(request)
    form = EffortFilter(request.GET, request.user, run)
    context = {
        "form": form,
        "chips": form.chips(request.GET),
        "export_query": without(request.GET, "format").removeprefix("?"),
        "heading": _("Effort"),
        "may_edit": may(request.user, Permission.PLAN_EFFORT) or may(request.user, Permission.SCORE_ACCOUNTS),
    }
    try:
        found = advice(request.user, run, form.chosen().get("team", "")) if run else None
    except TooMany:
        return render(request, "relationships/effort.html", context | {"too_many": True})
    if found is None or not found.rows:
        return render(request, "relationships/effort.html", context)
    words, shown = Words(found), form.shown(found.rows)
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "effort", columns(words), shown)
    return render(request, "relationships/effort.html", context | told(found, words, shown, request))


def told(found: Advice, words: Words, shown: list[Row], request) -> dict:
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return {
        "heading": heading(found),
        "found": found,
        "page": page,
        "rows": [(row, words.why(row)) for row in page],
        "binding": words.binding,
        "contradictions": words.contradictions,
        "without_accounts": words.without_accounts,
        "parts": words.parts,
        "scarcest": max(found.people, key=lambda person: person.price or 0),
        "several_teams": words.several_teams,
        "share_moved": found.moved / found.today if found.today and found.moved is not None else None,
        "assumptions": assumptions(),
    }


def assumptions() -> list[tuple[str, list[Decimal]]]:
    """For each box what is assumed where nobody has said anything: won, lost, least, most."""
    tables = (expectation.WON, expectation.LOST, expectation.LEAST, expectation.MOST)
    return [(box_name(box), [Decimal(table[box]) for table in tables]) for box in [*Box.values, expectation.NO_BOX]]


def columns(words: Words) -> dict:
    """Heads of the export and how each cell is found."""
    return {
        _("Code"): lambda row: row.account.code,
        _("Account"): lambda row: row.account.name,
        _("Team"): lambda row: row.account.team and row.account.team.name,
        _("Manager"): lambda row: row.account.manager.name,
        _("Box"): lambda row: box_name(row.box),
        _("Hours a month today"): lambda row: row.today,
        _("Hours a month advised"): lambda row: row.advised,
        _("Served by"): lambda row: words.served_by(row) or row.account.manager.name,
        _("Difference"): lambda row: row.difference,
        _("Expected extra contribution a month"): lambda row: row.extra,
        _("Half of the hours would lose"): lambda row: row.response.lost_at_half,
        _("Twice the hours would gain"): lambda row: row.response.gained_at_double,
        _("Least hours"): lambda row: row.response.least,
        _("Most useful hours"): lambda row: row.response.most,
        _("Stated"): lambda row: _("yes") if row.is_stated else _("no"),
        _("Why"): words.why,
    }
