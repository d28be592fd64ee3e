"""Measures of the key account programme, and the sheet of its monthly costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.navigation import run_of
from kam_portal.programme import costs, telling
from kam_portal.programme.costs import KINDS, Place, Typed
from kam_portal.programme.measures import Programme
from kam_portal.programme.telling import decimal
from profitability.costs import months_of

YEARS = range(1970, 2200)
LONGEST_YEAR = 4


@require_safe
@needs(Permission.SEE_COMPANY_FIGURES)
def programme(request):
    """What the programme brings against what it costs, and what is done for it."""
    run = run_of(request)
    if run is None:
        return render(request, "programme/page.html", {"heading": _("Programme measures")})
    found = Programme(request.user, run, timezone.localdate(), request.GET.get("baseline", ""))
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "programme", columns(), lines(found), run)
    context = {
        "heading": telling.finding(found),
        "found": found,
        "figures": headline(found),
        "may_steer": may(request.user, Permission.STEER_PROGRAMME),
        "assesses": may(request.user, Permission.ASSESS_PEOPLE),
        "cost_rows": telling.cost_rows(found),
        "manager": one_manager(found),
        "others": telling.others_served(found),
        "chart": found.others_chart(),
        "export_query": f"baseline={found.baseline.pk}" if found.baseline else "",
    }
    if found.kept:
        context |= {"growth": telling.growth_tables(found), "growth_columns": telling.growth_columns()}
        context["retention"] = telling.retention_rows(found)
    return render(request, "programme/page.html", context)


def headline(found: Programme) -> dict:
    kept = found.kept
    return {
        "roi": decimal(found.roi),
        "incremental": decimal(found.incremental),
        "retention": decimal(kept.retention.share) if kept else None,
        "others_kept": decimal(kept.others_kept) if kept else None,
        "coverage": found.plans.coverage,
        "fresh_share": found.plans.fresh_share,
    }


def one_manager(found: Programme) -> dict:
    return {
        "cost_per_account": decimal(found.cost_per_account),
        "break_even": decimal(found.break_even),
        "sales_before": decimal(found.sales_before),
        "sales_now": decimal(found.sales_now),
        "hours": found.people.hours,
        "managers": found.people.managers,
        "is_paid": found.break_even is not None and found.sales_now is not None and found.sales_now >= found.break_even,
    }


# The same as a file


def columns() -> dict:
    heads = (_("Measure"), _("Value"), _("Unit"), _("Why it is missing"))
    return {head: itemgetter(place) for place, head in enumerate(heads)}


def lines(found: Programme) -> list[tuple]:
    """Measure, value, unit, and why it is missing."""
    return [*shares_and_amounts(found), *counts(found)]


def shares_and_amounts(found: Programme) -> list[tuple]:
    figures, manager, money = headline(found), one_manager(found), settings.CURRENCY
    rows = [
        (_("Return on investment"), figures["roi"], _("share"), found.no_roi),
        (_("Incremental contribution"), figures["incremental"], money, found.no_comparison),
        (_("Cost of the programme"), decimal(found.known_cost), money, found.no_cost),
        (_("Revenue retention of key accounts"), figures["retention"], _("share"), found.no_comparison),
        (_("Revenue retention of all others"), figures["others_kept"], _("share"), found.no_comparison),
        (_("Cost of a key account"), manager["cost_per_account"], money, found.no_cost_per_account),
        (_("Net revenue that pays for a manager"), manager["break_even"], money, found.no_break_even),
    ]
    return [(label, rounded(value, unit == money), unit, reason) for label, value, unit, reason in rows]


def rounded(value: Decimal | None, is_money: bool) -> Decimal | None:
    """As many digits as say something: quotients have no end."""
    return None if value is None else value.quantize(Decimal("0.01") if is_money else Decimal("0.000001"))


def counts(found: Programme) -> list[tuple]:
    plans, given = found.plans, found.executives
    return [
        (_("Key accounts"), len(found.members), _("accounts"), ""),
        (_("Key accounts with a plan"), plans.planned, _("accounts"), ""),
        (_("Key accounts with an approved plan"), plans.approved, _("accounts"), ""),
        (_("Key accounts with a fresh plan"), plans.fresh, _("accounts"), ""),
        (_("Contacts of executives with key accounts"), given.contacts, _("contacts"), ""),
        (_("Time of executives"), rounded(decimal(given.hours), True), _("hours"), ""),
        (_("Recognition earned"), found.recognition.count, _("times"), ""),
    ]


# Monthly costs


@dataclass(frozen=True)
class Cell:
    """One input: what stands in it, what stood there, and what is wrong with it."""

    name: str
    month: int
    text: str
    was: str
    problem: str = ""


@require_safe
@needs(Permission.SEE_COMPANY_FIGURES)
def programme_costs(request):
    """The sheet of one year; to be filled in by whoever steers the programme."""
    return sheet(request, year_of(request, request.GET.get("year", "")), Typed())


@require_POST
@needs(Permission.STEER_PROGRAMME)
def programme_costs_save(request):
    """Write the cells that were changed, unless somebody else has changed one of them."""
    year = year_of(request, request.POST.get("year", ""))
    found = costs.typed(request.POST, year)
    count = costs.save(request.user, found)
    if not found.is_fine:
        return sheet(request, year, found, status=409 if found.theirs else 422)
    if count:
        text = ngettext("%(count)s cell saved.", "%(count)s cells saved.", count) % {"count": count}
        messages.success(request, text)
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(f"{reverse('programme_costs')}?year={year}")


def year_of(request, text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) == LONGEST_YEAR and int(text) in YEARS:
        return int(text)
    today = timezone.localdate()
    return costs.default_year(run_of(request), today.year * 100 + today.month)


def sheet(request, year: int, found: Typed, status: int = 200):
    stored, months = costs.stored(months_of(year)), months_of(year)
    seen = stored | dict.fromkeys(found.wrong) | found.values  # sums are of what stands in the cells
    rows = [
        {
            "label": KINDS(kind).label,
            "cells": [cell((kind, month), stored, found) for month in months],
            "total": total(seen.get((kind, month)) for month in months),
        }
        for kind in KINDS.values
    ]
    context = {
        "year": year,
        "months": months,
        "rows": rows,
        "totals": [total(seen.get((kind, month)) for kind in KINDS.values) for month in months],
        "total": total(seen.values()),
        "stated": len({month for _kind, month in stored}),
        "found": found,
        "wrong": told_wrong(found),
        "may_edit": may(request.user, Permission.STEER_PROGRAMME),
    }
    return render(request, "programme/costs.html", context, status=status)


def told_wrong(found: Typed) -> list[dict]:
    """What is wrong, cell by cell: with its row, its month and what was typed."""
    return [
        {
            "name": costs.name_of((kind, month)),
            "label": KINDS(kind).label,
            "month": month,
            "text": found.texts[kind, month],
            "problem": problem,
        }
        for (kind, month), problem in found.wrong.items()
    ]


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Of what is known; None where nobody has said anything."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def cell(place: Place, stored: dict, found: Typed) -> Cell:
    """What somebody typed stands until it is saved; beside it what somebody else has put there meanwhile."""
    is_typed = place in found.texts
    was = found.was[place] if place in found.was else stored.get(place)
    text = found.texts[place] if is_typed else costs.shown(stored.get(place))
    problem = found.wrong.get(place, "")
    if place in found.theirs:
        theirs = costs.shown(found.theirs[place]) or _("nothing")
        problem = _("now %(amount)s, by somebody else; save again to replace it") % {"amount": theirs}
    return Cell(costs.name_of(place), place[1], text, costs.shown(was), problem)
