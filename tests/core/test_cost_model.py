"""The cost model's document: read exactly, written back the same, and every mistake named with its place."""

import copy
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from profitability.core import measures
from profitability.core.cost_model import CostModel, measures_used, parse, to_document

STANDARD = """
code: standard
version: 3
currency: USD
pools:
  - {code: customer_service, name: Customer service, kind: operating}
  - {code: warehouse, name: Warehouse, kind: operating}
  - {code: sales_force, name: Sales force, kind: operating}
  - {code: travel, kind: operating}
  - {code: it, name: IT, kind: support, serves: {customer_service: 0.6, warehouse: 0.4}}
  - {code: trade_fair, name: Trade fair, kind: channel}
  - {code: board, name: Board, kind: corporate}
support_method: reciprocal
activities:
  - code: order_entry
    phase: production
    level: batch
    pool: customer_service
    minutes: {orders: 8, order_lines: 3, express_orders: 10.5}
  - {code: picking, phase: delivery, level: unit, pool: warehouse, minutes: {units: 1/3}}
  - code: visits
    name: Visits to customers
    phase: presale
    level: customer
    shares: {sales_force: 0.55, travel: 1.0}
    driver: sales_visit.count
  - {code: offers, phase: presale, level: batch, shares: {sales_force: 0.45}, driver: quote.lines}
"""


def document() -> dict:
    return yaml.safe_load(STANDARD)


def model() -> CostModel:
    found, problems = parse(document())
    assert found is not None, problems
    return found


def problems_of(changed: object) -> list[tuple[str, str]]:
    found, problems = parse(changed)
    assert (found is None) == bool(problems)
    return [(problem.path, problem.message) for problem in problems]


def changed(path: str, value: object) -> dict:
    """The standard document with another value at a path such as pools.0.kind; ... takes it away."""
    found = document()
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part = found
    for step in way:
        part = part[step]
    if value is ...:
        del part[last]
    elif isinstance(part, list) and last == len(part):
        part.append(value)
    else:
        part[last] = value
    return found


def test_numbers_are_taken_as_they_are_written():
    by_code = {activity.code: activity for activity in model().activities}

    assert by_code["visits"].shares == {"sales_force": Fraction(11, 20), "travel": 1}
    assert by_code["order_entry"].minutes == {
        "orders": 8,
        "order_lines": 3,
        "express_orders": Fraction(21, 2),
    }
    assert by_code["picking"].minutes == {"units": Fraction(1, 3)}


def test_names_follow_from_codes_where_they_are_missing():
    assert [pool.name for pool in model().pools][3:5] == ["Travel", "IT"]
    assert [activity.name for activity in model().activities][:3] == [
        "Order entry",
        "Picking",
        "Visits to customers",
    ]


def test_a_model_survives_being_written_and_read_again():
    assert parse(to_document(model())) == (model(), [])
    assert parse(yaml.safe_load(yaml.safe_dump(to_document(model())))) == (model(), [])


def test_the_measures_a_model_needs():
    assert measures_used(model()) == [
        "express_orders",
        "order_lines",
        "orders",
        "quote.lines",
        "sales_visit.count",
        "units",
    ]


SPARE_ACTIVITY = {"code": "x", "phase": "presale", "level": "unit"}
IT = "pools.4.serves"


