"""Methods and capacity: from a run to the pages."""

import csv
import io
from decimal import Decimal

import pytest

from kam_portal.recompute import recompute
from profitability.capacity import idle_pools
from profitability.core.capacity import whole_people
from profitability.core.methods import METHODS
from profitability.methods import closings, difference_of, lines
from profitability.models import MethodCost, PoolBalance, Result, Run
from tests.factories import a_portfolio
from tests.ledger import imported
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL


@pytest.fixture
def run(tmp_path, transactional_db) -> Run:
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)
    made = recompute(202601, 202602)
    assert made.state == Run.State.PUBLISHED, made.message
    return made


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def see(portfolio, client):
    """`see("manager", "/methods/")`: the text of the page."""

    def read(role: str, address: str, status: int = 200) -> str:
        client.force_login(portfolio.user(role))
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return read


def download(client, user, address: str) -> list[dict[str, str]]:
    client.force_login(user)
    content = b"".join(client.get(address).streaming_content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_each_method_closes_to_the_same_cost(run):
    found = closings(run)
    pools = PoolBalance.objects.filter(run=run, pool__in=["service", "sales", "shop"])
    charged = sum(row.input + row.support_in for row in pools)
    unassigned = sum(row.unassigned for row in pools)

    assert [row.method for row in found] == list(METHODS)
    assert {row.total for row in found} == {charged - unassigned}
    assert found[1].unused == 0  # the desk was used in both months, so two-stage hides all of it
    assert found[0].unused == found[2].unused != 0


def test_revenue_moves_cost_but_adds_none(run):
    listed = lines(run, Result.objects.in_run(run).of_accounts())

    by_revenue = difference_of(listed, "revenue")

    assert by_revenue.surplus == 0
    assert by_revenue.over_cost == by_revenue.under_cost > 0
    assert difference_of(listed, "time_driven").between == 0


def test_the_methods_of_a_run_are_kept_once_for_each_account(run):
    assert MethodCost.objects.filter(run=run).count() == Result.objects.filter(run=run).count()


def test_capacity_adds_up_to_the_balance_and_shows_over_use(run, settings):
    settings.MINUTES_PER_PERSON = 100
    (desk,) = idle_pools(run)
    january, february = desk.months

    assert desk.whole.unused == sum(month.unused for month in desk.months)
    assert (january.is_overused, february.is_overused) == (False, True)
    assert january.people == (january.practical - january.used) // 100 > 0
    assert february.people < 0
    assert february.unused < 0
    assert desk.always_free == february.people
    assert january.released == (january.people * 100 * january.cost / january.practical).quantize(Decimal("0.01"))
    assert february.released == 0


@pytest.mark.parametrize(
    "unused, people", [(4_573, 4), (1_000, 1), (999, 0), (0, 0), (-1, -1), (-1_000, -1), (-1_001, -2)]
)
def test_a_part_of_a_person_is_nobody(unused, people):
    assert whole_people(unused, 1_000) == people


# Pages


def test_the_comparison_begins_with_its_finding(see):
    assert "Spread on revenue charges 6 accounts too much and 5 too little" in see("finance", "/methods/")


def test_unused_capacity_in_two_stages_is_named(see):
    page = see("finance", "/methods/?method=two_stage")

    assert "is unused capacity that two-stage costing hides" in page
    assert "+23,700.00" in page  # a tenth of 237,000


def test_two_stages_move_nothing_between_accounts_that_all_bear_more(portfolio, client):
    client.force_login(portfolio.user("finance"))

    page = client.get("/methods/?method=two_stage")

    assert page.context["moved"] == 0
    assert page.context["surplus"] == page.context["over_cost"] == Decimal("23700.00")
    assert "Two-stage hides 23,700 USD of unused capacity in what 11 accounts bear" in page.content.decode()


def test_what_accounts_in_view_bear_more_the_others_bear_less(see):
    assert "the rest of the company is charged as much less" in see("manager", "/methods/")


def test_only_who_may_see_costs_sees_how_the_methods_close(see):
    assert "Each method closes to the same cost" in see("executive", "/methods/")
    assert "Each method closes to the same cost" not in see("manager", "/methods/")


def test_a_filter_closes_nothing_but_its_own_accounts(see):
    page = see("finance", "/methods/?segment=growth")

    assert "Account N3" in page
    assert "Account N1" not in page
    assert "Each method closes to the same cost" not in page


def test_places_are_those_among_the_accounts_seen(portfolio, client):
    rows = download(client, portfolio.user("manager"), "/methods/?format=csv")

    assert {row["Code"] for row in rows} == {"N1", "N2", "N3", "N4", "N5", "N6"}
    assert sorted(int(row["Place"]) for row in rows) == [1, 2, 3, 4, 5, 6]
    assert all(int(row["Place"]) - int(row["Two-stage: place"]) == int(row["Two-stage: places up"]) for row in rows)


@pytest.mark.parametrize("address", ["/methods/", "/whale/?method=revenue"])
def test_a_member_sees_no_method(see, address):
    see("member", address, 403)


@pytest.mark.parametrize("role", ["manager", "lead", "member"])
def test_capacity_is_for_those_who_may_see_costs(see, role):
    see(role, "/capacity/", 403)


def test_the_whale_curve_takes_another_method(see):
    by_time, by_revenue = see("finance", "/whale/"), see("finance", "/whale/?method=revenue&country=AT")

    assert "Cost to serve: Time-driven" in by_time
    assert "Cost to serve: Spread on revenue" in by_revenue
    assert "Its share of all cost, by revenue" not in by_time
    assert "?method=two_stage&amp;country=AT" in by_revenue


def test_the_fall_is_that_of_the_method(portfolio, client):
    client.force_login(portfolio.user("finance"))

    page = client.get("/whale/?method=two_stage")

    rows = page.context["rows"]
    assert sum(row["part"] for row in rows) == pytest.approx(1)
    assert all(row["contribution"] == row["result"].gross_margin - row["cost_to_serve"] < 0 for row in rows)


def test_a_run_that_kept_only_its_own_method_says_so(portfolio, see):
    MethodCost.objects.all().delete()

    assert "This run kept only its own method" in see("finance", "/methods/")
    assert "Spread on revenue" not in see("finance", "/whale/?method=revenue")
    assert 'id="methods"' not in see("finance", "/accounts/N1/")


def test_an_account_shows_the_three_methods_to_those_who_may_see_profit(see):
    page = see("manager", "/accounts/N1/")

    assert "The same account by three methods" in page
    assert "44,000.00" in page  # two-stage: a tenth more than 40,000
    assert "The same account by three methods" not in see("member", "/accounts/N1/")
