from decimal import Decimal

import pytest

from accounts.models import Account
from kam_portal.concentration import BANDS, Hold, band, summary, trend_chart
from kam_portal.losing import loss_of
from profitability.ladder import MEASURES
from profitability.models import Ranking, Run
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db

PAGE = "/concentration/"


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def lead(portfolio):
    user = portfolio.user("lead")
    user.sees_company_figures = True
    user.save()
    return user


@pytest.fixture
def get(client, portfolio):
    def asked(role="executive", **query):
        client.force_login(portfolio.user(role))
        return client.get(PAGE, query)

    return asked


def held(portfolio, role="executive", measure="revenue"):
    return Hold(portfolio.user(role), portfolio.run, MEASURES[measure])


@pytest.mark.parametrize("role", ["manager", "member", "lead", "admin"])
def test_only_those_who_see_company_figures_open_it(get, role):
    assert get(role).status_code == 403


def test_parents_count_with_the_accounts_under_them(portfolio):
    found = held(portfolio)

    assert found.ranked[:3] == ["S1", "N1", "N3"]
    assert found.values["S1"] == 770_000_00
    assert found.large == ["S1", "N1"]
    assert [family.code for family in found.named(found.large)] == ["S1", "N1"]


def test_a_share_of_exactly_a_tenth_is_listed(portfolio):
    found = held(portfolio)
    found.values = dict.fromkeys([*"ABCDEFGHIJ"], 100)

    assert len(found.large) == 10


def test_the_finding_names_the_largest_customer_and_what_losing_it_costs(get):
    page = get().content.decode()

    assert "The 5 largest customers make" in page
    assert "losing Account S1 costs" in page


def test_profit_without_a_customer_is_the_total_less_its_contribution_less_the_costs_that_stay(portfolio):
    loss = loss_of(portfolio.user("finance"), portfolio.run, Account.objects.get(code="S1"))

    assert (loss.accounts, loss.net_revenue) == (3, 770_000)
    assert (loss.contribution, loss.stays) == (105_000, 92_000)
    assert loss.without == loss.whole - 105_000 - 92_000
    assert loss.without == loss.whole - loss.falls
    assert sum(pool.usage for pool in loss.pools) == loss.stays


def test_people_left_idle_are_told_in_parts_and_only_whole_ones_leave(portfolio, get):
    loss = loss_of(portfolio.user("finance"), portfolio.run, Account.objects.get(code="N3"))

    timed = [pool for pool in loss.pools if pool.minutes is not None]
    assert timed
    assert all(pool.people > 0 and pool.leaving <= pool.people for pool in timed)
    assert loss.people == sum(pool.people for pool in timed)
    assert loss.untimed == loss.stays - sum(pool.usage for pool in timed)
    assert "idles 0 people" not in get(lost="N3").content.decode()


def test_the_trend_keeps_the_place_of_months_without_a_window():
    figures = {"top1_share": 0.2, "top5_share": 0.5, "top10_share": 0.8}

    chart = trend_chart([(Run(month_to=202511), figures), (Run(month_to=202602), figures)])

    assert chart["months"] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert chart["series"][0]["values"] == [0.2, None, None, 0.2]


def test_an_account_may_be_lost_without_those_under_it(portfolio, get):
    account = Account.objects.get(code="S1")

    assert loss_of(portfolio.user("finance"), portfolio.run, account, alone=True).accounts == 1
    assert "losing Account S1 costs 150.0" in get(lost="S1", alone="on").content.decode()


@pytest.mark.parametrize("text", ["N3", "account n3", "count N3"])
def test_a_customer_is_found_by_code_by_name_and_by_part_of_the_name(get, text):
    assert get(lost=text).context["lost"].account.code == "N3"


@pytest.mark.parametrize("text", ["XX", "a\0b"])
def test_a_text_that_finds_nobody_says_so(get, text):
    answer = get(lost=text)

    assert answer.context["lost"].account is None
    assert "None of the accounts you see" in answer.content.decode()


def test_a_customer_without_activity_takes_nothing_along(get):
    assert "nothing would go" in get(lost="S6").content.decode()


def test_the_measure_is_switched_and_an_unknown_one_is_net_revenue(get):
    assert get(measure="contribution").context["measure"].code == "contribution"
    assert get(measure="share_of_wallet").context["measure"].code == "revenue"


def test_a_lead_with_company_figures_finds_no_name_of_a_family_with_hidden_accounts(get, lead):
    answer = get("lead")

    assert [family.code for family in answer.context["large"]] == ["N1"]
    assert answer.context["large_count"] == 2
    assert "Account S" not in answer.content.decode()
    assert "Capacity left idle" not in answer.content.decode()
    assert get("lead", lost="S1").context["lost"].account is None
    assert b"S1" not in b"".join(get("lead", format="csv").streaming_content)


def test_fewer_than_five_customers_show_money_and_no_shares(portfolio, get):
    Ranking.objects.filter(run=portfolio.run).exclude(code__in=["N1", "S1", "N3"]).delete()
    stored = portfolio.run.concentrations.get(measure="revenue", level="parent")
    stored.figures |= {"n": 3}
    stored.save()

    answer = get()

    assert answer.context["lines"] == []
    assert answer.context["lorenz"] is None
    assert "here is the money" in answer.content.decode()
    assert summary(portfolio.user("executive"), portfolio.run) is None


def test_the_file_has_every_customer_of_the_list(get):
    text = b"".join(get(format="csv").streaming_content).decode("utf-8-sig")

    assert text.splitlines()[0] == "Code,Customer,Net revenue,Share"
    assert text.splitlines()[1].startswith("S1,Account S1,770000.00,0.48")
    assert len(text.splitlines()) == 1 + len(held_codes(text))


def held_codes(text):
    return {line.split(",")[0] for line in text.splitlines()[1:]}


def test_bands_follow_the_settings_and_their_bounds_are_moderate():
    assert [band(value, BANDS["hhi"]) for value in (999, 1000, 1800, 1801)] == ["low", "moderate", "moderate", "high"]
    assert band(0.25, (Decimal("0.25"), Decimal("0.4"))) == "moderate"


def test_the_dashboard_gets_it_only_for_whom_company_figures_are_open(portfolio):
    found = summary(portfolio.user("executive"), portfolio.run)

    assert [family.code for family in found["large"]] == ["S1", "N1"]
    assert found["band"] == "high"
    assert summary(portfolio.user("manager"), portfolio.run) is None
    assert summary(portfolio.user("executive"), None) is None
