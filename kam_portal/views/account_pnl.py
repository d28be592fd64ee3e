"""Profit and loss of one account, or of a parent with the accounts under it: by phase, level and activity, over time
and against its peers."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download
from kam_portal.filters import without
from kam_portal.navigation import run_of
from kam_portal.statements import (
    Asked,
    Shown,
    address,
    asked,
    headline,
    lines,
    period_links,
    readings,
    shown,
    waterfall,
)
from kam_portal.views.account_page import steps_of
from kam_portal.views.pnl import PAGE, listed
from profitability.pnl.groups import Grouping
from profitability.pnl.peers import Peers, peers_of
from profitability.pnl.statements import family_of


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_pnl(request, code):
    """The statement of the account and of those under it that the reader sees; hidden and missing answer alike."""
    seen = Account.objects.visible_to(request.user)
    account = get_object_or_404(seen, code=code)
    run, profit = run_of(request), may(request.user, Permission.SEE_PROFITABILITY)
    context = {"account": account, "profit": profit, "crumbs": crumbs(account)}
    if run is None:
        return render(request, "profitability/account_pnl.html", context)
    found, family = asked(run, request.GET), family_of(request.user, account)
    under = family.count() - 1
    alone = request.GET.get("scope") == "own" or not under
    accounts = seen.filter(pk=account.pk) if alone else family
    statement = shown(found, request.user, accounts, profit)
    tables = tables_of(found, statement, profit)
    if request.GET.get("format") in {"csv", "xlsx"}:
        rows = [(table["title"], line) for table in tables for line in table["lines"]]
        return download(request.GET["format"], f"pnl-{account.code}", columns(found, statement), rows)
    peers = peers_of(run, request.user, account, family, found.months)
    context |= figures_of(request, found, statement, profit) | {
        "tables": tables,
        "scopes": scopes(request.GET, under, alone),
        "under": under,
        "alone": alone,
        "members": None if alone else members_of(request, found, family, profit),
        "peers": peers,
        "compared": compared(statement, peers, profit) if peers else [],
    }
    return render(request, "profitability/account_pnl.html", context)


def crumbs(account: Account) -> list[dict]:
    accounts = {"label": _("Accounts"), "url": reverse("accounts")}
    return [accounts, {"label": account.name, "url": reverse("account", args=[account.code])}]


def tables_of(found: Asked, statement: Shown, profit: bool) -> list[dict]:
    """The statement by phase; for those who see profit, by level and by activity too."""
    first = {"title": _("Profit and loss"), "id": "statement", "lines": lines(statement, steps_of(profit))}
    return [first, *(readings(found, statement) if profit else [])]


def figures_of(request, found: Asked, statement: Shown, profit: bool) -> dict:
    return {
        "headline": headline(statement, profit),
        "asked": found,
        "periods": period_links(request.GET, found),
        "statement": statement,
        "chart": waterfall(statement, profit),
        "closes": statement.total.closes if profit else None,
        "export_query": without(request.GET, "format").removeprefix("?"),
    }


def scopes(query: QueryDict, under: int, alone: bool) -> list[tuple[str, str, bool]]:
    """With the accounts under it, or alone; no choice where there are none."""
    if not under:
        return []
    return [
        (_("With the accounts under it"), address(query, scope=None), not alone),
        (_("Alone"), address(query, scope="own"), alone),
    ]


def members_of(request, found: Asked, family, profit: bool):
    """The statement of each account of the family: together they are the statement above."""
    grouping = Grouping(found.run, request.user, "account", family, found.months, found.sources, profit)
    page = Paginator(grouping.groups().order_by("-sum_net_revenue", "key"), PAGE).get_page(request.GET.get("page"))
    page.object_list = listed(page.object_list, grouping, request.GET)
    return page


def compared(statement: Shown, peers: Peers, profit: bool) -> list[dict]:
    """Each line as a share of net revenue beside the quartiles of the peers; costs are better when lower."""
    net = statement.total["net_revenue"]
    labels = {name: label for name, label, _kind in steps_of(profit)} | {"cost_to_serve": _("Cost to serve")}
    return [
        {
            "label": labels[name],
            "own": statement.total[name] / net if net > 0 else None,
            "quartiles": quartiles,
            "place": place_of(float(statement.total[name] / net), quartiles) if net > 0 else "",
        }
        for name, quartiles in peers.quartiles.items()
    ]


def place_of(own: float, quartiles: tuple[float, float, float]) -> str:
    low, middle, high = quartiles
    if own < low:
        return _("in the lowest quarter")
    if own > high:
        return _("in the highest quarter")
    return _("at the median") if own == middle else _("in the middle half")


def columns(found: Asked, statement: Shown) -> dict:
    """Heads of the export and how each cell is found; a row is a reading and a line of it."""

    def amount(place: int):
        return lambda row: row[1].cells[place][1]

    parts = {period.label: amount(place) for place, (period, _statement) in enumerate(statement.columns)}

    def of(read):
        return lambda row: read(row[1])

    rest = {
        _("Total"): of(lambda line: line.total),
        _("Of net revenue"): of(lambda line: line.part and round(line.part, 6)),
        _("Period before"): of(lambda line: line.before),
        _("Change"): of(lambda line: line.change),
        _("Growth"): of(lambda line: line.growth and round(line.growth, 6)),
        _("Period before from"): lambda _row: found.origin,
        _("Currency"): lambda _row: settings.CURRENCY,
    }
    return {_("Reading"): lambda row: row[0], _("Line"): of(lambda line: line.label)} | parts | rest
