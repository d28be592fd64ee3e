"""Measures of measured criteria: their values, and when an account has none. Missing is missing, never 0."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from relationships.core.criteria import MEASURES as KNOWN
from relationships.evidence import FIGURES, measured_of, months_since
from relationships.measured import MEASURES
from relationships.wording import MEASURES as NAMES

ACCOUNT = {
    "net_revenue": Decimal(1000),
    "gross_margin": Decimal(400),
    "contribution": Decimal(300),
    "cost_to_serve": Decimal(100),
    "growth": Decimal("0.25"),
    "share_of_wallet": Decimal("0.4"),
    "products": 7,
    "orders": 16,
    "is_active": True,
}


def measures(potential=Decimal(5000), duration=26, **changes) -> dict:
    values = [(ACCOUNT | changes)[name] for name in FIGURES]
    return measured_of(KNOWN, values, potential, duration)


def test_every_measure_that_criteria_may_name_is_there_and_has_words():
    assert set(MEASURES) == set(KNOWN) == set(NAMES)


def test_an_active_account_has_all_of_them():
    assert measures() == {
        "net_revenue": 1000,
        "growth": Decimal("0.25"),
        "gross_margin": 400,
        "contribution": 300,
        "contribution_margin": Fraction(3, 10),  # 300 / 1000
        "cost_to_serve": 100,
        "cost_to_serve_share": Fraction(1, 10),  # 100 / 1000
        "share_of_wallet": Decimal("0.4"),
        "breadth": 7,
        "duration": 26,
        "average_order_value": Fraction(125, 2),  # 1000 / 16
        "potential": 5000,
    }


def test_an_account_without_activity_has_only_what_is_known_of_it_anyhow():
    found = measures(is_active=False, share_of_wallet=None)

    assert {name for name, value in found.items() if value is not None} == {"duration", "potential"}


@pytest.mark.parametrize("net_revenue", [Decimal(0), Decimal(-5)])
def test_shares_of_nothing_or_of_net_returns_are_missing(net_revenue):
    found = measures(net_revenue=net_revenue)

    assert found["contribution_margin"] is None
    assert found["cost_to_serve_share"] is None
    assert found["net_revenue"] == net_revenue


def test_without_orders_there_is_no_average_order():
    assert measures(orders=0)["average_order_value"] is None


def test_a_loss_has_a_negative_margin():
    assert measures(contribution=Decimal(-50))["contribution_margin"] == Fraction(-1, 20)


@pytest.mark.parametrize("name", ["growth", "share_of_wallet"])
def test_what_the_run_does_not_know_stays_missing(name):
    assert measures(**{name: None})[name] is None


def test_unknown_potential_and_no_first_order_are_missing():
    found = measures(potential=None, duration=None)

    assert (found["potential"], found["duration"]) == (None, None)


def test_duration_counts_whole_calendar_months():
    assert months_since(date(2024, 11, 30), date(2026, 1, 31)) == 14
    assert months_since(date(2026, 1, 2), date(2026, 1, 31)) == 0
