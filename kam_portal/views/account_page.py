"""One account: what it brings, what serving it costs, and where it stands."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from statistics import median

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.earlier import change_of, history_of
from kam_portal.family import Family, family_in, is_alone, scopes
from kam_portal.signals import of_account
from kam_portal.templatetags.kam import money, phase, share
from kam_portal.views.decisions import programme_of
from kam_portal.views.methods import compared
from profitability import activities
from profitability.core.cost_model import spoken
from profitability.core.months import months_between
from profitability.explain.figures import canonical
from profitability.models import MonthResult, Result
from profitability.pnl.peers import FEWEST, is_company, others
from profitability.pnl.statements import family_of
from profitability.runline import run_asked, run_of
from profitability.wording import many_of
from relationships.models import Position
from relationships.queries import place_among, rests_on_profit, trend
from relationships.value import worths
from relationships.watching import watches

PHASES = ("presale", "production", "delivery", "post_sale")
BOTH_PLACES = gettext_lazy(
    "Number %(revenue)s by net revenue and %(contribution)s by contribution "
    "among the %(count)s active accounts you see."
)
FIGURE_OF = {"attractiveness": "attractiveness", "relationship": "relationship_strength"}  # the trail of each axis
MEMBERS = 50  # of a family, the largest; the profit and loss statement lists them all


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_page(request, code):
    """The account's figures of the published run; hidden and missing accounts answer alike."""
    seen = Account.objects.visible_to(request.user)
    account = get_object_or_404(seen.select_related("team", "manager"), code=code)
    run = run_asked(request)
    family = family_in(run, request.user, account) if run else None
    context = {
        "account": account,
        "published": run_of(request),
        "parent": seen.filter(pk=account.parent_id).first(),
        "children": seen.filter(parent=account).order_by("name"),
        "profit": may(request.user, Permission.SEE_PROFITABILITY),
        "is_watched": watches(request.user, account),
        "signal_lines": of_account(request.user, account, timezone.localdate()),
    }
    if family and family.results:
        context |= page_of(request, family, context["profit"])
        context |= programme_of(request.user, account, context["position"]) if context["profit"] else {}
    return render(request, "accounts/page.html", context)


def page_of(request, family: Family, profit: bool) -> dict:
    """The figures of the account with those under it, or of the account alone, and where it stands itself."""
    own = next((result for result in family.results if result.account_id == family.account.pk), None)
    alone = is_alone(request.GET, family, own)
    result = own if own is not None and alone else family.together
    months = (Family(family.run, family.account, [own]) if alone else family).months()
    context = figures_of(family.run, result, months, profit) | standing_of(family.account, own, profit)
    if own is not None and family.under:
        context["scopes"] = scopes(request.GET, alone)
    if own is not None:
        context["worth"] = worths(request.user, family.run, [own])[0]
    if alone:
        return context | beside_others(request, own, profit) | {"trail_code": own.code}
    return context | {"is_family": True, "under": family.under, "members": family.results[:MEMBERS]}


def figures_of(run, result: Result, months: list[MonthResult], profit: bool) -> dict:
    found = named(run, activities.of_account(run, months)) if profit and months else []
    return {
        "result": result,
        "headline": headline(result, found) if profit else "",
        "spark": sparks(run, months),
        "waterfall": waterfall(result, profit),
        "statement": statement(result, profit),
        "phases": phase_chart(run, months) if profit else None,
        "trend": trend_chart(run, months, profit),
        "groups": by_phase(found),
    }


def standing_of(account: Account, own: Result | None, profit: bool) -> dict:
    """The box, class and history of the account itself, whatever is under it."""
    position = getattr(own, "position", None)
    return {
        "own": own,
        "position": position,
        "criteria": criteria_of(position, profit) if position else [],
        "history": history_of(account, profit),
        "change": change_of(position, profit) if position else "",
    }


