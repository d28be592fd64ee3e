"""The trail of any figure: whatever is listed adds up to it, backward to the ledger and forward to the accounts."""

import re
from decimal import Decimal

import pytest

from accounts.models import Account
from kam_portal import trail
from kam_portal.recompute import recompute
from profitability import explain
from profitability.balances import pool_names
from profitability.core.cost_model import parse as parsed
from profitability.explain.figures import ACTIVITY, FIGURES, activity_names, explained, figure_of
from profitability.explain.forward import NO_ACCOUNT, cost_line, in_units
from profitability.models import MonthResult, PoolBalance, Run
from tests.factories import a_portfolio
from tests.ledger import imported
from tests.markup import page_of, rows_of
from tests.profitability.test_explain import ACCOUNTS, COSTS, EVENTS, LINES

MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [
        {"code": "service", "kind": "operating"},
        {"code": "sales", "kind": "operating"},
        {"code": "travel", "kind": "operating"},
        {"code": "idle", "kind": "operating"},
        {"code": "board", "kind": "corporate"},
        {"code": "it", "kind": "support", "serves": {"service": 0.5, "sales": 0.2, "people": 0.1, "board": 0.2}},
        {"code": "people", "kind": "support", "serves": {"it": 0.3, "travel": 0.7}},
    ],
    "support_method": "reciprocal",
    "activities": [
        {"code": "orders", "phase": "delivery", "level": "batch", "pool": "service", "minutes": {"orders": 8}},
        {"code": "lines", "phase": "production", "level": "unit", "pool": "service", "minutes": {"order_lines": 3.5}},
        {
            "code": "visits",
            "phase": "presale",
            "level": "customer",
            "shares": {"sales": 0.55, "travel": 1},
            "driver": "sales_visit.minutes",
        },
        {"code": "calls", "phase": "post_sale", "level": "customer", "shares": {"sales": 0.45}, "driver": "units"},
        {"code": "nothing", "phase": "post_sale", "level": "batch", "shares": {"idle": 1}, "driver": "late_orders"},
    ],
}
MORE_COSTS = """
board      2026-01  501.99    -
board      2026-02  10.00     -
travel     2026-01  -33.33    -
travel     2026-02  99.99     -
idle       2026-01  5.01      -
idle       2026-02  7.77      -
it         2026-01  300.0149  -
it         2026-02  100.0051  -
people     2026-01  77.77     -
people     2026-02  66.66     -
"""
NO_CUSTOMER = "5 1 2026-02-12 - - 0 - 3 30.005 0 30.005 10.0 0\n"
MONTHS = (202601, 202602)


@pytest.fixture
def run(transactional_db, tmp_path):
    imported(
        tmp_path / "in",
        accounts=ACCOUNTS,
        order_lines=LINES + NO_CUSTOMER,
        activity_events=EVENTS,
        resource_costs=COSTS + MORE_COSTS.lstrip("\n"),
        cost_model=MODEL,
    )
    found = recompute()
    assert found.state == Run.State.PUBLISHED, found.message
    return found


def amounts(run) -> list[str]:
    return [*FIGURES, *(f"{ACTIVITY}{code}" for code in activity_names(run))]


def assert_adds_up(run, account, name: str, month, user, lines: bool = True) -> None:
    explanation = explained(run, account, figure_of(run, name, user), month)

    for reading in explanation.readings:
        assert reading.total == explanation.amount, (account, name, month, reading.code)
    if lines and explanation.lines:
        assert explanation.lines.closes, (account, name, month, explanation.lines)
        assert sum(line.counted for line in explanation.lines.rows) == explanation.lines.exact


@pytest.fixture
def finance(transactional_db):
    from accounts.models import User

    return User.objects.create_user("costs@example.com", "Costs", "finance", "x")


def test_every_figure_of_every_account_adds_up_from_its_parts(db):
    portfolio = a_portfolio()
    for account in portfolio.accounts.values():
        for name in amounts(portfolio.run):
            for month in (None, *MONTHS):
                assert_adds_up(portfolio.run, account, name, month, portfolio.user("finance"), lines=False)


def test_every_figure_adds_up_from_the_ledger(run, finance):
    for account in Account.objects.all():
        for name in amounts(run):
            for month in (None, *MONTHS):
                assert_adds_up(run, account, name, month, finance)


def test_a_later_correction_does_not_change_the_trail_of_an_earlier_run(run, finance, tmp_path):
    account = Account.objects.get(code="A")
    corrected = LINES.replace(
        "3        110.0       10.0            100.0", "3        210.0       10.0            200.0"
    )
    assert corrected != LINES

    imported(tmp_path / "corrections", order_lines=corrected)

    assert_adds_up(run, account, "net_revenue", None, finance)


