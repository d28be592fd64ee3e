"""Places by one measure, and concentration."""

from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from rest_framework.response import Response

from accounts.permissions import Permission, may
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, as_money, as_share
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import RUN_SCHEMA, ApiView, ListView
from profitability import standings
from profitability.api.run import COMPANY, PROFIT, OfRun

SUMMED = ("revenue", "volume", "gross_margin", "contribution", "potential")
MEASURES = (*SUMMED, "share_of_wallet")
RANKINGS = (
    Column("rank", Kind.WHOLE, "place", nullable=False),
    Column("code", Kind.TEXT, "code", nullable=False),
    Column("name", Kind.TEXT, "account__name", nullable=False),
    Column("value", Kind.QUANTITY, "value", nullable=False),
    Column("class", Kind.TEXT, "abc_class"),
    Column("share", Kind.SHARE, "share"),
    Column("cumulative_share", Kind.SHARE, "cumulative_share"),
    Column("previous_rank", Kind.WHOLE, "previous_rank", needs=COMPANY),
    Column("run", Kind.WHOLE, "run_id", nullable=False),
)
AMONG_VISIBLE = (
    *(replace(column, source=None) if column.kind is Kind.SHARE else column for column in RANKINGS),
    Column("running", Kind.WHOLE, "running"),
    Column("whole", Kind.WHOLE, "whole"),
)


class Rankings(OfRun, ListView):
    """Accounts by their place by one measure: places in the company, or among the accounts the reader sees."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_RANKINGS
    columns = RANKINGS
    ordering = "rank"

    def parameters(self, request):
        return super().parameters(request) | {"measure": measure_parameter(request, MEASURES)}

    def columns_for(self, user):
        return RANKINGS if may(user, COMPANY) else AMONG_VISIBLE

    def rows_of(self, request, run):
        return standings.ranking(run, self.asked["measure"], request.user)

    def sorts(self, user):
        return {"rank": Sort("rank", "place", tie="place")}

    def finished(self, rows, run):
        return [in_units(among_visible(row), self.asked["measure"]) for row in rows]


def among_visible(row: dict) -> dict:
    """Shares of the sum the reader sees, where they are not those of the company."""
    if "whole" in row:
        whole, running = row.pop("whole"), row.pop("running")
        row["share"], row["cumulative_share"] = as_share(row["value"], whole), as_share(running, whole)
    return row


def in_units(row: dict, measure: str) -> dict:
    """The value in its own unit. Shares of wallet do not add up, so they have no shares, nor classes by them."""
    row["value"] = Decimal(row["value"]).scaleb(-standings.DIGITS.get(measure, settings.CURRENCY_DIGITS))
    if measure == "potential":
        row["value"] = as_money(row["value"])
    if measure not in SUMMED:
        row["share"] = row["cumulative_share"] = row["class"] = None
    return row


class Concentration(OfRun, ApiView):
    """How much hangs on how few: of the company, or of the accounts the reader sees."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_RANKINGS

    def parameters(self, request):
        level = parameters.choice(("parent", "account"), "parent", "Families of accounts, or single accounts")
        return self.declared | {"measure": measure_parameter(request, SUMMED), "level": level}

    def get(self, request):
        run, measure, level = self.run(request), self.asked["measure"], self.asked["level"]
        figures = standings.concentration_of(run, measure, level, request.user)
        return Response({"measure": measure, "level": level, **figures, "run": self.run_summary(run)})

    def answer_schema(self, method):
        figures = {name: {"type": ["number", "null"]} for name in standings.FIGURES}
        texts = {name: {"type": "string"} for name in ("measure", "level")}
        return {"type": "object", "properties": {**texts, **figures, "run": RUN_SCHEMA}}


def measure_parameter(request, measures) -> parameters.Parameter:
    """The measures open to the reader: one that he may not see is unknown to him."""
    hidden = set() if request is None or may(request.user, PROFIT) else {"contribution"}
    return parameters.choice([measure for measure in measures if measure not in hidden], "revenue")
