"""Selection of key accounts: candidates, key accounts, reviews and the watch-list, and some accounts side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, may, needs
from accounts.programme import may_decide
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.guidance import fit_words
from kam_portal.matrix.axes import in_criteria
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import money, score, share, share_signed, whole
from kam_portal.views.account_list import page_of
from profitability.models import Result
from relationships import guidance, selection
from relationships.core.fit import fit

MOST_PROPOSALS = 20  # in place; all of them are on the accounts' own pages
COMPARED = range(2, 6)
TENFOLD = 9  # times more than before
SHOWN = {
    "candidates": gettext_lazy("Candidates"),
    "others": gettext_lazy("All others"),
    "key": gettext_lazy("Key accounts"),
    "review": gettext_lazy("Up for review"),
    "watch": gettext_lazy("Watch-list"),
}


class SelectionFilter(PortfolioFilter):
    """The filters of the portfolio but the programme, by which the lists differ; the list in view stays beside them."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    order = forms.CharField(required=False, widget=forms.HiddenInput)
    programme = None

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in ("show", "order")}


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def selection_page(request):
    """One of the lists, with what waits for a decision."""
    run, form = run_of(request), SelectionFilter(request.GET, request.user)
    if run is None:
        return render(request, "relationships/selection.html", {"form": form, "heading": _("Selection")})
    show = request.GET.get("show") if request.GET.get("show") in SHOWN else "candidates"
    order = order_of(request, "review" if show == "review" else "-attractiveness")
    everything = form.narrow(selection.listed(request.user, run))
    rows = selection.ordered(selection.VIEWS[show](everything, request.user, run), order)
    if request.GET.get("format") in {"csv", "xlsx"}:
        listed = columns(run) | in_criteria(run)
        return download(request.GET["format"], f"selection-{show}", listed, rows, run, form.chips(request.GET))
    counts = {name: view(everything, request.user, run).count() for name, view in selection.VIEWS.items()}
    page, judged = page_of(rows, counts[show], request.GET.get("page")), selection.judged(run)
    context = {
        "form": form,
        "chips": form.chips(request.GET),
        "clear_url": f"?show={show}",
        "export_query": without(request.GET, "format").removeprefix("?"),
        "show": show,
        "order": order,
        "tabs": tabs(request.GET, show, counts),
        "page": page,
        "judged": judged,
        "rows": [row(each, judged) for each in page],
        "growth_from": selection.GROWN,
        "wallet_below": selection.LITTLE_OF_THE_WALLET,
        "smallest_a": selection.smallest_a(request.user, run) if show == "watch" else None,
    }
    context |= waiting(request.user)
    context["heading"] = heading(counts, sum(mine for _each, mine in context["proposals"]))
    return render(request, "relationships/selection.html", context)


def waiting(user) -> dict:
    """The open proposals in sight, each with whether this person decides on it."""
    found = selection.proposals(user)
    listed = [(each, may_decide(user, each)) for each in found[:MOST_PROPOSALS]]
    return {
        "proposals": listed,
        "proposal_count": found.count(),
        "may_propose": may(user, Permission.PROPOSE_DECISIONS),
    }


def order_of(request, usual: str) -> str:
    order = request.GET.get("order", usual)
    return order if order.removeprefix("-") in selection.ORDERINGS else usual


def heading(counts: dict[str, int], waits: int) -> str:
    """What waits for this person first."""
    if waits:
        text = ngettext("%(n)s proposal waits for your decision", "%(n)s proposals wait for your decision", waits)
        return text % {"n": whole(waits)}
    if counts["review"]:
        text = ngettext("%(n)s key account is up for review", "%(n)s key accounts are up for review", counts["review"])
        return text % {"n": whole(counts["review"])}
    text = ngettext("%(n)s candidate for the programme", "%(n)s candidates for the programme", counts["candidates"])
    return text % {"n": whole(counts["candidates"])}


def tabs(query, show: str, counts: dict[str, int]) -> list[dict]:
    def address(name: str) -> str:
        changed = query.copy()
        changed["show"] = name
        changed.pop("page", None)
        return f"?{changed.urlencode()}"

    return [
        {"label": label, "url": address(name), "active": name == show, "count": whole(counts[name])}
        for name, label in SHOWN.items()
    ]


def row(result: Result, judged: list[selection.Judged]) -> dict:
    scores = selection.judged_scores(position_of(result))
    return {
        "result": result,
        "scores": [scores.get(each.code) for each in judged],
        "fit": fit_of(result),
        "growth": growth_words(result.growth),
        "fit_words": fit_words(fit_of(result)),
        "is_overdue": result.review_on is not None and result.review_on < timezone.localdate(),
    }


def growth_words(growth: Decimal | None) -> str:
    """A change against the window before; a percentage of next to nothing says no more than how often."""
    return _("> 10×") if growth is not None and growth > TENFOLD else share_signed(growth)


def position_of(result: Result):
    return getattr(result, "position", None)


def fit_of(result: Result):
    return fit(result.account.process_complexity, result.account.product_complexity)


