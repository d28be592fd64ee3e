"""Statements lead to what is behind them, say what they do not have, and leave as files that name themselves."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.cache import cache

from kam_portal.views.account_pnl import place_of
from profitability.models import MonthResult, PoolBalance
from tests.markup import page_of, rows_of

pytestmark = pytest.mark.servers


def trails(response) -> list[str]:
    return [
        link.attributes["href"] for link in page_of(response).all("a") if "trail" in link.attributes.get("class", "")
    ]


def file(visit, who: str, path: str) -> tuple[str, list[dict[str, str]]]:
    response = visit(who, path)
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return response["Content-Disposition"], list(csv.DictReader(io.StringIO(content)))


@pytest.mark.parametrize("path", [
    "/accounts/N3/pnl/", "/accounts/N3/pnl/?period=month", "/accounts/N3/pnl/?period=year",
    "/accounts/N1/pnl/", "/accounts/N1/pnl/?period=month", "/pnl/", "/pnl/?by=account", "/pnl/?by=parent&period=month",
])  # fmt: skip
def test_every_amount_leads_to_what_is_behind_it(visit, path):
    page = visit("manager", path)

    links = trails(page)

    assert len(links) >= 6
    for link in dict.fromkeys(links):
        address = link if link.startswith("/") else path.split("?")[0] + link
        assert visit("manager", address.split("#")[0]).status_code == 200, link


def test_the_amount_behind_a_link_is_the_amount(visit):
    links = trails(visit("manager", "/accounts/N3/pnl/?period=month"))

    link = next(each for each in links if "figure=contribution&month=202602" in each)

    assert "−7,500.00" in page_of(visit("manager", link)).text


@pytest.mark.parametrize("figure", ["unit_margin", "batch_margin"])
def test_margins_between_the_levels_have_a_trail_of_their_own(visit, figure):
    links = trails(visit("manager", "/accounts/N3/pnl/"))

    link = next(each for each in links if f"figure={figure}" in each)

    page = page_of(visit("manager", link))
    label = {"unit_margin": "Unit level", "batch_margin": "Batch level"}[figure]
    assert label in [row[0] for row in rows_of(page, "Its parts")] or label in page.text
    assert "columns=month" not in link and "Its parts" in page.text


@pytest.mark.parametrize("path", ["/pnl/?q=zzzz", "/pnl/?q=zzzz&by=category", "/pnl/?team=nowhere"])
def test_where_nothing_is_found_the_heading_finds_nothing(visit, path):
    page = page_of(visit("manager", path))

    assert page.one("h1").text.strip() == "Profit and loss"
    assert "No account matches" in page.text


@pytest.mark.parametrize(("path", "said"), [
    ("/pnl/?period=month&at=2099-01", "“2099-01” is not in the window"),
    ("/pnl/?period=decade", "There is no period “decade”"),
    ("/pnl/?by=moon", "There is no table by “moon”"),
    ("/pnl/?columns=week", "There are no columns by “week”"),
    ("/accounts/N3/pnl/?period=quarter&at=2026-Q9", "“2026-Q9” is not in the window"),
])  # fmt: skip
def test_a_period_that_is_not_there_is_said_and_not_replaced(visit, path, said):
    response = visit("manager", path)

    assert said in page_of(response).text
    assert "792,000.00" not in response.content.decode()
    assert "statement" not in response.context


def test_an_older_run_is_shown_as_such(portfolio, visit):
    MonthResult.objects.filter(run=portfolio.earlier, account__code="N3").update(net_revenue=1)

    page = page_of(visit("manager", f"/accounts/N3/pnl/?period=month&run={portfolio.earlier.pk}"))

    assert {row[0]: row for row in rows_of(page, "Profit and loss")}["Net revenue"][1] == "1.00"
    assert "older run" in page.text
    assert f"run={portfolio.earlier.pk}" in trails(visit("manager", f"/accounts/N3/pnl/?run={portfolio.earlier.pk}"))[0]
    assert visit("manager", "/pnl/?run=999").status_code == 404


def test_finance_reads_on_to_the_result_of_the_company(portfolio, visit):
    cache.clear()
    page = page_of(visit("finance", "/pnl/"))

    lines = {row[0]: row[1] for row in rows_of(page, "From contribution to the result of the company")}

    assert lines["Contribution"] == "207,000.00"
    assert (lines["Unused"], lines["Corporate"]) == ("−1,000.00", "−2,000.00")
    margin = sum(row.gross_margin for row in MonthResult.objects.filter(run=portfolio.run))
    assert margin - sum(row.input for row in PoolBalance.objects.filter(run=portfolio.run)) == Decimal(
        lines["Result of the company"].replace(",", "")
    )
    assert {row[0]: row[1] for row in rows_of(page, "Profit and loss")}["Cost to serve"] == "−237,000.00"
    for who, path in (("manager", "/pnl/"), ("lead", "/pnl/"), ("finance", "/pnl/?segment=key")):
        assert "result of the company" not in page_of(visit(who, path)).text


@pytest.mark.parametrize(("own", "quartiles", "place"), [
    (0.025, (0.02501, 0.02502, 0.02504), "as the others"),
    (0.0249, (0.03, 0.04, 0.05), "in the lowest quarter"),
    (0.0501, (0.03, 0.04, 0.05), "in the middle half"),
    (0.06, (0.03, 0.04, 0.05), "in the highest quarter"),
])  # fmt: skip
def test_what_reads_alike_is_alike(own, quartiles, place):
    assert place_of(own, quartiles) == place


def test_files_name_their_period_run_and_filters(portfolio, visit):
    name, rows = file(visit, "manager", "/pnl/?by=account&segment=growth&period=month&format=csv")

    for part in ("pnl-account", f"run-{portfolio.run.pk}-202601-202602", "2026-02", "segment-growth"):
        assert part in name
    assert {row["Currency"] for row in rows} == {"USD"}
    assert "pnl-N1-family-run" in file(visit, "manager", "/accounts/N1/pnl/?format=csv")[0]


def test_the_statement_of_many_accounts_is_a_file_too(visit):
    name, rows = file(visit, "manager", "/pnl/?table=statement&columns=month&format=csv")
    _name, own = file(visit, "manager", "/accounts/N3/pnl/?columns=month&format=csv")

    lines = {row["Line"]: row for row in rows}
    assert "pnl-statement" in name
    assert Decimal(lines["Net revenue"]["Jan 2026"]) * 2 == Decimal(lines["Net revenue"]["Total"]) == 792_000
    assert Decimal(lines["Cost to serve"]["Total"]) < 0
    assert rows[0].keys() == own[0].keys()
    assert "table=statement" in visit("manager", "/pnl/").content.decode()
