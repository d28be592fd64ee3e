"""One month's costs: published examples, and the contract's decisions one by one."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from profitability.core.balance import PoolBalance, total
from profitability.core.cost_model import CostModel, parse
from profitability.core.costing import MonthCosts, cost_month, window_balance
from profitability.core.volumes import CannotCost
from tests import frames

DATA = Path(__file__).parents[1] / "data"
MONTH = 202403
TEN_THOUSANDTHS = 10_000


def example(name: str) -> dict:
    return json.loads((DATA / f"{name}.json").read_text())


EDGE_CASES = {case["id"]: case for case in json.loads((DATA / "edge_cases_costing.json").read_text())}


def model(pools: list[dict], activities: list[dict], **more: object) -> CostModel:
    """A model; pools are operating, activities presale and unit where they do not say it."""
    document = {
        "code": "test",
        "version": 1,
        "currency": "USD",
        "pools": [{"kind": "operating"} | pool for pool in pools],
        "activities": [{"phase": "presale", "level": "unit"} | activity for activity in activities],
    }
    found, problems = parse(document | more)
    assert found is not None, problems
    return found


def by_driver(pools: list[str]) -> CostModel:
    """Each pool with one activity, spread by the event of its name."""
    activities = [{"code": pool, "shares": {pool: 1}, "driver": f"{pool}.count"} for pool in pools]
    return model([{"code": pool} for pool in pools], activities)


def by_time(activities: list[dict]) -> CostModel:
    """One pool `desk` with these activities."""
    return model([{"code": "desk"}], [{"pool": "desk"} | activity for activity in activities])


def volumes(by_account: dict[str, dict[str, int]]) -> pd.DataFrame:
    """Counts of events per account."""
    found = pd.DataFrame.from_dict(by_account, orient="index").fillna(0) * TEN_THOUSANDTHS
    return found.astype("int64").rename(columns="{}.count".format).sort_index()


def money(costs: np.ndarray, accounts: list[str], columns: list[str]) -> dict[str, dict[str, Fraction]]:
    """Costs in cents as money per account and activity."""
    return {
        account: {column: Fraction(int(cell), 100) for column, cell in zip(columns, row, strict=True)}
        for account, row in zip(accounts, costs, strict=True)
    }


def row(month: MonthCosts, pool: str) -> PoolBalance:
    return next(row for row in month.balance if row.pool == pool)


def figures(found: dict, prefix: str = "") -> dict[str, Fraction]:
    """A nested answer as paths, like those of the published figures."""
    flat = {}
    for key, value in found.items():
        flat |= figures(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def as_printed(found: dict, published: list[dict]) -> None:
    flat = figures(found)
    for figure in published:
        if figure["path"].startswith("survey"):
            continue  # rates by interview, which this product does not use
        assert abs(flat[figure["path"]] - Fraction(figure["value"])) <= Fraction(figure["tol"]), figure["path"]


# Published examples


def abc(case: dict, others: dict[str, dict[str, int]]) -> tuple[MonthCosts, dict]:
    """An example of pools with one driver each; `others` are the customers it does not tell of."""
    pools = {pool["name"]: int(Fraction(pool["cost"]) * 100) for pool in case["inputs"]["pools"]}
    customers = {customer["name"]: customer for customer in case["inputs"]["customers"]}
    measures = volumes({name: customer["drivers"] for name, customer in customers.items()} | others)
    month = cost_month(by_driver(list(pools)), MONTH, pools, {}, measures)
    costs = money(month.costs, list(measures.index), list(pools))
    found = {}
    for name, customer in customers.items():
        margin = customer.get("gross_margin") or customer["revenue"] - customer["cogs"]
        traced = customer.get("direct_traceable", 0)
        serving = sum(costs[name].values())
        found[name] = {
            "activity_costs": costs[name],
            "activity_total": serving,
            "gross_margin": Fraction(margin),
            "profit": margin - traced - serving,
        }
    rates = {activity.code: activity.rate / 100 for activity in month.activities}
    return month, {"rates": rates, "customers": found}


def test_ackers_is_costed_as_printed_and_to_the_cent():
    case = example("abc_ackers")

    month, found = abc(case, {})

    as_printed(found, case["published"])
    assert figures(found) == {path: Fraction(value) for path, value in figures(case["exact"]).items()}
    assert total(month.balance).accounts == 14_345_50 == int(month.costs.sum())


def test_rates_come_from_the_volume_of_all_customers_not_of_the_two_described():
    case = example("abc_two_customers_support")
    described = [customer["drivers"] for customer in case["inputs"]["customers"]]
    rest = {
        pool["name"]: pool["driver_volume"] - sum(drivers[pool["name"]] for drivers in described)
        for pool in case["inputs"]["pools"]
    }

    _, found = abc(case, {"the rest": rest})

    as_printed(found, case["published"])
    assert figures(found) == {path: Fraction(value) for path, value in figures(case["exact"]).items()}


# Darwin gives rates, so the pools cost rate × volume. Its credit charge is no activity and is left out.
def test_darwin_before_its_credit_charge():
    case = example("abc_drury_darwin")
    for pool in case["inputs"]["pools"]:
        drivers = [customer["drivers"][pool["name"]] for customer in case["inputs"]["customers"]]
        pool["cost"] = pool["rate"] * sum(drivers)

    _, found = abc(case, {})

    for name, customer in case["exact"]["customers"].items():
        serving = {pool: Fraction(cost) for pool, cost in customer["activity_costs"].items()}
        before_credit = Fraction(customer["profit"]) + Fraction(customer["credit"]["credit_collection"])
        assert found["customers"][name]["activity_costs"] == serving
        assert found["customers"][name]["profit"] == pytest.approx(before_credit)


def tdabc(case: dict) -> tuple[MonthCosts, dict]:
    """An example of one department and its unit times, in the paths of the published figures."""
    inputs = case["inputs"]
    to_minutes = 60 if inputs.get("time_unit") == "hour" else 1
    activities = [
        {
            "code": entry["name"],
            "minutes": {f"{entry['name']}.count": str(Fraction(entry["unit_time"]) * to_minutes)},
        }
        for entry in inputs["activities"]
    ]
    quantities = {entry["name"]: entry["quantity"] for entry in inputs["activities"]}
    capacity = inputs["practical_capacity"] * to_minutes * TEN_THOUSANDTHS
    costs = {"desk": inputs["resource_cost"] * 100}
    month = cost_month(by_time(activities), MONTH, costs, {"desk": capacity}, volumes({"C1": quantities}))
    pool = row(month, "desk")
    found = {
        entry.code: {
            "time": Fraction(entry.minutes, TEN_THOUSANDTHS * to_minutes),
            "cost": Fraction(entry.cost, 100),
            "driver_rate": Fraction(entry.cost, 100) / (quantities[entry.code] or 1),
        }
        for entry in month.activities
    }
    unused = Fraction(pool.practical_minutes - pool.used_minutes, TEN_THOUSANDTHS * to_minutes)
    return month, {
        "capacity_cost_rate": month.activities[0].rate / 100 * to_minutes,
        "activities": found,
        "time_used": Fraction(pool.used_minutes, TEN_THOUSANDTHS * to_minutes),
        "cost_used": Fraction(pool.accounts, 100),
        "time_unused": unused,
        "cost_unused": Fraction(pool.unused, 100),
        "utilisation_pct": Fraction(100 * pool.used_minutes, pool.practical_minutes),
    }


@pytest.mark.parametrize("name", ["tdabc_kaplan_anderson_wp04_045", "tdabc_kaplan_anderson_hbr2004", "tdabc_garber"])
def test_time_driven_examples_are_costed_as_printed(name):
    case = example(name)

    _, found = tdabc(case)

    as_printed(found, case["published"])
    exact = {path: Fraction(value) for path, value in figures(case["exact"]).items() if path[:6] != "survey"}
    assert {path: pytest.approx(value) for path, value in exact.items()} == figures(found)


@pytest.mark.parametrize("name", ["tdabc_over_capacity", "tdabc_idle"])
def test_capacity_over_and_under_used(name):
    case = EDGE_CASES[name]

    _, found = tdabc(case)

    assert {path: figures(found)[path] for path in case["expected"]} == {
        path: Fraction(value) for path, value in case["expected"].items()
    }


def test_hunters_time_equation():
    case = example("tdabc_hunter_time_equation")
    base, coefficients = case["inputs"]["base"], case["inputs"]["coefficients"]
    minutes = {"order.count": base} | {f"{name}.count": number for name, number in coefficients.items()}
    orders = {entry["name"]: {"order": 1} | entry["drivers"] for entry in case["inputs"]["cases"]}
    measures = volumes(orders)

    month = cost_month(
        by_time([{"code": "entry", "minutes": minutes}]),
        MONTH,
        {"desk": 100_00},
        {"desk": 100 * TEN_THOUSANDTHS},
        measures,
    )

    for place, name in enumerate(measures.index):
        assert month.minutes[place, 0] == int(case["exact"][name]) * TEN_THOUSANDTHS
        assert month.costs[place, 0] == int(case["exact"][name]) * 100


# The decisions, one by one

VISITS = {"code": "visits", "shares": {"sales": 1}, "driver": "visit.count"}


def cost(given: CostModel, costs: dict[str, int], table: str, minutes: dict[str, int] | None = None) -> MonthCosts:
    practical = {pool: number * TEN_THOUSANDTHS for pool, number in (minutes or {}).items()}
    return cost_month(given, MONTH, costs, practical, frames.measures(table))


# 1.00 over 3 visits: 33.33 cents each, the cent left goes to the first account; “no account” bears its share.
def test_no_account_bears_its_share_and_ties_go_to_the_first_account_code():
    month = cost(
        model([{"code": "sales"}], [VISITS]),
        {"sales": 100},
        """
        account | visit.count
        -       | 1
        B       | 1
        A       | 1
        """,
    )

    assert month.costs[:, 0].tolist() == [33, 33, 34]
    assert row(month, "sales") == PoolBalance("sales", input=100, accounts=67, no_account=33)
    assert (month.activities[0].accounts, month.activities[0].no_account) == (67, 33)
    assert month.activities[0].quantity == 3 * TEN_THOUSANDTHS
    assert month.activities[0].rate == Fraction(100, 3)


# 1.01 of sales: visits 0.505, fairs 0.505 → fairs (first code) 51, visits 50; travel 0.10 goes to visits.
# Visits 60 over A 2, B 1, no account 3: 20, 10, 30. Back over the pools: half of the 50 and half of the 10.
def test_a_pool_is_split_over_activities_first_and_no_account_goes_back_to_each_pool():
    given = model(
        [{"code": "sales"}, {"code": "travel"}],
        [
            {"code": "visits", "shares": {"sales": 0.5, "travel": 1}, "driver": "visit.count"},
            {"code": "fairs", "shares": {"sales": 0.5}, "driver": "fair.count"},
        ],
    )

    month = cost(
        given,
        {"sales": 101, "travel": 10},
        """
        account | visit.count | fair.count
        A       | 2           | 0
        B       | 1           | 1
        -       | 3           | 0
        """,
    )

    assert month.costs.tolist() == [[20, 0], [10, 51], [30, 0]]
    assert row(month, "sales") == PoolBalance("sales", input=101, accounts=76, no_account=25)
    assert row(month, "travel") == PoolBalance("travel", input=10, accounts=5, no_account=5)


def test_a_driver_without_volume_sends_its_cost_to_unassigned():
    month = cost(
        model([{"code": "sales"}], [VISITS]),
        {"sales": 100},
        """
        account | orders
        A       | 2
        """,
    )

    assert row(month, "sales") == PoolBalance("sales", input=100, unassigned=100)
    assert (month.activities[0].unassigned, month.activities[0].rate) == (100, None)
    assert month.costs.tolist() == [[0]]


ENTRY = {"code": "entry", "minutes": {"orders": 8, "order_lines": 3}}
CHECK = {"code": "check", "minutes": {"orders": 1}}
ORDERS = """
    account | orders | order_lines
    A       | 1      | 1
    B       | 1      | 0
    -       | 0      | 1
    """


# Minutes: A 11 + 1, B 8 + 1, no account 3: 24 of 1,000 for 10.00 → 24 cents, a cent a minute.
# Cost 10.30: used 24.72 → 25 cents: quotas of 25 ÷ 24 a minute; the largest fraction is 11 → 11.458.
def test_the_used_cost_of_a_pool_is_rounded_once_then_split_over_accounts_and_activities():
    plain = cost(by_time([ENTRY, CHECK]), {"desk": 1000}, ORDERS, {"desk": 1000})
    rounded = cost(by_time([ENTRY, CHECK]), {"desk": 1030}, ORDERS, {"desk": 1000})

    assert plain.costs.tolist() == [[11, 1], [8, 1], [3, 0]]
    assert rounded.costs.tolist() == [[12, 1], [8, 1], [3, 0]]
    assert row(rounded, "desk") == PoolBalance(
        "desk",
        input=1030,
        accounts=22,
        no_account=3,
        unused=1005,
        practical_minutes=1000 * TEN_THOUSANDTHS,
        used_minutes=24 * TEN_THOUSANDTHS,
    )
    assert rounded.activities[0].rate == Fraction(1030, 1000)
    assert (rounded.minutes == plain.minutes).all()


# A cent for two equal minutes of A and B in two activities: the first account, then the first activity code.
def test_ties_of_a_time_pool_go_to_the_account_code_then_to_the_activity_code():
    month = cost(
        by_time([{"code": "z", "minutes": {"orders": 1}}, {"code": "y", "minutes": {"orders": 1}}]),
        {"desk": 1},
        """
        account | orders
        B       | 1
        A       | 1
        """,
        {"desk": 4},
    )

    assert month.costs.tolist() == [[0, 0], [0, 1]]


def test_over_use_keeps_its_sign_and_is_told():
    month = cost(by_time([ENTRY]), {"desk": 1000}, ORDERS, {"desk": 11})

    assert row(month, "desk").unused == -1000
    assert "more minutes of the pool desk were used in 2024-03 than are practical" in month.notices[0].message


def test_a_credit_is_spread_like_a_cost():
    month = cost(by_time([ENTRY]), {"desk": -1000}, ORDERS, {"desk": 100})

    assert month.costs.tolist() == [[-110], [-80], [-30]]
    assert row(month, "desk").unused == -780


# One pool got a credit as large as the other's cost: nothing to spread, and both pools close.
def test_pools_of_both_signs_close_each_by_itself():
    given = model(
        [{"code": "sales"}, {"code": "travel"}],
        [{"code": "visits", "shares": {"sales": 1, "travel": 1}, "driver": "visit.count"}],
    )

    month = cost(
        given,
        {"sales": 101, "travel": -100},
        """
        account | visit.count
        A       | 1
        -       | 1
        """,
    )

    assert month.costs.tolist() == [[1], [0]]
    assert [(pool.accounts, pool.no_account) for pool in month.balance] == [(51, 50), (-50, -50)]


MINUTES_MISSING = "the pool desk is consumed by time but has no practical minutes in 2024-03"


@pytest.mark.parametrize(
    ("costs", "minutes"),
    [({"desk": 1000}, {}), ({"desk": 1000}, {"desk": 0}), ({"desk": 5}, {"desk": -1}), ({"desk": 0}, {})],
)
def test_missing_practical_minutes_are_refused_naming_pool_and_month(costs, minutes):
    with pytest.raises(CannotCost, match=MINUTES_MISSING) as refusal:
        cost(by_time([ENTRY]), costs, ORDERS, minutes)

    assert (refusal.value.pool, refusal.value.month) == ("desk", MONTH)


def test_zero_capacity_with_cost_is_refused_even_when_nothing_is_done():
    case = EDGE_CASES["tdabc_zero_capacity"]  # there to be unassigned; the contract refuses the run instead

    with pytest.raises(CannotCost, match=MINUTES_MISSING):
        cost(
            by_time([ENTRY]),
            {"desk": case["inputs"]["resource_cost"]},
            "account | orders\nA | 0",
            {"desk": case["inputs"]["practical_capacity"]},
        )


def test_a_pool_without_costs_counts_as_nothing_and_is_told():
    month = cost(by_time([ENTRY]), {}, ORDERS)

    assert month.costs.sum() == 0
    assert row(month, "desk") == PoolBalance("desk", used_minutes=22 * TEN_THOUSANDTHS)
    assert [notice.message for notice in month.notices] == ["the pool desk has no costs in 2024-03; they count as 0"]


def test_costs_of_an_unknown_pool_are_refused_naming_pool_and_month():
    with pytest.raises(
        CannotCost, match="the costs of 2024-03 name the pool sles, which is not in version 1"
    ) as refusal:
        cost(model([{"code": "sales"}], [VISITS]), {"sles": 1}, ORDERS)

    assert refusal.value.pool == "sles"


def test_a_negative_driver_is_refused_naming_measure_and_account():
    with pytest.raises(CannotCost, match=r"visit\.count of no account is negative in 2024-03") as refusal:
        cost(model([{"code": "sales"}], [VISITS]), {"sales": 1}, "account | visit.count\nA | 2\n- | -1")

    assert refusal.value.measure == "visit.count"


# IT 1.00 in thirds: 33 cents each, and the cent left over to the first code, the board.
def test_support_channel_and_corporate_costs():
    third = "1/3"
    given = model(
        [
            {"code": "sales"},
            {"code": "fair", "kind": "channel"},
            {"code": "board", "kind": "corporate"},
            {"code": "it", "kind": "support", "serves": {"sales": third, "fair": third, "board": third}},
        ],
        [VISITS],
        support_method="reciprocal",
    )

    month = cost(given, {"it": 100, "sales": 10, "fair": 20, "board": 30}, "account | visit.count\nA | 1")

    assert month.balance == (
        PoolBalance("sales", input=10, support_in=33, accounts=43),
        PoolBalance("fair", input=20, support_in=33, channel=53),
        PoolBalance("board", input=30, support_in=34, corporate=64),
        PoolBalance("it", input=100, support_out=100),
    )
    assert total(month.balance).difference == 0


def test_a_window_is_the_sum_of_its_months():
    given = model([{"code": "sales"}], [VISITS])
    months = [cost(given, {"sales": amount}, "account | visit.count\nA | 1") for amount in (100, 23)]

    assert window_balance(months) == (PoolBalance("sales", input=123, accounts=123),)


def test_a_month_without_accounts_leaves_its_costs_unassigned_or_unused():
    empty = pd.DataFrame(index=pd.Index([], dtype=object))

    by_share = cost_month(model([{"code": "sales"}], [VISITS]), MONTH, {"sales": 100}, {}, empty)
    timed = cost_month(by_time([ENTRY]), MONTH, {"desk": 100}, {"desk": 10}, empty)

    assert row(by_share, "sales").unassigned == 100
    assert row(timed, "desk").unused == 100


def test_an_installation_without_a_cost_model_has_no_costs():
    nothing = CostModel("", 0, "USD", (), "direct", None, ())

    assert cost_month(nothing, MONTH, {}, {}, frames.measures(ORDERS)).costs.shape == (3, 0)


def test_an_account_has_one_row_and_measures_are_whole_numbers():
    given = model([{"code": "sales"}], [VISITS])

    with pytest.raises(ValueError, match="more than one row"):
        cost(given, {"sales": 1}, "account | visit.count\nA | 1\nA | 1")
    with pytest.raises(TypeError, match=r"visit\.count is float64"):
        cost_month(given, MONTH, {"sales": 1}, {}, pd.DataFrame({"visit.count": [0.5]}, index=["A"]))


# With 12 decimals in the equation a thousand lines weigh 10^19, which is more than 64 bits hold.
def test_volumes_beyond_64_bits_on_the_way_are_costed_exactly():
    month = cost(
        by_time([{"code": "entry", "minutes": {"orders": "0.000000000001", "order_lines": 1}}]),
        {"desk": 300},
        """
        account | order_lines
        A       | 2000
        B       | 1000
        """,
        {"desk": 3000},
    )

    assert month.costs[:, 0].tolist() == [200, 100]
    assert month.minutes[:, 0].tolist() == [2000 * TEN_THOUSANDTHS, 1000 * TEN_THOUSANDTHS]


def test_figures_too_large_to_count_are_refused():
    table = pd.DataFrame({"orders": [2**62]}, index=["A"])
    given = by_time([{"code": "entry", "minutes": {"orders": 1000}}])

    with pytest.raises(CannotCost, match="the figures of 2024-03 are too large"):
        cost_month(given, MONTH, {"desk": 300}, {"desk": 1}, table)


def test_an_unknown_pool_that_costs_nothing_and_has_no_minutes_refuses_nothing():
    month = cost(model([{"code": "sales"}], [VISITS]), {"sales": 100, "sles": 0}, "account | visit.count\nA | 2")

    assert month.costs.sum() == 100
    with pytest.raises(CannotCost, match="name the pool sles"):
        cost(model([{"code": "sales"}], [VISITS]), {"sles": 0}, "account | visit.count\nA | 2", {"sles": 60})
