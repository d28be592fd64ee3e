import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Account, Import, User
from tests.servers import wait_until
from tests.uploading import check, draft

LINES = "Invoice,Date,Customer,Item,Qty,Price\nC1,2026-01-05,A1,P1,2,5.00\nC1,2026-02-30,A1,P2,NaN,7.50\n"
CSV = {"name": "accounts.csv", "mimeType": "text/csv", "buffer": b"code,name,country\nA1,Alpha,DE\nA2,Beta,FR\n"}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def signed_in(transactional_db) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance", "pw"))
    return client


@pytest.fixture
def site(live_server, signed_in, context):
    """The address of the site, for a browser in which the finance analyst is signed in."""
    session = signed_in.cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
    return live_server.url


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: errors of scripts, and whatever the security policy forbids."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    return found


def barriers(page: Page) -> list[str]:
    """What axe finds."""
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in Axe().run(page).response["violations"]]


def is_wider_than_the_screen(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_a_file_goes_in_by_way_of_a_real_worker(site, page, worker, complaints):
    worker()

    page.goto(f"{site}/imports/")
    page.get_by_label("File: drag it onto this page").set_input_files(CSV)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("country", exact=True)).to_have_value("country")
    page.get_by_role("button", name="Check the file").first.click()
    expect(page.locator(".verdict-finding")).to_have_text("The file can go in: 2 to add.")
    expect(page.locator("#announcer")).to_have_text("The file can go in: 2 to add.")
    assert not Account.objects.exists()
    page.get_by_role("button", name="Import now").click()
    expect(page.locator(".verdict-finding")).to_have_text("Imported: 2 added.")

    assert Account.objects.count() == 2
    expect(page.get_by_role("button", name="Recompute now")).to_be_visible()
    assert complaints == []


def test_the_way_needs_no_scripts(live_server, signed_in, worker, browser):
    worker()
    context = browser.new_context(java_script_enabled=False)
    session = signed_in.cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
    page = context.new_page()

    def look_again_until(sentence: str) -> None:
        look_again = page.get_by_role("link", name="Look again")
        wait_until(lambda: page.get_by_text(sentence).count() or look_again.click(), what=sentence)

    page.goto(f"{live_server.url}/imports/")
    page.locator("input[type=file]").set_input_files(CSV)
    page.get_by_role("button", name="Upload").click()
    look_again_until("Which column is which")
    page.get_by_role("button", name="Check the file").first.click()
    look_again_until("The file can go in")
    page.get_by_role("button", name="Import now").click()
    look_again_until("Imported: 2 added.")

    assert Account.objects.count() == 2
    context.close()


def test_the_columns_are_chosen_by_keyboard_alone(site, page, signed_in):
    made = draft(signed_in, "Nummer,Firma\nA1,Alpha\n", "kunden.csv", kind="accounts")
    page.goto(f"{site}/imports/{made.pk}/")

    page.get_by_label("Nummer").focus()
    page.keyboard.type("code")
    page.keyboard.press("Tab")
    page.keyboard.type("name")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    for _time in range(20):
        page.keyboard.press("Tab")
        if "Check the file" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")

    expect(page.locator(".verdict-finding")).to_have_text("Waiting for its turn.")
    made.refresh_from_db()
    assert made.mapping["columns"] == {"code": "Nummer", "name": "Firma"}


def test_a_file_dropped_anywhere_on_the_page_is_chosen(site, page):
    page.goto(f"{site}/imports/")

    page.evaluate("""() => {
        const dropped = new DataTransfer();
        dropped.items.add(new File(["code,name"], "accounts.csv"));
        const options = {bubbles: true, cancelable: true, dataTransfer: dropped};
        for (const type of ["dragenter", "dragover", "drop"])
            document.querySelector("h1").dispatchEvent(new DragEvent(type, options));
    }""")

    assert page.evaluate("document.querySelector('[data-drop] input').files[0].name") == "accounts.csv"


def test_a_file_that_is_too_large_is_told_before_it_is_sent(site, page, settings):
    settings.IMPORT_MAX_BYTES = 1000
    page.goto(f"{site}/imports/")

    page.locator("[data-drop] input").set_input_files(CSV)
    page.get_by_role("button", name="Upload").click()

    assert "larger than 0 MB" in page.evaluate("document.querySelector('[data-drop] input').validationMessage")
    assert not Import.objects.exists()


@pytest.fixture
def addresses(signed_in) -> dict[str, str]:
    """One page of each sort."""
    columns = draft(signed_in, LINES, "march.csv")
    unreadable = draft(signed_in, "code,name\nA1,Müller\n".encode("cp1252"))
    refused = check(signed_in, draft(signed_in, LINES, "march.csv"))
    fine = check(signed_in, draft(signed_in))
    made = {"columns": columns, "unreadable": unreadable, "refused": refused, "fine": fine}
    return {"list": "/imports/", **{name: f"/imports/{record.pk}/" for name, record in made.items()}}


def test_axe_finds_nothing_by_light_and_by_dark(site, page, addresses, complaints):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for name, address in addresses.items():
            page.goto(site + address)
            for summary in page.locator("details.more > summary").all():
                summary.click()

            assert barriers(page) == [], (scheme, name)
    assert complaints == []


def test_every_page_fits_a_phone(site, page, addresses):
    page.set_viewport_size(PHONE)

    for name, address in addresses.items():
        page.goto(site + address)

        assert not is_wider_than_the_screen(page), name
        assert barriers(page) == [], name
