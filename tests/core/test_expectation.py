"""What hours are assumed to bring, worked by hand, and that it always makes a curve."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.expectation import WON, Facts, Stated, expected

STAR = Facts("star", Decimal(10), Decimal(10_000), Decimal(3_000), Decimal(50_000), Decimal("0.1"))


def test_gain_and_loss_of_a_star():
    # won 6 % of 40,000 elsewhere × 1.1 × 30 % = 792; lost 5 % of 10,000 × 0.9 × 30 % = 135, but at least half of 792
    curve = expected(STAR, Decimal(2))

    assert (curve.hours, curve.gained_at_double, curve.lost_at_half) == (10, 792, 396)
    assert (curve.least, curve.most) == (5, 30)


def test_gain_and_loss_of_a_status_account():
    # won 1.5 % of 2,000 × 0.8 × 30 % = 7.20; lost 4 % of 10,000 × 1.2 × 30 % = 144
    curve = expected(replace(STAR, box="status", potential=Decimal(12_000), growth=Decimal("-0.2")), Decimal(2))

    assert (curve.gained_at_double, curve.lost_at_half) == (Decimal("7.20"), 144)


def test_a_customer_of_unknown_potential_buys_half_of_it_here():
    assert expected(replace(STAR, potential=None), Decimal(2)).gained_at_double == Decimal("198.00")


def test_more_sales_of_a_loss_at_unit_level_bring_nothing():
    curve = expected(replace(STAR, margin=Decimal(-1)), Decimal(2))

    assert curve.gained_at_double == curve.lost_at_half == 0


@pytest.mark.parametrize(("hours", "least"), [(0, 0), (1, Decimal("0.5"))])
def test_an_account_with_few_hours_is_judged_at_the_usual_ones(hours, least):
    curve = expected(replace(STAR, hours=Decimal(hours)), Decimal(2))

    assert (curve.hours, curve.least, curve.most) == (2, least, 6)


def test_what_is_stated_is_said_of_the_hours_of_today():
    curve = expected(replace(STAR, hours=Decimal(1)), Decimal(2), Stated(gained_at_double=Decimal(90)))

    assert (curve.hours, curve.gained_at_double) == (1, 90)


@pytest.mark.parametrize(
    ("stated", "figures"),
    [
        (Stated(lost_at_half=Decimal(500)), (500, 792, 5, 30)),
        (Stated(lost_at_half=Decimal(100)), (100, 200, 5, 30)),  # an assumed gain gives way
        (Stated(gained_at_double=Decimal(2000)), (1000, 2000, 5, 30)),  # an assumed loss too
        (Stated(least=Decimal(40)), (396, 792, 40, 40)),
        (Stated(most=Decimal(4)), (396, 792, 4, 4)),
    ],
)
def test_what_is_stated_wins(stated, figures):
    curve = expected(STAR, Decimal(2), stated)

    assert (curve.lost_at_half, curve.gained_at_double, curve.least, curve.most) == figures


AMOUNT = st.integers(-(10**7), 10**8).map(lambda cents: Decimal(cents).scaleb(-2))


@given(
    st.sampled_from(sorted(WON)),
    st.integers(0, 10**5).map(lambda cents: Decimal(cents).scaleb(-2)),
    AMOUNT,
    AMOUNT,
    st.integers(0, 10**8).map(Decimal) | st.none(),
    st.integers(-1000, 10_000).map(lambda share: Decimal(share).scaleb(-2)) | st.none(),
)
def test_every_account_has_a_curve(box, hours, revenue, margin, potential, growth):
    curve = expected(Facts(box, hours, revenue, margin, potential, growth), Decimal("0.25"))

    worths = [worth for _width, worth in curve.pieces]
    assert worths == sorted(worths, reverse=True)
