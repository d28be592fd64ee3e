"""The ranking: who brings how much, on how few it hangs, and who moved."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import whole
from profitability.core.concentration import Concentration
from profitability.ladder import MEASURES, Measure, Rung, concentrated, ladder, measures_for, movers
from profitability.models import Result, Run
from profitability.standings import concentration_of
from relationships.queries import portfolio

PAGE = 50
MOST_BARS = 3_000
MOVERS = 3
FEWEST = 5  # below that, shares and measures of inequality say nothing
LEVELS = ("parent", "account")


class RankingFilter(PortfolioFilter):
    """The filters of the portfolio; measure and level stay in the address beside them."""

    measure = forms.CharField(required=False, widget=forms.HiddenInput)
    level = forms.CharField(required=False, widget=forms.HiddenInput)

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in {"measure", "level"}}


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    run: Run
    measure: Measure
    level: str
    among: set[int] | None  # ids of accounts, where filters are in use


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def ranking(request):
    """Accounts from largest to smallest by one measure."""
    form = RankingFilter(request.GET, request.user)
    run = run_of(request)
    measure = measure_of(request)
    chips = form.chips(request.GET)
    context = {"form": form, "chips": chips, "measure": measure, "tabs": tabs(request, measure)}
    if run is None:
        return render(request, "profitability/ranking.html", context | {"heading": _("Ranking")})
    among = accounts_in(form, run, request.user) if chips else None
    asked = Asked(run, measure, level_of(request), among)
    rungs = ladder(run, measure, request.user, among)
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], f"ranking-{measure.code}", columns(measure), rungs, run, chips)
    return render(request, "profitability/ranking.html", context | figures_of(request, asked, rungs))


def measure_of(request) -> Measure:
    """The measure in the address, if the reader may rank by it; else net revenue."""
    allowed = {measure.code: measure for measure in measures_for(request.user)}
    return allowed.get(request.GET.get("measure", ""), MEASURES["revenue"])


def level_of(request) -> str:
    level = request.GET.get("level", "")
    return level if level in LEVELS else LEVELS[0]


def accounts_in(form: PortfolioFilter, run: Run, user) -> set[int]:
    """Ids of the accounts that the filters leave."""
    return set(form.narrow(Result.objects.in_run(run).visible_to(user)).values_list("account_id", flat=True))


def tabs(request, current: Measure) -> list[dict]:
    return [
        {"label": measure.label, "url": address(request.GET, measure=measure.code), "active": measure is current}
        for measure in measures_for(request.user)
    ]


def address(query: QueryDict, **changes: str) -> str:
    """The address of this page with some parameters changed, on its first page."""
    changed = query.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        changed[name] = value
    return f"?{changed.urlencode()}"


def figures_of(request, asked: Asked, rungs: list[Rung]) -> dict:
    """What the page shows of a ladder."""
    measure = asked.measure
    page = Paginator(rungs, PAGE).get_page(request.GET.get("page"))
    by_account = concentration_by(asked, rungs, request.user, "account")
    by_level = by_account if asked.level == "account" else concentration_by(asked, rungs, request.user, "parent")
    climbed, fallen = movers(rungs, MOVERS)
    return {
        "heading": heading(measure, by_account, may(request.user, Permission.SEE_COMPANY_FIGURES)),
        "basis": basis(request.user, asked.among, len(rungs)),
        "page": page,
        "rows": rows_of(request.user, asked.run, measure, page),
        "chart": pareto_chart(measure, rungs) if measure.adds_up and rungs else None,
        "cut": MOST_BARS if len(rungs) > MOST_BARS else None,
        "below_zero": any(rung.value < 0 for rung in rungs),
        "concentration": by_level,
        "few": by_level["n"] < FEWEST if by_level else False,
        "level": asked.level,
        "levels": [(level, address(request.GET, level=level)) for level in LEVELS],
        "tops": tops(by_level),
        "climbed": climbed,
        "fallen": fallen,
        "moves_known": any(rung.previous for rung in rungs),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }


def concentration_by(asked: Asked, rungs: list[Rung], user, level: str) -> dict | None:
    """Concentration of the company where the shares are the company's, else of the accounts listed."""
    if not asked.measure.adds_up:
        return None
    if asked.among is None and may(user, Permission.SEE_COMPANY_FIGURES):
        return concentration_of(asked.run, asked.measure.code, level, user)
    return in_units(concentrated(rungs, user, by_family=level == "parent"), asked.measure)


