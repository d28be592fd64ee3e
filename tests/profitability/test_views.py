import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from kam_portal.views.whale import MOST_POINTS, WORST, drawn
from profitability.models import Concentration, CostModel, MonthResult, PoolBalance, Publication, Ranking, Result, Run
from relationships.models import Position
from tests.factories import a_portfolio

MOST_QUERIES = 16  # one of them: how many notices are unread


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def see(portfolio, client):
    """`see("manager", "/ranking/")`: the text of the page."""

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


def crowd(portfolio, count: int) -> None:
    """Many more accounts of the team north, each like N3: it loses money."""
    model = portfolio.accounts["N3"]
    made = Account.objects.bulk_create(
        Account(code=f"X{number}", name=f"Crowd {number}", team=model.team, manager=model.manager, segment="crowd")
        for number in range(count)
    )
    run = portfolio.run
    result = Result.objects.get(run=run, account=model)
    position = Position.objects.get(run=run, account=model)
    for table, row in ((Result, result), (Position, position), (Ranking, None), (MonthResult, None)):
        rows = [row] if row else list(table.objects.filter(run=run, account=model))
        table.objects.bulk_create(like(each, account) for each in rows for account in made)


def like(row, account):
    values = {field.attname: getattr(row, field.attname) for field in row._meta.fields if not field.primary_key}
    values["account_id"] = account.pk
    if "code" in values:
        values["code"] = account.code
    if "result_id" in values:
        values["result_id"] = Result.objects.get(run=row.run, account=account).pk
    return type(row)(**values)


def queries(client, user, address: str) -> int:
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


