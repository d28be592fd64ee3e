"""The same day on a phone, by thumb alone: nothing scrolls sideways, all is large enough to hit, dialogs fit."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from relationships.models import Action, Complaint, Contact, Contract, Objective, PlanVersion, Review, Touchpoint
from tests.factories import PASSWORD
from tests.pages.conftest import WATCH
from tests.pages.test_a_day_by_keyboard import portfolio as portfolio  # the same morning

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
MAIN = "main .btn-primary, .bottom-bar a, .bottom-bar summary"
ALL = f"{MAIN}, main .btn, main button, main select, main summary, main input:not([type=hidden], [type=checkbox])"
SMALL = """([selector, least]) => [...document.querySelectorAll(selector)]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => [each.getBoundingClientRect(), each])
  .filter(([box]) => box.width > 1 && (box.height < least || box.width < least))
  .map(([box, each]) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${each.outerHTML.slice(0, 120)}`)"""


@pytest.fixture
def page(browser: Browser):
    """A phone: taps, no mouse."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    opened = context.new_page()
    opened.add_init_script(WATCH)
    yield opened
    context.close()


def fits(page: Page) -> None:
    """Whoever reads this page neither scrolls sideways nor misses what there is to hit."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    assert page.evaluate(SMALL, [ALL, 24]) == [], page.url
    assert page.evaluate(SMALL, [MAIN, 44]) == [], page.url
    assert page.evaluate("refused") == [], page.url


def dialog_fits(page: Page, name: str) -> None:
    expect(page.locator(name)).to_be_visible()
    box = page.locator(name).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"], name
    assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"], name


def headline(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def follow(page: Page, what: Locator, address: str | re.Pattern) -> None:
    what.tap()
    page.wait_for_url(address)
    fits(page)


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Pages of this account").get_by_role("link", name=name, exact=True)


def sign_in(page: Page, url: str) -> None:
    page.goto(url)
    for label, text in (("E-mail", "manager@example.com"), ("Password", PASSWORD)):
        page.get_by_label(label).tap()
        page.keyboard.type(text)
    page.get_by_role("button", name="Sign in", exact=True).tap()
    headline(page, "5 things need you today")
    fits(page)


def line_of(page: Page, words: str) -> Locator:
    return page.locator("[data-day-line]", has_text=words)


def deal_with_the_morning(page: Page) -> None:
    line_of(page, "Call about prices").get_by_role("button", name="Done").tap()
    headline(page, "4 things need you today")
    page.get_by_role("button", name="Undo").tap()
    headline(page, "5 things need you today")
    line_of(page, "Send the offer").locator("summary", has_text="Snooze").tap()
    fits(page)
    line_of(page, "Send the offer").get_by_role("button", name="Tomorrow").tap()
    headline(page, "4 things need you today")
    line_of(page, "Visit").locator("summary", has_text="Hand on").tap()
    line_of(page, "Visit").get_by_label("To", exact=True).select_option(label="Member")
    line_of(page, "Visit").locator(".day-sheet").get_by_role("button", name="Hand on").tap()
    headline(page, "3 things need you today")


def log_a_call(page: Page) -> None:
    page.locator("[data-shortcut=a]").first.tap()
    dialog_fits(page, "#quick-add")
    page.locator("#quick-add textarea").tap()
    page.keyboard.type("Wants a better price.")
    page.locator("#quick-add").get_by_role("button", name="Save").tap()
    expect(page.locator("#quick-add")).to_be_hidden()


def write_the_plan(page: Page) -> None:
    follow(page, tab(page, "Plan"), "**/plan/")
    line = page.locator(f"#objectives-{Objective.objects.get().pk}")
    line.locator("[data-fold]").tap()
    target = line.get_by_label("Target")
    target.tap()
    target.fill("90000")
    page.locator("#add-actions").tap()  # what is left is kept
    expect(page.locator("[data-plan-saved]")).to_have_text("Saved")
    page.keyboard.type("Show the new range")
    page.locator("#actions .plan-add button").first.tap()
    expect(page.locator("#actions [data-plan-entry]")).to_have_count(1)
    page.locator("[data-comments^=objectives]").first.tap()
    dialog_fits(page, "#panel-dialog")
    page.locator("#panel-dialog").get_by_role("button", name="Close").tap()
    fits(page)


def raise_a_contact(page: Page) -> None:
    follow(page, tab(page, "Contacts"), "**/contacts/")
    page.get_by_role("link", name="Ada Berg").first.tap()
    dialog_fits(page, "#panel-dialog")
    page.locator("#panel-dialog").get_by_label("Level").select_option("3")
    page.locator("#panel-dialog").get_by_role("button", name="Save").tap()
    expect(page.locator(".theirs[data-level='3']")).to_contain_text("Ada Berg")


def note_a_complaint_and_a_contract(page: Page) -> None:
    follow(page, tab(page, "Activity"), "**/activity/")
    follow(page, page.get_by_role("link", name="Log a complaint"), "**/complaints/new/**")
    page.get_by_label("Complaint", exact=True).fill("Frames came late")
    follow(page, page.get_by_role("button", name="Save"), re.compile(r"/complaints/\d+/$"))
    follow(page, page.get_by_role("link", name="Account N1"), "**/activity/")
    follow(page, tab(page, "Contracts"), "**/contracts/")
    follow(page, page.get_by_role("link", name="Add a contract"), "**/contracts/edit/")
    page.get_by_label("Name").fill("Supply")
    page.get_by_label("From", exact=True).fill(str(timezone.localdate()))
    follow(page, page.get_by_role("button", name="Save"), "**/contracts/#contract-*")


def hold_the_review(page: Page) -> None:
    follow(page, page.locator(".bottom-bar").get_by_role("link", name="Home"), re.compile(r":\d+/$"))
    follow(page, page.get_by_role("link", name="Joint review with the customer").first, "**/reviews/*/")
    page.get_by_role("button", name="Put all on the agenda").tap()
    expect(page.locator("#agenda .proposals")).to_have_count(0)
    page.get_by_role("button", name="Hold it now").tap()
    page.get_by_label("A decision").fill("Payment stays at 30 days")
    fits(page)
    page.locator("#decisions .add-line button").tap()
    expect(page.locator("#decisions .point")).to_have_count(1)
    page.get_by_role("button", name="Close and plan the next one").tap()
    expect(page.locator(".review-stages li").nth(2)).to_have_class("is-done")
    fits(page)


def submit_the_plan(page: Page) -> None:
    crumbs = page.get_by_role("navigation", name="Where you are")
    follow(page, crumbs.get_by_role("link", name="Plan", exact=True), "**/plan/")
    page.locator("summary", has_text="Submit for approval").tap()
    page.get_by_label("What changed").fill("Reached early")
    page.get_by_role("button", name="Submit", exact=True).tap()
    expect(page.locator("#state")).to_contain_text("In review")
    fits(page)


def test_a_whole_day_by_thumb(portfolio, live_server, page):
    sign_in(page, live_server.url)
    deal_with_the_morning(page)
    page.get_by_label("Search accounts").tap()
    page.keyboard.type("n1")
    page.keyboard.press("Enter")  # the key of the screen's keyboard
    page.wait_for_url("**/accounts/N1/")
    fits(page)
    follow(page, page.get_by_role("link", name="Brief", exact=True), "**/brief/")
    log_a_call(page)
    write_the_plan(page)
    raise_a_contact(page)
    note_a_complaint_and_a_contract(page)
    hold_the_review(page)
    submit_the_plan(page)

    follow(page, page.locator(".bottom-bar").get_by_role("link", name="Home"), re.compile(r":\d+/$"))
    headline(page, "1 thing needs you today")
    assert Objective.objects.get().target == 90_000
    assert Contact.objects.get().level == 3
    assert Action.objects.get(text="Visit").owner.name == "Member"
    assert Touchpoint.objects.get().note == "Wants a better price."
    assert (Complaint.objects.count(), Contract.objects.count(), PlanVersion.objects.count()) == (1, 1, 1)
    assert set(Review.objects.values_list("state", flat=True)) == {"held", "planned"}
