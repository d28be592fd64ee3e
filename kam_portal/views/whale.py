"""The whale curve: how profit builds up from the best account to the worst, and who takes it back."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download, in_currency
from kam_portal.filters import without
from kam_portal.templatetags.kam import compact, share, whole
from kam_portal.views.methods import MethodFilter, method_of, tabs
from profitability import methods
from profitability.activities import added
from profitability.core.concentration import Whale
from profitability.core.concentration import whale as whale_of
from profitability.core.methods import METHODS, REVENUE, TIME_DRIVEN
from profitability.models import Concentration, MonthResult, Result, Run
from profitability.runline import run_asked
from relationships.queries import portfolio

PAGE = 25
MOST_POINTS = 3_000
WORST = 300  # of these every one is drawn, however many accounts there are


@dataclass(frozen=True)
class Curve:
    """The curve with the accounts it stands on, best first: code, name and contribution."""

    whale: Whale
    accounts: list[tuple[int, str, str, Decimal]]

    @property
    def losing(self) -> list[tuple[int, str, str, Decimal]]:
        """Those behind the fall, the largest loss first."""
        return [row for row in reversed(self.accounts) if row[3] < 0]

    def money(self, minor: int) -> Decimal:
        return Decimal(minor).scaleb(-settings.CURRENCY_DIGITS)


@dataclass(frozen=True)
class Cause:
    """What mostly makes an account lose money; an activity has a code, a negative margin has none."""

    name: str
    cost: Decimal
    part: Decimal | None = None  # of the account's cost to serve
    activity: str = ""
    phase: str = ""


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def whale(request):
    """The whale curve of the accounts in view, and the list of those behind the fall."""
    run = run_asked(request)
    offered = offered_to(request.user, run)
    form = MethodFilter(request.GET, request.user, offered)
    chips = form.chips(request.GET)
    context = {"form": form, "chips": chips, "heading": _("Whale curve")}
    if run is None:
        return render(request, "profitability/whale.html", context)
    method = method_of(request.GET, offered)
    rows = form.narrow(Result.objects.in_run(run).visible_to(request.user).filter(is_active=True))
    curve = curve_of(rows, run, method)
    if request.GET.get("format") in {"csv", "xlsx"}:
        said = (*chips, methods.NAMES[method])
        return download(request.GET["format"], "whale", columns() | in_currency(), export_rows(curve), run, said)
    if len(offered) > 1:
        context |= {"method": methods.NAMES[method], "tabs": tabs(request.GET, offered, method)}
    context |= figures_of(request, run, curve, bool(chips)) | fall_of(request, run, curve, method)
    return render(request, "profitability/whale.html", context)


def curve_of(rows, run: Run, method: str = TIME_DRIVEN) -> Curve:
    """The curve of these results, each with the contribution that the method leaves."""
    listed = list(rows.values_list("account_id", "code", "account__name", "contribution", "cost_to_serve"))
    if method == TIME_DRIVEN:
        listed = [row[:4] for row in listed]
    else:
        costs = methods.other_costs(run, method, rows.order_by().values("account"))
        listed = [(*row[:3], row[3] + row[4] - costs.get(row[0], Decimal(0))) for row in listed]
    minor = [int(row[3].scaleb(settings.CURRENCY_DIGITS)) for row in listed]
    found = whale_of(minor, [row[1] for row in listed])
    return Curve(found, [listed[place] for place in found.order])


def offered_to(user, run: Run | None) -> tuple[str, ...]:
    """Other methods tell what the whole company costs, so they are for those who may see costs."""
    return METHODS if may(user, Permission.SEE_COSTS) and methods.is_compared(run) else (TIME_DRIVEN,)


def figures_of(request, run: Run, curve: Curve, filtered: bool) -> dict:
    found = curve.whale
    return {
        "heading": heading(curve),
        "basis": basis(request.user, filtered, len(curve.accounts)),
        "company": company_of(run, request.user),
        "chart": chart_of(curve) if curve.accounts else None,
        "count": len(curve.accounts),
        "peak": curve.money(found.peak),
        "peak_share": found.peak_share and float(found.peak_share),
        "total": curve.money(found.total),
        "erosion": curve.money(found.erosion),
        "losing": len(curve.losing),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }


def fall_of(request, run: Run, curve: Curve, method: str) -> dict:
    """A page of the accounts behind the fall."""
    page = Paginator(curve.losing, PAGE).get_page(request.GET.get("page"))
    return {"page": page, "rows": rows_of(request.user, run, page, curve.money(curve.whale.erosion), method)}


def heading(curve: Curve) -> str:
    """The finding in one sentence; percentages only where there is a profit to take them of."""
    found, losing = curve.whale, len(curve.losing)
    if not curve.accounts:
        return _("Whale curve")
    words = {
        "losing": whole(losing),
        "all": whole(len(curve.accounts)),
        "erosion": amount_of(curve.money(found.erosion)),
    }
    if not losing:
        return _("All %(all)s accounts earn money after cost to serve") % words
    if losing == len(curve.accounts):
        text = ngettext(
            "%(losing)s account loses money after cost to serve: %(erosion)s",
            "All %(losing)s accounts lose money after cost to serve: %(erosion)s",
            losing,
        )
        return text % words
    if found.total <= 0:
        words["total"] = amount_of(curve.money(-found.total))
        return _("%(losing)s of %(all)s accounts lose %(erosion)s, so that %(total)s is lost in all") % words
    words["share"] = share(float(found.erosion) / float(found.peak))
    return _("%(losing)s of %(all)s accounts take back %(erosion)s, %(share)s of what the others earn") % words


def amount_of(amount: Decimal) -> str:
    return f"{compact(amount)} {settings.CURRENCY}"


def basis(user, filtered: bool, count: int) -> str:
    """Whose curve it is."""
    if filtered:
        return _("The curve stands on the %(count)s active accounts in view.") % {"count": whole(count)}
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return _("The curve stands on all %(count)s active accounts of the company.") % {"count": whole(count)}
    return _("The curve stands on the %(count)s active accounts you see, not on the whole company.") % {
        "count": whole(count)
    }


def company_of(run: Run, user) -> dict | None:
    """The company's figures, for whoever may see them but not every account."""
    if may(user, Permission.SEE_ALL_ACCOUNTS) or not may(user, Permission.SEE_COMPANY_FIGURES):
        return None
    stored = Concentration.objects.filter(run=run, measure="contribution", level="account").first()
    return stored.figures if stored and stored.figures["whale_peak"] is not None else None