ADDRESSES = (
    "/ranking/",
    "/ranking/?measure=contribution&segment=growth",
    "/whale/",
    "/whale/?method=revenue",
    "/methods/",
    "/methods/?method=two_stage&segment=growth",
    "/runs/",
    "/accounts/N1/activities/visits/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_number_of_queries_does_not_grow_with_the_accounts(portfolio, client, address):
    roles = ("executive", "finance") if address.startswith("/methods/") else ("manager", "finance")
    before = {role: queries(client, portfolio.user(role), address) for role in roles}

    crowd(portfolio, 120)

    after = {role: queries(client, portfolio.user(role), address) for role in roles}
    assert after == before
    assert max(after.values()) <= MOST_QUERIES


@pytest.mark.parametrize("address", ["/cost-model/", "/runs/{run}/", "/runs/{run}/?pool=sales"])
def test_finance_pages_take_few_queries(portfolio, client, address):
    assert queries(client, portfolio.user("finance"), address.format(run=portfolio.run.pk)) <= MOST_QUERIES


# Ranking


def test_the_ranking_of_the_company_begins_with_its_finding(see):
    page = see("finance", "/ranking/")

    assert "4 of 11 accounts make 80 % of net revenue" in page
    assert "Ranks, shares and classes are those of the company." in page


def test_others_rank_only_what_they_see(see):
    page = see("manager", "/ranking/")

    assert "of your 6 accounts make 80 % of their net revenue" in page
    assert "among the 6 accounts you see" in page
    assert "Account S1" not in page


def test_a_granted_lead_reads_company_ranks_of_own_accounts(portfolio, client):
    lead = portfolio.user("lead")
    lead.sees_company_figures = True
    lead.save()

    rows = download(client, lead, "/ranking/?format=csv")

    assert [(row["Code"], row["Rank"]) for row in rows][:3] == [("N1", "2"), ("N2", "3"), ("N3", "4")]


def test_a_filter_narrows_list_chart_and_shares(see, portfolio, client):
    page = see("finance", "/ranking/?country=DE")

    assert "shares are of the 3 accounts in view" in page
    rows = download(client, portfolio.user("finance"), "/ranking/?country=DE&format=csv")
    assert [(row["Code"], row["Rank"]) for row in rows] == [("N1", "2"), ("N2", "3"), ("N5", "9")]
    assert Decimal(rows[-1]["Cumulative share"]) == 1


def test_a_filter_keeps_the_measure(see):
    page = see("finance", "/ranking/?measure=volume&country=DE")

    assert '<input type="hidden" name="measure" value="volume"' in page


def test_few_customers_get_money_instead_of_shares(see):
    page = see("finance", "/ranking/?country=DE")

    assert "With fewer than five customers" in page
    assert "Gini" not in page.split("With fewer than five")[0].split("How much hangs")[1]


def test_groups_count_as_one_customer_unless_accounts_are_asked_for(see):
    # N2 belongs to N1, so the three accounts of one country are two customers
    for level, counted in (("parent", 2), ("account", 3)):
        page = see("finance", f"/ranking/?country=DE&level={level}")

        assert f"<dt>Customers counted</dt><dd>{counted}</dd>" in page


def test_a_member_cannot_rank_by_contribution(see):
    page = see("member", "/ranking/?measure=contribution")

    assert "net revenue" in page.split("</h1>")[0]
    assert ">Contribution<" not in page


def test_movement_is_said_in_words(portfolio, see):
    Ranking.objects.filter(run=portfolio.run, measure="revenue", code="N1").update(previous_rank=5)
    Ranking.objects.filter(run=portfolio.run, measure="revenue", code="S4").update(previous_rank=None)

    page = see("finance", "/ranking/")

    assert "up 3" in page and "from 5" in page
    assert ">new<" in page


def test_an_account_that_nobody_matches_offers_the_way_back(see):
    page = see("finance", "/ranking/?q=nobody")

    assert "No account matches" in page
    assert "Remove all filters" in page


@pytest.mark.parametrize(
    "measure", ["revenue", "volume", "gross_margin", "contribution", "potential", "share_of_wallet"]
)
def test_every_measure_has_its_page_and_its_file(see, portfolio, client, measure):
    assert "<h1>" in see("finance", f"/ranking/?measure={measure}")
    assert len(download(client, portfolio.user("finance"), f"/ranking/?measure={measure}&format=csv")) == 11


# Whale curve


def test_the_whale_curve_begins_with_its_finding(see):
    # N3 loses 15,000, S3 15,000, N6 4,000, S5 1,000 of the 236,000 that the others earn
    page = see("finance", "/whale/")

    assert "4 of 11 accounts take back 35.0\u202fk USD" in page
    assert "all 11 active accounts of the company" in page


def test_others_see_the_curve_of_their_accounts(see):
    page = see("manager", "/whale/")

    assert "2 of 6 accounts take back 19.0\u202fk USD" in page
    assert "not on the whole company" in page
    assert "Account S3" not in page


def test_those_behind_the_fall_stand_in_order_of_loss_with_the_cause(see):
    page = see("manager", "/whale/").split("Behind the fall")[1]

    assert page.index("Account N3") < page.index("Account N6")
    assert "/accounts/N3/activities/order_entry/" in page
    assert re.search(r"order entry</a>\s+<a[^>]+>22,500.00</a>\s+<span class=\"hint\">50.0\u202f%</span>", page)


def test_an_account_sold_below_cost_says_so(portfolio, see):
    Result.objects.filter(run=portfolio.run, code="N6").update(
        gross_margin=Decimal(-5000), contribution=Decimal(-11000), cost_to_serve=Decimal(6000)
    )

    page = see("manager", "/whale/?q=N6")

    assert "Sold below cost of goods and freight 5,000.00" in page


def test_without_profit_there_are_no_percentages(portfolio, see):
    page = see("manager", "/whale/?losing=on")

    assert "All 2 accounts lose money after cost to serve: 19.0\u202fk USD" in page
    assert "nothing remains, so no percentage" in page


def test_when_everybody_earns_nothing_falls(see):
    page = see("finance", "/whale/?segment=key")

    assert "All 4 accounts earn money after cost to serve" in page
    assert "the curve never falls" in page


@pytest.mark.parametrize("count", [1, 2, 3_000, 100_000])
def test_of_very_many_accounts_the_curve_draws_enough(count):
    peak = count * 3 // 5

    places = drawn(count, peak)

    assert len(places) <= MOST_POINTS + WORST + 4
    assert places == sorted(set(places))
    assert {0, count - 1} | ({peak - 1, peak} & set(range(count))) <= set(places)
    assert places[-WORST:] == list(range(count))[-WORST:]  # every one of the worst


def test_the_whale_file_ends_at_the_total(portfolio, client):
    rows = download(client, portfolio.user("finance"), "/whale/?format=csv")

    assert len(rows) == 11
    assert Decimal(rows[-1]["Cumulative"]) == sum(Decimal(row["Contribution"]) for row in rows)


def test_a_granted_lead_reads_the_company_curve_in_a_sentence(portfolio, see):
    lead = portfolio.user("lead")
    lead.sees_company_figures = True
    lead.save()
    Concentration.objects.filter(run=portfolio.run, measure="contribution").update(
        figures={"whale_peak_share": 1.1234, "erosion": 4321.0, "whale_peak": 1}
    )

    assert "The company’s own curve peaks at 112.3\u202f% of its profit and falls by 4.3\u202fk USD." in see(
        "lead", "/whale/"
    )
    assert "company’s own curve" not in see("manager", "/whale/")


# Runs


def test_runs_are_listed_with_state_and_difference(portfolio, see):
    page = see("member", "/runs/")

    assert f"Run {portfolio.run.pk}" in page and f"Run {portfolio.earlier.pk}" in page
    assert "Published" in page and "Superseded" in page
    assert "Recompute now" not in page


def test_pools_are_shown_only_to_those_who_may_see_costs(portfolio, see):
    address = f"/runs/{portfolio.run.pk}/"

    assert "Balance: where every pool went" in see("finance", address)
    for role in ("member", "manager", "lead"):
        page = see(role, address)
        assert "Balance" not in page and "Sales</a>" not in page


def test_the_balance_shows_every_destination_and_closes(portfolio, see):
    page = see("executive", f"/runs/{portfolio.run.pk}/")

    # costs of 237,000 to accounts, 1,000 unused, 2,000 of the board
    for amount in ("240,000.00", "237,000.00", "1,000.00", "2,000.00"):
        assert amount in page
    assert "Service" in page and "Board" in page


def test_a_pool_opens_its_months(portfolio, see):
    page = see("finance", f"/runs/{portfolio.run.pk}/?pool=service")

    assert "Service, month by month" in page
    assert "Jan 2026" in page and "Feb 2026" in page


def test_overused_capacity_is_flagged_and_not_cut_off(portfolio, see):
    PoolBalance.objects.filter(run=portfolio.run, pool="service").update(
        practical_minutes=100, used_minutes=125, unused=-50
    )

    page = see("finance", f"/runs/{portfolio.run.pk}/")

    assert "125.0\u202f%" in page
    assert "2 months" in page
    assert "−100.00" in page


def test_accounts_and_no_account_make_the_total_of_the_order_lines(portfolio, see):
    page = see("finance", f"/runs/{portfolio.run.pk}/").split("Order lines: accounts and no account")[1]

    assert all(amount in page for amount in ("1,587,000.00", "7,000.00", "1,594,000.00"))


def test_what_changed_since_the_run_before_is_named(portfolio, see):
    Run.objects.filter(pk=portfolio.earlier.pk).update(inputs={"ledger": "a", "costs": "b", "model": "c"})
    Run.objects.filter(pk=portfolio.run.pk).update(inputs={"ledger": "z", "costs": "b", "model": "y"})

    page = see("manager", f"/runs/{portfolio.run.pk}/")

    assert "these changed: the ledger, the cost model." in page


def test_a_failed_run_says_what_is_safe_and_keeps_its_reason_from_those_without_costs(portfolio, see):
    failed = Run.objects.create(state=Run.State.FAILED, message="The pool secret has no practical minutes.")
    address = f"/runs/{failed.pk}/"

    assert "The pool secret" in see("finance", address)
    page = see("manager", address)
    assert "The pool secret" not in page
    assert "every page still shows" in page


def test_notices_name_pools_so_only_those_who_see_costs_read_them(portfolio, see):
    Run.objects.filter(pk=portfolio.run.pk).update(notices=["more minutes of the pool service were used"])
    address = f"/runs/{portfolio.run.pk}/"

    assert "pool service" in see("finance", address)
    assert "pool service" not in see("lead", address)


def test_a_run_under_way_asks_for_its_progress(portfolio, see):
    run = Run.objects.create(state=Run.State.RUNNING, step="Costing 2026-01", steps_done=2, steps_total=5)

    page = see("manager", f"/runs/{run.pk}/")

    assert f'hx-get="/runs/{run.pk}/progress/"' in page
    assert "Costing 2026-01: step 2 of 5" in page
    assert 'value="2" max="5"' in see("manager", f"/runs/{run.pk}/progress/")


def test_a_run_that_nobody_takes_up_says_so(portfolio, see):
    run = Run.objects.create()
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=10))

    assert "no worker has taken it up" in see("manager", f"/runs/{run.pk}/")


