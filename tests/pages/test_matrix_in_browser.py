"""The matrix in a real browser: by hand and by keyboard, through time, with other weights, with 2,000 bubbles."""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from relationships.core import scoring
from relationships.core.matrix import BOXES
from relationships.models import CriteriaSet, Forecast, Position
from tests.factories import MONTHS
from tests.pages.test_lists import many
from tests.pages.test_portfolio_pages import (  # noqa: F401  fixtures
    PHONE,
    barriers,
    complaints,
    portfolio,
    sideways,
    visit,
)

pytestmark = pytest.mark.django_db(transaction=True)

STAGES = ["exploratory", "basic", "co-operative", "interdependent", "integrated"]
ANCHORS = {"kind": "judged", "anchors": {"0": "none", "5": "some", "10": "full"}}
TWO = {"trust": (60, {"N1": 9, "N2": 6, "N3": 2, "N4": 8, "N5": 4}),
       "price": (40, {"N1": 3, "N2": 5, "N3": 9, "N4": 4, "N5": 4})}  # fmt: skip
UP = {"N1": 8, "N2": 7, "N3": 6, "N4": 3, "N5": 2}
BOX_NAMES = {"strategic": "Strategic", "status": "Status", "star": "Star", "streamline": "Streamline"}


@pytest.fixture
def weighed(portfolio):  # noqa: F811
    """Five accounts of the team whose strength rests on two criteria."""
    document = CriteriaSet.objects.get().document
    document["attractiveness"] = [document["attractiveness"][0] | ANCHORS]
    document["relationship"] = [
        {"code": code, "name": code, "weight": weight} | ANCHORS for code, (weight, _) in TWO.items()
    ]
    placed = CriteriaSet.objects.create(code="default", version=2, document=document | {"version": 2})
    Position.objects.update(criteria_set=placed)
    for code, up in UP.items():
        strength = sum(Decimal(weight * scores[code]) for weight, scores in TWO.values()) / 100
        rows = [{"axis": "relationship", "code": name, "weight": float(weight), "score": scores[code], "kind": "judged",
                 "name": name, "measure": None} for name, (weight, scores) in TWO.items()]  # fmt: skip
        rows.append({"axis": "attractiveness", "code": "potential", "weight": 100.0, "score": up, "kind": "judged",
                     "name": "potential", "measure": None})  # fmt: skip
        box = BOXES[up >= 5, strength >= 5]
        Position.objects.filter(run=portfolio.run, account__code=code).update(
            scores=rows, relationship_strength=strength, attractiveness=up, box=box, stability="0.95"
        )
    return portfolio


def spot(page, code: str) -> tuple[float, float]:
    """Where a bubble lies on the screen."""
    sent = json.loads(page.locator("#matrix-data").text_content())
    row = next(point for point in sent["points"] if point[0] == code)
    box = page.locator("#matrix svg").bounding_box()
    across, up = row[16] / 10, row[3] / 10
    return box["x"] + 44 + across * (box["width"] - 54), box["y"] + 6 + (1 - up) * (box["height"] - 48)


def test_a_chosen_account_is_told_beside_the_chart_and_stands_in_the_address(visit, page, portfolio):  # noqa: F811
    Position.objects.filter(run=portfolio.run, account__code="N3").update(stability="0.93")
    visit("manager", "/matrix/")

    page.mouse.click(*spot(page, "N3"))

    panel = page.locator("#matrix-account")
    expect(panel.get_by_role("link", name="Account N3")).to_be_visible()
    expect(panel).to_contain_text("holds in 93.0 % of weightings")
    expect(page).to_have_url(re.compile(r"\?account=N3$"))
    page.go_back()
    expect(panel).to_be_hidden()
    page.go_forward()
    expect(panel).to_contain_text("Account N3")


def test_the_keyboard_goes_to_the_nearest_bubble_chooses_it_and_leaves(visit, page):  # noqa: F811
    visit("manager", "/matrix/")
    page.locator(".chart-points a").first.focus()
    first = page.evaluate("document.activeElement.textContent")

    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") != first
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("#matrix-account")).to_contain_text(first.split(",")[0])

    page.keyboard.press("Escape")
    expect(page.locator("#matrix-account")).to_be_hidden()


