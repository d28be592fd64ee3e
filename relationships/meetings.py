"""Meetings of a calendar as touchpoints: whom of our contacts they were with, and which are new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.bulk import pieces
from accounts.models import Account, User
from relationships.calendars import Meeting
from relationships.models import Contact, Touchpoint

SOURCE = "calendar"
NEW, CHANGED, KNOWN = "new", "changed", "known"
LONGEST_KEY = 200


@dataclass(frozen=True)
class Found:
    """One meeting with one account: what would be stored, and what that changes."""

    key: str
    account: Account
    fields: dict[str, Any]
    contacts: list[Contact]
    people: list[User]
    state: str = NEW
    stored: Touchpoint | None = None


@dataclass
class Matched:
    """What a calendar holds for us. `others` have nobody whom we know."""

    found: list[Found] = field(default_factory=list)
    others: int = 0

    def of(self, state: str) -> list[Found]:
        return [each for each in self.found if each.state == state]


def match(user: User, listed: Sequence[Meeting]) -> Matched:
    """Which meetings were with contacts of accounts that the person sees. One with two accounts counts for each."""
    contacts = contacts_by_email(user, {email for each in listed for email in each.emails})
    people = {each.email.lower(): each for each in User.objects.filter(is_active=True)}
    matched, rows = Matched(), []
    for meeting in listed:
        parties = defaultdict(list)
        for email in meeting.emails:
            for contact in contacts.get(email, ()):
                parties[contact.account].append(contact)
        ours = {people[email].pk: people[email] for email in meeting.emails if email in people} or {user.pk: user}
        matched.others += not parties
        rows += [found(meeting, account, met, list(ours.values())) for account, met in parties.items()]
    matched.found = with_state(once(rows))
    return matched


def contacts_by_email(user: User, emails: Iterable[str]) -> dict[str, list[Contact]]:
    """By address in small letters; one person may be known at several accounts."""
    seen = Contact.objects.visible_to(user).annotate(small=Lower("email")).select_related("account")
    known: dict[str, list[Contact]] = defaultdict(list)
    for some in pieces(emails):
        for contact in seen.filter(small__in=some):
            known[contact.small].append(contact)
    return known


def once(rows: Iterable[Found]) -> list[Found]:
    """A file that names the same meeting twice means it once: as it says last."""
    return list({each.key: each for each in rows}.values())


def found(meeting: Meeting, account: Account, contacts: list[Contact], people: list[User]) -> Found:
    local = timezone.localtime(meeting.starts_at)
    fields = {
        "held_on": local.date(),
        "starts_at": meeting.starts_at,
        "minutes": meeting.minutes or None,
        "subject": meeting.subject,
    }
    return Found(f"{meeting.uid}@{account.pk}"[-LONGEST_KEY:], account, fields, contacts, people)


def with_state(rows: list[Found]) -> list[Found]:
    """What is stored already, and whether it says the same. What somebody has edited since is left as it is."""
    stored: dict[str, Touchpoint] = {}
    for some in pieces([each.key for each in rows]):
        known = Touchpoint.objects.filter(source=SOURCE, key__in=some).prefetch_related("contacts", "people")
        stored |= {row.key: row for row in known}
    return [state_of(each, stored.get(each.key)) for each in rows]


def state_of(each: Found, row: Touchpoint | None) -> Found:
    if row is None:
        return each
    same = all(getattr(row, name) == value for name, value in each.fields.items())
    met = {one.pk for one in each.contacts} <= {one.pk for one in row.contacts.all()}
    there = {one.pk for one in each.people} <= {one.pk for one in row.people.all()}
    state = KNOWN if row.revision > 1 or (same and met and there) else CHANGED
    return Found(each.key, each.account, each.fields, each.contacts, each.people, state, row)


@transaction.atomic
def bring_in(user: User, matched: Matched, chosen: set[str]) -> Counter:
    """Store the chosen ones. Returns how many were new, changed, and known."""
    counts = Counter()
    for each in matched.found:
        if each.key in chosen:
            counts[each.state] += 1
            if each.state != KNOWN:
                keep(user, each)
    return counts


def keep(user: User, each: Found) -> None:
    row = each.stored
    if row is None:
        row = Touchpoint.objects.create(
            account=each.account,
            kind=Touchpoint.Kind.MEETING,
            source=SOURCE,
            key=each.key,
            logged_by=user,
            **each.fields,
        )
    else:
        Touchpoint.objects.filter(pk=row.pk).update(**each.fields)
    row.contacts.add(*each.contacts)
    row.people.add(*each.people)
