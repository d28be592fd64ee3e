"""Profit and loss of one account, or of a parent with the accounts under it: by phase, level and activity, over time
and against its peers."""

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
from kam_portal.statement_files import line_columns, period_of
from kam_portal.statement_head import headline, waterfall
from kam_portal.statement_links import Links, linked
from kam_portal.statements import (
    Asked,
    Shown,
    address,
    asked,
    lines,
    period_links,
    readings,
    shown,
    statement_steps,
    unknown,
)
from kam_portal.views.account_page import steps_of
from kam_portal.views.pnl import PAGE, leading, listed
from profitability.pnl.groups import Grouping
from profitability.pnl.peers import Peers, peers_of
from profitability.pnl.statements import family_of
from profitability.runline import run_asked

WRITTEN = 3  # decimals of a share that is written in per cent with one


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_pnl(request, code):
    """The statement of the account and of those under it that the reader sees; hidden and missing answer alike."""
    seen = Account.objects.visible_to(request.user)
    account = get_object_or_404(seen, code=code)
    run, profit = run_asked(request), may(request.user, Permission.SEE_PROFITABILITY)
    context = {"account": account, "profit": profit, "crumbs": crumbs(account), "shown": run}
    context["unknown"] = unknown(run, request.GET) if run else []
    if run is None or context["unknown"]:
        return render(request, "profitability/account_pnl.html", context)
    found, family = asked(run, request.GET), family_of(request.user, account)
    under = family.count() - 1
    alone = request.GET.get("scope") == "own" or not under
    accounts = seen.filter(pk=account.pk) if alone else family
    statement = shown(found, request.user, accounts, profit)
    tables = tables_of(found, statement, profit)
    if request.GET.get("format") in {"csv", "xlsx"}:
        rows = [(table["title"], line) for table in tables for line in table["lines"]]
        name = f"pnl-{account.code}" if alone else f"pnl-{account.code}-family"
        return download(request.GET["format"], name, line_columns(found, statement), rows, run, [period_of(found)])
    peers = peers_of(run, request.user, account, family, found.months)
    context |= figures_of(request, found, statement, profit) | {
        "tables": linked_tables(request, found, account, tables, alone),
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
    listed = lines(statement, statement_steps(profit))
    first = {"title": _("Profit and loss"), "id": "statement", "lines": listed}
    return [first, *(readings(found, statement) if profit else [])]


def linked_tables(request, found: Asked, account: Account, tables: list[dict], alone: bool) -> list[dict]:
    """An amount of a single account leads to its trail, one of a family to the accounts it is the sum of."""
    of_whom = {"account": account.code} if alone else {"list_at": "#members"}
    links = Links(request.GET, found, run_of(request), **of_whom)
    return [table | {"lines": linked(table["lines"], links)} for table in tables]


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
    groups = listed(page.object_list, grouping, request.GET)
    page.object_list = leading(groups, "account", found, run_of(request), request.GET)
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
    """Judged by the figures as they are written: what reads alike is alike."""
    own, low, middle, high = (round(share, WRITTEN) for share in (own, *quartiles))
    if own == low == middle == high:
        return _("as the others")
    if own < low:
        return _("in the lowest quarter")
    if own > high:
        return _("in the highest quarter")
    return _("at the median") if own == middle else _("in the middle half")
