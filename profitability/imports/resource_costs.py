"""Resource costs: what each pool cost in a month, and the minutes it could work."""

from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from profitability.models import ResourceCost

from . import arrays
from .ledger import Ledger, Rows
from .schemas import RESOURCE_COSTS as SCHEMA


class CostLedger(Ledger):
    """The costs of pools by month."""

    model = ResourceCost
    first, second = "pool_code", "month"
    dated = "month"
    values = ("amount", "practical_minutes")
    summed = {"amount": "amount", "practical_minutes": "practical_minutes"}


def load(table: Table, record: Import) -> Outcome:
    """Bring the costs of a file into the ledger."""
    ledger = CostLedger(table, record)
    for batch in table.batches():
        columns = {name: arrays.whole(batch.columns[name]) for name in ("month", "amount", "practical_minutes")}
        ledger.add(Rows(arrays.coded(batch.columns["pool_code"]), columns), batch.rows)
    return ledger.finish()


def exported() -> Exported:
    costs = ResourceCost.objects.current().order_by("pool_code", "month")
    columns, rows = rows_of(costs, {name: name for name in SCHEMA.by_name})
    return columns, ((pool, f"{month // 100}-{month % 100:02d}", *numbers) for pool, month, *numbers in rows)
