"""People who sign in: one row for each person and team."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.models import Import, User
from accounts.tables import Batch, Table

from . import codes, master
from .master import Row
from .outcome import Outcome
from .outgoing import Exported, rows_of
from .schemas import USERS as SCHEMA

STATED = ("name", "role")


def load(table: Table, record: Import) -> Outcome:
    """Bring people in. A row of a team makes the person a member; nobody is taken out of a team."""
    loading = _Loading(table, record.dry_run)
    for batch in table.batches():
        loading.add(batch)
    return loading.finish()


@dataclass
class _Person:
    """What is stored of a person, and the first row of the file that speaks of them."""

    id: int
    email: str
    stated: Row
    teams: set[int] = field(default_factory=set)
    row: int | None = None


class _Loading:
    def __init__(self, table: Table, dry_run: bool):
        self.table, self.dry_run = table, dry_run
        self.outcome = Outcome()
        self.teams = codes.team_ids()
        self.people = {
            email.lower(): _Person(id, email, {"name": name, "role": role})
            for id, email, name, role in User.objects.values_list("id", "email", *STATED)
        }
        by_id = {person.id: person for person in self.people.values()}
        for user_id, team_id in User.teams.through.objects.values_list("user_id", "team_id"):
            by_id[user_id].teams.add(team_id)
        self.made: list[str] = []

    def add(self, batch: Batch) -> None:
        for number, row in master.records(batch, [name for name in SCHEMA.by_name if name in self.table.columns]):
            team = row.get("team_code", "")
            if team and team not in self.teams:
                self.table.refuse(number, "team_code", team, _("is no team; import it first"))
            else:
                self._bring_in(number, row["email"].lower(), {name: row[name] for name in STATED}, self.teams.get(team))

    def _bring_in(self, number: int, email: str, stated: Row, team: int | None) -> None:
        person = self.people.get(email)
        is_new = person is None
        person = person or self._make(email, stated)
        if person.row is not None and person.stated != stated:
            self.table.refuse(number, "email", email, _("has another name or role further up in the file"))
            return
        changed = self._restate(person, stated) | self._join(person, team)
        person.row = number
        self.outcome.count(added=is_new, changed=changed and not is_new, unchanged=not changed and not is_new)

    def _make(self, email: str, stated: Row) -> _Person:
        user = User.objects.create(email=email, password=make_password(None), **stated)
        self.made.append(email)
        self.people[email] = _Person(user.pk, email, stated)
        return self.people[email]

    def _restate(self, person: _Person, stated: Row) -> bool:
        if person.stated == stated:
            return False
        User.objects.filter(pk=person.id).update(**stated)
        person.stated = stated
        return True

    def _join(self, person: _Person, team: int | None) -> bool:
        if team is None or team in person.teams:
            return False
        User.teams.through.objects.create(user_id=person.id, team_id=team)
        person.teams.add(team)
        return True

    def finish(self) -> Outcome:
        if self.made:
            sentence = _("Logins made without a password: %(count)s. Set one with: manage.py changepassword %(email)s")
            if self.dry_run:
                sentence = _("Logins to be made without a password: %(count)s.")
            self.outcome.notes.append(sentence % {"count": len(self.made), "email": self.made[0]})
        return self.outcome


def exported() -> Exported:
    people = User.objects.order_by("email", "teams__code")
    return rows_of(people, {"email": "email", "name": "name", "role": "role", "team_code": "teams__code"})
