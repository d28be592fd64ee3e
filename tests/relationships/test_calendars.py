"""Meetings out of iCalendar files, and touchpoints out of meetings."""

from datetime import UTC, date, datetime
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from relationships import calendars
from relationships.calendars import Unreadable, Window, meetings
from relationships.models import Contact, Touchpoint
from tests.factories import a_portfolio

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
IMPORT = "/touchpoints/import/"


def calendar(*events: str) -> bytes:
    bodies = "".join(f"BEGIN:VEVENT\n{dedent(event).strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{bodies}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


QUARTER = """
    UID:q-1
    SUMMARY:Quarter
    DTSTART:20260310T090000Z
    DTEND:20260310T103000Z
    ORGANIZER:mailto:manager@example.com
    ATTENDEE;PARTSTAT=ACCEPTED:mailto:Jo@n1.example
    ATTENDEE;PARTSTAT=DECLINED:mailto:kim@n1.example
"""
WEEKLY = """
    UID:w-1
    SUMMARY:Weekly call
    DTSTART;TZID=Europe/Berlin:20260302T100000
    DTEND;TZID=Europe/Berlin:20260302T101500
    RRULE:FREQ=WEEKLY;COUNT=6
    EXDATE;TZID=Europe/Berlin:20260309T100000
    ATTENDEE:mailto:jo@n1.example
"""
MOVED = """
    UID:w-1
    SUMMARY:Weekly call, later
    RECURRENCE-ID;TZID=Europe/Berlin:20260316T100000
    DTSTART;TZID=Europe/Berlin:20260317T150000
    DTEND;TZID=Europe/Berlin:20260317T153000
    ATTENDEE:mailto:jo@n1.example
"""


def read(*events: str) -> list[calendars.Meeting]:
    return meetings(calendar(*events), SPRING, UTC)


def test_a_meeting_has_its_time_its_length_and_who_did_not_decline():
    (found,) = read(QUARTER)

    assert (found.uid, found.subject, found.minutes) == ("q-1", "Quarter", 90)
    assert found.starts_at == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert found.emails == ("jo@n1.example", "manager@example.com")


def test_a_rule_repeats_by_the_clock_of_its_place_without_what_was_taken_out_or_moved():
    found = read(WEEKLY, MOVED)

    # Monday at ten in Berlin: nine o'clock UTC, from 29 March on eight. The 9th is taken out, the 16th moved.
    assert [each.starts_at.astimezone(UTC).strftime("%m-%d %H:%M") for each in found] == [
        "03-02 09:00",
        "03-17 14:00",
        "03-23 09:00",
        "03-30 08:00",
        "04-06 08:00",
    ]
    assert len({each.uid for each in found}) == 5


def test_a_series_without_end_stays_within_the_window():
    daily = "UID:d\nSUMMARY:Stand-up\nDTSTART:20200101T080000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY"

    assert len(read(daily)) == 61


def test_cancelled_private_and_whole_day_entries_are_left_out():
    listed = [
        QUARTER + "STATUS:CANCELLED",
        QUARTER.replace("q-1", "q-2") + "CLASS:PRIVATE",
        "UID:q-3\nDTSTART;VALUE=DATE:20260310",
        "SUMMARY:no id\nDTSTART:20260310T090000Z",
    ]

    assert read(*[dedent(each) for each in listed]) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=5",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2",
        "FREQ=DAILY;BYMONTHDAY=31",
        "FREQ=YEARLY;BYYEARDAY=366",
    ],
)
def test_rules_that_could_run_for_ever_are_refused(rule):
    with pytest.raises(Unreadable):
        read(f"UID:x\nDTSTART:20260301T080000Z\nRRULE:{rule}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"key,account_code\n1,A\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        calendar("UID:x\nDTSTART:20261399T990000Z\nRRULE:FREQ=DAILY"),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n" * (calendars.MOST_EVENTS + 1),
        calendar(QUARTER) + b" " * calendars.LARGEST,
    ],
)
def test_hostile_or_broken_files_are_refused_or_hold_nothing(content):
    try:
        assert meetings(content, SPRING, UTC) == []
    except Unreadable as refusal:
        assert str(refusal)


