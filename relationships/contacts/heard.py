"""When people of a customer were last in touch with us, and who has gone quiet. A handful of reads for any number."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from django.db.models import Max, QuerySet
from django.utils import timezone

from relationships.core import contact_map as core
from relationships.models import Contact, ContactCadence, Counterpart, Invitation, Touchpoint

FEW = 1_000  # accounts that are named in a query; for more, all are read


@dataclass(frozen=True)
class Quiet:
    """One contact who has a counterpart and was not heard of for longer than their level may be silent."""

    contact: Contact
    heard_on: date | None  # never
    since_on: date  # the day from which they count as quiet
    days: int  # that may pass


def expected_days() -> dict[int | None, int]:
    """After how many days without a word a contact of a level counts as quiet; None: of an unknown level."""
    return dict(core.SHIPPED_DAYS) | dict(ContactCadence.objects.values_list("level", "days"))


def last_heard(contacts: QuerySet[Contact], today: date) -> dict[int, date]:
    """The day of the latest touchpoint or answered survey of each of these contacts who has any."""
    found: dict[int, date] = {}
    met = Touchpoint.contacts.through.objects.filter(
        contact__in=contacts.order_by().values("pk"), touchpoint__held_on__lte=today
    )
    for contact, day in met.values_list("contact_id").annotate(day=Max("touchpoint__held_on")):
        found[contact] = day
    answered = Invitation.objects.filter(contact__in=contacts.order_by().values("pk"), answered_at__isnull=False)
    for contact, at in answered.order_by().values_list("contact_id").annotate(at=Max("answered_at")):
        found[contact] = max(_day(at), found.get(contact, _day(at)))
    return found


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def quiet_since(contact: Contact, heard_on: date | None, days: dict[int | None, int]) -> date:
    """The day from which this contact counts as quiet."""
    return core.quiet_since(contact.level, heard_on, _day(contact.created_at), days)


def gone_quiet(account_ids: Collection[int], today: date) -> dict[int, list[Quiet]]:
    """By account, who of those with a counterpart has gone quiet, the longest first. Five reads."""
    contacts = Contact.objects.present()
    if len(account_ids) <= FEW:
        contacts = contacts.filter(account__in=list(account_ids))
    days, heard = expected_days(), last_heard(contacts, today)
    met = set(Counterpart.objects.filter(user__is_active=True).values_list("contact_id", flat=True))
    found: defaultdict[int, list[Quiet]] = defaultdict(list)
    for each in quiet_of((contact for contact in contacts if contact.pk in met), heard, days, today):
        found[each.contact.account_id].append(each)
    return {account: sorted(listed, key=attrgetter("since_on")) for account, listed in found.items()}


def quiet_of(contacts: Iterable[Contact], heard: dict[int, date], days: dict, today: date) -> list[Quiet]:
    found = []
    for contact in contacts:
        since = quiet_since(contact, heard.get(contact.pk), days)
        if since <= today:
            found.append(Quiet(contact, heard.get(contact.pk), since, days.get(contact.level, days[None])))
    return found
