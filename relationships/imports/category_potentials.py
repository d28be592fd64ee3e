"""Category potentials: what accounts spend in one product category in a year, from all suppliers, and with whom."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.imports import master
from accounts.imports.codes import AccountCodes
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from accounts.tables.sieve import Batch
from relationships.models import CategoryPotential

from .schemas import CATEGORY_POTENTIALS as SCHEMA

KEY = ("account_id", "category")


def load(table: Table, record: Import) -> Outcome:
    """Bring potentials in; what is said of an account and category replaces what was said before."""
    outcome, accounts, names = Outcome(), AccountCodes(), list(SCHEMA.by_name)
    names = [name for name in names if name in table.columns]
    for batch in table.batches():
        rows = list(_rows(table, batch, names, accounts))
        changes = master.upsert(CategoryPotential, KEY, rows, stated_by_id=record.created_by_id)
        said_anew = [before["id"] for _row, before in changes.changed]
        CategoryPotential.objects.filter(pk__in=said_anew).update(stated_by=record.created_by_id)
        outcome.count_all(changes)
    return outcome


def _rows(table: Table, batch: Batch, names: list[str], accounts: AccountCodes) -> Iterator[master.Row]:
    for number, row in master.records(batch, names):
        code = row.pop("account_code")
        account = accounts.ids.get(code)
        if account is None:
            table.refuse(number, "account_code", code, _("is no account; import it first"))
        else:
            yield {"account_id": account, **row}


def exported() -> Exported:
    columns = {name: name for name in SCHEMA.by_name} | {"account_code": "account__code"}
    return rows_of(CategoryPotential.objects.order_by("account__code", "category"), columns)
