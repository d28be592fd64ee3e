"""Resource costs: what each pool cost in a month, and the minutes it could work."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from profitability.costs import amount_out, outside_model, parted
from profitability.models import CostModel, ResourceCost
from profitability.sentences import months_in_words, spoken_month

from . import arrays
from .ledger import Ledger, Rows
from .schemas import RESOURCE_COSTS as SCHEMA

CHANGES_NAMED = 20  # in a report; more would not be read


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
    outcome = ledger.finish()
    outcome.notes += [*_unknown_pools(record), *_changes(record)]
    return outcome


def _unknown_pools(record: Import) -> Iterator[str]:
    """Pools of this file that the model of the next run lacks: a slip, or a model that has to grow."""
    model = CostModel.objects.current()
    lines = ResourceCost.objects.current().filter(imported_in=record)
    found = outside_model(model, lines).order_by("pool_code") if model else lines.none()
    months: dict[str, list[int]] = defaultdict(list)
    for pool, month in found.values_list("pool_code", "month"):
        months[pool].append(month)
    text = _(
        "The pool %(pool)s (%(months)s) is not in the cost model %(model)s: no run goes through until it is added "
        "there, or its costs are 0."
    )
    for pool, of_pool in months.items():
        yield text % {"pool": pool, "months": months_in_words(of_pool, spoken_month), "model": model}


def _changes(record: Import) -> Iterator[str]:
    """What the file changes, with what stood there before: a slip of the decimal mark shows at once."""
    before = ResourceCost.objects.filter(superseded_in=record).order_by("pool_code", "month")
    now = {(row.pool_code, row.month): row for row in ResourceCost.objects.current().filter(imported_in=record)}
    for row in before[:CHANGES_NAMED]:
        yield f"{row.pool_code} {spoken_month(row.month)}: {_change(row, now[row.pool_code, row.month])}."
    if (rest := before.count() - CHANGES_NAMED) > 0:
        yield ngettext("%s more row is changed.", "%s more rows are changed.", rest) % rest


def _change(before: ResourceCost, now: ResourceCost) -> str:
    shown = {"amount": (_("amount"), amount_out), "practical_minutes": (_("practical minutes"), parted)}
    parts = []
    for name, (label, show) in shown.items():
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            parts.append(f"{label} {show(old, '.') or '–'} → {show(new, '.') or '–'}")
    return ", ".join(parts)


def exported() -> Exported:
    costs = ResourceCost.objects.current().order_by("pool_code", "month")
    columns, rows = rows_of(costs, {name: name for name in SCHEMA.by_name})
    return columns, ((pool, f"{month // 100}-{month % 100:02d}", *numbers) for pool, month, *numbers in rows)
