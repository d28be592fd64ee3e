"""Touchpoints in a real browser: one key from any page, by keyboard alone, on a phone too."""

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from relationships.models import Action, Complaint, Contact, Touchpoint
from tests.factories import a_portfolio
from tests.pages.keyboard import tab_to

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
DIALOG = "#quick-add"


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    Contact.objects.create(account=made.accounts["N2"], name="Jo Doe", email="jo@n2.example")
    return made


def violations(page: Page) -> list:
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]


def refused(page: Page) -> list:
    return page.evaluate("window.refused")


def note_of(page: Page):
    return page.locator(f"{DIALOG} textarea")


def test_one_key_and_ten_seconds_of_typing_log_a_call_with_an_action(in_browser, portfolio):
    page = in_browser("manager", "/matrix/")
    page.locator("h1").wait_for()

    page.keyboard.press("a")
    expect(page.locator(f"{DIALOG} input[name=account]")).to_be_focused()
    page.keyboard.type("account n2")
    expect(page.locator(f"{DIALOG} [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Jo Doe")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("Call")
    tab_to(page, "Note")
    page.keyboard.type("Asked for a better price.\n- Send the offer by 2030-12-04")
    expect(page.locator(f"{DIALOG} input[name=action_due]")).to_have_value("2030-12-04")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")

    expect(page.locator(DIALOG)).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text(
        "Logged: Call with Account N2. 1 action: Send the offer (4 Dec 2030)"
    )
    assert page.url.endswith("/matrix/")  # nobody left the page
    row = Touchpoint.objects.get()
    assert (row.account.code, row.kind, row.held_on) == ("N2", "call", date.today())
    assert [each.email for each in row.people.all()] == ["manager@example.com"]
    action = Action.objects.get()
    assert (action.text, action.due_on, action.touchpoint) == ("Send the offer", date(2030, 12, 4), row)
    page.locator("#toasts").get_by_role("link", name="Open it").click()
    page.wait_for_url(f"**/touchpoints/{row.pk}/")
    assert refused(page) == []


def test_a_complaint_is_by_a_contact_of_the_account_that_is_chosen(in_browser, portfolio):
    page = in_browser("manager", "/complaints/new/")
    page.get_by_label("Complaint", exact=True).fill("Frames came late")
    expect(page.get_by_label("Owner").locator("option", has_text="Lead")).to_have_count(0)

    page.locator("#complaint-account").press_sequentially("account n2")
    expect(page.locator("#complaint-accounts [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.get_by_label("By", exact=True).select_option(label="Jo Doe")
    page.get_by_label("Owner", exact=True).select_option(label="Lead")
    page.get_by_role("button", name="Save").click()

    page.wait_for_url(re.compile(r"/complaints/\d+/$"))
    made = Complaint.objects.get()
    assert (made.account.code, made.contact.name, made.owner) == ("N2", "Jo Doe", portfolio.user("lead"))
    assert made.text == "Frames came late"
    assert refused(page) == []


def test_on_an_account_it_is_known_and_the_hand_is_in_the_note(in_browser, portfolio):
    page = in_browser("member", "/accounts/N2/activity/")

    page.keyboard.press("a")
    expect(note_of(page)).to_be_focused()
    expect(page.locator(f"{DIALOG} input[name=account]")).to_have_value("Account N2 (N2)")
    page.keyboard.type("They are content. Kim will send figures. All fine.")
    for _letter in "All fine. x":
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+t")

    expect(note_of(page)).to_have_value("They are content.\n- Kim will send figures\nAll fine.")
    expect(page.locator(f"{DIALOG} input[name=action_text]")).to_have_value("Kim will send figures")
    page.keyboard.press("Control+Enter")
    expect(page.locator(DIALOG)).to_be_hidden()
    expect(page.locator(".timeline")).to_contain_text("They are content.")  # the history shows it at once
    assert Action.objects.get().text == "Kim will send figures"


def test_what_cannot_be_kept_stays_in_the_dialog_with_the_reason(in_browser, portfolio):
    page = in_browser("manager", "/accounts/")

    page.keyboard.press("a")
    expect(page.locator(f"{DIALOG} input[name=account]")).to_be_focused()
    page.keyboard.type("nobody at all")
    page.keyboard.press("Control+Enter")

    expect(page.locator(f"{DIALOG} .field-error")).to_contain_text("Choose one of the accounts you see")
    expect(page.locator(f"{DIALOG} input[name=account]")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_be_hidden()
    assert not Touchpoint.objects.exists()


def test_escape_closes_the_list_of_accounts_before_the_dialog(in_browser, portfolio):
    page = in_browser("manager", "/accounts/")
    page.keyboard.press("a")
    expect(page.locator(f"{DIALOG} input[name=account]")).to_be_focused()
    page.keyboard.type("account")
    expect(page.locator(f"{DIALOG} [role=option]").first).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator(f"{DIALOG} [role=listbox]")).to_be_hidden()
    expect(page.locator(DIALOG)).to_be_visible()


def test_what_was_typed_is_not_thrown_away_before_somebody_is_asked(in_browser, portfolio):
    page = in_browser("member", "/accounts/N2/activity/")
    page.keyboard.press("a")
    expect(note_of(page)).to_be_focused()
    page.keyboard.type("They want to talk about the price.")

    page.keyboard.press("Escape")
    expect(page.get_by_role("alert")).to_contain_text("What you typed is not saved")
    assert violations(page) == []
    page.keyboard.press("Enter")  # go on writing
    expect(note_of(page)).to_be_focused()
    page.keyboard.type(" Soon.")
    page.locator(DIALOG).get_by_role("button", name="Close").click()
    expect(note_of(page)).to_have_value("They want to talk about the price. Soon.")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator(DIALOG)).to_be_hidden()

    page.keyboard.press("a")
    expect(note_of(page)).to_have_value("")
    page.keyboard.press("Escape")  # nothing was typed: nothing is asked
    expect(page.locator(DIALOG)).to_be_hidden()
    assert not Touchpoint.objects.exists()


def test_on_a_phone_a_thumb_logs_a_visit(in_browser, portfolio, page):
    page.set_viewport_size(PHONE)
    in_browser("manager", "/accounts/N2/")

    page.locator("[data-shortcut=a]").first.click()
    page.locator(f"{DIALOG} select[name=kind]").select_option("visit")
    note_of(page).fill("Walked the shop floor.")
    page.get_by_label("Jo Doe").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()

    expect(page.locator(DIALOG)).to_be_hidden()
    row = Touchpoint.objects.get()
    assert (row.kind, [each.name for each in row.contacts.all()]) == ("visit", ["Jo Doe"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
def test_the_pages_have_no_findings(in_browser, portfolio, page, scheme, size):
    me = portfolio.user("manager")
    row = Touchpoint.objects.create(account=portfolio.accounts["N2"], held_on="2026-03-01", note="- Call", logged_by=me)
    portfolio.accounts["N2"].complaints.create(received_on="2026-03-01", text="Late", logged_by=me)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)

    for address in (
        "/touchpoints/",
        "/touchpoints/new/?account=N2",
        f"/touchpoints/{row.pk}/",
        "/touchpoints/import/",
        "/accounts/N2/activity/",
        "/complaints/",
        "/complaints/new/",
        "/voice/",
    ):
        in_browser("manager", address)
        assert violations(page) == [], address
        assert refused(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
