"""The profitability pages in a real browser: no accessibility finding, no refused style or script, all by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.utils import timezone

from profitability.models import MonthResult, PoolBalance, Run
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db(transaction=True)

WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
"""
PAGES = {
    "ranking": "/ranking/",
    "ranking of few": "/ranking/?country=DE&measure=contribution",
    "whale curve": "/whale/",
    "whale curve by revenue": "/whale/?method=revenue",
    "method comparison": "/methods/?method=two_stage",
    "unused capacity": "/capacity/",
    "runs compared": "/runs/compare/",
    "runs": "/runs/",
    "run": "/runs/{run}/?pool=service",
    "cost model": "/cost-model/",
    "trail": "/accounts/N1/activities/order_entry/",
}


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    PoolBalance.objects.filter(pool="service").update(practical_minutes=1000, used_minutes=1200)
    MonthResult.objects.filter(run=made.run, month=202602).update(net_revenue=F("net_revenue") - 100)
    return made


@pytest.fixture
def visit(portfolio, live_server, page):
    """`visit("finance", "/ranking/")`: the page, opened by somebody signed in."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)

    def opened(role: str, address: str):
        client = Client()
        client.force_login(portfolio.user(role))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + address.format(run=portfolio.run.pk))
        return page

    yield opened
    assert errors == []


def drawn(page) -> None:
    """Wait until every chart has been drawn."""
    for chart in page.locator("div[data-chart]").all():
        chart.locator("svg").wait_for()


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


def test_the_keyboard_walks_the_chart_and_opens_an_account(visit, page):
    visit("finance", "/ranking/")
    drawn(page)

    page.locator(".chart-points a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    page.wait_for_url("**/accounts/N1/")  # second place


def test_the_keyboard_follows_the_whale_to_the_worst_account(visit, page):
    visit("finance", "/whale/")
    drawn(page)

    page.locator(".chart-points a").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")

    page.wait_for_url("**/accounts/S3/")  # loses as much as N3, and comes after it by its code


def test_every_chart_has_a_table_with_the_same_accounts(visit, page):
    visit("finance", "/whale/")
    drawn(page)

    page.get_by_text("Show as table").click()

    rows = page.locator(".chart-table tbody tr")
    rows.first.wait_for()
    assert rows.count() == 11
    assert "Account N1" in rows.first.inner_text()


def test_a_filter_chosen_by_keyboard_keeps_the_measure_in_the_address(visit, page):
    visit("finance", "/ranking/?measure=volume")

    page.get_by_text("More filters").click()
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Apply").press("Enter")

    page.wait_for_url("**country=DE**")
    assert "measure=volume" in page.url
    assert page.get_by_role("link", name="Volume").get_attribute("aria-current") == "page"


def test_progress_is_shown_said_and_ends_with_the_result(visit, page, portfolio):
    run = Run.objects.create(state=Run.State.RUNNING, step="Costing 2026-01", steps_done=1, steps_total=5)
    visit("finance", f"/runs/{run.pk}/")
    page.get_by_text("Costing 2026-01: step 1 of 5").first.wait_for()

    Run.objects.filter(pk=run.pk).update(step="Storing the results", steps_done=4)
    page.locator("#announcer", has_text="Storing the results: step 4 of 5").wait_for(state="attached")
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.FAILED, message="The run does not close: service.", finished_at=timezone.now()
    )

    page.get_by_role("heading", name=f"Run {run.pk} failed: nothing was published").wait_for()
    assert page.get_by_text("The run does not close: service.").is_visible()


def test_a_run_is_started_by_keyboard_and_followed(visit, page):
    visit("finance", "/runs/")

    page.get_by_role("button", name="Recompute now").press("Enter")

    page.wait_for_url("**/runs/*/")
    page.get_by_text("Waiting for a worker").first.wait_for()


def test_a_month_of_the_trail_narrows_what_is_behind_it(visit, page):
    visit("manager", "/accounts/N1/activities/order_entry/")

    page.get_by_role("link", name="Jan 2026").press("Enter")

    page.wait_for_url("**month=202601**")
    assert page.get_by_role("link", name="whole window").is_visible()