@pytest.mark.parametrize(
    ("path", "value", "place", "message"),
    [
        ("version", ..., "version", "is missing"),
        ("version", "3", "version", "must be a whole number from 1"),
        ("version", True, "version", "must be a whole number from 1"),
        ("code", 7, "code", "must be a text, not a number; put it in quotes"),
        ("code", "", "code", "one line"),
        ("code", "x" * 65, "code", "longer than 64"),
        ("currency", "usd", "currency", "three capital letters"),
        ("colour", "red", "colour", "unknown key; known here are code, version"),
        ("support_method", "magic", "support_method", "one of direct, step_down, reciprocal"),
        ("support_method", ..., "support_method", "is missing"),
        ("pools", [], "pools", "at least one entry"),
        ("activities", ..., "activities", "is missing"),
        ("pools.1", "warehouse", "pools[1]", "must be a mapping, not a text"),
        ("pools.0.kind", "service", "pools[0].kind", "one of operating, support, channel, corporate"),
        ("pools.1.code", "customer_service", "pools[1].code", "is there already, as pools[0]"),
        ("pools.0.serves", {"warehouse": 1}, "pools[0].serves", "only a support pool"),
        (IT, ..., IT, "is missing"),
        (IT, {"customer_service": 0.6, "warehouse": 0.3}, IT, "sum to 0.9, not to 1"),
        (IT, {"customer_service": 0.6, "warehous": 0.4}, f"{IT}.warehous", "there is no pool"),
        (IT, {"it": 1}, IT, "serves only support pools"),
        (IT, {"customer_service": 1.5, "warehouse": -0.5}, f"{IT}.warehouse", "negative"),
        (IT, {5: 1}, f"{IT}.(a number)", "name must be a text"),
        ("activities.1.code", "visits", "activities[2].code", "is there already"),
        ("activities.0.phase", "after", "activities[0].phase", "one of presale, production"),
        ("activities.0.level", ..., "activities[0].level", "is missing; it is one of unit, batch"),
        ("activities.0.pool", "kitchen", "activities[0].pool", "there is no pool kitchen"),
        ("activities.0.pool", "it", "activities[0].pool", "it is a support pool"),
        ("activities.0.pool", "board", "activities[0].pool", "board is a corporate pool"),
        ("activities.0.pool", ..., "activities[0].pool", "is missing"),
        ("activities.0.minutes", ..., "activities[0]", "needs minutes (with a pool) or shares"),
        ("activities.0.minutes", {}, "activities[0].minutes", "at least one entry"),
        ("activities.0.minutes.orders", -8, "activities[0].minutes.orders", "must not be negative"),
        ("activities.0.minutes.orders", "8 min", "activities[0].minutes.orders", "must be a number"),
        ("activities.0.minutes.orders", True, "activities[0].minutes.orders", "not yes or no"),
        ("activities.0.minutes.orders", None, "activities[0].minutes.orders", "not nothing"),
        ("activities.0.minutes.orders", float("nan"), "activities[0].minutes.orders", "must be a number"),
        ("activities.0.minutes.orders", float("inf"), "activities[0].minutes.orders", "must be a number"),
        ("activities.0.minutes.orders", 1e-13, "activities[0].minutes.orders", "at most 12 decimals"),
        ("activities.0.minutes.orders", 10**30, "activities[0].minutes.orders", "at most 1000000000"),
        ("activities.0.minutes.orders", "1/0", "activities[0].minutes.orders", "must be a number"),
        ("activities.0.minutes.oders", 1, "activities[0].minutes.oders", "there is no measure oders"),
        ("activities.0.minutes.products", 1, "activities[0].minutes.products", "cannot be a driver"),
        ("activities.0.driver", "orders", "activities[0].driver", "belongs to shares"),
        ("activities.0.shares", {"travel": 0}, "activities[0]", "has minutes and shares"),
        ("activities.2.driver", "products", "activities[2].driver", "cannot be a driver"),
        ("activities.2.driver", ..., "activities[2].driver", "is missing"),
        ("activities.2.driver", "visits", "activities[2].driver", "there is no measure visits"),
        ("activities.2.pool", "travel", "activities[2].pool", "belongs to minutes"),
        ("activities.2.shares.trvl", 1, "activities[2].shares.trvl", "there is no pool trvl"),
        ("activities.2.shares.travel", 0.9, "pools[3]", "shares of travel in visits sum to 0.9, not to 1"),
        ("activities.2.shares.sales_force", "1/3", "pools[2]", "sum to 47/60, not to 1"),
        ("activities.2.shares.warehouse", 1, "pools[1]", "by time (picking) and by shares (visits)"),
        ("activities.1.pool", "customer_service", "pools[1]", "no activity consumes warehouse"),
        ("order", ["it"], "order", "belongs to support_method step_down"),
        ("order", "it", "order", "must be a list"),
    ],
)
def test_a_mistake_is_named_with_its_place(path, value, place, message):
    found = problems_of(changed(path, value))

    assert found[0][0] == place.replace("pools.4", "pools[4]")
    assert all("there is no pool" in follow_up for _, follow_up in found[1:])
    assert message in found[0][1]


