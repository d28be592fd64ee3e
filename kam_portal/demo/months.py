"""Whole months: the source's 36 months, and the same months moved so that the last one is last month."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

FIRST_SOURCE_MONTH = 2010 * 12 + 11  # December 2010, counted in months since year 0
MONTHS = 36
LAST_YEAR = range(MONTHS - 12, MONTHS)  # places of the last twelve months


class Calendar:
    """The months of the demo seen from a day: place 0 is the first of 36, place 35 the month before it."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.first = today.year * 12 + today.month - 1 - MONTHS

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        return self.today.replace(day=1) - timedelta(days=1)

    def move(self, day: date) -> date:
        """A day of the source, the same day of the moved month; the month's last day if it is too short."""
        place = day.year * 12 + day.month - 1 - FIRST_SOURCE_MONTH
        year, month = divmod(self.first + place, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    def name(self, place: int) -> str:
        """The month at a place, as YYYY-MM."""
        year, month = divmod(self.first + place, 12)
        return f"{year:04d}-{month + 1:02d}"

    def workdays(self, place: int) -> tuple[date, ...]:
        """Monday to Friday of the month at a place."""
        return _workdays(*divmod(self.first + place, 12))


def source_place(day: date) -> int:
    """The place 0…35 of a day of the source."""
    return day.year * 12 + day.month - 1 - FIRST_SOURCE_MONTH


@cache
def _workdays(year: int, month: int) -> tuple[date, ...]:
    days = (date(year, month + 1, day + 1) for day in range(monthrange(year, month + 1)[1]))
    return tuple(day for day in days if day.weekday() < 5)
