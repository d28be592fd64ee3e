"""Reads over the portfolio that need no page to be told right from wrong."""

import pytest

from relationships.queries import trend


@pytest.mark.parametrize(
    ("months", "line"),
    [
        ([None, 5.0, None, None, 7.0, None], [None, 5.0, 0, 0, 7.0, None]),
        ([1.0, None, -2.0], [1.0, 0, -2.0]),
        ([None, 3.0, None], [None, 3.0, None]),
        ([None, None], [None, None]),
        ([], []),
    ],
)
def test_a_quiet_month_is_zero_and_the_time_before_and_after_is_a_gap(months, line):
    assert trend(months) == line
