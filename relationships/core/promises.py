"""Actions in the note of a meeting: lines that begin with “- ” or “todo”, and the day they are due in plain words.

Only what reads one way is read: a weekday, today, tomorrow, in so many days, weeks or months, this or the next week or
month, which is due by its Friday or its last day, the end of the week or month, a date with the month's name or in the
form 2026-12-04. Whoever wrote it confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

MARKED = re.compile(r"^\s*(?:[-*•–]\s+|\[\s?\]\s*|(?:todo|to do|action)\b\s*[:\-–]?\s*)(?P<text>\S.*)$", re.IGNORECASE)
LONGEST = 300
FRIDAY = 4
DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
MONTH = rf"(?P<month>{'|'.join(MONTHS)})[a-z]*\.?"


@dataclass(frozen=True, slots=True)
class Promise:
    """What is to be done, and by when; None if no day was said."""

    text: str
    due_on: date | None = None


def promises(note: str, today: date) -> list[Promise]:
    """The marked lines of a note in their order, each once."""
    found: dict[str, Promise] = {}
    for line in note.splitlines():
        marked = MARKED.match(line)
        if marked:
            promise = promise_in(marked["text"].strip(), today)
            found.setdefault(promise.text, promise)
    return list(found.values())


def promise_in(text: str, today: date) -> Promise:
    """The action without the words that say when, if they stand at its end or beginning."""
    for pattern, day_of in SAID:
        match = pattern.search(text)
        day = day_of(match, today) if match else None
        if match and day:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            return Promise(_tidy(rest) or _tidy(text), day)
    return Promise(_tidy(text))


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;.–-")[:LONGEST]


def _weekday(match: re.Match[str], today: date) -> date:
    """The next one, never today: whoever means today says so."""
    ahead = (WEEKDAYS.index(match["day"].lower()) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead + (7 if match["next"] and ahead <= 6 - today.weekday() else 0))


def _said(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=int(match["day"].lower() == "tomorrow"))


def _in(match: re.Match[str], today: date) -> date | None:
    number = match["number"].lower()
    count, unit = NUMBERS.get(number) or int(number), match["unit"].lower()
    if unit == "month":
        return _months_on(today, count)
    return today + timedelta(days=count * (7 if unit == "week" else 1))


def _months_on(today: date, count: int) -> date:
    """The same day so many months later; the last one of a month that is shorter."""
    year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(today.day, _last_of(first).day))


def _last_of(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def _end(match: re.Match[str], today: date) -> date:
    if match["unit"].lower() == "week":
        return today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    return _last_of(today)


def _of_next(match: re.Match[str], today: date) -> date:
    """By the Friday of next week, by the last day of next month."""
    if match["unit"].lower() == "week":
        return today + timedelta(days=7 - today.weekday() + FRIDAY)
    return _last_of(_last_of(today) + DAY)


def _dated(match: re.Match[str], today: date) -> date | None:
    """Of this year, or of the next one where that day is past; with a year as it stands."""
    month, day = MONTHS.index(match["month"].lower()) + 1, int(match["day"])
    year = int(match["year"]) if match["year"] else today.year
    found = _day(year, month, day)
    if found and found < today and not match["year"]:
        return _day(year + 1, month, day)
    return found


def _iso(match: re.Match[str], today: date) -> date | None:
    return _day(int(match["year"]), int(match["month"]), int(match["day"]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at_an_end(pattern: str) -> re.Pattern[str]:
    """The words at the end of a line, or at its beginning with a colon or comma after them."""
    lead = r"(?:\b(?:by|until|till|on|due|before)\s+)?(?:the\s+)?"
    return re.compile(rf"(?:^|(?<=[\s,;(])){lead}{pattern}(?=\s*[.!)]*\s*$|\s*[:,]\s)\s*[.!):,]*", re.IGNORECASE)


Reading = Callable[["re.Match[str]", date], "date | None"]
SAID: tuple[tuple[re.Pattern[str], Reading], ...] = (
    (_at_an_end(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"), _iso),
    (_at_an_end(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+{MONTH}(?:\s+(?P<year>\d{{4}}))?"), _dated),
    (_at_an_end(rf"{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?"), _dated),
    (_at_an_end(rf"(?P<next>next\s+)?(?P<day>{'|'.join(WEEKDAYS)})"), _weekday),
    (_at_an_end(r"(?P<day>today|tomorrow)"), _said),
    (_at_an_end(rf"(?:in|within)\s+(?P<number>\d{{1,3}}|{'|'.join(NUMBERS)})\s+(?P<unit>day|week|month)s?"), _in),
    (_at_an_end(r"end\s+of\s+next\s+(?P<unit>week|month)"), _of_next),
    (_at_an_end(r"(?:end\s+of\s+(?:the\s+|this\s+)?|this\s+)(?P<unit>week|month)"), _end),
    (_at_an_end(r"(?:some\s*time\s+)?next\s+(?P<unit>week|month)"), _of_next),
)
