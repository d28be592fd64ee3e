"""Terms of contracts and whether what was promised in them is kept. The method is our own.

Days are whole; a span holds both its ends. A contract that renews by itself goes on for `renewal_months` at a time;
notice must reach the other side `notice_days` before the end of the term that is running.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

Standing = Literal["kept", "on_track", "early", "behind", "missed", "unknown"]
EARLY = Fraction(1, 10)  # of a period, in which a sum below its share says nothing yet
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """From a day until a day, both included; without end where `until_on` is None."""

    from_on: date
    until_on: date | None

    def share_gone(self, on: date) -> Fraction:
        """How much of it has passed at the end of that day, 0…1; of a span without end nothing ever has."""
        if self.until_on is None or on < self.from_on:
            return Fraction(0)
        days = (self.until_on - self.from_on).days + 1
        return min(Fraction((on - self.from_on).days + 1, days), Fraction(1))

    def is_over(self, on: date) -> bool:
        """Whether its last day has passed at the end of that day."""
        return self.until_on is not None and on >= self.until_on


@dataclass(frozen=True, slots=True)
class Term:
    """How long a contract runs: as agreed, and what happens at its end. `ended_on`: it ended before its time."""

    from_on: date
    until_on: date | None
    renews_months: int = 0
    notice_days: int = 0
    ended_on: date | None = None

    def running(self, on: date) -> Span | None:
        """The term in force on that day, renewed as often as it takes; None before it begins and after it ended."""
        if on < self.from_on or (self.ended_on is not None and on > self.ended_on):
            return None
        until, times = self.until_on, 0
        while until is not None and until < on and self.renews_months:
            times += 1
            until = self._renewed(times)
        if until is not None and until < on:
            return None
        begins = self.from_on if not times else self._renewed(times - 1) + timedelta(days=1)
        return Span(begins, self._cut(until))

    def _renewed(self, times: int) -> date:
        """The last day after so many renewals; counted from the first end, so that ends of months stay ends."""
        assert self.until_on is not None
        return months_later(self.until_on + timedelta(days=1), times * self.renews_months) - timedelta(days=1)

    def _cut(self, until: date | None) -> date | None:
        if self.ended_on is None:
            return until
        return self.ended_on if until is None else min(until, self.ended_on)

    def notice_by(self, on: date) -> date | None:
        """The last day on which notice keeps the running term from being renewed; None where it is not renewed."""
        found = self.running(on)
        if found is None or found.until_on is None or self.ended_on is not None or not self.renews_months:
            return None
        return found.until_on - timedelta(days=self.notice_days)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def period_at(term: Span, kind: str, on: date) -> Span:
    """The period of the term in which the day lies (the last one where the day is later, the first where earlier).

    `kind`: month, quarter or year, counted from the first day of the term, or term: all of it.
    """
    if kind == "term":
        return term
    step, number = MONTHS[kind], 0
    last = on if term.until_on is None else min(on, term.until_on)
    while months_later(term.from_on, (number + 1) * step) <= last:
        number += 1
    ends = months_later(term.from_on, (number + 1) * step) - timedelta(days=1)
    return Span(months_later(term.from_on, number * step), ends if term.until_on is None else min(ends, term.until_on))


def standing_of_sum(
    actual: Fraction | None, least: Fraction | None, most: Fraction | None, gone: Fraction, is_over: bool
) -> Standing:
    """Where an amount stands that adds up over a period of which the share `gone` (0…1) has passed.

    Below its least it is behind when less than `gone` × least is there (in the first tenth it is too early to say
    so), and missed once the period is over; above its most it is missed at once. What has reached
    its least, and cannot break a most any more, is kept.
    """
    if actual is None:
        return "unknown"
    if most is not None and actual > most:
        return "missed"
    if least is not None and actual < least:
        if is_over or actual >= gone * least:
            return "missed" if is_over else "on_track"
        return "early" if gone < EARLY else "behind"
    return "kept" if is_over or most is None else "on_track"


def standing_of_level(actual: Fraction | None, least: Fraction | None, most: Fraction | None) -> Standing:
    """Where a level stands that does not add up, such as a price or a share: kept or missed."""
    if actual is None:
        return "unknown"
    is_low, is_high = least is not None and actual < least, most is not None and actual > most
    return "missed" if is_low or is_high else "kept"