def test_lines_that_are_not_the_figure_are_said_not_to_be(run, finance):
    account = Account.objects.get(code="A")
    found = explained(run, account, FIGURES["net_revenue"])
    lines = found.lines.__class__(
        found.lines.rows, found.lines.count, found.lines.exact, found.amount + Decimal("0.01"), 1
    )

    assert found.lines.closes and not lines.closes


@pytest.mark.parametrize("month", MONTHS)
def test_every_resource_cost_line_is_borne_to_the_cent(run, month):
    for pool in pool_names(run):
        line = cost_line(run, pool, month)
        row = PoolBalance.objects.get(run=run, pool=pool, month=month)

        assert line.closes and abs(line.rounding) < Decimal("0.01"), pool
        if line.pool.kind != "support":
            borne = {account: cost for account, cost in line.spread.accounts.items() if account != NO_ACCOUNT}
            assert in_units(sum(borne.values())) == row.accounts, pool
            assert in_units(line.spread.accounts[NO_ACCOUNT]) == row.no_account, pool
            for name in ("unused", "channel", "corporate", "unassigned"):
                assert in_units(line.spread.elsewhere[name]) == getattr(row, name), (pool, name)


@pytest.mark.parametrize("month", MONTHS)
def test_what_the_pools_put_on_an_account_is_its_cost_to_serve(run, month):
    borne = {}
    for pool in pool_names(run):
        line = cost_line(run, pool, month)
        if line.pool.kind != "support":
            for account, cost in line.spread.accounts.items():
                borne[account] = borne.get(account, 0) + cost

    for row in MonthResult.objects.filter(run=run, month=month):
        found = in_units(borne[row.account_id or NO_ACCOUNT])
        assert abs(found - row.cost_to_serve) <= Decimal("0.02")  # an activity of several pools: rounded per pool


def test_a_support_pool_goes_on_to_the_accounts_of_the_pools_it_serves(run):
    line = cost_line(run, "people", 202601)

    assert sum(line.spread.pools.values()) == line.spread.total
    assert {"service", "travel", "sales", "board"} == set(line.spread.pools)
    assert any(line.spread.accounts.values()) and line.spread.elsewhere["corporate"]


# Who may see what, on the page


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def see(portfolio, client):
    def read(role: str, address: str, status: int = 200, **headers) -> str:
        client.force_login(portfolio.user(role))
        response = client.get(address, headers=headers)
        assert response.status_code == status, (role, address)
        return response.content.decode()

    return read


@pytest.mark.parametrize("figure", [*FIGURES, "visits", "activity:visits", *trail.KINDS, "list_amount"])
def test_every_figure_has_a_page(see, figure):
    assert "How it is calculated" in see("manager", f"/accounts/N1/trail/?figure={figure}") or figure == "box"
    assert "Account N1" in see("finance", f"/accounts/N1/trail/?figure={figure}&month=202601")


def test_the_panel_has_the_same_content_without_the_frame(see):
    whole = see("manager", "/accounts/N1/trail/?figure=contribution")
    panel = see("manager", "/accounts/N1/trail/?figure=contribution", **{"HX-Request": "true", "HX-Target": "panel"})

    assert "<html" in whole and "<html" not in panel
    for text in (whole, panel):
        assert "gross margin − cost to serve" in text and "80,000.00" in text and "The sum is the figure" in text


def without_tokens(page: str) -> str:
    """Tokens against forgery differ each time."""
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", page)


@pytest.mark.parametrize("figure", ["contribution", "cost_to_serve", "presale", "visits", "attractiveness"])
def test_a_member_does_not_know_figures_below_gross_margin(see, figure):
    hidden = see("member", f"/accounts/N1/trail/?figure={figure}", status=404)

    assert without_tokens(hidden) == without_tokens(
        see("member", "/accounts/N1/trail/?figure=no_such_figure", status=404)
    )
    assert "Gross margin" in see("member", "/accounts/N1/trail/")


def test_only_those_who_may_see_costs_are_led_to_pools(see):
    assert "cost-lines/sales/202601" in see("finance", "/accounts/N1/trail/?figure=visits")
    assert "cost-lines" not in see("manager", "/accounts/N1/trail/?figure=visits")
    assert "Sales" not in see("lead", "/accounts/N1/trail/?figure=visits").split("</nav>")[-1]