def test_the_keyboard_goes_on_from_a_bubble_chosen_by_hand(visit, page):  # noqa: F811
    visit("manager", "/matrix/")
    page.mouse.click(*spot(page, "N3"))
    focused = page.locator(".chart-points a", has_text="Account N3")
    expect(focused).to_be_focused()
    expect(page.locator("#matrix-account")).to_contain_text("Account N3")

    page.locator("#matrix-account").get_by_role("button", name="Close").focus()
    page.keyboard.press("Escape")

    expect(page.locator("#matrix-account")).to_be_hidden()
    expect(focused).to_be_focused()


def test_back_draws_the_account_before_without_loading_the_page(visit, page):  # noqa: F811
    visit("manager", "/matrix/")
    page.evaluate("window.stays = true")
    page.mouse.click(*spot(page, "N3"))
    page.get_by_role("button", name="Potential").click()
    page.mouse.click(*spot(page, "N1"))
    expect(page.locator("#matrix-account")).to_contain_text("Account N1")

    page.go_back()

    expect(page.locator("#matrix-account")).to_contain_text("Account N3")
    expect(page).to_have_url(re.compile(r"\?account=N3&show=potential$"))
    page.go_back()
    expect(page.locator("#matrix-account")).to_be_hidden()
    expect(page.get_by_role("button", name="Potential")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.stays")


def test_back_returns_from_the_stages_and_from_an_older_run_within_the_matrix(visit, page, portfolio):  # noqa: F811
    type(portfolio.earlier).objects.filter(pk=portfolio.earlier.pk).update(month_to=MONTHS[0])
    visit("manager", "/matrix/")
    stages = page.get_by_role("button", name="2 × 5 stages")
    stages.click()
    stages.click()  # nothing new: nothing to return from
    page.get_by_label("Run of").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(f"view=stages&run={portfolio.earlier.pk}"))
    page.keyboard.press("ArrowRight")  # the same stretch: still one step
    expect(page).to_have_url(re.compile(f"view=stages&run={portfolio.run.pk}"))

    page.go_back()

    expect(page).to_have_url(re.compile(r"\?view=stages$"))
    expect(stages).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page).to_have_url(re.compile("/matrix/$"))
    expect(stages).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#matrix svg text", has_text="Exploratory")).to_have_count(0)


def test_five_stages_are_columns_and_the_choice_stays_with_the_filters(visit, page, portfolio):  # noqa: F811
    for place, code in enumerate(("N1", "N2", "N3", "N4", "N5")):
        Position.objects.filter(run=portfolio.run, account__code=code).update(stage=STAGES[place])
    visit("manager", "/matrix/")

    page.get_by_role("button", name="2 × 5 stages").click()

    for name in ("Exploratory · 1", "Basic · 1", "Interdependent · 1", "Disintegrating · 0"):
        expect(page.locator("#matrix svg text", has_text=name)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?view=stages$"))
    page.get_by_label("Segment").select_option("growth")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("(?=.*segment=growth)(?=.*view=stages)"))
    expect(page.get_by_role("button", name="2 × 5 stages")).to_have_attribute("aria-pressed", "true")


def test_switches_stay_in_the_address_and_draw_what_they_say(visit, page, portfolio):  # noqa: F811
    Forecast.objects.create(
        account=portfolio.accounts["N3"], attractiveness=9, relationship_strength=9,
        horizon_on=datetime(2029, 2, 28, tzinfo=UTC).date(), stated_on=datetime(2026, 2, 1, tzinfo=UTC).date(),
        stated_by=portfolio.user("manager"),
    )  # fmt: skip
    visit("manager", "/matrix/")
    before = page.locator("#matrix svg path").count()

    for name in ("Potential", "Movement", "Trail", "Forecast", "Buyer’s view", "Raters"):
        page.get_by_role("group", name="Show for all").get_by_role("button", name=name).click()

    expect(page).to_have_url(re.compile("show=potential,movement,trail,forecast,views,spread"))
    expect(page.locator("#matrix svg path").nth(before + 5)).to_be_attached()
    page.reload()
    expect(page.get_by_role("button", name="Forecast")).to_have_attribute("aria-pressed", "true")


