"""The matrix of one account as a bubble chart: where it was, is and is expected to be, with names that do not meet."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from pptx.chart.data import BubbleChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from accounts.tables.letters import inches
from relationships.packs.blocks import BEFORE, EXPECTED, NOW, Bubble, Plane
from relationships.packs.slides.charts import ACCENT, GREY, TITLE, add, fill, letters
from relationships.packs.slides.master import FONT, QUIET, line, text

ROLES = {BEFORE: ("Before", GREY), NOW: ("Now", ACCENT), EXPECTED: ("Expected", None)}
OPAQUE = {BEFORE: 35, NOW: 80}  # percent
INNER = (0.07, 0.03, 0.9, 0.84)  # of the chart's frame: where the plane lies
BUBBLE, LINE = 0.45, 0.2  # inches: the largest of them, and a name
CORNER = (1.7, 0.35)
PLACES = {"left": XL_LABEL_POSITION.LEFT, "right": XL_LABEL_POSITION.RIGHT, "below": XL_LABEL_POSITION.BELOW,
          "above": XL_LABEL_POSITION.ABOVE}  # fmt: skip


@dataclass(frozen=True)
class Rect:
    """A place in inches, from the upper left of the plane."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Rect") -> bool:
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def inside(self, width: float, height: float) -> bool:
        return self.x >= 0 and self.y >= 0 and self.x + self.width <= width and self.y + self.height <= height


def draw_plane(slide, chart: Plane, x: float, y: float, width: float, height: float) -> None:
    data = BubbleChartData(number_format="0.0")
    found = {role: [each for each in chart.bubbles if each.role == role] for role in ROLES}
    found = {role: bubbles for role, bubbles in found.items() if bubbles}
    for role, bubbles in found.items():
        series = data.add_series(ROLES[role][0])
        for each in bubbles:
            series.add_data_point(each.x, each.y, max(each.size, 1))
    made = add(slide, XL_CHART_TYPE.BUBBLE, data, chart.title, x, y, width, height)
    made.has_legend = False
    made.plots[0].bubble_scale = 40
    names = names_beside(chart, INNER[2] * width, INNER[3] * (height - TITLE))
    for series, (role, bubbles) in zip(made.plots[0].series, found.items(), strict=True):
        colour_series(series, role)
        name_points(series, bubbles, names)
    for axis, label in ((made.category_axis, chart.x_label), (made.value_axis, chart.y_label)):
        scale(axis, label)
    made.category_axis.reverse_order = chart.strong_left
    lay_out(made)
    corners(slide, chart, x, y + TITLE, width, height - TITLE)


