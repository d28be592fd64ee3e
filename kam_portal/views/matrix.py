"""The matrix: attractiveness against relationship strength, with its table twin."""

from collections import Counter
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.templatetags.kam import money, whole
from kam_portal.views.account_list import columns, page_of
from profitability.models import Result
from profitability.queries import earlier_run
from relationships.models import Box, CriteriaSet, Position
from relationships.queries import portfolio

MOST_BUBBLES = 2_000
MILLION = 1_000_000
IN_A_PATH = "/~:@!$&'()*+,;="  # what `reverse` leaves as it is
CELL = 0.5  # of the 0…10 scales: the squares in which the remainder is counted
POINT = (
    "account_id", "code", "position__relationship_strength", "position__attractiveness", "net_revenue",
    "contribution", "position__box", "position__is_provisional",
)  # fmt: skip


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def matrix(request):
    """Area is net revenue, colour is contribution; a bubble opens its account."""
    run = run_of(request)
    form = PortfolioFilter(request.GET, request.user)
    rows = form.narrow(portfolio(request.user, run)) if run else Result.objects.none()
    profit = may(request.user, Permission.SEE_PROFITABILITY)
    largest = rows.order_by(F("net_revenue").desc(), "code")
    if request.GET.get("format") in {"csv", "xlsx"}:
        listed = columns(request.user) | in_currency()
        return download(request.GET["format"], "matrix", listed, largest, run, form.chips(request.GET))
    view = (rows, run, request.user, bool(form.chosen()))
    squares = squares_of(*view)
    boxes = boxes_of(squares, profit)
    context = {
        "heading": heading_of(boxes) if run else "",
        "form": form,
        "chips": form.chips(request.GET),
        "chart": matrix_chart(run, bubbles_of(*view), squares, profit) if run else None,
        "boxes": boxes,
        "page": page_of(largest, sum(square.count for square in squares), request.GET.get("page")),
        "unplaced": sum(square.count for square in squares if not square.box),
        "profit": profit,
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/matrix.html", context)


class Square(NamedTuple):
    """Accounts of one box in one square of the plane (“across” and “up” from the origin; of no box: anywhere)."""

    box: str
    across: int | None
    up: int | None
    count: int
    net_revenue: Decimal
    contribution: Decimal


def squares_of(rows, run, user, narrowed: bool = False) -> list[Square]:
    """All accounts in view, counted and summed by box and square in one go."""

    def count() -> list[Square]:
        places = {
            name: Cast(F(f"position__{name}"), BigIntegerField()) / int(CELL * MILLION)
            for name in ("relationship_strength", "attractiveness")
        }
        grouped = rows.order_by().values_list("position__box", *places.values())
        return [Square(*found) for found in grouped.annotate(Count("pk"), Sum("net_revenue"), Sum("contribution"))]

    return count() if narrowed or run is None else kept("squares", run, user, count)


def heading_of(boxes: list[dict]) -> str:
    """The box that loses most, if one does; else how many accounts stand where."""
    worst = min(boxes, key=lambda box: box["contribution"] or 0)
    if (worst["contribution"] or 0) < 0:
        return _("Together the accounts in %(box)s lose %(loss)s after cost to serve") % {
            "box": worst["label"],
            "loss": money(-worst["contribution"]),
        }
    count = sum(box["count"] for box in boxes)
    strategic = next(box["count"] for box in boxes if box["code"] == Box.STRATEGIC)
    text = ngettext(
        "%(count)s account has a box: %(strategic)s strategic",
        "%(count)s accounts have a box: %(strategic)s strategic",
        count,
    )
    return text % {"count": whole(count), "strategic": whole(strategic)} if count else ""


class Bubble(NamedTuple):
    """One account in the chart; `before` is where it stood in the run before."""

    account: int
    code: str
    strength: float
    attractiveness: float
    net_revenue: float
    contribution: float
    box: str
    provisional: int
    before: tuple[float | None, float | None]


def bubbles_of(rows, run, user, narrowed: bool = False) -> list[Bubble]:
    """The largest accounts that have a place, at most 2,000 of them."""

    def largest() -> list[Bubble]:
        placed = rows.filter(position__box__gt="").order_by("-net_revenue", "code")
        listed = list(placed.values_list(*POINT)[:MOST_BUBBLES])
        before = earlier_places(run, [row[0] for row in listed])
        return [
            Bubble(account, code, *map(float, numbers), box, int(provisional), before.get(account, (None, None)))
            for account, code, *numbers, box, provisional in listed
        ]

    return largest() if narrowed else kept("bubbles", run, user, largest)


def matrix_chart(run, bubbles: list[Bubble], squares: list[Square], profit: bool) -> dict:
    """What the chart draws: the bubbles, and the remainder as density."""
    names = dict(Account.objects.filter(pk__in=[bubble.account for bubble in bubbles]).values_list("pk", "name"))
    address, used = reverse("account", args=["CODE"]), criteria_of(run)
    points = [point(bubble, names.get(bubble.account, ""), address, profit) for bubble in bubbles]
    return {
        "label": _("Accounts by relationship strength and attractiveness"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "orientation": settings.MATRIX_ORIENTATION,
        "axis": axes(),
        "criteria": {"name": str(used), "code": used.code, "version": used.version} if used else None,
        "cuts": cuts_in(used),
        "boxes": [{"code": box.value, "name": str(box.label), "guidance": stance(box)} for box in Box],
        "points": points,
        "density": density(squares, bubbles),
    }


def axes() -> dict:
    return {
        "attractiveness": {"name": _("Attractiveness"), "low": _("less attractive"), "high": _("more attractive")},
        "relationship": {"name": _("Relationship strength"), "low": _("weak"), "high": _("strong")},
    }


def stance(box: str) -> str:
    """What the box asks for, in one line."""
    return {
        Box.STRATEGIC: _("Invest: plan jointly"),
        Box.STAR: _("Develop: deepen the relationship"),
        Box.STATUS: _("Maintain: keep, do not over-invest"),
        Box.STREAMLINE: _("Keep simple: serve at low cost"),
    }[box]


def point(bubble: Bubble, name: str, address: str, profit: bool) -> list:
    """As the chart takes it. A `reverse` for each of 2,000 accounts would be a third of the page's time."""
    _account, code, strength, attractiveness, net, contribution, box, provisional, before = bubble
    numbers = [strength, attractiveness, net, contribution if profit else None]
    return [code, name, *numbers, box, provisional, *before, address.replace("CODE", quote(code, safe=IN_A_PATH))]


def earlier_places(run, accounts: list[int]) -> dict[int, tuple]:
    """Where the accounts stood in the run that was published before this one."""
    before = earlier_run(run)
    rows = Position.objects.filter(run=before, account__in=accounts) if before else Position.objects.none()
    found = rows.values_list("account_id", "relationship_strength", "attractiveness")
    return {account: tuple(None if place is None else float(place) for place in places) for account, *places in found}


def cuts_of(run) -> dict:
    """The cuts of the criteria set that placed the run's accounts."""
    return cuts_in(criteria_of(run))


def criteria_of(run) -> CriteriaSet | None:
    """The criteria set that placed the run's accounts."""
    return CriteriaSet.objects.filter(pk__in=Position.objects.in_run(run).values("criteria_set")[:1]).first()


def cuts_in(used: CriteriaSet | None) -> dict:
    cut = (used.document.get("cut") or {}) if used else {}
    return {axis: float(cut.get(axis, 5)) for axis in ("attractiveness", "relationship")}


def density(squares: list[Square], bubbles: list[Bubble]) -> list | None:
    """Accounts beyond the bubbles, counted in squares of the plane."""
    if len(bubbles) < MOST_BUBBLES:
        return None
    cells: Counter[tuple[int, int]] = Counter()
    for square in squares:
        if square.box:
            cells[square.across, square.up] += square.count
    cells.subtract((int(bubble.strength // CELL), int(bubble.attractiveness // CELL)) for bubble in bubbles)
    return [[middle(across), middle(up), count] for (across, up), count in sorted(cells.items()) if count > 0]


def middle(square: int) -> float:
    return min(square * CELL + CELL / 2, 10 - CELL / 2)


def boxes_of(squares: list[Square], profit: bool) -> list[dict]:
    """Accounts and money in each box."""
    return [box_of(box, [square for square in squares if square.box == box], profit) for box in Box]


def box_of(box: Box, squares: list[Square], profit: bool) -> dict:
    return {
        "code": box.value,
        "label": box.label,
        "stance": stance(box),
        "count": sum(square.count for square in squares),
        "net_revenue": sum(square.net_revenue for square in squares),
        "contribution": sum(square.contribution for square in squares) if profit else None,
    }
