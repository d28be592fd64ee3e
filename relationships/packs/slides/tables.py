"""Tables on slides: hairlines, numbers at the right, as many rows as fit; and words, figures and years as shapes."""

from collections.abc import Sequence
from datetime import date
from math import ceil

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Pt

from relationships.packs.blocks import Figures, Span, Table, Timeline, Words
from relationships.packs.slides.master import ACCENT, INK, LEFT, LINE, QUIET, RIGHT, place, style, text
from relationships.packs.written import headline, written

SIZE, HEAD_SIZE = 11, 10
LETTER = 0.082  # inches, of the usual one at that size
LINE_HEIGHT, PADDING = 0.19, 0.13
HEAD = 0.34
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def widths(table: Table, width: float) -> list[float]:
    whole = sum(column.weight for column in table.columns)
    return [width * column.weight / whole for column in table.columns]


def height_of(cells: Sequence, table: Table, wide: Sequence[float]) -> float:
    """How high a row becomes, by the longest of its texts."""
    said = [written(value, column.kind) for value, column in zip(cells, table.columns, strict=True)]
    lines = max(ceil(max(len(each), 1) * LETTER / max(room - 0.1, 0.3)) for each, room in zip(said, wide, strict=True))
    return lines * LINE_HEIGHT + PADDING


def needed(table: Table, width: float) -> float:
    wide = widths(table, width)
    rows = sum(height_of(row, table, wide) for row in table.rows) if table.rows else 0.4
    return rows + HEAD + (0.34 if table.title else 0)


def fitting(table: Table, start: int, width: float, height: float) -> int:
    """The row before which a slide of that height is full; one at least."""
    wide, left = widths(table, width), height - HEAD - (0.34 if table.title else 0)
    for place_of, row in enumerate(table.rows[start:], start=start):
        left -= height_of(row, table, wide)
        if left < 0 and place_of > start:
            return place_of
    return len(table.rows)


def draw_table(slide, table: Table, x: float, y: float, width: float, first: int = 0, last: int | None = None) -> None:
    if table.title:
        text(slide, table.title, x, y, width, 0.3, 12, INK, bold=True)
        y += 0.34
    rows = table.rows[first:last]
    if not rows:
        text(slide, table.empty or "–", x, y, width, 0.3, 12, QUIET)
        return
    wide = widths(table, width)
    heights = [HEAD, *(height_of(row, table, wide) for row in rows)]
    frame = slide.shapes.add_table(len(rows) + 1, len(table.columns), *place(x, y, width, sum(heights)))
    made = frame.table
    _plain(made)
    for number, each in enumerate(wide):
        made.columns[number].width = Inches(each)
    for number, each in enumerate(heights):
        made.rows[number].height = Inches(each)
    for number, column in enumerate(table.columns):
        _cell(made.cell(0, number), column.label, column.is_number, HEAD_SIZE, QUIET, "565D69")
    for line, row in enumerate(rows, start=1):
        is_total = first + line - 1 in table.totals
        for number, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            cell = made.cell(line, number)
            _cell(cell, written(value, column.kind), column.is_number, SIZE, INK, "C9CCD1", is_total)


def _plain(made) -> None:
    """Without the look that PowerPoint gives tables."""
    shape = made._tbl.tblPr
    for name in ("firstRow", "bandRow"):
        shape.attrib.pop(name, None)
    style_of = shape.find("{*}tableStyleId")
    style_of.text = NO_STYLE


def _cell(cell, said: str, is_number: bool, size: float, colour, under: str, bold: bool = False) -> None:
    cell.margin_left = cell.margin_right = Inches(0.05)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
    style(paragraph.add_run(), said, size, colour, bold)
    line = f'<a:lnB {nsdecls("a")} w="6350"><a:solidFill><a:srgbClr val="{under}"/></a:solidFill></a:lnB>'
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(line))


# Words and figures


def words_height(words: Words, width: float) -> float:
    letters = width / 0.095
    lines = sum(ceil(max(len(each), 1) / letters) for each in words.lines)
    return lines * 0.26 + len(words.lines) * 0.06 + (0.36 if words.title else 0.1)


def draw_words(slide, words: Words, x: float, y: float, width: float) -> None:
    if words.title:
        text(slide, words.title, x, y, width, 0.3, 12, INK, bold=True)
        y += 0.34
    marked = [f"•  {line}" for line in words.lines] if len(words.lines) > 1 else list(words.lines)
    box = text(slide, "\n".join(marked), x, y, width, 0.3, 13)
    for paragraph in box.text_frame.paragraphs:
        paragraph.space_after = Pt(4)


