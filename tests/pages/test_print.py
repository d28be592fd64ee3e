"""Paper: wide tables turn it, totals stand once, letters of charts keep their size."""

import re

import pytest

from tests.pages.test_portfolio_pages import complaints, portfolio, visit  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def sizes(printed: bytes) -> set[tuple[float, float]]:
    found = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    return {(float(width), float(height)) for width, height in found}


@pytest.mark.parametrize("path", ["/pnl/", "/accounts/N1/pnl/", "/runs/{run}/", "/ranking/"])
def test_pages_with_wide_tables_are_landscape_and_nothing_is_cut_off(portfolio, visit, page, path):  # noqa: F811
    visit("finance", path.format(run=portfolio.run.pk))
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert all(width > height for width, height in sizes(printed)), sizes(printed)

    page.set_viewport_size({"width": 1047, "height": 720})  # A4 landscape within its margins
    page.emulate_media(media="print")
    for table in page.locator("table:visible").all():
        assert table.bounding_box()["width"] <= 1047


def test_pages_without_wide_tables_stay_portrait(visit, page):  # noqa: F811
    visit("finance", "/glossary/")

    assert all(width < height for width, height in sizes(page.pdf(format="A4", prefer_css_page_size=True)))


def test_totals_stand_once_and_choices_are_not_printed(visit, page):  # noqa: F811
    visit("finance", "/pnl/")
    page.emulate_media(media="print")

    assert page.locator("tfoot").first.evaluate("each => getComputedStyle(each).display") == "table-row-group"
    assert not page.locator(".choices").first.is_visible()


def test_letters_of_a_chart_are_as_large_as_those_of_the_text(visit, page):  # noqa: F811
    page.set_viewport_size({"width": 1920, "height": 1080})
    visit("finance", "/pnl/")
    page.locator("#waterfall svg").wait_for()

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1047, "height": 720})

    letters = page.locator("#waterfall svg text", has_text="Contribution").bounding_box()["height"]
    assert letters >= page.locator("table.statement tbody th").first.evaluate(
        "each => parseFloat(getComputedStyle(each).fontSize)"
    )
