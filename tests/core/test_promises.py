"""Actions found in a note."""

from datetime import date

import pytest

from relationships.core.promises import Promise, promise_in, promises

SUNDAY = date(2026, 11, 22)


def test_lines_that_are_marked_are_actions_and_others_are_not():
    note = "Good talk with Jo - she is fine.\n- Send the offer by Friday\n  todo: call Kim\nTo do check stock\n* Ask IT"

    found = promises(note, SUNDAY)

    assert [each.text for each in found] == ["Send the offer", "call Kim", "check stock", "Ask IT"]
    assert found[0].due_on == date(2026, 11, 27)


def test_the_same_line_twice_is_one_action():
    assert promises("- Call Jo\n- Call Jo", SUNDAY) == [Promise("Call Jo")]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by Friday", date(2026, 11, 27)),
        ("on Monday.", date(2026, 11, 23)),
        ("until Sunday", date(2026, 11, 29)),  # today is one: the next
        ("today", SUNDAY),
        ("tomorrow", date(2026, 11, 23)),
        ("in 3 days", date(2026, 11, 25)),
        ("in two weeks", date(2026, 12, 6)),
        ("in two months", date(2027, 1, 22)),
        ("in a month", date(2026, 12, 22)),
        ("next week", date(2026, 11, 27)),  # by its Friday
        ("by the end of next week", date(2026, 11, 27)),
        ("some time next month.", date(2026, 12, 31)),
        ("this month", date(2026, 11, 30)),
        ("by the end of the month", date(2026, 11, 30)),
        ("by end of week", date(2026, 11, 27)),
        ("by 4 December", date(2026, 12, 4)),
        ("by Dec 4th", date(2026, 12, 4)),
        ("by 5 March", date(2027, 3, 5)),  # of this year it is past
        ("by 5 March 2026", date(2026, 3, 5)),
        ("by 2026-12-04", date(2026, 12, 4)),
    ],
)
def test_plain_words_say_when_it_is_due(words, day):
    assert promise_in(f"Send the offer {words}", SUNDAY) == Promise("Send the offer", day)


@pytest.mark.parametrize(
    "text",
    [
        "Send the Friday report to Jo",
        "Ask about the end of the month rebate",
        "Plan the next week of training",
        "Send the next month report",
        "Book 31 February",
        "Plan the Christmas order soon",
        "Call on them as they may leave",
    ],
)
def test_what_could_mean_something_else_sets_no_day(text):
    assert promise_in(text, SUNDAY) == Promise(text)


def test_next_friday_is_the_one_of_next_week():
    wednesday = date(2026, 11, 25)

    assert promise_in("Call next Friday", wednesday).due_on == date(2026, 12, 4)
    assert promise_in("Call by Friday", wednesday).due_on == date(2026, 11, 27)
    assert promise_in("Call next Monday", wednesday).due_on == date(2026, 11, 30)


def test_the_next_week_is_the_one_after_this_and_a_shorter_month_ends_earlier():
    assert promise_in("Call next week", date(2026, 11, 25)).due_on == date(2026, 12, 4)
    assert promise_in("Next week: call", date(2026, 11, 23)) == Promise("call", date(2026, 12, 4))
    assert promise_in("Call this week", date(2026, 11, 25)).due_on == date(2026, 11, 27)
    assert promise_in("Call in a month", date(2026, 1, 31)).due_on == date(2026, 2, 28)
    assert promise_in("Call next month", date(2026, 12, 31)).due_on == date(2027, 1, 31)


def test_a_line_that_only_says_when_keeps_its_words():
    assert promise_in("tomorrow", SUNDAY) == Promise("tomorrow", date(2026, 11, 23))
