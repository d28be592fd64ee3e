"""The editor of criteria sets and an account's own success factors in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from kam_portal.recompute import recompute
from profitability.models import Run
from relationships.models import AccountCriterion, CriteriaSet, Position
from tests.core.test_model_form import document
from tests.ledger import imported
from tests.pages.keyboard import press, tab_to

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = "code name\nA Alpha\nB Beta"
LINES = """
    order_id line_no ordered_on  account_code quantity unit_price cost_amount
    1        1       2026-01-10  A            1        1000       600
    2        1       2026-01-20  B            1        500        300
"""
COSTS = """
    pool_code month    amount  practical_minutes
    service   2026-01  100     1000
    sales     2026-01  100     1000
    it        2026-01  10      -
"""
RATINGS = """
    account_code criterion score rater_email          rated_on
    A            trust     9     finance@example.com  2026-01-05
    A            price     3     finance@example.com  2026-01-05
"""
ANCHORS = {0: "none", 5: "some", 10: "full"}
CRITERIA = {
    "code": "default",
    "version": 1,
    "cut": {"attractiveness": 5, "relationship": 5, "basis": "absolute"},
    "attractiveness": [
        {
            "code": "volume",
            "name": "Volume",
            "weight": 100,
            "kind": "measured",
            "measure": "net_revenue",
            "scale": [[0, 0], [1000, 10]],
        }
    ],
    "relationship": [
        {
            "code": "trust",
            "name": "Trust",
            "weight": 60,
            "kind": "judged",
            "anchors": {0: "none", 5: "some", 10: "full"},
        },
        {
            "code": "price",
            "name": "Price",
            "weight": 40,
            "kind": "judged",
            "anchors": {0: "none", 5: "some", 10: "full"},
        },
    ],
}


@pytest.fixture
def finance(transactional_db) -> User:
    return User.objects.create_user("finance@example.com", "Finance", "finance", "pw")


@pytest.fixture
def ledger(finance, tmp_path) -> Run:
    """A published run: Alpha is attractive and strong."""
    imported(
        tmp_path, document(), CRITERIA, accounts=ACCOUNTS, order_lines=LINES, resource_costs=COSTS, ratings=RATINGS
    )
    run = recompute()
    assert run.state == Run.State.PUBLISHED, run.message
    assert Position.objects.get(run=run, account__code="A").box == "strategic"
    return run


def signed_in(live_server, context, user) -> str:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    return live_server.url


@pytest.fixture
def site(live_server, finance, context):
    return signed_in(live_server, context, finance)


@pytest.fixture
def complaints(page: Page):
    """What the browser complains of: errors of scripts, and whatever the security policy forbids."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    yield found
    assert [text for text in found if "422" not in text] == []


def test_a_new_version_by_keyboard_alone_from_the_copy_to_the_next_run(site, page, ledger, complaints):
    page.goto(f"{site}/criteria/default/1/")
    press(page, "Copy to new version")
    page.wait_for_url("**/default/2/edit/")
    for words, weight in (("Weight", "100"), ("Weight", "33"), ("Weight", "66.9")):
        tab_to(page, words)
        page.keyboard.press("Control+a")
        page.keyboard.type(weight)
    sums = page.locator("[data-weight-sum]")
    expect(sums.last).to_have_text("Weights: 99.9 of 100")
    page.keyboard.press("Tab")
    expect(page.locator("#relationship-told")).to_contain_text("The weights add up to 99.9, not to 100.")
    press(page, "Set Price to 67")
    expect(page.locator('[name="relationship[1].weight"]')).to_have_value("67")
    expect(sums.last).to_have_text("Weights: 100 of 100")
    press(page, "Compare with the published run")
    expect(page.locator("#effect")).to_contain_text("This version places 1 of 1 box elsewhere.")
    expect(page.locator("#effect")).to_contain_text("Alpha Strategic → Star")
    press(page, "Save and make ready")
    expect(page.get_by_role("alert")).to_contain_text("This version places 1 of 1 box elsewhere.")
    expect(page.get_by_role("button", name="Yes, make it ready")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/criteria/default/2/")
    expect(page.get_by_text("In force today: the next run places accounts by it.")).to_be_visible()

    run = recompute()

    assert (run.state, Position.objects.get(run=run, account__code="A").box) == (Run.State.PUBLISHED, "star")
    page.goto(f"{site}/accounts/A/")
    expect(page.locator("#position")).to_contain_text("criteria default v2")
    page.goto(f"{site}/matrix/")
    expect(page.get_by_role("link", name="default v2")).to_be_visible()
    page.goto(f"{site}/criteria/")
    expect(page.get_by_role("row", name="default v1")).to_contain_text("Used")


def test_what_two_windows_changed_fits_the_screen_whatever_the_names(site, page, ledger):
    page.goto(f"{site}/criteria/default/1/")
    press(page, "Copy to new version")
    page.wait_for_url("**/default/2/edit/")
    other = page.context.new_page()
    other.goto(page.url)
    for window, name in ((page, "A" * 200), (other, "B" * 200)):
        window.locator('[name$=".name"]').first.fill(name)
        window.get_by_role("button", name="Save", exact=True).first.click()
        window.wait_for_load_state()

    expect(other.get_by_text("From theirs to yours:")).to_be_visible()
    assert other.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_hand_stays_in_its_field_while_the_line_moves_and_what_is_removed_comes_back(
    site, page, ledger, complaints
):
    page.goto(f"{site}/criteria/default/1/")
    press(page, "Copy to new version")
    page.wait_for_url("**/default/2/edit/")
    page.locator('[name="relationship[0].weight"]').focus()

    page.keyboard.press("Alt+ArrowDown")

    expect(page.locator('[name="relationship[1].name"]')).to_have_value("Trust")
    expect(page.locator('[name="relationship[1].weight"]')).to_be_focused()
    page.get_by_role("button", name="Remove Trust").press("Enter")
    expect(page.get_by_text("Trust was removed.")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator('[name="relationship[1].name"]')).to_have_value("Trust")


def test_the_cut_is_that_of_what_counts(site, page, ledger, complaints):
    page.goto(f"{site}/criteria/default/1/")
    press(page, "Copy to new version")
    page.wait_for_url("**/default/2/edit/")

    page.get_by_label("Strength on the axis").select_option("relative")
    expect(page.get_by_label("Strong from")).to_have_value("1")
    page.get_by_label("Strength on the axis").select_option("absolute")
    expect(page.get_by_label("Strong from")).to_have_value("5")
    rail = page.locator(".model-rail")
    assert rail.evaluate("rail => rail.scrollWidth <= rail.clientWidth")
    page.locator("summary", has_text="Discard").click()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_text("default v2 was discarded.")).to_be_visible()


