"""Charts on slides as PowerPoint's own, with their data: they can be edited there."""

from collections.abc import Iterable
from decimal import Decimal

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.util import Pt

from accounts.tables.formulas import guarded
from relationships.packs.blocks import Trend, Waterfall
from relationships.packs.drawings import levels
from relationships.packs.slides.master import FONT, INK, QUIET, place, text
from relationships.packs.written import compact

TOTAL, TAKEN, LOSS, ACCENT, GREY = (
    RGBColor.from_string(each) for each in ("2F3B5C", "9FABCF", "D55E00", "0072B2", "6B7280")
)
SERIES = (TOTAL, ACCENT, RGBColor.from_string("E69F00"))
MONEY = "#,##0"
AXES = ((2_000_000, '0.0,,"M";-0.0,,"M";0'), (20_000, '#,##0,"k";-#,##0,"k";0'))  # from which amount on
TITLE = 0.3
MOST_LABELS = 7  # of months under an axis


def add(slide, kind, data, title: str, x: float, y: float, width: float, height: float):
    """A chart under its title, which is also what those hear who cannot see it."""
    text(slide, title, x, y, width, TITLE, 12, INK, bold=True)
    frame = slide.shapes.add_chart(kind, *place(x, y + TITLE, width, height - TITLE), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", title)
    frame.chart.has_title = False
    return frame.chart


def letters(axis, size: float = 10) -> None:
    axis.tick_labels.font.size, axis.tick_labels.font.name = Pt(size), FONT
    axis.tick_labels.font.color.rgb = QUIET


def calm(axis, values: Iterable[float | None]) -> None:
    """An axis of amounts that stays in the background."""
    letters(axis)
    axis.format.line.fill.background()
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("ECEEF1")
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = axis_format(values), False


def axis_format(values: Iterable[float | None]) -> str:
    """Amounts in the unit that suits the largest of them."""
    largest = max((abs(each) for each in values if each is not None), default=0)
    return next((shown_as for least, shown_as in AXES if largest >= least), MONEY)


def level(axis) -> None:
    """Labels under the chart, never turned."""
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    shape = axis.tick_labels.font._element.getparent().getparent().getparent().find("{*}bodyPr")
    shape.set("rot", "0")
    shape.set("vert", "horz")


# The waterfall


def draw_waterfall(slide, chart: Waterfall, x: float, y: float, width: float, height: float) -> None:
    """Stacked columns on an invisible one; above and below zero are series of their own."""
    data = CategoryChartData(number_format=MONEY)
    data.categories = [guarded(f"{step.label}\n{amount(step)}") for step in chart.steps]
    bars = stacked(chart)
    for name, values in bars.items():
        data.add_series(name, values)
    made = add(slide, XL_CHART_TYPE.COLUMN_STACKED, data, chart.title, x, y, width, height)
    made.has_legend = False
    made.plots[0].gap_width, made.plots[0].overlap = 40, 100
    calm(made.value_axis, [float(end) for pair in levels(chart) for end in pair])
    letters(made.category_axis, 10 if width > 8 else 8)
    level(made.category_axis)
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
    data = CategoryChartData(number_format=MONEY)
    data.categories = [guarded(month) for month in chart.months]
    for name, values in chart.series:
        data.add_series(guarded(name), values)
    made = add(slide, XL_CHART_TYPE.LINE, data, chart.title, x, y, width, height)
    made.has_legend = len(chart.series) > 1
    if made.has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        made.legend.font.size, made.legend.font.name = Pt(10), FONT
    calm(made.value_axis, [value for _name, values in chart.series for value in values])
    letters(made.category_axis, 9)
    level(made.category_axis)
    label_every(made.category_axis, -(-len(chart.months) // MOST_LABELS) if width < 8 else 1)
    for series, colour in zip(made.plots[0].series, SERIES, strict=False):
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = colour, Pt(2.25)


def label_every(axis, months: int) -> None:
    """One label for so many months, where all of them would not fit beside each other."""
    skip = etree.Element(etree.QName(etree.QName(axis._element).namespace, "tickLblSkip"), val=str(months))
    axis._element.find("{*}noMultiLvlLbl").addprevious(skip)
