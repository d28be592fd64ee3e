"""The board of senior management and the pages of the programme in a real browser: a keyboard is enough, nothing
hinders anybody, and the board is one sheet of paper."""

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Account, Decision
from profitability.models import MonthResult, Result, Run
from relationships.core.competence import COMPETENCES
from relationships.models import Competence, Plan, PlanVersion, Position, ProgrammeCost
from tests.factories import a_portfolio
from tests.pages.keyboard import press, tab_to

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "board": "/",
    "two dates": "/?then={earlier}",
    "programme": "/programme/",
    "costs": "/programme/costs/?year=2026",
    "competences": "/programme/competences/",
    "a person": "/programme/people/{manager}/",
    "an account": "/accounts/N1/competences/",
}


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    manager, executive, now = made.user("manager"), made.user("executive"), timezone.now()
    common = {"outcome": "admit", "reason": "Large, and it grows", "proposed_by": manager, "proposed_on": "2025-11-01"}
    for code in ("N1", "S1"):
        approved = {"state": "approved", "decided_by": executive, "decided_on": "2025-12-01"}
        Decision.objects.create(account=made.accounts[code], review_on="2027-03-01", **common, **approved)
    Decision.objects.create(account=made.accounts["N3"], review_on="2027-03-01", **common)
    plan = Plan.objects.create(
        account=made.accounts["N1"], state=Plan.State.IN_REVIEW, from_on=date(2026, 1, 1), until_on=date(2028, 12, 31),
        created_by=manager,
    )  # fmt: skip
    PlanVersion.objects.create(
        plan=plan, number=1, document={}, note="First plan", submitted_at=now, submitted_by=manager
    )
    for month in (202601, 202602):
        ProgrammeCost.objects.create(month=month, kind="people", amount=500, changed_at=now, changed_by=executive)
    Competence.objects.bulk_create(
        Competence(user=manager, competence=code, level=6, assessed_on=date(2026, 2, 1), changed_at=now)
        for code in COMPETENCES
    )
    a_year_before(made)
    return made


def a_year_before(made) -> None:
    Run.objects.filter(pk=made.earlier.pk).update(month_from=202501, month_to=202502)
    MonthResult.objects.filter(run=made.earlier).update(month=F("month") - 100)
    Position.objects.filter(run=made.earlier, account__code="N3").update(box="strategic", relationship_strength=8)


def address(portfolio, name: str) -> str:
    return PAGES[name].format(earlier=portfolio.earlier.pk, manager=portfolio.user("manager").pk)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_anybody_and_nothing_is_refused(portfolio, in_browser, page, name, colours):
    page.emulate_media(color_scheme=colours)
    in_browser("executive", address(portfolio, name))

    findings = [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]

    assert findings == []
    assert page.evaluate("refused") == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_everything_without_scrolling_sideways(portfolio, in_browser, page, name):
    page.set_viewport_size({"width": 390, "height": 844})

    in_browser("executive", address(portfolio, name))

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_decisions_and_plans_are_approved_in_place_by_keyboard(portfolio, in_browser, page):
    in_browser("executive", "/")
    page.get_by_role("heading", name="2 decisions needed").wait_for()

    press(page, "Approve: Account N3")
    page.get_by_text("Approved: Account N3").wait_for()
    expect(page.locator("*:focus")).to_have_text("Plan, version 1: Account N1")
    press(page, "Return: Account N1")
    page.locator("p", has_text="Account N1: Say what is to be changed.").wait_for()
    expect(page.locator("*:focus")).to_have_attribute("aria-label", "Answer: Account N1")
    page.reload()
    tab_to(page, "Answer: Account N1")
    page.keyboard.type("Say what it costs")
    press(page, "Return: Account N1")
    page.get_by_text("Returned: plan of Account N1").wait_for()

    assert page.get_by_text("No proposal waits for a decision.").is_visible()
    assert Decision.objects.get(account__code="N3").state == "approved"
    assert PlanVersion.objects.get().state == PlanVersion.State.RETURNED


@pytest.mark.parametrize("where", ["/", "/accounts/N3/decisions/"])
def test_enter_after_a_reason_decides_nothing(portfolio, in_browser, page, where):
    in_browser("executive", where)

    tab_to(page, "Answer")
    page.keyboard.type("Too early")
    page.keyboard.press("Enter")
    press(page, "Decline: Account N3")
    page.get_by_text("Declined: Account N3").wait_for()

    assert Decision.objects.get(account__code="N3").answer == "Too early"


def test_two_dates_are_chosen_by_keyboard_and_drawn_with_arrows(portfolio, in_browser, page):
    in_browser("executive", "/")
    tab_to(page, "Compare with")
    page.keyboard.press("ArrowDown")
    press(page, "Apply")
    page.get_by_role("heading", name="1 account changed its box").wait_for()

    assert f"then={portfolio.earlier.pk}" in page.url
    page.locator("#whale svg").get_by_text("Jan 2025–Feb 2025").wait_for()
    arrows = page.get_by_label("Arrows: other box than in Jan 2025–Feb 2025")
    arrows.wait_for()
    assert arrows.is_checked()