def beside_others(request, own: Result, profit: bool) -> dict:
    """What compares one account with others, and its cost by other methods."""
    return {
        "peers": peers_of(request.user, own.run, own),
        "places": places_of(request.user, own.run, own, profit),
        "methods": compared(own.run, own) if may(request.user, Permission.SEE_COSTS) else [],
    }


def headline(result: Result, found: list[dict]) -> str:
    """The finding in one sentence, with the activity that costs most."""
    if not result.is_active:
        return _("No orders and no activity in the window of the run.")
    dearest = max(found, key=lambda row: row["cost"], default=None)
    cause = (
        _(" The largest cost to serve: %(name)s, %(cost)s.") % {"name": dearest["name"], "cost": money(dearest["cost"])}
        if dearest
        else ""
    )
    if result.contribution < 0:
        if result.gross_margin < 0:
            return (
                _("Loses %(loss)s: it is sold below cost of goods and freight.") % {"loss": money(-result.contribution)}
                + cause
            )
        return (
            _("Loses %(loss)s after cost to serve, with a gross margin of %(margin)s.")
            % {"loss": money(-result.contribution), "margin": money(result.gross_margin)}
            + cause
        )
    return _("Earns %(profit)s after cost to serve.") % {"profit": money(result.contribution)} + cause


def named(run, rows: list[dict]) -> list[dict]:
    """Each activity with the name its model gives it, and what its quantity counts."""
    listed = run.cost_model.document["activities"] if run.cost_model else []
    model = {activity["code"]: activity for activity in listed}
    return [row | words_of(model[row["code"]]) for row in rows]


def words_of(activity: dict) -> dict[str, str]:
    name = activity.get("name") or spoken(activity["code"])
    return {"name": name, "driver": "" if "minutes" in activity else many_of(activity["driver"])}


def places_of(user, run, result: Result, profit: bool) -> str:
    """Its rank among the active accounts that the reader sees; the rank in the company is another matter."""
    rows = Result.objects.in_run(run).visible_to(user).filter(is_active=True)
    count = rows.count()
    if not result.is_active or count < 2:
        return ""
    places = {"count": count, "revenue": place_among(rows, result, "net_revenue")}
    if not profit:
        return _("Number %(revenue)s by net revenue among the %(count)s active accounts you see.") % places
    places["contribution"] = place_among(rows, result, "contribution")
    return BOTH_PLACES % places


@dataclass(frozen=True)
class Peers:
    """Medians of the peers; `is_company`: of all of them, not only of those that the reader sees."""

    segment: str
    count: int
    is_company: bool
    net_revenue: Decimal
    contribution: Decimal
    cost_to_serve_share: Decimal | None
    share_count: int  # of them, with net revenue
    gross_margin: Decimal


def peers_of(user, run, result: Result) -> Peers | None:
    """The medians; None without a segment or with too few peers."""
    segment = result.account.segment
    if not segment:
        return None
    family = family_of(user, result.account)
    rows = others(Result.objects.in_run(run).filter(is_active=True).order_by(), user, result.account, family)
    listed = list(rows.values_list("net_revenue", "gross_margin", "cost_to_serve", "contribution"))
    if len(listed) < FEWEST:
        return None
    net, margin, _costs, contribution = zip(*listed, strict=True)
    shares = [costs / revenue for revenue, _margin, costs, _contribution in listed if revenue > 0]
    share = median(shares) if len(shares) >= FEWEST else None
    middle = (median(net), median(contribution), share, len(shares), median(margin))
    return Peers(segment, len(listed), is_company(user), *middle)


def sparks(run, months: list[MonthResult]) -> dict[str, list]:
    by_month = {row.month: row for row in months}
    window = months_between(run.month_from, run.month_to)
    names = ("net_revenue", "gross_margin", "contribution", "cost_to_serve")
    return {
        name: trend([float(getattr(by_month[each], name)) if each in by_month else None for each in window])
        for name in names
    }


