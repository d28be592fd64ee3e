"""A cost model's form: its lines say the same as the document, and each problem finds its input."""

import json
import string
from fractions import Fraction

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from profitability.core.cost_model import parse, to_document
from profitability.core.document import Problem
from profitability.core.model_form import (
    Entry,
    Lines,
    document_of,
    input_of,
    lines_of,
    number_of,
    read,
    share_of,
    shown,
    twice,
)
from profitability.core.model_moves import move, put_back, taken
from tests.core.test_laws_costing import models

PRINTABLE = st.text(string.ascii_letters + string.digits + "äß. _-[]:{}/", min_size=1, max_size=12).map(str.strip)


def document() -> dict:
    return {
        "code": "standard",
        "version": 3,
        "currency": "USD",
        "pools": [
            {"code": "service", "name": "Service", "kind": "operating"},
            {"code": "sales", "name": "Sales", "kind": "operating"},
            {"code": "it", "name": "IT", "kind": "support", "serves": {"service": 0.7, "sales": 0.3}},
        ],
        "support_method": "step_down",
        "order": ["it"],
        "activities": [
            {
                "code": "entry",
                "name": "Entry",
                "phase": "production",
                "level": "batch",
                "pool": "service",
                "minutes": {"orders": 8, "order_lines": "1/3"},
            },
            {
                "code": "visits",
                "name": "Visits",
                "phase": "presale",
                "level": "customer",
                "shares": {"sales": 1},
                "driver": "visit.count",
            },
        ],
    }


def inputs(lines: Lines) -> dict[str, str]:
    """What a browser sends for these lines."""
    sent = {"currency": lines.currency, "support_method": lines.support_method, "csrfmiddlewaretoken": "x"}
    sent |= {f"order[{place}]": code for place, code in enumerate(lines.order)}
    for part in ("pools", "activities"):
        for place, line in enumerate(getattr(lines, part)):
            for key, value in vars(line).items():
                if isinstance(value, str):
                    sent[f"{part}[{place}].{key}"] = value
                for number, entry in enumerate(value if isinstance(value, list) else []):
                    sent[f"{part}[{place}].{key}[{number}].name"] = entry.name
                    sent[f"{part}[{place}].{key}[{number}].number"] = entry.number
    return sent


def through_the_form(given: dict) -> dict:
    sent = inputs(lines_of(given))
    return document_of(read(dict(reversed(sent.items())), given["code"], given["version"]))


@given(models())
@settings(max_examples=60)
def test_a_model_goes_through_the_form_and_yaml_unchanged(model):
    stored = to_document(model)

    after = through_the_form(yaml.safe_load(yaml.safe_dump(stored, sort_keys=False)))

    assert after == stored
    assert yaml.safe_dump(after, sort_keys=False) == yaml.safe_dump(stored, sort_keys=False)
    assert parse(after) == (model, [])


@example(Fraction(1, 100_000))
@example(Fraction(1, 8192))  # 13 decimals: more than a document may have
@given(st.fractions(min_value=0, max_value=10**9, max_denominator=10**6))
@settings(max_examples=200)
def test_a_number_is_shown_and_read_exactly(number):
    exact = number_of(str(number))

    assert number_of(shown(exact)) == exact
    assert "e" not in shown(exact)


@given(st.dictionaries(PRINTABLE.filter(bool), st.sampled_from(["", "1", "0.25", "1/3", "abc", "-2"]), max_size=4))
@settings(max_examples=60)
def test_a_draft_that_is_still_wrong_loses_nothing(serves):
    draft = document()
    draft["pools"][2]["serves"] = {name: number_of(text) for name, text in serves.items()}

    assert through_the_form(draft) == draft


def test_numbers_may_have_a_decimal_comma():
    assert (number_of("0,6"), number_of("8,0"), number_of("1/3"), number_of("1e3")) == (0.6, 8, "1/3", "1e3")
    assert number_of("") is None


def test_inputs_that_no_form_has_change_nothing():
    lines = read(
        {"pools[0].pool": "x", "pools[0].serves": "y", "pools[x].code": "z", "code": "q", "order": "o"}, "m", 1
    )

    assert document_of(lines)["code"] == "m"
    assert (lines.pools[0].serves, lines.order) == ([], [])


def test_gaps_in_the_numbers_are_closed_and_huge_ones_cost_nothing():
    lines = read({"pools[9999].code": "b", "pools[3].code": "a", "pools[3].serves[9999].name": "c"}, "m", 1)

    assert [pool.code for pool in lines.pools] == ["a", "b"]
    assert lines.pools[0].serves == [Entry("c", "")]


def told(change) -> set[tuple[str, str]]:
    """Inputs and messages after a change to the document."""
    given = document()
    change(given)
    lines = lines_of(given)
    _model, problems = parse(document_of(lines))
    return {(input_of(lines, problem), problem.message) for problem in [*problems, *twice(lines)]}


