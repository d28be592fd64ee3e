"""What is typed into a plan is not lost, whatever comes between; and what hangs on it follows at once."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from relationships.models import Investment, Objective, SwotPoint
from relationships.plans import editing
from tests.factories import a_portfolio
from tests.relationships.plans_made import a_plan, approved

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/accounts/N1/plan/"


@pytest.fixture
def portfolio(transactional_db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


@pytest.fixture
def objective(plan):
    return plan.objectives.get(text="More contribution")


@pytest.fixture
def other(plan):
    return plan.objectives.get(text="Open all shops")


def field(page: Page, objective: Objective, name: str):
    return page.locator(f"#objectives-{objective.pk}-{name}")


def saved(page: Page) -> None:
    expect(page.locator("[data-plan-saved]")).to_have_text("Saved")


def test_a_conflict_does_not_take_the_hand_from_where_somebody_types(in_browser, portfolio, plan, objective, other):
    page = in_browser("manager", PAGE)
    editing.change(portfolio.user("lead"), plan, "objectives", objective.pk, "text", "Earn more in service", revision=1)

    field(page, objective, "text").fill("Earn more with spare parts")
    field(page, other, "text").focus()  # what is left is kept: and there are two versions
    page.keyboard.press("Control+a")
    page.keyboard.type("Open a")
    expect(page.locator("[data-conflict=text]")).to_be_visible()
    page.keyboard.type("ll shops in all towns")

    expect(field(page, other, "text")).to_be_focused()
    expect(field(page, other, "text")).to_have_value("Open all shops in all towns")
    expect(page.locator("[data-plan-saved]")).to_have_text("Two versions: choose one")
    expect(page.locator("#announcer")).to_contain_text("Lead has changed this meanwhile")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Enter")
    saved(page)
    other.refresh_from_db()
    assert other.text == "Open all shops in all towns"


@pytest.mark.parametrize("gone", [settings.SESSION_COOKIE_NAME, re.compile("")])  # it ran out; or all were deleted
def test_whoever_was_signed_out_signs_in_beside_what_he_typed(in_browser, live_server, portfolio, objective, gone):
    page = in_browser("manager", PAGE)
    page.context.clear_cookies(name=gone)

    field(page, objective, "target").fill("99000")
    field(page, objective, "target").press("Enter")
    said = page.locator(f"#objectives-{objective.pk}-target-error")
    expect(said).to_contain_text("You were signed out")
    expect(said.get_by_role("link", name="Sign in in a new tab")).to_have_attribute("href", "/sign-in/")
    page.locator("#add-risks").fill("They are bought")
    page.locator("#add-risks").press("Enter")
    expect(page.locator("#risks .plan-add .field-error")).to_contain_text("You were signed out")
    expect(page.locator("#add-risks")).to_have_value("They are bought")

    client = Client()
    client.force_login(portfolio.user("manager"))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    saved(page)
    expect(said).to_be_hidden()
    page.locator("#add-risks").press("Enter")
    expect(page.locator("#risks [data-plan-entry]")).to_have_count(2)

    objective.refresh_from_db()
    assert objective.target == 99_000


def test_a_line_added_without_a_connection_says_so_and_stays(in_browser, plan):
    page = in_browser("manager", PAGE)
    page.context.set_offline(True)

    page.locator("#add-risks").fill("They are bought")
    page.locator("#add-risks").press("Enter")
    expect(page.locator("#risks .plan-add .field-error")).to_contain_text("No connection")
    expect(page.locator("#add-risks")).to_have_value("They are bought")
    page.context.set_offline(False)
    page.locator("#add-risks").press("Enter")

    expect(page.locator("#risks [data-plan-entry]")).to_have_count(2)
    expect(page.locator("#risks .plan-add .field-error")).to_be_hidden()


def test_the_state_of_an_approved_plan_follows_what_is_typed(in_browser, portfolio, plan, objective):
    approved(portfolio, plan)
    page = in_browser("manager", PAGE)
    state = page.locator("#state")
    expect(state.get_by_text("Submit for approval")).to_have_count(0)

    field(page, objective, "target").fill("99000")
    field(page, objective, "target").press("Enter")

    expect(state).to_contain_text("1 change since approval")
    state.get_by_text("Submit for approval").click()
    state.get_by_label("What changed").fill("A target within reach")
    field(page, objective, "target").fill("98000")
    field(page, objective, "target").press("Enter")
    saved(page)
    expect(state.get_by_label("What changed")).to_have_value("A target within reach")


def test_numbers_and_headings_of_a_section_follow_its_lines(in_browser, plan):
    Investment.objects.all().delete()
    page = in_browser("manager", PAGE)
    name = page.locator(".plan-nav a[href='#investments']")
    expect(name).to_have_text("Investments")

    page.locator("#add-investments").fill("A second engineer")
    page.locator("#add-investments").press("Enter")
    page.locator("#add-investments").press_sequentially("A van")

    expect(page.locator("#investments .entry-heads")).to_be_visible()
    expect(page.locator("#investments .entry-heads + [data-entries] [data-plan-entry]")).to_have_count(1)
    expect(page.locator("#add-investments")).to_have_value("A van")
    expect(name).to_have_text("Investments 1")
    expect(page.locator("#investments [data-fresh]")).to_contain_text("Manager")
    filled = page.locator("#state").get_by_text("sections filled in")
    expect(filled).to_have_text("9 of 11 sections filled in")
    page.locator("#add-swotthreat").fill("A chain buys it")
    page.locator("#add-swotthreat").press("Enter")
    expect(filled).to_have_text("10 of 11 sections filled in")
    assert SwotPoint.objects.count() == 1


def test_the_purpose_says_when_it_changed(in_browser, plan):
    plan.sections.filter(section="purpose").delete()
    page = in_browser("manager", PAGE)
    expect(page.locator("#purpose [data-fresh]")).to_have_text("never filled in")

    purpose = page.get_by_role("textbox", name="Purpose", exact=True)
    purpose.fill("Grow with their service business")
    purpose.press("Control+Enter")

    expect(page.locator("#purpose [data-fresh]")).to_contain_text("true as of")


@pytest.mark.parametrize("width", [390, 820])
def test_on_phones_and_tablets_a_line_is_what_it_is_whose_and_until_when(in_browser, page, portfolio, plan, width):
    action = plan.actions.get()
    page.set_viewport_size({"width": width, "height": 1000})
    in_browser("manager", PAGE)
    line = page.locator(f"#actions-{action.pk}")
    fold = line.get_by_role("button", name="All of: Send the proposal")

    for label in ("Action", "State", "Our owner", "Due"):
        expect(line.get_by_label(label, exact=True)).to_be_visible()
    expect(line.get_by_label("The customer’s owner")).to_be_hidden()
    expect(line.get_by_role("button", name="Remove: Send the proposal")).to_be_hidden()
    assert line.bounding_box()["height"] < 110
    line.get_by_label("State", exact=True).select_option("done")
    saved(page)
    fold.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(line.get_by_label("The customer’s owner")).to_be_visible()
    expect(line.get_by_role("button", name="Remove: Send the proposal")).to_be_visible()

    point = editing.add(portfolio.user("manager"), plan, "swot", {"text": "Bought", "kind": "threat"}).entry
    page.goto(f"{page.url}#swot-{point.pk}")
    page.reload()
    expect(page.locator(f"#swot-{point.pk} [data-fold]")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(f"#swot-{point.pk} summary")).to_be_visible()
    action.refresh_from_db()
    assert action.state == "done"


@pytest.mark.parametrize("width", [390, 820])
def test_all_of_a_plan_unfolded_is_accessible_and_fits(in_browser, page: Page, plan, width):
    page.set_viewport_size({"width": width, "height": 1000})
    in_browser("manager", PAGE)
    found = [Axe().run(page).response["violations"]]
    for fold in page.locator("[data-fold]").all():
        fold.click()
    found.append(Axe().run(page).response["violations"])

    assert [[each["id"] for each in violations] for violations in found] == [[], []]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
