"""The editor of cost models and the grid of monthly costs in a real browser."""

from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.numbers import NotANumber
from kam_portal.recompute import recompute
from profitability.costs import number_in
from profitability.models import CostModel, PoolBalance, ResourceCost, Run
from tests.core.test_model_form import document
from tests.ledger import imported
from tests.pages.keyboard import press, tab_to

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = "code name\nA Alpha\nB Beta"
LINES = """
    order_id line_no ordered_on  account_code quantity unit_price cost_amount
    1        1       2026-01-10  A            1        1000       600
    2        1       2026-01-20  B            1        500        300
    3        1       2026-02-10  A            1        800        500
"""


@pytest.fixture
def finance(transactional_db) -> User:
    return User.objects.create_user("finance@example.com", "Finance", "finance", "pw")


@pytest.fixture
def site(live_server, finance, context):
    """The address of the site, for a browser in which the finance analyst is signed in."""
    client = Client()
    client.force_login(finance)
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    return live_server.url


@pytest.fixture
def complaints(page: Page):
    """What the browser complains of: errors of scripts, and whatever the security policy forbids."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    yield found
    assert [text for text in found if "422" not in text and "409" not in text] == []


@pytest.fixture
def draft(transactional_db) -> CostModel:
    return CostModel.objects.create(code="standard", version=3, document=document(), state=CostModel.State.DRAFT)


def fill(page: Page, *texts: str) -> None:
    """Type into the field at hand and the next ones; an empty text leaves a field as it is."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Tab")


def at(page: Page, name: str) -> None:
    """Wait until the hand is at the input of that name."""
    expect(page.locator(f'[name="{name}"]')).to_be_focused()


