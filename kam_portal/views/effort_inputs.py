"""What the advice on hours rests on, to be typed over: hours of managers, shares by box, what accounts answer."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Team, User
from accounts.permissions import Permission, may, needs
from kam_portal import effort_inputs as inputs
from kam_portal.effort_inputs import Outdated, Typed, shown
from kam_portal.navigation import run_of
from profitability.core.months import months_between
from profitability.models import Result
from relationships.core.expectation import expected
from relationships.effort import Study, box_of, in_sight, teams_in_sight
from relationships.models import Box, EffortCapacity, EffortLimit, EffortResponse

PAGE = 100


@dataclass(frozen=True)
class Cell:
    """One input, and what counts while it is empty."""

    name: str
    text: str
    assumed: str
    label: str
    problem: str = ""
    head: str = ""  # of its column


class Sheet:
    """The hours and accounts of one team (of all, for who looks after his own), as one reader sees them."""

    def __init__(self, request) -> None:
        self.user, self.run = request.user, run_of(request)
        sent = request.POST if request.method == "POST" else request.GET
        if self.run is None:
            raise Http404
        self.teams = list(teams_in_sight(self.user, self.run))
        self.plans = may(self.user, Permission.PLAN_EFFORT)
        self.team: Team | None = next((team for team in self.teams if team.code == sent.get("team")), None)
        if self.team is None and self.plans and self.teams:
            self.team = self.teams[0]
        results = in_sight(self.user, self.run).select_related("account__team", "account__manager", "position")
        results = results.defer("position__scores", "position__nearest_move").order_by("-net_revenue", "code")
        self.results = results.filter(account__team=self.team) if self.team else results
        self.page: Page = Paginator(self.results, PAGE).get_page(sent.get("page"))
        self.accounts = [result.account_id for result in self.page]

    @property
    def address(self) -> str:
        query = {"team": self.team.code if self.team else "", "page": self.page.number}
        return f"{reverse('effort_inputs')}?{urlencode({name: value for name, value in query.items() if value})}"

    @property
    def managers(self) -> list[User]:
        people = User.objects.filter(pk__in=self.results.order_by().values("account__manager"))
        return list(people.order_by("name", "pk")) if self.team else []

    def hours_today(self) -> dict[int, Decimal]:
        """By manager, where nothing is stated."""
        study, found = Study(self.run, list(self.results)), {}
        for result in study.results:
            manager = result.account.manager_id
            found[manager] = found.get(manager, Decimal(0)) + study.hours.of[result.account_id]
        return found

    def to_lose(self) -> dict[int, Decimal]:
        """The gross margin of a month, or what the account could buy at most, by account of the page."""
        months = len(months_between(self.run.month_from, self.run.month_to))
        return {
            result.account_id: max(result.gross_margin, result.account.annual_potential or Decimal(0), Decimal(0))
            / months
            for result in self.page
        }

    def newest_hours(self) -> str:
        return inputs.newest(EffortCapacity.objects.filter(team=self.team), EffortLimit.objects.filter(team=self.team))

    def newest_responses(self) -> str:
        return inputs.newest(EffortResponse.objects.filter(account__in=self.accounts))

    # Rows of the grids

    def people(self, cells: Typed | None) -> list[tuple[User, Cell]]:
        stored, today = inputs.stored_hours(self.team), self.hours_today()
        return [
            (
                person,
                cell(f"hours:{person.pk}", stored, cells, shown(today[person.pk]), person.name, _("Hours a month")),
            )
            for person in self.managers
        ]

    def boxes(self, cells: Typed | None) -> list[tuple[Box, list[Cell]]]:
        stored = inputs.stored_hours(self.team)
        heads = {"least": _("At least"), "most": _("At most")}
        return [
            (
                box,
                [
                    cell(f"{which}:{box}", stored, cells, "", f"{box.label}: {head}", head)
                    for which, head in heads.items()
                ],
            )
            for box in Box
        ]

    def responses(self, cells: Typed | None, movable: set[int] | None) -> list[dict]:
        stored, moves = inputs.stored_responses(self.accounts)
        study = Study(self.run, list(self.page))
        return [
            {
                "account": result.account,
                "box": box_of(result),
                "today": study.hours.of[result.account_id],
                "judged_at": study.response(result).hours,
                "cells": self.cells_of(result, study, stored, cells),
                "movable": result.account_id in (moves if movable is None else movable),
            }
            for result in study.results
        ]

    def cells_of(self, result: Result, study: Study, stored, cells: Typed | None) -> list[Cell]:
        assumed = expected(study.facts(result), study.usual(box_of(result)))
        values = (assumed.lost_at_half, assumed.gained_at_double, assumed.least, assumed.most)
        heads = (_("half of the hours would lose"), _("twice the hours would gain"), _("at least"), _("useful up to"))
        return [
            cell(f"{which}:{result.account_id}", stored, cells, shown(value), f"{result.account.name}: {head}", head)
            for which, value, head in zip(inputs.RESPONSE, values, heads, strict=True)
        ]


def cell(name: str, stored: dict, cells: Typed | None, assumed: str, label: str, head: str) -> Cell:
    text = cells.texts[name] if cells and name in cells.texts else shown(stored.get(name))
    return Cell(name, text, assumed, label, cells.wrong.get(name, "") if cells else "", head)


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def effort_inputs(request):
    """The grids: to read, and for those who plan hours or know the accounts to type over."""
    return page_of(request, Sheet(request)) if run_of(request) else redirect("effort")


def page_of(request, sheet: Sheet, hours: Typed | None = None, responses: Typed | None = None, **more) -> HttpResponse:
    movable, status = more.pop("movable", None), more.pop("status", 200)
    context = {
        "sheet": sheet,
        "people": sheet.people(hours),
        "boxes": sheet.boxes(hours),
        "rows": sheet.responses(responses, movable),
        "page": sheet.page,
        "may_plan": sheet.plans and sheet.team is not None,
        "may_state": may(request.user, Permission.SCORE_ACCOUNTS),
        "seen_hours": sheet.newest_hours(),
        "seen_responses": sheet.newest_responses(),
        "hours_changed": hours is not None,
        "responses_changed": responses is not None,
    }
    return render(request, "relationships/effort_inputs.html", context | more, status=status)


@require_POST
@needs(Permission.PLAN_EFFORT)
def effort_hours_save(request):
    """Store the hours of a team's managers and the shares of its boxes."""
    sheet = Sheet(request)
    if sheet.team is None:
        raise Http404
    managers = [person.pk for person in sheet.managers]
    cells = inputs.typed(request.POST, inputs.hour_names(managers))
    inputs.check_hours(cells)

    def write() -> None:
        inputs.store_hours(sheet.team, managers, cells, request.user)

    return saved(request, sheet, sheet.newest_hours, write, {"hours": cells}, cells)


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def effort_responses_save(request):
    """Store what hours are expected to bring at the accounts of the page."""
    sheet = Sheet(request)
    cells = inputs.typed(request.POST, inputs.response_names(sheet.accounts))
    inputs.check_responses(cells, sheet.accounts, sheet.to_lose())
    movable = {account for account in sheet.accounts if f"movable:{account}" in request.POST}

    def write() -> None:
        inputs.store_responses(sheet.accounts, cells, movable, request.user)

    return saved(request, sheet, sheet.newest_responses, write, {"responses": cells, "movable": movable}, cells)


def saved(request, sheet: Sheet, now, write, kept: dict, cells: Typed) -> HttpResponse:
    """Store and go back to the page; what is wrong, or was overtaken, stays in the cells."""
    if cells.wrong:
        return page_of(request, sheet, **kept, status=422, error=refusal(cells), wrong=list(cells.wrong.items()))
    try:
        inputs.save(request.POST.get("seen", ""), now, write)
    except Outdated:
        error = _("Somebody has saved meanwhile. Nothing of yours was saved yet: look at the cells, then save again.")
        return page_of(request, sheet, **kept, status=409, error=error)
    messages.success(request, _("Saved. The advice goes by it at once."))
    return redirect(sheet.address)


def refusal(cells: Typed) -> str:
    count = len(cells.wrong)
    told = ngettext("Nothing was saved: %(n)s cell is wrong.", "Nothing was saved: %(n)s cells are wrong.", count)
    return told % {"n": count}