def in_units(found: Concentration, measure: Measure) -> dict:
    """Concentration as the page writes it: money in units of the currency, shares as decimals."""
    figures = {name: getattr(found, name) for name in Concentration.__slots__}
    for name in ("total", "total_positive"):
        figures[name] = Decimal(figures[name]).scaleb(-measure.digits)
    shares = ("top1_share", "top3_share", "top5_share", "top10_share", "top20_share", "gini", "hhi", "effective_number")
    return figures | {name: None if figures[name] is None else float(figures[name]) for name in shares}


def tops(figures: dict | None) -> list[tuple[int, float, Decimal]]:
    """The largest 1, 3, 5 and 10 with their share and amount, as far as there are so many."""
    if not figures or not figures["total_positive"]:
        return []
    counts = [count for count in (1, 3, 5, 10) if count == 1 or count < figures["n"]]
    return [
        (count, figures[f"top{count}_share"], figures["total_positive"] * Decimal(str(figures[f"top{count}_share"])))
        for count in counts
    ]


def heading(measure: Measure, figures: dict | None, of_company: bool) -> str:
    """The finding, where there is one."""
    label = str(measure.label).lower()
    if not figures or figures["n"] < FEWEST or not figures["accounts_for_80"]:
        return _("Ranking by %(measure)s") % {"measure": label}
    if figures["total"] < figures["total_positive"]:
        label = _("%(measure)s above zero") % {"measure": label}
    text = (
        _("%(few)s of %(all)s accounts make 80 %% of %(measure)s")
        if of_company
        else _("%(few)s of your %(all)s accounts make 80 %% of their %(measure)s")
    )
    return text % {"few": whole(figures["accounts_for_80"]), "all": whole(figures["n"]), "measure": label}


def basis(user, among: set[int] | None, listed: int) -> str:
    """What ranks and shares are relative to."""
    counted = {"count": whole(listed)}
    if may(user, Permission.SEE_COMPANY_FIGURES):
        if among is None:
            return _("Ranks, shares and classes are those of the company.")
        return _("Ranks and classes are those of the company; shares are of the %(count)s accounts in view.") % counted
    if among is None:
        return (
            _("Ranks and shares are among the %(count)s accounts you see; classes are those of the company.") % counted
        )
    text = _(
        "Ranks are among the accounts you see, shares among the %(count)s in view; classes are those of the company."
    )
    return text % counted


def rows_of(user, run: Run, measure: Measure, page) -> list[tuple[Rung, Result | None, Decimal]]:
    """The rungs in view, each with its account's result and its value."""
    results = portfolio(user, run).filter(account__in=[rung.account for rung in page])
    by_account = {result.account_id: result for result in results}
    return [(rung, by_account.get(rung.account), value_of(rung, measure)) for rung in page]


def value_of(rung: Rung, measure: Measure) -> Decimal:
    return Decimal(rung.value).scaleb(-measure.digits)


def pareto_chart(measure: Measure, rungs: list[Rung]) -> dict:
    """What the chart draws: at most the first 3,000; the tail after them is flat."""
    drawn = rungs[:MOST_BARS]
    data = {
        "label": _("Accounts by %(measure)s with cumulative share and classes")
        % {"measure": str(measure.label).lower()},
        "measure": str(measure.label),
        "points": [point(place, rung, measure) for place, rung in enumerate(drawn, start=1)],
        "cut_share": 0.8,
    }
    if measure.is_money:
        return data | {"currency": settings.CURRENCY, "digits": settings.CURRENCY_DIGITS}
    return data | {"digits": 0}


def point(place: int, rung: Rung, measure: Measure) -> list:
    value = float(value_of(rung, measure))
    cumulative = None if rung.cumulative is None else float(rung.cumulative)
    return [place, rung.name, value, cumulative, rung.abc_class, reverse("account", args=[rung.code])]


def columns(measure: Measure) -> dict:
    """Heads of the export and how each cell is found."""
    shares = {_("Share"): lambda rung: rung.share, _("Cumulative share"): lambda rung: rung.cumulative}
    return {
        _("Rank"): lambda rung: rung.rank,
        _("Rank in the run before"): lambda rung: rung.previous,
        _("Code"): lambda rung: rung.code,
        _("Account"): lambda rung: rung.name,
        _("Class"): lambda rung: rung.abc_class,
        str(measure.label): lambda rung: value_of(rung, measure),
        **(shares if measure.adds_up else {}),
    }
