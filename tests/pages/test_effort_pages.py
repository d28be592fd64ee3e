"""The advice on hours in a real browser: nothing hinders anybody, and the grid is filled in by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from relationships.models import EffortCapacity, EffortResponse
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {"advice": "/effort/", "inputs": "/effort/inputs/"}


@pytest.fixture
def portfolio(transactional_db):
    return a_portfolio()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_anybody_and_nothing_is_refused(in_browser, page, name, colours):
    page.emulate_media(color_scheme=colours)
    in_browser("lead", PAGES[name])

    findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]

    assert findings == []
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_everything_without_scrolling_sideways(in_browser, page, name):
    page.set_viewport_size({"width": 390, "height": 844})

    in_browser("lead", PAGES[name])

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_grid_is_filled_in_by_keyboard(in_browser, page, portfolio):
    in_browser("lead", "/effort/inputs/")

    page.get_by_label("Account N1: half of the hours would lose").focus()
    page.keyboard.type("900")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("700")
    page.keyboard.press("Enter")

    page.get_by_text("Saved. The advice goes by it at once.").wait_for()
    assert sorted(EffortResponse.objects.values_list("lost_at_half", flat=True)) == [700, 900]


def test_stated_hours_change_the_advice(in_browser, page):
    in_browser("lead", "/effort/inputs/")
    page.get_by_label("Manager", exact=True).fill("150")
    page.get_by_role("button", name="Save hours and balance").click()
    page.get_by_role("link", name="To the advice").click()

    page.get_by_role("cell", name="150.0", exact=True).first.wait_for()
    assert EffortCapacity.objects.get().hours == 150
