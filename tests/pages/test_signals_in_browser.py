"""Signals, notices and the choice of e-mails in a real browser: nothing hinders anybody, and a keyboard is enough."""

from datetime import timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from relationships import notices
from relationships.models import Action, Signal, SignalThreshold
from tests.factories import a_portfolio
from tests.pages.keyboard import press
from tests.relationships.signals import a_signal, admit

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "open": "/signals/",
    "put off": "/signals/?show=later",
    "dealt with": "/signals/?show=done&kind=no_plan",
    "thresholds": "/signals/settings/",
    "e-mail": "/settings/notifications/",
    "notices": "/notices/",
    "account": "/accounts/N1/",
}


@pytest.fixture
def portfolio(transactional_db):
    made, today = a_portfolio(), timezone.localdate()
    admit(made, "N3")
    facts = {"loss": "15000", "months": [202601, 202602], "cause": "presale", "cost": "22500", "size": "1"}
    a_signal(made.accounts["N1"], "first", weight=Decimal(9))
    a_signal(made.accounts["N3"], "second", kind="unprofitable", facts=facts, tells_profit=True, weight=Decimal(8))
    a_signal(made.accounts["N2"], "third", weight=Decimal(7))
    a_signal(made.accounts["N2"], "later", snoozed_until=today + timedelta(days=9))
    a_signal(made.accounts["N4"], "done", state="done", ended_on=today, ended_by=made.user("lead"), answer="Called")
    for who in ("manager", "executive"):
        notices.tell([made.user(who)], "mention", "Lead mentioned you", "/accounts/N1/", made.user("lead"))
    return made


def state_of(key: str) -> str:
    return Signal.objects.get(key=key).state


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_anybody_and_nothing_is_refused(in_browser, page, name, colours):
    page.emulate_media(color_scheme=colours)
    in_browser("executive", PAGES[name])

    findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]

    assert findings == []
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_everything_without_scrolling_sideways(in_browser, page, name):
    page.set_viewport_size({"width": 390, "height": 844})

    in_browser("executive", PAGES[name])

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_single_keys_deal_with_one_after_the_other(in_browser, page):
    in_browser("manager", "/signals/")
    headline, tabs = page.get_by_role("heading", level=1), page.locator("#signal-tabs li")
    expect(headline).to_have_text("3 signals ask for attention")

    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.type("Called Ada")
    page.keyboard.press("Enter")
    first = page.locator(".signal-line", has_text="Called Ada")
    expect(first).to_contain_text("Dealt with on")
    expect(headline).to_have_text("2 signals ask for attention")
    expect(tabs).to_have_text(["Open 2", "Put off 1", "Dealt with 2", "No longer so 0"])
    expect(page.locator(".signal-line").nth(1)).to_be_focused()  # the hand goes on to the next one
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.locator(".signal-line").nth(1)).to_contain_text("Put off until")
    expect(page.locator(".signal-line").nth(2)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(page.locator(".signal-line").first).to_contain_text("Begin a key account plan")
    expect(tabs).to_have_text(["Open 2", "Put off 2", "Dealt with 1", "No longer so 0"])

    assert state_of("first") == "open"
    assert Signal.objects.get(key="second").snoozed_until == timezone.localdate() + timedelta(days=7)
    assert page.evaluate("refused") == []


def test_a_signal_becomes_an_action_by_keyboard(in_browser, page):
    in_browser("manager", "/signals/")

    page.keyboard.press("j")
    page.keyboard.press("t")
    expect(page.get_by_label("What is to be done")).to_be_visible()
    press(page, "Add the action")
    page.wait_for_url("**/signals/")

    expect(page.locator(".signal-line")).to_have_count(2)
    assert Action.objects.get().text == "Begin a key account plan"
    assert Action.objects.get().owner.role == "manager"
    assert state_of("first") == "done"


def test_without_scripts_forms_do_the_same(in_browser, browser, portfolio, live_server, page):
    in_browser("manager", "/signals/")  # signs in
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    tab = plain.new_page()
    tab.goto(live_server.url + "/signals/?kind=no_plan")

    line = tab.locator(".signal-line").first
    line.locator("summary", has_text="Done").click()
    line.get_by_role("button", name="Dealt with").click()

    assert tab.url.endswith("/signals/?kind=no_plan")
    assert state_of("first") == "done"
    plain.close()


def test_thresholds_are_tried_and_kept_by_keyboard(in_browser, page):
    in_browser("executive", "/signals/settings/")

    page.get_by_label("Unprofitable key account: limit, USD").fill("20000")
    press(page, "See how many there would be")
    expect(page.get_by_role("status").filter(has_text="With these thresholds")).to_be_visible()
    press(page, "Save")
    expect(page.get_by_text("looked for signals anew")).to_be_visible()

    assert SignalThreshold.objects.get().limit == 20_000
    assert state_of("second") == "gone"


def test_a_notice_is_opened_from_the_badge_and_is_read(in_browser, page):
    in_browser("manager", "/")

    page.get_by_role("link", name="1 unread notice", exact=True).press("Enter")
    press(page, "Lead mentioned you")
    page.wait_for_url("**/accounts/N1/")

    expect(page.locator(".notices-count")).to_have_count(0)
