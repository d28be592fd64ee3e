"""Contracts over REST, to be read: their terms, and what was promised in them against what came."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import SHARE_UNIT, Column, Kind, as_month, schema_of
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, ListView, row_or_404
from profitability.api.run import OfPublishedRun
from profitability.models import Run
from profitability.queries import published_run
from relationships.agreements.standing import Agreed, Level, Promise, agreed, promised, with_levels
from relationships.models import Commitment, Contract, ServiceLevel

A_READ = 50  # contracts whose promises are counted in one query
CONTRACTS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("name", Kind.TEXT, "name", nullable=False),
    Column("reference", Kind.TEXT, "reference"),
    Column("from_on", Kind.DAY, "from_on", nullable=False),
    Column("until_on", Kind.DAY, "until_on"),
    Column("renewal", Kind.TEXT, "renewal", nullable=False),
    Column("renewal_months", Kind.WHOLE, "renewal_months"),
    Column("notice_days", Kind.WHOLE, "notice_days", nullable=False),
    Column("ended_on", Kind.DAY, "ended_on"),
    Column("link", Kind.TEXT, "link"),
    Column("note", Kind.TEXT, "note"),
    Column("is_running", Kind.FLAG, nullable=False),
    Column("runs_until", Kind.DAY),  # the end of the term that runs, renewals counted
    Column("notice_by", Kind.DAY),
    Column("figures_of", Kind.DAY),
    Column("commitments", Kind.DOCUMENT, nullable=False),
)
SPAN = (Column("from_on", Kind.DAY), Column("until_on", Kind.DAY))
COMMITMENTS = (
    Column("id", Kind.WHOLE, nullable=False),
    Column("side", Kind.TEXT, nullable=False),
    Column("measure", Kind.TEXT, nullable=False),
    Column("category", Kind.TEXT),
    Column("period", Kind.TEXT, nullable=False),
    Column("least", Kind.QUANTITY),
    Column("most", Kind.QUANTITY),
    Column("note", Kind.TEXT),
    *SPAN,
    Column("actual", Kind.QUANTITY),
    Column("gone", Kind.SHARE),
    Column("standing", Kind.TEXT),
)
LEVELS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("measure", Kind.TEXT, "measure", nullable=False),
    Column("name", Kind.TEXT, "name"),
    Column("unit", Kind.TEXT, "unit"),
    Column("least", Kind.QUANTITY, "least"),
    Column("most", Kind.QUANTITY, "most"),
    *SPAN,
    Column("actual", Kind.QUANTITY),
    Column("lately", Kind.QUANTITY),  # over the last three months
    Column("standing", Kind.TEXT, nullable=False),
    Column("read_in", Kind.MONTH),  # of a level that no ledger holds
)


class Contracts(OfPublishedRun, ListView):
    """The contracts of the accounts in sight, the latest begun first, each with its commitments."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_CONTRACTS
    columns, ordering = CONTRACTS, "-from_on"
    filters = {
        "account": ("account__code", parameters.text("Code of the account")),
        "kind": ("kind", parameters.choice(Contract.Kind.values)),
        "team": ("account__team__code", parameters.text("Code of the account’s team")),
        "manager": ("account__manager__email__iexact", parameters.text("E-mail of the account’s manager")),
    }

    def rows_of(self, request, run):
        return Contract.objects.visible_to(request.user)

    def sorts(self, user):
        return {"-from_on": Sort("-from_on", "from_on", descending=True, tie="pk")}

    def finished(self, listed, run):
        return with_standing(self.request.user, listed, run)

    def answer_schema(self, method):
        whole = super().answer_schema(method)
        whole["properties"]["results"]["items"] = described()
        return whole


class ContractDetail(ApiView):
    """One contract with its commitments."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_CONTRACTS

    def get(self, request, contract_id):
        rows = Contract.objects.visible_to(request.user).filter(pk=contract_id)
        row = row_or_404(rows, CONTRACTS, request.user)
        return Response(with_standing(request.user, [row], published_run())[0])

    def answer_schema(self, method):
        return described()


class ServiceLevels(OfPublishedRun, ListView):
    """The levels of service that we promised in a contract, over the last twelve months and the last three."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_CONTRACTS
    columns, ordering = LEVELS, "id"
    filters = {"measure": ("measure", parameters.choice(ServiceLevel.Measure.values))}

    def rows_of(self, request, run, contract_id):
        self.contract = get_object_or_404(Contract.objects.visible_to(request.user), pk=contract_id)
        return ServiceLevel.objects.filter(contract=self.contract)

    def sorts(self, user):
        return {"id": Sort("id", "pk", tie="pk")}

    def finished(self, listed, run):
        found = with_levels(self.request.user, agreed(self.contract, timezone.localdate()), day_of(run))
        stands = {each.row.pk: each for each in found.levels}
        return [row | told_level(stands[row["id"]]) for row in listed]


def day_of(run: Run | None) -> date | None:
    """The last day that the figures hold."""
    return min(run.as_of, timezone.localdate()) if run else None


def with_standing(user, listed: list[dict], run: Run | None) -> list[dict]:
    """The term of each, and how its promises stand; a part of the page at a time."""
    rows = Contract.objects.select_related("account").in_bulk([row["id"] for row in listed])
    as_of, today = day_of(run), timezone.localdate()
    found: dict[int, Agreed] = {}
    ordered = [rows[row["id"]] for row in listed]
    for start in range(0, len(ordered), A_READ):
        found |= {each.row.pk: each for each in promised(user, ordered[start : start + A_READ], today, as_of)}
    commitments = commitments_of(rows)
    return [row | told_terms(found[row["id"]], as_of, commitments.get(row["id"], [])) for row in listed]


def commitments_of(contracts) -> dict[int, list[Commitment]]:
    found: dict[int, list[Commitment]] = {}
    for row in Commitment.objects.filter(contract__in=contracts).order_by("pk"):
        found.setdefault(row.contract_id, []).append(row)
    return found


def told_terms(found: Agreed, as_of: date | None, commitments: Sequence[Commitment]) -> dict:
    promises = {each.row.pk: each for each in found.promises}
    return {
        "is_running": found.running is not None,
        "runs_until": found.running.until_on if found.running else None,
        "notice_by": found.notice_by,
        "figures_of": as_of,
        "commitments": [told_promise(row, promises.get(row.pk)) for row in commitments],
    }


def told_promise(row: Commitment, found: Promise | None) -> dict:
    """What was promised; of one whose time has not begun no more than that."""
    return {
        "id": row.pk,
        "side": row.side,
        "measure": row.measure,
        "category": row.category or None,
        "period": row.period,
        "least": row.least,
        "most": row.most,
        "note": row.note or None,
        "from_on": found.span.from_on if found else None,
        "until_on": found.span.until_on if found else None,
        "actual": rounded(found.actual_number) if found else None,
        "gone": rounded(found.gone_number) if found else None,
        "standing": found.standing if found else None,
    }


def told_level(found: Level) -> dict:
    return {
        "from_on": found.span.from_on if found.span else None,
        "until_on": found.span.until_on if found.span else None,
        "actual": rounded(found.actual_number),
        "lately": rounded(found.lately_number),
        "standing": found.standing,
        "read_in": as_month(found.reading.month) if found.reading else None,
    }


def rounded(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(SHARE_UNIT)


def described() -> dict:
    whole = schema_of(CONTRACTS)
    whole["properties"]["commitments"] = {"type": "array", "items": schema_of(COMMITMENTS)}
    return whole
