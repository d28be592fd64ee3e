"""Touchpoints: meetings, visits and calls, from a file of another system.

One is known by its key, whatever way it came in; without a key by account, day, kind and subject, among those without
one. Columns that a file lacks stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.imports import master
from accounts.imports.codes import AccountCodes, user_ids
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported
from accounts.models import Account, Import
from accounts.tables import Table
from accounts.tables.sieve import Batch
from relationships.models import Contact, Touchpoint

from .schemas import TOUCHPOINTS as SCHEMA

SOURCE = "csv"
BETWEEN = "; "
PEOPLE = ("contact_emails", "our_emails")
NATURAL = ("account_id", "held_on", "kind", "subject")
DEFAULTS = {"kind": Touchpoint.Kind.MEETING.value, "subject": ""}

Known = tuple  # its key, or what stands for it


@dataclass
class Coming:
    """One row of the file: the touchpoint's own columns, and by kind the people named."""

    row: master.Row
    people: dict[str, set[int]] = field(default_factory=dict)


def load(table: Table, record: Import) -> Outcome:
    """Bring touchpoints in."""
    loading = _Loading(table, record)
    for batch in table.batches():
        loading.add(batch)
    return loading.finish()


def known_by(row: master.Row) -> Known:
    return ("key", row["key"]) if row.get("key") else tuple({**DEFAULTS, **row}[name] for name in NATURAL)


class _Loading:
    """One file on its way in."""

    def __init__(self, table: Table, record: Import):
        self.table, self.record = table, record
        self.names = [name for name in SCHEMA.by_name if name in table.columns]
        self.accounts, self.users = AccountCodes(), user_ids()
        self.managers = dict(Account.objects.exclude(manager=None).values_list("pk", "manager"))
        self.contacts = {
            (account, email.lower()): pk
            for pk, account, email in Contact.objects.exclude(email="").values_list("pk", "account_id", "email")
        }
        self.coming: dict[Known, Coming] = {}

    def add(self, batch: Batch) -> None:
        for number, row in master.records(batch, self.names):
            code = row.pop("account_code")
            account = self.accounts.ids.get(code)
            if account is None:
                self.table.refuse(number, "account_code", code, _("is no account; import it first"))
                continue
            people = {name: set(self._people(number, name, row.pop(name), account)) for name in PEOPLE if name in row}
            stated = {name: row.pop(name) or default for name, default in DEFAULTS.items() if name in row}
            self._take(number, {"account_id": account, **row, **stated}, people)

    def _take(self, number: int, row: master.Row, people: dict[str, set[int]]) -> None:
        known = known_by(row)
        if known in self.coming:
            column, value = ("key", row["key"]) if row.get("key") else ("held_on", str(row["held_on"]))
            self.table.refuse(number, column, value, _("is this touchpoint further up in the file"))
        elif self._logger(row["account_id"], people) is None:
            self.table.refuse(number, "our_emails", "", _("must name one of us: the account has no manager"))
        else:
            self.coming[known] = Coming(row, people)

    def _people(self, number: int, column: str, text: str, account: int) -> Iterator[int]:
        for email in filter(None, (part.strip() for part in text.replace(",", ";").split(";"))):
            is_theirs = column == "contact_emails"
            found = self.contacts.get((account, email.lower())) if is_theirs else self.users.get(email.lower())
            if found:
                yield found
            else:
                theirs = _("is no contact of this account; import the contacts first")
                reason = theirs if is_theirs else _("is nobody's login; import the users first")
                self.table.refuse(number, column, email, reason)

    def _logger(self, account: int, people: dict[str, set[int]]) -> int | None:
        """Who counts as the one who logged it: whoever imports, else one who was there, else the manager."""
        return self.record.created_by_id or min(people.get("our_emails", ()), default=self.managers.get(account))

    def finish(self) -> Outcome:
        outcome, stored = Outcome(), self._stored()
        if self.table.problem_count:
            return outcome
        ids = {known: row["id"] for known, row in stored.items()}
        before = self._joined(ids.values())
        for known, coming in self.coming.items():
            if known not in stored:
                self._insert(coming)
                outcome.count(added=1)
            else:
                changed = self._update(coming, stored[known], before)
                outcome.count(changed=int(changed), unchanged=int(not changed))
        return outcome

    def _stored(self) -> dict[Known, master.Row]:
        """Those that the file means, by what they are known by; of a file goes before others of the same key."""
        names = [
            "id",
            "account_id",
            *(name for name in SCHEMA.by_name if name not in ("account_code", *PEOPLE)),
            "source",
        ]
        found: dict[Known, master.Row] = {}
        keys = [known[1] for known in self.coming if known[0] == "key"]
        for some in master.pieces(keys):
            for row in Touchpoint.objects.filter(key__in=some).values(*names):
                if row["source"] == SOURCE or ("key", row["key"]) not in found:
                    found["key", row["key"]] = row
        accounts = {coming.row["account_id"] for known, coming in self.coming.items() if known[0] != "key"}
        for some in master.pieces(accounts):
            for row in Touchpoint.objects.filter(account__in=some, key="").values(*names).order_by("-pk"):
                found[tuple(row[name] for name in NATURAL)] = row
        return {known: row for known, row in found.items() if known in self.coming}

    def _joined(self, ids) -> dict[tuple[str, int], set[int]]:
        """The people of stored touchpoints, by kind and touchpoint."""
        joined: dict[tuple[str, int], set[int]] = {}
        for some in master.pieces(ids):
            for name, model, other in THROUGH:
                for touchpoint, person in model.objects.filter(touchpoint__in=some).values_list("touchpoint_id", other):
                    joined.setdefault((name, touchpoint), set()).add(person)
        return joined

    def _insert(self, coming: Coming) -> None:
        logged_by = self._logger(coming.row["account_id"], coming.people)
        made = Touchpoint.objects.create(source=SOURCE, logged_by_id=logged_by, **coming.row)
        for name, people in coming.people.items():
            FIELD[name](made).set(people)

    def _update(self, coming: Coming, stored: master.Row, before: dict) -> bool:
        """Whether the row said something else than is stored."""
        differing = {name: value for name, value in coming.row.items() if stored[name] != value}
        moved = {
            name: people for name, people in coming.people.items() if people != before.get((name, stored["id"]), set())
        }
        if not differing and not moved:
            return False
        row = Touchpoint.objects.get(pk=stored["id"])
        for name, value in differing.items():
            setattr(row, name, value)
        row.revision += 1
        row.save(update_fields=[*(name.removesuffix("_id") for name in differing), "revision"])
        for name, people in moved.items():
            FIELD[name](row).set(people)
        return True


FIELD = {"contact_emails": lambda row: row.contacts, "our_emails": lambda row: row.people}
THROUGH = (
    ("contact_emails", Touchpoint.contacts.through, "contact_id"),
    ("our_emails", Touchpoint.people.through, "user_id"),
)


def exported() -> Exported:
    return list(SCHEMA.by_name), _rows()


def _rows() -> Iterator[tuple]:
    """Those with a key and those without, by account and day."""
    rows = Touchpoint.objects.select_related("account").prefetch_related("contacts", "people")
    for row in rows.order_by("account__code", "held_on", "pk").iterator(chunk_size=2_000):
        yield tuple(_cell(row, name) for name in SCHEMA.by_name)


def _cell(row: Touchpoint, name: str):
    if name == "account_code":
        return row.account.code
    if name in PEOPLE:
        emails = sorted(each.email for each in FIELD[name](row).all() if each.email)
        return BETWEEN.join(emails)
    return getattr(row, name)
