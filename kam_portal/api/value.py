"""Customer value and whitespace over REST."""

from django.shortcuts import get_object_or_404
from rest_framework.response import Response

from accounts.api import master_filters
from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.rest import parameters
from accounts.rest.columns import SHARE_UNIT, Column, Kind, as_money, as_month, schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import RUN_SCHEMA, ApiView, ListView
from profitability.api.run import COMPANY, CONTRIBUTION, COST_TO_SERVE, PROFIT, OfPublishedRun, OfRun, amount
from profitability.models import Result, Run
from relationships.value import Costs, Worth, worths
from relationships.whitespace import Cell, Grid, categories_of

BREADTH = (
    Column("average_order_value", Kind.MONEY),
    Column("categories", Kind.WHOLE),
    Column("categories_sold", Kind.WHOLE),
    Column("first_order_on", Kind.DAY),
    Column("months_as_customer", Kind.WHOLE),
    Column("share_by_rank", Kind.SHARE),
    Column("supplier_rank", Kind.QUANTITY),
    Column("suppliers", Kind.WHOLE),
    Column("rank_stated_on", Kind.DAY),
)
LIFETIME = (
    Column("lifetime_value", Kind.MONEY, needs=PROFIT),
    Column("retention", Kind.SHARE, needs=PROFIT),
    Column("discount_rate", Kind.SHARE, needs=PROFIT),
    Column("growth", Kind.SHARE, needs=PROFIT),
    Column("years", Kind.WHOLE, needs=PROFIT),
    Column("own_assumptions", Kind.FLAG, needs=PROFIT),
    Column("our_dependence", Kind.SHARE, needs=COMPANY),
    Column("power_gap", Kind.SHARE, needs=COMPANY),
)
VALUE = (
    Column("code", Kind.TEXT, "code", nullable=False, sortable=True),
    Column("name", Kind.TEXT, "account__name", nullable=False, sortable=True),
    Column("team", Kind.TEXT, "account__team__code"),
    Column("manager", Kind.TEXT, "account__manager__email"),
    amount("net_revenue"),
    Column("share_of_wallet", Kind.SHARE, "share_of_wallet", sortable=True),
    Column("orders", Kind.WHOLE, "orders", nullable=False, sortable=True),
    Column("products", Kind.WHOLE, "products", nullable=False, sortable=True),
    *BREADTH,
    COST_TO_SERVE,
    CONTRIBUTION,
    *LIFETIME,
    Column("run", Kind.WHOLE, "run_id", nullable=False),
)
COSTS = (
    Column("cost_to_acquire", Kind.MONEY, needs=PROFIT),
    Column("acquired_from", Kind.MONTH, needs=PROFIT),
    Column("acquired_to", Kind.MONTH, needs=PROFIT),
    Column("cost_to_serve_after_sale", Kind.MONEY, needs=PROFIT),
    Column("cost_to_retain", Kind.MONEY, needs=PROFIT),
)
CELL = (
    Column("category", Kind.TEXT, nullable=False),
    Column("net_revenue", Kind.MONEY, nullable=False),
    Column("annual_spend", Kind.MONEY),
    Column("spend", Kind.MONEY),
    Column("share_of_wallet", Kind.SHARE),
    Column("open", Kind.MONEY),
    Column("above_wallet", Kind.FLAG, nullable=False),
    Column("competitor", Kind.TEXT),
    Column("source", Kind.TEXT),
    Column("stated_on", Kind.DAY),
)
SPACE = (
    Column("code", Kind.TEXT, "code", nullable=False, sortable=True),
    Column("name", Kind.TEXT, "account__name", nullable=False, sortable=True),
    amount("net_revenue"),
    Column("run", Kind.WHOLE, "run_id", nullable=False),
)


