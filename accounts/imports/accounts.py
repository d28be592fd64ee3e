"""The customer master: accounts, their parents, and who looks after them since when."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Assignment, Import
from accounts.tables import Batch, Table

from . import codes, master
from .family import settle_parents
from .master import Row
from .outcome import Outcome
from .outgoing import Exported, rows_of
from .schemas import ACCOUNTS as SCHEMA

REFERENCES = {"team_code": "team_id", "manager_email": "manager_id", "sponsor_email": "sponsor_id"}
PEOPLE = ("manager_email", "sponsor_email")
LOOKED_AFTER = ("team_id", "manager_id")


def load(table: Table, record: Import) -> Outcome:
    """Bring the accounts of a file in. A change of team or manager ends one assignment and starts another."""
    loading = _Loading(table)
    for batch in table.batches():
        loading.add(batch)
    return loading.finish()


class _Loading:
    """One file on its way in."""

    def __init__(self, table: Table):
        self.table = table
        self.outcome = Outcome()
        self.names = [name for name in SCHEMA.by_name if name in table.columns]
        users = codes.user_ids()
        self.known = {"team_code": codes.team_ids(), "manager_email": users, "sponsor_email": users}
        self.parents: dict[str, tuple[int, str]] = {}  # code: row, parent's code
        self.unchanged: set[str] = set()
        self.today = timezone.localdate()

    def add(self, batch: Batch) -> None:
        rows = list(self._rows(batch))
        changes = master.upsert(Account, ["code"], rows)
        self.outcome.count_all(changes)
        self.unchanged |= {row["code"] for row in changes.unchanged}
        self._assign_new(changes.added)
        self._assign_again(changes.changed)

    def _rows(self, batch: Batch) -> Iterator[Row]:
        for number, row in master.records(batch, self.names):
            if "parent_code" in row:
                self.parents[row["code"]] = (number, row.pop("parent_code"))
            if self._refer(number, row):
                yield row

    def _refer(self, number: int, row: Row) -> bool:
        """Put ids in place of codes; False when one is unknown."""
        fine = True
        for name in [name for name in REFERENCES if name in row]:
            code = row.pop(name)
            id = self.known[name].get(code.lower() if name in PEOPLE else code)
            if code and id is None:
                self.table.refuse(number, name, code, _unknown(name))
                fine = False
            row[REFERENCES[name]] = id
        return fine

    def _assign_new(self, rows: list[Row]) -> None:
        for some in master.pieces(row["code"] for row in rows):
            self._assign(Account.objects.filter(code__in=some))

    def _assign_again(self, changed: list[tuple[Row, Row]]) -> None:
        moved = (
            before["id"] for row, before in changed if any(row.get(name) != before.get(name) for name in LOOKED_AFTER)
        )
        for ids in master.pieces(moved):
            current = Assignment.objects.filter(account__in=ids, until_on__isnull=True)
            current.filter(from_on=self.today).delete()  # it lasted no day at all
            current.update(until_on=self.today)
            self._assign(Account.objects.filter(pk__in=ids))

    def _assign(self, accounts) -> None:
        """From today on these accounts are looked after by the team and manager they have now."""
        looked_after = accounts.exclude(team=None, manager=None).values_list("id", *LOOKED_AFTER)
        rows = [
            {"account_id": id, "team_id": team, "manager_id": manager, "from_on": self.today}
            for id, team, manager in looked_after
        ]
        master.insert(Assignment, rows)

    def finish(self) -> Outcome:
        moved = settle_parents(self.table, self.parents) & self.unchanged
        self.outcome.count(changed=len(moved), unchanged=-len(moved))
        return self.outcome


def _unknown(name: str) -> str:
    if name in PEOPLE:
        return _("is nobody's login; import the users first")
    return _("is no team; import it first")


def exported() -> Exported:
    named = {
        "parent_code": "parent__code",
        "team_code": "team__code",
        "manager_email": "manager__email",
        "sponsor_email": "sponsor__email",
    }
    columns = {name: named.get(name, name) for name in SCHEMA.by_name}
    return rows_of(Account.objects.order_by("code"), columns)
