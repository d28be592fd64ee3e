"""Activity events: what we did for an account, how often, how long, and further numbers (x_NAME)."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from django.utils.translation import gettext as _

from accounts import bulk
from accounts.imports.codes import AccountCodes
from accounts.imports.master import fetched, pieces
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import TOGETHER, Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from accounts.tables.amounts import shown
from accounts.tables.sieve import Batch
from profitability.models import ActivityEvent, EventAttribute

from . import arrays
from .arrays import NULL
from .ledger import Ledger, Rows
from .schemas import ACTIVITY_EVENTS as SCHEMA
from .schemas import EXTRA, TAKEN


def load(table: Table, record: Import) -> Outcome:
    """Bring the events of a file into the ledger."""
    ledger, accounts = EventLedger(table, record), AccountCodes()
    refused: set[str] = set()
    for batch in table.batches():
        _refuse_taken(batch, table, refused)
        rows = _rows(batch, accounts, ledger)
        known = rows.columns["account_id"] != NULL
        for row in np.flatnonzero(~known).tolist():
            code = batch.columns["account_code"][row].as_py()
            table.refuse(batch.rows[row], "account_code", code, _("is no account; import it first"))
        ledger.add(rows.where(known), batch.rows[known])
    return ledger.finish()


def _refuse_taken(batch: Batch, table: Table, refused: set[str]) -> None:
    """Say once of each column whose measure would be mistaken for one of the event's own."""
    for name in (TAKEN & batch.columns.keys()) - refused:
        stated = np.flatnonzero(batch.columns[name].is_valid().to_numpy(zero_copy_only=False))
        if len(stated):
            refused.add(name)
            value = shown(batch.columns[name][stated[0]].as_py())
            reason = _("is read as %(name)s, and the measure “%(measure)s” of an event stands in a column of its own")
            names = {"name": name, "measure": name.removeprefix(EXTRA)}
            table.refuse(batch.rows[stated[0]], name, value, reason % names)


def _rows(batch: Batch, accounts: AccountCodes, ledger: "EventLedger") -> Rows:
    occurred_on = arrays.whole(batch.columns["occurred_on"])
    columns = {
        "account_id": arrays.coded(batch.columns["account_code"]).numbers(accounts.ids),
        "event_type": ledger.words.of(arrays.coded(batch.columns["event_type"])),
        "occurred_on": occurred_on,
        "month": arrays.months(occurred_on),
        "quantity": arrays.whole(batch.columns["quantity"], 10_000),
        "minutes": arrays.whole(batch.columns["minutes"], 0),
        **{name: arrays.whole(values) for name, values in batch.columns.items() if name.startswith(EXTRA)},
    }
    return Rows(arrays.coded(batch.columns["event_id"]), columns)


class EventLedger(Ledger):
    """The activity events; their further numbers are compared with them and kept in rows of their own."""

    model = ActivityEvent
    first = "event_id"
    dated = "occurred_on"
    values = ("account_id", "event_type", "occurred_on", "month", "quantity", "minutes")
    summed = {"quantity": "quantity", "minutes": "minutes"}

    def _stored(self, first: arrays.Coded) -> Rows:
        """With the attributes as columns x_NAME."""
        stored = super()._stored(first)
        place = {id: place for place, id in enumerate(stored.columns["id"].tolist())}
        for ids in pieces(place):
            attributes = EventAttribute.objects.filter(event__in=ids)
            for id, name, amount in fetched(attributes.values_list("event_id", "name", "amount")):
                column = stored.columns.setdefault(EXTRA + name, np.full(len(stored), NULL))
                column[place[id]] = amount
        return stored

    def compared(self, rows: Rows, stored: Rows) -> Sequence[str]:
        for one, other in ((rows, stored), (stored, rows)):
            for name in filter(_is_extra, other.columns):
                one.columns.setdefault(name, np.full(len(one), NULL))
        return [*self.values, *filter(_is_extra, rows.columns)]

    def model_columns(self, rows: Rows) -> list[str]:
        return [name for name in super().model_columns(rows) if not _is_extra(name)]

    def insert(self, rows: Rows) -> None:
        super().insert(rows)
        names = [name for name in rows.columns if _is_extra(name)]
        if names:
            ids = self._new_ids(rows)
            for name in names:
                self._insert_attribute(name, ids, rows.columns[name])

    def _new_ids(self, rows: Rows) -> np.ndarray:
        """The ids that the rows just got."""
        texts = rows.first.spread()
        ids: dict[str, int] = {}
        for some in pieces(texts):
            written = self.model.objects.filter(event_id__in=some, imported_in=self.record)
            ids.update(written.values_list("event_id", "id"))
        return np.array([ids[text] for text in texts], np.int64)

    def _insert_attribute(self, name: str, ids: np.ndarray, amounts: np.ndarray) -> None:
        stated = amounts != NULL
        columns = {"event_id": ids[stated].tolist(), "amount": amounts[stated].tolist()}
        bulk.insert(EventAttribute, columns, {"name": name.removeprefix(EXTRA)})


def _is_extra(name: str) -> bool:
    return name.startswith(EXTRA)


def exported() -> Exported:
    current = EventAttribute.objects.filter(event__superseded_in__isnull=True)
    stored = current.order_by().values_list("name", flat=True).distinct()
    names = sorted(name for name in stored if EXTRA + name not in TAKEN)
    columns = {name: "account__code" if name == "account_code" else name for name in SCHEMA.by_name}
    _names, events = rows_of(ActivityEvent.objects.current().order_by("event_id"), {"id": "id", **columns})
    return [*columns, *(EXTRA + name for name in names)], _with_attributes(events, names)


def _with_attributes(events: Iterator[tuple], names: list[str]) -> Iterator[tuple]:
    while some := list(islice(events, TOGETHER)):
        attributes = EventAttribute.objects.filter(event__in=[id for id, *_cells in some])
        amounts = {(id, name): amount for id, name, amount in attributes.values_list("event_id", "name", "amount")}
        for id, *cells in some:
            yield (*cells, *(amounts.get((id, name)) for name in names))