# Where a curve runs through the letters of a chart, as points of it
STRUCK = """() => {
    const letters = [...document.querySelectorAll("#whale svg text")].map(each => each.getBoundingClientRect());
    const drawn = [...document.querySelectorAll("#whale svg path[fill=none]")];
    const curves = drawn.filter(each => each.getBBox().height > 20 && each.getBBox().width > 100);
    return curves.flatMap(curve => Array.from({ length: 400 }, (_, step) => {
        const at = curve.getPointAtLength(curve.getTotalLength() * step / 400).matrixTransform(curve.getScreenCTM());
        return letters.some(box => at.x > box.left && at.x < box.right && at.y > box.top + 2 && at.y < box.bottom - 2);
    })).filter(Boolean).length;
}"""


@pytest.mark.parametrize("share", [0.9, 0.97, 1.03, 1.1])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_curve_runs_through_the_words_of_the_chart(portfolio, in_browser, page, share, width):
    Result.objects.filter(run=portfolio.earlier).update(contribution=F("contribution") * share)
    page.set_viewport_size({"width": width, "height": 900})
    in_browser("executive", address(portfolio, "two dates"))
    page.locator("#whale svg").get_by_text(re.compile("^Peak")).wait_for()

    assert page.locator("#whale svg path[stroke-dasharray]").count() > 0
    assert page.evaluate(STRUCK) == 0


@pytest.mark.parametrize("name", ["board", "two dates"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_board_is_one_landscape_page_that_shows_everything(portfolio, in_browser, page, name, width):
    Account.objects.filter(code="N3").update(name="A company whose name takes a whole line and then some more of it")
    page.set_viewport_size({"width": width, "height": 900})
    in_browser("executive", address(portfolio, name))
    page.locator("#matrix svg").wait_for()
    expect(page.locator(".board-late")).to_have_count(0)  # every panel has come

    for paper in ("A4", "Letter"):
        printed = page.pdf(format=paper, landscape=True)
        assert len(re.findall(rb"/Type /Page\b", printed)) == 1, paper

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1062, "height": 733})  # A4 within its margins
    right = page.locator(".overview").bounding_box()
    for part in ("matrix", "whale", "concentration", "balance", "strip", "losses", "changes", "decisions", "company"):
        box = page.locator(f".overview-{part}").bounding_box()
        assert box["width"] > 150 and box["height"] > 20, part
        assert box["x"] + box["width"] <= right["x"] + right["width"] + 1, part


def test_costs_are_typed_pasted_and_saved_by_keyboard(portfolio, in_browser, page):
    in_browser("executive", "/programme/costs/?year=2026")
    tab_to(page, "Travel Jan 2026")
    page.keyboard.type("120.50")
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/plain", "1\\t2\\n3\\t4");
        document.getElementById("tools:202601").focus();
        document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        );
    }""")
    press(page, "Save")
    page.get_by_text("5 cells saved.").wait_for()

    stored = ProgrammeCost.objects.exclude(kind="people").order_by("kind", "month")
    assert [(row.kind, row.month, row.amount) for row in stored] == [
        ("management", 202601, 3), ("management", 202602, 4), ("tools", 202601, 1), ("tools", 202602, 2),
        ("travel", 202601, 120.5),
    ]  # fmt: skip


def test_sums_of_costs_follow_each_key_and_paste_after_a_refusal_too(portfolio, in_browser, page):
    in_browser("executive", "/programme/costs/?year=2026")
    whole = page.locator("[data-total=all]")
    expect(whole).to_have_text("1,000.00")

    page.get_by_label("Travel Jan 2026").fill("120.50")
    expect(whole).to_have_text("1,120.50")
    page.get_by_label("Travel Feb 2026").fill("abc")
    press(page, "Save")
    page.get_by_role("link", name="Travel, Feb 2026").wait_for()
    expect(whole).to_have_text("1,120.50")
    page.get_by_label("Travel Feb 2026").fill("9.5")
    expect(whole).to_have_text("1,130.00")
    page.get_by_label("Tools Jan 2026").focus()
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/plain", "1\\t2\\n3\\t4");
        document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        );
    }""")

    expect(whole).to_have_text("1,140.00")


def test_a_lead_assesses_a_person_by_keyboard(portfolio, in_browser, page):
    in_browser("lead", address(portfolio, "a person"))
    tab_to(page, "Financial insight, 0 to 10")
    page.keyboard.type("9")
    press(page, "Save")
    page.get_by_text("1 level saved.").wait_for()

    assert Competence.objects.filter(competence="finance").latest("pk").level == 9
