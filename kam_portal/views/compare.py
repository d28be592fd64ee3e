"""Two runs compared: what changed of contribution, by effect, in all and of each account."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.templatetags.kam import signed
from profitability.balances import changed_inputs
from profitability.comparing import compared
from profitability.core.comparison import EFFECTS, together
from profitability.models import Result, Run
from profitability.standings import READABLE, run_before

PAGE = 50
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
    """One account: its contribution in both runs and the effects between them, in the order of EFFECTS."""

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
    runs = list(Run.objects.filter(state__in=READABLE).select_related("cost_model").order_by("-published_at")[:OFFERED])
    before, after = chosen_runs(request, runs)
    form = CompareFilter(with_runs(request.GET, before, after), request.user, runs)
    context = {"form": form, "chips": form.chips(request.GET), "heading": _("Runs compared")}
    if before is None:
        return render(request, "profitability/compare.html", context)
    listed = in_order(lines(request.user, form, before, after), request.GET.get("order", ""))
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], f"runs-{before.pk}-{after.pk}", columns(), listed)
    context |= {"before": before, "after": after, "order": order_of(request.GET.get("order", ""))}
    return render(request, "profitability/compare.html", context | figures_of(request, before, after, listed))


def chosen_runs(request, runs: list[Run]) -> tuple[Run | None, Run | None]:
    """The runs in the address; else the published one and the one before it, or the same one where it is the first."""
    by_id = {str(run.pk): run for run in runs}
    after = by_id.get(request.GET.get("after", "")) or run_of(request)
    if after is None:
        return None, None
    return by_id.get(request.GET.get("before", "")) or run_before(after) or after, after


def with_runs(query, before: Run | None, after: Run | None):
    """The address with the runs that are shown, so that the form names them."""
    filled = query.copy()
    for name, run in (("before", before), ("after", after)):
        if run is not None:
            filled[name] = str(run.pk)
    return filled


def lines(user, form: CompareFilter, before: Run, after: Run) -> list[Line]:
    """The accounts in view that have figures in one of the runs. Filters are on the later run."""
    columns = ("account_id", "code", "account__name", "contribution")
    seen = [Result.objects.in_run(run).visible_to(user) for run in (before, after)]
    later = form.narrow(seen[1])
    then, now = ({row[0]: row for row in rows.values_list(*columns)} for rows in (seen[0], later))
    accounts = now.keys() if form.chosen() else then.keys() | now.keys()
    found = effects_of(user, before, after)
    zero = Decimal(0)
    return [
        Line(
            *(now.get(account) or then[account])[1:3],
            before=then[account][3] if account in then else zero,
            after=now[account][3] if account in now else zero,
            effects=[in_units(effect) for effect in found[account]],
        )
        for account in accounts
        if account in found
    ]


def effects_of(user, before: Run, after: Run) -> dict[int, tuple[int, ...]]:
    """Effects of each account the reader sees. Both runs are frozen, so those of all accounts are kept."""
    every = may(user, Permission.SEE_ALL_ACCOUNTS)
    accounts = None if every else Account.objects.visible_to(user).values("pk")
    name = f"compared:{before.pk}:{before.result_hash}"
    return kept(name, after, user, lambda: dict(compared(before, after, accounts)))


def in_units(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-settings.CURRENCY_DIGITS)


def order_of(asked: str) -> str:
    """What the table is sorted by: the largest fall first, unless the address asks for the largest rise."""
    return asked if asked in {"change", "-change"} else "change"


def in_order(listed: list[Line], asked: str) -> list[Line]:
    sign = -1 if order_of(asked) == "-change" else 1
    return sorted(listed, key=lambda line: (sign * line.change, line.code))


def figures_of(request, before: Run, after: Run, listed: list[Line]) -> dict:
    total = sum_of(listed)
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    return {
        "heading": heading(total, before, after),
        "total": total,
        "effects": list(zip(NAMES.values(), MEANINGS.values(), total.effects, strict=True)),
        "effect_names": list(NAMES.values()),
        "chart": waterfall(total) if listed else None,
        "page": page,
        "rows": [(line, list(zip(NAMES.values(), line.effects, strict=True))) for line in page],
        "same_window": (before.month_from, before.month_to) == (after.month_from, after.month_to),
        "changed": changed_inputs(after, before),
        "count": len(listed),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }


def sum_of(listed: list[Line]) -> Line:
    zero = Decimal(0)
    sums = together([line.effects for line in listed]) if listed else (zero,) * len(EFFECTS)
    return Line(
        "", "", sum((line.before for line in listed), zero), sum((line.after for line in listed), zero), [*sums]
    )


def heading(total: Line, before: Run, after: Run) -> str:
    """The finding in one sentence: the change, and the effect that explains most of it."""
    words = {"before": before.pk, "after": after.pk, "change": signed(total.change), "currency": settings.CURRENCY}
    if not any(total.effects):
        return _("Nothing changed from run %(before)s to run %(after)s") % words
    name, most = max(zip(NAMES.values(), total.effects, strict=True), key=lambda pair: abs(pair[1]))
    words |= {"effect": str(name).lower(), "most": signed(most)}
    return _("%(change)s %(currency)s from run %(before)s to run %(after)s, most by %(effect)s (%(most)s)") % words


def waterfall(total: Line) -> dict:
    """The effects one after the other, and the change they add up to."""
    steps = [
        {"name": str(name), "amount": float(abs(effect)), "kind": "minus" if effect < 0 else "plus"}
        for name, effect in zip(NAMES.values(), total.effects, strict=True)
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
