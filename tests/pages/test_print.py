"""Paper: wide tables turn it, totals stand once, letters of charts keep their size."""

import re
from datetime import date

import pytest

from accounts.models import Decision
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


def test_a_team_on_paper_names_its_accounts_and_asks_for_nothing(portfolio, visit, page):  # noqa: F811
    day = {"proposed_on": date(2026, 3, 1), "decided_on": date(2026, 3, 1)}
    said = {"outcome": "admit", "state": "approved", "reason": "Grows", "review_on": date(2099, 1, 1)}
    by = {"proposed_by": portfolio.user("lead"), "decided_by": portfolio.user("executive")}
    Decision.objects.create(account=portfolio.accounts["N1"], **said, **by, **day)
    visit("lead", "/team/north/")
    page.emulate_media(media="print")

    names = page.locator(".plan-card h3 a")
    assert names.count()
    assert all(name.is_visible() for name in names.all())
    assert page.get_by_text("Begin a plan").count()
    assert not page.get_by_text("Begin a plan").first.is_visible()