def chart_of(curve: Curve) -> dict:
    """What the chart draws; of very many accounts, every one at the ends and some between."""
    found = curve.whale
    return {
        "label": _("Whale curve: cumulative contribution from the best account to the worst"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "points": [point(place, curve) for place in drawn(len(curve.accounts), found.peak_rank)],
        "count": len(curve.accounts),
        "total": float(curve.money(found.total)),
        "peak": float(curve.money(found.peak)),
        "peak_place": found.peak_rank,
    }


def drawn(count: int, peak: int) -> list[int]:
    """Places (from 0) that are drawn."""
    step = -(-count // MOST_POINTS)
    always = {0, peak - 1, peak, count - 1}
    return [place for place in range(count) if place % step == 0 or place in always or place >= count - WORST]


def point(place: int, curve: Curve) -> list:
    _account, code, name, contribution = curve.accounts[place]
    cumulative = float(curve.money(curve.whale.points[place]))
    return [place + 1, name, float(contribution), cumulative, reverse("account", args=[code])]


def rows_of(user, run: Run, page, erosion: Decimal, method: str) -> list[dict]:
    """The losing accounts in view with their result, the part of the fall that is theirs, and its main cause."""
    ids = [account for account, *_rest in page]
    results = {result.account_id: result for result in portfolio(user, run).filter(account__in=ids)}
    costs = costs_of(run, ids)
    listed = ((place, results[row[0]], row[3]) for place, row in enumerate(page, start=page.start_index()))
    return [
        {
            "place": place,
            "result": result,
            "cost_to_serve": result.gross_margin - contribution,
            "contribution": contribution,
            "part": -contribution / erosion,
            "cause": by_revenue(result, result.gross_margin - contribution)
            if method == REVENUE
            else cause_of(result, costs[result.account_id], activities_of(run)),
        }
        for place, result, contribution in listed
    ]


def by_revenue(result: Result, cost: Decimal) -> Cause:
    """Where cost follows revenue, no activity is the cause."""
    if -result.gross_margin >= cost:
        return Cause(_("Sold below cost of goods and freight"), -result.gross_margin)
    return Cause(_("Its share of all cost, by revenue"), cost)


def costs_of(run: Run, accounts: list[int]) -> dict[int, dict[str, int]]:
    """What each activity cost each account over the window, in minor units."""
    found = defaultdict(list)
    rows = MonthResult.objects.in_run(run).filter(account__in=accounts)
    for account, costs in rows.values_list("account_id", "costs"):
        found[account].append(costs)
    return {account: added(found[account]) for account in accounts}


def activities_of(run: Run) -> dict[str, dict]:
    return {row["code"]: row for row in run.cost_model.document["activities"]} if run.cost_model else {}


def cause_of(result: Result, costs: dict[str, int], activities: dict[str, dict]) -> Cause:
    """The larger of a negative gross margin and the dearest activity."""
    code = max(sorted(costs), key=costs.__getitem__, default="")
    cost = Decimal(costs.get(code, 0)).scaleb(-settings.CURRENCY_DIGITS)
    if -result.gross_margin >= cost or not code:
        return Cause(_("Sold below cost of goods and freight"), -result.gross_margin)
    activity = activities.get(code, {})
    return Cause(
        name=activity.get("name") or code.replace("_", " "),
        cost=cost,
        part=cost / result.cost_to_serve if result.cost_to_serve > 0 else None,
        activity=code,
        phase=activity.get("phase", ""),
    )


def columns() -> dict:
    """Heads of the export and how each cell is found."""
    return {
        _("Place on the curve"): lambda row: row[0],
        _("Place in the fall"): lambda row: row[5],
        _("Code"): lambda row: row[1],
        _("Account"): lambda row: row[2],
        _("Contribution"): lambda row: row[3],
        _("Cumulative"): lambda row: row[4],
    }


def export_rows(curve: Curve) -> list[tuple]:
    """Each account with its place from the best; one that loses money also with its place from the worst."""
    listed, count = zip(curve.accounts, curve.whale.points, strict=True), len(curve.accounts)
    return [
        (place, code, name, contribution, curve.money(cumulative), count - place + 1 if contribution < 0 else None)
        for place, ((_account, code, name, contribution), cumulative) in enumerate(listed, start=1)
    ]
