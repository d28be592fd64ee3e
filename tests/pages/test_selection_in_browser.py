"""Guidance, selection and decisions in a real browser: nothing hinders anybody, and a keyboard is enough."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import Account, Decision
from tests.factories import a_portfolio
from tests.pages.keyboard import press, tab_to

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "guidance": "/guidance/",
    "words and target": "/guidance/edit/",
    "candidates": "/selection/",
    "key accounts": "/selection/?show=key",
    "watch-list": "/selection/?show=watch",
    "side by side": "/selection/compare/?codes=N1&codes=N3&codes=S1",
    "decisions": "/accounts/N1/decisions/",
    "a proposal": "/accounts/N3/decisions/",
}


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    common = {"proposed_by": made.user("manager"), "proposed_on": "2026-01-01", "reason": "Large, and it grows"}
    approved = {"state": "approved", "decided_by": made.user("executive"), "decided_on": "2026-01-02"}
    for code in ("N1", "S1"):
        Decision.objects.create(
            account=made.accounts[code], outcome="admit", review_on="2026-03-01", **common, **approved
        )
    Decision.objects.create(account=made.accounts["N3"], outcome="admit", review_on="2027-03-01", **common)
    Account.objects.filter(code="N3").update(process_complexity=7, product_complexity=8)
    return made


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


def test_a_key_account_is_proposed_and_approved_by_keyboard(in_browser, page):
    in_browser("manager", "/accounts/N2/")
    press(page, "Propose a decision")
    page.get_by_role("heading", name="Propose a decision").wait_for()
    tab_to(page, "Reason")
    page.keyboard.type("Its group plans with us")
    press(page, "Propose")
    page.get_by_text("Proposed. It waits for approval.").wait_for()

    in_browser("executive", "/selection/")
    press(page, "Approve: Account N2")
    page.get_by_text("Approved: Account N2").wait_for()

    found = Decision.objects.get(account__code="N2")
    assert (found.state, found.reason) == ("approved", "Its group plans with us")


def test_accounts_are_chosen_and_compared_by_keyboard(in_browser, page):
    in_browser("executive", "/selection/")
    for name in ("Select Account S2", "Select Account N2"):
        tab_to(page, name)
        page.keyboard.press("Space")
        page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
    page.get_by_role("button", name="Compare two to five").press("Enter")

    page.get_by_role("heading", name="2 accounts side by side").wait_for()


def test_the_target_is_set_by_keyboard(in_browser, page):
    in_browser("executive", "/guidance/edit/")
    for name, share in (("Strategic", "40"), ("Star", "30"), ("Status", "20"), ("Streamline", "10")):
        page.locator(f"#share-{name.lower()}").fill(share)
    page.locator("#share-streamline").press("Enter")

    page.get_by_text("Saved. The balance goes by it at once.").wait_for()
    page.get_by_role("cell", name="40.0").first.wait_for()
