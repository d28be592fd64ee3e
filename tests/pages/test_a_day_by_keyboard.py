"""A whole day of a key account manager with the keyboard alone: no mouse, and no address but the first."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from relationships.models import (
    Action,
    Complaint,
    Contact,
    Contract,
    Objective,
    Plan,
    PlanComment,
    PlanVersion,
    Review,
    Touchpoint,
)
from tests.factories import PASSWORD, a_portfolio
from tests.pages.conftest import WATCH
from tests.pages.keyboard import ACTIVE, press, tab_to

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]
TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    manager = made.user("manager")
    for code, text, late in (("N1", "Send the offer", 9), ("N2", "Call about prices", 2), ("N3", "Visit", 0)):
        Action.objects.create(account=made.accounts[code], text=text, owner=manager, due_on=TODAY - late * DAY)
    years = {"from_on": TODAY - 300 * DAY, "until_on": TODAY + 600 * DAY}
    plan = Plan.objects.create(account=made.accounts["N1"], purpose="Grow together", created_by=manager, **years)
    Objective.objects.create(
        plan=plan, text="More contribution", measure="contribution", baseline=0, target=10**6, place=1, **years
    )
    Review.objects.create(plan=plan, due_on=TODAY, kind="joint")
    Contact.objects.create(account=made.accounts["N1"], name="Ada Berg", title="Buyer", level=2, function="Purchasing")
    return made


@pytest.fixture
def errors(page: Page):
    """What scripts and the policy of the pages complain of."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.add_init_script(WATCH)
    return found


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def write(page: Page, words: str, text: str) -> None:
    """Go to the field of that name and write over what is in it."""
    tab_to(page, words, exactly=True)
    keys(page, "Control+a")
    page.keyboard.type(text)


def follow(page: Page, words: str, address: str) -> None:
    press(page, words, exactly=True)
    page.wait_for_url(address)


