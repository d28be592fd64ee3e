"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.numbers import NotANumber, read, shown

READ = {
    "9,5": "9.5",
    "9.5": "9.5",
    "-9,5": "-9.5",
    "−3": "-3",
    "+3": "3",
    "1,250": "1250",
    "1,250,000": "1250000",
    "1,250.50": "1250.5",
    "1.500,50": "1500.5",
    "1.500,505": "1500.505",
    "1.250.000": "1250000",
    "1.250.000,5": "1250000.5",
    "1 250 000": "1250000",
    "1\u202f250,5": "1250.5",
    "1 250.125": "1250.125",
    "1’250.50": "1250.5",
    "1234,567": "1234.567",
    "1250": "1250",
    "0.125": "0.125",
    "0,125": "0.125",
    ",5": "0.5",
    "5.": "5",
    "12.3456": "12.3456",
    "0": "0",
}
REFUSED = ["abc", "1,2,3", "5,79,700", "1.2.3", "1e5", "NaN", "Infinity", "--1", "+-1", ".", ",", "-", "9 5", "1 2,5",
           "1,250.000.5", "1.250,000,5", "12 %", "½", "١", "1_000", "0,125,000"]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), READ.items())
def test_a_number_is_read_as_people_write_it(text, number):
    assert read(text) == Decimal(number)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        read(text)


@pytest.mark.parametrize(
    ("text", "instead"), [("9.500", ("9,500", "9.5")), ("1.125", ("1,125", "1.1250")), ("-1.000", ("-1,000", "-1"))]
)
def test_what_may_be_read_in_two_ways_is_refused_with_what_to_write(text, instead):
    with pytest.raises(NotANumber) as refused:
        read(text)

    assert str(refused.value).endswith("write {} or {}.".format(*instead))
    assert [read(each) for each in instead] == [Decimal(text) * 1000, Decimal(text)]


def test_an_empty_text_is_no_number():
    assert read("  ") is None


@given(st.integers(-(10**15), 10**15), st.integers(0, 6), st.booleans())
def test_a_number_goes_out_and_in_unchanged(units, places, parted):
    value = Decimal(units).scaleb(-places)

    assert read(shown(value, parted)) == value


@given(st.integers(0, 10**9), st.integers(0, 4), st.sampled_from([",.", ".,", " .", " ,", "’."]))
def test_either_way_of_writing_gives_the_same_number_or_none(units, places, marks):
    value = Decimal(units).scaleb(-places)
    text = f"{value:,.{places}f}".translate(str.maketrans(",.", marks))

    try:
        found = read(text)
    except NotANumber:
        return
    assert found in (value, value * 1000)  # 1,250 is a thousand and more, also where 1.250 was meant
    assert found == value or (text.count(",") == 1 and "." not in text)


@given(st.text("0123456789,. -", max_size=14))
def test_no_text_makes_the_reader_fail(text):
    try:
        found = read(text)
    except NotANumber:
        return
    assert found is None or read(shown(found)) == found
