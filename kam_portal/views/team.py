"""The page of a team: its key account plans as cards, as a board and over time, and who has how much to do."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.causes import what, why
from kam_portal.filters import ALL, NO_BOX, ListFilter, without
from kam_portal.navigation import run_of
from kam_portal.teams.cards import HEALTH, STATES, Card, cards_of, tally, visible_teams
from kam_portal.teams.timeline import timeline_of
from kam_portal.teams.work import FIGURES, figures_of, loads, months_of, open_actions
from relationships.models import Box, PositionChange

FITS = 60  # cards; the others are one click away
MOVEMENTS = 8
VIEWS = {
    "cards": gettext_lazy("Cards"),
    "state": gettext_lazy("Board by state"),
    "health": gettext_lazy("Board by health"),
    "time": gettext_lazy("Timeline"),
}


class TeamFilter(ListFilter):
    """Which of the team's key accounts. All is told by the cards, which are there already."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    manager = forms.ChoiceField(label=gettext_lazy("Manager"), required=False)
    box = forms.ChoiceField(
        label=gettext_lazy("Box"), required=False, choices=[*ALL, *Box.choices, (NO_BOX, gettext_lazy("No box"))]
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[*ALL, *STATES.items()])
    health = forms.ChoiceField(label=gettext_lazy("Health"), required=False, choices=[*ALL, *HEALTH.items()])
    stale = forms.BooleanField(label=gettext_lazy("Only stale plans"), required=False)

    def __init__(self, data, cards: list[Card]):
        super().__init__(data)
        people = {card.account.manager for card in cards if card.account.manager}
        named = sorted(people, key=lambda person: person.name)
        self.fields["manager"].choices = ALL + [(str(person.pk), person.name) for person in named]

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name != "view"}

    def keeps(self, card: Card) -> bool:
        return not self.unknown() and all(KEEPS[name](card, value) for name, value in self.chosen().items())


KEEPS: dict[str, Callable[[Card, Any], bool]] = {
    "manager": lambda card, pk: str(card.account.manager_id) == pk,
    "box": lambda card, box: card.box == ("" if box == NO_BOX else box),
    "state": lambda card, state: card.state == state,
    "health": lambda card, kind: (
        card.health == kind if card.standing is None or kind in ("sound", "none") else bool(card.standing.of_kind(kind))
    ),
    "stale": lambda card, _yes: card.is_stale,
}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def team_choice(request):
    """One's own team, else the first; where there is none, what that means."""
    first = visible_teams(request.user).first()
    return redirect("team", first.code) if first else render(request, "team/none.html")


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def team_page(request, code):
    """The key account plans of one team."""
    teams = list(visible_teams(request.user))
    team = next((each for each in teams if each.code == code), None)
    if team is None:
        raise Http404
    run, today = run_of(request), timezone.localdate()
    cards = cards_of(request.user, team, run, today)
    form = TeamFilter(request.GET, cards)
    shown = [card for card in cards if form.keeps(card)]
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else "cards"
    context = {
        "team": team,
        "teams": teams,
        "form": form,
        "chips": form.chips(request.GET),
        "clear_url": f"?view={view}",
        "tabs": tabs(request.GET, view),
        "view": view,
        "tally": tally(cards, today),
        "today": today,
        "profit": may(request.user, Permission.SEE_PROFITABILITY),
        "shown_count": len(shown),
        "actions": open_actions(request.user, team, today),
    }
    context["overdue"] = sum(row["overdue"] for row in context["actions"])
    context |= money_of(request.user, team, run, cards) | {"heading": heading(team, context["tally"])}
    if view == "time":
        context["timeline"] = timeline_of(request.user, shown, today)
        return render(request, "team/page.html", context)
    return render(request, "team/page.html", context | work_of(request, team, cards, shown, context))


def work_of(request, team, cards: list[Card], shown: list[Card], context: dict) -> dict:
    """The cards with their trends, who has how much to do, what moved, and what the team brings."""
    run, today, view = run_of(request), context["today"], context["view"]
    column = "contribution" if context["profit"] else "gross_margin"
    months = months_of(run, [card.account.pk for card in cards], column)
    is_all = request.GET.get("show") == "all" or view in ("state", "health")
    listed = shown if is_all else shown[:FITS]
    listed = [replace(card, spark=months.spark.get(card.account.pk, [])) for card in listed]
    return {
        "cards": listed,
        "columns": columns(listed, view),
        "loads": loads(cards, context["by_manager"], context["actions"], months, today),
        "is_measured": months.is_measured,
        "hours_there_are": Decimal(settings.MINUTES_PER_PERSON) / 60,
        "movements": movements(cards, run, context["profit"]),
        "all_url": f"{without(request.GET, 'show')}&show=all",
    }


def money_of(user, team, run, cards: list[Card]) -> dict:
    """What all accounts of the team bring, by manager and together, and what of it the key accounts bring."""
    found = figures_of(user, team, run)
    results = [card.result for card in cards if card.result and card.is_key]
    return {
        "by_manager": found,
        "figures": {name: sum((row[name] for row in found), Decimal(0)) for name in FIGURES} if found else None,
        "key_figures": {name: sum((getattr(row, name) for row in results), Decimal(0)) for name in FIGURES},
    }


def heading(team, found) -> str:
    """The finding of the page."""
    if not found.plans:
        return _("%(team)s has no key account plan yet") % {"team": team}
    text = ngettext(
        "%(team)s: %(amiss)s of %(count)s plan needs attention",
        "%(team)s: %(amiss)s of %(count)s plans need attention",
        found.plans,
    )
    return text % {"team": team, "amiss": found.amiss, "count": found.plans}


def tabs(query, view: str) -> list[dict]:
    rest = without(query, "view", "show").removeprefix("?")
    return [
        {"label": label, "url": f"?view={name}{'&' if rest else ''}{rest}", "active": name == view, "count": None}
        for name, label in VIEWS.items()
    ]


def columns(cards: list[Card], view: str) -> list[tuple[str, str, list[Card]]]:
    """The columns of the board: code, name, cards. Those without cards stay, so that the board keeps its shape."""
    if view not in ("state", "health"):
        return []
    names = STATES if view == "state" else HEALTH
    return [(code, str(name), [card for card in cards if getattr(card, view) == code]) for code, name in names.items()]


def movements(cards: list[Card], run, profit: bool) -> list[tuple[Card, str, str]]:
    """Key accounts that the run put into another box: from where to where, and why. One question."""
    by_account = {card.account.pk: card for card in cards if card.result}
    rows = PositionChange.objects.filter(run=run, kind=PositionChange.Kind.BOX, account__in=by_account).order_by("pk")
    found = [(by_account[row.account_id], row) for row in rows[:MOVEMENTS]] if run else []
    return [(card, what(row), why(row, card.result.position, profit)) for card, row in found if card.result]
