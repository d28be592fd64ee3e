"""Slides of packs: nothing runs out of its place or gets lost, however long or short the plan is."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as some
from pptx import Presentation
from pptx.util import Inches

from accounts.tables.letters import inches, lines_of, shortened
from relationships import models as tables
from relationships.models import Plan, ReviewPoint
from relationships.packs.blocks import (
    BEFORE,
    EXPECTED,
    NOW,
    NUMBER,
    Bubble,
    Cell,
    Column,
    Deck,
    Lane,
    Page,
    Plane,
    Span,
    Table,
    Timeline,
    Words,
)
from relationships.packs.drawing import cells
from relationships.packs.drawings import timeline
from relationships.packs.slides import slides
from relationships.packs.slides.charts import axis_format
from relationships.packs.slides.master import BOTTOM
from relationships.packs.slides.plane import BUBBLE, bubble_at, is_free, names_beside, sides
from relationships.packs.slides.tables import widths
from tests.factories import a_portfolio
from tests.relationships.reviewing import TODAY, a_plan, a_review

URL = "/accounts/N1/plan/pack/?format=pptx"
LONG = "Agree on a rolling forecast of thirteen weeks which the buying office shares each Monday before noon "
WORDS = some.lists(some.text("abcWM.é漢", min_size=1, max_size=40), max_size=30).map(" ".join)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(f"{TODAY} 09:00Z", tick=False):
        yield


def deck_of(*pages: Page, **more) -> Deck:
    known = {
        "account": "Acme", "title": "Key account plan", "mark": "Confidential", "is_for_customer": False,
        "run": "Run 1", "window": "", "as_of": "", "made_on": TODAY, "currency": "USD",
    }  # fmt: skip
    return Deck(**{**known, "pages": pages, **more})


def shown(deck: Deck):
    return Presentation(io.BytesIO(slides(deck)))


def texts_of(slide) -> list[str]:
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    return said + [
        cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells
    ]


def said_by(presentation) -> str:
    return " ".join(" ".join(texts_of(slide)) for slide in presentation.slides)


def lowest(slide) -> float:
    """Where what is above the foot ends."""
    foot = Inches(7)
    return max((shape.top + shape.height) / 914_400 for shape in slide.shapes if shape.top < foot)


# How wide texts are


def test_letters_are_as_wide_as_in_calibri():
    assert inches("Contribution after cost to serve grows faster than sales", 72) == pytest.approx(22.17, rel=0.01)
    assert inches("Übergrößenträger", 72) == pytest.approx(7.32, rel=0.01)
    assert inches("漢字", 72) == 2


@given(WORDS, some.floats(0.5, 5))
def test_lines_hold_all_letters_and_none_is_wider_than_its_box(said, room):
    lines = lines_of(said, room, 11)

    assert "".join(lines).replace(" ", "") == "".join(said.split())
    assert all(inches(line, 11) <= room + 1e-9 for line in lines if len(line) > 1)


@given(WORDS, some.integers(1, 3))
def test_what_is_shortened_stands_on_its_lines(said, lines):
    assert len(lines_of(shortened(said, 2.0, 11, lines), 2.0, 11)) <= lines


# Tables and words


@given(some.lists(some.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=4), some.floats(4, 12))
def test_columns_share_the_width_and_none_gets_more_than_there_is(rows, width):
    table = Table("", [Column("What", weight=6), Column("Who"), Column("When", "day")], rows)

    found = widths(table, width)

    assert sum(found) <= width + 1e-6
    assert min(found) > 0


def test_a_text_higher_than_a_slide_goes_on_on_the_next_one_and_none_of_it_is_lost():
    words = [f"word{number}" for number in range(1500)]
    note = " ".join(words)
    table = Table("", [Column("Point", weight=2), Column("Note", weight=2)], [["First", note], ["Second", "short"]])

    made = shown(deck_of(Page("agenda", "Agenda", [table]), Page("sum", "Summary", [Words("", [note])])))

    said = said_by(made)
    assert all(said.count(f" {word} ") >= 2 for word in words[1:-1])
    assert said.count("First") == 1 and said.count("Second") == 1
    assert max(lowest(slide) for slide in list(made.slides)[1:]) <= BOTTOM + 0.06


def test_every_line_of_a_long_timeline_is_on_a_slide():
    days = [TODAY + timedelta(days=number) for number in range(70)]
    spans = [a_step(f"Step {number:02}", day) for number, day in enumerate(days)]
    years = Timeline("Timeline", TODAY, date(2029, 1, 1), TODAY, [Lane("Actions", spans)])

    made = shown(deck_of(Page("timeline", "Timeline", [years])))

    assert all(f"Step {number:02}" in said_by(made) for number in range(70))
    assert max(lowest(slide) for slide in list(made.slides)[1:]) <= BOTTOM + 0.06
    assert all("Today" in texts_of(slide) and "Actions" in texts_of(slide) for slide in list(made.slides)[1:])


def a_step(label: str, day: date) -> Span:
    return Span(label, day, day + timedelta(days=20))


@pytest.mark.parametrize("length", [1, 4, 40])
def test_the_purpose_is_told_whole_and_never_over_other_texts(length):
    purpose = LONG * length + "end of it."
    facts = [("Purpose", purpose), ("Manager", "Nora Quinn"), ("Team", "North"), ("Plan", "Draft"), ("Box", "Star")]

    made = shown(deck_of(facts=facts))

    assert said_by(made).count("rolling") == length and "end of it." in said_by(made)
    boxes = [shape for shape in made.slides[0].shapes if shape.has_text_frame]
    left = sorted((box.top, box.top + box.height) for box in boxes if box.left < Inches(1))
    assert all(above[1] <= below[0] + 1000 for above, below in pairwise(left))
    right = [box.top + box.height for box in boxes if box.left > Inches(1)]
    mark = next(box.top for box in boxes if box.text_frame.text.startswith("Confidential"))
    assert max(right) <= mark


def test_parts_with_nothing_in_them_share_a_slide():
    pages = [Page(name, name, [Table("", [Column("What")], [], f"No {name} yet.")]) for name in ("risks", "needs")]

    titles = [slide.shapes.title.text for slide in shown(deck_of(*pages)).slides]

    assert titles == ["Acme", "Not in the plan yet"]
    assert "No risks yet." in said_by(shown(deck_of(*pages)))
    assert len(shown(deck_of(*pages, is_for_customer=True)).slides) == 1


def test_a_name_as_long_as_the_slide_stays_on_its_lines():
    made = shown(deck_of(Page("a", LONG * 6, [Words("", ["x"])]), account=LONG * 6))

    for slide in made.slides:
        title = slide.shapes.title
        size = title.text_frame.paragraphs[0].runs[0].font.size.pt
        assert len(lines_of(title.text, title.width / 914_400, size, True)) <= 2
        foot = [shape for shape in slide.shapes if shape.top > Inches(7)]
        assert all(inches(shape.text_frame.text, 9) <= shape.width / 914_400 for shape in foot)


def test_lines_and_bars_have_no_shadow():
    years = Timeline("T", TODAY, date(2029, 1, 1), TODAY, [Lane("Actions", [a_step("Step", TODAY)])])

    for slide in shown(deck_of(Page("timeline", "Timeline", [years]))).slides:
        assert not slide._element.findall(".//{*}effectRef")


# Charts


def test_the_unit_of_an_axis_follows_the_largest_amount_and_keeps_the_minus():
    assert axis_format([None, 900.0, -19_000.0]) == "#,##0"
    assert axis_format([30_000.0]) == '#,##0,"k";-#,##0,"k";0'
    assert axis_format([1.0, -3_000_000.0]) == '0.0,,"M";-0.0,,"M";0'


def plane_of(*bubbles: Bubble, **more) -> Plane:
    return Plane(
        "Place", "Strength", "Attractiveness", 5, 5, ["Star", "Strategic", "Streamline", "Status"], bubbles, **more
    )


PLACE = some.floats(0, 10)


@given(some.lists(some.tuples(PLACE, PLACE), min_size=2, max_size=6), some.booleans())
def test_names_in_the_matrix_lie_neither_on_each_other_nor_on_bubbles(places, strong_left):
    roles = [NOW, EXPECTED, *[BEFORE] * 4]
    bubbles = [Bubble(f"name {n}", x, y, 1, role) for n, ((x, y), role) in enumerate(zip(places, roles, strict=False))]
    chart, width, height = plane_of(*bubbles, strong_left=strong_left), 5.3, 4.2

    names = names_beside(chart, width, height)

    assert bubbles[0] in names
    boxes = {each: named_box(chart, each, side, width, height) for each, side in names.items()}
    for each, box in boxes.items():
        if each.role != NOW:
            assert is_free(box, [boxes[other] for other in boxes if other is not each], width, height)
            assert not any(box.meets(bubble_at(chart, other, width, height)) for other in bubbles if other is not each)


def named_box(chart: Plane, bubble: Bubble, side: str, width: float, height: float):
    spot = bubble_at(chart, bubble, width, height)
    return dict(sides(bubble, spot.x + BUBBLE / 2, spot.y + BUBBLE / 2, width))[side]


@pytest.mark.django_db
def test_charts_say_their_currency_and_their_labels_are_level(client, settings):
    settings.CURRENCY = "EUR"
    portfolio = a_portfolio()
    plan = a_plan(portfolio)
    client.force_login(portfolio.user("manager"))

    made = Presentation(io.BytesIO(client.get(URL).content))

    assert plan.account.name in made.slides[0].shapes.title.text
    charts = [shape for slide in made.slides for shape in slide.shapes if shape.has_chart]
    told = [shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in charts]
    assert told == [
        "From list sales to contribution, EUR",
        "Month by month, EUR",
        "Attractiveness and relationship strength",
    ]
    for shape in charts[:2]:
        assert shape.chart.category_axis._element.find(".//{*}txPr/{*}bodyPr").get("rot") == "0"
    texts = said_by(made)
    assert "From list sales to contribution, EUR" in texts and "Month by month, EUR" in texts


@pytest.mark.django_db
def test_a_plan_of_long_texts_stays_on_its_slides(client):
    portfolio = a_portfolio()
    plan: Plan = a_plan(portfolio)
    review = a_review(plan)
    for number in range(12):
        tables.Need.objects.create(plan=plan, kind="known", text=f"{number} {LONG * 4}"[:500])
        name = (LONG * 2)[:200]
        tables.Competitor.objects.create(plan=plan, text=name, strengths=(LONG * 5)[:500], move=(LONG * 5)[:500])
        tables.Objective.objects.create(plan=plan, text=(LONG * 3)[:300], unit="offers an order", target=Decimal("8.5"))
        ReviewPoint.objects.create(review=review, text=f"{number} {LONG * 4}"[:500], note=LONG * 40)
    Plan.objects.update(purpose=LONG * 10)
    client.force_login(portfolio.user("manager"))

    for query in ("", "&for=customer&chosen=1&part=needs&part=review&part=purpose"):
        made = Presentation(io.BytesIO(client.get(f"{URL}&review={review.pk}{query}").content))
        assert max(lowest(slide) for slide in list(made.slides)[1:]) <= BOTTOM + 0.06
        assert said_by(made).count("which the buying office") > 12


# The same on the page


def test_names_on_the_timeline_of_the_page_stay_right_of_the_names_of_lanes():
    spans = [Span(LONG, TODAY + timedelta(days=at), TODAY + timedelta(days=at + 400)) for at in range(0, 1000, 100)]
    picture = timeline(Timeline("T", TODAY, date(2029, 1, 1), TODAY, [Lane("Investments", spans)]))

    found = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="(\w+)"[^>]*>(Agree[^<]*)<', picture)
    assert len(found) == len(spans)
    for x, anchor, said in found:
        left = float(x) - (len(said) * 5.6 if anchor == "end" else 0)
        assert left >= 92 and left + len(said) * 5.6 <= 726


def test_a_number_with_a_unit_may_break_on_the_page():
    table = Table("", [Column("Now", NUMBER)], [[Cell(Decimal("15.8"), NUMBER, "offers an order")], [Decimal(4)]])

    assert [row[0].class_name for _total, row in cells(table)] == ["pack-number pack-unit", "pack-number"]
