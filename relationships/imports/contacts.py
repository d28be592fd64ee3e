"""Contacts: who is who at a customer, to whom they report, and who of us answers to them.

A contact is known by its e-mail; without one by its name, among those of the account without e-mail."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.imports import master
from accounts.imports.codes import AccountCodes, user_ids
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported
from accounts.models import Import
from accounts.tables import Table
from accounts.tables.sieve import Batch
from relationships.models import Contact, Counterpart

from .reporting import settle_reporting
from .schemas import CONTACTS as SCHEMA

REPORTS_TO = "reports_to"
COUNTERPARTS = {"counterpart_email": Counterpart.Kind.SALES, "service_email": Counterpart.Kind.SERVICE}
OF_OTHERS = {"account_code", REPORTS_TO, *COUNTERPARTS}  # columns that are not of the contact's own row
BETWEEN = "; "

Key = tuple[int, str, str]  # account, e-mail or name in small letters, which of them it is


def load(table: Table, record: Import) -> Outcome:
    """Bring contacts in; then settle, also by rows further down, to whom they report and who answers to them."""
    loading = _Loading(table)
    for batch in table.batches():
        loading.add(batch)
    return loading.finish()


def key_of(account: int, name: str, email: str) -> Key:
    return (account, email.lower(), "email") if email else (account, name.lower(), "name")


class _Loading:
    """One file on its way in."""

    def __init__(self, table: Table):
        self.table = table
        self.names = [name for name in SCHEMA.by_name if name in table.columns]
        self.own = [name for name in self.names if name not in OF_OTHERS]
        self.accounts, self.people = AccountCodes(), user_ids()
        self.stored = {key_of(row["account_id"], row["name"], row.get("email", "")): row for row in self._stored()}
        self.rows: dict[Key, master.Row] = {}
        self.numbers: dict[Key, int] = {}  # row of the file
        self.reports: dict[Key, str] = {}
        self.pairs: dict[Key, dict[str, set[int]]] = {}  # by kind the people of ours

    def _stored(self) -> Iterator[master.Row]:
        yield from Contact.objects.values("id", "account_id", *{*self.own, "name", "email"}).iterator()

    def add(self, batch: Batch) -> None:
        for number, row in master.records(batch, self.names):
            account = self.accounts.ids.get(row["account_code"])
            if account is None:
                reason = _("is no account; import it first")
                self.table.refuse(number, "account_code", row["account_code"], reason)
                continue
            key = key_of(account, row["name"], row.get("email", ""))
            if key in self.rows:
                self.table.refuse(number, key[2], row[key[2]], _("is this account’s contact further up in the file"))
            else:
                self._take(number, key, row)

    def _take(self, number: int, key: Key, row: master.Row) -> None:
        self.numbers[key] = number
        self.rows[key] = {"account_id": key[0], **{name: row[name] for name in self.own}}
        if REPORTS_TO in row:
            self.reports[key] = row[REPORTS_TO]
        self.pairs[key] = {
            kind: set(self._people(number, name, row[name])) for name, kind in COUNTERPARTS.items() if name in row
        }

    def _people(self, number: int, column: str, text: str) -> Iterator[int]:
        for email in filter(None, (part.strip() for part in text.replace(",", ";").split(";"))):
            if email.lower() in self.people:
                yield self.people[email.lower()]
            else:
                self.table.refuse(number, column, email, _("is nobody's login; import the users first"))

    def finish(self) -> Outcome:
        added = [key for key in self.rows if key not in self.stored]
        changed = {key for key, row in self.rows.items() if key in self.stored and self._differs(key, row)}
        master.insert(Contact, [self.rows[key] for key in added])
        if self.own:
            updates = [(*self.rows[key].values(), self.stored[key]["id"]) for key in changed]
            master.update(Contact, ["account_id", *self.own], updates)
        changed |= self._settle() - set(added)
        self._mark({self.stored[key]["id"] for key in changed})
        outcome = Outcome()
        outcome.count(len(added), len(changed), len(self.rows) - len(added) - len(changed))
        return outcome

    def _mark(self, ids: set[int]) -> None:
        """Whoever has one of them open on a page is told that it has changed."""
        for some in master.pieces(ids):
            Contact.objects.filter(pk__in=some).update(revision=F("revision") + 1)

    def _differs(self, key: Key, row: master.Row) -> bool:
        return any(self.stored[key][name] != value for name, value in row.items())

    def _settle(self) -> set[Key]:
        """Who reports to whom, and who of us answers to whom. Returns whose changed."""
        touched = {key[0] for key in self.rows}
        people = [
            (key_of(account, name, email), id, boss)
            for some in master.pieces(touched)
            for id, account, name, email, boss in Contact.objects.filter(account__in=some).values_list(
                "id", "account_id", "name", "email", "reports_to_id"
            )
        ]
        moved = settle_reporting(self.table, self.reports, self.numbers, people, self._names(touched))
        return moved | self._settle_pairs({key: id for key, id, _boss in people})

    def _names(self, touched: set[int]) -> dict[tuple[int, str], list[int]]:
        """Contacts by account and name, also those that an e-mail tells apart."""
        found: dict[tuple[int, str], list[int]] = {}
        for some in master.pieces(touched):
            for id, account, name in Contact.objects.filter(account__in=some).values_list("id", "account_id", "name"):
                found.setdefault((account, name.lower()), []).append(id)
        return found

    def _settle_pairs(self, ids: dict[Key, int]) -> set[Key]:
        wanted = {(ids[key], kind): people for key, kinds in self.pairs.items() for kind, people in kinds.items()}
        keys = {id: key for key, id in ids.items()}
        stored: dict[tuple[int, str], set[int]] = {}
        for some in master.pieces({id for id, _kind in wanted}):
            for contact, kind, user in Counterpart.objects.filter(contact__in=some).values_list(
                "contact_id", "kind", "user_id"
            ):
                stored.setdefault((contact, kind), set()).add(user)
        changed = {pair for pair, people in wanted.items() if people != stored.get(pair, set())}
        for contact, kind in changed & stored.keys():
            Counterpart.objects.filter(contact=contact, kind=kind).delete()
        rows = [
            {"contact_id": contact, "user_id": user, "kind": str(kind)}
            for contact, kind in changed
            for user in sorted(wanted[contact, kind])
        ]
        master.insert(Counterpart, rows)
        return {keys[contact] for contact, _kind in changed}


def exported() -> Exported:
    return list(SCHEMA.by_name), _rows()


def _rows() -> Iterator[tuple]:
    """Those one reports to are named by e-mail, or by name where they have none."""
    order = ("account__code", "name", "email", "pk")
    people = Contact.objects.select_related("account", "reports_to").order_by(*order)
    pairs = Counterpart.objects.order_by(*(f"contact__{name}" for name in order), "user__email")
    listed = groupby(pairs.values_list("contact_id", "kind", "user__email").iterator(), key=itemgetter(0))
    contact, found = next(listed, (None, ()))
    for person in people.iterator(chunk_size=2_000):
        ours: dict[str, list[str]] = {}
        if contact == person.pk:
            for _contact, kind, email in found:
                ours.setdefault(kind, []).append(email)
            contact, found = next(listed, (None, ()))
        yield tuple(_cell(person, name, ours) for name in SCHEMA.by_name)


def _cell(person: Contact, name: str, ours: dict[str, list[str]]):
    if name in COUNTERPARTS:
        return BETWEEN.join(ours.get(COUNTERPARTS[name], ()))
    if name == "account_code":
        return person.account.code
    if name == REPORTS_TO:
        return (person.reports_to.email or person.reports_to.name) if person.reports_to else ""
    return getattr(person, name)
