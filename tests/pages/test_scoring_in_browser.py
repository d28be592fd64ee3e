"""The workshop's grid and one account's scoring in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from relationships.models import CriteriaSet, Rating
from tests.factories import a_portfolio
from tests.pages.keyboard import tab_to
from tests.relationships.test_scoring import criteria

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNTS = ("N1", "N2", "N3", "N4", "N5", "N6")  # by net revenue
CODES = ("trust", "access", "reliability")


@pytest.fixture
def portfolio(transactional_db):
    found = a_portfolio()
    document = criteria()
    shares = zip(CODES, (50, 30, 20), strict=True)
    names = [(code, weight, document["relationship"][0]["anchors"]) for code, weight in shares]
    document["relationship"] = [
        {"code": code, "name": code.title(), "weight": weight, "kind": "judged", "anchors": anchors}
        for code, weight, anchors in names
    ]
    CriteriaSet.objects.create(code="default", version=2, document=document)
    return found


def open_as(live_server, context, user, address: str = "/scoring/") -> Page:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(live_server.url + address)
    return page


@pytest.fixture
def grid(live_server, context, portfolio) -> Page:
    return open_as(live_server, context, portfolio.user("manager"))


def cell(page: Page, account: str, criterion: str):
    return page.get_by_label(f"Account {account}: {criterion.title()}", exact=True)


def state(page: Page, account: str, criterion: str):
    return cell(page, account, criterion).locator("..")


def given(user: User) -> dict[tuple[str, str], float]:
    rows = Rating.objects.filter(rater=user).values_list("account__code", "criterion", "score")
    return {(account, criterion): float(score) for account, criterion, score in rows}


def test_six_accounts_are_scored_by_keyboard_alone(grid, portfolio):
    tab_to(grid, "Account N1: Trust")
    wanted = {
        (account, code): (row + column / 2) for row, account in enumerate(ACCOUNTS) for column, code in enumerate(CODES)
    }

    for column, code in enumerate(CODES):
        for account in ACCOUNTS:
            expect(cell(grid, account, code)).to_be_focused()
            grid.keyboard.type(str(wanted[account, code]))
            grid.keyboard.press("Enter" if account != ACCOUNTS[-1] else "ArrowRight")
        if column + 1 < len(CODES):
            for _step in ACCOUNTS[1:]:
                grid.keyboard.press("ArrowUp")

    grid.keyboard.press("Enter")
    expect(grid.get_by_role("heading", level=1)).to_have_text("You have scored 18 of 18")
    expect(state(grid, "N6", "reliability")).to_have_attribute("data-state", "saved")
    assert given(portfolio.user("manager")) == wanted


def test_keys_confirm_take_back_and_restore(grid, portfolio):
    cell(grid, "N1", "trust").focus()
    grid.keyboard.type("7,5")
    grid.keyboard.press("c")
    expect(state(grid, "N1", "trust")).to_have_attribute("data-state", "saved")
    row = Rating.objects.get()
    assert (float(row.score), row.status) == (7.5, "confirmed")

    grid.keyboard.press("Delete")
    expect(grid.get_by_role("heading", level=1)).to_have_text("You have scored 0 of 18")
    assert not Rating.objects.exists()

    grid.keyboard.type("9")
    grid.keyboard.press("Escape")
    expect(cell(grid, "N1", "trust")).to_have_value("")
    grid.keyboard.press("c")
    expect(grid.locator("#announcer")).to_have_text("Give a score first.")
    assert not Rating.objects.exists()


def test_a_refused_score_says_why_in_its_cell_and_is_mended_there(grid, portfolio):
    cell(grid, "N2", "access").focus()
    grid.keyboard.type("75")
    grid.keyboard.press("Enter")
    refused = state(grid, "N2", "access")
    expect(refused).to_have_attribute("data-state", "refused")
    expect(refused.get_by_text("A number from 0 to 10.")).to_be_visible()
    expect(cell(grid, "N3", "access")).to_be_focused()

    grid.keyboard.press("ArrowUp")
    grid.keyboard.type("7.5")
    grid.keyboard.press("Tab")

    expect(refused).to_have_attribute("data-state", "saved")
    expect(refused.get_by_text("A number from 0 to 10.")).to_be_hidden()
    assert given(portfolio.user("manager")) == {("N2", "access"): 7.5}


def test_a_lost_connection_is_told_and_made_good(grid, portfolio):
    grid.route("**/scoring/save/**", lambda route: route.abort())
    cell(grid, "N1", "trust").focus()
    grid.keyboard.type("6")
    grid.keyboard.press("Enter")
    expect(state(grid, "N1", "trust").get_by_text("Not saved")).to_be_visible()

    grid.unroute("**/scoring/save/**")

    expect(state(grid, "N1", "trust")).to_have_attribute("data-state", "saved")
    assert given(portfolio.user("manager")) == {("N1", "trust"): 6}


def test_cells_of_a_spreadsheet_are_pasted_and_kept(grid, portfolio):
    cell(grid, "N1", "trust").focus()
    grid.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "8\\t7,5\\t6\\n5\\t\\t4\\n");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )

    expect(grid.get_by_role("heading", level=1)).to_have_text("You have scored 5 of 18")
    first = {("N1", "trust"): 8, ("N1", "access"): 7.5, ("N1", "reliability"): 6}
    assert given(portfolio.user("manager")) == first | {("N2", "trust"): 5, ("N2", "reliability"): 4}


def test_two_raters_score_the_same_cells_at_once(live_server, browser, portfolio):
    pages = {}
    for who in ("manager", "lead"):
        pages[who] = open_as(live_server, browser.new_context(), portfolio.user(who))

    for account, (mine, theirs) in zip(ACCOUNTS, ((1, 9), (2, 8), (3, 7)), strict=False):
        for who, score in (("manager", mine), ("lead", theirs)):
            cell(pages[who], account, "trust").focus()
            pages[who].keyboard.type(str(score))
            pages[who].keyboard.press("Enter")

    for page in pages.values():
        expect(page.get_by_role("heading", level=1)).to_have_text("You have scored 3 of 18")
    assert given(portfolio.user("manager")) == {("N1", "trust"): 1, ("N2", "trust"): 2, ("N3", "trust"): 3}
    assert given(portfolio.user("lead")) == {("N1", "trust"): 9, ("N2", "trust"): 8, ("N3", "trust"): 7}
    for page in pages.values():
        page.context.close()


def test_a_second_window_of_one_rater_sees_both_scores_and_the_one_before(live_server, context, portfolio):
    rater = portfolio.user("manager")
    first = open_as(live_server, context, rater)
    cell(first, "N1", "trust").fill("5")
    first.keyboard.press("Enter")
    expect(state(first, "N1", "trust")).to_have_attribute("data-state", "saved")
    second = open_as(live_server, context, rater)

    cell(first, "N1", "trust").fill("8")
    first.keyboard.press("Enter")
    expect(state(first, "N1", "trust")).to_have_attribute("data-state", "saved")
    cell(second, "N1", "trust").fill("3")
    cell(second, "N1", "access").fill("6")
    second.keyboard.press("Enter")

    told = "Meanwhile 8 was saved in another window. Before: 5. Yours: 3. Enter keeps yours."
    expect(state(second, "N1", "trust").get_by_text(told)).to_be_visible()
    expect(cell(second, "N1", "trust")).to_have_value("3")
    expect(state(second, "N1", "access")).to_have_attribute("data-state", "saved")
    assert given(rater) == {("N1", "trust"): 8, ("N1", "access"): 6}

    cell(second, "N1", "trust").press("Enter")
    expect(state(second, "N1", "trust")).to_have_attribute("data-state", "saved")
    assert given(rater)["N1", "trust"] == 3


def test_enter_sends_a_score_once_and_one_that_is_refused_waits_for_the_next_enter(live_server, context, portfolio):
    rater = portfolio.user("manager")
    first, second = (open_as(live_server, context, rater) for _window in range(2))
    cell(first, "N1", "trust").press_sequentially("3")
    first.keyboard.press("Enter")
    expect(state(first, "N1", "trust")).to_have_attribute("data-state", "saved")
    posts = []
    second.on("request", lambda request: posts.append(request) if request.method == "POST" else None)

    cell(second, "N1", "trust").press_sequentially("9")
    second.keyboard.press("Enter")
    expect(state(second, "N1", "trust").get_by_text("Meanwhile 3 was saved in another window.")).to_be_visible()
    cell(second, "N2", "trust").press_sequentially("4")
    second.keyboard.press("Enter")
    expect(state(second, "N2", "trust")).to_have_attribute("data-state", "saved")

    assert len(posts) == 2
    assert given(rater) == {("N1", "trust"): 3, ("N2", "trust"): 4}
    expect(state(second, "N1", "trust")).to_have_attribute("data-state", "refused")
    cell(second, "N1", "trust").press("Enter")
    expect(state(second, "N1", "trust")).to_have_attribute("data-state", "saved")
    assert given(rater)["N1", "trust"] == 9


def test_two_people_see_each_others_score_of_a_cell_and_both_count(live_server, browser, portfolio):
    pages = {who: open_as(live_server, browser.new_context(), portfolio.user(who)) for who in ("manager", "lead")}

    for who, score in (("manager", "2"), ("lead", "8")):
        cell(pages[who], "N1", "trust").fill(score)
        pages[who].keyboard.press("Enter")
        expect(state(pages[who], "N1", "trust")).to_have_attribute("data-state", "saved")
    cell(pages["lead"], "N1", "trust").focus()

    strip = pages["lead"].locator("[data-strip]")
    expect(strip.get_by_text(portfolio.user("manager").name)).to_be_visible()
    expect(strip.get_by_text("median 5")).to_be_visible()
    assert given(portfolio.user("manager")) == {("N1", "trust"): 2}
    assert given(portfolio.user("lead")) == {("N1", "trust"): 8}
    for page in pages.values():
        page.context.close()


def test_beside_the_cell_in_view_stand_its_anchors_and_then_what_others_say(grid, portfolio):
    Rating.objects.create(
        account=portfolio.accounts["N1"],
        criterion="trust",
        rater=portfolio.user("lead"),
        rated_on=timezone.localdate(),
        score=2,
    )
    strip = grid.get_by_role("complementary", name="The cell in view")
    cell(grid, "N1", "trust").focus()
    expect(strip).to_contain_text("first call")
    expect(strip).to_contain_text("1 other rating, shown once you have given yours")

    grid.keyboard.press("?")
    expect(grid.locator("#announcer")).to_contain_text("first call")

    grid.keyboard.type("8")
    grid.keyboard.press("Enter")
    grid.keyboard.press("ArrowUp")
    expect(strip).to_contain_text("median 5 · spread 6")
    expect(strip).to_contain_text("Lead")


def test_the_grid_needs_no_scripts(live_server, browser, portfolio):
    plain = browser.new_context(java_script_enabled=False)
    page = open_as(live_server, plain, portfolio.user("manager"))

    cell(page, "N1", "trust").fill("7")
    page.get_by_label("Account N1: Trust, confirmed").check()
    cell(page, "N2", "trust").fill("seven")
    page.get_by_role("button", name="Save").last.click()

    expect(page.get_by_role("alert")).to_contain_text("1 score was not saved")
    row = Rating.objects.get()
    assert (row.account.code, float(row.score), row.status) == ("N1", 7, "confirmed")
    plain.close()


def test_one_account_is_scored_beside_its_anchors_and_looked_ahead(live_server, context, portfolio):
    page = open_as(live_server, context, portfolio.user("manager"), "/accounts/N1/scoring/")
    for words, score in (("Score, Growth potential", "8"), ("Score, Trust", "2"), ("Score, Access", "2")):
        tab_to(page, words)
        page.keyboard.type(score)
    page.keyboard.press("Tab")
    expect(page.locator("#editor-told")).to_contain_text("From Strategic to Star")
    near = page.locator(".score-card", has=page.get_by_label("Score, Growth potential"))
    expect(page.locator(".score-card").nth(1).locator(".is-near")).to_contain_text("hostile")
    assert near.count() == 1 and not Rating.objects.exists()

    tab_to(page, "Save")
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()

    assert given(portfolio.user("manager")) == {("N1", "potential"): 8, ("N1", "trust"): 2, ("N1", "access"): 2}


ADDRESSES = ("/scoring/", "/scoring/?axis=attractiveness", "/scoring/?axis=buyer&others=shown", "/accounts/N1/scoring/")


@pytest.fixture
def rated(portfolio):
    today = timezone.localdate()
    for who, score in (("manager", 3), ("lead", 8)):
        for code in ("trust", "potential"):
            Rating.objects.create(
                account=Account.objects.get(code="N1"),
                criterion=code,
                rater=portfolio.user(who),
                rated_on=today,
                score=score,
            )


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_hinders_anybody(live_server, context, portfolio, rated, colours):
    page = open_as(live_server, context, portfolio.user("manager"))
    page.emulate_media(color_scheme=colours)

    for address in ADDRESSES:
        page.goto(live_server.url + address)
        if "scoring/?" in address or address == "/scoring/":
            page.locator("[data-score-cell]").first.focus()
            expect(page.locator("[data-strip] h3")).to_have_text("Account N1")
        findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]
        assert findings == [], address


def test_a_phone_shows_everything_without_scrolling_sideways(live_server, context, portfolio, rated):
    page = open_as(live_server, context, portfolio.user("manager"))
    page.set_viewport_size({"width": 390, "height": 844})

    for address in ADDRESSES:
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
