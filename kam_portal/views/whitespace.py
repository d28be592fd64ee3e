"""Whitespace of the portfolio: categories by accounts or groups, and the largest open potentials."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal import space_cells
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import compact, whole
from kam_portal.views.account_value import whitespace_columns
from kam_portal.views.ranking import address
from profitability.models import Result, Run
from profitability.pnl.groups import keyed
from relationships.models import CategoryPotential, SupplierRank
from relationships.suppliers import of_accounts as ranks_of
from relationships.whitespace import Cell, Grid, categories_of, largest_open

PAGE = 25
PIECE = 500  # accounts of a file at a time
COLUMNS = 8  # categories beside each other
VIEWS = ("account", "parent", "open")


class WhitespaceFilter(PortfolioFilter):
    """The filters of the portfolio; the reading stays in the address beside them."""

    by = forms.CharField(required=False, widget=forms.HiddenInput)
    categories = forms.CharField(required=False, widget=forms.HiddenInput)
    edit = forms.CharField(required=False, widget=forms.HiddenInput)
    stated = forms.BooleanField(required=False)

    def __init__(self, data, user):
        super().__init__(data, user)
        self.fields["stated"].label = _("Only with a stated potential")

    def chosen(self) -> dict:
        return {name: found for name, found in super().chosen().items() if name not in {"by", "categories", "edit"}}

    def condition(self, name, value):
        if name == "stated":
            return Q(account__in=CategoryPotential.objects.values("account"))
        return super().condition(name, value)


@dataclass(frozen=True)
class Line:
    """An account, or a family, with its cells."""

    code: str
    name: str
    cells: list[Cell]
    count: int  # accounts
    inputs: list[space_cells.Input] = field(default_factory=list)
    rank: SupplierRank | None = None  # of a single account

    @property
    def fields(self) -> list[tuple[Cell, space_cells.Input]]:
        return list(zip(self.cells, self.inputs, strict=True))


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def whitespace(request):
    """What the accounts that the reader sees spend in our categories, and with whom."""
    return page_of(request, space_cells.Typed())


def page_of(request, typed: space_cells.Typed, status: int = 200):
    run, form = run_of(request), WhitespaceFilter(request.GET, request.user)
    chips, by = form.chips(request.GET), by_of(request)
    context = {"form": form, "chips": chips, "by": by, "tabs": tabs(request.GET, by), "heading": _("Whitespace")}
    if run is None:
        return render(request, "accounts/whitespace.html", context)
    rows = form.narrow(Result.objects.in_run(run).visible_to(request.user))
    accounts = Account.objects.filter(pk__in=rows.order_by().values("account"))
    if request.GET.get("format") in {"csv", "xlsx"}:
        return as_file(request, run, rows, accounts, by, chips)
    context |= open_list(request, run, accounts) if by == "open" else grid_of(request, run, rows, accounts, by, typed)
    context |= {"typed": typed, "export_query": without(request.GET, "format").removeprefix("?")}
    return render(request, "accounts/whitespace.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
def whitespace_save(request):
    """Keep the cells that were changed; what is refused, or was changed by others, stays in them to be looked at."""
    reading = f"{reverse('whitespace')}?{request.GET.urlencode()}"
    if request.method == "GET":  # a link of the page that told what was refused
        return redirect(reading)
    typed = space_cells.typed_in(request.POST)
    space_cells.keep(request.user, edited(request) or space_cells.EDITED[0], typed)
    if typed.wrong:
        return page_of(request, typed, 409 if typed.overtaken else 422)
    text = ngettext("%(count)s potential was saved.", "%(count)s potentials were saved.", typed.kept)
    messages.success(request, text % {"count": typed.kept} if typed.kept else _("Nothing was changed."))
    return redirect(reading)


def edited(request) -> str:
    """Which part of the potentials is to be typed in the grid; empty where it is only read."""
    part = request.GET.get("edit", "")
    writes = may(request.user, Permission.SCORE_ACCOUNTS) and by_of(request) == VIEWS[0]
    return part if writes and part in space_cells.EDITED else ""


def as_file(request, run: Run, rows: QuerySet[Result], accounts, by: str, chips):
    """What is in view, as a file: groups where it is read by group."""
    columns, name = whitespace_columns(), "whitespace"
    if by == "parent":
        columns = whitespace_columns(_("Group")) | {_("Accounts"): lambda row: row[0].count}
        columns |= {_("Wallet known of"): lambda row: row[1].known_count}
        listed, name = exported_groups(request.user, run, rows, accounts), "whitespace-groups"
    else:
        listed = opened(run, accounts) if by == "open" else exported(run, rows, accounts)
    return download(request.GET["format"], name, columns | in_currency(), listed, run, chips)


def by_of(request) -> str:
    by = request.GET.get("by", "")
    return by if by in VIEWS else VIEWS[0]


def tabs(query: QueryDict, current: str) -> list[dict]:
    labels = {"account": _("By account"), "parent": _("By group"), "open": _("Largest open potential")}
    return [{"label": labels[by], "url": address(query, by=by), "active": by == current} for by in VIEWS]


# The grid


def grid_of(request, run: Run, rows: QuerySet[Result], accounts, by: str, typed: space_cells.Typed) -> dict:
    groups = keyed(rows.order_by(), by, request.user, []).values("key", "label").annotate(net=Sum("net_revenue"))
    page = Paginator(groups.order_by("-net", "key"), PAGE).get_page(request.GET.get("page"))
    named = {group["key"]: group["label"] for group in page.object_list}
    members = keyed(rows.order_by(), by, request.user, []).filter(key__in=list(named))
    ids: dict[str, list[int]] = {key: [] for key in named}
    for key, account in members.values_list("key", "account_id"):
        ids[key].append(account)
    categories = categories_of(accounts)
    columns = Paginator(categories, COLUMNS).get_page(request.GET.get("categories"))
    grid = Grid(run, ids)
    part, names = edited(request), list(columns.object_list)
    inputs = space_cells.inputs_of(singles(ids), names, part, typed) if part else {}
    ranks = ranks_of(grid.accounts) if by == VIEWS[0] else {}
    page.object_list = [
        Line(key, name, grid.row(key, names), len(ids[key]), inputs.get(key, []), ranks.get(ids[key][0]))
        for key, name in named.items()
    ]
    context = {"page": page, "columns": columns, "heading": heading(grid, named, categories)}
    return context | {"edit": part, "may_state": by == VIEWS[0] and may(request.user, Permission.SCORE_ACCOUNTS)}


def singles(ids: dict[str, list[int]]) -> dict[str, Account]:
    """The one account of each group."""
    found = Account.objects.in_bulk([accounts[0] for accounts in ids.values()])
    return {key: found[accounts[0]] for key, accounts in ids.items()}


def heading(grid: Grid, named: dict[str, str], categories: list[str]) -> str:
    """The largest open potential of the accounts in view."""
    cells = [(key, cell) for key in named for cell in grid.row(key, categories) if cell.open]
    if not cells:
        return _("Whitespace")
    key, largest = max(cells, key=lambda pair: pair[1].open)
    said = {"name": named[key], "category": largest.category, "money": compact(largest.open)}
    return _("Largest open potential in view: %(category)s at %(name)s, %(money)s") % said


# The list


def open_list(request, run: Run, accounts) -> dict:
    found, is_cut = largest_open(run, accounts)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = Account.objects.in_bulk([account for account, _cell in page.object_list])
    page.object_list = [(names[account], cell) for account, cell in page.object_list]
    whole_open = sum(cell.open for _account, cell in found)
    said = {"money": compact(whole_open), "count": whole(len(found))}
    text = _("%(money)s are open in %(count)s categories of accounts") % said if found else _("Whitespace")
    return {"page": page, "is_cut": is_cut, "heading": text}


def opened(run: Run, accounts):
    found, _is_cut = largest_open(run, accounts)
    names = Account.objects.in_bulk([account for account, _cell in found])
    return ((names[account], cell) for account, cell in found)


def exported(run: Run, rows: QuerySet[Result], accounts):
    """Every account and category of which something is known, the largest account first."""
    categories = categories_of(accounts)
    ids = list(rows.order_by("-net_revenue", "code").values_list("account_id", flat=True))
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        grid, names = Grid(run, {str(account): [account] for account in piece}), Account.objects.in_bulk(piece)
        for account in piece:
            for cell in grid.row(str(account), categories):
                if cell.state != "empty" or cell.said:
                    yield names[account], cell


def exported_groups(user, run: Run, rows: QuerySet[Result], accounts):
    """Every group and category of which something is known, the largest group first."""
    categories, named, ids = categories_of(accounts), {}, {}
    groups = keyed(rows.order_by(), "parent", user, [])
    for key, label, _net in groups.values_list("key", "label").annotate(net=Sum("net_revenue")).order_by("-net", "key"):
        named[key], ids[key] = label, []
    for key, account in groups.values_list("key", "account_id"):
        ids[key].append(account)
    keys = list(named)
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        grid = Grid(run, {key: ids[key] for key in piece})
        for key in piece:
            line = Line(key, named[key], [], len(ids[key]))
            yield from ((line, cell) for cell in grid.row(key, categories) if cell.state != "empty" or cell.said)
