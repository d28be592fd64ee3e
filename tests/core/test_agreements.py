from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.agreements import (
    Span,
    Term,
    months_later,
    period_at,
    standing_of_level,
    standing_of_sum,
)

D = date.fromisoformat
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("term", "on", "from_on", "until_on", "notice_by"), [
    # two years, then a year at a time, three months' notice
    (Term(D("2024-01-01"), D("2025-12-31"), 12, 90),
     D("2025-12-31"), D("2024-01-01"), D("2025-12-31"), D("2025-10-02")),
    (Term(D("2024-01-01"), D("2025-12-31"), 12, 90),
     D("2026-01-01"), D("2026-01-01"), D("2026-12-31"), D("2026-10-02")),
    # ends of months stay ends: 31 January + 1 month + 1 month
    (Term(D("2026-01-01"), D("2026-01-31"), 1),
     D("2026-03-10"), D("2026-03-01"), D("2026-03-31"), D("2026-03-31")),
    (Term(D("2024-03-01"), None), D("2030-01-01"), D("2024-03-01"), None, None),
    (Term(D("2024-03-01"), None, ended_on=D("2026-05-05")),
     D("2026-05-05"), D("2024-03-01"), D("2026-05-05"), None),
])  # fmt: skip
def test_a_term_runs_and_is_renewed(term, on, from_on, until_on, notice_by):
    assert term.running(on) == Span(from_on, until_on)
    assert term.notice_by(on) == notice_by


@pytest.mark.parametrize(("term", "on"), [
    (Term(D("2024-01-01"), D("2025-12-31")), D("2026-01-01")),
    (Term(D("2024-01-01"), D("2025-12-31")), D("2023-12-31")),
    (Term(D("2024-01-01"), D("2025-12-31"), 12, ended_on=D("2025-06-30")), D("2025-07-01")),
])  # fmt: skip
def test_a_term_is_not_running_before_it_begins_and_after_it_ended(term, on):
    assert term.running(on) is None
    assert term.notice_by(on) is None


@given(DAYS, st.integers(0, 800), st.integers(1, 36), st.integers(0, 9000))
def test_terms_that_renew_follow_each_other_without_gap(begins, length, months, later):
    term = Term(begins, begins + timedelta(days=length), months)

    found = term.running(begins + timedelta(days=later))

    assert found.from_on <= begins + timedelta(days=later) <= found.until_on
    assert term.running(found.until_on + timedelta(days=1)).from_on == found.until_on + timedelta(days=1)


@given(DAYS, st.integers(0, 2000), st.sampled_from(["month", "quarter", "year"]), st.integers(0, 2000))
def test_periods_cover_the_term_without_gap(begins, length, kind, later):
    term = Span(begins, begins + timedelta(days=length))
    on = min(begins + timedelta(days=later), term.until_on)

    periods = [period_at(term, kind, on)]
    while periods[-1].from_on > begins:
        periods.append(period_at(term, kind, periods[-1].from_on - timedelta(days=1)))

    assert periods[0].from_on <= on <= periods[0].until_on
    assert periods[-1].from_on == begins
    assert all(late.from_on == early.until_on + timedelta(days=1) for late, early in pairwise(periods))


def test_a_day_after_the_term_belongs_to_its_last_period():
    assert period_at(YEAR, "quarter", date(2030, 1, 1)) == Span(date(2026, 10, 1), date(2026, 12, 31))
    assert period_at(YEAR, "term", date(2030, 1, 1)) == YEAR


@given(DAYS, st.integers(-60, 600))
def test_months_later_lands_in_the_month_counted(day, months):
    found = months_later(day, months)

    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


@pytest.mark.parametrize(("actual", "least", "most", "gone", "is_over", "said"), [
    (None, 100, None, "1/2", False, "unknown"),
    (49, 100, None, "1/2", False, "behind"),
    (50, 100, None, "1/2", False, "on_track"),
    (100, 100, None, "1/2", False, "kept"),
    (0, 100, None, "99/1000", False, "early"),  # one order may change it
    (10, 100, None, "99/1000", False, "on_track"),
    (9, 100, None, "1/10", False, "behind"),
    (0, 100, None, "1/20", True, "missed"),
    (99, 100, None, "1", True, "missed"),
    (120, 100, 110, "1/2", False, "missed"),
    (105, 100, 110, "1/2", False, "on_track"),  # it may still go beyond its most
    (105, 100, 110, "1", True, "kept"),
])  # fmt: skip
def test_an_amount_that_adds_up_is_judged_by_the_time_gone(actual, least, most, gone, is_over, said):
    number = lambda value: None if value is None else Fraction(value)  # noqa: E731

    assert standing_of_sum(number(actual), number(least), number(most), Fraction(gone), is_over) == said


@pytest.mark.parametrize(("actual", "least", "most", "said"), [
    (None, 1, 2, "unknown"), (1, 1, 2, "kept"), (2, 1, 2, "kept"), (3, 1, 2, "missed"), (0, 1, None, "missed"),
])  # fmt: skip
def test_a_level_is_kept_or_missed(actual, least, most, said):
    number = lambda value: None if value is None else Fraction(value)  # noqa: E731

    assert standing_of_level(number(actual), number(least), number(most)) == said


def test_half_a_year_is_half_gone():
    assert Span(date(2026, 1, 1), date(2026, 1, 10)).share_gone(date(2026, 1, 5)) == Fraction(1, 2)
    assert YEAR.share_gone(date(2025, 12, 31)) == 0
    assert YEAR.share_gone(date(2028, 1, 1)) == 1
    assert YEAR.is_over(date(2026, 12, 31))
    assert not Span(date(2026, 1, 1), None).is_over(date(2099, 1, 1))
