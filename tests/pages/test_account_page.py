"""The page of one account: every way to the same figure arrives at the same cent."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from kam_portal.frozen import thawed
from kam_portal.recompute import recompute
from profitability.models import Publication, Result, Run
from relationships.models import Position
from tests.ledger import imported
from tests.markup import chart_of, page_of, rows_of
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL

PHASES = ["Presale", "Production", "Delivery", "Post-sale"]
COST_TABLE = "Cost to serve by phase and activity"


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def cents(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


@pytest.fixture
def published(transactional_db, tmp_path):
    """A ledger with fractions of cents, calculated for real."""
    tables = {"order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", accounts=ACCOUNTS, cost_model=MODEL, **tables)
    run = recompute(202601, 202602)
    assert run.state == Run.State.PUBLISHED
    return run


@pytest.fixture
def finance(transactional_db):
    client = Client()
    client.force_login(User.objects.create_user("f@example.com", "Finance", "finance", "pw"))
    return client


@pytest.mark.parametrize("code", ["A", "B", "C"])
def test_statement_waterfall_phases_and_activities_agree_to_the_cent(published, finance, code):
    page = page_of(finance.get(f"/accounts/{code}/"))
    result = Result.objects.get(run=published, code=code)

    lines = {label: amount(cell) for label, cell, _share in rows_of(page, "Profit and loss")}
    costs = {row[0]: amount(row[4]) for row in rows_of(page, COST_TABLE)}
    activities = {name: cost for name, cost in costs.items() if name not in [*PHASES, "Cost to serve"]}

    # each total follows from what stands above it
    assert lines["List sales"] + lines["Discounts"] + lines["Returns"] == lines["Net revenue"] == result.net_revenue
    assert lines["Net revenue"] + lines["Cost of goods"] + lines["Freight"] == lines["Gross margin"]
    assert lines["Gross margin"] + sum(lines[name] for name in PHASES) == lines["Contribution"] == result.contribution
    # the table of activities
    assert sum(activities.values()) == costs["Cost to serve"] == result.cost_to_serve > 0
    assert {name: -lines[name] for name in PHASES if lines[name]} == {
        name: cost for name, cost in costs.items() if name in PHASES
    }
    # the charts
    signs = {"total": 1, "minus": -1}
    steps = chart_of(page, "waterfall")["steps"]
    assert {step["name"]: signs[step["kind"]] * cents(step["amount"]) for step in steps} == lines
    by_phase = {series["name"]: sum(map(cents, series["values"])) for series in chart_of(page, "phases")["series"]}
    assert by_phase == {name: -lines[name] for name in PHASES}
    for series in chart_of(page, "trend")["series"]:
        assert sum(cents(value) for value in series["values"] if value is not None) == lines[series["name"]]


def test_a_cost_leads_to_the_activity_behind_it(published, finance):
    page = page_of(finance.get("/accounts/A/"))
    (table,) = [each for each in page.all("table") if each.all("caption")[0].text == COST_TABLE]
    links = {link.attributes["href"] for link in table.all("a")}

    trails = {f"/accounts/A/trail/?figure={name}" for name in ("presale", "production", "cost_to_serve")}
    trails |= {f"/accounts/A/trail/?figure=activity:{code}" for code in ("entry", "visits")}
    assert links == trails | {"/accounts/A/activities/entry/", "/accounts/A/activities/visits/"}
    assert {finance.get(link).status_code for link in links} == {200}


def test_the_page_shows_the_published_run_and_not_the_latest(published, finance):
    before = page_of(finance.get("/accounts/A/")).one("main").text
    newer = recompute(202602, 202602)  # another window, published
    after = page_of(finance.get("/accounts/A/")).one("main").text
    with thawed():
        Publication.objects.update(run=published, published_at=timezone.now())

    assert newer.state == Run.State.PUBLISHED
    assert after != before
    assert page_of(finance.get("/accounts/A/")).one("main").all("p")[0].text.startswith(f"Run {published.pk}")


def test_what_the_quantity_of_a_driver_counts_is_said(published, finance):
    rows = {row[0]: row[1:] for row in rows_of(page_of(finance.get("/accounts/B/")), COST_TABLE)}

    assert rows["Visits"][:2] == ["Customer by sales visits", "2"]
    assert rows["Entry"][:2] == ["Batch", "10.5 min"]  # an order of one line: 8 + 2.5


def test_the_heading_of_an_account_says_what_it_earns_and_why(visit):
    losing, earning = visit("manager", "/accounts/N3/"), visit("manager", "/accounts/N1/")

    assert losing.context["headline"] == (
        "Loses 15,000.00 after cost to serve, with a gross margin of 30,000.00. "
        "The largest cost to serve: Order entry, 22,500.00."
    )
    assert earning.context["headline"].startswith("Earns 80,000.00 after cost to serve.")
    assert visit("member", "/accounts/N3/").context["headline"] == ""
    assert visit("finance", "/accounts/S6/").context["headline"] == (
        "No orders and no activity in the window of the run."
    )


def test_a_median_of_fewer_than_five_peers_is_not_shown(portfolio, visit):
    # N5, N6, S4, S5, S6 are the segment "other"; S6 is not active: three peers of N5, even for finance
    assert visit("finance", "/accounts/N5/").context["peers"] is None

    more = [portfolio.accounts[code] for code in ("S1", "S2")]
    for account in more:
        account.segment = "other"
        account.save()

    peers = visit("finance", "/accounts/N5/").context["peers"]
    assert (peers.count, peers.net_revenue) == (5, 40_000)  # of 600,000, 90,000, 40,000, 12,000, 5,000
    assert visit("manager", "/accounts/N5/").context["peers"] is None  # sees one of them


def test_positions_of_earlier_runs_are_listed_newest_first(portfolio, visit):
    Position.objects.filter(run=portfolio.earlier, account__code="N3").update(box="status")

    rows = rows_of(page_of(visit("manager", "/accounts/N3/")), "Positions in published runs")
    of_member = rows_of(page_of(visit("member", "/accounts/N3/")), "Positions in published runs")

    assert [row[0] for row in rows] == [f"Run {portfolio.run.pk}", f"Run {portfolio.earlier.pk}"]
    assert [row[2] for row in rows] == ["Star", "Status"]
    assert rows[0][-1] == "−15,000.00"
    assert [len(row) for row in of_member] == [4, 4]  # neither attractiveness nor contribution
