from fractions import Fraction

import pytest

from profitability.core.cost_model import CostModel, parse
from profitability.wording import listed, many_of, method_of, number, one_of, rule_of, rule_without_pools, use_of

NAMES = {"service": "Customer service", "sales": "Sales force", "travel": "Travel", "it": "IT"}
POOLS = [
    {"code": "service", "name": "Customer service", "kind": "operating"},
    {"code": "sales", "name": "Sales force", "kind": "operating"},
    {"code": "travel", "name": "Travel", "kind": "operating"},
    {"code": "it", "name": "IT", "kind": "support", "serves": {"sales": 0.25, "service": 0.75}},
    {"code": "shop", "name": "Shop", "kind": "channel"},
    {"code": "board", "name": "Board", "kind": "corporate"},
]
ENTRY = {"code": "order_entry", "phase": "production", "level": "batch", "pool": "service"}
VISITS = {"code": "visits", "phase": "presale", "level": "customer", "driver": "sales_visit.count"}
OTHERS = {"code": "others", "phase": "presale", "level": "customer", "driver": "units"}


def model(minutes=None, **changes) -> CostModel:
    entry = ENTRY | {"minutes": minutes or {"orders": 8}}
    visits = VISITS | {"shares": {"sales": 0.55, "travel": 1}}
    others = OTHERS | {"shares": {"sales": 0.45}}
    document = {
        "code": "standard",
        "version": 1,
        "currency": "USD",
        "pools": POOLS,
        "support_method": "reciprocal",
        "activities": [entry, visits, others],
    }
    found, problems = parse(document | changes)
    assert found, problems
    return found


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        ({"orders": 8, "order_lines": 3}, "8 min per order + 3 min per order line, from Customer service"),
        ({"late_orders": 2.5}, "2.5 min per late order, from Customer service"),
        (
            {"visit.minutes": 1, "visit.km": 0.9},
            "the minutes of visits + 0.9 min per km of visits, from Customer service",
        ),
        ({"visit.minutes": 2}, "2 min per minute of visits, from Customer service"),
        ({"quote.count": 55, "quote.lines": 7}, "55 min per quote + 7 min per line of quotes, from Customer service"),
    ],
)
def test_a_time_equation_reads_as_a_sentence(minutes, sentence):
    entry = model(minutes).activities[0]

    assert rule_of(entry, NAMES) == sentence


def test_shares_of_pools_read_as_a_sentence():
    visits = model().activities[1]

    assert rule_of(visits, NAMES) == "55\u202f% of Sales force and all of Travel, spread by sales visits"


def test_a_rule_without_pools_names_none():
    rules = [rule_without_pools(activity) for activity in model().activities]

    assert rules[:2] == ["8 min per order", "A monthly cost, spread by sales visits"]
    assert not [name for name in NAMES.values() if name in " ".join(rules)]


def test_each_kind_of_pool_says_what_becomes_of_it():
    found = model()

    uses = [use_of(pool, found, NAMES) for pool in found.pools]

    assert uses == [
        "Time for Order entry",
        "Shared by Visits and Others",
        "Shared by Visits",
        "Serves 75\u202f% Customer service, 25\u202f% Sales force",
        "Stays with the sales channel: no account bears it",
        "Stays with the company: no account bears it",
    ]


@pytest.mark.parametrize(
    ("method", "begins"),
    [("reciprocal", "Reciprocal: "), ("direct", "Direct: "), ("step_down", "Step-down: support pools are closed one")],
)
def test_the_support_method_is_explained(method, begins):
    assert method_of(model(support_method=method)).startswith(begins)


def test_a_stated_order_of_closing_is_named():
    assert "in the order IT;" in method_of(model(support_method="step_down", order=["it"]))


def test_one_and_many_of_a_measure():
    assert [one_of(name) for name in ("deliveries", "entry.count", "entry.quantity")] == [
        "delivery",
        "entry",
        "unit of entries",
    ]
    assert [many_of(name) for name in ("units", "box.count", "tech_case.minutes")] == [
        "units",
        "boxes",
        "minutes of tech cases",
    ]


def test_lists_and_numbers_as_one_writes_them():
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert [number(Fraction(1, 3)), number(Fraction(2500)), number(Fraction(100))] == ["0.3333", "2,500", "100"]
