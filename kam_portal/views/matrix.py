"""The matrix: attractiveness against relationship strength, with its table twin."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from accounts.programme import is_member
from kam_portal.downloads import download, in_currency, name_of
from kam_portal.filters import Chip, without
from kam_portal.matrix.axes import across_by, criteria_of, in_criteria
from kam_portal.matrix.bubbles import Bubble, Square, bubbles_of, day_of, programme_on, squares_of
from kam_portal.matrix.chart import matrix_chart
from kam_portal.matrix.filters import MatrixFilter, held
from kam_portal.matrix.history import Step, forecasts_for, timeline, trail_runs
from kam_portal.matrix.summary import boxes_of, firmness_of, heading_of
from kam_portal.matrix.table import file_columns, with_changes
from kam_portal.views.account_list import columns, page_of
from profitability.models import Result
from profitability.runline import run_asked, run_of
from relationships.balance import balance
from relationships.models import Box, Firmness
from relationships.queries import portfolio

LISTED = 15  # on one page of the table below
MOST_FRAGILE = 8  # named beside the chart
VIEWS = {"boxes", "stages"}


@dataclass
class Sight:
    """What one reader asks to see of one run."""

    request: object

    def __post_init__(self):
        self.user = self.request.user
        self.run = run_asked(self.request)
        self.form = MatrixFilter(self.request.GET, self.user)
        self.form.day = day_of(self.run, run_of(self.request))
        self.profit = may(self.user, Permission.SEE_PROFITABILITY)

    @cached_property
    def rows(self):
        return self.form.narrow(portfolio(self.user, self.run)) if self.run else Result.objects.none()

    @property
    def largest(self):
        return self.rows.order_by(F("net_revenue").desc(), "code")

    @cached_property
    def programme(self) -> frozenset[int]:
        return programme_on(self.form.day)

    @property
    def asked(self) -> tuple:
        return self.rows, self.run, self.user, bool(self.form.chosen())

    @cached_property
    def timeline(self) -> list[Step]:
        return timeline(self.run) if self.run else []

    @cached_property
    def bubbles(self) -> list[Bubble]:
        return bubbles_of(*self.asked, first=self.programme)

    @cached_property
    def squares(self) -> list[Square]:
        return squares_of(*self.asked)


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def matrix(request):
    """Area is net revenue, colour is contribution, outline how firm the box is; a bubble tells the rest."""
    sight = Sight(request)
    run, profit, chips = sight.run, sight.profit, sight.form.chips(request.GET)
    if request.GET.get("format") in {"csv", "xlsx"}:
        listed = file_columns(columns(request.user), sight.rows, run, profit) | in_currency() | in_criteria(run)
        return download(request.GET["format"], "matrix", listed, sight.largest, run, chips)
    boxes = boxes_of(sight.squares, profit)
    page = page_of(sight.largest, sum(square.count for square in sight.squares), request.GET.get("page"), LISTED)
    if run:
        with_changes(page.object_list, run, profit)
    context = {
        "heading": heading_of(boxes, sight.form.chosen().get("box", "")) if run else "",
        "firmness": firmness_of(boxes),
        "form": sight.form,
        "chips": chips,
        "chart": chart_of(request, sight, chips) if run else None,
        "boxes": boxes,
        **key_accounts_of(sight),
        "members": len(sight.programme),
        "fragile": fragile_in(sight),
        "page": page,
        "unplaced": sum(square.count for square in sight.squares if not square.box),
        "stageless": sum(square.count for square in sight.squares if square.box and not square.stage),
        "self_scored": bool(run) and any(row.position.is_self_scored for row in page.object_list),
        "profit": profit,
        "view": view_in(request),
        **steps_of(sight),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/matrix.html", context)


def key_accounts_of(sight: Sight) -> dict:
    """Of the key accounts in each box: all against the mix aimed at; under a filter how many are in view."""
    if sight.run is None:
        return {}
    if not sight.form.chosen():
        return {"shares": {each.box.value: each for each in balance(sight.user, sight.run, sight.form.day).boxes}}
    found = sight.rows.filter(is_member("account", sight.form.day)).order_by().values_list("position__box", flat=True)
    counts = Counter(found)
    return {"key_in_view": {box: counts[box] for box in Box.values} if sight.programme else {}}


def view_in(request) -> str:
    asked = request.GET.get("view", "")
    return asked if asked in VIEWS else "boxes"


def fragile_in(sight: Sight) -> list[Result]:
    """The largest accounts whose box is fragile."""
    return list(sight.largest.filter(held(Firmness.FRAGILE))[:MOST_FRAGILE]) if sight.run else []


def chart_of(request, sight: Sight, chips: list[Chip]) -> dict:
    """The chart of the page: with the runs of its slider, what is expected, and where to ask for more."""
    run, bubbles = sight.run, sight.bubbles
    code_of = {each.account: each.code for each in bubbles}
    expected = forecasts_for(request, run, list(code_of), across_by(criteria_of(run)))
    return matrix_chart(run, bubbles, sight.squares, sight.profit, sight.programme) | {
        "run": run.pk,
        "timeline": [step_of(step) for step in sight.timeline],
        "trail": [step.run for step in trail_runs(run, sight.timeline)],
        "forecasts": {code_of[account]: place for account, place in expected.items()},
        "addresses": {
            "account": reverse("matrix_account", args=["CODE"]),
            "places": reverse("matrix_places"),
            "views": reverse("matrix_views"),
            "scores": reverse("matrix_scores"),
        },
        "draft": reverse("matrix_draft") if may(request.user, Permission.EDIT_CRITERIA) else "",
        "filters": [f"{chip.label}: {chip.value}" for chip in chips],
        "file": name_of(_("matrix"), run, chips),
    }


def steps_of(sight: Sight) -> dict:
    """Where the slider stands, of how many stops."""
    runs = [step.run for step in sight.timeline]
    return {"step": runs.index(sight.run.pk), "last_step": len(runs) - 1} if runs else {}


def step_of(step: Step) -> list:
    return [step.run, f"{step.month // 100}-{step.month % 100:02}"]
