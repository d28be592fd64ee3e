"""The key account plan on paper and in windows of any width: dense, and nothing of it cut."""

import re

import pytest

from relationships.models import Action, Competitor
from tests.factories import a_portfolio
from tests.relationships.plans_made import a_full_plan, approved

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/accounts/N1/plan/"
SHEET = {"width": 703, "height": 994}  # A4 within its margins
PAGES = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
# What is seen of an element that holds text, and where it ends
BEYOND = """width => [...document.querySelectorAll("#plan *")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > width + 1)
  .map(each => each.className + ": " + each.textContent.trim().slice(0, 60))"""
OVER = """() => [...document.querySelectorAll("#plan .plan-entry")].filter(entry => {
  const seen = selector => [...entry.querySelectorAll(selector)]
    .filter(each => each.checkVisibility())
    .map(each => each.getBoundingClientRect());
  const fields = seen(`.entry-form .plan-cell :is(input:not([type=hidden]), select, textarea), .entry-more > summary`);
  const apart = (one, other) => one.left >= other.right - 4 || one.top >= other.bottom - 4;
  return seen(".entry-tools :is(a, button)")
    .some(tool => fields.some(field => !apart(tool, field) && !apart(field, tool)));
}).map(entry => entry.id)"""


@pytest.fixture
def portfolio(transactional_db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    made = a_full_plan(portfolio)
    Action.objects.filter(plan=made, text__endswith="season 1").update(start_on="2026-02-01")
    return made


def on_paper(page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)


def height(page) -> int:
    return page.evaluate("document.documentElement.scrollHeight")


@pytest.mark.parametrize("role", ["manager", "executive"])  # who writes it, who reads it
def test_a_plan_of_the_usual_size_takes_three_sheets_upright(in_browser, portfolio, plan, role):
    approved(portfolio, plan)
    printed = in_browser(role, PAGE).pdf(format="A4", prefer_css_page_size=True)

    sheets = PAGES.findall(printed)
    assert 1 <= len(sheets) <= 3
    assert all(float(width) < float(height) for width, height in sheets)


def test_on_paper_fields_are_text_that_is_whole_and_nothing_asks_for_a_hand(in_browser, plan):
    page = in_browser("manager", PAGE)
    page.locator("#add-risks").fill("half typed")
    on_paper(page)

    assert page.locator("#plan :is(input, select, textarea, button, summary.btn):visible").count() == 0
    told = page.locator("main").inner_text()
    for words in ("N1", "Run ", "Where it stands", "true as of", "sections filled in", "Grow together", "1 Jan 2026"):
        assert words in told, words
    for words in (
        "Send the proposal",
        "own measure",
        "9,000.5",
        "Ship the first hundred by air",
        "A range for its shops alone",
    ):
        assert words in told, words
    assert "From: 1 Feb 2026" in told  # folded under “More” on the screen
    assert page.evaluate(BEYOND, SHEET["width"]) == []


def test_sections_without_lines_are_not_on_paper(in_browser, plan):
    Competitor.objects.all().delete()
    page = in_browser("manager", PAGE)
    on_paper(page)

    assert not page.locator("#competitors").is_visible()
    assert page.locator("#risks").is_visible()


def test_after_printing_the_page_is_as_it_was(in_browser, plan):
    page = in_browser("manager", PAGE)
    before = page.locator("#plan").inner_html()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".cell-paper").count() > 10
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert page.locator(".cell-paper").count() == 0
    assert page.locator("#plan").inner_html() == before


def test_windows_of_every_width_are_as_dense_as_a_wide_one(in_browser, plan):
    page = in_browser("manager", PAGE)
    page.set_viewport_size({"width": 1440, "height": 900})
    wide = height(page)

    for width, most in ((1360, 1.1), (1280, 1.3), (1200, 1.4), (1024, 1.6), (992, 1.6)):
        page.set_viewport_size({"width": width, "height": 900})
        assert height(page) <= wide * most, (width, height(page), wide)


def test_no_window_scrolls_sideways_and_no_tool_lies_on_a_field(in_browser, plan):
    page = in_browser("manager", PAGE)

    for width in (800, 1024, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVER) == [], width
