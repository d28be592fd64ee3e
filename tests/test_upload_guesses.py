import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from kam_portal.uploads import rules
from kam_portal.uploads.guesses import (
    columns_by_name,
    fitting_maps,
    guess,
    has_decimal_comma,
    missing,
    ready_maps,
    rules_by_name,
)
from kam_portal.uploads.kinds import SCHEMAS, kinds_of
from kam_portal.uploads.matching import SHARE

KINDS = list(SCHEMAS)
ACCOUNTS, LINES = SCHEMAS["accounts"], SCHEMAS["order_lines"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["code", "name"], {"code": "code", "name": "name"}),
        (["CODE", "Name "], {"code": "CODE", "name": "Name "}),
        (["Customer ID", "Company Name", "Team"], {"code": "Customer ID", "name": "Company Name", "team_code": "Team"}),
        (["name", "company", "code"], {"code": "code", "name": "name"}),
        (["", "whatever"], {}),
    ],
)
def test_columns_are_told_by_their_names(headers, expected):
    assert columns_by_name(headers, ACCOUNTS) == expected


@given(st.lists(st.sampled_from(["date", "Date", "price", "unit_price", "Qty", "quantity", "sku", "item", "x", ""])))
def test_a_guess_takes_each_column_once(headers):
    columns = columns_by_name(headers, LINES)

    assert len(set(columns.values())) == len(columns)
    assert set(columns.values()) <= set(headers)
    assert set(columns) <= {*LINES.by_name, SHARE}


def test_lines_without_a_number_are_numbered_as_they_come():
    found = rules_by_name(["Invoice", "Date", "Qty"], LINES)

    assert found["line_no"] == "sequence"
    assert missing(found, LINES) == []


def test_a_share_is_a_discount_only_of_a_price_and_a_quantity():
    with_both = rules_by_name(["Invoice", "Date", "Qty", "Price", "Discount pct"], LINES)
    with_one = rules_by_name(["Invoice", "Date", "Qty", "Discount pct"], LINES)

    assert with_both["discount_share"] == "Discount pct"
    assert "discount_share" not in with_one


def test_every_ready_made_map_fits_a_file_with_its_columns():
    for name, mapping in ready_maps().items():
        headers = [*mapping.columns.values(), mapping.discount_share]

        assert name in fitting_maps(headers, mapping.kind)
        assert missing(vars(mapping), SCHEMAS[mapping.kind]) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "teams"])  # accounts, too, have code and name
def test_a_file_with_all_columns_of_a_kind_is_of_that_kind(kind):
    found = guess(list(SCHEMAS[kind].by_name), "", KINDS, None)

    assert (found.kind, found.source) in {(kind, "names"), (kind, "map")}


def test_a_file_that_may_be_several_things_is_left_open():
    assert guess(["code", "name"], "", KINDS, None).kind == ""


def test_a_kind_that_one_may_not_import_is_not_guessed():
    assert guess(["email", "name", "role"], "", ["accounts", "ratings"], None).kind == ""


def test_nobody_signed_out_may_import():
    class Nobody:
        is_authenticated = False

    assert kinds_of(Nobody()) == []


# Rules as people write them

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
names = st.sampled_from(list(LINES.by_name))


@given(st.dictionaries(names, words))
def test_pairs_come_back_as_they_were(found):
    assert rules.pairs(rules.written_pairs(found), LINES) == found


@given(st.dictionaries(names, st.lists(words, min_size=1, max_size=4)))
def test_lists_come_back_as_they_were_commas_and_quotes_too(found):
    assert rules.lists(rules.written_lists(found), LINES) == found


@pytest.mark.parametrize("text", ["order_id", "order_id:", ": x", "nothing: x", "order_id: a\norder_id: b"])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValidationError):
        rules.pairs(text, LINES)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["24,5", "58,80", "1980"], True),
        (["1.250,5", "1.250"], True),
        (["1,250", "2,000"], False),  # may be thousands
        (["1,250", "2,000.5"], False),
        (["24,5", "24.5"], False),
        (["24.5", "7"], False),
        (["24,5", "1,250"], True),
        ([], False),
    ],
)
def test_a_decimal_comma_is_told_where_it_can_be_nothing_else(texts, expected):
    assert has_decimal_comma(texts) == expected
