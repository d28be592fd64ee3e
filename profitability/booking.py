"""Activity events that the portal itself knows of, entered into the ledger as an import would: what is there already
is left, what differs is superseded, what is gone is superseded by nothing, and a closed month takes no change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.bulk import pieces
from accounts.models import Import
from accounts.queue import take_turn
from profitability.models import ActivityEvent, ClosedMonth
from profitability.models.closing import LEDGER_IS_CLOSED

TOGETHER = 2_000
ONE = Decimal(1)


@dataclass(frozen=True)
class Event:
    """One activity event as it should stand in the ledger: one time, so many minutes."""

    account: int
    event_type: str
    occurred_on: date
    minutes: Decimal

    @property
    def month(self) -> int:
        return 100 * self.occurred_on.year + self.occurred_on.month


@dataclass
class Booked:
    """What an entry came to. `left` are event ids that a closed month kept from being changed."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    left: list[str] = field(default_factory=list)
    record: Import | None = None  # none where nothing had to be written


class MonthClosed(Exception):
    """A month was closed while its events were being entered: nothing was."""


def book(prefix: str, events: Mapping[str, Event], name: str, user=None) -> Booked:
    """Make the current events whose id begins with `prefix` those that are given, by id; all of it or nothing.

    `name` stands in the list of imports in place of a file's.
    """
    try:
        with transaction.atomic():
            take_turn(wait=True)
            return _book(prefix, events, name, user)
    except IntegrityError as error:
        if LEDGER_IS_CLOSED not in str(error):
            raise
        raise MonthClosed(_("A month has just been closed. Nothing was taken over.")) from error


def _book(prefix: str, events: Mapping[str, Event], name: str, user) -> Booked:
    stored = {row.event_id: row for row in ActivityEvent.objects.current().filter(event_id__startswith=prefix)}
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    booked, new, old = Booked(), [], []
    for event_id in sorted({*events, *stored}):
        event, row = events.get(event_id), stored.get(event_id)
        if event and row and _says(row, event):
            booked.unchanged += 1
        elif closed & {each.month for each in (event, row) if each}:
            booked.left.append(event_id)
        else:
            old += [row] if row else []
            new += [event_id] if event else []
            _count(booked, event, row)
    if new or old:
        booked.record = _record(name, booked, [events[event_id] for event_id in new], user)
        _write(booked.record, {event_id: events[event_id] for event_id in new}, old)
    return booked


def _says(row: ActivityEvent, event: Event) -> bool:
    stored = (row.account_id, row.event_type, row.occurred_on, row.minutes, row.quantity)
    return stored == (event.account, event.event_type, event.occurred_on, event.minutes, ONE)


def _count(booked: Booked, event: Event | None, row: ActivityEvent | None) -> None:
    booked.added += row is None
    booked.changed += event is not None and row is not None
    booked.withdrawn += event is None


def _record(name: str, booked: Booked, new: Collection[Event], user) -> Import:
    minutes = sum((event.minutes for event in new), Decimal(0))
    totals = {"rows": str(len(new)), "quantity": str(len(new)), "minutes": format(minutes.normalize(), "f")}
    gone = [_("Taken back, since they are no longer there: %s.") % booked.withdrawn] if booked.withdrawn else []
    return Import.objects.create(
        kind="activity_events",
        file_name=name,
        state=Import.State.DONE,
        rows=len(new),
        added=booked.added,
        changed=booked.changed,
        control_totals={"file": totals, "ledger": totals},
        notes=gone,
        created_by=user,
        finished_at=timezone.now(),
    )


def _write(record: Import, new: Mapping[str, Event], old: Iterable[ActivityEvent]) -> None:
    for ids in pieces([row.pk for row in old]):
        ActivityEvent.objects.filter(pk__in=ids).update(superseded_in=record)
    rows = [
        ActivityEvent(
            event_id=event_id,
            account_id=event.account,
            event_type=event.event_type,
            occurred_on=event.occurred_on,
            month=event.month,
            quantity=ONE,
            minutes=event.minutes,
            imported_in=record,
        )
        for event_id, event in new.items()
    ]
    ActivityEvent.objects.bulk_create(rows, batch_size=TOGETHER)
