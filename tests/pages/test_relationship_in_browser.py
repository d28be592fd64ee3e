"""The relationship page and the customers' survey in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from relationships.core.survey import QUESTIONS
from relationships.models import Contact, StageEvidence, StatedStage
from tests.factories import a_portfolio
from tests.pages.keyboard import press, tab_to
from tests.relationships.test_stages import bind, meet, say

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    meet(made, "N1")
    bind(made, "N1", ours=1000, theirs=2000)
    say(made, "N1", "buyer", "basic")
    return made


@pytest.fixture
def site(live_server, portfolio, context):
    client = Client()
    client.force_login(portfolio.user("manager"))
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    return live_server.url


@pytest.fixture
def complaints(page: Page):
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    yield found
    assert found == []


def violations(page: Page) -> list:
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]


def test_evidence_is_ticked_in_place_by_keyboard_and_the_hand_stays_where_it_is(site, page, portfolio, complaints):
    page.goto(f"{site}/accounts/N1/relationship/")
    expect(page.locator("h1")).to_have_text("Basic, and the buyer sees it as we do")

    for _place in ("what is missing", "the ladder"):
        tab_to(page, "A contract, a framework agreement or a shared forecast")
    page.keyboard.press("Space")

    expect(page.locator("h1")).to_have_text("Basic: we see it 1 rung higher")
    expect(page.locator("#tick-commitment")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#tick-commitment")).to_be_focused()
    assert StageEvidence.objects.get().holds


def test_a_decimal_comma_that_is_typed_stays_one(site, page, portfolio, complaints):
    page.goto(f"{site}/accounts/N1/relationship/")
    page.locator("#barriers > details > summary").click()
    page.locator("#barrier-new-side").select_option("theirs")
    page.locator("#barrier-new-text").fill("Tools")
    page.locator("#barrier-new-cost").press_sequentially("12500,50")
    page.locator("#barrier-new-text").press("Enter")

    expect(page.locator("#barriers")).to_contain_text("12,500.50")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["relationship/", "contacts/person/"])
def test_the_pages_are_accessible_and_fit_a_phone(site, page, portfolio, complaints, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/accounts/N1/{path}")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_customer_answers_on_a_phone_without_scripts_and_by_keyboard(site, page, portfolio, browser: Browser):
    page.goto(f"{site}/accounts/N1/relationship/")
    tab_to(page, "Name")
    page.keyboard.type("Jo Doe")
    press(page, "Make a link")
    link = page.locator("#link").input_value()

    guest = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    guest.goto(link)
    assert guest.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    guest.locator("input[name=standing][value=buying]").focus()
    guest.keyboard.press("Space")
    for question in QUESTIONS:
        guest.locator(f"input[name={question.code}]").first.focus()
        guest.keyboard.press("ArrowDown")
    guest.get_by_role("button", name="Send the answers").press("Enter")

    expect(guest.locator("h1")).to_have_text("Thank you")
    assert StatedStage.objects.latest("pk").stage == "co-operative"
    guest.context.close()


def test_a_contact_that_is_chosen_fills_in_and_the_link_is_copied(site, page, portfolio, context, complaints):
    Contact.objects.filter(name="Ada").update(email="ada@n1.example")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/accounts/N1/relationship/")
    page.get_by_label("One of the contacts").select_option(label="Ada")
    expect(page.locator("#invite-name")).to_have_value("Ada")
    expect(page.locator("#invite-email")).to_have_value("ada@n1.example")

    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link").input_value()
    page.get_by_role("button", name="Copy the link").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.reload()
    expect(page.locator("#link")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_survey_is_accessible(site, page, portfolio, complaints, scheme):
    page.goto(f"{site}/accounts/N1/relationship/")
    page.locator("#invite-name").fill("Jo Doe")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link").input_value()
    page.emulate_media(color_scheme=scheme)
    page.goto(link)

    assert violations(page) == []
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", colour)[:3])) < 80) == (scheme == "dark")
