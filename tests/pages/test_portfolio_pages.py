"""The portfolio pages in a real browser: signing in, keyboard, phone, paper, themes, hostile names."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Account, Team
from relationships.models import Position
from tests.factories import PASSWORD, a_portfolio

pytestmark = pytest.mark.django_db(transaction=True)

WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
"""
PAGES = [
    ("manager", "/"),
    ("member", "/"),
    ("executive", "/"),
    ("finance", "/"),
    ("admin", "/"),
    ("manager", "/accounts/?segment=growth"),
    ("manager", "/accounts/?q=nothing-like-it"),
    ("manager", "/accounts/N3/"),
    ("member", "/accounts/N6/"),
    ("finance", "/matrix/"),
    ("manager", "/search/?q=account"),
    ("manager", "/glossary/"),
    ("manager", "/accounts/XX/"),
]
NAMES = [f"{who} {path}" for who, path in PAGES]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "\"' onmouseover='alert(3)' x=\"",
    "{{ 7*7 }} ${7*7} `alert(4)`",
    "&lt;b&gt; <!-- ]]> \\u003cscript\\u003e",
]
ON_BUBBLES = """() => {
  const drawing = document.querySelector("#matrix svg");
  const names = [...drawing.querySelectorAll("text")].filter(({ textContent }) => textContent.startsWith("Account "));
  const bubbles = [...drawing.querySelectorAll("path")].map((path) => path.getBoundingClientRect())
    .filter(({ width, height }) => width >= 8 && width < 90 && Math.abs(width - height) < 1);
  const isOn = (name, { left, right, top, bottom }) => {
    const across = Math.max(name.left - (left + right) / 2, 0, (left + right) / 2 - name.right);
    const down = Math.max(name.top - (top + bottom) / 2, 0, (top + bottom) / 2 - name.bottom);
    return Math.hypot(across, down) < (right - left) / 2 - 2;
  };
  const covered = names.filter((name) => bubbles.some((bubble) => isOn(name.getBoundingClientRect(), bubble)));
  return { names: names.length, covered: covered.map(({ textContent }) => textContent) };
}"""
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def portfolio(transactional_db):
    cache.clear()
    return a_portfolio()


@pytest.fixture
def complaints(page) -> list[str]:
    """What the browser complains of: errors of scripts, of the console, and dialogs that somebody's name opened."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: (found.append(dialog.message), dialog.dismiss()))
    page.add_init_script(WATCH)
    return found


@pytest.fixture
def visit(portfolio, live_server, page, complaints):
    """`visit("manager", "/accounts/")`: the page, opened by somebody who is signed in, with its charts drawn."""

    def opened(who: str, address: str):
        client = Client()
        client.force_login(portfolio.user(who))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + address)
        for chart in page.locator("div[data-chart]").all():
            chart.locator("svg").first.wait_for()
        return page

    return opened


def barriers(page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], node["html"]) for each in found for node in each["nodes"]]


def sideways(page) -> int:
    """By how much the page is wider than the screen."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name")