def test_too_many_meetings_are_refused(monkeypatch):
    monkeypatch.setattr(calendars, "MOST_TIMES", 10)

    with pytest.raises(Unreadable, match="more than 10"):
        read("UID:d\nDTSTART:20260301T080000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY")


# As touchpoints


@pytest.fixture
def portfolio(db):
    made = a_portfolio()
    for code in ("N1", "S1"):
        Contact.objects.create(account=made.accounts[code], name="Jo", email=f"Jo@{code.lower()}.example")
    return made


@pytest.fixture
def manager(portfolio):
    client = Client()
    client.force_login(portfolio.user("manager"))
    return client


def today_event(*emails: str, uid: str = "t-1", hour: int = 8) -> str:
    lines = "\n".join(f"ATTENDEE:mailto:{email}" for email in emails)
    day = f"{timezone.localdate():%Y%m%d}"
    return f"UID:{uid}\nSUMMARY:Range plan\nDTSTART:{day}T{hour:02d}0000Z\nDURATION:PT1H\n{lines}"


def look(client: Client, *events: str):
    file = SimpleUploadedFile("work.ics", calendar(*events), content_type="text/calendar")
    return client.post(IMPORT, {"file": file, "back": "90"})


def bring_in(client: Client, *events: str):
    context = look(client, *events).context
    keys = [each.key for each in context["matched"].found]
    return client.post(IMPORT, {"meetings": context["meetings"], "key": keys}, follow=True)


def test_only_meetings_with_contacts_in_sight_are_proposed_and_nothing_is_kept_yet(manager):
    response = look(
        manager,
        today_event("jo@n1.example", "lead@example.com"),
        today_event("jo@s1.example", uid="t-2"),  # a contact of another team
        today_event("somebody@elsewhere.example", uid="t-3"),
    )

    (found,) = response.context["matched"].found
    assert (found.account.code, [each.name for each in found.people]) == ("N1", ["Lead"])
    assert response.context["matched"].others == 2
    assert "Account S1" not in response.content.decode()
    assert not Touchpoint.objects.exists()


def test_what_is_chosen_comes_in_and_the_same_file_again_changes_nothing(manager):
    event = today_event("jo@n1.example")

    first = bring_in(manager, event).content.decode()
    assert "1 new, 0 changed, 0 as before" in first
    row = Touchpoint.objects.get()
    assert (row.source, row.kind, row.minutes, row.subject) == ("calendar", "meeting", 60, "Range plan")
    assert [each.name for each in row.contacts.all()] == ["Jo"]

    again = look(manager, event)
    assert "Nothing new" in again.content.decode()
    assert [each.state for each in again.context["matched"].found] == ["known"]
    assert Touchpoint.objects.count() == 1


def test_a_meeting_that_moved_is_changed_unless_somebody_edited_it(manager):
    bring_in(manager, today_event("jo@n1.example"))

    assert "0 new, 1 changed" in bring_in(manager, today_event("jo@n1.example", hour=10)).content.decode()
    assert Touchpoint.objects.get().starts_at.astimezone(UTC).hour == 10

    Touchpoint.objects.update(revision=2)
    assert "1 as before" in bring_in(manager, today_event("jo@n1.example", hour=12)).content.decode()
    assert Touchpoint.objects.get().starts_at.astimezone(UTC).hour == 10


def test_what_nobody_looked_at_does_not_come_in(manager, portfolio):
    context = look(manager, today_event("jo@n1.example")).context
    other = Client()
    other.force_login(portfolio.user("member"))

    for sent in (context["meetings"] + "x", "forged"):
        manager.post(IMPORT, {"meetings": sent, "key": "t-1"})
    other.post(IMPORT, {"meetings": context["meetings"], "key": [each.key for each in context["matched"].found]})

    assert not Touchpoint.objects.exists()


def test_a_file_that_is_no_calendar_is_refused_on_the_page(manager):
    response = manager.post(IMPORT, {"file": SimpleUploadedFile("x.ics", b"hello"), "back": "90"})

    assert response.status_code == 422
    assert "It is no calendar" in response.content.decode()


def test_the_window_ends_and_begins_at_midnight():
    window = calendars.day_window(date(2026, 3, 2), 1, 1, BERLIN)

    assert (window.start, window.end) == (
        datetime(2026, 3, 1, tzinfo=BERLIN),
        datetime(2026, 3, 3, tzinfo=BERLIN),
    )
