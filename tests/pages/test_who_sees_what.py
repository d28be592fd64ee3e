"""Each person sees on pages what the contract grants, and nothing of the rest: not in text, charts, files or order."""

import pytest
from django.core.cache import cache
from django.db.models import F
from django.urls import reverse

from accounts.models import Account
from profitability.models import MonthResult, Publication, Ranking, Result
from relationships.models import Position
from tests.api.test_two_worlds import change_the_other_team, change_what_members_may_not_see
from tests.factories import a_run, table
from tests.markup import chart_of, page_of, without_secrets

pytestmark = pytest.mark.servers  # takes long: the whole site, twice

EVERYWHERE = ("/", "/accounts/", "/matrix/", "/ranking/", "/search/?q=Account", "/accounts/N1/", "/accounts/N4/")
FILTERS = (
    "q=account", "team=north", "team=south", "segment=key", "country=FR", "box=star", "box=none", "revenue_class=A",
    "losing=on", "losing=on&box=star", "manager=1", "page=2",
)  # fmt: skip
ORDERS = ("name", "-net_revenue", "revenue_class", "-cost_to_serve", "contribution", "-attractiveness", "box")
FILES = ("/accounts/?format=csv", "/matrix/?format=csv", "/accounts/?format=csv&order=-contribution")


def addresses() -> list[str]:
    """Pages with filters and orders, single accounts, files, and searches for what may be there or not."""
    lists = [f"/accounts/?{query}" for query in FILTERS] + [f"/matrix/?{query}" for query in FILTERS[::4]]
    orders = [f"/accounts/?order={order}" for order in ORDERS]
    accounts = [f"/accounts/{code}/" for code in ("N2", "N6", "S1", "XX", "A0")]
    searches = [f"/search/?q={text}" for text in ("S1", "New", "N3")]
    return [*EVERYWHERE, *lists, *orders, *accounts, *searches, *FILES, "/glossary/", "/ranking/?measure=contribution"]


def answers(visit, who: str) -> dict[str, tuple]:
    cache.clear()  # a published run never changes, outside of tests
    told = {}
    for path in addresses() if who != "finance" else addresses()[1:]:  # its home shows the whole company
        response = visit(who, path)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        told[path] = (response.status_code, response.headers.get("Location"), without_secrets(content))
    return told


def changed(before: dict, after: dict) -> list[str]:
    return [path for path in before if after[path] != before[path]]


@pytest.mark.parametrize("who", ["manager", pytest.param("lead", marks=pytest.mark.servers), "member"])
def test_what_another_team_has_changes_no_page(visit, who):
    before = answers(visit, who)

    change_the_other_team()
    Ranking.objects.update(previous_rank=F("rank"))  # as before, everybody keeps the place

    assert changed(before, answers(visit, who)) == []


def test_what_is_below_gross_margin_changes_no_page_of_a_member(visit):
    before = answers(visit, "member")

    change_what_members_may_not_see()
    Result.objects.update(
        contribution=-F("contribution"), cost_to_serve=9_000_000 - F("cost_to_serve")
    )  # another order

    assert changed(before, answers(visit, "member")) == []


@pytest.mark.servers
def test_the_changes_are_seen_by_those_who_may(visit):
    before = {who: answers(visit, who) for who in ("finance", "manager")}

    change_the_other_team()
    change_what_members_may_not_see()
    Position.objects.filter(relationship_strength=None).update(box="")

    assert len(before["finance"]) >= 35
    assert len(changed(before["finance"], answers(visit, "finance"))) >= 25
    assert len(changed(before["manager"], answers(visit, "manager"))) >= 15


def test_a_member_finds_no_money_below_gross_margin(visit):
    secret = ["cost to serve", "contribution", "loses ", "lose money", "losing"]
    for path in ("/", "/accounts/", "/accounts/N3/"):
        main = page_of(visit("member", path)).one("main").text.lower()

        assert [word for word in secret if word in main] == [], path
        assert "120,000.00" in main  # net revenue of N3, which is theirs to see
        assert "15,000.00" not in main  # what N3 loses

    assert b'id="matrix-data"' not in visit("member", "/matrix/").content  # its bubbles stand at their attractiveness
    assert chart_of(page_of(visit("manager", "/matrix/")), "matrix")["points"]


def test_an_order_or_filter_by_profit_does_nothing_for_a_member(visit):
    plain = visit("member", "/accounts/").context["page"].object_list

    for query in ("order=contribution", "order=-cost_to_serve", "losing=on"):
        assert list(visit("member", f"/accounts/?{query}").context["page"].object_list) == list(plain), query
    assert next(row.code for row in visit("manager", "/accounts/?order=contribution").context["page"]) == "N3"
    assert [row.code for row in visit("manager", "/accounts/?losing=on").context["page"]] == ["N3", "N6"]