def columns(run) -> dict[str, Callable]:
    """Heads of the export and how each cell is found."""
    judged = {
        each.name: lambda found, code=each.code: selection.judged_scores(position_of(found)).get(code)
        for each in selection.judged(run)
    }
    return {
        _("Code"): lambda found: found.code,
        _("Account"): lambda found: found.account.name,
        _("Team"): lambda found: found.account.team and found.account.team.name,
        _("Manager"): lambda found: found.account.manager and found.account.manager.name,
        _("Key account"): lambda found: _("yes") if found.is_key else _("no"),
        _("Review on"): lambda found: found.review_on,
        _("Box"): lambda found: found.position.get_box_display(),
        _("Class"): lambda found: found.revenue_class,
        _("Attractiveness"): lambda found: found.position.attractiveness,
        _("Relationship strength"): lambda found: found.position.relationship_strength,
        _("Net revenue"): lambda found: found.net_revenue,
        _("Growth"): lambda found: found.growth,
        _("Annual potential"): lambda found: found.account.annual_potential,
        _("Share of wallet"): lambda found: found.share_of_wallet,
        _("Cost to serve"): lambda found: found.cost_to_serve,
        _("Contribution"): lambda found: found.contribution,
        **judged,
        _("Process complexity"): lambda found: found.account.process_complexity,
        _("Product complexity"): lambda found: found.account.product_complexity,
        _("Fit"): lambda found: fit_words(fit_of(found)),
        **in_currency(),
    }


@dataclass(frozen=True)
class Line:
    """One criterion over the accounts compared; of the best, where more is better, the places."""

    label: str
    cells: list[str]
    best: set[int]
    is_words: bool = False

    @property
    def marked(self) -> list[tuple[str, bool]]:
        return [(cell, place in self.best) for place, cell in enumerate(self.cells)]


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def selection_compare(request):
    """Two to five accounts side by side."""
    codes, run = codes_in(request.GET.getlist("codes")), run_of(request)
    found = selection.compared(request.user, run, codes) if run and len(codes) in COMPARED else []
    if len(found) not in COMPARED:
        messages.error(request, _("Choose two to five accounts to compare."))
        return redirect("selection")
    context = {
        "results": found,
        "lines": lines_of(found, run),
        "may_propose": may(request.user, Permission.PROPOSE_DECISIONS),
    }
    return render(request, "relationships/selection_compare.html", context)


def codes_in(given: list[str]) -> list[str]:
    """Codes as several values or as one with commas, each once."""
    return list(dict.fromkeys(code for text in given for code in text.split(",") if code))


def lines_of(found: list[Result], run) -> list[Line]:
    figures: list[tuple[str, Callable, Callable[[Result], Decimal | None], bool]] = [
        (_("Net revenue"), money, lambda each: each.net_revenue, True),
        (_("Growth"), growth_words, lambda each: each.growth, True),
        (_("Annual potential"), money, lambda each: each.account.annual_potential, True),
        (_("Share of wallet"), share, lambda each: each.share_of_wallet, False),
        (_("Cost to serve"), money, lambda each: each.cost_to_serve, False),
        (_("Cost to serve, of net revenue"), share, cost_share, False),
        (_("Contribution"), money, lambda each: each.contribution, True),
        (_("Attractiveness"), score, lambda each: each.position.attractiveness, True),
        (_("Relationship strength"), score, lambda each: each.position.relationship_strength, True),
    ]
    scores = [selection.judged_scores(position_of(each)) for each in found]
    lines = [line(label, write, [read(each) for each in found], more) for label, write, read, more in figures]
    lines += [line(each.name, score, [one.get(each.code) for one in scores], True) for each in selection.judged(run)]
    return lines + words_of(found)


def line(label: str, write: Callable, values: list, more_is_better: bool) -> Line:
    known = [value for value in values if value is not None]
    best = {place for place, value in enumerate(values) if value == max(known)} if known and more_is_better else set()
    return Line(label, [write(value) for value in values], best if len(best) < len(values) else set())


def words_of(found: list[Result]) -> list[Line]:
    """What is no figure."""

    def said(label: str, read: Callable[[Result], str]) -> Line:
        return Line(label, [read(each) for each in found], set(), is_words=True)

    asked = guidance.every()
    return [
        said(_("Process complexity"), lambda each: whole(each.account.process_complexity)),
        said(_("Product complexity"), lambda each: whole(each.account.product_complexity)),
        said(_("Fit"), lambda each: fit_words(fit_of(each))),
        said(_("Programme"), programme_words),
        said(_("What its box asks for"), lambda each: guidance.in_line(asked, each.position.box, each.is_key) or "–"),
    ]


def cost_share(result: Result) -> Decimal | None:
    return result.cost_to_serve / result.net_revenue if result.net_revenue > 0 else None


def programme_words(result: Result) -> str:
    if not result.is_key:
        return _("not a key account")
    if result.review_on is None:
        return _("key account")
    return _("key account, review on %(day)s") % {"day": date_format(result.review_on, "j M Y")}
