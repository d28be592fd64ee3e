"""What-if scenarios in a real browser: levers act at once, what is worth a name is kept, nothing hinders anybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from profitability.models import Scenario
from tests.factories import a_portfolio
from tests.pages.test_profitability_pages import WATCH, drawn

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "scenarios": "/what-if/",
    "first step": "/what-if/new/?find=account",
    "workbench": "/what-if/new/?price=1&event:sales_visit=-50",
    "exceptions": "/what-if/new/?price=1&own1-codes=N1&own1-drop=on&own2-codes=N2&own2-minimum_order=500&own=3",
    "kept": "/what-if/{first}/",
    "comparison": "/what-if/compare/?scenario={first}&scenario={second}",
}


@pytest.fixture
def portfolio(transactional_db):
    return a_portfolio()


@pytest.fixture
def visit(portfolio, live_server, page):
    """`visit("finance", "/what-if/")`: the page, opened by somebody signed in."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)
    first, second = (
        Scenario.objects.create(
            name=name, owner=portfolio.user("lead"), run=portfolio.run, sharing="everyone", levers=levers
        )
        for name, levers in (("Dearer", {"price": "2"}), ("Fewer visits", {"events": {"sales_visit": "-50"}}))
    )

    def opened(role: str, address: str):
        client = Client()
        client.force_login(portfolio.user(role))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + address.format(first=first.pk, second=second.pk))
        return page

    yield opened
    assert errors == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_anybody_and_nothing_is_refused(visit, page, name, colours):
    page.emulate_media(color_scheme=colours)
    visit("finance", PAGES[name])
    drawn(page)

    findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]

    assert findings == []
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_everything_without_scrolling_sideways(visit, page, name):
    page.set_viewport_size({"width": 390, "height": 844})

    visit("finance", PAGES[name])
    drawn(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_lever_acts_at_once_and_stands_in_the_address(visit, page):
    visit("finance", "/what-if/new/?codes=N1")

    page.get_by_label("Price").fill("1")
    page.keyboard.press("Tab")

    page.get_by_role("heading", name="What if: contribution +4,000.00 USD").wait_for()
    assert page.url.endswith("?codes=N1&price=1")
    drawn(page)
    page.go_back()
    page.get_by_role("heading", name="What if", exact=True).wait_for()


def test_a_slider_and_its_number_say_the_same(visit, page):
    visit("finance", "/what-if/new/?codes=N1")

    page.locator(".lever-range").first.fill("5")

    page.get_by_role("heading", name="What if: contribution +20,000.00 USD").wait_for()
    assert page.get_by_label("Price").input_value() == "5"


def test_a_lever_with_a_decimal_comma_means_the_same_to_its_slider(visit, page):
    visit("finance", "/what-if/new/?codes=N1")

    page.get_by_label("Price").press_sequentially("2,5")
    page.keyboard.press("Tab")

    page.get_by_role("heading", name="What if: contribution +10,000.00 USD").wait_for()
    assert page.locator(".lever-range").first.input_value() == "3"  # its steps are whole


def test_the_slider_of_a_cap_goes_back_to_none(visit, page):
    visit("finance", "/what-if/new/?codes=N1&price=1")
    cap, slider = page.locator("[name=discount_cap]"), page.locator("[name=discount_cap]").locator("xpath=../input[1]")

    assert (cap.input_value(), slider.input_value()) == ("", "51")
    slider.fill("0")
    page.wait_for_url("**discount_cap=0**")
    assert cap.input_value() == "0"

    slider.fill("51")
    page.wait_for_url(lambda address: "discount_cap" not in address)
    assert cap.input_value() == ""


def test_on_a_phone_the_result_comes_first_and_levers_are_folded(visit, page):
    page.set_viewport_size({"width": 390, "height": 844})
    visit("finance", "/what-if/new/?codes=N1&price=1")

    assert page.locator("#summary").get_by_text("Cash at once").is_visible()
    assert not page.get_by_label("Price").is_visible()
    page.locator("summary", has_text="Levers").press("Enter")
    page.get_by_label("Price").fill("2")
    page.keyboard.press("Tab")

    page.locator("#summary").get_by_text("Contribution +8,000.00 USD").wait_for()


def test_accounts_are_found_ticked_and_changed_by_keyboard(visit, page):
    visit("manager", "/what-if/new/")

    page.get_by_label("Name or code").fill("N1")
    page.keyboard.press("Enter")
    page.get_by_label("Account N1").press("Space")
    page.get_by_role("button", name="Start with those ticked").press("Enter")

    page.wait_for_url("**/what-if/new/?codes=N1")


def test_a_changed_scenario_says_so_and_deleting_it_is_asked(visit, page, portfolio):
    visit("lead", "/what-if/{first}/")

    page.get_by_label("Price").fill("3")
    page.keyboard.press("Tab")
    page.get_by_role("heading", name="Dearer (changed, not kept)").wait_for()
    page.get_by_role("link", name="Back to the kept one").wait_for()
    page.get_by_label("Price").fill("")
    page.keyboard.press("Tab")
    page.wait_for_url("**?changed=on")

    page.get_by_role("button", name="Delete").press("Enter")
    page.get_by_role("heading", name="Delete “Dearer”?").wait_for()
    page.get_by_role("button", name="Delete").press("Enter")

    page.get_by_role("heading", name="What-if scenarios").wait_for()
    assert not Scenario.objects.filter(name="Dearer").exists()


def test_what_is_kept_is_what_the_levers_say(visit, page):
    visit("manager", "/what-if/new/?all=on")
    page.get_by_label("Price").fill("3")
    page.keyboard.press("Tab")
    page.wait_for_url("**price=3**")

    page.locator("form[data-keep]").get_by_label("Name").fill("Three percent")
    page.get_by_label("Shared with").select_option("team")
    page.get_by_role("button", name="Keep", exact=True).press("Enter")

    page.get_by_role("heading", name="Three percent: contribution").wait_for()
    kept = Scenario.objects.get(name="Three percent")
    assert (kept.levers, kept.sharing) == ({"price": "3"}, "team")


def test_scenarios_are_ticked_and_compared_by_keyboard(visit, page):
    visit("finance", "/what-if/")

    for name in ("Dearer", "Fewer visits"):
        page.get_by_label(f"Compare {name}").press("Space")
    page.get_by_role("button", name="Compare").press("Enter")

    page.get_by_role("heading", name="brings most").wait_for()
    assert page.get_by_role("columnheader").all_inner_texts()[1:] == ["Fewer visits", "Dearer"]


def test_without_scripts_the_button_applies_the_levers(visit, page, browser, portfolio, live_server):
    client = Client()
    client.force_login(portfolio.user("finance"))
    plain = browser.new_context(java_script_enabled=False)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    plain.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    tab = plain.new_page()
    tab.goto(f"{live_server.url}/what-if/new/?codes=N1")

    tab.get_by_label("Price").fill("1")
    tab.get_by_role("button", name="Apply").click()

    tab.get_by_role("heading", name="What if: contribution +4,000.00 USD").wait_for()
    plain.close()


def test_accounts_that_differ_are_added_and_removed_by_keyboard(visit, page):
    visit("finance", "/what-if/new/?codes=N1+N2&price=1")

    page.get_by_role("button", name="Add an exception").press("Enter")
    page.get_by_label("These accounts differ").wait_for()
    expect(page.locator("*:focus")).to_have_attribute("name", "own1-codes")
    page.keyboard.type("N2")
    page.locator("[name=own1-price]").fill("0")
    page.keyboard.press("Tab")

    page.get_by_role("heading", name="What if: contribution +4,000.00 USD").wait_for()
    assert "own1-codes=N2&own1-price=0" in page.url
    drawn(page)
    assert page.get_by_role("cell", name="price unchanged").is_visible()

    page.get_by_role("button", name="Remove exception 1").press("Enter")
    page.get_by_role("heading", name="What if: contribution +5,500.00 USD").wait_for()
    assert page.url.endswith("?codes=N1+N2&price=1")
    assert page.get_by_label("These accounts differ").count() == 0


def test_an_account_of_the_table_gets_levers_of_its_own(visit, page):
    visit("finance", "/what-if/new/?codes=N1+N2&price=1")

    page.get_by_role("link", name="give Account N2 levers of its own").press("Enter")

    expect(page.locator("*:focus")).to_have_attribute("name", "own1-codes")
    assert page.get_by_label("These accounts differ").input_value() == "N2"


@pytest.mark.parametrize("by", ["click", "press"])
def test_from_an_account_to_a_minimum_order_value_in_two_steps(visit, page, by):
    def step(link) -> None:
        link.click() if by == "click" else link.press("Enter")

    visit("manager", "/accounts/N3/")

    step(page.get_by_role("link", name="What if", exact=True))
    step(page.get_by_role("link", name="as minimum"))

    page.get_by_role("heading", name="Orders below the minimum").wait_for()
    assert (
        page.get_by_label("Minimum order value", exact=True).input_value() == "750"
    )  # 22,500 of order entry for 120 orders, a quarter of net revenue is margin
    assert page.get_by_role("table", name="Profit and loss before and after").is_visible()


def test_without_scripts_exceptions_are_added_and_applied(browser, portfolio, live_server, transactional_db):
    client = Client()
    client.force_login(portfolio.user("finance"))
    plain = browser.new_context(java_script_enabled=False)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    plain.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    tab = plain.new_page()
    tab.goto(f"{live_server.url}/what-if/new/?codes=N1")

    tab.get_by_role("button", name="Add an exception").click()
    tab.get_by_label("These accounts differ").fill("N1")
    tab.locator("[name=own1-price]").fill("1")
    tab.get_by_role("button", name="Apply").click()

    tab.get_by_role("heading", name="What if: contribution +4,000.00 USD").wait_for()
    plain.close()