def test_a_place_is_told_among_the_accounts_one_sees(see):
    mine = see("manager", "/accounts/N1/trail/?figure=revenue_rank")
    company = see("finance", "/accounts/N1/trail/?figure=revenue_rank")

    assert "number 1 of 6" in mine and "Account S1" not in mine
    assert "number 2 of 11" in company and "Account S1" in company


def test_a_cost_line_leads_to_the_accounts_that_bear_it(see):
    text = see("finance", "/cost-lines/sales/202601/")

    assert text.index("Account S1") < text.index("Account N3") < text.index("Account N1<")
    assert "The sum is the cost, to the cent." in text
    assert "Account N1" in see("finance", "/cost-lines/service/202601/")
    see("finance", "/cost-lines/service/209901/", status=404)
    see("finance", "/cost-lines/nothing/", status=404)
    see("finance", "/cost-lines/service/?run=999", status=404)
    see("manager", "/cost-lines/sales/202601/", status=403)


def test_each_cell_of_the_balance_opens_what_is_behind_it(see, portfolio):
    text = see("finance", f"/runs/{portfolio.run.pk}/?pool=service")

    assert f"/cost-lines/service/?stage=unused&amp;run={portfolio.run.pk}" in text
    assert f"/cost-lines/service/202601/?run={portfolio.run.pk}" in text
    opened = see("finance", f"/cost-lines/service/?stage=unused&run={portfolio.run.pk}")
    assert "1,000.00" in opened and "500.00" in opened


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("manager", "/"),
        ("manager", "/accounts/"),
        ("manager", "/accounts/N1/"),
        ("manager", "/ranking/?measure=contribution"),
        ("finance", "/accounts/N1/"),
    ],
)
def test_amounts_lead_to_their_trail(see, role, address):
    text = see(role, address)

    assert 'class="trail"' in text and "/trail/?figure=contribution" in text


def test_homes_and_the_whale_curve_lead_to_trails(see, portfolio):
    assert "/accounts/N3/trail/?figure=contribution" in see("manager", "/")
    assert "/accounts/N6/trail/?figure=contribution" in see("executive", "/?whole=1")
    assert "/accounts/N3/trail/?figure=cost_to_serve" in see("finance", "/whale/")
    assert "figure=cost_to_serve" not in see("finance", "/whale/?method=revenue")


# Support pools, and one account's part


@pytest.mark.parametrize("month", MONTHS)
def test_what_a_pool_received_is_parted_by_support_pool_to_the_cent(run, month):
    for pool in pool_names(run):
        line = cost_line(run, pool, month)

        if line.pool.kind == "support":
            handed = line.balance.input + line.handing.received_total
            assert line.handing.sent_total == handed == sum(line.handing.sent.values())
        else:
            assert line.handing.received_total == line.balance.support_in


def test_a_support_pool_shows_what_it_hands_on_to_another_support_pool(run):
    it = cost_line(run, "it", 202601)

    # it = 300.01 + 0.3 × people, people = 77.77 + 0.1 × it: 333.34… and 111.10…
    assert it.handing.received == {"people": Decimal("33.33")}
    assert it.handing.sent["people"] == Decimal("33.33")
    assert it.handing.sent_total == Decimal("333.34")


@pytest.mark.parametrize("month", MONTHS)
def test_the_ways_by_which_accounts_bear_a_line_add_up(run, month):
    for pool in pool_names(run):
        spread = cost_line(run, pool, month).spread
        for account, amount in spread.accounts.items():
            assert sum(borne.get(account, 0) for borne in spread.ways.values()) == amount, (pool, account)


def test_an_account_behind_a_line_shows_the_same_figure(run, finance, client):
    client.force_login(finance)
    for pool in pool_names(run):
        line = cost_line(run, pool, 202601)
        page = client.get(f"/cost-lines/{pool}/202601/").content.decode()
        for account in Account.objects.filter(pk__in=[key for key, cost in line.spread.accounts.items() if cost]):
            url = f"/cost-lines/{pool}/202601/?run={run.pk}&amp;account={account.code}"
            assert url in page
            figure = f"{in_units(line.spread.accounts[account.pk]):,}".replace("-", "−")
            assert f"bears {figure} USD" in client.get(url.replace("&amp;", "&")).content.decode()
    assert client.get("/cost-lines/it/202601/?account=NOBODY").status_code == 404


