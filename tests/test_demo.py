"""The demo portfolio: true to its source, the same each time, and with a story to tell."""

import csv
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest
import yaml
from django.core.management import CommandError, call_command

from kam_portal.demo import characters, costs, decisions, files, generated, judgements, people, portfolio
from kam_portal.demo.months import MONTHS, Calendar
from kam_portal.demo.source import BUNDLE, source
from profitability.core import cost_model
from relationships.core import criteria

TODAY = date(2026, 3, 14)
# AdventureWorksDW, FactResellerSales, all 60,855 lines: sums of SalesAmount, DiscountAmount, Freight,
# OrderQuantity and TotalProductCost.
SOURCE_TOTALS = {
    "net_amount": Decimal("80450596.9823"),
    "discount_amount": Decimal("527507.9262"),
    "freight_amount": Decimal("2011265.9158"),
    "quantity": Decimal(214378),
}
SOURCE_COST = Decimal("79980114.3790")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    files.write(folder, TODAY)
    return folder


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def lines(folder):
    return rows(folder / "order_lines.csv")


def test_the_bundle_is_small_and_carries_its_licence():
    size = sum(path.stat().st_size for path in BUNDLE.iterdir())

    licence = (BUNDLE / "LICENCE.md").read_text()

    assert size < 2_000_000
    assert "MIT License" in licence
    assert "Microsoft Corporation" in licence


def test_sales_are_those_of_the_source_to_the_last_digit(lines):
    lines = [line for line in lines if not line["order_id"].startswith("gen-")]
    totals = {column: sum(Decimal(line[column]) for line in lines) for column in SOURCE_TOTALS}

    assert len(lines) == 60_855
    assert totals == SOURCE_TOTALS


def test_costs_are_the_sources_times_one_factor(lines):
    total = sum(Decimal(line["cost_amount"]) for line in lines if not line["order_id"].startswith("gen-"))

    assert total == pytest.approx(SOURCE_COST * portfolio.COST_FACTOR, rel=Decimal("0.000001"))


def test_some_goods_come_back_and_some_are_sold_to_nobody_by_name(lines):
    returned = [line for line in lines if Decimal(line["quantity"]) < 0]
    counter = [line for line in lines if not line["account_code"]]

    assert all(line["order_id"].startswith("gen-return-") for line in returned)
    assert all(line["order_id"].startswith("gen-counter-") for line in counter)
    assert 200 < len(returned) < 300
    assert len(counter) == 3 * MONTHS
    assert max(line["ordered_on"] for line in returned + counter) <= "2026-02-28"
    for line in returned:
        assert Decimal(line["net_amount"]) < 0 and Decimal(line["cost_amount"]) < 0 and line["account_code"]


def test_the_same_day_gives_the_same_bytes(folder, tmp_path):
    for cached in (characters.characters, generated.events, judgements.rated_accounts, costs.used_minutes):
        cached.cache_clear()

    again = files.write(tmp_path, TODAY)

    assert [path.name for path in again if path.read_bytes() != (folder / path.name).read_bytes()] == []


@pytest.mark.parametrize("today", [date(2025, 1, 31), date(2026, 3, 1), date(2028, 2, 29)])
def test_the_last_month_is_last_month(today):
    calendar = Calendar(today)

    months = Counter(calendar.move(order.ordered_on).strftime("%Y-%m") for order in source().orders)

    last = calendar.last_day.strftime("%Y-%m")
    assert max(months) == last == calendar.name(MONTHS - 1)
    assert months[last] == sum(order.ordered_on >= date(2013, 11, 1) for order in source().orders)
    assert min(months) == calendar.name(0)


def test_a_day_that_the_moved_month_does_not_have_becomes_its_last():
    four_months_before_the_last = date(2013, 7, 31)

    assert Calendar(date(2026, 6, 10)).move(four_months_before_the_last) == date(2026, 1, 31)
    assert Calendar(date(2026, 7, 10)).move(four_months_before_the_last) == date(2026, 2, 28)
    assert Calendar(date(2028, 7, 10)).move(four_months_before_the_last) == date(2028, 2, 29)


def test_nothing_is_shipped_after_today_and_lead_times_are_kept(lines):
    shipped = [line for line in lines if line["shipped_on"]]

    leads = {days(line["ordered_on"], line["shipped_on"]) for line in shipped}

    assert max(line["shipped_on"] for line in shipped) <= TODAY.isoformat()
    assert leads == {7, 8}


def days(first, last):
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def test_there_is_one_login_for_each_role():
    logins = people.demo_logins()

    roles, names, emails, passwords = (set(column) for column in zip(*logins, strict=True))

    assert roles == {"manager", "member", "lead", "finance", "executive", "admin"}
    assert len(names) == len(emails) == len(logins) == 6
    assert all(email == f"{role}@demo.kam-portal.example" for role, _, email, _ in logins)
    assert len(passwords) == 1
    assert all(len(password) >= 15 for password in passwords)


