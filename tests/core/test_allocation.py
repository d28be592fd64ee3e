"""Support pools: published examples, edge cases, and laws over generated pools."""

import json
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profitability.core import allocation
from profitability.core.allocation import CannotAllocate, allocate, direct, reciprocal, step_down
from profitability.core.cost_model import Activity, CostModel, Pool

DATA = Path(__file__).parents[1] / "data"
YOUNG = json.loads((DATA / "alloc_reciprocal_young.json").read_text())
FERRE = json.loads((DATA / "alloc_stepdown_ferre.json").read_text())
EDGE_CASES = {case["id"]: case for case in json.loads((DATA / "edge_cases_costing.json").read_text())}


def fractions(numbers: dict[str, object]) -> dict[str, Fraction]:
    return {name: Fraction(str(number)) for name, number in numbers.items()}


def serves(shares: dict[str, dict]) -> dict[str, dict[str, Fraction]]:
    return {pool: fractions(numbers) for pool, numbers in shares.items()}


def by_base(base: dict[str, dict]) -> dict[str, dict[str, Fraction]]:
    """Shares from quantities of service."""
    return {pool: {to: Fraction(n, sum(of.values())) for to, n in of.items()} for pool, of in base.items()}


def model(given_serves: dict[str, dict[str, Fraction]], method: str, operating: list[str]) -> CostModel:
    """A model of these support pools, with one activity on all its operating pools."""
    pools = [Pool(code, code, "support", numbers) for code, numbers in given_serves.items()]
    pools += [Pool(code, code, "operating") for code in operating]
    activity = Activity("a", "a", "presale", "unit", shares=dict.fromkeys(operating, Fraction(1)), driver="orders")
    return CostModel("m", 1, "USD", tuple(pools), method, None, (activity,))


def close(found: Fraction, figure: dict) -> bool:
    return abs(found - Fraction(figure["value"])) <= Fraction(figure["tol"])


def test_the_reciprocal_method_gives_the_printed_costs_of_young():
    inputs = YOUNG["inputs"]
    costs, shares = inputs["direct_cost"], serves(inputs["shares"])
    received = reciprocal(shares, costs)
    found = {f"complete_support_cost.{pool}": x for pool, x in allocation.complete(shares, costs).items()}
    found |= {f"operating_total.{pool}": costs[pool] + amount for pool, amount in received.items()}

    for figure in YOUNG["published"]:
        assert close(found[figure["path"]], figure), figure["path"]
    assert sum(received.values()) == 1200 + 2400


def test_the_steps_of_ferre_are_those_printed():
    inputs = FERRE["inputs"]
    shares, costs = by_base(inputs["base"]), inputs["direct_cost"]
    handed = allocation.steps(shares, costs, inputs["order"])

    for figure in FERRE["published"]:
        _, giver, taker = figure["path"].split(".")
        assert close(handed[giver][taker], figure), figure["path"]
    received = step_down(shares, costs, inputs["order"])
    for pool, exact in FERRE["exact"]["operating_total"].items():
        assert abs(costs[pool] + received[pool] - Fraction(exact)) < Fraction(1, 10**9)


def test_without_an_order_the_larger_service_to_support_pools_goes_first_then_cost_then_code():
    half = Fraction(1, 2)
    to_support = {"s": {"a": Fraction(3, 4), "o": Fraction(1, 4)}}
    shares = to_support | {pool: {"s": half, "o": half} for pool in ("c", "b", "a")}

    assert allocation.step_order(shares, {"a": 1, "b": 5, "c": 5, "s": 1}) == ["s", "b", "c", "a"]


def test_use_of_the_own_service_does_not_count_for_the_order():
    quarter, half = Fraction(1, 4), Fraction(1, 2)
    shares = {"a": {"b": quarter, "a": half, "o": quarter}, "b": {"a": Fraction(2, 5), "o": Fraction(3, 5)}}

    assert allocation.share_to_support(shares, "a") == half
    assert allocation.step_order(shares, {"a": 1, "b": 9}) == ["a", "b"]


def test_two_pools_that_serve_only_each_other_are_singular():
    inputs = EDGE_CASES["reciprocal_closed_loop"]["inputs"]

    with pytest.raises(CannotAllocate, match=r"singular.*s1, s2"):
        reciprocal(serves(inputs["shares"]), inputs["direct_cost"])


