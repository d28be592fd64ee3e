"""Numbers are read and multiplied exactly."""

from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tables.amounts import LIMIT, UNIT, multiply, shown, ten_thousandths

DIGITS = st.text("0123456789", min_size=1, max_size=12)
FRACTIONS = st.text("0123456789", max_size=9)
LEDGER = st.integers(-LIMIT + 1, LIMIT - 1)


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@given(st.lists(st.tuples(st.sampled_from(["", "-", "+"]), DIGITS, FRACTIONS), min_size=1), st.sampled_from(".,"))
def test_amounts_equal_decimal_rounded_half_up(parts, mark):
    texts = [f"{sign}{whole}{mark}{fraction}" for sign, whole, fraction in parts]

    values, rounded = ten_thousandths(pa.array(texts), mark)

    exact = [Decimal(text.replace(mark, ".")) * UNIT for text in texts]
    assert values.to_pylist() == [half_up(value) for value in exact]
    assert rounded.to_pylist() == [len(fraction) > 4 for _sign, _whole, fraction in parts]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.50", 12_345_000),
        ("-.5", -5_000),
        ("7.", 70_000),
        ("+0012", 120_000),
        ("0.00005", 1),
        ("-0.00005", -1),
        ("0.00004999", 0),
        ("999999999999.99995", 10_000_000_000_000_000),
        ("00000000000000012.5", 125_000),
    ],
)
def test_a_number_is_ten_thousandths(text, value):
    assert ten_thousandths(pa.array([text]))[0].to_pylist() == [value]


@pytest.mark.parametrize(
    "text",
    ["1.234,50", "(1,234.50)", "1_000", "NaN", "inf", "-Infinity", "1e400", "1e3", "１２", "٣", "€5", "5 %",
     "1,234.50", "1 000", "0x10", "--5", "", ".", "-", "5-", "1234567890123", "½"],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert ten_thousandths(pa.array([text]))[0].to_pylist() == [None]


def test_with_a_decimal_comma_a_point_is_refused():
    assert ten_thousandths(pa.array(["1234,50", "1.234", None]), ",")[0].to_pylist() == [12_345_000, None, None]


@given(st.lists(st.tuples(LEDGER, LEDGER), min_size=1))
def test_a_product_is_exact_and_rounded_half_up(pairs):
    product = multiply(pa.array([a for a, _b in pairs]), pa.array([b for _a, b in pairs]))

    exact = [half_up(Decimal(a) * b / UNIT) for a, b in pairs]
    assert product.to_pylist() == [value if abs(value) < LIMIT else None for value in exact]


@given(st.lists(st.tuples(st.integers(-(10**8), 10**8), st.integers(-(10**8), 10**8)), min_size=1))
def test_small_products_are_never_lost(pairs):
    product = multiply(pa.array([a for a, _b in pairs]), pa.array([b for _a, b in pairs]))

    assert product.to_pylist() == [half_up(Decimal(a) * b / UNIT) for a, b in pairs]


def test_a_product_with_a_missing_factor_is_missing():
    assert multiply(pa.array([10_000, None], pa.int64()), pa.array([None, 5], pa.int64())).to_pylist() == [None, None]


@given(LEDGER)
def test_a_number_is_shown_as_it_is_read(value):
    assert ten_thousandths(pa.array([shown(value)]))[0].to_pylist() == [value]
