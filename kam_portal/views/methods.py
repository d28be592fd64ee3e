"""Method comparison: what accounts cost by revenue, in two stages and time-driven, and who is charged wrongly."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.templatetags.kam import MINUS, compact, whole
from profitability import methods
from profitability.core.methods import METHODS, REVENUE, TIME_DRIVEN, TWO_STAGE, Moved
from profitability.methods import Line
from profitability.models import Result, Run
from profitability.runline import run_asked

PAGE = 50
DRAWN = 16  # accounts in the chart
OTHERS = (REVENUE, TWO_STAGE)


class MethodFilter(PortfolioFilter):
    """The filters of the portfolio; run and method stay in the address beside them."""

    run = forms.CharField(required=False, widget=forms.HiddenInput)
    method = forms.ChoiceField(label=gettext_lazy("Method"), required=False, widget=forms.HiddenInput)

    def __init__(self, data, user, offered: tuple[str, ...]):
        super().__init__(data, user)
        self.fields["method"].choices = [(method, methods.NAMES[method]) for method in offered]

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in {"run", "method"}}


@require_safe
@needs(Permission.SEE_COSTS)  # each account's cost by revenue ÷ its revenue is the cost ratio of the whole company
def method_comparison(request):
    """Cost to serve by three methods, account by account, and how another method differs from the run's own."""
    form = MethodFilter(request.GET, request.user, OTHERS)
    run, chips = run_asked(request), form.chips(request.GET)
    context = {"form": form, "chips": chips, "heading": _("Method comparison")}
    if not methods.is_compared(run):
        return render(request, "profitability/methods.html", context)
    method = method_of(request.GET, OTHERS)
    results = form.narrow(Result.objects.in_run(run).visible_to(request.user).filter(is_active=True))
    listed = by_difference(methods.lines(run, results), method)
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "methods", columns() | in_currency(), listed, run, chips)
    context |= {"method": method, "tabs": tabs(request.GET, OTHERS, method)}
    context |= figures_of(request, run, listed, method, whole_company=not chips)
    return render(request, "profitability/methods.html", context)


def method_of(query: QueryDict, allowed: tuple[str, ...]) -> str:
    """The method in the address; the first one where it names none of these."""
    asked = query.get("method", "")
    return asked if asked in allowed else allowed[0]


def tabs(query: QueryDict, offered: tuple[str, ...], current: str) -> list[dict]:
    """An address for each method, with the filters in use."""
    return [
        {"label": methods.NAMES[method], "url": address(query, method), "active": method == current}
        for method in offered
    ]


def address(query: QueryDict, method: str) -> str:
    changed = query.copy()
    changed.pop("page", None)
    changed["method"] = method
    return f"?{changed.urlencode()}"


def by_difference(listed: list[Line], method: str) -> list[Line]:
    """The account that bears most too much first, the one that bears most too little last."""
    return sorted(listed, key=lambda line: (-line.difference(method), line.code))


def figures_of(request, run: Run, listed: list[Line], method: str, whole_company: bool) -> dict:
    found = methods.difference_of(listed, method)
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    shifted = [line for line in listed if line.shift(method)]
    return {
        "heading": heading(found, method) if listed else _("Method comparison"),
        "names": methods.NAMES,
        "meanings": [(methods.NAMES[name], methods.MEANINGS[name]) for name in METHODS],
        "name": methods.NAMES[method],
        "found": found,
        "moved": in_units(found.between),
        "both_ways": both_ways(found),
        "over_cost": in_units(found.over_cost),
        "under_cost": in_units(found.under_cost),
        "surplus": in_units(found.surplus),
        "surplus_size": in_units(abs(found.surplus)),
        "shifted": len(shifted),
        "furthest": max(shifted, key=lambda line: (abs(line.shift(method)), line.code), default=None),
        "chart": chart_of(listed, method) if listed else None,
        "page": page,
        "rows": [row_of(line, method) for line in page],
        "sums": sums(listed),
        "closings": methods.closings(run) if whole_company else [],
        "export_query": without(request.GET, "format").removeprefix("?"),
    }


def in_units(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-settings.CURRENCY_DIGITS)


