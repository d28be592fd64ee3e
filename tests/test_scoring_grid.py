"""The grid of a workshop: what is kept and refused cell by cell, filters, what is left, who may."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Decision
from kam_portal.views import scoring as grid_views
from relationships.gaps import ToScore, gaps, to_score
from relationships.models import AccountCriterion, CriteriaSet, Rating
from relationships.opinions import criteria_on, judged
from tests.factories import a_portfolio
from tests.markup import page_of
from tests.relationships.test_scoring import criteria

pytestmark = pytest.mark.django_db
URL, SAVE, CELL = "/scoring/", "/scoring/save/", "/scoring/cell/"


@pytest.fixture
def portfolio(db):
    found = a_portfolio()
    CriteriaSet.objects.create(code="default", version=2, document=criteria())
    return found


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


def cell(portfolio, account: str, code: str = "trust", kind: str = "s") -> str:
    return f"{kind}:{portfolio.accounts[account].pk}:{code}"


def said(portfolio, who: str, score, account: str = "N1", code: str = "trust", days_ago: int = 0, **more) -> Rating:
    return Rating.objects.create(
        account=portfolio.accounts[account],
        criterion=code,
        rater=portfolio.user(who),
        rated_on=timezone.localdate() - timedelta(days=days_ago),
        score=Decimal(str(score)),
        **more,
    )


def sent(client, cells: dict, query: str = "") -> dict:
    """As a script sends cells while one types."""
    return json.loads(client.post(SAVE + query, cells, headers={"accept": "application/json"}).content)


def names(page) -> list[str]:
    return [code for code in ("N1", "N2", "N3", "N4", "N5", "N6", "S1") if f"Account {code}" in page.text]


def test_accounts_are_rows_by_net_revenue_and_judged_criteria_are_columns(manager):
    page = page_of(manager.get(URL))

    assert names(page) == ["N1", "N2", "N3", "N4", "N5", "N6"]
    assert page.text.index("Account N1") < page.text.index("Account N2") < page.text.index("Account N3")
    assert "Trust" in page.text and "Access" in page.text and "You have scored 0 of 12" in page.text
    attractive = page_of(manager.get(URL, {"axis": "attractiveness"}))
    assert "Growth potential" in attractive.text and "Volume" not in attractive.text


def test_each_cell_is_kept_by_itself_and_a_wrong_one_is_told(manager, portfolio):
    good, bad, marked = cell(portfolio, "N1"), cell(portfolio, "N2"), cell(portfolio, "N3")

    answer = sent(manager, {good: "7,5", bad: "77", marked: "4", cell(portfolio, "N3", kind="c"): "1"})

    assert answer["cells"] == {good[2:]: "", bad[2:]: "A number from 0 to 10.", marked[2:]: ""}
    kept = Rating.objects.order_by("account__code").values_list("account__code", "score", "status", "rated_on")
    today = timezone.localdate()
    assert list(kept) == [("N1", Decimal("7.5"), "assumed", today), ("N3", 4, "confirmed", today)]
    assert set(answer["rows"]) == {str(portfolio.accounts[code].pk) for code in ("N1", "N3")}


def test_the_answer_places_the_account_as_it_would_be_now(manager, portfolio):
    said(portfolio, "lead", 9, code="potential")

    answer = sent(manager, {cell(portfolio, "N1"): "2", cell(portfolio, "N1", "access"): "3"})

    told = answer["rows"][str(portfolio.accounts["N1"].pk)]
    assert "Star" in told and "2.50" in told and "self-scored" in told


def test_the_grid_says_how_firm_each_box_would_be_and_sums_them_up(manager, portfolio):
    scored = (("N1", 9, 9, 9), ("N2", 9, 9, "1.1"), ("N3", 9, 9, None))
    for account, potential, trust, access in scored:
        for code, score in (("potential", potential), ("trust", trust), ("access", access)):
            if score is not None:
                said(portfolio, "lead", score, account, code)

    page = page_of(manager.get(f"{URL}?others=shown"))

    assert "Of 6 accounts here, as it would be now: 1 settled, 1 fragile, 0 provisional, 4 without box." in page.text
    assert "Of 1 account here, as it would be now: 1 settled" in page_of(manager.get(f"{URL}?others=shown&q=N1")).text
    assert "settled 100" in page.text and "would make it Star" in page.text
    told = sent(manager, {cell(portfolio, "N2", "access"): "9"})["rows"]
    assert 'data-firmness="settled"' in told[str(portfolio.accounts["N2"].pk)]


def test_where_an_account_stands_is_not_told_before_one_has_scored_it(manager, portfolio):
    for account, who in (("N1", "lead"), ("N2", "manager")):
        said(portfolio, who, 7, account)
        said(portfolio, who, 7, account, "potential")

    page = page_of(manager.get(URL))

    assert "7.00" not in row_of(page, portfolio, "N1") and "shown once you have scored" in row_of(page, portfolio, "N1")
    assert "7.00" in row_of(page, portfolio, "N2")
    assert "7.00" in row_of(page_of(manager.get(f"{URL}?others=shown")), portfolio, "N1")


def row_of(page, portfolio, account: str) -> str:
    return page.one("td", **{"data-now": str(portfolio.accounts[account].pk)}).text


def test_a_row_tells_where_the_buyers_score_counts_and_by_which_weights(manager, portfolio):
    said(portfolio, "manager", 3)
    said(portfolio, "manager", 3, code="access")
    said(portfolio, "lead", 9, perspective="buyer")
    for code, weight in (("trust", 80), ("access", 20)):
        AccountCriterion.objects.create(account=portfolio.accounts["N1"], criterion=code, weight=weight)

    page = page_of(manager.get(URL))

    assert "7.80" in row_of(page, portfolio, "N1") and "1 of 2 by the buyer" in row_of(page, portfolio, "N1")
    assert page.text.count("buyer’s counts") == 1 and page.text.count("own weights 80 · 20") == 1
    assert "buyer’s counts" not in page_of(manager.get(f"{URL}?axis=buyer")).text


def test_of_several_pages_the_count_is_of_this_one(manager, portfolio, monkeypatch):
    assert page_of(manager.get(URL)).one("h1").text.startswith("You have scored 0 of 12")

    monkeypatch.setattr(grid_views, "PAGE", 4)
    assert page_of(manager.get(URL)).one("h1").text == "On this page you have scored 0 of 8"


def test_an_emptied_cell_takes_todays_score_back_and_leaves_earlier_ones(manager, portfolio):
    said(portfolio, "manager", 3, days_ago=30)
    said(portfolio, "manager", 5)

    sent(manager, {cell(portfolio, "N1"): "", cell(portfolio, "N1", kind="w"): "5|0"})

    assert [row.score for row in Rating.objects.all()] == [3]


def test_a_grid_opened_before_leaves_what_another_window_saved_since(manager, portfolio):
    said(portfolio, "manager", 8)

    for was in ({}, {cell(portfolio, "N1", kind="w"): ""}):
        answer = sent(manager, was | {cell(portfolio, "N1"): "", cell(portfolio, "N2"): "3"})
        assert set(answer["cells"].values()) == {""}

    assert {(row.account.code, row.score) for row in Rating.objects.all()} == {("N1", 8), ("N2", 3)}


def test_a_cell_that_two_windows_change_is_told_and_can_be_saved_again(manager, portfolio):
    said(portfolio, "manager", 8)
    here, was = cell(portfolio, "N1"), cell(portfolio, "N1", kind="w")

    answer = sent(manager, {here: "3", was: ""})

    assert "Meanwhile 8 was saved in another window" in answer["cells"][here[2:]]
    assert answer["was"] == {here[2:]: "8|0"} and Rating.objects.get().score == 8
    answer = sent(manager, {here: "3", was: answer["was"][here[2:]]})
    assert answer["cells"] == {here[2:]: ""} and answer["was"] == {here[2:]: "3|0"}
    assert Rating.objects.get().score == 3


def test_a_score_typed_again_keeps_its_evidence(manager, portfolio):
    said(portfolio, "manager", 5, evidence="Survey", link="https://x.example/", status="confirmed")

    sent(manager, {cell(portfolio, "N1"): "6", cell(portfolio, "N1", kind="c"): "1"})

    row = Rating.objects.get()
    assert (row.score, row.evidence, row.link, row.status) == (6, "Survey", "https://x.example/", "confirmed")


def test_two_raters_of_one_cell_do_not_meet(portfolio):
    for who, score in (("manager", "4"), ("lead", "8")):
        browser = Client()
        browser.force_login(portfolio.user(who))
        sent(browser, {cell(portfolio, "N1"): score})

    assert {(row.rater.role, row.score) for row in Rating.objects.all()} == {("manager", 4), ("lead", 8)}


def test_what_the_buyer_said_has_a_sheet_of_its_own(manager, portfolio):
    sent(manager, {cell(portfolio, "N1"): "4"}, "?axis=buyer")

    assert Rating.objects.get().perspective == "buyer"
    assert "You have scored 0 of 12" in page_of(manager.get(URL)).text
    assert "You have scored 1 of 12" in page_of(manager.get(URL, {"axis": "buyer"})).text


@pytest.mark.parametrize("place", ["S1:trust", "N1:potential", "N1:volume", "N1:nothing"])
def test_what_is_not_in_the_sheet_is_refused(manager, portfolio, place):
    code, criterion = place.split(":")

    answer = sent(manager, {cell(portfolio, code, criterion): "5"})

    assert list(answer["cells"].values()) == ["There is no such account or criterion any more: reload the page."]
    assert answer["rows"] == {} and not Rating.objects.exists()


def test_hidden_and_missing_accounts_answer_alike(manager, portfolio):
    hidden = sent(manager, {cell(portfolio, "S1"): "5"})
    missing = sent(manager, {"s:999999999:trust": "5"})

    assert list(hidden["cells"].values()) == list(missing["cells"].values())
    for account in (portfolio.accounts["S1"].pk, 999999999):
        assert manager.get(CELL, {"account": account, "criterion": "trust"}).status_code == 404


def test_without_scripts_all_sound_cells_are_saved_and_the_others_marked(manager, portfolio):
    answer = manager.post(SAVE + "?team=north", {cell(portfolio, "N1"): "7", cell(portfolio, "N2"): "many"})

    page = page_of(answer)
    assert answer.status_code == 422
    assert "1 score was not saved; it is marked below. The others were." in page.text
    assert 'value="many"' in answer.content.decode()
    assert Rating.objects.get().score == 7

    answer = manager.post(SAVE + "?team=north", {cell(portfolio, "N1"): "7", cell(portfolio, "N2"): "6"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/scoring/?team=north")
    assert Rating.objects.count() == 2


def test_beside_the_grid_others_wait_for_ones_own_score(manager, portfolio):
    said(portfolio, "lead", 2)
    asked = {"account": portfolio.accounts["N1"].pk, "criterion": "trust"}

    text = page_of(manager.get(CELL, asked)).text
    assert "hostile" in text and "1 other rating, shown once" in text and "Lead" not in text

    said(portfolio, "manager", 8)

    text = page_of(manager.get(CELL, asked)).text
    assert "median 5 · spread 6" in text and "2 Lead" in text
    assert "2 Lead" in page_of(manager.get(CELL, asked | {"others": "shown"})).text


def test_what_is_left_is_missing_too_old_or_far_apart(portfolio):
    said(portfolio, "lead", 4, "N2")
    said(portfolio, "lead", 4, "N2", "access", days_ago=400)
    said(portfolio, "manager", 4, "N3", days_ago=400)
    said(portfolio, "lead", 5, "N3")
    said(portfolio, "lead", 3, "N4")
    said(portfolio, "executive", 6, "N4")
    said(portfolio, "lead", 3, "N5", days_ago=400)
    said(portfolio, "lead", 5.9, "N5")
    said(portfolio, "executive", 3, "N5")
    today = timezone.localdate()
    found = criteria_on(today)

    left = gaps(portfolio.user("manager"), found, judged(found.relationship), today)

    by_code = {code: left.get(portfolio.accounts[code].pk, {}) for code in ("N1", "N2", "N3", "N4", "N5")}
    assert by_code == {
        "N1": {"trust": "missing", "access": "missing"},
        "N2": {"access": "expired"},
        "N3": {"trust": "expired", "access": "missing"},
        "N4": {"trust": "apart", "access": "missing"},
        "N5": {"access": "missing"},
    }


def test_where_the_buyer_has_spoken_only_his_view_is_looked_at(portfolio):
    said(portfolio, "lead", 1)
    said(portfolio, "executive", 9)
    said(portfolio, "lead", 5, perspective="buyer")
    today = timezone.localdate()
    found = criteria_on(today)

    left = gaps(portfolio.user("manager"), found, judged(found.relationship), today)

    assert "trust" not in left[portfolio.accounts["N1"].pk]


def test_the_home_page_can_count_what_is_left(portfolio):
    for code in ("N2", "N3", "N4", "N5", "N6"):
        for criterion in ("trust", "access", "potential"):
            said(portfolio, "lead", 4, code, criterion)
    said(portfolio, "lead", 4, "N1", days_ago=400)

    today = timezone.localdate()
    assert to_score(portfolio.user("manager"), today) == ToScore(missing=2, expired=1, apart=0, accounts=1)
    assert to_score(portfolio.user("executive"), today).total == 0
    assert to_score(portfolio.user("member"), today).total == 0


def test_rows_can_be_those_with_something_left(manager, portfolio):
    for code in ("N1", "N3", "N4", "N5", "N6"):
        said(portfolio, "lead", 4, code)
        said(portfolio, "lead", 4, code, "access")
    said(portfolio, "manager", 8, "N3")

    assert names(page_of(manager.get(URL, {"show": "open"}))) == ["N2", "N3"]
    assert names(page_of(manager.get(URL, {"show": "missing"}))) == ["N2"]
    assert names(page_of(manager.get(URL, {"show": "apart"}))) == ["N3"]
    assert names(page_of(manager.get(URL, {"show": "expired"}))) == []


def test_rows_can_be_those_that_one_has_not_scored_oneself(manager, portfolio):
    for criterion in ("trust", "access"):
        said(portfolio, "manager", 4, "N1", criterion)
    said(portfolio, "manager", 4, "N2")
    said(portfolio, "manager", 4, "N2", "access", days_ago=400)

    assert names(page_of(manager.get(URL, {"show": "mine"}))) == ["N2", "N3", "N4", "N5", "N6"]


def test_rows_follow_the_filters_of_the_portfolio_and_the_programme(manager, portfolio):
    for code, outcome in (("N1", "admit"), ("N2", "release")):
        Decision.objects.create(
            account=portfolio.accounts[code],
            outcome=outcome,
            state="approved",
            reason="why",
            proposed_on=timezone.localdate(),
            proposed_by=portfolio.user("lead"),
            decided_on=timezone.localdate(),
            decided_by=portfolio.user("executive"),
        )

    assert names(page_of(manager.get(URL, {"box": "strategic"}))) == ["N1", "N2"]
    assert names(page_of(manager.get(URL, {"segment": "growth"}))) == ["N3", "N4"]
    assert names(page_of(manager.get(URL, {"programme": "in"}))) == ["N1"]
    assert names(page_of(manager.get(URL, {"programme": "out", "segment": "key"}))) == ["N2"]
    assert names(page_of(manager.get(URL, {"team": "south"}))) == []


@pytest.mark.parametrize("who", ["member", "finance", "executive", "admin"])
def test_only_who_scores_opens_the_grid(portfolio, client, who):
    client.force_login(portfolio.user(who))

    assert client.get(URL).status_code == 403
    assert client.get(CELL).status_code == 403
    assert client.post(SAVE, {cell(portfolio, "N1"): "5"}).status_code == 403
    assert not Rating.objects.exists()


def test_more_accounts_take_no_more_queries(manager, portfolio, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        manager.get(URL)


def test_home_leads_to_what_is_left_for_who_scores(manager, portfolio):
    assert "Scores to look at" in page_of(manager.get("/")).text

    assert "18 scores to look at" in page_of(manager.get("/today/scores/")).text  # three criteria of six accounts
    manager.force_login(portfolio.user("member"))
    assert "to look at" not in page_of(manager.get("/")).text + page_of(manager.get("/today/scores/")).text
