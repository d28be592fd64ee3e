from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from kam_portal.templatetags import kam


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0.00"),
        (Decimal("1234567.891"), "1,234,567.89"),
        (Decimal("-0.005"), "−0.01"),  # half up, away from zero
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.004"), "0.00"),
        (Decimal("-59394.2"), "−59,394.20"),
        (12, "12.00"),
    ],
)
def test_money_is_exact_with_a_true_minus_and_missing_is_a_dash(value, text):
    assert kam.money(value) == text


def test_money_has_the_decimals_of_the_currency(settings):
    settings.CURRENCY_DIGITS = 0
    assert [kam.money(Decimal("1234.5")), kam.money(Decimal("-0.5")), kam.signed(7)] == ["1,235", "−1", "+7"]

    settings.CURRENCY_DIGITS = 3
    assert kam.money(Decimal("1.0005")) == "1.001"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (999, "999"),
        (1_000, "1.0 k"),
        (-84_093, "−84.1 k"),
        (Decimal("36240484.70"), "36.2 M"),
        (4_200_000_000, "4.2 bn"),
        (999_949, "999.9 k"),
        (999_951, "1.0 M"),  # not 1,000.0 k
        (Decimal("999.6"), "1.0 k"),
        (-999_999_999, "−1.0 bn"),
    ],
)
def test_a_large_amount_is_told_at_a_glance(value, text):
    assert kam.compact(value).replace("\u202f", " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0.0 %"),
        (1, "100.0 %"),
        (Decimal("0.33333"), "33.3 %"),
        (-0.0005, "−0.1 %"),
        (0.12345, "12.3 %"),
    ],
)
def test_a_share_is_a_percentage(value, text):
    assert kam.share(value).replace("\u202f", " ") == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (5, "+5.00"), (0, "0.00"), (Decimal("-5"), "−5.00"), (Decimal("0.001"), "0.00")]
)
def test_a_change_has_its_sign_unless_it_is_written_as_zero(value, text):
    assert kam.signed(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (4.996, "5.00"), (4.994, "4.99"), (0, "0.00"), (10, "10.00")])
def test_a_score_shows_on_which_side_of_a_cut_it_is(value, text):
    assert kam.score(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (1.04, "+1.0"), (-2.1, "−2.1"), (0, "0.0"), (0.04, "0.0")])
def test_a_change_of_a_score_has_its_sign(value, text):
    assert kam.moved(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (Decimal("440.0000"), "440"), (Decimal("2.5"), "2.5"), (17359, "17,359"), (0, "0")]
)
def test_a_quantity_has_only_the_decimals_it_needs(value, text):
    assert kam.quantity(value) == text


def test_figures_of_a_column_have_as_many_decimals_as_the_longest():
    rows = [SimpleNamespace(amount=Decimal(text)) for text in ("602.346", "18685.1486", "5")]

    most = kam.decimals(rows, "amount")

    assert [kam.exact(row.amount, most) for row in rows] == ["602.3460", "18,685.1486", "5.0000"]
    assert [kam.quantity(Decimal("2.5"), 2), kam.quantity(Decimal(3), 0), kam.decimals([], "amount")] == [
        "2.50",
        "3",
        0,
    ]


def test_a_rate_keeps_what_cents_would_hide():
    assert [kam.rate(Decimal("1.38789")), kam.rate(None)] == ["1.3879", "–"]


def test_a_share_of_nothing_is_missing():
    assert kam.ratio(5, 0) is kam.ratio(5, None) is kam.ratio(None, 5) is kam.ratio(5, -1) is None
    assert kam.ratio(1, 4) == Decimal("0.25")


def test_months_days_phases_and_levels_are_written_out():
    assert [kam.month(202603), kam.day("2026-03-05"), kam.day(None)] == ["Mar 2026", "5 Mar 2026", "–"]
    assert [kam.phase("post_sale"), kam.level("batch"), kam.phase("else")] == ["Post-sale", "Batch", "else"]


def test_numbers_follow_the_language_of_the_reader():
    with translation.override("de"):
        assert kam.money(Decimal("-1234.5")) == "−1.234,50"


def test_a_value_of_a_dict_or_of_none():
    assert [kam.item({1: "a"}, 1), kam.item({}, 1), kam.item(None, 1)] == ["a", None, None]