def test_a_finished_run_makes_the_page_reload(portfolio, client):
    client.force_login(portfolio.user("manager"))

    response = client.get(f"/runs/{portfolio.run.pk}/progress/")

    assert response.headers["HX-Refresh"] == "true"


# Starting a run


@pytest.fixture
def post(portfolio, client):
    def send(role: str, **months: str):
        client.force_login(portfolio.user(role))
        return client.post("/runs/start/", months)

    return send


def test_finance_asks_for_a_run_and_follows_it(portfolio, post):
    response = post("finance", month_from="2026-01", month_to="2026-02")

    run = Run.objects.latest("pk")
    assert (run.asked_from, run.asked_to, run.state) == (202601, 202602, Run.State.WAITING)
    assert run.created_by == portfolio.user("finance")
    assert response.url == f"/runs/{run.pk}/"


def test_asking_twice_makes_one_run(portfolio, post):
    assert post("finance").url == post("finance").url


@pytest.mark.parametrize("role", ["manager", "member", "lead", "executive", "admin"])
def test_nobody_else_may_start_a_run(portfolio, post, role):
    before = Run.objects.count()

    assert post(role).status_code == 403
    assert Run.objects.count() == before


@pytest.mark.parametrize(
    ("months", "reason"),
    [
        ({"month_from": "2026-13"}, "Write a month as 2026-03."),
        ({"month_from": "2026-05", "month_to": "2026-04"}, "The window ends before it begins."),
        ({"month_from": "2001-01", "month_to": "2026-04"}, "A run covers five years at most."),
    ],
)
def test_a_window_that_makes_no_sense_is_sent_back_with_the_reason(portfolio, post, months, reason):
    before = Run.objects.count()

    response = post("finance", **months)

    assert response.status_code == 422
    assert reason in response.content.decode()
    assert Run.objects.count() == before


