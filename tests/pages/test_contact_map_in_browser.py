"""The contact map in a real browser: changed by keyboard and by drag, in light and dark, on a phone, on paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from relationships.models import Action, Contact, Counterpart
from tests.pages.keyboard import press, tab_to
from tests.relationships.test_contact_map import meet, person
from tests.relationships.test_contact_map import portfolio as people  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
URL = "/accounts/N1/contacts/"


@pytest.fixture
def portfolio(transactional_db, people):  # noqa: F811
    meet(people, 3, "Paul", "manager")
    Contact.objects.filter(name="Paul").update(title="Head of purchasing", support=1, email="paul@n1.example")
    return people


def violations(page: Page) -> list:
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]


def refused(page: Page) -> list[str]:
    return page.evaluate("refused")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?view=network", "?view=table", "?view=table&edit=1"])
def test_each_view_is_accessible_and_fits_a_phone(in_browser, page, query, scheme):
    page.emulate_media(color_scheme=scheme)
    in_browser("lead", URL + query)
    assert violations(page) == [] and refused(page) == []

    page.set_viewport_size(PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_of_contacts_is_looked_into_by_anybody_and_on_a_phone(in_browser, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE)
    for rows in ("Paul,paul@n1.example,Owner\nZoe,zoe@n1.example,Buyer\n", "Paul,paul@n1.example,Owner\n,x,\n"):
        in_browser("manager", URL + "import/")
        file = {"name": "c.csv", "mimeType": "text/csv", "buffer": f"name,email,title\n{rows}".encode()}
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Look into it").click()

        expect(page.locator("caption")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert violations(page) == [] and refused(page) == []


def test_lines_join_cards_and_those_under_the_hand_stand_out(in_browser, page):
    in_browser("manager", URL)
    lines = page.locator(".contact-lines path")
    expect(lines).to_have_count(5)  # two counterparts, three who report to somebody

    page.locator(f"#open-{person('Paul').pk}").focus()

    expect(page.locator(".contact-lines path.is-hot")).to_have_count(3)
    assert refused(page) == []


def test_a_contact_dropped_on_another_one_reports_to_it_and_on_a_level_has_it(in_browser, page):
    in_browser("manager", URL)
    paul, kira = person("Paul"), person("Kira")

    page.locator(f"#person-{paul.pk}").drag_to(page.locator(f"#person-{kira.pk}"))
    expect(page.locator(f"#person-{paul.pk}")).to_have_attribute("data-boss", str(kira.pk))
    page.locator(f"#person-{paul.pk}").drag_to(page.locator(".theirs[data-level='2']"))
    expect(page.locator(f".theirs[data-level='2'] #person-{paul.pk}")).to_be_visible()

    paul.refresh_from_db()
    assert (paul.reports_to, paul.level) == (kira, 2)
    assert refused(page) == []


def test_one_of_us_dropped_on_a_contact_becomes_a_counterpart(in_browser, page, portfolio):
    in_browser("manager", URL)
    kira, lead = person("Kira"), portfolio.user("lead")
    expect(page.locator(f"#gap-{kira.pk}")).to_be_visible()

    page.locator(f"#ours-{lead.pk}").drag_to(page.locator(f"#person-{kira.pk}"))

    expect(page.locator(f"#gap-{kira.pk}")).to_have_count(0)
    assert Counterpart.objects.filter(contact=kira, user=lead, kind="sales").exists()


def test_a_drag_over_a_change_of_somebody_else_asks_first(in_browser, page):
    in_browser("manager", URL)
    paul = person("Paul")
    Contact.objects.filter(pk=paul.pk).update(level=5, revision=2)

    page.locator(f"#person-{paul.pk}").drag_to(page.locator(".theirs[data-level='2']"))

    expect(page.get_by_role("alert")).to_contain_text("somebody has changed level of Paul meanwhile")
    page.get_by_role("button", name="Take mine").click()
    expect(page.locator(f".theirs[data-level='2'] #person-{paul.pk}")).to_be_visible()


def test_everything_is_changed_by_keyboard(in_browser, page):
    in_browser("manager", URL)
    tab_to(page, "Paul")
    page.keyboard.press("Alt+ArrowUp")
    paul = page.locator(f"[data-drawn] .theirs[data-level='4'] #open-{person('Paul').pk}")
    expect(paul).to_be_focused()  # the hand stays on the card
    page.keyboard.press("Enter")
    expect(page.locator("#panel-dialog")).to_be_visible()
    tab_to(page, "Influence")
    page.keyboard.press("Control+a")
    page.keyboard.type("9")
    press(page, "Save")
    expect(page.get_by_text("Paul is saved")).to_be_visible()

    page.goto(page.url + "?view=table&edit=1")
    tab_to(page, "Buying role: Kira")
    page.keyboard.type("Decides")
    with page.expect_response(lambda answer: answer.request.method == "GET" and "view=table" in answer.url):
        page.keyboard.press("Tab")
    page.reload()
    expect(page.locator(f"#buying_role-{person('Kira').pk}")).to_have_value("decider")
    assert (person("Paul").level, person("Paul").influence, person("Kira").buying_role) == (4, 9, "decider")


def test_a_contact_opens_at_the_name_and_is_not_closed_over_what_was_typed(in_browser, page):
    in_browser("manager", URL)
    panel = page.locator("#panel-dialog")
    page.locator(f"[data-drawn] #open-{person('Paul').pk}").press("Enter")

    expect(panel.get_by_role("heading", level=2)).to_have_text("Paul")
    expect(panel.get_by_label("Name")).to_be_focused()
    expect(panel).to_contain_text("−2 is against us, 2 speaks for us.")
    assert "---" not in panel.inner_text()
    page.keyboard.type("Paul Newman")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("alert")).to_contain_text("not saved")
    panel.get_by_role("button", name="Throw it away").press("Enter")
    expect(panel).to_be_hidden()
    assert person("Paul").name == "Paul"


def test_a_finding_becomes_an_action_by_keyboard(in_browser, page):
    in_browser("member", URL)
    tab_to(page, "Find a counterpart for Kira")
    page.keyboard.press("Enter")
    press(page, "Make it an action")

    expect(page.get_by_text("Under way: Find a counterpart for Kira")).to_be_visible()
    assert Action.objects.get().customer_owner == person("Kira")


def test_without_scripts_a_contact_is_changed_as_well(live_server, portfolio, browser):
    client = Client()
    client.force_login(portfolio.user("manager"))
    cookie = {"name": "session", "value": client.cookies["session"].value, "url": live_server.url}
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}{URL}?view=table&edit=1")

    page.locator(f"#level-{person('Paul').pk}").select_option("2")
    page.locator(f"#row-{person('Paul').pk} form:has(#level-{person('Paul').pk}) button").click()

    assert page.url.endswith("?view=table&edit=1")
    assert person("Paul").level == 2
    context.close()


def test_the_printed_map_has_its_lines_and_nothing_to_click(in_browser, page):
    in_browser("lead", URL)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    expect(page.locator(".contact-chart.is-printed .contact-lines path")).to_have_count(5)
    for part in (".drag-hint", ".page-actions", "#levels"):
        expect(page.locator(part).first).not_to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_findings_beyond_the_first_fold_under_their_number(in_browser, page, monkeypatch):
    monkeypatch.setattr("relationships.views.contact_map.MOST_OPEN", 1)
    in_browser("lead", URL)
    findings = page.locator("#findings")
    told = int(findings.locator("h2").inner_text().split()[0])

    findings.get_by_text(f"{told - 1} more", exact=True).click()

    expect(findings.locator(".finding-item:visible")).to_have_count(told)
