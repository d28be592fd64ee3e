"""Teams."""

from accounts.models import Import, Team
from accounts.tables import Table

from . import master
from .outcome import Outcome
from .outgoing import Exported, rows_of
from .schemas import TEAMS as SCHEMA


def load(table: Table, record: Import) -> Outcome:
    outcome = Outcome()
    for batch in table.batches():
        rows = [row for _number, row in master.records(batch, SCHEMA.by_name)]
        outcome.count_all(master.upsert(Team, ["code"], rows))
    return outcome


def exported() -> Exported:
    return rows_of(Team.objects.order_by("code"), {name: name for name in SCHEMA.by_name})
