"""Charts on slides as PowerPoint's own, with their data: they can be edited there."""

from decimal import Decimal

from lxml import etree
from pptx.chart.data import BubbleChartData, CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.util import Inches, Pt

from accounts.tables.formulas import guarded
from relationships.packs.blocks import BEFORE, EXPECTED, NOW, Bubble, Plane, Trend, Waterfall
from relationships.packs.drawings import levels
from relationships.packs.slides.master import FONT, INK, QUIET, place, text
from relationships.packs.written import compact

TOTAL, TAKEN, LOSS, ACCENT, GREY = (
    RGBColor.from_string(each) for each in ("2F3B5C", "9FABCF", "D55E00", "0072B2", "6B7280")
)
SERIES = (TOTAL, ACCENT, RGBColor.from_string("E69F00"))
MONEY = "#,##0"
AXIS = '[>=1000000]0.0,,"M";[<=-1000000]-0.0,,"M";#,##0'
TITLE = 0.3


def titled(slide, title: str, x: float, y: float, width: float) -> float:
    text(slide, title, x, y, width, TITLE, 12, INK, bold=True)
    return y + TITLE


def letters(axis, size: float = 10) -> None:
    axis.tick_labels.font.size, axis.tick_labels.font.name = Pt(size), FONT
    axis.tick_labels.font.color.rgb = QUIET


def calm(axis) -> None:
    """A value axis that stays in the background."""
    letters(axis)
    axis.format.line.fill.background()
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("ECEEF1")


# The waterfall


def draw_waterfall(slide, chart: Waterfall, x: float, y: float, width: float, height: float) -> None:
    """Stacked columns on an invisible one; above and below zero are series of their own."""
    y = titled(slide, chart.title, x, y, width)
    data = CategoryChartData(number_format=MONEY)
    data.categories = [guarded(f"{step.label}\n{amount(step)}") for step in chart.steps]
    for name, values in stacked(chart).items():
        data.add_series(name, values)
    where = place(x, y, width, height - TITLE)
    made = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_STACKED, *where, data).chart
    made.has_legend = made.has_title = False
    made.plots[0].gap_width, made.plots[0].overlap = 40, 100
    calm(made.value_axis)
    made.value_axis.tick_labels.number_format, made.value_axis.tick_labels.number_format_is_linked = AXIS, False
    letters(made.category_axis, 9)
    made.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    for series, colour in zip(made.plots[0].series, (None, TOTAL, TAKEN, TAKEN, LOSS), strict=True):
        fill(series.format.fill, colour)
        series.invert_if_negative = False


def amount(step) -> str:
    return compact(step.amount if step.is_total else -step.amount)


def fill(shape, colour) -> None:
    if colour is None:
        shape.background()
        return
    shape.solid()
    shape.fore_color.rgb = colour


def stacked(chart: Waterfall) -> dict[str, list[float | None]]:
    """What is not drawn, totals, what is taken off above and below zero, and totals below zero."""
    series: dict[str, list[float | None]] = {
        name: [] for name in ("Base", "Total", "Taken off", "Taken off below zero", "Loss")
    }
    for step, (start, end) in zip(chart.steps, levels(chart), strict=True):
        low, high = min(start, end), max(start, end)
        bars = totals(step.amount) if step.is_total else parts(low, high)
        for name, value in zip(series, bars, strict=True):
            series[name].append(None if value is None else float(value))
    return series


def totals(value: Decimal) -> tuple:
    return (None, value, None, None, None) if value >= 0 else (None, None, None, None, value)


def parts(low: Decimal, high: Decimal) -> tuple:
    """A bar between two heights, on an invisible one where both are on the same side of zero."""
    if low >= 0:
        return low, None, high - low, None, None
    if high <= 0:
        return high, None, None, low - high, None
    return None, None, high, low, None


# Lines


def draw_trend(slide, chart: Trend, x: float, y: float, width: float, height: float) -> None:
    y = titled(slide, chart.title, x, y, width)
    data = CategoryChartData(number_format=MONEY)
    data.categories = [guarded(month) for month in chart.months]
    for name, values in chart.series:
        data.add_series(guarded(name), values)
    made = slide.shapes.add_chart(XL_CHART_TYPE.LINE, *place(x, y, width, height - TITLE), data).chart
    made.has_title = False
    made.has_legend = len(chart.series) > 1
    if made.has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        made.legend.font.size, made.legend.font.name = Pt(10), FONT
    calm(made.value_axis)
    made.value_axis.tick_labels.number_format, made.value_axis.tick_labels.number_format_is_linked = AXIS, False
    letters(made.category_axis)
    for series, colour in zip(made.plots[0].series, SERIES, strict=False):
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = colour, Pt(2.25)


# The matrix


ROLES = {BEFORE: ("Before", GREY), NOW: ("Now", ACCENT), EXPECTED: ("Expected", None)}
INNER = (0.07, 0.03, 0.9, 0.84)  # of the chart's frame: where the plane lies


def draw_plane(slide, chart: Plane, x: float, y: float, width: float, height: float) -> None:
    y, height = titled(slide, chart.title, x, y, width), height - TITLE
    data = BubbleChartData(number_format="0.0")
    found = {role: [each for each in chart.bubbles if each.role == role] for role in ROLES}
    for role, bubbles in found.items():
        series = data.add_series(ROLES[role][0])
        for each in bubbles:
            series.add_data_point(each.x, each.y, max(each.size, 1))
    made = slide.shapes.add_chart(XL_CHART_TYPE.BUBBLE, *place(x, y, width, height), data).chart
    made.has_legend = made.has_title = False
    plot = made.plots[0]
    plot.bubble_scale = 40
    for series, (role, bubbles) in zip(plot.series, found.items(), strict=True):
        colour_series(series, role, bubbles)
    for axis, label in ((made.category_axis, chart.x_label), (made.value_axis, chart.y_label)):
        scale(axis, label)
    made.category_axis.reverse_order = chart.strong_left
    lay_out(made)
    corners(slide, chart, x, y, width, height)


def scale(axis, label: str) -> None:
    """From 0 to 10, with its name."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, 10, 5
    axis.has_major_gridlines = False
    letters(axis)
    axis.has_title = True
    axis.axis_title.text_frame.text = label
    run = axis.axis_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold, run.font.name = Pt(10), False, FONT


def colour_series(series, role: str, bubbles: list[Bubble]) -> None:
    fill(series.format.fill, ROLES[role][1])
    series.format.line.color.rgb = ACCENT if role != BEFORE else GREY
    for number, each in enumerate(bubbles):
        label = series.points[number].data_label
        label.position = XL_LABEL_POSITION.ABOVE
        label.text_frame.text = each.label
        run = label.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold, run.font.name = Pt(10), role == NOW, FONT


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
    for said, at, row in ((high_left, left, top), (low_left, left, top + high - 0.3)):
        text(slide, said, at + 0.08, row + 0.05, 1.6, 0.25, 10, QUIET, bold=True)
    for said, row in ((high_right, top), (low_right, top + high - 0.3)):
        box = text(slide, said, left + wide - 1.7, row + 0.05, 1.6, 0.25, 10, QUIET, bold=True)
        box.text_frame.paragraphs[0].alignment = 3


def cut_line(slide, x1: float, y1: float, x2: float, y2: float) -> None:
    line = slide.shapes.add_connector(1, Inches(x1), Inches(y1), Inches(x2), Inches(y2))
    line.line.color.rgb, line.line.width, line.line.dash_style = GREY, Pt(0.75), 4
