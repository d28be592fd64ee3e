"""Methods and capacity: from a run to the pages."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from accounts.models import User
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
    assert desk.tightest == february
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


def test_what_accounts_in_view_bear_more_the_others_bear_less(portfolio, client, see):
    more, less = see("finance", "/methods/?segment=key"), see("finance", "/methods/?segment=growth")

    assert "USD more by revenue than time-driven; the rest of the company is charged as much less" in flat(more)
    assert "USD less by revenue than time-driven; the rest of the company is charged as much more" in flat(less)
    assert "−" not in flat(less).split("These accounts together are charged")[1].split("USD")[0]


def flat(page: str) -> str:
    return " ".join(page.split())


def test_money_that_moves_is_said_both_ways_where_the_sums_differ(portfolio, client):
    client.force_login(portfolio.user("finance"))

    everything, part = client.get("/methods/").context, client.get("/methods/?country=DE").context

    assert abs(everything["surplus"]) < 1 and everything["both_ways"] == ""
    assert part["surplus"] and part["both_ways"] == "+32.1\u202fk / −4.5\u202fk"


@pytest.mark.parametrize("query", ["q=zzzz", "team=nope"])
def test_a_comparison_of_nobody_finds_nothing(portfolio, client, query):
    client.force_login(portfolio.user("finance"))

    assert client.get(f"/methods/?{query}").context["heading"] == "Method comparison"


def test_methods_are_for_those_who_may_see_what_the_company_costs(see):
    # spread on revenue ÷ net revenue is the company's cost ratio, two-stage ÷ time-driven its idle capacity
    assert "Each method closes to the same cost" in see("executive", "/methods/")
    for who in ("manager", "lead", "member"):
        see(who, "/methods/", 403)
        see(who, "/methods/?format=csv", 403)
    for who in ("manager", "lead"):
        whale, account = see(who, "/whale/?method=revenue"), see(who, "/accounts/N1/")
        assert "Method: revenue is not among those you see" in whale
        for page in (see(who, "/whale/"), account):
            assert "/methods/" not in page
            assert "Spread on revenue" not in page and "wo-stage" not in page


def test_an_unknown_method_shows_no_accounts(see):
    for address in ("/methods/?method=bogus", "/whale/?method=bogus"):
        page = see("finance", address)

        assert "Method: bogus is not among those you see" in page
        assert "No account matches" in page


def test_a_filter_closes_nothing_but_its_own_accounts(see):
    page = see("finance", "/methods/?segment=growth")

    assert "Account N3" in page
    assert "Account N1" not in page
    assert "Each method closes to the same cost" not in page


def test_places_are_those_among_the_accounts_seen(portfolio, client):
    rows = download(client, portfolio.user("finance"), "/methods/?format=csv&team=north")

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


def test_an_account_shows_the_three_methods_to_those_who_may_see_costs(see):
    page = see("executive", "/accounts/N1/")

    assert "The same account by three methods" in page
    assert "44,000.00" in page  # two-stage: a tenth more than 40,000
    assert "The same account by three methods" not in see("member", "/accounts/N1/")


# Files and headings


def test_where_everybody_loses_the_heading_says_it_once(see):
    assert "All 2 accounts lose money after cost to serve: 30.0\u202fk USD" in see(
        "finance", "/whale/?losing=on&segment=growth"
    )
    assert "1 account loses money after cost to serve: 4.0\u202fk USD" in see("finance", "/whale/?losing=on&q=N6")


def test_places_of_the_whale_file_are_those_of_the_page(portfolio, client):
    rows = download(client, portfolio.user("finance"), "/whale/?format=csv")
    page = client.get("/whale/")

    fallen = {row["Code"]: row["Place in the fall"] for row in rows if row["Place in the fall"]}
    assert fallen == {row["result"].code: str(row["place"]) for row in page.context["rows"]}
    assert [int(row["Place on the curve"]) for row in rows] == list(range(1, 12))
    assert {row["Currency"] for row in rows} == {"USD"}


def test_a_file_is_named_after_what_is_in_it(portfolio, client):
    client.force_login(portfolio.user("finance"))
    run = f"run-{portfolio.run.pk}-202601-202602"

    assert f"whale-{run}-country-de-two-stage-" in name_of_file(
        client, "/whale/?format=csv&method=two_stage&country=DE"
    )
    assert f"capacity-{run}-" in name_of_file(client, "/capacity/?format=xlsx")


def name_of_file(client, address: str) -> str:
    answer = client.get(address)
    b"".join(answer.streaming_content)  # closes the file
    return answer.headers["Content-Disposition"]


def test_a_workbook_names_its_sheet_and_shows_cents(portfolio, client):
    client.force_login(portfolio.user("finance"))

    content = b"".join(client.get("/methods/?format=xlsx").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["methods"]

    assert sheet["C2"].number_format == "#,##0.00"
    assert isinstance(sheet["C2"].value, float | int)


def test_shares_of_capacity_have_six_decimals_in_a_file(run, client):
    finance = User.objects.create_user("f@example.com", "Finance", "finance", "pw")
    used = [row["Used, of the minutes"] for row in download(client, finance, "/capacity/?format=csv")]

    assert used and all(len(share.partition(".")[2]) <= 6 for share in used)


def test_capacity_names_what_its_shares_are_of(run, client):
    client.force_login(User.objects.create_user("f@example.com", "Finance", "finance", "pw"))

    page = flat(client.get("/capacity/").content.decode())

    assert "Used, of the minutes" in page and "unused in money:" in page
    assert page.count('<details class="fold"') == len(idle_pools(run))
    assert "missing" in page


def test_months_without_practical_minutes_make_nobody_less_free(tmp_path, client, transactional_db, settings):
    settings.MINUTES_PER_PERSON = 100
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **(tables | {"resource_costs": COSTS.replace("20\n", "500\n")}))
    recompute(202509, 202602)
    client.force_login(User.objects.create_user("f@example.com", "Finance", "finance", "pw"))

    (desk,) = idle_pools(Run.objects.get())
    page = client.get("/capacity/")
    (series,) = page.context["chart"]["series"]

    assert [month.month for month in desk.months if not month.has_capacity] == [202509, 202510, 202511, 202512]
    january, february = desk.months[-2:]
    assert desk.whole.people == (january.minutes + february.minutes) // 200 > 1
    assert desk.tightest.people == min(january.people, february.people) > 0
    assert series["values"] == [None, None, None, None, float(january.unused), float(february.unused)]
    assert '<span class="quiet">nobody</span>' not in page.content.decode()
