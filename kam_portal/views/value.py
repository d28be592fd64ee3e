"""Customer value of all accounts, and what the company assumes of lifetimes."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import ExpressionWrapper, F, FloatField, QuerySet
from django.db.models.functions import Cast, NullIf
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible, Outdated
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import compact, whole
from kam_portal.views.account_value import RATES, percent, read_assumptions
from profitability.models import Result, Run
from relationships import assumptions
from relationships.value import Worth, ordered_by_value, worths

PAGE = 50
PIECE = 500  # accounts of a file at a time
ORDERINGS = {
    "name": "account__name",
    "net_revenue": "net_revenue",
    "orders": "orders",
    "order_value": "average",
    "products": "products",
    "share_of_wallet": "share_of_wallet",
}
PROFIT_ORDERINGS = {"cost_to_serve": "cost_to_serve", "contribution": "contribution", "lifetime": ""}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def value(request):
    """Depth, breadth, duration and lifetime value of each account that the reader sees."""
    return page_of(request)


def page_of(request, status: int = 200, **more) -> HttpResponse:
    run, form = run_of(request), PortfolioFilter(request.GET, request.user)
    chips, profit = form.chips(request.GET), may(request.user, Permission.SEE_PROFITABILITY)
    order = order_of(request)
    rows = ordered(run, form.narrow(active(request.user, run)), order) if run else Result.objects.none()
    if request.GET.get("format") in {"csv", "xlsx"} and run:
        listed = columns(request.user) | in_currency()
        return download(request.GET["format"], "value", listed, pieces(request.user, run, rows), run, chips)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = worths(request.user, run, list(page.object_list)) if run else []
    context = {
        "form": form,
        "chips": chips,
        "order": order,
        "page": page,
        "profit": profit,
        "sees_company": may(request.user, Permission.SEE_COMPANY_FIGURES),
        "heading": heading(page, order),
        "may_assume": may(request.user, Permission.EDIT_CRITERIA) and profit,
        "company": assumptions.of_company(),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    context["changes"] = assumptions.changes_of(None) if profit else []
    context["assumed"] = typed_of_company(context["company"])
    return render(request, "accounts/values.html", context | more, status=status)


def active(user, run: Run) -> QuerySet[Result]:
    rows = Result.objects.in_run(run).visible_to(user).filter(is_active=True)
    return rows.select_related("account__team", "account__manager")


def order_of(request) -> str:
    order = request.GET.get("order", "-net_revenue")
    allowed = ORDERINGS | (PROFIT_ORDERINGS if may(request.user, Permission.SEE_PROFITABILITY) else {})
    return order if order.removeprefix("-") in allowed else "-net_revenue"


class ByValue:
    """Results in the order of their lifetime value, read a page or a piece at a time."""

    def __init__(self, run: Run, rows: QuerySet[Result], falling: bool) -> None:
        self.rows, self.keys = rows, ordered_by_value(run, rows, falling)

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, part: slice) -> list[Result]:
        found = self.rows.order_by().in_bulk(self.keys[part])
        return [found[key] for key in self.keys[part]]

    def iterator(self, size: int) -> Iterator[Result]:
        for start in range(0, len(self), size):
            yield from self[start : start + size]


def ordered(run: Run, rows: QuerySet[Result], order: str) -> "QuerySet[Result] | ByValue":
    name, falling = order.removeprefix("-"), order.startswith("-")
    if name == "lifetime":
        return ByValue(run, rows, falling)
    if name == "order_value":
        average = Cast(F("net_revenue"), FloatField()) / NullIf(Cast(F("orders"), FloatField()), 0.0)
        rows = rows.annotate(average=ExpressionWrapper(average, output_field=FloatField()))
    column = F((ORDERINGS | PROFIT_ORDERINGS)[name])
    return rows.order_by(column.desc(nulls_last=True) if falling else column.asc(nulls_last=True), "code")


def heading(page, order: str) -> str:
    """The finding, where the list begins with it."""
    first = page.object_list[0] if page.object_list else None
    if first is None or page.number != 1:
        return _("Customer value")
    said = {"name": first.result.account.name, "count": whole(page.paginator.count)}
    if order == "-lifetime" and first.lifetime is not None:
        text = _("%(name)s is worth most of %(count)s accounts: %(money)s over its lifetime")
        return text % (said | {"money": compact(first.lifetime)})
    return _("Customer value of %(count)s accounts") % said


def pieces(user, run: Run, rows: "QuerySet[Result] | ByValue") -> Iterator[Worth]:
    """The value of all rows, a few hundred at a time."""
    taken: list[Result] = []
    for result in rows.iterator(PIECE):
        taken.append(result)
        if len(taken) == PIECE:
            yield from worths(user, run, taken)
            taken = []
    if taken:
        yield from worths(user, run, taken)


def columns(user) -> dict:
    """Heads of the file and how each cell is found; what a reader may not see is not a column."""
    profit = {
        _("Cost to serve"): lambda worth: worth.result.cost_to_serve,
        _("Contribution"): lambda worth: worth.result.contribution,
        _("Lifetime value"): lambda worth: worth.lifetime,
        _("Months known"): lambda worth: worth.lasting.months,
        _("Own assumptions"): lambda worth: worth.assumed.own,
    }
    company = {
        _("We depend on them"): lambda worth: worth.our_dependence and round(worth.our_dependence, 6),
        _("Power gap"): lambda worth: None if worth.gap is None else round(worth.gap, 6),
    }
    return {
        _("Code"): lambda worth: worth.result.code,
        _("Account"): lambda worth: worth.result.account.name,
        _("Team"): lambda worth: worth.result.account.team and worth.result.account.team.name,
        _("Manager"): lambda worth: worth.result.account.manager and worth.result.account.manager.name,
        _("Net revenue"): lambda worth: worth.result.net_revenue,
        _("Share of wallet"): lambda worth: worth.their_dependence,
        _("Share by rank, estimated"): lambda worth: worth.by_rank and round(worth.by_rank, 6),
        _("Our rank"): lambda worth: worth.rank and worth.rank.rank,
        _("Suppliers"): lambda worth: worth.rank and worth.rank.suppliers,
        _("Rank stated on"): lambda worth: worth.rank and worth.rank.stated_on,
        _("Orders"): lambda worth: worth.result.orders,
        _("Average order value"): lambda worth: worth.order_value and round(worth.order_value, 2),
        _("Products bought"): lambda worth: worth.result.products,
        _("Categories bought"): lambda worth: worth.categories,
        _("First order"): lambda worth: worth.first_order,
        _("Months since the first order"): lambda worth: worth.months,
        **(profit if may(user, Permission.SEE_PROFITABILITY) else {}),
        **(company if may(user, Permission.SEE_COMPANY_FIGURES) else {}),
    }


def typed_of_company(found: assumptions.Assumed) -> dict[str, str]:
    values = {name: percent(getattr(found.values, name)) for name in RATES}
    note = found.row.note if found.row else ""
    return values | {"years": str(found.values.years or ""), "note": note, "revision": str(found.revision)}


@require_POST
@needs(Permission.EDIT_CRITERIA)
def company_assumptions_save(request):
    """State what lifetime values rest on, for all accounts without assumptions of their own."""
    try:
        said, revision = read_assumptions(request.POST)
        assumptions.state(request.user, None, said, revision)
    except NotPossible as problem:
        typed = {name: request.POST.get(name, "") for name in (*RATES, "years", "note", "revision")}
        return page_of(request, 422, assumption_error=str(problem), assumed=typed)
    except Outdated:
        told = _("Somebody has changed these assumptions meanwhile. Theirs stand below; type yours again.")
        return page_of(request, 409, assumption_error=told)
    messages.success(request, _("Saved. All lifetime values without assumptions of their own go by it at once."))
    return redirect(f"{reverse('value')}#assumptions")