class Value(OfRun, ListView):
    """What each account with activity is worth: depth, breadth, duration, lifetime value, dependence."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_PROFITABILITY
    columns = VALUE
    filters = master_filters("account__")

    def rows_of(self, request, run):
        return Result.objects.in_run(run).visible_to(request.user).filter(is_active=True)

    def finished(self, rows, run):
        results = (
            Result.objects.in_run(run).visible_to(self.request.user).filter(code__in=[row["code"] for row in rows])
        )
        found = {worth.result.code: worth for worth in worths(self.request.user, run, list(results))} if run else {}
        return [row | told(found[row["code"]], self.request.user) for row in rows]


def told(worth: Worth, user) -> dict:
    """What is worked out for one account; what the reader may not see is null."""
    row = {
        "average_order_value": as_money(worth.order_value),
        "categories": worth.categories,
        "categories_sold": worth.sold_categories,
        "first_order_on": worth.first_order,
        "months_as_customer": worth.months,
        "our_dependence": worth.our_dependence and worth.our_dependence.quantize(SHARE_UNIT),
        "power_gap": None,
        "share_by_rank": worth.by_rank and worth.by_rank.quantize(SHARE_UNIT),
        "supplier_rank": worth.rank and float(worth.rank.rank),
        "suppliers": worth.rank and worth.rank.suppliers,
        "rank_stated_on": worth.rank and worth.rank.stated_on,
    }
    if worth.our_dependence is not None and worth.gap is not None:
        row["power_gap"] = (worth.our_dependence - worth.their_dependence).quantize(SHARE_UNIT)
    if may(user, PROFIT):
        assumed = worth.assumed.values
        rates = {"retention": assumed.retention, "discount_rate": assumed.discount, "growth": assumed.growth}
        row |= {name: round(float(rate), 6) for name, rate in rates.items()}
        row |= {"lifetime_value": worth.lifetime, "years": assumed.years, "own_assumptions": worth.assumed.own}
    return row


class AccountValue(OfPublishedRun, ApiView):
    """The value of one account, with what it cost to acquire, serve and retain, and its whitespace."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_PROFITABILITY

    def get(self, request, code):
        account, run = get_object_or_404(Account.objects.visible_to(request.user), code=code), self.run(request)
        result = run and Result.objects.in_run(run).filter(account=account).first()
        answer = {"code": account.code, "name": account.name} | dict.fromkeys(
            column.name for column in (*VALUE[4:-1], *COSTS)
        )
        if result:
            worth = worths(request.user, run, [result])[0]
            answer |= of_result(result, request.user) | told(worth, request.user)
            answer |= costs_of(request.user, run, account, worth)
        spaces = Grid(run, {code: [account.pk]}).largest_first(code, categories_of(of(account))) if run else []
        return Response(answer | {"whitespace": [cell_told(cell) for cell in spaces], "run": self.run_summary(run)})

    def answer_schema(self, method):
        rows = schema_of((VALUE[0], VALUE[1], *VALUE[4:-1], *COSTS))
        rows["properties"] |= {"whitespace": {"type": "array", "items": schema_of(CELL)}, "run": RUN_SCHEMA}
        return rows


def of(account: Account):
    return Account.objects.filter(pk=account.pk)


def of_result(result: Result, user) -> dict:
    names = ["net_revenue", "share_of_wallet", "orders", "products"]
    names += ["cost_to_serve", "contribution"] if may(user, PROFIT) else []
    return {name: getattr(result, name) for name in names}


def costs_of(user, run: Run, account: Account, worth: Worth) -> dict:
    if not may(user, PROFIT):
        return {}
    costs = Costs(user, run, account.pk, worth.first_order)
    first, last = costs.span or (None, None)
    return {
        "cost_to_acquire": costs.acquire,
        "acquired_from": as_month(first),
        "acquired_to": as_month(last),
        "cost_to_serve_after_sale": costs.serve,
        "cost_to_retain": costs.retain,
    }


class Whitespace(OfRun, ListView):
    """What accounts spend in our categories: our sales, the wallet, what is open, and who has it."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_ACCOUNTS
    columns = SPACE
    filters = master_filters("account__")
    declared = OfRun.declared | {"category": parameters.text("Only this category")}

    def rows_of(self, request, run):
        return Result.objects.in_run(run).visible_to(request.user)

    def finished(self, rows, run):
        if not rows:
            return rows
        results = (
            Result.objects.in_run(run).visible_to(self.request.user).filter(code__in=[row["code"] for row in rows])
        )
        accounts = dict(results.values_list("code", "account_id"))
        grid = Grid(run, {code: [account] for code, account in accounts.items()})
        categories = categories_of(Account.objects.filter(pk__in=list(accounts.values())))
        asked = self.asked["category"]
        categories = [name for name in categories if asked in (None, name)]
        return [row | {"categories": [cell_told(cell) for cell in grid.row(row["code"], categories)]} for row in rows]

    def answer_schema(self, method):
        schema = super().answer_schema(method)
        listed = {"type": "array", "items": schema_of(CELL)}
        schema["properties"][self.results]["items"]["properties"]["categories"] = listed
        return schema


def cell_told(cell: Cell) -> dict:
    return {
        "category": cell.category,
        "net_revenue": cell.ours,
        "annual_spend": as_money(cell.annual_spend),
        "spend": cell.wallet,
        "share_of_wallet": cell.share if cell.share is None else cell.share.quantize(SHARE_UNIT),
        "open": cell.open,
        "above_wallet": cell.is_over,
        "competitor": cell.competitors or None,
        "source": (cell.single and cell.single.source) or None,
        "stated_on": cell.single and cell.single.stated_on,
    }