def headline(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def sign_in(page: Page, url: str) -> None:
    page.goto(url)
    page.keyboard.type("manager@example.com")
    keys(page, "Tab")
    page.keyboard.type(PASSWORD)
    keys(page, "Enter")
    headline(page, "need you today")


def deal_with_the_morning(page: Page) -> None:
    """Four things: the review of today, and three actions."""
    headline(page, "5 things need you today")
    to_line(page, "Call about prices")
    keys(page, "d")
    now_need_me(page, "4 things need")
    keys(page, "u")
    now_need_me(page, "5 things need")
    to_line(page, "Send the offer")
    keys(page, "s")
    expect(page.get_by_role("button", name="Tomorrow").and_(page.locator(":focus"))).to_be_visible()
    keys(page, "Enter")
    now_need_me(page, "4 things need")
    to_line(page, "Visit")
    keys(page, "r")
    expect(page.get_by_label("To", exact=True).and_(page.locator(":focus"))).to_be_visible()
    page.keyboard.type("Mem")
    keys(page, "Tab", "Enter")
    now_need_me(page, "3 things need")


def now_need_me(page: Page, words: str) -> None:
    """After an act the portal puts the hand to the line that took the place."""
    headline(page, words)
    expect(page.locator(".day-open:focus")).to_have_count(1)


def to_line(page: Page, words: str) -> None:
    for _time in range(5):
        keys(page, "k")
    for _time in range(5):
        if page.evaluate(ACTIVE).startswith(words):
            return
        keys(page, "j")
    pytest.fail(f"j does not lead to “{words}”")


def read_the_brief(page: Page) -> None:
    keys(page, "/")
    page.keyboard.type("n1")
    keys(page, "Enter")
    page.wait_for_url("**/accounts/N1/")
    follow(page, "Brief", "**/brief/")
    headline(page, "Account N1: ")


def log_a_call(page: Page) -> None:
    keys(page, "a")
    note = page.locator("#quick-add textarea")
    expect(note).to_be_focused()
    page.keyboard.type("Wants a better price.\n- Ask for the price list by tomorrow")
    expect(page.locator("#quick-add input[name=action_text]")).to_have_value("Ask for the price list")
    keys(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Logged: ")


def write_the_plan(page: Page) -> None:
    follow(page, "Plan", "**/plan/")
    headline(page, "Key account plan")
    tab_to(page, "Objectives")
    keys(page, "Enter")
    write(page, "Target", "90000")
    keys(page, "Enter")
    expect(page.locator("[data-plan-saved]")).to_have_text("Saved")
    press(page, "Comments: More contribution")
    expect(page.get_by_label("Say something")).to_be_focused()
    page.keyboard.type("Reached early, @le")
    expect(page.locator(".mention-list").get_by_role("option")).to_have_count(1)
    keys(page, "Enter")
    press(page, "Say it")
    expect(page.locator(".comment-text strong")).to_have_text("@Lead")
    keys(page, "Escape")
    tab_to(page, "Add an action")
    page.keyboard.type("Show the new range")
    keys(page, "Enter")
    expect(page.locator("#actions [data-plan-entry]")).to_have_count(1)


def raise_a_contact(page: Page) -> None:
    follow(page, "Contacts", "**/contacts/")
    tab_to(page, "Ada Berg")
    keys(page, "Alt+ArrowUp")
    expect(page.locator(".theirs[data-level='3']")).to_contain_text("Ada Berg")


def note_a_complaint(page: Page) -> None:
    follow(page, "Activity", "**/activity/")
    follow(page, "Log a complaint", "**/complaints/new/**")
    write(page, "Complaint", "Frames came late")
    keys(page, "Control+Enter")
    page.wait_for_url(re.compile(r"/complaints/\d+/$"))


def add_a_contract(page: Page) -> None:
    follow(page, "Account N1", "**/activity/")
    follow(page, "Contracts", "**/contracts/")
    follow(page, "Add a contract", "**/contracts/edit/")
    write(page, "Name", "Supply")
    tab_to(page, "From")
    page.keyboard.type(TODAY.strftime("%m%d%Y"))
    press(page, "Save", exactly=True)
    page.wait_for_url("**/contracts/#contract-*")
    expect(page.locator("main")).to_contain_text("Supply")


def hold_the_review(page: Page) -> None:
    keys(page, "g", "h")
    headline(page, "need")
    page.wait_for_load_state()
    to_line(page, "Joint review")
    keys(page, "Enter")
    page.wait_for_url("**/reviews/*/")
    press(page, "Put all on the agenda")
    expect(page.locator("#agenda .proposals")).to_have_count(0)
    tab_to(page, "Another point")
    page.keyboard.type("Terms of payment")
    keys(page, "Enter")
    expect(page.locator("#agenda")).to_contain_text("Terms of payment")
    press(page, "Hold it now")
    expect(page.locator("[aria-current=step]")).to_contain_text("Hold")
    page.wait_for_load_state()
    tab_to(page, "A decision")
    page.keyboard.type("Payment stays at 30 days")
    keys(page, "Enter")
    expect(page.locator("#decisions .point")).to_have_count(1)
    press(page, "Close and plan the next one")
    expect(page.locator(".review-stages li").nth(2)).to_have_class("is-done")
    page.wait_for_load_state()


def submit_the_plan(page: Page) -> None:
    follow(page, "Plan", "**/plan/")
    headline(page, "Key account plan")
    press(page, "Submit for approval")
    write(page, "What changed", "Contribution was reached early")
    press(page, "Submit")
    expect(page.locator("#state")).to_contain_text("In review")


def test_a_whole_day_without_a_mouse(portfolio, live_server, page, errors):
    sign_in(page, live_server.url)
    deal_with_the_morning(page)
    read_the_brief(page)
    log_a_call(page)
    write_the_plan(page)
    raise_a_contact(page)
    note_a_complaint(page)
    add_a_contract(page)
    hold_the_review(page)
    submit_the_plan(page)

    keys(page, "Control+k")
    page.keyboard.type("Home")
    keys(page, "Enter")
    headline(page, "1 thing needs you today")
    assert errors == [] and page.evaluate("refused") == []
    assert Objective.objects.get().target == 90_000
    assert Contact.objects.get().level == 3
    assert [each.name for each in PlanComment.objects.get().mentioned.all()] == ["Lead"]
    assert Action.objects.get(text="Visit").owner.name == "Member"
    assert Action.objects.get(text="Show the new range").plan is not None
    assert Action.objects.get(text="Ask for the price list").touchpoint == Touchpoint.objects.get()
    assert Complaint.objects.get().text == "Frames came late"
    assert Contract.objects.get().from_on == TODAY
    assert set(Review.objects.values_list("state", flat=True)) == {"held", "planned"}
    assert PlanVersion.objects.get().note == "Contribution was reached early"