def scale(axis, label: str) -> None:
    """From 0 to 10, with its name."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, 10, 5
    axis.has_major_gridlines = False
    letters(axis)
    axis.has_title = True
    axis.axis_title.text_frame.text = label
    run = axis.axis_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold, run.font.name = Pt(10), False, FONT


def colour_series(series, role: str) -> None:
    """What lies under a bubble is seen through it."""
    fill(series.format.fill, ROLES[role][1])
    for colour in series.format.fill._xPr.iterfind("{*}solidFill/{*}srgbClr"):
        colour.append(parse_xml(f'<a:alpha {nsdecls("a")} val="{OPAQUE[role] * 1000}"/>'))
    series.format.line.color.rgb = ACCENT if role != BEFORE else GREY


# Names of bubbles


def name_points(series, bubbles: list[Bubble], names: dict[Bubble, str]) -> None:
    for number, each in enumerate(bubbles):
        if each not in names:
            continue
        label = series.points[number].data_label
        label.position = PLACES[names[each]]
        label.text_frame.text = each.label
        run = label.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold, run.font.name = Pt(10), each.role == NOW, FONT


def names_beside(chart: Plane, width: float, height: float) -> dict[Bubble, str]:
    """On which side of its bubble each name stands; that of an earlier place is left out where there is no room: the
    table tells it."""
    taken, found = list(named_corners(width, height)), {}
    for each in sorted(chart.bubbles, key=lambda bubble: (NOW, EXPECTED, BEFORE).index(bubble.role)):
        x, y = seen_at(chart, each, width, height)
        others = [bubble_at(chart, other, width, height) for other in chart.bubbles if other is not each]
        in_way = taken + others
        free = next((side for side, rect in sides(each, x, y, width) if is_free(rect, in_way, width, height)), "")
        side = free or ("left" if x > width / 2 else "right")
        if free or each.role == NOW:
            taken.append(dict(sides(each, x, y, width))[side])
            found[each] = side
    return found


def is_free(rect: Rect, taken: list[Rect], width: float, height: float) -> bool:
    return rect.inside(width, height) and not any(map(rect.meets, taken))


def seen_at(chart: Plane, bubble: Bubble, width: float, height: float) -> tuple[float, float]:
    across = 10 - bubble.x if chart.strong_left else bubble.x
    return across / 10 * width, (10 - bubble.y) / 10 * height


def bubble_at(chart: Plane, bubble: Bubble, width: float, height: float) -> Rect:
    x, y = seen_at(chart, bubble, width, height)
    return Rect(x - BUBBLE / 2, y - BUBBLE / 2, BUBBLE, BUBBLE)


def sides(bubble: Bubble, x: float, y: float, width: float) -> Iterator[tuple[str, Rect]]:
    """Where its name can stand, the best first: towards the middle of the plane."""
    wide, radius = inches(bubble.label, 10, bubble.role == NOW) + 0.1, BUBBLE / 2
    beside = {
        "left": Rect(x - radius - wide, y - LINE / 2, wide, LINE),
        "right": Rect(x + radius, y - LINE / 2, wide, LINE),
    }
    for side in ("left", "right") if x > width / 2 else ("right", "left"):
        yield side, beside[side]
    yield "below", Rect(x - wide / 2, y + radius, wide, LINE)
    yield "above", Rect(x - wide / 2, y - radius - LINE, wide, LINE)


def named_corners(width: float, height: float) -> Iterator[Rect]:
    wide, high = CORNER
    for x in (0, width - wide):
        for y in (0, height - high):
            yield Rect(x, y, wide, high)


# The plane itself


def lay_out(made) -> None:
    """Fix where the plane lies in its frame, so that lines and names beside it fit."""
    area = made._chartSpace.find(".//{*}plotArea")
    name = etree.QName(area).namespace
    layout = area.find(f"{{{name}}}layout")
    if layout is None:
        layout = etree.SubElement(area, f"{{{name}}}layout")
        area.insert(0, layout)
    for child in list(layout):
        layout.remove(child)
    manual = etree.SubElement(layout, f"{{{name}}}manualLayout")
    said = [("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"), *zip("xywh", map(str, INNER), strict=True)]
    for tag, value in said:
        etree.SubElement(manual, f"{{{name}}}{tag}").set("val", value)


def corners(slide, chart: Plane, x: float, y: float, width: float, height: float) -> None:
    """The names of the boxes and the lines between them."""
    left, top = x + INNER[0] * width, y + INNER[1] * height
    wide, high = INNER[2] * width, INNER[3] * height
    across = (10 - chart.cut_x if chart.strong_left else chart.cut_x) / 10
    cut_line(slide, left + across * wide, top, left + across * wide, top + high)
    cut_y = top + (10 - chart.cut_y) / 10 * high
    cut_line(slide, left, cut_y, left + wide, cut_y)
    high_left, high_right, low_left, low_right = (
        (chart.corners[number] for number in (1, 0, 3, 2)) if chart.strong_left else chart.corners
    )
    for said, row in ((high_left, top), (low_left, top + high - 0.3)):
        text(slide, said, left + 0.08, row + 0.05, 1.6, 0.25, 10, QUIET, bold=True)
    for said, row in ((high_right, top), (low_right, top + high - 0.3)):
        text(slide, said, left + wide - 1.7, row + 0.05, 1.6, 0.25, 10, QUIET, PP_ALIGN.RIGHT, bold=True)


def cut_line(slide, x1: float, y1: float, x2: float, y2: float) -> None:
    line(slide, x1, y1, x2, y2, GREY).line.dash_style = MSO_LINE.DASH