STEPS = [
    ("list_amount", gettext_lazy("List sales"), "total"),
    ("discount_amount", gettext_lazy("Discounts"), "minus"),
    ("return_amount", gettext_lazy("Returns"), "minus"),
    ("net_revenue", gettext_lazy("Net revenue"), "total"),
    ("cost_amount", gettext_lazy("Cost of goods"), "minus"),
    ("freight_amount", gettext_lazy("Freight"), "minus"),
    ("gross_margin", gettext_lazy("Gross margin"), "total"),
]
LAST_STEP = ("contribution", gettext_lazy("Contribution"), "total")


def steps_of(profit: bool) -> list[tuple[str, str, str]]:
    costs = [(name, phase(name), "minus") for name in PHASES]
    return [*STEPS, *costs, LAST_STEP] if profit else STEPS


def waterfall(result: Result, profit: bool) -> dict:
    """From list sales down to contribution, for the chart."""
    return {
        "label": (_("From list sales to contribution") if profit else _("From list sales to gross margin")),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "base": float(result.net_revenue),
        "steps": [
            {"name": str(label), "amount": float(getattr(result, name)), "kind": kind}
            for name, label, kind in steps_of(profit)
        ],
    }


def statement(result: Result, profit: bool) -> list[dict]:
    """The same as a table: amount and share of net revenue."""
    rows = []
    for name, label, kind in steps_of(profit):
        amount = getattr(result, name)
        part = amount / result.net_revenue if result.net_revenue > 0 else None
        sign = -1 if kind == "minus" else 1
        rows.append(
            {
                "label": label,
                "figure": canonical(name),
                "cells": [money(sign * amount), share(part and sign * part)],
                "kind": "total" if kind == "total" else "detail",
            }
        )
    return rows


def phase_chart(run, months: list[MonthResult]) -> dict:
    """Cost to serve by phase, month by month."""
    window = months_between(run.month_from, run.month_to)
    by_month = {row.month: activities.by_phase(run, [row]) for row in months}
    return {
        "label": _("Cost to serve by phase and month"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "months": [iso(each) for each in window],
        "series": [
            {
                "code": name,
                "name": phase(name),
                "values": [float(by_month[each][name]) if each in by_month else 0 for each in window],
            }
            for name in PHASES
        ],
    }


def trend_chart(run, months: list[MonthResult], profit: bool) -> dict:
    """Net revenue, gross margin and contribution, month by month."""
    lines = sparks(run, months)
    shown = [("net_revenue", _("Net revenue")), ("gross_margin", _("Gross margin"))]
    if profit:
        shown.append(("contribution", _("Contribution")))
    return {
        "label": _("Revenue and profit by month"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "months": [iso(each) for each in months_between(run.month_from, run.month_to)],
        "series": [{"code": name, "name": label, "values": lines[name]} for name, label in shown],
    }


def iso(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"


def by_phase(found: list[dict]) -> list[dict]:
    """Activities under their phase, dearest phase first, each with its sum."""
    rows = sorted(found, key=lambda row: (PHASES.index(row["phase"]), -row["cost"]))
    groups = [(name, list(listed)) for name, listed in groupby(rows, key=lambda row: row["phase"])]
    return [{"phase": name, "rows": listed, "cost": sum(row["cost"] for row in listed)} for name, listed in groups]


def criteria_of(position: Position, profit: bool) -> list[dict]:
    """Both axes with their criteria. Scores that rest on profit are not for those who may not see profit; nor are
    the others of that axis, since they and the whole would give it away."""
    axes = [
        ("attractiveness", _("Attractiveness"), position.attractiveness, position.attractiveness_coverage),
        ("relationship", _("Relationship strength"), position.relationship_strength, position.relationship_coverage),
    ]
    return [
        {
            "name": name,
            "figure": FIGURE_OF[code],
            "score": score,
            "coverage": coverage,
            "is_hidden": not profit and (code == "attractiveness" or rests_on_profit(position, code)),
            "rows": [row for row in position.scores if row["axis"] == code],
        }
        for code, name, score, coverage in axes
    ]
