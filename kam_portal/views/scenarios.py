"""What-if scenarios: the workbench with its levers, and the scenarios that people named, shared and compare."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.charts import thinned
from kam_portal.downloads import CONTENT_TYPES, download
from kam_portal.filters import PortfolioFilter
from kam_portal.levers import LeverForm, SaveForm, as_query
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import compact, signed, whole
from kam_portal.views.matrix import axes, cuts_of, stance
from profitability.core.levers import Levers, from_document, to_document
from profitability.models import Result, Run, Scenario
from profitability.queries import published_run
from relationships.models import Box

PAGE = 25
FEWEST, MOST = 2, 4  # scenarios side by side
FRAME = {"page", "format", "csrfmiddlewaretoken"}
ASKED_SECONDS = 600  # a worker is asked to read a window once in so many
logger = logging.getLogger(__name__)


def when_prepared(view):
    """Wait, with a page that asks again, while a worker reads the months of very many accounts."""

    @wraps(view)
    def answer(request, *arguments, **named):
        from profitability.scenarios import NotPrepared

        try:
            return view(request, *arguments, **named)
        except NotPrepared as wanting:
            ask_for_window(wanting.args[0])
        if request.htmx:
            return HttpResponseClientRedirect(request.get_full_path())
        response = render(request, "profitability/scenario_waits.html", status=503)
        response["Refresh"] = response["Retry-After"] = "3"
        return response

    return answer


def ask_for_window(run_id: int) -> None:
    """Ask a worker, if that was not done lately."""
    from kam_portal.tasks import prepare_window

    if not cache.add(f"window-asked:{run_id}", True, ASKED_SECONDS):
        return
    try:
        prepare_window.delay(run_id)
    except Exception:
        cache.delete(f"window-asked:{run_id}")
        logger.warning("No worker could be asked for the window of run %s.", run_id, exc_info=True)


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def scenarios(request):
    """Own scenarios and those that others shared, the latest change first."""
    rows = Scenario.objects.visible_to(request.user).select_related("owner", "run").order_by("-changed_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "profitability/scenarios.html", {"page": page, "most": MOST})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario_new(request):
    """The workbench on the published run; a POST gives what is in the address a name."""
    run = run_of(request)
    if run is None:
        return render(request, "profitability/scenario.html", {"heading": _("What if")})
    bench = Bench(request.user, run, request.GET)
    if request.method == "POST":
        return save(request, bench, Scenario(run=run), _("“%(name)s” is kept."))
    return bench.page(request, {"save": SaveForm(owner=request.user), "heading": bench.heading(_("What if"))})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario(request, scenario_id):
    """A scenario that was kept. With other levers in the address it shows those; its owner may keep or delete it."""
    kept = kept_scenario(request.user, scenario_id)
    query = request.GET if set(request.GET) - FRAME else with_page(query_of(kept), request.GET)
    bench = Bench(request.user, kept.run, query)
    mine = kept.owner_id == request.user.pk
    if request.method == "POST":
        if not mine:
            raise Http404
        if "delete" in request.POST:
            kept.delete()
            messages.success(request, _("“%(name)s” is deleted.") % {"name": kept.name})
            return redirect("scenarios")
        return save(request, bench, kept, _("“%(name)s” is kept as it is now."))
    context = {
        "scenario": kept,
        "mine": mine,
        "changed": query is request.GET,
        "save": SaveForm(instance=kept, owner=request.user) if mine else SaveForm(owner=request.user),
        "newer": published_run() if published_run() != kept.run else None,
        "heading": bench.heading(kept.name),
    }
    return bench.page(request, context)


@require_safe
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario_export(request, scenario_id, ending):
    """Each account of the scenario before and after, as CSV or XLSX."""
    if ending not in CONTENT_TYPES:
        raise Http404
    kept = kept_scenario(request.user, scenario_id)
    return Bench(request.user, kept.run, query_of(kept)).file(ending)


@require_safe
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario_compare(request):
    """Two to four scenarios side by side."""
    asked = [int(number) for number in request.GET.getlist("scenario") if number.isdecimal()][:MOST]
    found = Scenario.objects.visible_to(request.user).select_related("run__cost_model", "owner").in_bulk(asked)
    listed = [found[number] for number in dict.fromkeys(asked) if number in found]
    context: dict[str, Any] = {"listed": listed, "fewest": FEWEST, "most": MOST}
    if len(listed) >= FEWEST:
        studies = [Bench(request.user, kept.run, query_of(kept)).study for kept in listed]
        context |= {
            "rows": compared(studies, may(request.user, Permission.SEE_COSTS)),
            "columns": [kept.name for kept in listed],
            "runs_differ": len({kept.run_id for kept in listed}) > 1,
        }
    return render(request, "profitability/scenario_compare.html", context)


def kept_scenario(user, number: int) -> Scenario:
    rows = Scenario.objects.visible_to(user).select_related("owner", "run__cost_model")
    return get_object_or_404(rows, pk=number)


def query_of(kept: Scenario) -> QueryDict:
    """The scenario as the address of the workbench."""
    query = QueryDict(mutable=True)
    for name, value in (kept.accounts | as_query(from_document(kept.levers))).items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def with_page(query: QueryDict, asked: QueryDict) -> QueryDict:
    if "page" in asked:
        query["page"] = asked["page"]
    return query


def save(request, bench: "Bench", kept: Scenario, said: str):
    """Keep the accounts and levers of the bench under the name given."""
    form = SaveForm(request.POST, instance=kept, owner=request.user)
    if not bench.is_valid or not form.is_valid():
        context = {"save": form, "heading": bench.heading(_("What if"))}
        if kept.pk:
            context |= {"scenario": Scenario.objects.get(pk=kept.pk), "mine": True, "changed": True}
        return bench.page(request, context, status=422)
    form.instance.accounts, form.instance.levers = bench.accounts, to_document(bench.levers)
    form.save()
    messages.success(request, said % {"name": form.instance.name})
    return redirect("scenario", form.instance.pk)


class Bench:
    """The levers and accounts in an address, and what they lead to for one reader."""

    def __init__(self, user, run: Run, query: QueryDict) -> None:
        self.user, self.run, self.query = user, run, query
        self.filter = PortfolioFilter(query, user)
        self.form = LeverForm(query, run, user)
        self.levers: Levers = self.form.levers()
        self.costs = may(user, Permission.SEE_COSTS)
        self.study = self._study()

    def _study(self):
        from kam_portal.whatif import Study
        from profitability.scenarios import NoRate

        try:
            return Study(self.user, self.run, self.results(), self.levers)
        except NoRate:
            self.form.add_error("channel_to", _("The run does not say what this activity costs."))
            self.levers = self.form.levers()
            return Study(self.user, self.run, self.results(), Levers())

    @property
    def is_valid(self) -> bool:
        return self.form.is_valid()

    def results(self):
        rows = self.filter.narrow(Result.objects.in_run(self.run).visible_to(self.user))
        codes = self.form.listed_codes()
        return rows.filter(code__in=codes) if any(codes) else rows

    @property
    def accounts(self) -> dict[str, str]:
        """Which accounts, as a scenario keeps it."""
        chosen = {name: "on" if value is True else str(value) for name, value in self.filter.chosen().items()}
        codes = " ".join(code for code in self.form.listed_codes() if code)
        return chosen | ({"codes": codes} if codes else {})

    @property
    def missing_codes(self) -> int:
        """How many codes of the list are not among the accounts in view."""
        return len(set(filter(None, self.form.listed_codes())) - set(self.study.selected.codes))

    def heading(self, name: str) -> str:
        """The name and the finding."""
        change = self.study.steps[-1].change
        if not self.levers.changes_anything or not self.study.count:
            return name
        words = {"name": name, "change": signed(change), "currency": settings.CURRENCY}
        return _("%(name)s: contribution %(change)s %(currency)s") % words

    def page(self, request, context: dict, status: int = 200):
        study = self.study
        page = Paginator(study.places, PAGE).get_page(self.query.get("page"))
        context |= {
            "form": self.form,
            "filter": self.filter,
            "costs": self.costs,
            "chips": self.filter.chips(self.query),
            "study": study,
            "base": self.run,
            "basis": basis(study.count),
            "missing_codes": self.missing_codes,
            "page": page,
            "rows": [(place, study.moves.get(place.account)) for place in page],
            "whale": whale_chart(study) if study.count else None,
            "whales": study.whales,
            "matrix": matrix_chart(study) if study.moves else None,
            "moved": sum(move.is_moved for move in study.moves.values()),
            "sensitivity": study.sensitivity() if study.count else [],
            "assumptions": assumptions(self.levers),
            "query": self.query.urlencode(),
        }
        return render(request, "profitability/scenario.html", context, status=status)

    def file(self, ending: str):
        return download(ending, "what-if", export_columns(), export_rows(self.study))


def basis(count: int) -> str:
    text = ngettext("%(count)s active account is changed", "%(count)s active accounts are changed", count)
    return text % {"count": whole(count)}


def assumptions(levers: Levers) -> list[str]:
    """What the figures rest on, of the levers in use."""
    said = (
        (True, _("Rates are those of the run: usage that is saved becomes unused capacity, and no pool costs less.")),
        (levers.price, _("The price reaches discounts in proportion; returns are credited at the price they had.")),
        (levers.discount_cap is not None, _("The cap is on an account’s discounts of the whole window.")),
        (levers.minimum_order is not None, small_orders_text(levers)),
        (levers.orders, _("Orders, deliveries, express and late orders change alike; lines, units, freight stay.")),
        (levers.volume, volume_text(levers)),
        (levers.channel, _("A unit moved costs what a unit of the other activity costs on average in the run.")),
        (levers.drop, _("Dropped accounts take sales and usage with them; capacity is paid until people leave.")),
    )
    return [text for applies, text in said if applies]


def volume_text(levers: Levers) -> str:
    if levers.volume_in_orders:
        return _("Volume moves sales, returns, goods, freight, lines and units, and orders and deliveries with them.")
    return _("Volume moves sales, returns, goods, freight, lines and units; orders get larger, not more.")


def small_orders_text(levers: Levers) -> str:
    if levers.small_orders == "refuse":
        return _(
            "Orders below the minimum net value, by the order lines as they are now, are lost: their sales, goods, "
            "freight and work. Earlier returns stay."
        )
    return _(
        "An account’s orders below the minimum net value, by the order lines as they are now, are joined within a "
        "month until each reaches it: orders and deliveries become fewer, what is sold stays."
    )


# Charts


def whale_chart(study) -> dict:
    """The curve under the scenario, with the published one behind it."""
    before, after = study.whales
    _earlier, standing = study.seen
    unit = 10**settings.CURRENCY_DIGITS
    contributions = standing.contribution.tolist()
    places = thinned(len(after.order), after.peak_rank)
    codes = {place: standing.codes[after.order[place]] for place in places}
    names = dict(Account.objects.filter(code__in=codes.values()).values_list("code", "name"))
    return {
        "label": _("Whale curve before and under the scenario"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "points": [
            [
                place + 1,
                names.get(code, code),
                contributions[after.order[place]] / unit,
                after.points[place] / unit,
                reverse("account", args=[code]),
            ]
            for place, code in codes.items()
        ],
        "before": {
            "name": _("published"),
            "points": [
                [place + 1, before.points[place] / unit] for place in thinned(len(before.order), before.peak_rank)
            ],
        },
        "count": max(len(after.order), len(before.order)),
        "total": after.total / unit,
        "peak": after.peak / unit,
        "peak_place": after.peak_rank,
    }


def matrix_chart(study) -> dict:
    """The accounts that change, with the way each goes."""
    after = {place.account: place for place in study.places}
    net = dict(zip(study.selected.ids, study.outcome.statement.net_revenue.tolist(), strict=True))
    return {
        "label": _("Accounts before and under the scenario"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "orientation": settings.MATRIX_ORIENTATION,
        "axis": axes(),
        "cuts": cuts_of(study.run),
        "boxes": [{"code": box.value, "name": str(box.label), "guidance": stance(box)} for box in Box],
        "points": [
            bubble(move, after[account], net[account]) for account, move in study.moves.items() if is_drawn(move)
        ],
        "density": None,
        "movement": _("Show where they come from"),
    }


def is_drawn(move) -> bool:
    return bool(move.after.box) and move.after.attractiveness is not None and move.after.strength is not None


def bubble(move, place, net: int) -> list:
    was = move.position
    return [
        place.code,
        place.name,
        move.after.strength,
        move.after.attractiveness,
        net / 10**settings.CURRENCY_DIGITS,
        float(place.after),
        move.after.box,
        int(was.is_provisional),
        None if was.relationship_strength is None else float(was.relationship_strength),
        None if was.attractiveness is None else float(was.attractiveness),
        reverse("account", args=[place.code]),
    ]


# Side by side and files


def compared(studies: list, costs: bool) -> list[dict]:
    """Figures of the comparison, a cell for each scenario."""

    def row(label: str, figure: Callable, kind: str = "detail", write: Callable = signed) -> dict:
        return {"label": label, "cells": [write(figure(study)) for study in studies], "kind": kind}

    rows = [
        row(_("Accounts changed"), lambda study: study.count, write=whole),
        row(_("Net revenue"), lambda study: study.step(3).change),
        row(_("Gross margin"), lambda study: study.step(6).change),
        row(_("Cost to serve"), lambda study: study.step(6).change - study.steps[-1].change),
        row(_("Contribution"), lambda study: study.steps[-1].change, "total"),
        row(
            _("Contribution of all accounts you see, after"),
            lambda study: money_of(study.whales[1].total),
            write=compact,
        ),
        row(_("Erosion of the whale curve"), lambda study: money_of(study.whales[1].erosion - study.whales[0].erosion)),
        row(_("Accounts that change their box"), moved_boxes, write=whole),
    ]
    if costs:
        rows += [
            row(_("Usage saved"), lambda study: study.usage_saved),
            row(_("People released"), lambda study: study.people, write=whole),
            row(_("Cash saved"), lambda study: study.cash_saved),
            row(_("Cash effect with the gross margin"), lambda study: study.cash_effect, "total"),
        ]
    return rows


def money_of(minor: int):
    from kam_portal.whatif import units

    return units(minor)


def moved_boxes(study) -> int:
    return sum(move.is_moved for move in study.moves.values())


EXPORTED = ("net_revenue", "gross_margin")


def export_columns() -> dict:
    """Heads of the file and how each cell is found in a row of `export_rows`."""
    heads = [_("Code"), _("Account")]
    for name in (_("Net revenue"), _("Gross margin"), _("Cost to serve"), _("Contribution")):
        heads += [_("%(figure)s before") % {"figure": name}, _("%(figure)s after") % {"figure": name}]
    heads += [_("Change"), _("Rank before"), _("Rank after"), _("Class before"), _("Class after")]
    return {head: lambda row, place=place: row[place] for place, head in enumerate(heads)}


def export_rows(study) -> list[list]:
    """A row for each account, in the order of the codes."""
    places = {place.account: place for place in study.places}
    window, outcome = study.selected.window, study.outcome
    columns = [
        figures for name in EXPORTED for figures in (getattr(window.statement, name), getattr(outcome.statement, name))
    ]
    columns += [window.costs.sum(axis=1), outcome.costs.sum(axis=1)]
    rows = zip(study.selected.ids, *(column.tolist() for column in columns), strict=True)
    return [export_row(places[account], amounts) for account, *amounts in rows]


def export_row(place, amounts: list[int]) -> list:
    money = [money_of(amount) for amount in amounts]
    standing = [place.rank_before, place.rank_after, place.class_before, place.class_after]
    return [place.code, place.name, *money, place.before, place.after, place.change, *standing]
