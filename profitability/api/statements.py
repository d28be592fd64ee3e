"""Profit and loss of accounts."""

from decimal import Decimal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api import master_filters
from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.queries import parent_code
from accounts.rest import parameters
from accounts.rest.columns import MONEY_UNIT, Column, Kind, as_month, schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import RUN_SCHEMA, ApiView, ListView
from profitability import activities
from profitability.api.run import (
    AMOUNTS,
    BY_LEVEL,
    BY_PHASE,
    CONTRIBUTION,
    COST_TO_SERVE,
    COST_TO_SERVE_SHARE,
    PROFIT,
    OfRun,
)
from profitability.models import MonthResult, Result, Run

STATEMENTS = (
    Column("code", Kind.TEXT, "code", nullable=False, sortable=True),
    Column("name", Kind.TEXT, "account__name", nullable=False, sortable=True),
    Column("parent_code", Kind.TEXT, "parent_code"),
    Column("team", Kind.TEXT, "account__team__code"),
    Column("manager", Kind.TEXT, "account__manager__email"),
    Column("orders", Kind.WHOLE, "orders", nullable=False, sortable=True),
    Column("order_lines", Kind.WHOLE, "order_lines", nullable=False, sortable=True),
    Column("products", Kind.WHOLE, "products", nullable=False, sortable=True),
    Column("units", Kind.QUANTITY, "units", nullable=False, sortable=True),
    *AMOUNTS,
    *BY_PHASE,
    *BY_LEVEL,
    COST_TO_SERVE,
    CONTRIBUTION,
    COST_TO_SERVE_SHARE,
    Column("run", Kind.WHOLE, "run_id", nullable=False),
)
PERIOD = (*AMOUNTS, *BY_PHASE, COST_TO_SERVE, CONTRIBUTION, COST_TO_SERVE_SHARE)
MONTH = (Column("month", Kind.MONTH, "month", nullable=False), *PERIOD)
ACTIVITY = (
    Column("code", Kind.TEXT, nullable=False),
    Column("phase", Kind.TEXT, nullable=False),
    Column("level", Kind.TEXT, nullable=False),
    Column("quantity", Kind.QUANTITY),
    Column("minutes", Kind.QUANTITY),
    Column("rate", Kind.QUANTITY),
    Column("cost", Kind.MONEY, nullable=False),
)


class Profitability(OfRun, ListView):
    """The profit and loss statement of each account the reader sees, over the window of the run."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_PROFITABILITY
    columns = STATEMENTS
    filters = master_filters("account__") | {"class": ("revenue_class", parameters.choice("ABCN"))}

    def rows_of(self, request, run):
        rows = Result.objects.in_run(run).of_accounts().visible_to(request.user)
        return rows.annotate(parent_code=parent_code(request.user, "account__"))


class AccountProfitability(OfRun, ApiView):
    """One account's profit and loss statement per month and in total, and what each activity cost."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_PROFITABILITY
    declared = OfRun.declared | {
        "from": parameters.month("First month; default: the first of the run"),
        "to": parameters.month("Last month; default: the last of the run"),
    }

    def get(self, request, code):
        run = self.run(request)
        first, last = self.span(run)
        account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
        months = months_of(account, run, first, last)
        by_month = {month.month: [month] for month in months}
        profit = may(request.user, PROFIT)
        answer = {
            "code": account.code,
            "name": account.name,
            "from": as_month(first),
            "to": as_month(last),
            "months": [
                {"month": as_month(month)} | statement(run, by_month.get(month, []), profit)
                for month in (months_between(first, last) if run else ())
            ],
            "total": statement(run, months, profit),
            "activities": activities.of_account(run, months) if profit and run else None,
            "run": self.run_summary(run),
        }
        return Response(answer)

    def span(self, run: Run | None) -> tuple[int | None, int | None]:
        """The months asked for: some of those of the run, for others there is nothing to tell."""
        if run:
            refuse_outside(run, {name: self.asked[name] for name in ("from", "to")})
        first, last = self.asked["from"], self.asked["to"]
        if first and last and first > last:
            raise ValidationError({"to": [_("The last month comes before the first.")]})
        return (first or run.month_from, last or run.month_to) if run else (first, last)

    def answer_schema(self, method):
        rows = {"months": MONTH, "activities": ACTIVITY}
        listed = {name: {"type": ["array", "null"], "items": schema_of(row)} for name, row in rows.items()}
        texts = {name: {"type": ["string", "null"]} for name in ("code", "name", "from", "to")}
        return {
            "type": "object",
            "properties": {**texts, **listed, "total": schema_of(PERIOD), "run": RUN_SCHEMA},
        }


def refuse_outside(run: Run, asked: dict[str, int | None]) -> None:
    covered = {"first": as_month(run.month_from), "last": as_month(run.month_to)}
    reason = _("The run covers %(first)s to %(last)s.") % covered
    outside = [name for name, month in asked.items() if month and not run.month_from <= month <= run.month_to]
    if outside:
        raise ValidationError({name: [reason] for name in outside})


def months_between(first: int, last: int) -> list[int]:
    """Every month of a span, those without anything too; none when it ends before it begins."""
    start, end = (month // 100 * 12 + month % 100 - 1 for month in (first, last))
    return [number // 12 * 100 + number % 12 + 1 for number in range(start, end + 1)]


def months_of(account: Account, run: Run | None, first: int | None, last: int | None) -> list[MonthResult]:
    rows = MonthResult.objects.in_run(run).filter(account=account)
    return list(rows.filter(month__range=(first, last)).order_by("month")) if run else []


def statement(run: Run | None, months: list[MonthResult], profit: bool) -> dict:
    """The sums of some months; without what is below gross margin for those who may not see it."""
    row = {column.name: total(months, column.name) for column in AMOUNTS}
    row |= dict.fromkeys((column.name for column in PERIOD[len(AMOUNTS) :]), None)
    if profit:
        row |= activities.by_phase(run, months)
        row |= {name: total(months, name) for name in ("cost_to_serve", "contribution")}
        row["cost_to_serve_share"] = COST_TO_SERVE_SHARE.derive(row)
    return row


def total(months: list[MonthResult], name: str) -> Decimal:
    return sum((getattr(month, name) for month in months), 0 * MONEY_UNIT)
