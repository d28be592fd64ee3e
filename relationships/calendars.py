"""Meetings in an iCalendar file (RFC 5545): when, how long, about what, and who was asked to come.

A file comes from anywhere, so everything is bounded: its size, how many events it has, how often and how far a rule
may repeat them, and how long that takes. What is cancelled, private or an all-day entry is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from time import monotonic
from typing import Any

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

LARGEST = 2 * 1024 * 1024  # bytes
MOST_EVENTS = 5_000
MOST_TIMES = 2_000  # meetings that come of a file
MOST_PEOPLE = 200  # of a meeting
OLDEST_RULE = timedelta(days=15 * 366)
SECONDS = 5  # in which all rules have to be worked out
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
OFTEN = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
LONGEST_TEXT, LONGEST_UID = 300, 150


class Unreadable(ValueError):
    """The file is refused; the message says why."""


@dataclass(frozen=True)
class Meeting:
    """One meeting at one time."""

    uid: str  # of it, and of no other time of the same series
    starts_at: datetime
    minutes: int
    subject: str
    emails: tuple[str, ...]  # whoever was asked and has not declined, in small letters


@dataclass(frozen=True)
class Window:
    """From the first moment until before the last one."""

    start: datetime
    end: datetime


def meetings(content: bytes, window: Window, zone: tzinfo) -> list[Meeting]:
    """All meetings of the file in the window, by time. Times without a zone are of `zone`. Raises Unreadable."""
    deadline = monotonic() + SECONDS
    found: list[Meeting] = []
    series = by_uid(events_in(content))
    for events in series.values():
        for meeting in _times(events, window, zone):
            found.append(meeting)
            if len(found) > MOST_TIMES:
                raise Unreadable(_("It has more than %s meetings in these months.") % MOST_TIMES)
        if monotonic() > deadline:
            raise Unreadable(_("Its repeating events take too long to work out."))
    return sorted(found, key=lambda meeting: (meeting.starts_at, meeting.uid))


def events_in(content: bytes) -> list[Event]:
    if len(content) > LARGEST:
        raise Unreadable(_("It is larger than %s MB.") % (LARGEST >> 20))
    if b"BEGIN:VCALENDAR" not in content[:4096].upper():
        raise Unreadable(_("It is no calendar: an .ics file begins with BEGIN:VCALENDAR."))
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Unreadable(_("It has more than %s events.") % MOST_EVENTS)
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        return [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(_("It is damaged: it cannot be read as a calendar.")) from error


def by_uid(events: Iterable[Event]) -> dict[str, list[Event]]:
    """A series with the single times of it that were moved."""
    found: dict[str, list[Event]] = {}
    for event in events:
        uid = str(event.get("UID", ""))[:LONGEST_UID]
        if uid:
            found.setdefault(uid, []).append(event)
    return found


def _times(events: list[Event], window: Window, zone: tzinfo) -> Iterator[Meeting]:
    moved = {_moment(event.get("RECURRENCE-ID"), zone): event for event in events if event.get("RECURRENCE-ID")}
    for event in (*(each for each in events if not each.get("RECURRENCE-ID")), *moved.values()):
        if not is_wanted(event):
            continue
        start = _moment(event.get("DTSTART"), zone)
        if start is None:
            continue
        is_single = event.get("RECURRENCE-ID") is not None or not event.get("RRULE")
        for at in [start] if is_single else _repeated(event, start, window, zone, skip=moved.keys()):
            if window.start <= at < window.end:
                yield _meeting(event, at, _first(event, at, zone), zone)


def is_wanted(event: Event) -> bool:
    """Not what was cancelled or is private."""
    private = str(event.get("CLASS", "PUBLIC")).upper() in {"PRIVATE", "CONFIDENTIAL"}
    return str(event.get("STATUS", "")).upper() != "CANCELLED" and not private


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    """The time of a property; none for a whole day, which is no meeting, or for nothing."""
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _first(event: Event, at: datetime, zone: tzinfo) -> datetime:
    """By what a time of a series is known: when it was first meant to be."""
    return _moment(event.get("RECURRENCE-ID"), zone) or at


def _repeated(event: Event, start: datetime, window: Window, zone: tzinfo, skip) -> Iterator[datetime]:
    """The times of a rule within the window, by the clock of where it was made."""
    if window.start - start > OLDEST_RULE:
        return
    skipped = {each for each in skip if each} | set(_excepted(event, zone))
    first = window.start.astimezone(start.tzinfo).replace(tzinfo=None) - timedelta(days=1)
    for text in _rules(event):
        for bare in rrulestr(text, dtstart=start.replace(tzinfo=None)).xafter(first, count=MOST_TIMES + 1):
            at = bare.replace(tzinfo=start.tzinfo)
            if at >= window.end:
                break
            if at not in skipped:
                yield at


def _rules(event: Event) -> Iterator[str]:
    """Rules in plain parts only: days, weeks, months and years. Others are refused, for they could run for ever."""
    value = event.get("RRULE")
    for rule in value if isinstance(value, list) else [value]:
        parts = {name.upper(): each for name, each in rule.items()}
        often = str((parts.get("FREQ") or [""])[0]).upper()
        unusual = parts.keys() - PARTS
        impossible = "BYMONTHDAY" in parts and often in {"DAILY", "WEEKLY"}
        if unusual or impossible or often not in OFTEN:
            raise Unreadable(_("“%s” repeats in a way that is not read.") % str(event.get("SUMMARY", ""))[:100])
        until = parts.pop("UNTIL", None)
        kept = type(rule)({name: each for name, each in rule.items() if name.upper() != "UNTIL"})
        yield _with_until(kept.to_ical().decode(), until)


def _with_until(text: str, until: Any) -> str:
    """The end without a zone, as the beginning is."""
    if not until:
        return text
    last = until[0]
    return f"{text};UNTIL={last:%Y%m%dT235959}"


def _excepted(event: Event, zone: tzinfo) -> Iterator[datetime]:
    value = event.get("EXDATE")
    for dates in value if isinstance(value, list) else [value] if value else []:
        for each in dates.dts:
            moment = _moment(each, zone)
            if moment:
                yield moment


def _meeting(event: Event, at: datetime, known_by: datetime, zone: tzinfo) -> Meeting:
    is_repeated = event.get("RRULE") or event.get("RECURRENCE-ID")
    uid = str(event.get("UID"))[:LONGEST_UID]
    return Meeting(
        f"{uid}/{known_by:%Y%m%dT%H%M}" if is_repeated else uid,
        at,
        _minutes(event, zone),
        " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST_TEXT],
        tuple(sorted(set(_emails(event)))),
    )


def _minutes(event: Event, zone: tzinfo) -> int:
    start, end = _moment(event.get("DTSTART"), zone), _moment(event.get("DTEND"), zone)
    length = getattr(event.get("DURATION"), "dt", None)
    if end and start:
        length = end - start
    if not isinstance(length, timedelta) or not timedelta(0) < length <= timedelta(days=7):
        return 0
    return round(length.total_seconds() / 60)


def _emails(event: Event) -> Iterator[str]:
    """The organiser, and whoever has not declined."""
    listed = event.get("ATTENDEE") or []
    listed = listed if isinstance(listed, list) else [listed]
    organiser = [event.get("ORGANIZER")] if event.get("ORGANIZER") else []
    for person in (*organiser, *listed[:MOST_PEOPLE]):
        declined = str(getattr(person, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED"
        address = str(person).strip().lower().removeprefix("mailto:")
        if "@" in address and not declined:
            yield address


def day_window(today: date, back: int, ahead: int, zone: tzinfo) -> Window:
    midnight = datetime.combine(today, datetime.min.time(), tzinfo=zone)
    return Window(midnight - timedelta(days=back), midnight + timedelta(days=ahead))
