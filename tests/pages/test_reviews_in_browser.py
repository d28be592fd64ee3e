"""Reviews and packs in a real browser: prepared and held by keyboard, on a phone, in the dark, on paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from relationships.models import Review, ReviewPoint
from tests.factories import a_portfolio
from tests.pages.keyboard import press, tab_to
from tests.relationships.reviewing import a_plan, a_review, open_things

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def portfolio(transactional_db):
    return a_portfolio()


@pytest.fixture
def review(portfolio):
    plan = a_plan(portfolio)
    open_things(portfolio, plan)
    return a_review(plan, due_on=timezone.localdate())


def violations(page: Page) -> list:
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]


def test_a_review_is_prepared_held_and_closed_by_keyboard(review, in_browser):
    page = in_browser("manager", f"/reviews/{review.pk}/")
    press(page, "Put all on the agenda")
    expect(page.locator("#agenda .point")).to_have_count(5)

    tab_to(page, "Another point")
    page.keyboard.type("Terms of payment")
    page.keyboard.press("Enter")
    expect(page.locator("#agenda .point")).to_have_count(6)
    expect(page.locator("#add-agenda")).to_be_focused()

    last = ReviewPoint.objects.get(text="Terms of payment")
    page.locator(f"#text-{last.pk}").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#agenda .point textarea.point-text").nth(4)).to_have_value("Terms of payment")
    page.locator(f"#note-{last.pk}").focus()
    page.keyboard.type("They want 60 days")
    page.keyboard.press("Tab")
    expect(page.locator(f"#told-{last.pk}")).to_have_text("Saved")
    assert ReviewPoint.objects.get(pk=last.pk).note == "They want 60 days"

    page.goto(page.url.partition("#")[0])
    press(page, "Hold it now")
    expect(page.locator("[aria-current=step]")).to_contain_text("Hold")
    tab_to(page, "A decision")
    page.keyboard.type("Payment stays at 30 days")
    page.keyboard.press("Enter")
    expect(page.locator("#decisions .point")).to_have_count(1)
    press(page, "Close and plan the next one")
    expect(page.locator(".review-stages li").nth(2)).to_have_class("is-done")
    assert Review.objects.filter(state="planned").count() == 1


def test_a_summary_is_kept_as_it_is_typed_and_by_the_step_that_comes_too_soon(review, in_browser):
    page = in_browser("manager", f"/reviews/{review.pk}/")
    page.locator("#summary-text").press_sequentially("All went well")
    expect(page.locator("#summary-told")).to_have_text("Saved")
    page.reload()
    expect(page.locator("#summary-text")).to_have_value("All went well")

    page.locator("#summary-text").press("Control+End")
    page.locator("#summary-text").press_sequentially(", nearly")
    press(page, "Hold it now")
    expect(page.locator(".review-stages li").nth(1)).to_have_attribute("aria-current", "step")
    expect(page.locator("#summary-text")).to_have_value("All went well, nearly")
    page.locator("#summary-text").fill("Settled")
    press(page, "Close and plan the next one")

    expect(page.locator("#summary")).to_contain_text("Settled")
    assert Review.objects.get(pk=review.pk).summary == "Settled"


def test_typing_on_while_a_point_is_saved_loses_nothing(review, in_browser):
    one = ReviewPoint.objects.create(review=review, text="One", place=1)
    two = ReviewPoint.objects.create(review=review, text="Two", place=2)
    page = in_browser("manager", f"/reviews/{review.pk}/")

    page.locator(f"#text-{one.pk}").fill("One changed")
    page.locator(f"#text-{two.pk}").fill("Two being typed")
    expect(page.locator(f"#told-{one.pk}")).to_have_text("Saved")

    expect(page.locator(f"#text-{two.pk}")).to_have_value("Two being typed")
    page.locator(f"#text-{one.pk}").fill("One again")
    page.keyboard.press("Tab")
    expect(page.locator(f"#revision-{one.pk}")).to_have_value("3")
    assert set(ReviewPoint.objects.values_list("text", flat=True)) == {"One again", "Two being typed"}


def test_of_two_who_type_the_slower_one_chooses(review, in_browser):
    point = ReviewPoint.objects.create(review=review, text="Stock")
    page = in_browser("manager", f"/reviews/{review.pk}/")
    ReviewPoint.objects.filter(pk=point.pk).update(text="Stock of frames", revision=2)

    page.locator(f"#text-{point.pk}").fill("Stock of helmets")
    page.keyboard.press("Tab")
    expect(page.locator(f"#told-{point.pk}")).to_contain_text("Stock of frames")
    page.get_by_role("button", name="Keep mine").click()

    expect(page.locator(f"#told-{point.pk}")).to_have_text("Saved")
    assert ReviewPoint.objects.get(pk=point.pk).text == "Stock of helmets"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_left_out(review, in_browser, page, scheme):
    page.emulate_media(color_scheme=scheme)  # before the page comes: colours fade when they change
    ReviewPoint.objects.create(review=review, text="Stock", is_internal=True)
    for address in (
        "/reviews/",
        f"/reviews/{review.pk}/",
        "/accounts/N1/plan/pack/?for=customer",
        "/accounts/N1/plan/pack/",
    ):
        in_browser("manager", address)

        assert violations(page) == [], address


def test_everything_fits_a_phone(review, in_browser):
    ReviewPoint.objects.create(review=review, text="Stock")
    for address in ("/reviews/", f"/reviews/{review.pk}/", "/reviews/cadence/", "/accounts/N1/plan/pack/"):
        page = in_browser("manager", address)
        page.set_viewport_size(PHONE)

        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


def test_the_pack_is_paper_without_anything_to_click(review, in_browser):
    page = in_browser("manager", f"/accounts/N1/plan/pack/?review={review.pk}")
    page.emulate_media(media="print")

    assert not page.locator(".pack-choice").is_visible()
    assert not page.locator(".page-actions").is_visible()
    assert page.locator(".pack-chart").first.is_visible()
    for paper in ("A4", "Letter"):
        assert page.pdf(format=paper, prefer_css_page_size=True).count(b"/Type /Page\n") <= 12


def test_on_paper_a_summary_is_text_and_one_without_words_is_left_out(review, in_browser, page: Page):
    in_browser("manager", f"/reviews/{review.pk}/")
    page.emulate_media(media="print")
    assert not page.locator("#summary").is_visible()
    assert page.locator("#attendees").is_visible()

    page.emulate_media(media="screen")
    page.locator("#summary-text").fill("All went well")
    page.emulate_media(media="print")
    assert page.locator("#summary-text").evaluate("each => getComputedStyle(each).borderTopWidth") == "0px"