def test_a_number_too_long_to_print_is_named_too():
    ((place, _),) = problems_of(changed("activities.0.minutes.orders", 10**5000))

    assert place == "activities[0].minutes.orders"


def test_a_mistyped_measure_hides_no_wrong_sum():
    wrong = changed("activities.2.shares.travel", 0.9)
    wrong["activities"][0]["minutes"]["oders"] = 1
    wrong["activities"][2]["driver"] = "nonsense"

    assert [place for place, _ in problems_of(wrong)] == [
        "activities[0].minutes.oders",
        "activities[2].driver",
        "pools[3]",
    ]


def test_all_mistakes_are_named_at_once():
    wrong = changed("pools.0.kind", "x")
    wrong["currency"] = "dollar"
    wrong["activities"][2]["driver"] = "nonsense"

    assert [place for place, _ in problems_of(wrong)] == ["currency", "pools[0].kind", "activities[2].driver"]


SUPPORT_POOLS = {
    "a": {"b": 1},
    "b": {"c": 1},
    "c": {"travel": 1},
}


def with_support(method: str, serves: dict[str, dict], order: list[str] | None = None) -> dict:
    """The standard document with these support pools instead of IT."""
    found = document()
    del found["pools"][4]
    found["pools"] += [{"code": code, "kind": "support", "serves": to} for code, to in serves.items()]
    found["support_method"] = method
    return found | ({"order": order} if order else {})


@pytest.mark.parametrize(
    ("method", "order", "expected"),
    [
        ("reciprocal", None, []),
        ("direct", None, ["a", "b"]),
        ("step_down", ["a", "b", "c"], []),
        ("step_down", ["b", "a", "c"], ["a"]),
        ("step_down", None, ["a"]),  # a and b serve support pools alike: costs would say which is first
    ],
)
def test_pools_that_a_method_would_leave_without_a_recipient_are_named(method, order, expected):
    found = problems_of(with_support(method, SUPPORT_POOLS, order))

    assert [message.split(", ")[1].split(" ")[0] for _, message in found] == expected


@pytest.mark.parametrize(
    ("order", "place", "message"),
    [
        (["a", "b"], "order", "the support pool c is missing"),
        (["a", "b", "c", "a"], "order[3]", "is there already"),
        (["a", "b", "c", "travel"], "order[3]", "there is no support pool travel"),
        (["a", "b", "c", 5], "order", "must be a list"),
    ],
)
def test_an_order_names_each_support_pool_once(order, place, message):
    ((found_place, found_message),) = problems_of(with_support("step_down", SUPPORT_POOLS, order))

    assert found_place == place
    assert message in found_message


def test_a_loop_of_support_pools_is_named_whole():
    found = problems_of(with_support("reciprocal", {"a": {"b": 1}, "b": {"a": 1}, "c": {"travel": 1}}))

    assert [place for place, _ in found] == ["pools[6].serves", "pools[7].serves"]


def test_without_support_pools_no_method_is_needed():
    plain = document()
    del plain["pools"][4], plain["support_method"]

    found, problems = parse(plain)

    assert problems == []
    assert found is not None and found.support_method == "direct"


def test_measures_are_those_of_order_lines_and_of_known_events():
    assert measures.known("orders") and measures.known("visit.count")
    assert measures.known("visit.x_km", ["visit"]) and not measures.known("visit.count", ["quote"])
    assert measures.event_type("sales.visit.minutes") == "sales.visit"
    assert not measures.known("visits") and not measures.known("a b.count")
    assert measures.known("products") and not measures.can_drive("products")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["it", "travel", "support", "operating", "orders", "1/3", "presale", "unit"])
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def places(part: object) -> list[list]:
    """The ways to everything inside a document."""
    steps = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else []
    return [[], *([step, *way] for step, inner in steps for way in places(inner))]


@given(json_values)
def test_no_document_makes_it_raise(value):
    problems_of(value)


@given(st.data())
def test_no_change_of_a_good_document_makes_it_raise(data):
    found = copy.deepcopy(document())
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(found)[1:]))
        part = found
        for step in way:
            part = part[step]
        part[last] = data.draw(json_values)

    kept, _ = parse(found)

    if kept is not None:
        assert parse(to_document(kept)) == (kept, [])
