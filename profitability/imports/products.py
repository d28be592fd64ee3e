"""Products."""

from django.db.models import Case, When

from accounts.imports import master
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from profitability.models import Product

from .schemas import PRODUCTS as SCHEMA


def load(table: Table, record: Import) -> Outcome:
    outcome = Outcome()
    names = [name for name in SCHEMA.by_name if name in table.columns]
    for batch in table.batches():
        rows = [row for _number, row in master.records(batch, names)]
        outcome.count_all(master.upsert(Product, ["code"], rows))
    return outcome


def exported() -> Exported:
    named = {"name": named_or_code("")}
    return rows_of(Product.objects.order_by("code"), {name: named.get(name, name) for name in SCHEMA.by_name})


def named_or_code(product: str) -> Case:
    """The name of the product at that path, or its code where it has none: a name is required on the way back."""
    return Case(When(**{f"{product}name": ""}, then=f"{product}code"), default=f"{product}name")
