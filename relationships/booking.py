"""Touchpoints as activity events of the ledger, so that the time they took is part of the cost to serve.

Which kinds count as which type of event, the setting TOUCHPOINT_EVENTS says. A touchpoint whose own key is that of an
event that was imported is that event, and is not counted a second time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.bulk import pieces
from accounts.models import Import
from profitability.booking import Booked, Event, book
from profitability.models import ActivityEvent
from relationships.models import Touchpoint

PREFIX = "touchpoint:"
NAME = "touchpoints"


@dataclass(frozen=True)
class State:
    """When touchpoints last went into the ledger, and how many would differ now is for the next time to find."""

    at: datetime | None
    kinds: list[tuple[str, str]]


def take_over(today: date, user=None) -> Booked:
    """Bring the ledger's events up to what is logged, up to today."""
    return book(PREFIX, events(today), _("touchpoints logged in the portal"), user)


def events(today: date) -> dict[str, Event]:
    """The touchpoints that count, by the id of their event."""
    types = settings.TOUCHPOINT_EVENTS
    rows = Touchpoint.objects.filter(kind__in=types, held_on__lte=today)
    named = list(rows.values_list("pk", "key", "account_id", "kind", "held_on", "minutes"))
    imported = known({key for _pk, key, *_rest in named if key})
    return {
        f"{PREFIX}{pk}": Event(account, types[kind], held_on, Decimal(minutes or 0))
        for pk, key, account, kind, held_on, minutes in named
        if key not in imported
    }


def known(keys: set[str]) -> set[str]:
    """Those that are ids of current events."""
    current = ActivityEvent.objects.current()
    found = (current.filter(event_id__in=some).values_list("event_id", flat=True) for some in pieces(keys))
    return {event_id for ids in found for event_id in ids}


def state() -> State:
    booked = ActivityEvent.objects.filter(event_id__startswith=PREFIX)
    latest = Import.objects.filter(pk__in=booked.values("imported_in")).order_by("-pk").first()
    labels = dict(Touchpoint.Kind.choices)
    kinds = [(str(labels[kind]), event_type) for kind, event_type in settings.TOUCHPOINT_EVENTS.items()]
    return State(latest.finished_at if latest else None, kinds)