def test_a_criterion_can_be_measured_and_its_scale_is_drawn_while_it_is_typed(site, page, ledger, complaints):
    page.goto(f"{site}/criteria/default/1/")
    page.get_by_role("button", name="Copy to new version").click()
    seen = page.locator("#attractiveness-0-seen")
    expect(seen).to_contain_text("Accounts in the published run: 0 at 0, 1 between, 1 at 10; median score 7.50")

    page.locator('[name="attractiveness[0].scale[1].value"]').fill("500")
    page.keyboard.press("Tab")

    expect(seen).to_contain_text("0 at 0, 0 between, 2 at 10")
    page.locator('[name="attractiveness[0].kind"]').select_option("judged")
    expect(page.locator("#attractiveness-0-anchors")).to_be_visible()
    expect(seen).to_be_hidden()


def test_an_accounts_own_weights_are_checked_and_looked_ahead_while_they_are_typed(
    live_server, context, page, ledger, complaints
):
    manager = User.objects.create_user("manager@example.com", "Manager", "manager", "pw")
    account = Position.objects.get(run=ledger, account__code="A").account
    account.manager = manager
    account.save()
    site = signed_in(live_server, context, manager)
    page.goto(f"{site}/accounts/A/")
    page.get_by_role("link", name="What counts for this account").click()

    page.get_by_label("Own weight, Trust").fill("10")
    for typed, told in (("-19", "−9"), ("9 0", "–"), ("x", "–"), ("89,5", "99.5")):
        page.get_by_label("Own weight, Price").fill(typed)
        expect(page.locator("[data-weight-sum]")).to_have_text(f"Weights: {told} of 100")
    page.get_by_label("Own weight, Price").fill("89.5")
    page.keyboard.press("Tab")
    press(page, "Set Price to 90")
    expect(page.locator("#editor-told")).to_contain_text("From Strategic to Star")
    press(page, "Save")
    page.get_by_text("Saved. It counts from the next run.").wait_for()

    assert dict(AccountCriterion.objects.values_list("criterion", "weight")) == {"trust": 10, "price": 90}


def test_the_editor_needs_no_scripts(live_server, site, browser, context, ledger):
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}/criteria/default/1/")
    page.get_by_role("button", name="Copy to new version").click()

    page.locator('[name="relationship[1].weight"]').fill("39.5")
    page.locator('button[value="add:relationship"]').click()
    page.locator('[name="relationship[2].name"]').fill("Access to the board")
    page.locator('[name="relationship[2].weight"]').fill("0.5")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved.").wait_for()

    added = CriteriaSet.objects.get(version=2).document["relationship"][2]
    assert (added["code"], added["weight"]) == ("access_to_the_board", 0.5)
    plain.close()


def addresses() -> dict[str, str]:
    draft = CriteriaSet.objects.get(version=1).document | {"version": 2, "attractiveness": []}
    CriteriaSet.objects.create(code="default", version=2, document=draft, state="draft")
    good = CriteriaSet.objects.get(version=1).document | {"version": 3}
    CriteriaSet.objects.create(code="default", version=3, document=good, state="draft")
    return {
        "list": "/criteria/",
        "new": "/criteria/new/",
        "version": "/criteria/default/1/",
        "draft with problems": "/criteria/default/2/",
        "editor with problems": "/criteria/default/2/edit/",
        "editor": "/criteria/default/3/edit/",
        "differences": "/criteria/default/3/differences/2/",
        "factors": "/accounts/A/criteria/",
    }


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_hinders_anybody(site, page, ledger, complaints, colours):
    page.emulate_media(color_scheme=colours)

    for name, address in addresses().items():
        page.goto(site + address)
        findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]
        assert findings == [], name


def test_a_phone_shows_everything_without_scrolling_sideways(site, page, ledger):
    page.set_viewport_size({"width": 390, "height": 844})

    for name, address in addresses().items():
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