def both_ways(found: Moved) -> str:
    """What is charged more to some and less to others, where the two differ; a side without anybody is left out."""
    more, less = (compact(in_units(cost)) for cost in (found.over_cost, found.under_cost))
    sides = [f"+{more}" if found.over else "", f"{MINUS}{less}" if found.under else ""]
    return " / ".join(side for side in sides if side) if more != less else ""


def heading(found: Moved, method: str) -> str:
    """The finding in one sentence."""
    if not found.over and not found.under:
        return _("%(method)s charges every account what the run charges it") % {"method": methods.NAMES[method]}
    if method == TWO_STAGE and not found.under:
        words = {"amount": whole(in_units(found.surplus)), "currency": settings.CURRENCY, "over": whole(found.over)}
        text = ngettext(
            "Two-stage hides %(amount)s %(currency)s of unused capacity in what %(over)s account bears",
            "Two-stage hides %(amount)s %(currency)s of unused capacity in what %(over)s accounts bear",
            found.over,
        )
        return text % words
    text = ngettext(
        "%(method)s charges %(over)s account too much and %(under)s too little",
        "%(method)s charges %(over)s accounts too much and %(under)s too little",
        found.over,
    )
    return text % {"method": methods.NAMES[method], "over": whole(found.over), "under": whole(found.under)}


def chart_of(listed: list[Line], method: str) -> dict:
    """The largest differences, in the order of the list."""
    largest = sorted(listed, key=lambda line: (-abs(line.difference(method)), line.code))[:DRAWN]
    drawn = by_difference(largest, method)
    return {
        "label": _("%(method)s less time-driven: who is charged too much, and who too little")
        % {"method": methods.NAMES[method]},
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "cost": True,
        "rows": [
            {
                "name": line.name,
                "amount": float(line.difference(method)),
                "url": reverse("account", args=[line.code]),
            }
            for line in drawn
            if line.difference(method)
        ],
    }


def row_of(line: Line, method: str) -> dict:
    return {
        "line": line,
        "costs": [(methods.NAMES[name], line.costs[name]) for name in METHODS],
        "difference": line.difference(method),
        "contributions": (line.contribution(TIME_DRIVEN), line.contribution(method)),
        "places": (line.places[TIME_DRIVEN], line.places[method]),
        "shift": line.shift(method),
    }


def sums(listed: list[Line]) -> list[tuple[str, Decimal]]:
    """The cost of all accounts listed, by each method."""
    return [(methods.NAMES[name], sum((line.costs[name] for line in listed), Decimal(0))) for name in METHODS]


def columns() -> dict:
    """Heads of the export and how each cell is found."""
    costs = {str(methods.NAMES[method]): (lambda line, method=method: line.costs[method]) for method in METHODS}
    others = {}
    for method in OTHERS:
        name = {"method": methods.NAMES[method]}
        others |= {
            _("%(method)s: difference") % name: (lambda line, method=method: line.difference(method)),
            _("%(method)s: contribution") % name: (lambda line, method=method: line.contribution(method)),
            _("%(method)s: place") % name: (lambda line, method=method: line.places[method]),
            _("%(method)s: places up") % name: (lambda line, method=method: line.shift(method)),
        }
    return {
        _("Code"): lambda line: line.code,
        _("Account"): lambda line: line.name,
        _("Net revenue"): lambda line: line.net_revenue,
        _("Gross margin"): lambda line: line.gross_margin,
        **costs,
        _("Contribution"): lambda line: line.contribution(TIME_DRIVEN),
        _("Place"): lambda line: line.places[TIME_DRIVEN],
        **others,
    }


def compared(run: Run, result: Result) -> list[dict]:
    """One account by each method, for its own page; empty where the run kept only its own."""
    found = {method: methods.other_costs(run, method, [result.account_id]).get(result.account_id) for method in OTHERS}
    if None in found.values():
        return []
    costs = {TIME_DRIVEN: result.cost_to_serve} | found
    return [
        {
            "name": methods.NAMES[method],
            "meaning": methods.MEANINGS[method],
            "cost": costs[method],
            "contribution": result.gross_margin - costs[method],
            "difference": None if method == TIME_DRIVEN else costs[method] - result.cost_to_serve,
        }
        for method in METHODS
    ]
