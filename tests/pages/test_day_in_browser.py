"""The first page, the brief and the page of a team in a real browser: a morning by keyboard alone, on a phone, for
everybody."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from relationships.models import Action, Contact, Objective, Plan, Review, ReviewPoint, Risk, Signal, Touchpoint
from tests.factories import a_portfolio
from tests.pages.keyboard import ACTIVE

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = timezone.localdate()
DAY = timedelta(days=1)
PAGES = {
    "home": "/",
    "brief": "/accounts/N1/brief/",
    "team": "/team/north/",
    "board by state": "/team/north/?view=state",
    "board by health": "/team/north/?view=health",
    "timeline": "/team/north/?view=time",
}


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    manager, lead = made.user("manager"), made.user("lead")
    for code, text, due in (("N1", "Send the stock proposal", 9), ("N2", "Call about prices", 2), ("N3", "Visit", 0)):
        Action.objects.create(account=made.accounts[code], text=text, owner=manager, due_on=TODAY - due * DAY)
    facts = {"text": "Late again", "on": str(TODAY), "days": 1}
    said = {"kind": "complaint_open", "key": "c", "facts": facts, "since_on": TODAY, "seen_on": TODAY}
    Signal.objects.create(account=made.accounts["N4"], owner=manager, **said)
    for code in ("N1", "N2"):
        a_plan(made, code, lead)
    ada = Contact.objects.create(account=made.accounts["N1"], name="Ada Berg", title="Head of purchasing", level=4)
    Action.objects.create(account=made.accounts["N1"], text="Open the portal", customer_owner=ada, due_on=TODAY + DAY)
    visit = {"kind": "visit", "held_on": TODAY - 9 * DAY, "subject": "Range review", "logged_by": manager}
    Touchpoint.objects.create(account=made.accounts["N1"], **visit).contacts.add(ada)
    return made


def a_plan(made, code: str, lead) -> None:
    years = {"from_on": TODAY - 100 * DAY, "until_on": TODAY + 600 * DAY}
    plan = Plan.objects.create(account=made.accounts[code], created_by=lead, **years)
    Objective.objects.create(plan=plan, text="Grow", measure="net_revenue", baseline=0, target=10**9, **years)
    Objective.objects.create(plan=plan, text="Sell online", until_on=TODAY + 100 * DAY)
    Risk.objects.create(plan=plan, text="Merger", likelihood=5, impact=5)
    held = Review.objects.create(plan=plan, due_on=TODAY - 10 * DAY, held_on=TODAY - 10 * DAY, state="held")
    ReviewPoint.objects.create(review=held, kind="decision", text="Freight is shared")
    Review.objects.create(plan=plan, due_on=TODAY + 5 * DAY, kind="joint")


def at(page: Page) -> str:
    """What the hand is at."""
    return page.evaluate(ACTIVE)


def comes_to(page: Page, text: str) -> bool:
    """Whether the hand gets there, as soon as the choice has opened."""
    for _try in range(300):
        if at(page) == text:
            return True
        page.wait_for_timeout(100)
    return False


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def headline(page: Page):
    return page.get_by_role("heading", level=1)


def test_a_morning_by_keyboard_alone(in_browser, page):
    in_browser("manager", "/")
    expect(headline(page)).to_contain_text("4 things need you today.")

    press(page, "j")
    assert at(page) == "Send the stock proposal"
    press(page, "ArrowDown", "ArrowDown", "k")
    assert at(page) == "Call about prices"

    press(page, "d")  # done
    expect(headline(page)).to_contain_text("3 things need you today.")
    expect(page.locator("#today").get_by_text("Done: Call about prices")).to_be_visible()
    expect(page.locator(".day-open", has_text="Visit")).to_be_focused()  # it took the place

    press(page, "u")  # back
    expect(headline(page)).to_contain_text("4 things need you today.")
    expect(page.locator(".day-open:focus")).to_have_count(1)
    assert Action.objects.get(text="Call about prices").state == "to_do"

    page.locator(".day-open", has_text="Send the stock proposal").focus()
    press(page, "s")  # the choice of days takes the hand
    assert comes_to(page, "Tomorrow")
    press(page, "Enter")
    expect(headline(page)).to_contain_text("3 things need you today.")
    assert Action.objects.get(text="Send the stock proposal").snoozed_until == TODAY + DAY

    page.locator(".day-open", has_text="Visit").focus()
    press(page, "r")
    assert comes_to(page, "To")
    page.keyboard.type("Mem")
    press(page, "Tab", "Enter")
    expect(headline(page)).to_contain_text("2 things need you today.")
    assert Action.objects.get(text="Visit").owner.name == "Member"

    expect(page.locator(".day-open:focus")).to_have_count(1)
    press(page, "k", "d")
    expect(headline(page)).to_contain_text("1 thing needs you today.")
    expect(page.locator(".day-open:focus")).to_have_count(1)
    press(page, "d")
    expect(headline(page)).to_contain_text("Nothing needs you today.")
    expect(page.get_by_text("All is dealt with.")).to_be_visible()
    assert page.evaluate("refused") == []


def test_a_review_that_nobody_planned_is_planned_by_keyboard_and_taken_back(in_browser, page, portfolio):
    Review.objects.filter(state="held").update(held_on=TODAY - 50 * DAY)
    in_browser("manager", "/")
    expect(headline(page)).to_contain_text("6 things need you today.")

    page.locator(".day-open", has_text="Team review, not planned").first.focus()
    press(page, "s")
    assert comes_to(page, "Tomorrow")
    press(page, "Enter")
    expect(headline(page)).to_contain_text("5 things need you today.")
    expect(page.locator("#today").get_by_text("its agenda is open")).to_be_visible()
    assert Review.objects.planned().get(kind="team").due_on == TODAY + DAY

    press(page, "u")
    expect(headline(page)).to_contain_text("6 things need you today.")
    assert not Review.objects.planned().filter(kind="team").exists()
    assert page.evaluate("refused") == []


def test_keys_do_nothing_before_a_line_is_chosen_or_when_they_are_switched_off(in_browser, page):
    in_browser("manager", "/")
    press(page, "d", "s", "r")
    expect(headline(page)).to_contain_text("4 things")

    page.evaluate("localStorage.setItem('single-keys', 'off')")
    page.locator(".day-open").first.focus()
    press(page, "j", "d")

    assert at(page) == "Send the stock proposal"
    expect(headline(page)).to_contain_text("4 things")


def test_a_menu_closes_with_escape_and_nothing_is_changed(in_browser, page):
    in_browser("manager", "/")

    press(page, "j", "s", "Escape")

    expect(page.get_by_role("button", name="Tomorrow")).to_have_count(0)
    assert at(page).startswith("Snooze")
    assert not Action.objects.exclude(snoozed_until=None).exists()


def test_by_mouse_a_line_is_put_off_to_a_day_and_back(in_browser, page):
    in_browser("manager", "/")
    line = page.locator("[data-day-line]", has_text="Call about prices")

    line.locator("summary", has_text="Snooze").click()
    line.get_by_label("Until", exact=True).fill(str(TODAY + 20 * DAY))
    line.get_by_role("button", name="Until that day").click()

    expect(page.locator("#today").get_by_text("Put off until")).to_be_visible()
    assert Action.objects.get(text="Call about prices").snoozed_until == TODAY + 20 * DAY
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-day-line]", has_text="Call about prices")).to_be_visible()


def test_the_next_meeting_tells_itself_and_leads_to_its_brief(in_browser, page):
    in_browser("manager", "/")
    meeting = page.get_by_role("region", name="Next meeting")

    expect(meeting.get_by_text("Ada Berg, Head of purchasing")).to_be_visible()
    meeting.get_by_role("link", name="Open the brief").click()

    expect(headline(page)).to_contain_text("Account N1: Joint review with the customer")


def test_another_brief_is_chosen_from_a_list(in_browser, page):
    in_browser("manager", "/")

    page.get_by_label("Brief for").select_option("N3")
    page.get_by_role("region", name="Next meeting").get_by_role("button", name="Open").click()

    expect(headline(page)).to_have_text("Before you meet Account N3")


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_anybody_and_nothing_is_refused(in_browser, page, name, colours):
    page.emulate_media(color_scheme=colours)
    in_browser("manager", PAGES[name])
    page.wait_for_load_state("networkidle")
    if name == "home":
        press(page, "j", "s")

    findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]

    assert findings == []
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_everything_without_scrolling_sideways(in_browser, page, name):
    page.set_viewport_size({"width": 390, "height": 844})

    in_browser("manager", PAGES[name])
    page.wait_for_load_state("networkidle")
    if name == "home":
        page.locator("[data-day-line] summary").nth(1).click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_day_is_dealt_with_on_a_phone(in_browser, page):
    page.set_viewport_size({"width": 390, "height": 844})
    in_browser("manager", "/")

    line = page.locator("[data-day-line]", has_text="Send the stock proposal")
    line.locator("summary", has_text="Hand on").click()
    line.get_by_label("To", exact=True).select_option(label="Lead")
    line.locator(".day-sheet").get_by_role("button", name="Hand on").click()

    expect(headline(page)).to_contain_text("3 things need you today.")
    assert Action.objects.get(text="Send the stock proposal").owner.name == "Lead"


def test_a_team_is_looked_through_by_its_figures(in_browser, page):
    in_browser("lead", "/team/north/")

    page.locator(".figures").get_by_role("link").first.click()  # objectives that are behind
    expect(page.get_by_label("Filters in use")).to_contain_text("Objectives behind")
    page.get_by_role("link", name="Board by health").click()

    expect(page.get_by_role("region", name="Objectives behind 2")).to_be_visible()
    assert "health=objective" in page.url