def test_a_member_sees_no_score_that_tells_profit(portfolio, visit):
    scored = [
        {"axis": "attractiveness", "code": "p", "name": "Profit after all", "weight": 60, "kind": "measured",
         "measure": "contribution_margin", "score": 7.89, "raters": 0},
        {"axis": "attractiveness", "code": "g", "name": "Growth potential", "weight": 40, "kind": "judged",
         "measure": None, "score": 6.54, "raters": 2, "spread": None, "perspective": "supplier", "latest_on": None},
        {"axis": "relationship", "code": "t", "name": "Trust", "weight": 100, "kind": "judged",
         "measure": None, "score": 5.43, "raters": 2, "spread": None, "perspective": "supplier", "latest_on": None},
    ]  # fmt: skip
    Position.objects.filter(run=portfolio.run, account__code="N1").update(scores=scored)

    pages = {who: page_of(visit(who, "/accounts/N1/")).text for who in ("member", "manager")}

    assert ["7.89" in pages["member"], "6.54" in pages["member"], "5.43" in pages["member"]] == [False, False, True]
    assert all(score in pages["manager"] for score in ("7.89", "6.54", "5.43"))
    assert "Profit after all" in pages["member"]


def test_a_hidden_parent_is_not_named_on_the_page_of_its_child(visit):
    assert "Account S1" not in visit("manager", "/accounts/N4/").content.decode()
    assert "Account S1" in visit("finance", "/accounts/N4/").content.decode()
    assert "Account N1" in visit("manager", "/accounts/N2/").content.decode()
    assert "Account N2" in page_of(visit("manager", "/accounts/N1/")).text  # and the child under its parent


def test_a_hidden_account_and_a_missing_one_answer_alike(visit):
    hidden, missing = visit("manager", "/accounts/S1/"), visit("manager", "/accounts/XX/")

    assert hidden.status_code == missing.status_code == 404
    assert without_secrets(hidden.content) == without_secrets(missing.content)
    assert visit("stranger", "/accounts/S1/").status_code == 200


@pytest.mark.parametrize("who", ["manager", "lead", "member"])
def test_people_of_a_team_find_neither_the_company_nor_another_team(portfolio, visit, who):
    Result.objects.filter(run=portfolio.run).update(revenue_rank=777_777, contribution_rank=777_777)
    for path in EVERYWHERE:
        content = visit(who, path).content.decode()

        assert "Account S" not in content, path
        assert "777777" not in content.replace(",", ""), path
        assert "1,587,000.00" not in content, path  # net revenue of the company


def test_senior_management_starts_with_the_company(visit):
    page = page_of(visit("executive", "/?whole=1"))

    assert "1,587,000.00" in page.text  # 792,000 of the north and 795,000 of the south
    assert "HHI" in page.text
    assert page.one("h1").text == "4 of 11 active accounts lose money after cost to serve: 35,000.00 USD together."
    assert {point[0] for point in chart_of(page, "matrix")["points"]} >= {"N1", "S1"}


def test_the_largest_customer_is_a_group_of_accounts_under_the_name_of_its_head(portfolio, visit):
    Account.objects.filter(code="S2").update(parent=portfolio.accounts["N2"])  # two levels under N1
    Account.objects.filter(code="N4").update(parent=portfolio.accounts["N1"])

    text = page_of(visit("executive", "/?whole=1")).text

    # 400,000 + 150,000 + 80,000 + 90,000 is more than the 600,000 of S1; 80,000 + 50,000 + 15,000 + 20,000 come of it
    assert "The largest, Account N1, brings" in text
    assert "without it 165,000.00 of contribution would be gone" in text


@pytest.mark.parametrize("month", ["abc", "202600", "202501", "209901"])
@pytest.mark.parametrize("path", ["/accounts/N1/activities/order_entry/", "/accounts/N1/trail/"])
def test_a_month_outside_the_window_is_not_answered_with_all_months(visit, path, month):
    assert visit("finance", path, month=month).status_code == 404
    assert visit("finance", path, month="202601").status_code == 200
    assert visit("finance", path, month="").status_code == 200


def test_finance_starts_with_what_closes_and_what_is_idle(visit):
    page = page_of(visit("finance", "/"))

    assert "closed to the cent" in page.one("h1").text
    assert "Company result" in page.text


def test_an_administrator_sees_people_and_no_business_data(visit):
    for path in ("/accounts/", "/accounts/N1/", "/matrix/", "/search/?q=N1", "/accounts/?format=csv"):
        assert visit("admin", path).status_code == 403, path
    content = visit("admin", "/").content.decode()
    assert "7 people, 2 teams" in content
    assert "Account N" not in content
    assert "000.00" not in content