def test_the_slider_shows_the_run_before_with_its_figures(visit, page, portfolio, complaints):  # noqa: F811
    type(portfolio.earlier).objects.filter(pk=portfolio.earlier.pk).update(month_to=MONTHS[0])
    Position.objects.filter(run=portfolio.earlier, account__code="N3").update(box="strategic", attractiveness=9)
    visit("manager", "/matrix/?account=N3")

    page.get_by_label("Run of").focus()
    page.keyboard.press("ArrowLeft")

    expect(page).to_have_url(re.compile(f"run={portfolio.earlier.pk}"))
    expect(page.locator(".run-line")).to_contain_text("older run")
    expect(page.locator("#matrix-account .box-chip")).to_have_text("Strategic")
    row = page.locator("#matrix-list tbody tr", has_text="Account N3")
    expect(row.locator(".box-chip")).to_have_text("Strategic")
    assert complaints == []


def test_other_weights_move_the_accounts_that_the_core_moves(visit, page, weighed):  # noqa: F811
    visit("finance", "/matrix/?team=north&weights=trust:20,price:80")

    moves = page.locator("[data-moves] li")
    expect(moves).to_have_count(3)

    tried = {"trust": Decimal(20), "price": Decimal(80)}
    found = {}
    for code, up in UP.items():
        scores = {name: TWO[name][1][code] for name in TWO}
        now = scoring.weighted({name: Decimal(weight) for name, (weight, _) in TWO.items()}, scores).score
        then = scoring.weighted(tried, scores).score
        if BOXES[up >= 5, now >= 5] != BOXES[up >= 5, then >= 5]:
            places = (BOX_NAMES[BOXES[up >= 5, strength >= 5]] for strength in (now, then))
            found[f"Account {code}"] = " → ".join(places)
    told = (line.split("\n") for line in moves.all_inner_texts())
    assert {name.strip(): way.strip() for name, way in told} == found


def test_weights_stay_100_and_become_a_draft_for_who_may_edit_criteria(visit, page, weighed):  # noqa: F811
    visit("finance", "/matrix/")
    page.get_by_role("button", name="Other weights").click()
    page.get_by_label("trust").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")

    expect(page).to_have_url(re.compile("weights=trust:65,price:35"))
    page.get_by_role("button", name="Make a criteria draft of these weights").click()

    page.wait_for_url("**/criteria/default/3/edit/")
    draft = CriteriaSet.objects.get(version=3)
    assert [row["weight"] for row in draft.document["relationship"]] == [65, 35]
    assert draft.is_draft


def test_others_keep_their_proportions_also_after_one_had_all(visit, page, weighed):  # noqa: F811
    document = CriteriaSet.objects.get(version=2).document
    three = [row | {"weight": weight} for row, weight in zip(document["relationship"], (60, 30), strict=True)]
    document["relationship"] = [*three, three[0] | {"code": "speed", "name": "speed", "weight": 10}]
    placed = CriteriaSet.objects.create(code="default", version=3, document=document | {"version": 3})
    Position.objects.update(criteria_set=placed)
    for query in ("", "?weights=trust:100,price:0,speed:0"):
        visit("finance", f"/matrix/{query}")
        if not query:
            page.get_by_role("button", name="Other weights").click()
        page.get_by_label("trust").fill("100")
        expect(page.get_by_label("price")).to_have_value("0")
        page.get_by_label("trust").fill("20")

        expect(page).to_have_url(re.compile("weights=trust:20,price:60,speed:20"))