def test_everybody_whom_the_files_name_is_a_user(folder):
    users = {row["email"] for row in rows(folder / "users.csv")}
    accounts = rows(folder / "accounts.csv")

    named = {row[column] for row in accounts for column in ("manager_email", "sponsor_email")} - {""}
    raters = {row["rater_email"] for row in rows(folder / "ratings.csv")}

    assert named | raters <= users
    assert people.employee_email("José Saraiva") == "jose.saraiva@demo.kam-portal.example"


def test_the_manager_has_a_few_key_accounts_in_two_territories(folder):
    own = [row for row in rows(folder / "accounts.csv") if row["manager_email"] == "manager@demo.kam-portal.example"]

    assert 15 <= len(own) <= 20
    assert {row["team_code"] for row in own} == {"northwest", "southwest"}


def test_what_is_generated_says_so(folder):
    events = rows(folder / "activity_events.csv")
    evidence = {row["evidence"] for row in rows(folder / "ratings.csv")} - {""}
    groups = {row["name"] for row in rows(folder / "accounts.csv") if not row["code"].startswith("AW")}

    assert all(event["event_id"].startswith("gen-") for event in events)
    assert all(text.startswith("Generated for the demo") for text in evidence)
    assert all(name.endswith("(demo group)") for name in groups)


def test_the_note_states_the_factor():
    from kam_portal.demo.note import DEMO_NOTE

    assert f"multiplied by {portfolio.COST_FACTOR}," in str(DEMO_NOTE)


def test_events_lie_in_the_months_of_the_sales(folder):
    calendar = Calendar(TODAY)
    months = {event["occurred_on"][:7] for event in rows(folder / "activity_events.csv")}

    assert {calendar.name(place) for place in range(MONTHS)} >= months
    assert len(months) == MONTHS


def test_cost_model_and_criteria_are_right_as_they_stand(folder):
    model, problems = cost_model.parse(yaml.safe_load((folder / "cost_model.yaml").read_text()))
    found, doubts = criteria.parse(yaml.safe_load((folder / "criteria.yaml").read_text()))

    assert (problems, doubts) == ([], [])
    assert len(model.pools) >= 10
    assert len(model.activities) >= 15
    assert {activity.phase for activity in model.activities} == set(cost_model.PHASES)
    assert {activity.level for activity in model.activities} == set(cost_model.LEVELS)
    assert model.support_method == "reciprocal"
    assert len(found.attractiveness) == len(found.relationship) == 5


def test_time_pools_are_used_well_in_most_months_and_one_too_much(folder):
    capacity = {
        (row["pool_code"], row["month"]): float(row["practical_minutes"])
        for row in rows(folder / "resource_costs.csv")
        if row["practical_minutes"]
    }
    calendar = Calendar(TODAY)

    use = {
        (pool, place): work[place] / capacity[pool, calendar.name(place)]
        for pool, work in costs.used_minutes().items()
        for place in range(MONTHS)
    }

    last_year = [share for (_, place), share in use.items() if place >= MONTHS - 12]
    assert sum(0.75 <= share <= 0.95 for share in last_year) > 0.9 * len(last_year)
    assert [key for key, share in use.items() if share > 1 and key[1] >= MONTHS - 12] == [("warehouse", 25)]


def test_three_hundred_accounts_are_rated_by_several_people_within_fourteen_months(folder):
    ratings = rows(folder / "ratings.csv")

    raters = defaultdict(set)
    for rating in ratings:
        raters[rating["account_code"]].add(rating["rater_email"])

    assert len(raters) > 300
    assert sum(len(people) > 1 for people in raters.values()) > 100
    assert {rating["status"] for rating in ratings} == {"assumed", "confirmed"}
    assert {rating["perspective"] for rating in ratings} == {"supplier", "buyer"}
    assert min(rating["rated_on"] for rating in ratings) >= "2024-12-31"
    assert max(rating["rated_on"] for rating in ratings) <= "2026-02-28"


def test_own_weights_of_an_account_sum_to_100(folder):
    weights = Counter()
    for row in rows(folder / "account_criteria.csv"):
        weights[row["account_code"]] += int(row["weight"])

    assert len(weights) == 20
    assert set(weights.values()) == {100}


def test_what_is_decided_of_one_account_is_not_said_of_a_whole_customer():
    outcome, reason, _months = decisions.PROPOSALS[decisions.TOO_DEAR]

    assert (outcome, "largest single account" in reason) == ("release", True)  # a group of accounts is larger


def test_a_public_portal_gets_no_demo(settings):
    settings.PUBLIC = True

    with pytest.raises(CommandError, match="known passwords"):
        call_command("seed_demo")
