"""Order lines: who bought what, when, for how much."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.utils.translation import gettext as _

from accounts.imports.codes import AccountCodes
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Batch, Table
from profitability.models import OrderLine

from . import arrays
from .amounts import Amounts
from .arrays import NULL
from .ledger import Ledger, Rows
from .marks import marks
from .products import named_or_code
from .products_seen import ProductsSeen, stated_first
from .schemas import ORDER_LINES as SCHEMA

NAMED = ("account_name", "account_country")  # of accounts made on the way


def load(table: Table, record: Import) -> Outcome:
    """Bring the lines of a file into the ledger."""
    loading = _Loading(table, record)
    for batch in table.batches():
        loading.add(batch)
    return loading.finish()


class OrderLedger(Ledger):
    """The order lines; keeps the marks right over all lines of an order."""

    model = OrderLine
    first, second = "order_id", "line_no"
    dated = "ordered_on"
    values = (
        "ordered_on",
        "month",
        "account_id",
        "product_id",
        "quantity",
        "list_amount",
        "discount_amount",
        "net_amount",
        "cost_amount",
        "freight_amount",
        "due_on",
        "shipped_on",
        "is_express",
        "is_return",
        "counts",
    )
    summed = {
        "quantity": "quantity",
        "list": "list_amount",
        "discount": "discount_amount",
        "net": "net_amount",
        "cost": "cost_amount",
        "freight": "freight_amount",
    }

    def compared(self, rows: Rows, stored: Rows) -> list[str]:
        return [name for name in self.values if name != "counts"]

    def settle(self, rows: Rows, stored: Rows, superseded: np.ndarray) -> None:
        """Mark the new lines together with the lines that stay of the same orders."""
        if not len(rows):
            return
        stays = np.ones(len(stored), bool)
        stays[superseded] = False
        kept = stored.where(stays)
        together = {
            name: np.concatenate([kept.columns[name], rows.columns[name]]) for name in rows.columns if name != "counts"
        }
        together["order"] = np.concatenate([kept.first.places, rows.first.places])
        found = marks(together)
        self._remark(kept, found[: len(kept)])
        rows.columns["counts"] = found[len(kept) :]

    def _remark(self, kept: Rows, counts: np.ndarray) -> None:
        other = np.flatnonzero(counts != kept.columns["counts"])
        changes = zip(counts[other].tolist(), kept.columns["id"][other].tolist(), strict=True)
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE profitability_orderline SET counts = %s WHERE id = %s", list(changes))


class _Loading:
    """One file on its way into the ledger."""

    def __init__(self, table: Table, record: Import):
        self.table, self.record = table, record
        self.ledger = OrderLedger(table, record)
        self.accounts = AccountCodes()
        self.products = ProductsSeen()

    def add(self, batch: Batch) -> None:
        amounts = Amounts(batch)
        accounts = self._known_accounts(batch)
        bad = np.zeros(len(batch), bool)
        for rows, column, values, reason in self._complaints(batch, amounts, accounts):
            for row in np.flatnonzero(rows & ~bad).tolist():
                self.table.refuse(batch.rows[row], column, values(row), reason)
            bad |= rows
        rows = self._rows(batch, amounts, accounts)
        if bad.any():
            self.ledger.add(rows.where(~bad), batch.rows[~bad])
        else:
            self.ledger.add(rows, batch.rows)

    def _known_accounts(self, batch: Batch) -> arrays.Coded:
        accounts = arrays.coded(batch.columns["account_code"])
        unknown = [code for code in accounts.texts if code not in self.accounts.ids]
        if unknown and self.table.mapping.create_missing_accounts:
            stated = (stated_first(accounts, batch.columns[name], unknown) for name in NAMED)
            self.accounts.make(unknown, *stated)
        return accounts

    def _complaints(self, batch: Batch, amounts: Amounts, accounts: arrays.Coded) -> Iterator[tuple]:
        unknown = accounts.numbers(self.accounts.ids) == NULL
        codes = batch.columns["account_code"]
        yield (
            unknown & (accounts.places >= 0),
            "account_code",
            lambda row: codes[row].as_py(),
            _("is no account; import it first"),
        )
        yield from amounts.complaints()

    def _rows(self, batch: Batch, amounts: Amounts, accounts: arrays.Coded) -> Rows:
        products = arrays.coded(batch.columns["product_code"])
        self.products.see(products, batch.columns)
        ordered_on = arrays.whole(batch.columns["ordered_on"])
        columns = {
            "line_no": arrays.whole(batch.columns["line_no"]),
            "ordered_on": ordered_on,
            "month": arrays.months(ordered_on),
            "account_id": accounts.numbers(self.accounts.ids),
            "product_id": products.numbers(self.products.ids),
            "quantity": amounts.quantity,
            "list_amount": amounts.list,
            "discount_amount": amounts.discount,
            "net_amount": amounts.net,
            "cost_amount": arrays.whole(batch.columns["cost_amount"], 0),
            "freight_amount": arrays.whole(batch.columns["freight_amount"], 0),
            "due_on": arrays.whole(batch.columns["due_on"]),
            "shipped_on": arrays.whole(batch.columns["shipped_on"]),
            "is_express": arrays.whole(batch.columns["express"], 0),
            "is_return": _returned(batch),
        }
        return Rows(arrays.coded(batch.columns["order_id"]), columns)

    def finish(self) -> Outcome:
        outcome = self.ledger.finish()
        accounts, products = _("Made accounts on the way: %s."), _("Made products on the way: %s.")
        if self.record.dry_run:
            accounts, products = _("Accounts to be made on the way: %s."), _("Products to be made on the way: %s.")
        made = ((accounts, self.accounts.made), (products, self.products.made))
        outcome.notes += [sentence % count for sentence, count in made if count]
        return outcome


def _returned(batch: Batch) -> np.ndarray:
    """As the file or its map says, else whatever has a negative quantity."""
    negative = pc.less(batch.columns["quantity"], pa.scalar(0, pa.int64()))
    return arrays.whole(pc.coalesce(batch.columns["is_return"], negative))


def exported() -> Exported:
    named = {
        "account_code": "account__code",
        "product_code": "product__code",
        "product_name": named_or_code("product__"),
        "category": "product__category",
        "express": "is_express",
    }
    left_out = {"unit_price", *NAMED}
    columns = {name: named.get(name, name) for name in SCHEMA.by_name if name not in left_out}
    return rows_of(OrderLine.objects.current().order_by("order_id", "line_no"), columns)