def test_a_manager_may_try_weights_and_make_no_draft(visit, page, weighed):  # noqa: F811
    visit("manager", "/matrix/?weights=trust:20,price:80")

    expect(page.locator("[data-moved]")).to_contain_text("would move")
    assert page.get_by_role("button", name="Make a criteria draft of these weights").count() == 0


def test_two_thousand_bubbles_are_drawn_and_answer(visit, page, portfolio, complaints):  # noqa: F811
    many(portfolio, 2_100)
    visit("finance", "/matrix/")

    assert page.locator(".chart-points a").count() == 2_000
    page.mouse.click(*spot(page, "S1"))
    expect(page.locator("#matrix-account")).to_contain_text("Account S1")
    page.get_by_role("button", name="Nearer").click()
    page.get_by_role("button", name="2 × 5 stages").click()
    page.get_by_role("button", name="Potential").click()
    assert complaints == []


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_picture_is_saved_as_a_file(visit, page, portfolio, ending):  # noqa: F811
    visit("manager", "/matrix/?segment=key")
    heading = page.locator("h1").text_content().strip()

    page.locator("summary", has_text="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name=ending.upper()).click()

    assert saved.value.suggested_filename == f"matrix-run-{portfolio.run.pk}-202601-202602-segment-key.{ending}"
    content = saved.value.path().read_bytes()
    assert content.startswith(b"\x89PNG" if ending == "png" else b"<svg")
    if ending == "svg":
        said = " ".join(" ".join(ElementTree.fromstring(content).itertext()).split())
        told = (heading, f"Run {portfolio.run.pk} ·", "Filters: Segment: key", "Amounts in USD", "Outline: box")
        assert [each for each in ("Account N1", *told) if each not in said] == []


def test_a_picture_that_cannot_be_made_is_told(visit, page):  # noqa: F811
    visit("manager", "/matrix/")
    page.evaluate("() => { HTMLCanvasElement.prototype.getContext = () => { throw new Error('no canvas') } }")

    page.locator("summary", has_text="Export").click()
    page.get_by_role("button", name="PNG").click()

    expect(page.locator("#toasts")).to_contain_text("The picture could not be made")


def test_the_axis_and_the_runs_are_seen_without_scrolling(visit, page, portfolio):  # noqa: F811
    type(portfolio.earlier).objects.filter(pk=portfolio.earlier.pk).update(month_to=MONTHS[0])
    page.set_viewport_size({"width": 1440, "height": 900})
    visit("manager", "/matrix/")

    expect(page.get_by_label("Run of")).to_be_in_viewport(ratio=1)
    expect(page.locator("#matrix")).to_be_in_viewport(ratio=1)


def test_the_matrix_prints_on_one_landscape_page(visit, page):  # noqa: F811
    visit("manager", "/matrix/")

    printed = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type /Page\b", printed)) == 1


def test_with_its_table_open_the_chart_still_prints_first_and_the_table_whole(visit, page, portfolio):  # noqa: F811
    many(portfolio, 60)
    visit("finance", "/matrix/")
    page.get_by_text("Show as table").click()
    expect(page.locator(".chart-table tbody tr").last).to_be_attached()
    page.emulate_media(media="print")

    tops = page.evaluate(
        "['#matrix', '.chart-table tbody tr:last-child', '.chart-table']"
        ".map((each) => document.querySelector(each).getBoundingClientRect().bottom)"
    )
    assert tops[0] < tops[1] <= tops[2] + 1
    assert page.locator(".chart-figure").evaluate("(each) => getComputedStyle(each).breakInside") == "auto"


def test_stages_with_an_account_and_weights_open_hinder_nobody(visit, page, weighed):  # noqa: F811
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in ({"width": 1440, "height": 900}, PHONE):
            page.set_viewport_size(size)
            visit("finance", "/matrix/?view=stages&account=N1&show=potential&weights=trust:20,price:80")
            expect(page.locator("#matrix-account")).to_be_visible()
            expect(page.locator("[data-moves] li").first).to_be_visible()

            assert barriers(page) == [], (scheme, size)
            assert sideways(page) == 0, (scheme, size)