def draw_figures(slide, figures: Figures, x: float, y: float, width: float) -> None:
    each = width / max(len(figures.items), 1)
    for number, figure in enumerate(figures.items):
        at = x + number * each
        text(slide, figure.label, at, y, each - 0.2, 0.26, 11, QUIET)
        text(slide, headline(figure.value, figure.kind), at, y + 0.24, each - 0.2, 0.45, 24, INK, bold=True)
        if figure.note:
            text(slide, figure.note, at, y + 0.72, each - 0.2, 0.26, 10, QUIET)


# Years


ROW, LABELS = 0.25, 1.3
STATES = {"done": "9FABCF", "late": "D55E00", "": "2F3B5C"}


def timeline_rows(timeline: Timeline, height: float) -> list[tuple[str, Span]]:
    """As many as fit."""
    rows = [("" if number else lane.label, span) for lane in timeline.lanes for number, span in enumerate(lane.spans)]
    return rows[: max(1, int((height - 0.4) / ROW))]


def draw_timeline(slide, timeline: Timeline, x: float, y: float, width: float, height: float) -> None:
    days, rows = max((timeline.until_on - timeline.from_on).days, 1), timeline_rows(timeline, height)
    left, room = x + LABELS, width - LABELS

    def at(day: date) -> float:
        inside = min(max(day, timeline.from_on), timeline.until_on)
        return left + (inside - timeline.from_on).days / days * room

    high = 0.3 + ROW * len(rows)
    for year in range(timeline.from_on.year, timeline.until_on.year + 1):
        start = at(date(year, 1, 1))
        upright(slide, start, y, high, LINE)
        text(slide, str(year), start + 0.05, y, 0.8, 0.25, 10, QUIET)
    for number, (label, span) in enumerate(rows):
        draw_span(slide, label, span, at, x, y + 0.3 + number * ROW)
    upright(slide, at(timeline.today), y, high, RGBColor.from_string("D55E00"))


def draw_span(slide, label: str, span: Span, at, x: float, y: float) -> None:
    if label:
        text(slide, label, x, y, LABELS - 0.1, ROW, 10, QUIET, bold=True)
    start, end = at(span.from_on), at(span.until_on)
    said = span.label if len(span.label) < 72 else f"{span.label[:70]}…"
    if len(said) * 0.075 < end - start:
        named_bar(slide, said, span, start, end, y)
        return
    is_day = end - start < 0.06
    kind = MSO_SHAPE.DIAMOND if is_day else MSO_SHAPE.RECTANGLE
    size = place(end - 0.06, y + 0.04, 0.12, 0.14) if is_day else place(start, y + 0.05, end - start, 0.12)
    bar_of(slide, kind, size, span)
    room = RIGHT - end - 0.12
    if len(said) * 0.07 < room:
        text(slide, said, end + 0.12, y + 0.01, room, ROW, 10)
    else:
        back = max(start - LEFT - LABELS - 0.1, 1.5)
        text(slide, said, start - back - 0.1, y + 0.01, back, ROW, 10, align=PP_ALIGN.RIGHT)


def bar_of(slide, kind, size: tuple, span: Span):
    bar = slide.shapes.add_shape(kind, *size)
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(STATES.get(span.state, "2F3B5C"))
    bar.line.fill.background()
    bar.shadow.inherit = False
    return bar


def named_bar(slide, said: str, span: Span, start: float, end: float, y: float) -> None:
    """A bar long enough for its name."""
    bar = bar_of(slide, MSO_SHAPE.RECTANGLE, place(start, y + 0.02, end - start, 0.2), span)
    frame = bar.text_frame
    frame.margin_left, frame.margin_top, frame.margin_bottom = Inches(0.06), 0, 0
    frame.word_wrap, frame.vertical_anchor = False, MSO_ANCHOR.MIDDLE
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    ink = INK if span.state == "done" else RGBColor.from_string("FFFFFF")
    style(frame.paragraphs[0].add_run(), said, 10, ink)


def upright(slide, x: float, y: float, height: float, colour) -> None:
    line = slide.shapes.add_connector(1, Inches(x), Inches(y), Inches(x), Inches(y + height))
    line.line.color.rgb, line.line.width = colour, Pt(0.75)


__all__ = ["ACCENT", "draw_figures", "draw_table", "draw_timeline", "draw_words", "fitting", "needed", "words_height"]
