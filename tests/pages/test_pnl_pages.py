"""The statements as people see them: each sees the sums of his own accounts, and nothing else moves them."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Assignment, Team
from profitability.models import MonthResult
from tests.api.test_two_worlds import change_the_other_team, change_what_members_may_not_see
from tests.markup import chart_of, page_of, rows_of, without_secrets
from tests.profitability.test_views import crowd

pytestmark = pytest.mark.servers  # takes long: the whole site, twice

BY = ("account", "parent", "segment", "country", "team", "category")
PATHS = [f"/pnl/?by={by}&period={period}" for by in BY for period in ("last12", "month")]
PATHS += [f"/accounts/{code}/pnl/?period={period}" for code in ("N1", "N3", "N4") for period in ("last12", "month")]
PATHS += ["/pnl/?segment=growth&by=account", "/pnl/?order=contribution&by=account", "/pnl/?losing=on&by=account"]
FILES = ["/pnl/?by=account&format=csv", "/pnl/?by=segment&period=month&format=csv", "/accounts/N1/pnl/?format=csv"]


def answers(visit, who: str) -> dict[str, bytes]:
    cache.clear()
    told = {}
    for path in (*PATHS, *FILES):
        response = visit(who, path)
        assert response.status_code == 200, path
        told[path] = without_secrets(b"".join(response.streaming_content) if response.streaming else response.content)
    return told


def rows(visit, who: str, path: str) -> list[dict[str, str]]:
    content = b"".join(visit(who, path).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def table_after(page, caption: str) -> list[list[str]]:
    """The rows of the table whose caption starts so."""
    captions = [each.text for table in page.all("table") for each in table.all("caption")]
    (full,) = [text for text in captions if text.startswith(caption)]
    return rows_of(page, full)


@pytest.mark.parametrize("who", ["manager", "lead", "member"])
def test_what_another_team_has_changes_no_statement(visit, who):
    before = answers(visit, who)

    change_the_other_team()

    after = answers(visit, who)
    assert [path for path in before if before[path] != after[path]] == []
    assert not [path for path in after if b"Account S" in after[path]]


def test_what_is_below_gross_margin_changes_nothing_for_a_member(visit):
    before = answers(visit, "member")

    change_what_members_may_not_see()
    MonthResult.objects.update(cost_to_serve=1, contribution=2, costs={"visits": 77_777_777})

    after = answers(visit, "member")
    assert [path for path in before if before[path] != after[path]] == []
    for path in PATHS:
        main = page_of(visit("member", path)).one("main").text.lower()
        assert [word for word in ("contribution", "presale", "cost to serve", "loses") if word in main] == [], path
    for path in FILES:
        assert "Contribution" not in rows(visit, "member", path)[0]


def test_the_changes_are_seen_by_those_who_may(visit):
    before = answers(visit, "finance")

    change_the_other_team()

    assert len([path for path, told in answers(visit, "finance").items() if told != before[path]]) >= 10


@pytest.mark.parametrize(("who", "net", "contribution"), [
    ("manager", "792,000.00", "126,000.00"),  # north: 400 + 150 + 120 + 80 + 30 + 12 thousand
    ("finance", "1,587,000.00", "207,000.00"),
])  # fmt: skip
def test_a_statement_is_that_of_the_accounts_one_sees(visit, who, net, contribution):
    page = page_of(visit(who, "/pnl/"))

    lines = {row[0]: row[1:] for row in rows_of(page, "Profit and loss")}

    assert lines["Net revenue"][0] == net
    assert lines["Contribution"][0] == contribution
    assert [step["amount"] for step in chart_of(page, "waterfall")["steps"]][-1] == float(amount(contribution))
    assert table_after(page, "3 rows")[-1][1] == net
    assert sum(amount(row[1]) for row in table_after(page, "3 rows")[:-1]) == amount(net)
    assert "the same to the cent" in page.text


def test_a_parent_rolls_up_the_accounts_under_it_that_one_sees(visit):
    def net(who: str, path: str) -> str:
        return {row[0]: row for row in rows_of(page_of(visit(who, path)), "Profit and loss")}["Net revenue"][1]

    assert net("manager", "/accounts/N1/pnl/") == "550,000.00"  # with N2
    assert net("manager", "/accounts/N1/pnl/?scope=own") == "400,000.00"
    assert net("stranger", "/accounts/S1/pnl/") == "690,000.00"  # N4 is under it, but of another team
    assert net("finance", "/accounts/S1/pnl/") == "770,000.00"
    members = table_after(page_of(visit("finance", "/accounts/S1/pnl/")), "Together")
    assert [row[0] for row in members] == ["Account S1", "Account S2", "Account N4"]
    assert "With the accounts under it" not in visit("manager", "/accounts/N3/pnl/").content.decode()


def test_a_hidden_account_and_a_missing_one_answer_alike(visit):
    hidden, missing = visit("manager", "/accounts/S1/pnl/"), visit("manager", "/accounts/XX/pnl/")

    assert hidden.status_code == missing.status_code == 404
    assert without_secrets(hidden.content) == without_secrets(missing.content)


def test_a_file_has_the_groups_of_the_page_with_every_line(visit):
    listed = rows(visit, "manager", "/pnl/?by=segment&format=csv")

    assert [row["Segment"] for row in listed] == ["key", "growth", "other", "All accounts in view"]
    for row in listed:  # what is taken away has a minus sign, as on the page
        gross = amount(row["Net revenue"]) + amount(row["Cost of goods"]) + amount(row["Freight"])
        assert amount(row["Gross margin"]) == gross
        served = sum(amount(row[phase]) for phase in ("Presale", "Production", "Delivery", "Post-sale"))
        assert amount(row["Cost to serve"]) == served < 0
        assert amount(row["Contribution"]) == gross + served
    for name in ("Net revenue", "Presale", "Contribution"):
        assert sum(amount(row[name]) for row in listed[:-1]) == amount(listed[-1][name])
    assert "Contribution" not in rows(visit, "member", "/pnl/?by=segment&format=csv")[0]
    assert b"".join(visit("manager", "/pnl/?by=segment&format=xlsx").streaming_content).startswith(b"PK")
    readings = rows(visit, "manager", "/accounts/N3/pnl/?format=csv")
    assert {row["Reading"] for row in readings} == {"Profit and loss", "By level", "By activity"}
    assert {row["Total"] for row in readings if row["Line"] == "Contribution"} == {"-15000.00"}


def test_a_month_stands_beside_the_one_before(portfolio, visit):
    MonthResult.objects.filter(account__code="N3", month=202601).update(net_revenue=50_000)
    page = page_of(visit("manager", "/accounts/N3/pnl/?period=month"))

    net = {row[0]: row[1:] for row in rows_of(page, "Profit and loss")}["Net revenue"]
    contribution = {row[0]: row[1:] for row in rows_of(page, "Profit and loss")}["Contribution"]

    assert net == ["60,000.00", "100.0 %0.0", "50,000.00", "+10,000.00", "+20.0 %"]
    assert contribution[-1].startswith("–")  # from a loss nothing grows
    assert "Compared with Jan 2026" in page.text
    assert "begins in Jan 2026" in page_of(visit("manager", "/accounts/N3/pnl/?period=month&at=2026-01")).text


def test_peers_appear_from_five_on(portfolio, visit):
    assert "Fewer than five" in visit("manager", "/accounts/N3/pnl/").content.decode()

    crowd(portfolio, 5)
    Account.objects.filter(code="N3").update(segment="crowd")

    page = page_of(visit("manager", "/accounts/N3/pnl/"))
    shares = {row[0]: row[1:] for row in rows_of(page, "Against peers")}
    assert shares["Contribution"][:4] == ["−12.5 %"] * 4
    assert set(shares) == {
        "Discounts", "Returns", "Cost of goods", "Freight", "Gross margin", "Cost to serve", "Contribution",
    }  # fmt: skip
    assert "Cost to serve" not in {
        row[0] for row in rows_of(page_of(visit("member", "/accounts/N3/pnl/")), "Against peers")
    }


def test_months_before_a_change_of_team_stay_with_the_team_before(portfolio, visit):
    north, south = Team.objects.get(code="north"), Team.objects.get(code="south")
    Assignment.objects.create(
        account=portfolio.accounts["N3"], team=south, from_on=date(2025, 1, 1), until_on=date(2026, 2, 10)
    )
    Assignment.objects.create(account=portfolio.accounts["N3"], team=north, from_on=date(2026, 2, 10))

    nets = {row["Team"]: amount(row["Net revenue"]) for row in rows(visit, "finance", "/pnl/?by=team&format=csv")}

    assert nets == {"North": 792_000 - 60_000, "South": 795_000 + 60_000, "All accounts in view": 1_587_000}


@pytest.mark.parametrize("path", [
    "/pnl/?by=account", "/pnl/?by=parent&period=month", "/pnl/?by=team", "/pnl/?by=category", "/pnl/?q=X&by=account",
    "/accounts/N1/pnl/?period=month",
])  # fmt: skip
def test_a_statement_asks_the_database_as_often_for_300_accounts_as_for_12(portfolio, visit, path):
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            assert visit("lead", path).status_code == 200
        return len(found)

    visit("lead", path)
    crowd(portfolio, 6)
    Account.objects.filter(code__startswith="X").update(parent=portfolio.accounts["N1"])
    few = asked()
    Account.objects.filter(code__startswith="X").update(code=Concat(Value("Old "), "code"))
    crowd(portfolio, 300)

    assert asked() == few <= 30


def test_pages_of_groups_follow_each_other(portfolio, visit):
    crowd(portfolio, 120)

    first = visit("manager", "/pnl/?by=account").context["page"]
    last = visit("manager", "/pnl/?by=account&page=3").context["page"]

    assert (len(first.object_list), first.paginator.count) == (50, 126)
    assert len(last.object_list) == 26


def test_an_account_page_leads_to_its_statement(visit):
    assert 'href="/accounts/N3/pnl/"' in visit("member", "/accounts/N3/").content.decode()
    assert 'href="/pnl/"' in visit("member", "/").content.decode()