# Cost model


def test_the_cost_model_reads_as_sentences(see):
    page = see("finance", "/cost-model/")

    assert "8 min per order, from Service" in page
    assert "All of Sales, spread by sales visits" in page
    assert "Stays with the company: no account bears it" in page


def test_an_earlier_version_is_shown_as_it_was(portfolio, see):
    document = portfolio.run.cost_model.document | {"version": 2}
    CostModel.objects.create(code="standard", version=2, document=document)

    page = see("finance", "/cost-model/standard/1/")

    assert "An earlier version, as it was" in page
    assert "The published run did not use this version" in see("finance", "/cost-model/")


def test_without_a_cost_model_the_page_says_what_to_do(portfolio, see):
    Publication.objects.all().delete()
    Run.objects.all().delete()
    CostModel.objects.all().delete()

    assert "No cost model yet" in see("finance", "/cost-model/")


# The trail of a cost


def test_the_trail_sums_to_the_cost_of_the_account(see):
    page = see("manager", "/accounts/N1/activities/visits/")

    # half of 40,000, in two months
    assert "Visits for Account N1: 20,000.00 USD" in page
    assert "10,000.00" in page
    assert "A monthly cost, spread by sales visits" in page


def test_pools_stand_in_a_trail_only_for_those_who_may_see_costs(see):
    assert "From which resource costs" in see("finance", "/accounts/N1/activities/order_entry/")

    for role in ("manager", "lead"):
        page = see(role, "/accounts/N1/activities/order_entry/")
        assert "From which resource costs" not in page
        assert "Service" not in page


def test_a_member_sees_no_trail(see):
    see("member", "/accounts/N1/activities/visits/", status=403)


@pytest.mark.parametrize("address", ["/accounts/S1/activities/visits/", "/accounts/N1/activities/none/"])
def test_hidden_accounts_and_unknown_activities_are_not_found(see, address):
    see("manager", address, status=404)


# Before the first run


@pytest.mark.parametrize("address", ["/ranking/", "/whale/", "/runs/", "/cost-model/"])
def test_before_the_first_run_pages_say_so(portfolio, see, address):
    Publication.objects.all().delete()

    assert "<h1>" in see("finance", address)


def test_before_the_first_run_there_is_no_trail(portfolio, see):
    Publication.objects.all().delete()

    see("manager", "/accounts/N1/activities/visits/", status=404)
