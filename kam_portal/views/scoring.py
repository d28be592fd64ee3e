"""Scoring many accounts at once: a grid by keyboard, each cell kept by itself."""

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from kam_portal.filters import without
from kam_portal.navigation import run_of
from kam_portal.scoring import (
    SHEETS,
    ScoringFilter,
    Sheet,
    Typed,
    keep,
    name_of,
    now_of,
    rows_of,
    typed_in,
)
from relationships.opinions import criteria_on, opinions
from relationships.queries import portfolio
from relationships.views.scoring_cards import Sight, judged_card

PAGE = 40
FIRMNESS = ("settled", "fragile", "provisional", "none")


@require_safe
@needs(Permission.SCORE_ACCOUNTS)
def scoring(request):
    """Accounts by the criteria of one axis, with one's own scores to type."""
    return grid_page(request)


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def scoring_save(request):
    """Keep the cells that were sent: all of a form, or those that a script sends while one types."""
    form = ScoringFilter(request.GET, request.user)
    sheet = sheet_of(request, form)
    typed = typed_in(request.POST)
    if sheet is not None:
        keep(sheet, typed)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(told(request, sheet, typed))
    if typed.wrong:
        return grid_page(request, typed, status=422)
    messages.success(request, said(len(typed.changed)))
    return redirect(f"{reverse('scoring')}?{request.GET.urlencode()}".removesuffix("?"))


@require_safe
@needs(Permission.SCORE_ACCOUNTS)
def scoring_cell(request):
    """Beside the grid: what the scores of a column mean, and what is said of the cell in view."""
    form = ScoringFilter(request.GET, request.user)
    sheet = sheet_of(request, form)
    account, code = request.GET.get("account", ""), request.GET.get("criterion", "")
    if sheet is None or not account:
        return render(request, "relationships/_scoring_strip.html")
    criterion = sheet.column(code)
    if criterion is None or not account.isdecimal() or len(account) > 18:
        raise Http404
    found = get_object_or_404(Account.objects.visible_to(request.user), pk=account)
    listed = opinions([found.pk], [criterion], sheet.today).get((found.pk, code), [])
    sight = Sight(request.user, sheet.view, sheet.today, not form.shows_others)
    context = {"account": found, "card": judged_card(criterion, sheet.axis, listed, sight, {}, [])}
    return render(request, "relationships/_scoring_strip.html", context | {"is_buyers": sheet.name == "buyer"})


def sheet_of(request, form: ScoringFilter) -> Sheet | None:
    today = timezone.localdate()
    criteria = criteria_on(today)
    return Sheet(criteria, request.user, today, form.sheet) if criteria else None


def told(request, sheet: Sheet | None, typed: Typed) -> dict:
    """What became of each cell, and where its account would stand now."""
    accounts = sorted({account for account, _code in typed.changed})
    standing = now_of(sheet, run_of(request), accounts) if sheet and accounts else {}
    gone = _("There are no criteria in force: reload the page.")
    wrong = typed.wrong if sheet else dict.fromkeys(typed.texts, gone)
    return {
        "cells": {name_of(*key): wrong.get(key, "") for key in typed.texts},
        "was": {name_of(*key): was for key, was in typed.was.items()},
        "rows": {
            account: render_to_string("relationships/_scoring_now.html", {"now": now, "criteria": sheet.criteria})
            for account, now in standing.items()
        },
    }


def said(count: int) -> str:
    if not count:
        return _("Nothing was changed.")
    return ngettext("%(count)s score was saved.", "%(count)s scores were saved.", count) % {"count": count}


def grid_page(request, typed: Typed | None = None, status: int = 200):
    form = ScoringFilter(request.GET, request.user)
    sheet, run = sheet_of(request, form), run_of(request)
    context = {"form": form, "chips": form.chips(request.GET), "sheet": sheet, "tabs": tabs(request, form)}
    if sheet is not None and run is not None:
        left = sheet.left()
        page = page_of(form.narrowed(rows_in(request.user, run), left, sheet.unscored()), request.GET.get("page"))
        rows = rows_of(sheet, list(page), run, left, typed)
        context |= {"page": page, "rows": rows, "left": sum(map(len, left.values())), "typed": typed} | progress(rows)
    context |= {
        "shows_others": form.shows_others,
        "clear_url": without(request.GET, *form.chosen()),
        "query": request.GET.urlencode(),
    }
    return render(request, "relationships/scoring_grid.html", context, status=status)


def rows_in(user, run):
    return portfolio(user, run).exclude(account=None).defer("position__scores", "position__nearest_move")


def page_of(rows, number):
    return Paginator(rows, PAGE).get_page(number)


def progress(rows) -> dict[str, int]:
    """How many cells of the page hold an own score of the last 12 months."""
    cells = [cell for row in rows for cell in row.cells]
    return {"scored": sum(cell.heard.has_mine for cell in cells), "cells": len(cells), "firm": firm_counts(rows)}


def firm_counts(rows) -> dict[str, int]:
    """How many accounts of the page would stand how firmly; nothing where boxes are not shown."""
    counts = Counter(row.now.firmness for row in rows if row.now)
    return {"all": counts.total()} | {name: counts[name] for name in FIRMNESS} if counts else {}


def tabs(request, form: ScoringFilter) -> list[dict]:
    """One sheet for each axis, and one for what the buyer said."""
    found = []
    for name, label in SHEETS.items():
        query = request.GET.copy()
        query["axis"] = name
        query.pop("page", None)
        found.append({"label": label, "url": f"?{query.urlencode()}", "active": name == form.sheet})
    return found
