"""Profit and loss of the accounts in view, put together by account, parent, segment, country, team or category."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Account, Import
from accounts.permissions import Permission, may, needs
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.statement_files import BY, groups_file, period_of, statement_file
from kam_portal.statement_head import headline, waterfall
from kam_portal.statement_links import Link, Links, linked, trail_of
from kam_portal.statements import (
    OWN,
    Asked,
    Shown,
    address,
    as_shown,
    asked,
    growth,
    lines,
    period_links,
    shown,
    statement_steps,
    unknown,
)
from kam_portal.views.account_page import PHASES
from profitability.models import MonthResult, Result, Run
from profitability.pnl.categories import Categories, categories
from profitability.pnl.company import company_of
from profitability.pnl.groups import FEW, NOTHING, Grouping, named_groups
from profitability.pnl.kept import kept_groups
from profitability.pnl.sources import Source
from profitability.runline import run_asked
from profitability.views.runs import SPLIT_NAMES

PAGE = 50
NAMELESS = {
    "segment": gettext_lazy("No segment"),
    "country": gettext_lazy("No country"),
    "team": gettext_lazy("No team"),
    "category": gettext_lazy("No category"),
}
ORDERS = {"name": "label", "net_revenue": "sum_net_revenue", "gross_margin": "sum_gross_margin"}
LEADING = ("net_revenue", "gross_margin", *PHASES, "contribution")
PROFIT_ORDERS = {"cost_to_serve": "sum_cost_to_serve", "contribution": "sum_contribution"}


class PnlFilter(PortfolioFilter):
    """The filters of the portfolio; the rest of the address stays beside them."""

    by = forms.CharField(required=False, widget=forms.HiddenInput)
    period = forms.CharField(required=False, widget=forms.HiddenInput)
    at = forms.CharField(required=False, widget=forms.HiddenInput)
    columns = forms.CharField(required=False, widget=forms.HiddenInput)
    order = forms.CharField(required=False, widget=forms.HiddenInput)
    run = forms.CharField(required=False, widget=forms.HiddenInput)

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in OWN}


@dataclass(frozen=True)
class Group:
    """One row of the table: what it is called, where it leads, and its statement."""

    name: str
    code: str
    url: str
    amounts: dict[str, Decimal]
    before: dict[str, Decimal] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)  # where its amounts lead, by name

    @property
    def net_growth(self) -> Decimal | None:
        return growth(self.amounts["net_revenue"], self.before.get("net_revenue"))


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def pnl(request):
    """The statement of the accounts in view, and that of each group of them."""
    form, run = PnlFilter(request.GET, request.user), run_asked(request)
    chips = form.chips(request.GET)
    context = {"form": form, "chips": chips, "heading": _("Profit and loss"), "shown": run}
    context["unknown"] = not_known(run, request.GET) if run else []
    if run is None or context["unknown"]:
        return render(request, "profitability/pnl.html", context)
    found, profit = asked(run, request.GET), may(request.user, Permission.SEE_PROFITABILITY)
    accounts = accounts_in(form, run, request.user) if chips else None
    statement = statement_of(request.user, found, accounts, profit)
    by = by_of(request.GET)
    table = by_category(request.user, found, accounts, statement) if by == "category" else None
    grouping = None if table else Grouping(run, request.user, by, accounts, found.months, found.sources, profit)
    if request.GET.get("format") in {"csv", "xlsx"}:
        return file_of(request.GET, found, statement, table or grouping, profit, chips)
    context |= {"by": by, "by_label": BY[by], "tabs": tabs(request.GET, by), "profit": profit}
    context |= {"table": table, "page": None} if table else page_of(request, grouping, found)
    if table.groups if table else context["page"].object_list:
        context |= figures_of(request, found, statement, profit)
        context |= company_of_period(request.user, found, statement, accounts)
    return render(request, "profitability/pnl.html", context)


def file_of(query: QueryDict, found: Asked, statement: Shown, groups, profit: bool, chips: list):
    """The statement, or the groups under it."""
    by, said = by_of(query), [period_of(found), *chips]
    if query.get("table") == "statement":
        return statement_file(query, found, statement, profit, said)
    is_table = isinstance(groups, CategoryTable)
    rows = groups.groups if is_table else exported(groups)
    return groups_file(query, found, by, rows, statement, profit and not is_table, said)


def not_known(run: Run, query: QueryDict) -> list[str]:
    by = query.get("by") or "segment"
    return [*unknown(run, query), *([] if by in BY else [_("There is no table by “%(by)s”.") % {"by": by}])]


def company_of_period(user, found: Asked, statement: Shown, accounts: QuerySet[Account] | None) -> dict:
    """What is left of the contribution of all accounts once the costs that nobody bears are paid."""
    needed = (Permission.SEE_ALL_ACCOUNTS, Permission.SEE_COMPANY_FIGURES, Permission.SEE_COSTS)
    if accounts is not None or not all(may(user, each) for each in needed):
        return {}
    company = company_of(found.run, found.months, statement.total["contribution"])
    balance_url = f"{reverse('run', args=[found.run.pk])}#balance"
    listed = [(_("Contribution"), company.contribution, ""), (_("Sales without an account"), company.no_account, "")]
    listed += [(SPLIT_NAMES[name], as_shown(-1, cost), balance_url) for name, cost in company.costs.items()]
    return {"company": company, "company_lines": listed, "balance_url": balance_url}


def by_of(query: QueryDict) -> str:
    by = query.get("by", "")
    return by if by in BY else "segment"


def tabs(query: QueryDict, current: str) -> list[dict]:
    return [
        {"label": label, "url": address(query, by=by, order=None), "active": by == current} for by, label in BY.items()
    ]


def accounts_in(form: PortfolioFilter, run: Run, user) -> QuerySet[Account]:
    """The accounts that the filters leave."""
    results = form.narrow(Result.objects.in_run(run).visible_to(user)).order_by()
    return Account.objects.filter(pk__in=results.values("account"))


def statement_of(user, found: Asked, accounts: QuerySet[Account] | None, profit: bool) -> Shown:
    everything = accounts is None and may(user, Permission.SEE_ALL_ACCOUNTS)

    def calculate() -> Shown:
        return shown(found, user, accounts, profit, everything)

    if accounts is not None:
        return calculate()
    parts = found.columns[0].kind if found.columns else "whole"
    period = f"{found.period.kind}-{named_by(Source(found.run, found.months), *found.sources)}"
    return kept(f"pnl-{period}-{parts}", found.run, user, calculate)


def named_by(*sources: Source) -> str:
    """The months of a period and of the one before, with the runs that tell them, as part of a name that figures are
    kept under."""
    return "-".join(f"{source.run.pk}.{source.months[0]}.{source.months[-1]}" for source in sources)


def figures_of(request, found: Asked, statement: Shown, profit: bool) -> dict:
    return {
        "heading": headline(statement, profit),
        "asked": found,
        "periods": period_links(request.GET, found),
        "statement": statement,
        "lines": linked(lines(statement, statement_steps(profit)), links_of(request, found)),
        "chart": waterfall(statement, profit),
        "closes": statement.total.closes if profit else None,
        "without_account": without_account(request.user, found),
        "export_query": without(request.GET, "format").removeprefix("?"),
        "statement_query": address(request.GET, table="statement"),
    }


def links_of(request, found: Asked) -> Links:
    """A sum over accounts leads to the accounts."""
    return Links(request.GET, found, run_of(request), list_at="#groups", by=(("by", "account"), ("order", None)))


def without_account(user, found: Asked) -> Decimal | None:
    """Net revenue of the order lines that have no account, for those who see the whole ledger."""
    if not may(user, Permission.SEE_ALL_ACCOUNTS):
        return None
    rows = MonthResult.objects.in_run(found.run).filter(account=None, month__in=found.months)
    return rows.aggregate(net=Sum("net_revenue"))["net"]


def orders_of(profit: bool) -> dict[str, str]:
    return ORDERS | PROFIT_ORDERS if profit else ORDERS


def page_of(request, grouping: Grouping, found: Asked) -> dict:
    """One page of the groups, with the cost of their phases."""
    orders = orders_of(grouping.profit)
    order = request.GET.get("order", "")
    order = order if order.removeprefix("-") in orders else "-net_revenue"
    column, falling = orders[order.removeprefix("-")], order.startswith("-")
    if grouping.by in FEW:
        groups = [group_of(row, grouping.by, request.GET) for row in few_groups(grouping)]
        groups.sort(key=lambda group: group.name)
        if column != "label":
            groups.sort(key=lambda group: group.amounts[column.removeprefix("sum_")], reverse=falling)
        elif falling:
            groups.reverse()
        page = Paginator(groups, PAGE).get_page(request.GET.get("page"))
        page.object_list = leading(page.object_list, grouping.by, found, run_of(request), request.GET)
        return {"page": page, "order": order}
    paginator = Paginator(grouping.groups().order_by(f"-{column}" if falling else column, "key"), PAGE)
    paginator.count = grouping.count()  # else it would group once more
    page = paginator.get_page(request.GET.get("page"))
    groups = listed(page.object_list, grouping, request.GET)
    page.object_list = leading(groups, grouping.by, found, run_of(request), request.GET)
    return {"page": page, "order": order}


def few_groups(grouping: Grouping) -> list[dict]:
    """The groups by segment, country or team. By segment and country those of all accounts are kept as long as the
    run and the customer master stand."""

    if grouping.accounts is not None or grouping.by == "team":
        return named_groups(grouping)
    master = Import.objects.filter(kind="accounts", state=Import.State.DONE).aggregate(last=Max("pk"))["last"]
    name = f"pnl-by-{grouping.by}-{named_by(grouping.own, *grouping.earlier)}-{master}"
    return kept(name, grouping.run, grouping.user, lambda: groups_of(grouping))


def groups_of(grouping: Grouping) -> list[dict]:
    """As a worker kept them, for readers of all accounts; else from the months of the accounts."""
    found = kept_groups(grouping) if may(grouping.user, Permission.SEE_ALL_ACCOUNTS) else None
    return named_groups(grouping) if found is None else found


def exported(grouping: Grouping) -> list[Group]:
    """Every group, largest net revenue first."""
    if grouping.by in FEW:
        rows = [group_of(row, grouping.by, QueryDict()) for row in few_groups(grouping)]
        return sorted(rows, key=lambda group: (-group.amounts["net_revenue"], group.name))
    return listed(grouping.groups().order_by("-sum_net_revenue", "key"), grouping, QueryDict(), every=True)


def listed(rows, grouping: Grouping, query: QueryDict, every: bool = False) -> list[Group]:
    """These groups with the cost of their phases."""
    rows = list(rows)
    phases = {}
    if grouping.profit and rows:
        phases = grouping.phases(None if every else [row["key"] for row in rows])
    return [
        group_of(row, grouping.by, query, phases.get(row["key"], NOTHING if grouping.profit else {})) for row in rows
    ]


def leading(groups: list[Group], by: str, found: Asked, published: Run | None, query: QueryDict) -> list[Group]:
    """The groups with where their amounts lead: of an account to their trail, of others to the accounts in them."""
    own = Source(found.run, found.months)

    def link(group: Group, figure: str) -> Link | None:
        trail = trail_of(group.code, figure, own, published) if by == "account" else None
        return trail or (Link(group.url) if group.url else None)

    return [
        replace(group, links={name: link(group, name) for name in LEADING if group.amounts.get(name)})
        for group in groups
    ]


def group_of(row: dict, by: str, query: QueryDict, phases: dict | None = None) -> Group:
    amounts = {key.removeprefix("sum_"): value for key, value in row.items() if key.startswith("sum_")}
    was = {key.removeprefix("was_"): value for key, value in row.items() if key.startswith("was_")}
    name = row["label"] or str(NAMELESS.get(by, ""))
    return Group(name, row["key"], address_of(by, row["key"], query), amounts | (phases or {}), was)


def address_of(by: str, code: str, query: QueryDict) -> str:
    """Where the name of a group leads: the statement of the account or family, or this page narrowed to the group.
    A filter by team means the team now, not that of each month, so a team leads nowhere."""
    if by in {"account", "parent"}:
        kept_on = QueryDict(mutable=True)
        kept_on.update({name: query[name] for name in ("period", "at", "columns", "run") if name in query})
        if by == "account":
            kept_on["scope"] = "own"
        return f"{reverse('account_pnl', args=[code])}?{kept_on.urlencode()}"
    if by in {"segment", "country"} and code:
        return address(query, **{by: code, "by": "account", "order": None})
    return ""


# Product categories


@dataclass(frozen=True)
class CategoryTable:
    groups: list[Group]
    found: Categories
    net_growth: Decimal | None


def by_category(user, found: Asked, accounts: QuerySet[Account] | None, statement: Shown) -> CategoryTable:
    """Categories down to gross margin; the net revenue of the period before beside them."""
    now = categories(found.run, user, accounts, found.months, statement.total)
    was = earlier_categories(user, found, accounts, statement)
    groups = [
        Group(name or str(NAMELESS["category"]), name, "", amounts, was.get(name, {})) for name, amounts in now.rows
    ]
    before = statement.before["net_revenue"] if statement.before else None
    return CategoryTable(groups, now, growth(statement.total["net_revenue"], before))


def earlier_categories(
    user, found: Asked, accounts: QuerySet[Account] | None, statement: Shown
) -> dict[str, dict[str, Decimal]]:
    """The categories of the period before, as each of its runs read the order lines."""
    sums: dict[str, dict[str, Decimal]] = {}
    for source, total in zip(found.sources, statement.told, strict=True):
        for name, amounts in categories(source.run, user, accounts, source.months, total).rows:
            known = sums.setdefault(name, {})
            for line, amount in amounts.items():
                known[line] = known.get(line, Decimal(0)) + amount
    return sums