def paste(page: Page, text: str) -> None:
    """What the browser does with Ctrl V when a spreadsheet has filled the clipboard."""
    page.evaluate(
        """(text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const options = { clipboardData, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        text,
    )


def test_from_nothing_to_a_closed_run_by_keyboard_alone(site, page, tmp_path, complaints):
    imported(tmp_path, accounts=ACCOUNTS, order_lines=LINES)

    page.goto(f"{site}/cost-model/")
    press(page, "New cost model")
    page.wait_for_url("**/new/")
    press(page, "Begin")
    page.wait_for_url("**/standard/1/edit/")
    press(page, "Add a pool")
    at(page, "pools[0].code")
    fill(page, "service", "Customer service")
    press(page, "Add a pool")
    at(page, "pools[1].code")
    fill(page, "it", "IT", "s")
    press(page, "Add a pool it serves")
    at(page, "pools[1].serves[0].name")
    fill(page, "service", "0.9")
    press(page, "Add an activity")
    at(page, "activities[0].code")
    fill(page, "order_entry", "", "", "", "", "service", "orders", "8")
    told = page.locator("#pools-1-serves-told")
    expect(told).to_have_text("the shares sum to 0.9, not to 1")
    press(page, "the shares sum to 0.9")
    tab_to(page, "Share")
    page.keyboard.press("Control+a")
    fill(page, "1")
    expect(told).to_have_count(0)
    expect(page.locator("#announcer")).to_contain_text("Nothing stands against it")
    press(page, "Save and make ready")
    page.wait_for_url("**/cost-model/standard/1/")
    expect(page.get_by_text("The next run uses this version.")).to_be_visible()

    page.goto(f"{site}/costs/")
    tab_to(page, "Customer service Jan 2026")
    paste(page, "1,000.50\t2,000\n300\t400.25\n")
    expect(page.locator('[data-total="all"]').first).to_have_text("3,700.75")
    press(page, "Write into the grid")
    expect(page.get_by_text("7,680 minutes a month were written")).to_be_visible()
    tab_to(page, "Control total")
    page.keyboard.type("3700.75")
    press(page, "Save")
    expect(page.get_by_text("Saved: 4 lines added, 0 changed. The costs of the year sum to 3,700.75.")).to_be_visible()

    assert ResourceCost.objects.filter(pool_code="service", practical_minutes=7680).count() == 2
    run = recompute()
    assert (run.state, run.difference, run.message) == (Run.State.PUBLISHED, 0, "")
    balance = PoolBalance.objects.filter(run=run, month=202601)
    assert {row.pool: (row.input, row.difference) for row in balance} == {"service": (1000.5, 0), "it": (300, 0)}


def test_lines_move_by_alt_and_an_arrow_key(site, page, draft, complaints):
    page.goto(f"{site}/cost-model/standard/3/edit/")

    page.locator('[name="pools[0].code"]').focus()
    page.keyboard.press("Alt+ArrowDown")

    expect(page.locator('[name="pools[1].code"]')).to_have_value("service")
    expect(page.locator('[name="pools[1].code"]')).to_be_focused()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()


def test_messages_come_beside_the_field_and_go_while_one_types(site, page, draft, complaints):
    page.goto(f"{site}/cost-model/standard/3/edit/")
    field = page.locator('[name="activities[0].minutes[0].name"]')

    field.fill("oders")
    field.press("Tab")
    expect(page.locator("#activities-0-minutes-0-name-told")).to_contain_text("there is no measure oders")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("orders")
    field.press("Tab")

    expect(page.locator(".told")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    assert CostModel.objects.get().document == document()


def test_after_enter_saves_the_hand_is_where_it_was_and_saved_goes_once_one_types(site, page, draft, complaints):
    page.goto(f"{site}/cost-model/standard/3/edit/")
    page.locator('[name="activities[0].name"]').fill("Order entry")

    page.keyboard.press("Enter")

    expect(page.locator(".messages")).to_contain_text("Saved.")
    at(page, "activities[0].name")
    page.keyboard.type("x")
    expect(page.locator(".messages .notice-success")).to_have_count(0)
    expect(page.get_by_text("Not saved yet.")).to_be_visible()


def test_sums_of_shares_are_shown_while_one_types_and_a_removal_is_undone(site, page, draft, complaints):
    page.goto(f"{site}/cost-model/standard/3/edit/")
    serves = page.locator("#pools-2-serves > [data-share-sum]")
    expect(serves).to_have_text("Together 100%, of 100 %")

    place = list(CostModel.objects.get().document["pools"][2]["serves"]).index("service")  # PostgreSQL sorts keys
    service = page.locator(f'[name="pools[2].serves[{place}].number"]')
    service.fill("60 %")
    expect(serves).to_have_text("Together 90%, of 100 %")
    expect(page.locator("#activities-1-shares [data-share-sum]")).to_have_text("100% of the pool given in all")

    page.locator('button[value="remove:activities[0]"]').click()
    at(page, "activities[0].code")
    expect(page.locator('[name="activities[0].code"]')).to_have_value("visits")
    page.get_by_role("button", name="Undo").click()
    at(page, "activities[0].code")
    expect(page.locator('[name="activities[0].code"]')).to_have_value("entry")
    expect(service).to_have_value("60 %")


def test_a_new_pool_is_proposed_to_activities_at_once(site, page, draft, complaints):
    page.goto(f"{site}/cost-model/standard/3/edit/")

    page.locator('[name="pools[0].code"]').fill("desk")
    page.locator('[name="pools[0].code"]').press("Tab")

    expect(page.locator('#pool-codes option[value="desk"]')).to_have_count(1)


def test_leaving_unsaved_changes_is_asked_about(site, page, draft):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{site}/cost-model/standard/3/edit/")

    page.get_by_role("link", name="Runs").first.click()
    page.goto(f"{site}/cost-model/standard/3/edit/")
    assert asked == []
    page.locator('[name="pools[0].name"]').click()
    page.keyboard.type("x")
    page.get_by_role("link", name="Runs").first.click()

    page.wait_for_url("**/runs/")
    assert asked == ["beforeunload"]


def test_the_editor_needs_no_scripts(live_server, site, browser, context, draft):
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()

    page.goto(f"{live_server.url}/cost-model/standard/3/edit/")
    page.get_by_role("button", name="Add a pool", exact=True).click()
    page.locator('[name="pools[3].code"]').fill("fleet")
    page.locator('[name="pools[3].kind"]').select_option("corporate")
    page.locator('button[value="up:pools[3]"]').click()
    expect(page.locator('[name="pools[2].code"]')).to_have_value("fleet")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved.").wait_for()

    assert [pool["code"] for pool in CostModel.objects.get().document["pools"]] == ["service", "sales", "fleet", "it"]
    page.goto(f"{live_server.url}/costs/?year=2026")
    page.locator('[name="amount:fleet:202603"]').fill("12.5")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved: 1 lines added").wait_for()
    assert ResourceCost.objects.get().amount == 12.5
    plain.close()


def test_a_paste_fills_cells_to_the_right_and_down_and_says_what_did_not_fit(site, page, draft, complaints):
    page.goto(f"{site}/costs/?year=2026&decimal=,")
    page.get_by_label("Sales Nov 2026").first.focus()

    paste(page, "1.000,50\t2\t3\r\n4\t5\t6\r\n7\t8\t9\r\n")

    values = {
        name: page.locator(f'[name="amount:{name}"]').input_value()
        for name in ("sales:202611", "sales:202612", "it:202612")
    }
    assert values == {"sales:202611": "1.000,50", "sales:202612": "2", "it:202612": "5"}
    expect(page.locator("#announcer")).to_have_text("Pasted. Cells left out because they lie outside the table: 5.")
    expect(page.locator('[data-total="all"]').first).to_have_text("1,011.50")
    page.keyboard.press("ArrowDown")
    at(page, "amount:it:202611")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The costs of the year sum to 1.011,50.")).to_be_visible()
    assert ResourceCost.objects.get(pool_code="sales", month=202611).amount == 1000.5


def test_a_paste_with_heads_and_labels_finds_its_cells_and_is_taken_back(site, page, draft, complaints):
    page.goto(f"{site}/costs/?year=2026")
    page.get_by_label("Service Jan 2026").first.focus()

    paste(page, "Pool\tJan 2026\tFeb 2026\nService\t$10\t20\nSales\t-\t40\n")

    cell = page.locator('[name="amount:service:202601"]')
    expect(cell).to_have_value("$10")
    expect(page.locator('[name="amount:sales:202602"]')).to_have_value("40")
    expect(page.locator(".paste-note")).to_contain_text("Its pools and months say where it belongs.")
    expect(page.locator('[data-total="all"]').first).to_have_text("70.00")

    page.keyboard.press("Control+z")
    expect(cell).to_have_value("")
    expect(page.locator('[name="amount:sales:202602"]')).to_have_value("")
    expect(page.locator('[data-total="all"]').first).to_have_text("0.00")

    paste(page, "5\t6\n")
    page.get_by_role("button", name="Undo").click()
    expect(cell).to_have_value("")


PLACES = ("service:202608", "service:202609", "service:202610", "sales:202608", "sales:202609", "it:202609")


def filled(page: Page) -> dict[str, str]:
    """What stands in the cells of costs, without the empty ones."""
    values = {place: page.locator(f'[name="amount:{place}"]').input_value() for place in PLACES}
    return {place: value for place, value in values.items() if value}


def test_a_table_with_heads_goes_where_its_pools_and_months_are(site, page, draft, complaints):
    page.goto(f"{site}/costs/?year=2026")
    page.get_by_label("Sales Aug 2026").first.focus()

    paste(page, "Pool\tSept 2026\t2026-08\tTotal\nit\t1\t\t1\nservice\t2\t3\t5\nBoard\t4\t5\t9\n")

    assert filled(page) == {"it:202609": "1", "service:202609": "2", "service:202608": "3"}
    expect(page.locator(".paste-note")).to_contain_text("Left out, because the table has none of these: Board, Total.")


def test_a_table_with_other_labels_goes_by_position_and_says_so(site, page, draft, complaints):
    page.goto(f"{site}/costs/?year=2026")
    page.get_by_label("Service Aug 2026").first.focus()

    paste(page, "North\t1\t2\nSouth\t3\t4\n")

    assert filled(page) == {"service:202608": "1", "service:202609": "2", "sales:202608": "3", "sales:202609": "4"}
    expect(page.locator(".paste-note")).to_contain_text(
        "Placed by position, because the table has no “North”: check it."
    )


TYPED = [
    "(300,00)",
    "30000,5",
    "1,234.50",
    "(7)",
    "−0.5",
    "USD 5",
    "-",
    "12,34.5",
    "1'234",
    ".5",
    "1.23456",
    "abc",
    "5 €",
]


def as_server_reads(text: str, decimal: str) -> Decimal:
    try:
        return number_in(text, decimal) or Decimal(0)
    except NotANumber:
        return Decimal(0)


@pytest.mark.parametrize("decimal", [".", ","])
def test_totals_read_what_is_typed_as_the_server_does(site, page, draft, complaints, decimal):
    page.goto(f"{site}/costs/?year=2026&decimal={decimal}")
    cell, total = page.get_by_label("Service Aug 2026").first, page.locator('[data-total="row"]').first

    shown = {}
    for text in TYPED:
        cell.fill(text)
        shown[text] = total.inner_text()

    expected = {text: f"{as_server_reads(text, decimal):,.4f}" for text in TYPED}
    assert {
        text: f"{Decimal(total.replace('−', '-').replace(',', '')):,.4f}" for text, total in shown.items()
    } == expected


def addresses(finance) -> dict[str, str]:
    wrong = document() | {"version": 4, "currency": "x"}
    CostModel.objects.create(code="standard", version=4, document=wrong, state=CostModel.State.DRAFT)
    return {
        "new": "/cost-model/new/",
        "editor": "/cost-model/standard/3/edit/",
        "editor with problems": "/cost-model/standard/4/edit/",
        "draft": "/cost-model/standard/4/",
        "differences": "/cost-model/standard/4/differences/3/",
        "costs": "/costs/?year=2026",
    }


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_hinders_anybody(site, page, draft, finance, complaints, colours):
    page.emulate_media(color_scheme=colours)

    for name, address in addresses(finance).items():
        page.goto(site + address)
        findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]
        assert findings == [], name


def test_a_phone_shows_everything_without_scrolling_sideways(site, page, draft, finance):
    page.set_viewport_size({"width": 390, "height": 844})

    for name, address in addresses(finance).items():
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
