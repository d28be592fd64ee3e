"""Contacts of one account from a CSV file: read line by line, checked as the form of a contact checks them, and all
of them kept or none. What a file lacks stays as it is."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, User
from accounts.tables.formulas import unguarded
from accounts.tables.problems import did_you_mean
from relationships import findings
from relationships.contacts import editing
from relationships.contacts.said import said_of, spoken
from relationships.forms import PAIRED, ContactForm, colleagues
from relationships.models import Contact

LARGEST = 512 * 1024  # bytes
MOST_ROWS = 500
DELIMITERS = ",;\t"
PLAIN = ("name", "email", "title", "function", "level", "buying_role", "support", "influence", "left_on")
PEOPLE = {"counterpart_email": "ours", "service_email": "service"}  # columns of ours, by field of the form
COLUMNS = (*PLAIN[:-1], "reports_to", *PEOPLE, "left_on")
CHOICES = {"level": tuple(map(str, Contact.Level.values)), "buying_role": tuple(Contact.BuyingRole.values)}
OTHER_NAMES = {"sales": "counterpart_email", "service": "service_email", "accountcode": "account_code"}
LEFT_OUT = {"lastintouch", "gonequiet"}  # what the table of contacts works out itself
NEW, CHANGED, KNOWN = "new", "changed", "known"
Cells = dict[str, str]  # by column of ours


class Unreadable(ValueError):
    """The file is refused as a whole; the message says why."""


@dataclass(frozen=True)
class Row:
    """One contact as the file says it."""

    line: int
    cells: Cells


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: the column as the file calls it."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Taken:
    """What becomes of one row: `says` are the fields that change, with their words."""

    line: int
    name: str
    state: str
    says: list[tuple[str, str]]


@dataclass
class Brought:
    """What the file comes to; with a problem nothing of it is kept."""

    heads: Mapping[str, str]
    taken: list[Taken] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: Row, column: str, reason: str) -> None:
        self.problems.append(Problem(row.line, self.heads.get(column, ""), row.cells.get(column, ""), reason))

    def count(self, state: str) -> int:
        return sum(each.state == state for each in self.taken)


# The file


def rows_in(content: bytes) -> tuple[Mapping[str, str], list[Row]]:
    """What the file calls our columns, and its rows. Raises Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable(_("It is larger than %s KB.") % (LARGEST >> 10))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("It is not in UTF-8: save it as “CSV UTF-8”.")) from error
    try:
        names, *listed = list(_records(text)) or [(1, [])]
    except csv.Error as error:
        raise Unreadable(_("It is no CSV file: its quotes are not closed, or it is of another kind.")) from error
    places = _places(names[1])
    if len(listed) > MOST_ROWS:
        raise Unreadable(_("It has more than %s contacts: finance can bring in more at once.") % MOST_ROWS)
    return {column: names[1][at].strip() for column, at in places.items()}, [_row(each, places) for each in listed]


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records that say something, with the line each begins on."""
    start = re.sub('"[^"]*"', "", text.partition("\n")[0])
    mark = next((mark for mark in DELIMITERS if mark in start), ",")
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _places(names: Sequence[str]) -> dict[str, int]:
    known = {bare(column): column for column in COLUMNS} | OTHER_NAMES
    places: dict[str, int] = {}
    for at, name in enumerate(names):
        column = known.get(bare(name))
        if column is None and bare(name) and bare(name) not in LEFT_OUT:
            wrong = _("It has a column “%s” that is none of a contact.") % name.strip()[:60]
            raise Unreadable(wrong + did_you_mean(name.strip(), list(COLUMNS)))
        if column in places:
            raise Unreadable(_("It has the column “%s” twice.") % name.strip()[:60])
        if column is not None:
            places[column] = at
    if "name" not in places:
        raise Unreadable(_("Its first line has no column “name”: use the template."))
    return places


def bare(name: str) -> str:
    """“Buying role”, “buying_role” and “E-mail” are read alike."""
    return re.sub(r"[\s_-]+", "", name.strip().lower())


def _row(record: tuple[int, list[str]], places: Mapping[str, int]) -> Row:
    line, cells = record
    found = {column: " ".join(cells[at].split()) if at < len(cells) else "" for column, at in places.items()}
    return Row(line, {column: unguarded(cell) for column, cell in found.items()})


# What becomes of it


class _Refused(Exception):
    """Takes everything back."""


def bring(account: Account, heads: Mapping[str, str], rows: Sequence[Row], *, keep: bool) -> Brought:
    """Take the rows as contacts of the account, all or none; without `keep`, only say what would become of them."""
    brought = Brought(heads)
    try:
        with transaction.atomic():
            _Taking(account, brought).take(rows)
            if brought.problems or not keep:
                raise _Refused
    except _Refused:
        brought.problems.sort(key=lambda problem: problem.line)
    return brought


class _Taking:
    """One file on its way in."""

    def __init__(self, account: Account, brought: Brought):
        self.account, self.brought = account, brought
        self.people: dict[str, User] = {}
        for user in colleagues(account, Contact()):
            self.people |= {user.email.lower(): user, user.name.lower(): user}
        self.kept: dict[int, Row] = {}  # by contact, in the order of the file
        self.before: dict[int, dict[str, Any] | None] = {}

    def take(self, rows: Sequence[Row]) -> None:
        for row in rows:
            contact = self._contact(row)
            if contact is not None:
                self.kept[contact.pk] = row
        if not self.brought.problems:
            self._settle_bosses()
        self.brought.taken = [self._taken(pk, row) for pk, row in self.kept.items()]

    def _contact(self, row: Row) -> Contact | None:
        """The contact of a row, with what the row says; none where it cannot be."""
        code = row.cells.get("account_code", "")
        if code and code != self.account.code:
            self.brought.refuse(row, "account_code", _("is another account; this is the map of %s") % self.account.code)
            return None
        stored = known(self.account, row.cells["name"], row.cells.get("email", ""))
        if stored is not None and stored.pk in self.kept:
            self.brought.refuse(row, "name", _("is the contact of line %s too") % self.kept[stored.pk].line)
            return None
        form = ContactForm(self.account, self._data(row, stored), stored)
        if not form.is_valid():
            self._refuse_all(row, form)
            return None
        return self._stored(form, stored)

    def _data(self, row: Row, stored: Contact | None) -> dict[str, Any]:
        """What the form of the contact would send."""
        data: dict[str, Any] = said_of(stored) if stored else {}
        kept = {"email"} if stored and not row.cells.get("email") else set()  # it was found by its name
        data |= {column: said(column, row.cells[column]) for column in PLAIN if column in row.cells.keys() - kept}
        for column, name in PEOPLE.items():
            if column in row.cells:
                data[name] = self._people(row, column)
            elif stored:
                data[name] = list(stored.counterparts.filter(kind=PAIRED[name]).values_list("user_id", flat=True))
        return data

    def _people(self, row: Row, column: str) -> list[int]:
        named = [part.strip() for part in re.split("[,;]", row.cells[column]) if part.strip()]
        for name in named:
            if name.lower() not in self.people:
                self.brought.refuse(row, column, _("“%s” is nobody of ours who may answer to a contact here") % name)
        return [self.people[name.lower()].pk for name in named if name.lower() in self.people]

    def _refuse_all(self, row: Row, form: ContactForm) -> None:
        columns = {name: column for column, name in PEOPLE.items()}
        for name, errors in form.errors.items():
            words = _("is none of %s") % ", ".join(CHOICES[name]) if name in CHOICES else " ".join(map(str, errors))
            self.brought.refuse(row, columns.get(name, name), words)

    def _stored(self, form: ContactForm, stored: Contact | None) -> Contact:
        if stored is None:
            findings.keep_contact(form.instance, form.pairs())
            self.before[form.instance.pk] = None
            return form.instance
        wish = form.said()
        stored.refresh_from_db()
        self.before[stored.pk] = picture(stored)
        editing.change(stored, wish, editing.values_of(stored), stored.revision)
        wanted = {kind: {user.pk for user in users} for kind, users in form.pairs().items()}
        editing.pair_as(stored, wanted, {kind: self.before[stored.pk][kind] for kind in wanted})
        return stored

    def _settle_bosses(self) -> None:
        """To whom each reports: one that was there, or one further down in the file."""
        for pk, row in self.kept.items():
            if "reports_to" not in row.cells:
                continue
            contact, text = Contact.objects.get(pk=pk), row.cells["reports_to"]
            found = named(self.account, text) if text else []
            if text and len(found) != 1:
                several = _("is several contacts of this account; name the e-mail")
                self.brought.refuse(row, "reports_to", several if found else _("is no contact of this account"))
                continue
            boss = found[0].pk if found else None
            editing.change(contact, {"reports_to": boss}, {"reports_to": contact.reports_to_id}, contact.revision)
            if editing.is_own_boss(contact):
                self.brought.refuse(row, "reports_to", _("makes a circle: nobody reports to himself in the end"))
                editing.change(contact, {"reports_to": None}, {"reports_to": boss}, contact.revision)

    def _taken(self, pk: int, row: Row) -> Taken:
        contact = Contact.objects.get(pk=pk)
        now, before = picture(contact), self.before[pk]
        differs = [name for name in now if now[name] != (before or {}).get(name, EMPTY.get(name))]
        state = NEW if before is None else CHANGED if differs else KNOWN
        says = [(label(name), words_of(name, now, before)) for name in differs if name != "name"]
        return Taken(row.line, contact.name, state, says)


EMPTY: dict[str, Any] = {"email": "", "title": "", "function": "", "buying_role": ""} | {
    kind: set() for kind in PAIRED.values()
}
LABELS: dict[str, str | Promise] = {
    PAIRED["ours"]: gettext_lazy("who of us answers"),
    PAIRED["service"]: gettext_lazy("who of us serves"),
}


def label(name: str) -> str:
    return str(LABELS[name] if name in LABELS else Contact._meta.get_field(name).verbose_name)


def words_of(name: str, now: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """What a field says; of one that changes what it said before, too."""
    if before is None:
        return in_words(name, now[name])
    return f"{in_words(name, before[name])} → {in_words(name, now[name])}"


def in_words(name: str, value: Any) -> str:
    if name not in LABELS:
        return spoken(name, value)
    return ", ".join(User.objects.filter(pk__in=value).order_by("name").values_list("name", flat=True)) or "–"


def picture(contact: Contact) -> dict[str, Any]:
    """What is known of a contact, its counterparts by kind included."""
    pairs = list(contact.counterparts.values_list("kind", "user_id"))
    return editing.values_of(contact) | {
        kind: {user for of, user in pairs if of == kind} for kind in PAIRED.values()
    }  # fmt: skip


def known(account: Account, name: str, email: str) -> Contact | None:
    """By e-mail; without one by name: who has none, else the only one of that name."""
    rows = Contact.objects.filter(account=account)
    if email:
        return rows.filter(email__iexact=email).first()
    found = list(rows.filter(name__iexact=name).order_by("email")[:2])
    return found[0] if found and (len(found) == 1 or not found[0].email) else None


def named(account: Account, text: str) -> list[Contact]:
    rows = Contact.objects.filter(account=account)
    return list(rows.filter(email__iexact=text)[:1]) or list(rows.filter(name__iexact=text)[:2])


def said(column: str, text: str) -> str:
    """Levels and roles in words are what the table of contacts writes."""
    listed = {"level": Contact.Level.choices, "buying_role": Contact.BuyingRole.choices}.get(column, ())
    words = {str(label).lower(): str(value) for value, label in listed}
    return words.get(text.lower(), text.lower() if column == "buying_role" else text)