def tab_to(page, name: str) -> None:
    """Press Tab until the element with that text has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"Tab never reaches “{name}”")


@pytest.mark.parametrize(("who", "path"), PAGES, ids=NAMES)
def test_no_page_hinders_anybody(visit, page, complaints, who, path):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in ({"width": 1440, "height": 900}, PHONE):
            page.set_viewport_size(size)
            visit(who, path)

            assert barriers(page) == [], (scheme, size)
            assert sideways(page) == 0, (scheme, size)
            assert page.evaluate("refused") == []
    missing = ["404 (Not Found)" in each for each in complaints] if path.endswith("/XX/") else []
    assert len(complaints) == sum(missing), complaints


def test_the_sign_in_page_hinders_nobody_and_says_what_is_wrong(portfolio, live_server, page, complaints):
    page.goto(f"{live_server.url}/accounts/N1/")
    assert page.url == f"{live_server.url}/sign-in/?next=/accounts/N1/"
    assert barriers(page) == []

    page.get_by_label("E-mail").fill("manager@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_have_text("This e-mail and password do not match. Check both and try again.")
    assert barriers(page) == []
    assert page.evaluate("refused") == []
    assert complaints == []


def test_by_keyboard_alone_from_signing_in_to_the_activity_behind_a_cost(portfolio, live_server, page, complaints):
    page.goto(live_server.url)
    page.keyboard.type("manager@example.com")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Nothing needs you today").wait_for()
    page.get_by_text("2 of 6 active accounts lose money").wait_for()

    tab_to(page, "Skip to content")
    page.keyboard.press("Enter")
    tab_to(page, "Account N3")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Account N3").wait_for()

    tab_to(page, "Visits")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/N3/activities/visits/")
    assert "22,500.00" in page.get_by_role("heading", level=1).inner_text()
    assert complaints == []


def test_a_slash_searches(visit, page):
    visit("manager", "/matrix/")

    page.keyboard.press("/")
    page.keyboard.type("n5")
    page.keyboard.press("Enter")

    page.wait_for_url("**/accounts/N5/")


def test_the_palette_goes_to_pages_and_searches(visit, page):
    visit("manager", "/")
    page.keyboard.press("Control+k")
    page.keyboard.type("matr")
    page.keyboard.press("Enter")
    page.wait_for_url("**/matrix/")

    page.keyboard.press("Control+k")
    page.keyboard.type("account n4")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/N4/")

    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/accounts/")


def test_the_keyboard_reaches_every_bubble_of_the_matrix(visit, page):
    visit("finance", "/matrix/")
    points = page.locator(".chart-points a")
    assert points.count() == 10
    assert points.first.inner_text().startswith(
        "Account S1, Strategic · firmness unknown, Net revenue: $600,000.00, Contribution: $70,000.00"
    )

    points.first.focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    assert focused(page).startswith("Account S5,")  # the smallest
    page.keyboard.press("Enter")

    page.get_by_role("link", name="Account S5").first.wait_for()
    page.wait_for_url("**/matrix/?account=S5")


def test_a_member_reads_why_there_is_no_picture_and_sees_the_boxes(visit, page):
    visit("member", "/matrix/")

    assert "attractiveness may be calculated from profit" in page.locator("main").inner_text()
    assert page.locator("main .box-chip").count() > 4
    assert page.locator("#matrix").count() == 0


def test_a_bubble_tells_of_its_account(visit, page):
    visit("manager", "/matrix/?q=N3")
    box = page.locator("#matrix svg").bounding_box()

    # 3 across and 6 up of ten; the plot has margins of 44 and 10, 6 and 42
    page.mouse.click(box["x"] + 44 + 0.3 * (box["width"] - 54), box["y"] + 6 + 0.4 * (box["height"] - 48))

    page.locator("#matrix-account").get_by_role("link", name="Account N3").click()
    page.wait_for_url("**/accounts/N3/")


def test_a_chart_can_be_read_as_a_table(visit, page):
    visit("manager", "/accounts/N3/")

    page.locator("figure", has=page.locator("#waterfall")).get_by_text("Show as table").click()

    rows = page.locator("figure", has=page.locator("#waterfall")).locator("tbody tr")
    expect(rows.last).to_contain_text("−$15,000.00")
    expect(rows.last).to_contain_text("−12.5%")  # of net revenue, as the statement beside it says
    assert "−$0" not in page.locator("#waterfall").inner_text()


def test_filters_stand_in_one_row_and_apply_when_chosen(visit, page):
    page.set_viewport_size({"width": 1440, "height": 900})
    visit("manager", "/accounts/?order=name")
    shown = ".filter-bar :is(input[type=text], select, button, summary):visible"
    controls = page.locator(shown).all()

    bottoms = [round(control.bounding_box()["y"] + control.bounding_box()["height"]) for control in controls]
    assert len(controls) == 8
    assert max(bottoms) - min(bottoms) <= 1
    page.get_by_label("Segment").select_option("growth")
    page.get_by_role("button", name="Apply").click()

    page.wait_for_url("**/accounts/?segment=growth*")
    page.get_by_text("More filters").click()
    page.get_by_label("Country").select_option("AT")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Remove Country: AT").click()
    page.get_by_role("link", name="Remove Segment: growth").click()
    page.wait_for_url(re.compile(r"/accounts/\?(order=name)?$"))


def test_a_phone_folds_the_filters_and_keeps_the_figure_beside_the_name(visit, page):
    page.set_viewport_size(PHONE)
    visit("manager", "/accounts/")
    assert not page.get_by_label("Segment").is_visible()

    page.get_by_role("button", name="Filters").click()
    assert page.get_by_label("Segment").is_visible()
    row = page.locator("tbody tr", has_text="Account N3")
    name, figure = row.locator("th").bounding_box(), row.get_by_text("−15,000.00").bounding_box()

    assert abs(name["y"] - figure["y"]) < 12
    assert figure["x"] + figure["width"] > 360
    assert page.locator(".bottom-bar").is_visible()


def test_on_paper_there_is_nothing_to_click_and_the_run_stands_under_the_title(visit, page):
    visit("manager", "/accounts/N3/")
    page.emulate_media(media="print")

    for gone in (".side", ".top-bar", ".page-actions", ".bottom-bar", ".chart-table > summary", ".help"):
        assert [each for each in page.locator(gone).all() if each.is_visible()] == [], gone
    for kept in ("h1", ".run-line", "#waterfall", "#cost-to-serve table"):
        assert page.locator(kept).first.is_visible(), kept
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("size", [{"width": 1400, "height": 900}, {"width": 1920, "height": 1080}, PHONE])
def test_the_home_of_senior_management_is_one_landscape_page_with_whole_charts(visit, page, size):
    page.set_viewport_size(size)
    visit("executive", "/?whole=1")

    for paper in ("A4", "Letter"):
        printed = page.pdf(format=paper, landscape=True)
        assert len(re.findall(rb"/Type /Page\b", printed)) == 1, paper

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for name in ("matrix", "whale"):
        chart, drawing = page.locator(f"#{name}"), page.locator(f"#{name} svg").first
        assert drawing.get_attribute("viewBox") is not None
        assert drawing.bounding_box()["height"] <= chart.bounding_box()["height"] + 1
    for box in ("Strategic", "Star", "Status", "Streamline"):
        assert page.locator("#matrix svg text", has_text=re.compile(f"^{box}$")).count() == 1


def test_no_name_in_the_matrix_lies_on_another_bubble(visit, page):
    page.set_viewport_size({"width": 1400, "height": 900})
    visit("finance", "/matrix/")

    named = page.evaluate(ON_BUBBLES)

    assert named["names"] > 0
    assert named["covered"] == []


def test_names_are_text_wherever_they_appear(portfolio, visit, page, complaints):
    for code, name in zip(("N1", "N2", "N3", "N4", "N5"), HOSTILE, strict=True):
        Account.objects.filter(code=code).update(name=name, segment=name[:90], country=name[:90], city=name[:90])
    Team.objects.update(name=HOSTILE[0])
    Position.objects.filter(account__code="N3").update(
        scores=[{"axis": "relationship", "code": "x", "name": HOSTILE[1], "weight": 1.0, "kind": "judged",
                 "measure": None, "score": 5, "raters": 1, "spread": None, "perspective": "", "latest_on": None}]
    )  # fmt: skip

    for who, path in PAGES:
        visit(who, path.replace("segment=growth", "segment=" + HOSTILE[0]))
        for hover in page.locator("svg").all()[:3]:
            hover.hover(force=True)
        assert page.evaluate("refused") == [], path
        assert page.locator("img[src=x]").count() == 0, path
    visit("finance", "/matrix/")
    page.locator(".chart-points a").nth(1).focus()  # its tooltip
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert [each for each in complaints if "404" not in each] == []
    visit("manager", "/accounts/N2/")
    assert page.get_by_role("heading", level=1).inner_text() == HOSTILE[1]


def test_the_theme_is_chosen_and_kept(visit, page):
    visit("manager", "/")
    page.get_by_label("Theme").click()
    page.get_by_role("button", name="Dark").click()

    visit("manager", "/accounts/")

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"
