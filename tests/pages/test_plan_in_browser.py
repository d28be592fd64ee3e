"""The key account plan in a real browser: by keyboard, by two people at once, on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from relationships.models import Need, Objective, PlanComment, Risk, SwotPoint
from relationships.plans import editing
from tests.factories import a_portfolio
from tests.pages.conftest import WATCH
from tests.relationships.plans_made import a_plan

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/accounts/N1/plan/"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def portfolio(transactional_db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    made = a_plan(portfolio)
    made.objectives.filter(measure="contribution").update(target=120_000)
    manager = portfolio.user("manager")
    editing.add(manager, made, "swot", {"text": "Trusted by their buyers", "kind": "strength"})
    editing.add(manager, made, "benefits", {"text": "Bonus", "direction": "given", "worth": "2000"})
    editing.add(manager, made, "competitors", {"text": "Velo Direct", "wallet_share": "20 %"})
    return made


@pytest.fixture
def objective(plan):
    return plan.objectives.get(text="More contribution")


def sign_in(context, portfolio, url: str, role: str) -> None:
    client = Client()
    client.force_login(portfolio.user(role))
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def field(page: Page, objective: Objective, name: str):
    return page.locator(f"#objectives-{objective.pk}-{name}")


def saved(page: Page) -> None:
    expect(page.locator("[data-plan-saved]")).to_have_text("Saved")


def violations(page: Page) -> list:
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]


def test_a_plan_is_written_with_the_keyboard_alone(in_browser, plan, objective):
    page = in_browser("manager", PAGE)
    target = field(page, objective, "target")

    target.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("90000")
    page.keyboard.press("Enter")
    saved(page)
    expect(target).to_have_value("90,000")
    expect(target).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    page.keyboard.press("Escape")
    expect(target).to_have_value("90,000")
    page.keyboard.press("Tab")  # what is left is kept
    expect(field(page, objective, "until_on")).to_be_focused()

    page.locator("#add-risks").focus()
    for text in ("They are bought", "The owner retires"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.locator("#add-risks")).to_have_value("")
    expect(page.locator("#risks [data-plan-entry]")).to_have_count(3)
    first = page.locator("#risks textarea[name=text]").nth(1)
    first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#risks textarea[name=text]").nth(2)).to_have_value("They are bought")
    expect(page.locator("#risks textarea[name=text]").nth(2)).to_be_focused()

    assert Objective.objects.get(pk=objective.pk).target == 90_000
    assert list(Risk.objects.order_by("place").values_list("text", flat=True)) == [
        "A chain buys it", "The owner retires", "They are bought",
    ]  # fmt: skip


def test_a_line_that_was_removed_comes_back_by_one_key(in_browser, plan):
    page = in_browser("manager", PAGE)
    need = Need.objects.get()

    page.get_by_role("button", name=f"Remove: {need.text}").press("Enter")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(page.locator(f"#needs-{need.pk}")).to_have_count(0)
    page.keyboard.press("Enter")

    expect(page.locator(f"#needs-{need.pk} textarea[name=text]")).to_be_focused()
    assert Need.objects.get().pk == need.pk


def test_what_the_portal_computes_follows_what_is_typed(in_browser, plan, objective):
    page = in_browser("manager", PAGE)
    facts = page.locator(f"#objectives-{objective.pk} [data-facts]")
    expect(facts).to_contain_text("Behind")

    field(page, objective, "target").fill("70000")
    field(page, objective, "target").press("Enter")
    expect(facts).to_contain_text("Reached")
    expect(page.locator("#objectives [data-sums]")).to_contain_text("1 reached")

    field(page, objective, "measure").select_option("share_of_wallet")
    expect(field(page, objective, "baseline")).to_have_value("50 %")
    expect(field(page, objective, "target")).to_have_value("")
    point = SwotPoint.objects.get()
    page.locator(f"#swot-{point.pk} summary").click()
    page.locator(f"#swot-{point.pk}-kind").select_option("threat")
    expect(page.locator(".group-threat [data-plan-entry]")).to_have_count(1)


def test_two_people_in_one_field_choose_and_nothing_typed_is_lost(
    in_browser, live_server, browser: Browser, portfolio, plan, objective
):
    mine = in_browser("manager", PAGE)
    other = browser.new_context()
    sign_in(other, portfolio, live_server.url, "lead")
    theirs = other.new_page()
    theirs.goto(live_server.url + PAGE)

    field(theirs, objective, "text").fill("Earn more in service")
    field(theirs, objective, "text").press("Enter")
    saved(theirs)
    field(mine, objective, "target").fill("130000")  # another field of the same line is no conflict
    field(mine, objective, "text").fill("Earn more with spare parts")
    field(mine, objective, "text").press("Enter")

    conflict = mine.locator("[data-conflict=text]")
    for words in ("Lead has changed this", "Earn more with spare parts", "Earn more in service", "More contribution"):
        expect(conflict).to_contain_text(words)
    assert violations(mine) == []
    conflict.get_by_label("Or put both together").fill("Earn more in service and with spare parts")
    conflict.get_by_role("button", name="Take this").press("Enter")
    expect(conflict).to_have_count(0)
    saved(mine)

    field(theirs, objective, "text").fill("Only service")
    field(theirs, objective, "text").press("Enter")
    theirs.locator("[data-conflict=text]").get_by_role("link", name="Take theirs").click()
    expect(field(theirs, objective, "text")).to_have_value("Earn more in service and with spare parts")
    other.close()

    objective.refresh_from_db()
    assert (objective.text, objective.target) == ("Earn more in service and with spare parts", 130_000)


def test_what_is_refused_stays_in_its_field_with_the_reason(in_browser, plan, objective):
    page = in_browser("manager", PAGE)
    target = field(page, objective, "target")

    target.fill("quite a lot")
    target.press("Enter")

    expect(page.locator(f"#objectives-{objective.pk}-target-error")).to_contain_text("is not a number")
    expect(target).to_have_value("quite a lot")
    assert target.get_attribute("aria-invalid") == "true"
    target.press("Escape")
    expect(target).to_have_value("120,000")


def test_without_a_connection_what_was_typed_is_kept_and_sent_later(in_browser, plan, objective):
    page = in_browser("manager", PAGE)
    target = field(page, objective, "target")
    page.context.set_offline(True)

    target.fill("99000")
    target.press("Enter")
    expect(page.locator(f"#objectives-{objective.pk}-target-error")).to_contain_text("No connection")
    page.context.set_offline(False)

    saved(page)
    objective.refresh_from_db()
    assert objective.target == 99_000


def test_a_name_after_an_at_is_offered_and_the_count_stands_at_the_line(in_browser, plan, objective):
    page = in_browser("manager", PAGE)

    page.locator(f"[data-comments='objectives-{objective.pk}']").press("Enter")
    page.get_by_label("Say something").press_sequentially("Is this right, @le")
    expect(page.locator(".mention-list").get_by_role("option")).to_have_text(["Lead"])
    page.keyboard.press("Enter")
    expect(page.get_by_label("Say something")).to_have_value("Is this right, @Lead ")
    page.get_by_role("button", name="Say it").press("Enter")

    expect(page.locator(".comment-text strong")).to_have_text("@Lead")
    expect(page.locator(f"[data-comments='objectives-{objective.pk}'] [data-count]")).to_have_text("1")
    assert [user.name for user in PlanComment.objects.get().mentioned.all()] == ["Lead"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "comments/"])
def test_the_plan_is_accessible_and_fits_a_phone(in_browser, page: Page, plan, path, scheme):
    page.emulate_media(color_scheme=scheme)
    in_browser("manager", PAGE + path)
    for details in page.locator("#plan details").all():
        details.evaluate("element => element.open = true")
    assert violations(page) == []

    page.set_viewport_size(PHONE)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("refused") == []


# Objectives apart: there two fields stand below each other in one column
ORDER = """() => [...document.querySelectorAll("#plan .entry-form:not(.of-objectives)")].filter(form => {
  const cells = [...form.children]
    .filter(cell => cell.matches(".plan-cell:not(.cell-facts), .entry-more") && cell.offsetParent)
    .map(cell => cell.getBoundingClientRect());
  const follows = (cell, before) => cell.top >= before.bottom - 2 || cell.left >= before.right - 2;
  return !cells.every((cell, place) => !place || follows(cell, cells[place - 1]));
}).map(form => form.className + ": " + form.getAttribute("aria-label"))"""
CLIPPED = """() => [...document.querySelectorAll("#plan .entry-form :is(input.number, textarea)")]
  .filter(field => field.offsetParent)
  .filter(field => field.scrollWidth > field.clientWidth + 1 || field.scrollHeight > field.clientHeight + 2)
  .map(field => field.id)"""


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_fields_of_a_line_follow_each_other_as_they_are_read_and_none_is_cut(in_browser, page: Page, plan, width):
    page.set_viewport_size({"width": width, "height": 900})
    in_browser("manager", PAGE)

    assert page.evaluate(ORDER) == []
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_reads_and_who_begins_find_accessible_pages(in_browser, page: Page, plan, scheme):
    page.emulate_media(color_scheme=scheme)

    for role, address in (("member", PAGE), ("manager", "/accounts/N2/plan/")):
        in_browser(role, address)
        assert violations(page) == []


def test_without_scripts_a_line_is_a_form(live_server, browser: Browser, portfolio, plan, objective):
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, portfolio, live_server.url, "manager")
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(live_server.url + PAGE)

    page.locator(f"#objectives-{objective.pk}-target").fill("95000")
    page.locator(f"#objectives-{objective.pk} form.entry-form").get_by_role("button", name="Save").click()

    expect(page.locator(".messages")).to_contain_text("Saved")
    context.close()
    objective.refresh_from_db()
    assert objective.target == 95_000
