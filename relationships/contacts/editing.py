"""Changing contacts: nobody overwrites unseen what somebody else has changed meanwhile, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.versions import Outdated
from relationships.models import Contact, Counterpart

COLUMNS = {  # by form field
    "name": "name",
    "email": "email",
    "title": "title",
    "function": "function",
    "level": "level",
    "buying_role": "buying_role",
    "support": "support",
    "influence": "influence",
    "reports_to": "reports_to_id",
    "left_on": "left_on",
}
TRIES = 5
Values = Mapping[str, Any]  # by form field; of a boss the number


@dataclass(frozen=True)
class Clash:
    """One field that somebody else has changed since it was seen."""

    field: str
    before: Any
    theirs: Any
    yours: Any


def values_of(contact: Contact) -> dict[str, Any]:
    return {field: getattr(contact, column) for field, column in COLUMNS.items()}


def change(contact: Contact, said: Values, seen: Values, revision: int) -> list[Clash]:
    """Set what differs from what was seen. Where somebody else changed the same field to something else since that
    revision, nothing is set and the clashes are told; their other changes stay."""
    mine = {field: value for field, value in said.items() if value != seen[field]}
    for _try in range(TRIES):
        contact.refresh_from_db()
        if revision != contact.revision:
            clashes = clashes_of(values_of(contact), mine, seen)
            if clashes:
                return clashes
        if not mine or set_at(contact, mine):
            return []
    raise Outdated(str(contact))


def clashes_of(now: Values, mine: Values, seen: Values) -> list[Clash]:
    return [
        Clash(field, seen[field], now[field], yours)
        for field, yours in mine.items()
        if now[field] not in (seen[field], yours)
    ]


def set_at(contact: Contact, values: Values) -> bool:
    """Whether the contact still was of the revision just read, and now has these values."""
    columns = {COLUMNS[field]: value for field, value in values.items()}
    with transaction.atomic():
        found = Contact.objects.filter(pk=contact.pk, revision=contact.revision)
        if not found.update(**columns, revision=F("revision") + 1):
            return False
    contact.refresh_from_db()
    return True


def pair(contact: Contact, user: User, kind: str) -> None:
    """Make somebody of us a counterpart."""
    Counterpart.objects.get_or_create(contact=contact, user=user, kind=kind)


def part(contact: Contact, user_id: int, kind: str) -> None:
    Counterpart.objects.filter(contact=contact, user=user_id, kind=kind).delete()


def pair_as(contact: Contact, wanted: Mapping[str, set[int]], seen: Mapping[str, set[int]]) -> None:
    """Add and take away counterparts of each kind as they differ from what was seen; others' stay."""
    for kind, users in wanted.items():
        for user in User.objects.filter(pk__in=users - seen[kind]):
            pair(contact, user, kind)
        for user_id in seen[kind] - users:
            part(contact, user_id, kind)


# Two rows of one person


@transaction.atomic
def merge(kept: Contact, gone: Contact) -> None:
    """Make two contacts one: what the kept one lacks comes from the other, with all that belongs to it."""
    locked = Contact.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk], account=kept.account_id)
    if len(locked) != 2:
        raise Outdated(str(gone))
    boss = None if gone.reports_to_id == kept.pk else gone.reports_to_id
    for relation in Contact._meta.related_objects:
        move(relation, kept, gone)
    lacking = {column: getattr(gone, column) for column in COLUMNS.values() if is_empty(getattr(kept, column))}
    lacking |= {"reports_to_id": boss if kept.reports_to_id in (None, gone.pk) else kept.reports_to_id}
    lacking.pop("left_on")  # who is kept has not left because the other row did
    gone.delete()
    Contact.objects.filter(pk=kept.pk).update(**lacking, revision=F("revision") + 1)
    kept.refresh_from_db()
    if is_own_boss(kept):
        Contact.objects.filter(pk=kept.pk).update(reports_to=None)


def is_empty(value) -> bool:
    return value is None or value == ""


def move(relation, kept: Contact, gone: Contact) -> None:
    """Rows that point at the one point at the other; of what would stand there twice one stays."""
    rows = relation.through if relation.many_to_many else relation.related_model
    name = (
        next(field.name for field in rows._meta.fields if field.related_model is Contact)
        if relation.many_to_many
        else relation.field.name
    )
    mine = rows._default_manager.filter(**{name: gone})
    others = twins_of(rows, name)
    for row in mine if others else ():
        same = {other: getattr(row, other) for other in others}
        if rows._default_manager.filter(**{name: kept}, **same).exists():
            rows._default_manager.filter(pk=row.pk).delete()
    if rows is Contact:
        mine = mine.exclude(pk=kept.pk)
    mine.update(**{name: kept})


def twins_of(rows, name: str) -> list[str]:
    """The other columns of what is unique for each contact: (contact, user, kind) of counterparts and the like."""
    unique = [list(each) for each in rows._meta.unique_together]
    unique += [list(each.fields) for each in rows._meta.constraints if getattr(each, "fields", None)]
    found = next((fields for fields in unique if name in fields), [])
    return [each for each in found if each != name]


def is_own_boss(contact: Contact) -> bool:
    """Whether the way up leads back."""
    boss, seen = contact.reports_to, set()
    while boss is not None and boss.pk not in seen:
        if boss.pk == contact.pk:
            return True
        seen.add(boss.pk)
        boss = boss.reports_to
    return False
