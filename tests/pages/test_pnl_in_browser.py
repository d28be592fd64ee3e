"""The statements in a real browser: readable by everybody, on a phone too, and without a mouse."""

import pytest

from tests.pages.test_portfolio_pages import (  # noqa: F401  fixtures
    PHONE,
    barriers,
    complaints,
    portfolio,
    sideways,
    visit,
)

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    ("manager", "/pnl/"),
    ("finance", "/pnl/?by=parent&period=month"),
    ("member", "/pnl/?by=team&period=quarter"),
    ("finance", "/pnl/?by=category"),
    ("manager", "/pnl/?q=nothing-like-it"),
    ("finance", "/accounts/S1/pnl/?period=month"),
    ("manager", "/accounts/N3/pnl/?columns=month"),
    ("member", "/accounts/N1/pnl/"),
]


@pytest.mark.parametrize(("who", "path"), PAGES, ids=[f"{who} {path}" for who, path in PAGES])
def test_a_statement_has_no_barriers_and_fits_screen_and_phone(visit, page, complaints, who, path):  # noqa: F811
    visit(who, path)
    assert barriers(page) == []
    assert sideways(page) == 0

    page.set_viewport_size(PHONE)
    visit(who, path)
    assert barriers(page) == []
    assert sideways(page) == 0
    page.emulate_media(color_scheme="dark")
    visit(who, path)
    assert barriers(page) == []
    assert complaints == []


def test_a_period_is_chosen_and_stays_in_the_address(visit, page):  # noqa: F811
    visit("manager", "/pnl/?by=account")

    page.get_by_role("link", name="Month", exact=True).click()
    page.wait_for_url("**/pnl/?by=account&period=month")
    page.get_by_role("link", name="Jan 2026").click()
    page.wait_for_url("**at=2026-01")
    assert "Compared" not in page.locator("main").inner_text()
    page.get_by_role("link", name="Account N3").click()
    page.wait_for_url("**/accounts/N3/pnl/?*")
    assert "at=2026-01" in page.url and "period=month" in page.url
    page.go_back()
    page.wait_for_url("**at=2026-01")


def test_an_amount_of_a_single_account_opens_its_trail(visit, page):  # noqa: F811
    visit("manager", "/accounts/N3/pnl/")

    page.locator("#statement tr", has_text="Contribution").locator("a.trail").last.click()

    page.locator("#panel-dialog[open]").wait_for()
    assert "15,000.00" in page.locator("#panel").inner_text()