def test_what_an_account_bears_is_proven_and_leads_on(run, finance, client):
    client.force_login(finance)

    time, support = (client.get(f"/cost-lines/{pool}/202601/?account=A") for pool in ("service", "it"))

    for page in (time, support):
        assert "The sum is what the account bears of the cost, to the cent." in page.content.decode()
    links = [link.attributes["href"] for link in page_of(time).one("main").all("a", **{"class": "trail"})]
    assert f"/accounts/A/activities/orders/?month=202601&run={run.pk}" in links
    links = [link.attributes["href"] for link in page_of(support).one("main").all("a", **{"class": "trail"})]
    assert f"/cost-lines/service/202601/?run={run.pk}&account=A" in links


def test_what_no_account_bears_leads_down_to_its_order_lines(run, finance, client):
    client.force_login(finance)
    without = MonthResult.objects.get(run=run, account=None, month=202602)

    line = client.get("/cost-lines/service/202602/").content.decode()
    assert f"/cost-lines/service/202602/?run={run.pk}&amp;account=" in line
    page = page_of(client.get(f"/cost-lines/service/202602/?run={run.pk}&account="))
    borne = in_units(cost_line(run, "service", 202602).spread.accounts[NO_ACCOUNT])
    assert f"Without an account: {borne:,}" in page.text and borne > 0
    assert "The sum is the part of the cost without an account, to the cent." in page.text
    lines = page_of(client.get(f"/no-account/?month=202602&run={run.pk}"))
    assert f"Net revenue without an account, Feb 2026: {without.net_revenue:,}" in lines.text
    assert [row[1] for row in rows_of(lines, "Order lines")] == ["5 / 1"] and "to the cent" in lines.text


def test_amounts_without_an_account_lead_to_their_order_lines(run, finance, client):
    client.force_login(finance)

    page = client.get(f"/runs/{run.pk}/").content.decode()

    for column in ("list_amount", "net_revenue", "cost_amount"):
        address = f"/no-account/?figure={column}&amp;run={run.pk}"
        assert f'href="{address}"' in page
        assert "5 / 1" in client.get(address.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert "figure=contribution" not in page
    assert client.get("/no-account/?figure=contribution").status_code == 404
    assert f"/cost-lines/service/?stage=unused&amp;run={run.pk}" in page.split('id="capacity"')[1]


def test_support_in_leads_to_the_pools_it_came_from(run, finance, client):
    client.force_login(finance)

    assert "/cost-lines/service/202601/#support" in client.get("/accounts/A/activities/orders/").content.decode()
    page = client.get("/cost-lines/service/202601/").content.decode()
    assert "Received from support pools" in page
    assert "/cost-lines/it/202601/" in page
    assert "What it hands on" in client.get("/cost-lines/it/202601/").content.decode()


@pytest.mark.parametrize("activity", ["orders", "lines", "visits", "calls"])
def test_the_records_behind_an_activity_cost_what_it_cost(run, activity):
    for account in Account.objects.all():
        found = next(each for each in parsed(run.cost_model.document)[0].activities if each.code == activity)
        trail_of_it = explain.trail_of(run, account, found)
        lines = [explain.line_behind(each, found) for each in explain.lines_behind(account, found, MONTHS, run)]
        events = [explain.event_behind(each, found) for each in explain.events_behind(account, found, MONTHS, run)]

        explain.with_costs(run, account, trail_of_it, [*lines, *events])

        for month in trail_of_it.months:
            costs = [each.cost for each in [*lines, *events] if each.record.month == month.month]
            assert sum(costs) == month.cost, (account, activity, month)


def test_each_event_shows_its_cost_and_all_add_up_to_the_figure(run, finance, client):
    client.force_login(finance)
    cost = MonthResult.objects.get(run=run, account__code="A", month=202601).costs["visits"]

    page = page_of(client.get("/accounts/A/activities/visits/?month=202601"))
    *rows, total = rows_of(page, "Events")

    shown = [Decimal(row[-1]) for row in rows]
    assert sum(shown) == in_units(cost) == Decimal(total[-1])


def test_amounts_of_a_month_lead_to_the_trail_of_that_month(see):
    assert "/accounts/N1/trail/?figure=activity:visits&amp;month=202601" in see(
        "manager", "/accounts/N1/activities/visits/"
    )
    assert "/accounts/N1/trail/?figure=net_revenue&amp;month=202601" in see(
        "manager", "/accounts/N1/trail/?figure=net_revenue"
    )
    for figure in ("net_revenue", "cost_to_serve", "contribution"):
        assert f"/accounts/N1/trail/?figure={figure}" in see("finance", "/methods/")


def test_a_cost_that_no_account_bears_shows_only_where_it_stays(see):
    text = see("finance", "/cost-lines/board/202601/")

    assert "Corporate" in text and "The sum is the cost, to the cent." in text
    assert ">No account<" not in text and "0 accounts" not in text
