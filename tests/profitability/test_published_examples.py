"""Published worked examples through the import files, a run and the API: as an outsider would check them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from kam_portal.recompute import recompute
from profitability.models import Run
from tests.ledger import imported

pytestmark = pytest.mark.django_db(transaction=True)
DATA = Path(__file__).parent.parent / "data"


def example(name: str) -> dict:
    return json.loads((DATA / f"{name}.json").read_text())


@pytest.fixture
def finance() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance"))
    return client


def read(client: Client, path: str) -> dict:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


def shares_model(pools: list[dict]) -> dict:
    """Each pool is one activity, spread by the number of its events."""
    return {
        "code": "example",
        "version": 1,
        "currency": "USD",
        "support_method": "direct",
        "pools": [{"code": pool["name"], "name": pool["name"], "kind": "operating"} for pool in pools],
        "activities": [
            {
                "code": pool["name"],
                "phase": "delivery",
                "level": "batch",
                "shares": {pool["name"]: 1},
                "driver": f"{pool['name']}.quantity",
            }
            for pool in pools
        ],
    }


def test_ackers_closes_to_the_ledger_and_gives_the_printed_profits(tmp_path, finance):
    inputs = example("abc_ackers")["inputs"]
    customers, pools = inputs["customers"], inputs["pools"]
    lines = "order_id line_no ordered_on account_code quantity net_amount cost_amount freight_amount\n"
    events = "event_id account_code event_type occurred_on quantity\n"
    for customer in customers:
        name, cost = customer["name"], customer["revenue"] - customer["gross_margin"]
        # the directly traceable cost of the example stands where the ledger keeps such a cost: freight
        lines += f"{name} 1 2026-03-05 {name} 1 {customer['revenue']} {cost} {customer['direct_traceable']}\n"
        for pool, quantity in customer["drivers"].items():
            events += f"{name}-{pool} {name} {pool} 2026-03-09 {quantity}\n"
    imported(
        tmp_path / "in",
        accounts="code name\n" + "\n".join(f"{customer['name']} {customer['name']}" for customer in customers),
        order_lines=lines,
        activity_events=events,
        resource_costs="pool_code month amount\n"
        + "\n".join(f"{pool['name']} 2026-03 {pool['cost']}" for pool in pools),
        cost_model=shares_model(pools),
    )

    run = recompute(202603, 202603)

    assert run.state == Run.State.PUBLISHED, run.message
    printed = {"Bobowler": (3029, 19851), "Ganzy": (6361, 20163), "Donnies": (Decimal("4955.50"), Decimal("8424.50"))}
    rows = {row["code"]: row for row in read(finance, "scores/")["results"]}
    assert {code: (row["cost_to_serve"], row["contribution"]) for code, row in rows.items()} == printed
    balance = read(finance, f"runs/{run.pk}/balance/")
    assert balance["total"]["input"] == balance["total"]["accounts"] == Decimal("14345.50")
    assert balance["total"]["difference"] == 0
    donnies = read(finance, "accounts/Donnies/profitability/")["activities"]
    assert {row["code"]: row["rate"] for row in donnies} == {
        "order_taking": 13,
        "packing": Decimal("4.2"),
        "dispatch": Decimal("3.45"),
        "warehousing": Decimal("10.6"),
        "account_admin": 19,
    }


def test_kaplan_and_anderson_keep_unused_capacity_out_of_the_accounts(tmp_path, finance):
    given = example("tdabc_kaplan_anderson_hbr2004")["inputs"]
    events = "event_id account_code event_type occurred_on quantity\n"
    model = {
        "code": "service",
        "version": 1,
        "currency": "USD",
        "support_method": "direct",
        "pools": [{"code": "customer_service", "name": "Customer service", "kind": "operating"}],
        "activities": [],
    }
    for activity in given["activities"]:
        name = activity["name"]
        events += f"{name} X {name} 2026-03-09 {activity['quantity']}\n"
        model["activities"].append(
            {
                "code": name,
                "phase": "production",
                "level": "batch",
                "pool": "customer_service",
                "minutes": {f"{name}.quantity": activity["unit_time"]},
            }
        )
    imported(
        tmp_path / "in",
        accounts="code name\nX Everybody",
        activity_events=events,
        resource_costs="pool_code month amount practical_minutes\n"
        f"customer_service 2026-03 {given['resource_cost']} {given['practical_capacity']}",
        cost_model=model,
    )

    run = recompute(202603, 202603)

    assert run.state == Run.State.PUBLISHED, run.message
    total = read(finance, f"runs/{run.pk}/balance/")["total"]
    assert (total["input"], total["accounts"], total["unused"]) == (560000, 462880, 97120)
    rows = {row["code"]: row for row in read(finance, "accounts/X/profitability/")["activities"]}
    assert {code: row["cost"] for code, row in rows.items()} == {
        "customer_order": 313600,
        "inquiry": 49280,
        "credit_check": 100000,
    }
    assert {row["rate"] for row in rows.values()} == {Decimal("0.8")}
    assert sum(row["minutes"] for row in rows.values()) == 578600


def test_the_reciprocal_method_gives_the_published_totals(tmp_path, finance):
    inputs = example("alloc_reciprocal_young")["inputs"]
    pools = [
        {"code": name, "name": name, "kind": "support", "serves": inputs["shares"][name]} for name in inputs["support"]
    ] + [{"code": name, "name": name, "kind": "operating"} for name in inputs["operating"]]
    model = shares_model([{"name": name} for name in inputs["operating"]]) | {"support_method": "reciprocal"}
    model["pools"] = pools
    costs = "\n".join(f"{name} 2026-03 {cost}" for name, cost in inputs["direct_cost"].items())
    imported(
        tmp_path / "in",
        accounts="code name\nX Everybody",
        activity_events="event_id account_code event_type occurred_on\n"
        "e1 X two_day 2026-03-01\ne2 X next_day 2026-03-01",
        resource_costs="pool_code month amount\n" + costs,
        cost_model=model,
    )

    run = recompute(202603, 202603)

    assert run.state == Run.State.PUBLISHED, run.message
    rows = {row["pool"]: row for row in read(finance, f"runs/{run.pk}/balance/")["rows"]}
    # printed 2,328 and 6,772; exact 2,327.586… and 6,772.413…, together 9,100
    assert rows["two_day"]["accounts"] == Decimal("2327.59")
    assert rows["next_day"]["accounts"] == Decimal("6772.41")


def test_the_four_boxes_are_those_of_the_definition(tmp_path, finance):
    accounts = {row["name"]: row for row in example("matrix_four_box")["accounts"]}
    ratings = "account_code criterion score rater_email rated_on\n"
    for code, row in accounts.items():
        ratings += f"{code} potential {row['attractiveness']} finance@example.com 2026-03-01\n"
        ratings += f"{code} trust {row['strength']} finance@example.com 2026-03-01\n"
    imported(
        tmp_path / "in",
        accounts="code name\n" + "\n".join(f"{code} {code}" for code in accounts),
        order_lines="order_id line_no ordered_on account_code quantity net_amount\n"
        + "\n".join(f"{code} 1 2026-03-01 {code} 1 10" for code in accounts),
        criteria={
            "code": "four",
            "version": 1,
            "cut": {"attractiveness": 5.0, "relationship": 5.0, "basis": "absolute"},
            "attractiveness": [{"code": "potential", "name": "Potential", "weight": 100, "kind": "judged"}],
            "relationship": [{"code": "trust", "name": "Trust", "weight": 100, "kind": "judged"}],
        },
        ratings=ratings,
    )

    run = recompute(202603, 202603)

    assert run.state == Run.State.PUBLISHED, run.message
    rows = {row["code"]: row["box"] for row in read(finance, "scores/")["results"]}
    assert rows == {code: row["box"] for code, row in accounts.items()}
