"""Two runs compared: what changed of contribution, by effect, in all and of each account."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.preparing import ask_for_comparison
from kam_portal.templatetags.kam import signed
from profitability.balances import changed_inputs
from profitability.core.months import months_between
from profitability.models import Result, Run
from profitability.queries import earlier_run
from profitability.standings import READABLE

if TYPE_CHECKING:
    from profitability.comparisons import Comparison  # loads numpy, which a web process starts without

PAGE = 50
TOGETHER = 2_000  # accounts of a file whose names are looked up at once
OFFERED = 60  # runs to choose from, the latest ones
NAMES = {
    "corrections": gettext_lazy("Data corrections"),
    "volume": gettext_lazy("Volume"),
    "mix": gettext_lazy("Mix"),
    "price": gettext_lazy("Price and discounts"),
    "usage": gettext_lazy("Driver usage"),
    "rates": gettext_lazy("Rates"),
    "model": gettext_lazy("Model version"),
}
SHORT_NAMES = NAMES | {"price": gettext_lazy("Price")}  # beside a chart on a phone
MEANINGS = {
    "corrections": gettext_lazy(
        "Months in both windows, as the later run knows them: lines imported or corrected since."
    ),
    "volume": gettext_lazy("Units sold, at the margin a unit had before. New and lost accounts are all volume."),
    "mix": gettext_lazy(
        "What is in the basket: net revenue as its cost of goods would bring at the mark-up before, and freight. Runs "
        "keep no products, so the basket is taken from units and cost of goods of the account."
    ),
    "price": gettext_lazy("Net revenue beside that mark-up: list prices, discounts, returns."),
    "usage": gettext_lazy("Minutes, visits, lines and other drivers, at the rates before."),
    "rates": gettext_lazy("What a unit of a driver costs: resource costs, capacity, and how many units share them."),
    "model": gettext_lazy("Other rules of the cost model, on the same ledger and the same resource costs."),
}


class CompareFilter(PortfolioFilter):
    """Which two runs, and which accounts of theirs."""

    before = forms.ChoiceField(label=gettext_lazy("From run"), required=False)
    after = forms.ChoiceField(label=gettext_lazy("To run"), required=False)
    order = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("before", "after")

    def __init__(self, data, user, runs: list[Run]):
        super().__init__(data, user)
        choices = [(run.pk, f"{run} · {run.window_label} · {run.model_label}") for run in runs]
        self.fields["before"].choices = self.fields["after"].choices = choices

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in {"before", "after", "order"}}


@dataclass(frozen=True)
class Line:
    """One account, or all of them: contribution in both runs and the effects between, in the order of EFFECTS."""

    code: str
    name: str
    before: Decimal
    after: Decimal
    effects: list[Decimal]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def runs_compare(request):
    """The change of contribution between two runs, of the accounts the reader sees."""
    runs = readable_runs(request.user)
    before, after = chosen_runs(request, runs)
    form = CompareFilter(with_runs(request.GET, before, after), request.user, runs)
    context = {"form": form, "chips": form.chips(request.GET), "heading": _("Runs compared")}
    context["unknown"] = unknown_runs(request.GET, runs)
    if before is None or context["unknown"]:
        return render(request, "profitability/compare.html", context)
    found = comparison_of(request.user, before, after)
    context |= {"before": before, "after": after, "order": order_of(request.GET.get("order", ""))}
    if found is None:
        return waiting(request, context)
    found = in_view(found, request.user, form, after).by_change(rising=context["order"] == "-change")
    if request.GET.get("format") in {"csv", "xlsx"}:
        name, heads = f"runs-{before.pk}-{after.pk}", columns() | in_currency()
        return download(request.GET["format"], name, heads, lines(found), after, context["chips"])
    return render(request, "profitability/compare.html", context | figures_of(request, before, after, found))


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def runs_compare_progress(request):
    """How far a worker is with comparing two runs; once it has, the page reloads."""
    before, after = chosen_runs(request, readable_runs(request.user))
    if before is None or comparison_of(request.user, before, after) is not None:
        return HttpResponseClientRefresh()
    ask_for_comparison(before, after)
    return render(
        request, "profitability/_compare_progress.html", {"before": before, "after": after} | so_far(before, after)
    )


def waiting(request, context: dict):
    """The page while a worker compares the runs; a file is not ready."""
    before, after = context["before"], context["after"]
    ask_for_comparison(before, after)
    is_file = request.GET.get("format") in {"csv", "xlsx"}
    context |= {"waits": True, "heading": _("These runs are being compared"), **so_far(before, after)}
    response = render(request, "profitability/compare.html", context, status=503 if is_file else 200)
    if is_file:
        response["Retry-After"] = "5"
    return response


def so_far(before: Run, after: Run) -> dict:
    from profitability import comparisons

    done, total = comparisons.progress(before, after) or (0, None)
    poll_url = f"{reverse('runs_compare_progress')}?before={before.pk}&after={after.pk}"
    return {"done": min(done, total) if total else 0, "whole": total, "poll_url": poll_url}


def readable_runs(user) -> list[Run]:
    """The runs to choose from; one that waits for approval for those who may give it."""
    states = [*READABLE, Run.State.HELD] if may(user, Permission.APPROVE_RUNS) else READABLE
    runs = Run.objects.filter(state__in=states).select_related("cost_model").defer("totals")
    return list(runs.order_by(F("published_at").desc(nulls_first=True), "-pk")[:OFFERED])


def chosen_runs(request, runs: list[Run]) -> tuple[Run | None, Run | None]:
    """The runs in the address; else the published one and the one before it, or the same one where it is the first."""
    by_id = {str(run.pk): run for run in runs}
    after = by_id.get(request.GET.get("after", "")) or run_of(request)
    if after is None:
        return None, None
    return by_id.get(request.GET.get("before", "")) or earlier_run(after) or after, after


def unknown_runs(query, runs: list[Run]) -> list[str]:
    """Runs that the address names and that are not there to compare: others would be a wrong answer."""
    known = {str(run.pk) for run in runs}
    asked = dict.fromkeys(query.get(name, "") for name in ("before", "after"))
    said = _("Run %(run)s is not among those you can compare.")
    return [said % {"run": run} for run in asked if run and run not in known]


def with_runs(query, before: Run | None, after: Run | None):
    """The address with the runs that are shown, so that the form names them."""
    filled = query.copy()
    for name, run in (("before", before), ("after", after)):
        if run is not None:
            filled[name] = str(run.pk)
    return filled


def comparison_of(user, before: Run, after: Run) -> "Comparison | None":
    """The accounts the reader sees, and maybe more: as a worker kept it, or calculated here where they are few. None
    where a worker has to."""
    from profitability import comparisons

    found = comparisons.kept(before, after)
    if found is not None:
        return found
    every = may(user, Permission.SEE_ALL_ACCOUNTS)
    accounts = None if every else Account.objects.visible_to(user).order_by().values("pk")
    if not comparisons.is_small(before, after, accounts):
        return None
    name = f"compared:{before.pk}:{before.result_hash}"
    return kept(name, after, user, lambda: comparisons.of_accounts(before, after, accounts))


def in_view(found: "Comparison", user, form: CompareFilter, after: Run) -> "Comparison":
    """The accounts that the reader sees and the filters leave. Filters are on the later run."""
    if form.chosen():
        rows = form.narrow(Result.objects.in_run(after).visible_to(user)).order_by()
        return found.among(rows.values_list("account_id", flat=True))
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return found
    return found.among(Account.objects.visible_to(user).order_by().values_list("pk", flat=True))


def lines(found: "Comparison") -> Iterator[Line]:
    """Each account in its place; names are looked up for some thousand at a time."""
    rows = found.rows()
    while piece := list(islice(rows, TOGETHER)):
        listed = Account.objects.filter(pk__in=[account for account, *_amounts in piece])
        named = {account: (code, name) for account, code, name in listed.values_list("pk", "code", "name")}
        for account, before, after, effects in piece:
            yield Line(*named[account], in_units(before), in_units(after), [*map(in_units, effects)])


def in_units(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-settings.CURRENCY_DIGITS)


def order_of(asked: str) -> str:
    """What the table is sorted by: the largest fall first, unless the address asks for the largest rise."""
    return asked if asked in {"change", "-change"} else "change"


def figures_of(request, before: Run, after: Run, found: "Comparison") -> dict:
    total = sum_of(found)
    page = Paginator(range(len(found.accounts)), PAGE).get_page(request.GET.get("page"))
    listed = list(lines(found.at(list(page.object_list))))
    places = [place for place, any_of_it in enumerate((found.effects != 0).any(axis=0).tolist()) if any_of_it]
    names = list(NAMES.values())
    return {
        "heading": heading(total, before, after) if listed else _("Runs compared"),
        "total": total,
        "effects": list(zip(NAMES.values(), MEANINGS.values(), total.effects, strict=True)),
        "effect_names": [names[place] for place in places],
        "no_effects": [names[place] for place in range(len(names)) if place not in places],
        "total_effects": [(names[place], total.effects[place]) for place in places],
        "chart": waterfall(total) if listed else None,
        "page": page,
        "rows": [(line, [(names[place], line.effects[place]) for place in places]) for line in listed],
        "same_window": (before.month_from, before.month_to) == (after.month_from, after.month_to),
        "lengths": lengths(before, after),
        "changed": changed_inputs(after, before),
        "count": len(found.accounts),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }


def lengths(before: Run, after: Run) -> tuple[int, int] | None:
    """The months of both windows, where those of one are more."""
    found = tuple(len(months_between(run.month_from, run.month_to)) for run in (before, after))
    return found if found[0] != found[1] else None


def sum_of(found: "Comparison") -> Line:
    before, after, effects = found.totals
    return Line("", "", in_units(before), in_units(after), [in_units(effect) for effect in effects])


def heading(total: Line, before: Run, after: Run) -> str:
    """The finding in one sentence: the change, and the effect that explains most of it."""
    words = {"before": before.pk, "after": after.pk, "change": signed(total.change), "currency": settings.CURRENCY}
    if months := lengths(before, after):
        words |= {"months_before": months[0], "months_after": months[1]}
        return (
            _("%(change)s %(currency)s from %(months_before)s to %(months_after)s months: not like with like") % words
        )
    if not any(total.effects):
        return _("Nothing changed from run %(before)s to run %(after)s") % words
    name, most = max(zip(NAMES.values(), total.effects, strict=True), key=lambda pair: abs(pair[1]))
    words |= {"effect": str(name).lower(), "most": signed(most)}
    return _("%(change)s %(currency)s from run %(before)s to run %(after)s, most by %(effect)s (%(most)s)") % words


def waterfall(total: Line) -> dict:
    """The effects one after the other, and the change they add up to."""
    steps = [
        {"name": str(name), "amount": float(abs(effect)), "kind": "minus" if effect < 0 else "plus"}
        for name, effect in zip(SHORT_NAMES.values(), total.effects, strict=True)
    ]
    return {
        "label": _("Change of contribution, effect by effect"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "base": 0,
        "steps": [*steps, {"name": _("Change"), "amount": float(total.change), "kind": "total"}],
    }


def columns() -> dict:
    """Heads of the export and how each cell is found."""
    effects = {str(name): (lambda line, place=place: line.effects[place]) for place, name in enumerate(NAMES.values())}
    return {
        _("Code"): lambda line: line.code,
        _("Account"): lambda line: line.name,
        _("Contribution before"): lambda line: line.before,
        _("Contribution after"): lambda line: line.after,
        _("Change"): lambda line: line.change,
        **effects,
    }
