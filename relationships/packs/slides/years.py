"""The years of a plan as bars, with the day it is and what their colours say."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches

from accounts.tables.letters import inches, shortened
from relationships.packs.blocks import Span, Timeline
from relationships.packs.slides.master import INK, LINE, QUIET, line, place, style, text

ROW, LABELS, HEAD, LEGEND = 0.25, 1.3, 0.3, 0.4
YEAR = 0.45  # a year's number needs so much
LEAST_ROOM = 1.5
LATE = "D55E00"
STATES = {"": "2F3B5C", "done": "9FABCF", "late": LATE}
Row = tuple[str, Span]


def timeline_rows(timeline: Timeline) -> list[Row]:
    """Each span with the name of its lane."""
    return [(lane.label, span) for lane in timeline.lanes for span in lane.spans]


def rows_in(height: float) -> int:
    return max(1, int((height - HEAD - LEGEND) / ROW))


class Years:
    """Where days lie on a slide."""

    def __init__(self, timeline: Timeline, x: float, width: float):
        self.timeline, self.left, self.right = timeline, x + LABELS, x + width
        self.days = max((timeline.until_on - timeline.from_on).days, 1)

    def at(self, day: date) -> float:
        inside = min(max(day, self.timeline.from_on), self.timeline.until_on)
        return self.left + (inside - self.timeline.from_on).days / self.days * (self.right - self.left)


def draw_timeline(slide, timeline: Timeline, rows: Sequence[Row], x: float, y: float, width: float) -> None:
    years, high = Years(timeline, x, width), HEAD + ROW * len(rows)
    draw_years(slide, years, y, high)
    lane = ""
    for number, (label, span) in enumerate(rows):
        top = y + HEAD + number * ROW
        if label != lane:
            text(slide, shortened(label, LABELS - 0.1, 10), x, top + 0.03, LABELS - 0.1, 0.2, 10, QUIET, bold=True)
            lane = label
        draw_span(slide, span, years, top)
    draw_legend(slide, {span.state for _label, span in rows}, years.left, y + high + 0.14)


def draw_years(slide, years: Years, y: float, high: float) -> None:
    timeline = years.timeline
    starts = [date(year, 1, 1) for year in range(timeline.from_on.year, timeline.until_on.year + 1)]
    for number, start in enumerate(starts):
        x = years.at(start)
        following = years.at(starts[number + 1]) if number + 1 < len(starts) else years.right
        line(slide, x, y, x, y + high, LINE)
        if following - x >= YEAR:
            text(slide, str(start.year), x + 0.05, y, YEAR, 0.2, 10, QUIET)
    if timeline.from_on <= timeline.today <= timeline.until_on:
        x = years.at(timeline.today)
        line(slide, x, y, x, y + high + 0.04, RGBColor.from_string(LATE))


def draw_legend(slide, states: set[str], x: float, y: float) -> None:
    """What the colours say that are there, and the line."""
    said = {"": _("Open"), "done": _("Done"), "late": _("Late or behind")}
    for state in (each for each in STATES if each in states):
        bar_of(slide, MSO_SHAPE.RECTANGLE, place(x, y + 0.05, 0.16, 0.1), state)
        text(slide, said[state], x + 0.24, y, 1.4, 0.2, 10, QUIET)
        x += 0.24 + inches(said[state], 10) + 0.35
    line(slide, x + 0.08, y + 0.02, x + 0.08, y + 0.18, RGBColor.from_string(LATE))
    text(slide, _("Today"), x + 0.24, y, 1.4, 0.2, 10, QUIET)


def draw_span(slide, span: Span, years: Years, y: float) -> None:
    """A bar with its name in it where it fits, else on the side that has more room."""
    start, end = years.at(span.from_on), years.at(span.until_on)
    if inches(span.label, 10) + 0.12 < end - start:
        named_bar(slide, span, start, end, y)
        return
    if end - start < 0.06:
        bar_of(slide, MSO_SHAPE.DIAMOND, place(end - 0.06, y + 0.04, 0.12, 0.14), span.state)
    else:
        bar_of(slide, MSO_SHAPE.RECTANGLE, place(start, y + 0.05, end - start, 0.14), span.state)
    after, before = years.right - end - 0.12, start - years.left - 0.1
    if max(after, before) < LEAST_ROOM and end - start > LEAST_ROOM:
        named_bar(slide, span, start, end, y)
    elif inches(span.label, 10) < after or after >= before:
        text(slide, shortened(span.label, after, 10), end + 0.12, y + 0.03, after, 0.2, 10)
    else:
        said = shortened(span.label, before, 10)
        text(slide, said, years.left, y + 0.03, before, 0.2, 10, align=PP_ALIGN.RIGHT)


def bar_of(slide, kind, size: tuple, state: str):
    bar = slide.shapes.add_shape(kind, *size)
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(STATES.get(state, STATES[""]))
    bar.line.fill.background()
    bar._element.remove(bar._element.find("{*}style"))  # the theme's shadow
    return bar


def named_bar(slide, span: Span, start: float, end: float, y: float) -> None:
    """A bar that holds its name, or as much of it as fits."""
    bar = bar_of(slide, MSO_SHAPE.RECTANGLE, place(start, y + 0.02, end - start, 0.21), span.state)
    frame = bar.text_frame
    frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = Inches(0.06), 0, 0, 0
    frame.word_wrap, frame.vertical_anchor = False, MSO_ANCHOR.MIDDLE
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    ink = INK if span.state == "done" else RGBColor.from_string("FFFFFF")
    style(frame.paragraphs[0].add_run(), shortened(span.label, end - start - 0.1, 10), 10, ink)


def chunks(timeline: Timeline, height: float) -> Iterator[list[Row]]:
    """The rows of each slide: all of them, on as many slides as it takes."""
    rows, most = timeline_rows(timeline), rows_in(height)
    for start in range(0, max(len(rows), 1), most):
        yield rows[start : start + most]
