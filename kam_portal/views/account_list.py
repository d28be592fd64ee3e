"""The list of accounts: filters in the address, sorting, search, export."""

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.downloads import download, in_currency
from kam_portal.filters import ALL, PortfolioFilter, without
from kam_portal.matrix.axes import in_criteria
from kam_portal.matrix.filters import held
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.templatetags.kam import whole
from profitability.models import Result
from relationships.models import Firmness, PositionChange
from relationships.queries import ordered, orderings, portfolio, trends
from relationships.watching import is_watched

PAGE = 50


class AccountFilter(PortfolioFilter):
    """Which accounts, also by how firm their boxes are and whether the run put them into another one."""

    firmness = forms.ChoiceField(label=gettext_lazy("Firmness"), required=False, choices=[*ALL, *Firmness.choices])
    further = (*PortfolioFilter.further, "moved", "watched")
    watched = forms.BooleanField(label=gettext_lazy("Only those I watch"), required=False)
    moved = forms.BooleanField(label=gettext_lazy("Only in another box than before"), required=False)

    def __init__(self, data, user):
        super().__init__(data, user)
        self.user = user

    def condition(self, name: str, value) -> Q:
        if name == "watched":
            return Q(is_watched(self.user))
        if name == "firmness":
            return held(value)
        return Q(moved_in_run()) if name == "moved" else super().condition(name, value)


def moved_in_run() -> Exists:
    """Whether the run of a result noted another box for its account."""
    boxes = PositionChange.objects.filter(kind=PositionChange.Kind.BOX)
    return Exists(boxes.filter(run=OuterRef("run"), account=OuterRef("account")))


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_list(request):
    """Every account the reader sees, with its figures, class and box."""
    run = run_of(request)
    form = AccountFilter(request.GET, request.user)
    order = order_of(request)
    rows = ordered(form.narrow(portfolio(request.user, run)), order) if run else Result.objects.none()
    if request.GET.get("format") in {"csv", "xlsx"}:
        listed = columns(request.user) | in_currency() | in_criteria(run)
        return download(request.GET["format"], "accounts", listed, rows, run, form.chips(request.GET))
    profit = may(request.user, Permission.SEE_PROFITABILITY)
    counts = counts_of(form, rows, run, request.user)
    page = page_of(rows, counts["all"], request.GET.get("page"))
    column = "contribution" if profit else "net_revenue"
    spark = trends(run, [row.account_id for row in page], column) if run else {}
    return render(
        request,
        "accounts/list.html",
        {
            "heading": heading_of(counts, profit) if run else "",
            "form": form,
            "chips": form.chips(request.GET),
            "order": order,
            "page": page,
            "spark": spark,
            "profit": profit,
            "imported": 0 if run else Account.objects.visible_to(request.user).count(),
            "export_query": without(request.GET, "format").removeprefix("?"),
        },
    )


def counts_of(form, rows, run, user) -> dict[str, int]:
    """How many accounts there are, and how many of them lose money."""

    def count() -> dict[str, int]:
        return rows.order_by().aggregate(all=Count("pk"), losing=Count("pk", filter=Q(contribution__lt=0)))

    return count() if form.chosen() or run is None else kept("counts", run, user, count)


def page_of(rows, count: int, number, size: int = PAGE) -> Page:
    """One page of rows whose count is known."""
    paginator = Paginator(rows, size)
    paginator.count = count  # else it would ask the database
    return paginator.get_page(number)


def heading_of(found: dict[str, int], profit: bool) -> str:
    """How many there are, and how many of them lose money: for those who may know."""
    text = ngettext("%(all)s account", "%(all)s accounts", found["all"])
    if profit and found["losing"]:
        text = ngettext(
            "%(losing)s of %(all)s accounts loses money after cost to serve",
            "%(losing)s of %(all)s accounts lose money after cost to serve",
            found["losing"],
        )
    return text % {name: whole(count) for name, count in found.items()}


def order_of(request) -> str:
    order = request.GET.get("order", "-net_revenue")
    return order if order in orderings(request.user) else "-net_revenue"


def columns(user) -> dict:
    """Heads of the export and how each cell is found; what a reader may not see is not a column."""
    money = {
        _("List sales"): lambda row: row.list_amount,
        _("Discounts"): lambda row: row.discount_amount,
        _("Returns"): lambda row: row.return_amount,
        _("Net revenue"): lambda row: row.net_revenue,
        _("Gross margin"): lambda row: row.gross_margin,
    }
    profit = {
        _("Cost to serve"): lambda row: row.cost_to_serve,
        _("Contribution"): lambda row: row.contribution,
    }
    scores = {_("Attractiveness"): lambda row: row.position.attractiveness}  # may be calculated from profit
    sees_profit = may(user, Permission.SEE_PROFITABILITY)
    return {
        _("Code"): lambda row: row.code,
        _("Account"): lambda row: row.account.name,
        _("Team"): lambda row: row.account.team and row.account.team.name,
        _("Manager"): lambda row: row.account.manager and row.account.manager.name,
        _("Segment"): lambda row: row.account.segment,
        _("Country"): lambda row: row.account.country,
        _("Box"): lambda row: row.position.get_box_display(),
        _("Firmness"): lambda row: row.position.box and Firmness(row.position.firmness).label,
        _("Holds in share of weightings"): lambda row: row.position.stability,
        **(scores if sees_profit else {}),
        _("Relationship strength"): lambda row: row.position.relationship_strength,
        _("Stage"): lambda row: row.position.get_stage_display(),
        _("Stage, our view"): lambda row: row.position.get_stage_supplier_display(),
        _("Stage, the buyer’s view"): lambda row: row.position.get_stage_buyer_display(),
        _("Class"): lambda row: row.revenue_class,
        **money,
        **(profit if sees_profit else {}),
    }
