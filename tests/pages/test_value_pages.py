"""Customer value, whitespace and concentration in a real browser: nothing hinders anybody, and potentials are typed."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import Account
from profitability.models import Product
from relationships.models import CategoryPotential
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "values": ("finance", "/value/"),
    "account": ("manager", "/accounts/N1/value/"),
    "whitespace": ("finance", "/whitespace/"),
    "open": ("finance", "/whitespace/?by=open"),
    "spend": ("manager", "/whitespace/?edit=annual_spend"),
    "concentration": ("finance", "/concentration/"),
}


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    for category in ("Bikes", "Tyres"):
        Product.objects.create(code=category, name=category, category=category)
    CategoryPotential.objects.create(
        account=made.accounts["N1"],
        category="Bikes",
        annual_spend=600_000,
        competitor="Velo & Sons, the supplier with the longest name of all",
        source="Annual meeting",
        stated_on=date(2026, 2, 1),
    )
    return made


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_anybody_and_nothing_is_refused(in_browser, page, name, colours):
    page.emulate_media(color_scheme=colours)
    in_browser(*PAGES[name])

    findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]

    assert findings == []
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_everything_without_scrolling_sideways(in_browser, page, name):
    page.set_viewport_size({"width": 390, "height": 844})

    in_browser(*PAGES[name])

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_potentials_are_typed_by_keyboard_and_answered_at_once(in_browser, page):
    in_browser("manager", "/accounts/N1/value/")

    page.get_by_label("Tyres: annual spend").fill("90000")
    page.keyboard.press("Tab")
    page.keyboard.type("Rubber Works")
    page.keyboard.press("Enter")

    page.get_by_text("Saved. Shares of wallet by category go by it at once.").wait_for()
    assert CategoryPotential.objects.get(category="Tyres").competitor == "Rubber Works"
    assert page.locator("#whitespace tbody tr", has_text="Tyres").get_by_text("15,000").count() == 1


def test_another_customer_is_lost_and_the_finding_follows(in_browser, page):
    in_browser("finance", "/concentration/")

    page.get_by_label("Account or parent").fill("Account N3")
    page.get_by_role("button", name="Show", exact=True).click()

    assert "losing Account N3 costs" in page.get_by_role("heading", level=1).inner_text()


def test_assumptions_of_an_account_change_its_lifetime_value(in_browser, page):
    in_browser("manager", "/accounts/N1/value/")
    before = page.locator("#lifetime .total").inner_text()

    page.get_by_label("Retention").fill("50")
    page.get_by_label("Why").fill("They look around")
    page.get_by_role("button", name="Save for this account").click()

    page.get_by_text("Assumptions of this account").wait_for()
    assert page.locator("#lifetime .total").inner_text() != before


def paste(page, text: str) -> None:
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_the_grid_is_typed_by_arrows_pasted_into_and_kept(in_browser, page):
    in_browser("manager", "/whitespace/?edit=annual_spend")

    page.get_by_label("Account N1: Bikes").focus()
    page.get_by_label("Account N1: Bikes").select_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    paste(page, "70000\n80000\n")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("1")
    page.get_by_role("button", name="Save potentials").click()

    page.get_by_text("3 potentials were saved.").wait_for()
    rows = CategoryPotential.objects.exclude(account__code="N1").order_by("account__code", "category")
    assert [tuple(row) for row in rows.values_list("account__code", "category", "annual_spend")] == [
        ("N2", "Bikes", 1),
        ("N2", "Tyres", 70_000),
        ("N3", "Tyres", 80_000),
    ]


def test_names_are_pasted_whole_and_a_slower_window_sees_both(in_browser, page):
    in_browser("manager", "/whitespace/?edit=competitor")
    page.get_by_label("Account N1: Tyres").focus()
    paste(page, "Rubber Works\nVelo\n")
    CategoryPotential.objects.create(account=in_n1(), category="Tyres", competitor="Treads", stated_on=date(2026, 2, 2))

    page.get_by_role("button", name="Save potentials").click()

    page.get_by_text("somebody meanwhile: Treads. Before: nothing. Yours: Rubber Works.").wait_for()
    assert page.get_by_label("Account N1: Tyres").input_value() == "Rubber Works"
    assert CategoryPotential.objects.get(account__code="N2").competitor == "Velo"
    page.get_by_role("button", name="Save potentials").click()
    page.get_by_text("1 potential was saved.").wait_for()
    assert CategoryPotential.objects.get(account__code="N1", category="Tyres").competitor == "Rubber Works"


def in_n1():
    return Account.objects.get(code="N1")