def test_the_rank_on_the_page_of_an_account_is_among_those_one_sees(visit):
    place = "Number {} by net revenue and {} by contribution among the {} active accounts you see."

    assert place.format(1, 1, 6) in visit("manager", "/accounts/N1/").content.decode()
    assert place.format(2, 1, 11) in visit("finance", "/accounts/N1/").content.decode()  # S1 sells more, N1 earns more
    assert place.format(3, 6, 6) in visit("lead", "/accounts/N3/").content.decode()
    assert "Number 3 by net revenue among the 6 active accounts you see." in (
        visit("member", "/accounts/N3/").content.decode()
    )


def test_every_page_with_figures_says_which_run_they_come_from(portfolio, visit):
    for who, path in [("manager", path) for path in EVERYWHERE if "search" not in path] + [
        ("executive", "/"), ("finance", "/"), ("member", "/"), ("lead", "/accounts/"), ("finance", "/matrix/?box=star"),
    ]:  # fmt: skip
        (line,) = page_of(visit(who, path)).all("p", **{"class": "run-line"})

        assert f"Run {portfolio.run.pk}" in line.text, path
        assert "window Jan 2026–Feb 2026" in line.text.replace("Jan–Feb", "Jan 2026–Feb"), path
        assert "reconciled 0.00" in line.text, path


def test_a_newer_run_that_is_not_published_changes_no_page(portfolio, visit):
    before = answers(visit, "finance")

    rows = [{**row, "cost": "99999"} for row in table(NORTH)]
    newer = a_run(rows, portfolio.accounts, portfolio.run.cost_model, None, "failed", published_on=3)
    type(newer).objects.filter(pk=newer.pk).update(published_at=None)

    assert [path for path in changed(before, answers(visit, "finance")) if path != "/"] == []  # finance sees its state
    assert MonthResult.objects.filter(run=newer).exists()


NORTH = """
code  team   parent  segment   country  revenue  margin   cost  attractive  strong  box
N1    north  -       key       DE        999999  120000  40000           8       7  star
N3    north  -       growth    AT        888888   30000  45000           6       3  status
"""


def test_what_is_missing_is_shown_as_missing(portfolio, visit):
    page = page_of(visit("manager", "/accounts/N6/"))
    listed = page_of(visit("manager", "/accounts/?q=N6"))

    assert "No box" in page.text
    assert "less than 60 % of the weight is scored" in page.text
    assert "0.00" not in [each.text for each in page.all("h3")]
    assert [each.text for each in listed.all("span", **{"class": "missing"})] == [
        "–missing: Nothing is known of the relationship yet",
        *["–missing: Nothing scored yet"] * 2,
    ]
    assert "too few peers for a median" in page.text


def test_what_is_provisional_is_shown_as_provisional(portfolio, visit):
    Position.objects.filter(run=portfolio.run, account__code="N3").update(is_provisional=True)

    for path in ("/", "/accounts/", "/accounts/N3/", "/matrix/"):
        assert "Star (provisional)" in page_of(visit("manager", path)).text, path
    points = chart_of(page_of(visit("manager", "/matrix/")), "matrix")["points"]
    assert [point[0] for point in points if point[7]] == ["N3"]


def test_before_the_first_run_every_page_says_what_to_do(portfolio, visit):
    Publication.objects.all().delete()

    for who in ("manager", "member", "executive", "finance"):
        for path in ("/", "/accounts/", "/accounts/N1/", "/matrix/"):
            page = page_of(visit(who, path))
            assert "No figures" in page.text or "Nothing is calculated yet" in page.text, (who, path)


def test_an_account_that_the_run_does_not_know_has_a_page(portfolio, visit):
    Account.objects.create(code="NEW", name="Newcomer", team=portfolio.accounts["N1"].team)

    page = page_of(visit("manager", "/accounts/NEW/"))

    assert page.one("h1").text == "Newcomer"
    assert "No figures yet" in page.text


def test_every_link_to_the_glossary_leads_to_its_word(visit):
    page = page_of(visit("finance", "/glossary/"))
    words = {each.attributes.get("id") for each in page.all("dt")}
    linked = set()
    for path in (*EVERYWHERE, "/whale/", "/runs/", "/cost-model/"):
        links = [link.attributes["href"] for link in page_of(visit("finance", path)).all("a")]
        linked |= {link.partition("#")[2] for link in links if "/glossary/#" in link}

    assert linked >= {"net-revenue", "gross-margin", "cost-to-serve", "contribution", "box", "hhi"}
    assert linked - words == set()
    assert reverse("glossary") == "/glossary/"


def test_the_money_that_a_manager_sees_follows_the_run(portfolio, visit):
    Result.objects.filter(run=portfolio.run, account__code="N3").update(contribution=F("contribution") - 1)

    assert "−15,000.01" in page_of(visit("manager", "/")).text