def test_each_problem_finds_its_input():
    def pool(place, **changes):
        return lambda model: model["pools"][place].update(changes)

    def activity(place, **changes):
        return lambda model: model["activities"][place].update(changes)

    inputs_told = {
        "pools[2].serves": pool(2, serves={"service": 0.7, "sales": 0.2}),
        "pools[2].serves[1].name": pool(2, serves={"service": 0.7, "nobody": 0.3}),
        "pools[2].serves[0].number": pool(2, serves={"service": "abc", "sales": 0.3}),
        "pools[1].code": pool(1, code="service"),
        "pools[0].kind": pool(0, kind="other"),
        "activities[0].minutes[1].name": activity(0, minutes={"orders": 8, "oders": 1}),
        "activities[0].minutes[0].number": activity(0, minutes={"orders": -8}),
        "activities[0].pool": activity(0, pool="it"),
        "activities[0].phase": activity(0, phase=""),
        "activities[1].driver": activity(1, driver="products"),
        "activities[1].shares[0].name": activity(1, shares={"it": 1}),
        "currency": lambda model: model.update(currency="dollar"),
        "support_method": lambda model: model.update(support_method="other"),
        "order[0]": lambda model: model.update(order=["sales"]),
    }
    for name, change in inputs_told.items():
        assert name in {input_name for input_name, _message in told(change)}, name


def test_a_share_of_a_pool_that_does_not_sum_to_one_is_told_at_the_pool():
    message = "the shares of sales in visits sum to 0.9, not to 1"

    assert (("pools[1].code", message)) in told(lambda model: model["activities"][1].update(shares={"sales": 0.9}))


def test_a_dead_loop_is_told_at_what_the_pool_serves():
    def loop(model):
        model["pools"][2]["serves"] = {"hr": 1}
        model["pools"].append({"code": "hr", "name": "HR", "kind": "support", "serves": {"it": 1}})
        model.update(support_method="reciprocal", order=None)

    messages = told(loop)

    assert ("pools[2].serves", "it serves only support pools that serve each other") in messages
    assert ("pools[3].serves", "hr serves only support pools that serve each other") in messages


def test_a_name_that_is_there_twice_is_told_at_the_later_line():
    lines = lines_of(document())
    lines.activities[0].minutes.append(Entry("orders", "9"))

    assert [(input_of(lines, problem), problem.message) for problem in twice(lines)] == [
        ("activities[0].minutes[2].name", "orders is there twice")
    ]


def test_problems_of_no_input_belong_to_the_whole_model():
    assert input_of(Lines(), Problem("pools[7].code", "is missing")) == ""
    assert input_of(Lines(), Problem("code", "is missing")) == ""


# Buttons


def test_lines_are_added_removed_and_moved():
    lines = lines_of(document())

    assert move(lines, "add:pools") == "pools[3].code"
    assert move(lines, "up:pools[2]") == "up:pools[1]"
    assert [pool.code for pool in lines.pools] == ["service", "it", "sales", ""]
    assert move(lines, "down:pools[2]") == "up:pools[3]"  # it cannot go further down
    assert move(lines, "remove:pools[0]") == "pools[0].code"  # the one that took its place
    assert [pool.code for pool in lines.pools] == ["it", "", "sales"]
    assert move(lines, "add:pools[0].serves") == "pools[0].serves[2].name"
    assert move(lines, "remove:pools[0].serves[0]") == "pools[0].serves[0].name"
    assert [entry.name for entry in lines.pools[0].serves] == ["sales", ""]
    assert move(lines, "add:order") == "order[1]"
    assert move(lines, "remove:order[1]") == "order[0]"
    assert move(lines, "remove:order[0]") == "add:order"


@given(models())
def test_whatever_was_removed_is_put_back_where_it_was(model):
    before = lines_of(to_document(model))
    places = [f"pools[{place}]" for place, _pool in enumerate(before.pools)]
    places += [f"activities[{place}]" for place, _activity in enumerate(before.activities)]
    places += [f"order[{place}]" for place, _code in enumerate(before.order)]
    places += [
        f"pools[{place}].serves[{number}]"
        for place, pool in enumerate(before.pools)
        for number, _entry in enumerate(pool.serves)
    ]
    for place in places:
        lines = lines_of(to_document(model))
        removed = taken(lines, f"remove:{place}")
        move(lines, f"remove:{place}")
        assert lines != before

        assert put_back(lines, json.loads(json.dumps(removed))).startswith(place)
        assert lines == before


def test_shares_may_be_written_as_percent():
    texts = {"60 %": 0.6, "60%": 0.6, "12,5 %": 0.125, "1/3 %": "1/300", "0.6": 0.6, "100 %": 1, "x %": "x %"}

    assert {text: share_of(text) for text in texts} == texts
    draft = document()
    lines = lines_of(draft)
    lines.pools[2].serves = [Entry("service", "70 %"), Entry("sales", "30 %")]
    assert document_of(lines) == draft


def test_a_new_activity_has_a_line_to_fill_in():
    lines = Lines()
    move(lines, "add:activities")

    assert lines.activities[0].minutes == [Entry()]


def test_buttons_of_lines_that_are_not_there_do_nothing():
    lines = lines_of(document())

    for wish in ("up:pools[9]", "add:pools[9].serves", "add:pools[0].minutes", "remove:pools", "x", "up:order[3]"):
        assert move(lines, wish) == ""
    assert lines == lines_of(document())
