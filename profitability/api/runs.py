"""Runs and their balance."""

from decimal import Decimal

from django.db.models.functions import Coalesce
from django.http import Http404
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, as_share, schema_of
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, ListView, row_or_404
from profitability.api.run import COMPANY, OfPublishedRun
from profitability.models import Run
from profitability.queries import BALANCE, balance_of

COSTS = Permission.SEE_COSTS


def progress(row: dict) -> Decimal | None:
    """How much of a run is done; a published one is done, whatever it counted."""
    done = row["published_at"] is not None
    return as_share(1, 1) if done else as_share(row["steps_done"], row["steps_total"])


RUNS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("from", Kind.MONTH, "first_month"),
    Column("to", Kind.MONTH, "last_month"),
    Column("model_code", Kind.TEXT, "cost_model__code"),
    Column("model_version", Kind.WHOLE, "cost_model__version"),
    Column("engine", Kind.TEXT, "engine"),
    Column("step", Kind.TEXT, "step"),
    Column("steps_done", Kind.WHOLE, "steps_done", nullable=False),
    Column("steps_total", Kind.WHOLE, "steps_total", nullable=False),
    Column("progress", Kind.SHARE, derive=progress),
    Column("attempts", Kind.WHOLE, "attempts", nullable=False),
    Column("message", Kind.TEXT, "message", needs=COSTS),  # names pools and months
    Column("input_fingerprint", Kind.TEXT, "input_fingerprint", needs=COMPANY),  # tells that hidden figures changed
    Column("result_hash", Kind.TEXT, "result_hash", needs=COMPANY),
    Column("difference", Kind.MONEY, "difference"),
    Column("created_at", Kind.INSTANT, "created_at", nullable=False),
    Column("started_at", Kind.INSTANT, "started_at"),
    Column("finished_at", Kind.INSTANT, "finished_at"),
    Column("published_at", Kind.INSTANT, "published_at"),
)
BALANCE_ROW = (Column("pool", Kind.TEXT), *(Column(name, Kind.MONEY, nullable=False) for name in BALANCE))


def with_window():
    """All runs with the window they calculated, or, before that, the one they were asked for."""
    first, last = Coalesce("month_from", "asked_from"), Coalesce("month_to", "asked_to")
    return Run.objects.annotate(first_month=first, last_month=last)


class Runs(OfPublishedRun, ListView):
    """Runs, newest first, whatever became of them."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_RUNS
    columns = RUNS
    filters = {"state": ("state", parameters.choice(Run.State.values))}
    ordering = "-id"

    def rows_of(self, request, run):
        return with_window()

    def sorts(self, user):
        return {"-id": Sort("-id", "pk", descending=True, tie="pk")}


class RunDetail(ApiView):
    """One run: how far it is, and what came of it."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_RUNS

    def get(self, request, run_id):
        return Response(self.row(run_id, request.user))

    @staticmethod
    def row(run_id: int, user) -> dict:
        return row_or_404(with_window().filter(pk=run_id), RUNS, user)

    def answer_schema(self, method):
        return schema_of(RUNS)


class Balance(ApiView):
    """Where the cost of each pool went, over the months of the run: it closes to the cent, or is not published."""

    policy = Permission.SEE_COSTS
    scope = Scope.READ_RUNS

    def get(self, request, run_id):
        run = Run.objects.select_related("cost_model").filter(pk=run_id).first()
        if run is None:
            raise Http404
        found = balance_of(run).as_json()
        return Response(found | {"total": {"pool": None} | found["total"]})

    def answer_schema(self, method):
        row = schema_of(BALANCE_ROW)
        return {"type": "object", "properties": {"rows": {"type": "array", "items": row}, "total": row}}