def test_use_of_the_own_service_inflates_the_complete_cost_but_not_the_total():
    inputs = EDGE_CASES["reciprocal_self_use"]["inputs"]
    shares = serves(inputs["shares"])

    assert allocation.complete(shares, inputs["direct_cost"]) == {"s1": 125}
    assert reciprocal(shares, inputs["direct_cost"]) == {"o": 100}
    assert direct(shares, inputs["direct_cost"]) == step_down(shares, inputs["direct_cost"]) == {"o": 100}


def test_a_step_down_without_a_recipient_is_refused():
    inputs = EDGE_CASES["stepdown_no_recipient"]["inputs"]

    with pytest.raises(CannotAllocate, match="no recipients left for the cost of: s2"):
        step_down(by_base(inputs["base"]), inputs["direct_cost"], inputs["order"])


def test_the_direct_method_refuses_a_pool_that_serves_support_pools_only():
    shares = serves({"s1": {"s2": 1}, "s2": {"o": 1}})

    with pytest.raises(CannotAllocate, match="s1"):
        direct(shares, {"s1": 1, "s2": 1})
    assert allocation.without_recipient(shares, "direct") == ["s1"]
    assert reciprocal(shares, {"s1": 1, "s2": 1}) == {"o": 2}


# 100 over three thirds: 33.33 each, the cent left over to the first code; -100 mirrors it.
@pytest.mark.parametrize("method", allocation.METHODS)
@pytest.mark.parametrize("sign", [1, -1])
def test_received_costs_are_rounded_by_largest_remainder_over_the_receiving_pools(method, sign):
    thirds = {"s": dict.fromkeys(("o3", "o1", "o2"), Fraction(1, 3))}

    found = allocate(model(thirds, method, ["o3", "o1", "o2"]), {"s": sign * 100, "o1": 7})

    assert found == {"o3": sign * 33, "o1": sign * 34, "o2": sign * 33}


def test_a_pool_nobody_serves_receives_nothing():
    assert allocate(model({}, "direct", ["o"]), {"o": 5}) == {"o": 0}


shares_of_four = st.lists(st.integers(0, 6), min_size=4, max_size=4)


@st.composite
def support(draw: st.DrawFn) -> tuple[dict[str, dict[str, Fraction]], dict[str, int]]:
    """Two support pools that may serve each other, themselves and two others, and costs of both signs."""
    found = {}
    for pool in ("s1", "s2"):
        parts = draw(shares_of_four)
        parts[3] += 1
        found[pool] = {to: Fraction(n, sum(parts)) for to, n in zip(("s1", "s2", "o1", "o2"), parts, strict=True)}
    return found, {pool: draw(st.integers(-(10**6), 10**6)) for pool in ("s1", "s2")}


@given(support())
def test_every_method_hands_on_all_of_it(case):
    shares, costs = case

    for method in allocation.METHODS:
        received = allocate(model(shares, method, ["o1", "o2"]), costs)
        assert sum(received.values()) == sum(costs.values())
    for exact in (direct(shares, costs), step_down(shares, costs), reciprocal(shares, costs)):
        assert sum(exact.values()) == sum(costs.values())


@given(support())
def test_without_mutual_service_all_methods_agree(case):
    shares, costs = case
    alone = {
        pool: {to: share / sum(numbers[o] for o in ("o1", "o2")) for to, share in numbers.items() if to[0] == "o"}
        for pool, numbers in shares.items()
    }

    assert direct(alone, costs) == step_down(alone, costs) == reciprocal(alone, costs)


@given(support())
def test_the_order_of_the_pools_does_not_matter(case):
    shares, costs = case

    for order in permutations(shares):
        again = {pool: shares[pool] for pool in order}
        assert reciprocal(again, costs) == reciprocal(shares, costs)
        assert step_down(again, costs) == step_down(shares, costs)


@given(st.lists(shares_of_four, min_size=3, max_size=3))
def test_pools_reported_as_dead_ends_are_those_that_fail(table):
    names = ("s1", "s2", "s3", "o")
    shares = {
        pool: {to: Fraction(n, sum(parts) or 1) for to, n in zip(names, parts, strict=True)}
        for pool, parts in zip(names, table, strict=False)
    }
    ways = {"direct": direct, "step_down": step_down, "reciprocal": reciprocal}

    for method, way in ways.items():
        if allocation.without_recipient(shares, method):
            continue
        way(shares, dict.fromkeys(shares, 1))
    if allocation.stranded(shares):
        for way in ways.values():
            with pytest.raises(CannotAllocate):
                way(shares, dict.fromkeys(shares, 1))
