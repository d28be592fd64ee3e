"""The matrix: attractiveness against relationship strength, with its table twin."""

from collections import Counter

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import money, whole
from kam_portal.views.account_list import columns
from profitability.models import Result
from relationships.models import Box, CriteriaSet, Position
from relationships.queries import portfolio

MOST_BUBBLES = 2_000
MILLION = 1_000_000
PAGE = 50
CELL = 0.5  # of the 0…10 scales: the squares in which the remainder is counted
POINT = (
    "code", "account__name", "position__relationship_strength", "position__attractiveness", "net_revenue",
    "contribution", "position__box", "position__is_provisional", "account_id",
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
        return download(request.GET["format"], "matrix", columns(request.user), largest)
    placed = rows.exclude(position__box="")
    boxes = boxes_of(placed, profit)
    context = {
        "heading": heading_of(boxes) if run else "",
        "form": form,
        "chips": form.chips(request.GET),
        "chart": matrix_chart(run, placed, profit) if run else None,
        "boxes": boxes,
        "page": Paginator(largest, PAGE).get_page(request.GET.get("page")),
        "unplaced": rows.filter(position__box="").count(),
        "profit": profit,
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/matrix.html", context)


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


def matrix_chart(run, placed, profit: bool) -> dict:
    """What the chart draws: at most 2,000 bubbles, the largest first, the remainder as density."""
    listed = list(placed.order_by("-net_revenue", "code").values_list(*POINT)[:MOST_BUBBLES])
    before = earlier_places(run, [row[-1] for row in listed])
    points = [point(row, before.get(row[-1], (None, None)), profit) for row in listed]
    return {
        "label": _("Accounts by relationship strength and attractiveness"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "orientation": settings.MATRIX_ORIENTATION,
        "axis": axes(),
        "cuts": cuts_of(run),
        "boxes": [{"code": box.value, "name": str(box.label), "guidance": stance(box)} for box in Box],
        "points": points,
        "density": density(placed, listed),
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


def point(row: tuple, before: tuple, profit: bool) -> list:
    code, name, strength, attractiveness, net, contribution, box, provisional, _account = row
    numbers = [float(strength), float(attractiveness), float(net), float(contribution) if profit else None]
    earlier = [None if value is None else float(value) for value in before]
    return [code, name, *numbers, box, int(provisional), *earlier, reverse("account", args=[code])]


def earlier_places(run, accounts: list[int]) -> dict[int, tuple]:
    """Where the accounts stood in the run that was published before this one."""
    earlier = (
        Position.objects.filter(run__published_at__lt=run.published_at).order_by("-run__published_at").values("run")[:1]
    )
    rows = Position.objects.filter(run__in=list(earlier.values_list("run", flat=True)), account__in=accounts)
    return {
        account: (strength, attractiveness)
        for account, strength, attractiveness in rows.values_list(
            "account_id", "relationship_strength", "attractiveness"
        )
    }


def cuts_of(run) -> dict:
    """The cuts of the criteria set that placed the run's accounts."""
    used = CriteriaSet.objects.filter(pk__in=Position.objects.in_run(run).values("criteria_set")[:1]).first()
    cut = (used.document.get("cut") or {}) if used else {}
    return {axis: float(cut.get(axis, 5)) for axis in ("attractiveness", "relationship")}


def density(placed, listed: list[tuple]) -> list | None:
    """Accounts beyond the bubbles, counted in squares of the plane."""
    if len(listed) < MOST_BUBBLES:
        return None
    squares = {
        name: Cast(F(f"position__{name}"), BigIntegerField()) / int(CELL * MILLION)
        for name in ("relationship_strength", "attractiveness")
    }
    rows = placed.order_by().values_list(*squares.values()).annotate(Count("pk"))
    cells = Counter({(across, up): count for across, up, count in rows})
    cells.subtract((int(float(row[2]) // CELL), int(float(row[3]) // CELL)) for row in listed)
    return [[middle(across), middle(up), count] for (across, up), count in sorted(cells.items()) if count > 0]


def middle(square: int) -> float:
    return min(square * CELL + CELL / 2, 10 - CELL / 2)


def boxes_of(placed, profit: bool) -> list[dict]:
    """Accounts and money in each box."""
    rows = placed.order_by().values_list("position__box")
    sums = {box: found for box, *found in rows.annotate(Count("pk"), Sum("net_revenue"), Sum("contribution"))}
    nothing = (0, 0, 0)
    return [
        {
            "code": box.value,
            "label": box.label,
            "stance": stance(box),
            "count": sums.get(box, nothing)[0],
            "net_revenue": sums.get(box, nothing)[1],
            "contribution": sums.get(box, nothing)[2] if profit else None,
        }
        for box in Box
    ]
