"""Store a calculation and put it behind every page. Only the latest attempt at a run may publish."""

import json
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import bulk
from profitability import queue, releases
from profitability.books import CannotRun, digest
from profitability.calculation import Calculation, calculate
from profitability.models import (
    ActivityTotal,
    Concentration,
    MethodCost,
    MonthResult,
    PoolBalance,
    Ranking,
    Result,
    Run,
)
from profitability.rows import tables

__all__ = ["CannotRun", "calculate", "publish", "store"]

ROW_TABLES = (PoolBalance, ActivityTotal, Ranking, Concentration, MethodCost, MonthResult, Result)
NOT_HASHED_TABLES = (Concentration, MethodCost)  # they follow from the others
NOT_HASHED = {"run_id", "attempt", "account_id", "previous_rank"}  # ids of rows, and what another run found


def store(run: Run, calculation: Calculation) -> None:
    """Write this attempt's rows, table by table; nobody sees them before the run is published."""
    for table in ROW_TABLES:
        table.objects.filter(run=run).delete()
    for table, columns in tables(run, calculation):
        with transaction.atomic():
            bulk.insert(table, columns)
        if table not in NOT_HASHED_TABLES:
            calculation.hashes.append(hash_of(columns))
        queue.tell(
            run,
            _("Storing the results"),
            len(calculation.books.months) + 2,
            len(calculation.books.months) + 3,
        )


def hash_of(columns: dict[str, list]) -> str:
    """The same figures give the same hash on every database: ids of rows stay out of it."""
    names = [name for name in columns if name not in {"run_id", "attempt", "account_id", "previous_rank"}]
    return digest(json.dumps([[name, columns[name]] for name in names], default=str).encode())


def publish(run: Run, input_hashes: dict[str, str], result_hashes: list[str]) -> bool:
    """Check that the run closes and put it behind every page, in one transaction. Only the latest attempt may.

    One that would change a closed month is held until a person approves it. Returns whether it is published.
    """
    with transaction.atomic(durable=True):
        row = queue.mine(run).select_for_update().first()
        if row is None:
            raise queue.Overtaken(run.pk)
        check_closure(run)
        row.finished_at, row.lease_until = timezone.now(), None
        row.inputs = input_hashes
        row.input_fingerprint = digest(json.dumps(input_hashes, sort_keys=True).encode())
        row.result_hash = digest(json.dumps(result_hashes).encode())
        row.difference = Decimal(0)
        row.steps_done = row.steps_total
        return releases.release(row)


def check_closure(run: Run) -> None:
    """What is stored closes: every pool, and the pools against the accounts. Else nothing is published."""
    balance = PoolBalance.objects.filter(run=run, attempt=run.attempts)
    open_pools = sorted(set(balance.exclude(difference=0).values_list("pool", flat=True)))
    if open_pools:
        raise CannotRun(_("The run does not close: %(pools)s.") % {"pools": ", ".join(open_pools)})
    pools = balance.aggregate(on=Sum("accounts"), off=Sum("no_account"))
    results = Result.objects.filter(run=run, attempt=run.attempts)
    on = results.of_accounts().aggregate(sum=Sum("cost_to_serve"))["sum"] or 0
    off = results.filter(account__isnull=True).aggregate(sum=Sum("cost_to_serve"))["sum"] or 0
    if ((pools["on"] or 0), (pools["off"] or 0)) != (on, off):
        raise CannotRun(_("The run does not close: pools and accounts differ."))
