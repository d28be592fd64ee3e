"""Lists narrow, sort, page and go out as files by what stands in the address."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from profitability.models import MonthResult, Result
from relationships.models import Position
from tests.caching import forget
from tests.factories import MONTHS, amounts
from tests.markup import chart_of, page_of, rows_of, without_secrets

MOST_QUERIES = 16  # one of them: how many notices are unread


def codes(visit, path: str, who: str = "manager") -> list[str]:
    return [row.code for row in visit(who, path).context["page"]]


def as_csv(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def as_sheet(response):
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active


def many(portfolio, count: int, box: str = "star") -> None:
    """More accounts of the team north, with a result, a month and a position each."""
    row = {"revenue": "100", "margin": "30", "cost": "10"}
    before = Account.objects.count()
    north = {"team": portfolio.accounts["N1"].team, "manager": portfolio.user("manager")}
    accounts = Account.objects.bulk_create(
        Account(code=f"M{before + n:05d}", name=f"Many {before + n}", segment="key", country="DE", **north)
        for n in range(count)
    )
    run = {"run": portfolio.run, "attempt": 1}
    sums = {"orders": 1, "order_lines": 1, "products": 1, "units": 1, "presale": 10, "production": 0, "delivery": 0}
    levels = {"post_sale": 0, "unit_cost": 0, "batch_cost": 0, "customer_cost": 10, "revenue_class": "C"}
    results = Result.objects.bulk_create(
        Result(account=each, code=each.code, is_active=True, **run, **sums, **levels, **amounts(row))
        for each in accounts
    )
    MonthResult.objects.bulk_create(
        MonthResult(account=each, month=MONTHS[0], measures={}, costs={}, **run, **amounts(row)) for each in accounts
    )
    scores = {"attractiveness": 7, "relationship_strength": 2, "attractiveness_coverage": 1, "relationship_coverage": 1}
    Position.objects.bulk_create(
        Position(account=result.account, result=result, box=box, previous_box=box, **run, **scores)
        for result in results
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["N1", "N2", "N3", "N4", "N5", "N6"]),
        ("q=n3", ["N3"]),
        ("q=ACCOUNT N5", ["N5"]),
        ("team=north", ["N1", "N2", "N3", "N4", "N5", "N6"]),
        ("team=south", []),  # no choice of theirs: the same answer as for a team that there is not
        ("team=nope", []),
        ("segment=Nope", []),
        ("segment=growth", ["N3", "N4"]),
        ("country=AT&segment=growth&box=star", ["N3"]),
        ("box=none", ["N6"]),
        ("box=strategic", ["N1", "N2"]),
        ("losing=on", ["N3", "N6"]),
        ("country=CH&box=star", []),
    ],
)
def test_filters_in_the_address_narrow_the_list(visit, query, found):
    assert codes(visit, f"/accounts/?{query}") == found
    assert codes(visit, f"/matrix/?{query}") == found


@pytest.mark.parametrize("path", ["/accounts/", "/matrix/", "/ranking/", "/whale/", "/pnl/"])
@pytest.mark.parametrize(("query", "said"), [("team=nope", "Team: nope"), ("box=crate", "Box: crate")])
def test_an_unknown_filter_says_so_and_shows_nobody(visit, path, query, said):
    page = visit("manager", f"{path}?{query}").content.decode()

    assert f"{said} is not among those you see" in page
    assert "Account N1" not in page.split('id="content"')[1]


def test_before_the_first_run_the_accounts_are_said_to_be_imported(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("f@example.com", "Finance", "finance", "pw"))
    Account.objects.create(code="A", name="Alpha")
    Account.objects.create(code="B", name="Beta")

    page = page_of(client.get("/accounts/"))

    assert "2 accounts are imported. Their figures appear with the first published run." in page.text


@pytest.mark.parametrize("path", ["/accounts/", "/matrix/"])
def test_an_unknown_filter_counts_nobody_either(visit, path):
    visit("manager", path)  # keeps the counts of all

    page = visit("manager", f"{path}?team=nope")

    assert page.context["page"].paginator.count == 0
    assert sum(box["count"] for box in page.context.get("boxes") or []) == 0


def test_a_hidden_team_and_a_missing_one_read_alike(visit):
    hidden, missing = (visit("manager", f"/accounts/?team={code}").content.decode() for code in ("south", "wrong"))

    assert without_secrets(hidden.encode()) == without_secrets(missing.replace("wrong", "south").encode())


def test_a_chip_for_each_filter_removes_that_filter(visit):
    page = page_of(visit("manager", "/accounts/?segment=growth&country=AT&order=name&page=1"))
    (chips,) = page.all("ul", **{"class": "chips"})

    shown = [item.text for item in chips.all("li")]
    links = [link.attributes["href"] for link in chips.all("a")]

    assert shown == ["Segment: growth", "Country: AT", "Remove all"]
    assert links == ["?country=AT&order=name", "?segment=growth&order=name", "/accounts/"]


def test_sorting_keeps_the_filters_and_starts_at_the_first_page(portfolio, visit):
    page = page_of(visit("manager", "/accounts/?segment=growth&page=2&order=-net_revenue"))
    heads = {each.text: each for table in page.all("thead") for each in table.all("th")}

    assert heads["Net revenue"].attributes["aria-sort"] == "descending"
    assert heads["Account"].one("a").attributes["href"] == "?segment=growth&order=name"
    assert heads["Contribution"].one("a").attributes["href"] == "?segment=growth&order=-contribution"


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("name", ["N1", "N2", "N3", "N4", "N5", "N6"]),
        ("-contribution", ["N1", "N2", "N4", "N5", "N6", "N3"]),
        ("cost_to_serve", ["N4", "N6", "N5", "N2", "N1", "N3"]),
        ("attractiveness", ["N5", "N4", "N3", "N2", "N1", "N6"]),  # missing ones last, either way
        ("-relationship", ["N4", "N1", "N2", "N3", "N5", "N6"]),
        ("nonsense", ["N1", "N2", "N3", "N4", "N5", "N6"]),
    ],
)
def test_a_list_is_in_the_order_of_the_address(visit, order, found):
    assert codes(visit, f"/accounts/?order={order}") == found


def test_pages_follow_each_other_and_keep_the_filters(portfolio, visit):
    many(portfolio, 60)

    first, second = codes(visit, "/accounts/?team=north"), codes(visit, "/accounts/?team=north&page=2")
    pager = page_of(visit("manager", "/accounts/?team=north")).one("nav", **{"class": "pager"})

    assert [len(first), len(second), len({*first, *second})] == [50, 16, 66]
    assert pager.one("a", rel="next").attributes["href"] == "?team=north&page=2"
    assert "1–50 of 66" in pager.text
    assert codes(visit, "/accounts/?page=99") == second  # beyond the end: the last one


def test_the_heading_of_the_list_is_the_finding(visit):
    def heading(who: str, query: str) -> str:
        return page_of(visit(who, f"/accounts/?{query}")).one("h1").text

    assert heading("manager", "") == "2 of 6 accounts lose money after cost to serve"
    assert heading("manager", "segment=growth") == "1 of 2 accounts loses money after cost to serve"
    assert heading("manager", "segment=key") == "2 accounts"
    assert heading("member", "") == "6 accounts"


def test_a_file_holds_exactly_the_rows_and_columns_in_view(visit):
    head, *rows = as_csv(visit("manager", "/accounts/?segment=growth&order=-contribution&format=csv"))

    assert head == [
        "Code", "Account", "Team", "Manager", "Segment", "Country", "Box", "Firmness",
        "Holds in share of weightings", "Attractiveness", "Relationship strength", "Stage", "Stage, our view",
        "Stage, the buyer’s view", "Class", "List sales",
        "Discounts", "Returns", "Net revenue", "Gross margin", "Cost to serve", "Contribution", "Currency", "Criteria",
    ]  # fmt: skip
    assert [row[0] for row in rows] == ["N4", "N3"]
    assert [Decimal(each) for each in rows[1][-6:-2]] == [120000, 30000, 45000, -15000]


def test_a_file_for_a_member_has_no_column_below_gross_margin(visit):
    for path in ("/accounts/?format=csv&order=-contribution", "/matrix/?format=csv&losing=on"):
        head, *rows = as_csv(visit("member", path))

        assert head[-3:] == ["Gross margin", "Currency", "Criteria"]
        assert [row[0] for row in rows] == ["N1", "N2", "N3", "N4", "N5", "N6"]  # by net revenue


def test_a_spreadsheet_holds_numbers_and_text_as_what_they_are(portfolio, visit):
    sheet = as_sheet(visit("manager", "/matrix/?q=N3&format=xlsx"))
    head, row = sheet.iter_rows(values_only=True)

    assert dict(zip(head, row, strict=True)) | {
        "Contribution": -15000,
        "Net revenue": 120000,
        "Account": "Account N3",
    } == (dict(zip(head, row, strict=True)))


@pytest.mark.parametrize("name", ["=cmd()", "+1+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1+1"])
def test_no_name_becomes_a_formula_in_a_file(portfolio, visit, name):
    Account.objects.filter(code="N1").update(name=name)

    _head, row = as_csv(visit("manager", "/accounts/?q=N1&format=csv"))
    cell = as_sheet(visit("manager", "/accounts/?q=N1&format=xlsx"))["B2"]

    assert row[1] == f"'{name}"
    assert (cell.data_type, cell.value.strip()) == ("s", name.strip())


def test_a_search_finds_parts_of_names_and_codes_among_the_accounts_one_sees(visit):
    hits = rows_of(page_of(visit("manager", "/search/?q=account n")), "6 accounts")

    assert [row[:2] for row in hits] == [[f"Account N{n}", f"N{n}"] for n in range(1, 7)]
    assert visit("manager", "/search/?q=n5").headers["Location"] == "/accounts/N5/"
    assert "No account found" in visit("manager", "/search/?q=S1").content.decode()
    assert visit("finance", "/search/?q=S1").headers["Location"] == "/accounts/S1/"
    assert "Type a part" in visit("manager", "/search/?q=%20").content.decode()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("manager", "/"), ("executive", "/"), ("finance", "/"), ("member", "/"), ("manager", "/accounts/"),
        ("finance", "/accounts/?order=-contribution&box=star"), ("manager", "/matrix/"), ("finance", "/matrix/"),
        ("manager", "/accounts/N1/"), ("finance", "/accounts/N1/"), ("manager", "/search/?q=a"),
        ("manager", "/guidance/"), ("finance", "/guidance/"), ("manager", "/selection/"),
        ("finance", "/selection/?show=watch"),
    ],
)  # fmt: skip
def test_a_page_asks_the_database_as_often_for_600_accounts_as_for_few(portfolio, visit, who, path):
    def queries() -> int:
        forget()  # with nothing kept from the visit before
        with CaptureQueriesContext(connection) as caught:
            assert visit(who, path).status_code == 200
        return len(caught)

    visit(who, path)  # signs in
    if path == "/":
        many(portfolio, 60)  # beyond what its table lists, changes are looked for in one question more
    few = queries()
    many(portfolio, 588)

    assert queries() == few
    if path.startswith(("/accounts/?", "/matrix")) or path == "/accounts/":
        assert few <= MOST_QUERIES + (9 if path.startswith("/matrix") else 0)  # balance, slider, forecasts …


def test_the_matrix_draws_at_most_2000_bubbles_and_counts_the_others(portfolio, visit):
    many(portfolio, 2_100)

    chart = chart_of(page_of(visit("finance", "/matrix/")), "matrix")

    assert len(chart["points"]) == 2_000
    assert {"N1", "S1", "N3"} <= {point[0] for point in chart["points"]}  # the largest are drawn
    assert chart["density"] == [[2.25, 7.25, 110, ""]]  # 2,110 have a box, and those left out all stand at 2 and 7


def test_a_small_matrix_draws_everybody(visit):
    chart = chart_of(page_of(visit("finance", "/matrix/")), "matrix")

    assert len(chart["points"]) == 10
    assert chart["density"] is None
    assert "2 accounts have no box" in page_of(visit("finance", "/matrix/")).text


def test_the_counts_and_money_of_the_boxes_are_those_of_the_accounts_in_view(visit):
    boxes = {box["code"]: box for box in visit("manager", "/matrix/?segment=growth").context["boxes"]}
    of_member = visit("member", "/matrix/").context["boxes"]

    assert [boxes[code]["count"] for code in ("strategic", "star", "status", "streamline")] == [0, 1, 1, 0]
    assert [boxes["star"]["net_revenue"], boxes["star"]["contribution"]] == [120000, -15000]
    assert {box["contribution"] for box in of_member} == {None}
    heading = page_of(visit("manager", "/matrix/")).one("h1").text
    assert heading == "Together the accounts in Star lose 15,000.00 after cost to serve"
    assert page_of(visit("member", "/matrix/")).one("h1").text == "5 accounts have a box: 2 strategic"


def test_a_point_of_the_matrix_leads_to_its_account_and_knows_where_it_was(portfolio, visit):
    Position.objects.filter(run=portfolio.earlier, account__code="N3").update(attractiveness=4)

    points = {point[0]: point for point in chart_of(page_of(visit("manager", "/matrix/")), "matrix")["points"]}

    assert points["N3"][:10] == ["N3", "Account N3", 3.0, 6.0, 120000.0, -15000.0, "star", 0, 3.0, 4.0]
    assert points["N3"][10] == "/accounts/N3/"


def test_the_table_under_the_matrix_has_the_figures_of_the_bubbles(visit):
    caption = "6 accounts, by net revenue · USD · What the figures mean"
    rows = {row[0]: row[1:] for row in rows_of(page_of(visit("manager", "/matrix/")), caption)}

    assert rows["Account N3 N3"][:4] == ["Star", "Unknown", "6.00", "3.00"]
    assert rows["Account N3 N3"][5:8] == ["120,000.00", "−15,000.00", "50.0 %"]
    nothing = "–missing: Nothing scored yet"
    assert rows["Account N6 N6"][:4] == ["No box", "–missing: No box yet", nothing, nothing]
