"""Charts of a pack as SVG, complete without scripts or styles of the page: what is drawn is what is printed."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from relationships.packs.blocks import BEFORE, EXPECTED, NOW, Plane, Timeline, Trend, Waterfall
from relationships.packs.written import compact

INK, QUIET, LINE, PALE = "#1d2129", "#565d69", "#c9ccd1", "#eceef1"
TOTAL, TAKEN, LOSS, ACCENT = "#2f3b5c", "#9fabcf", "#d55e00", "#0072b2"
SERIES = ("#2f3b5c", "#0072b2", "#e69f00")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
LETTER, LETTER_WIDTH = 11, 5.6


def drawn(label: str, width: int, height: int, parts: Iterable[str]) -> SafeString:
    """The whole picture, with what it is called for who cannot see it."""
    head = (
        f'<svg class="pack-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}" '
        f'font-family="{FONT}" font-size="{LETTER}" xmlns="http://www.w3.org/2000/svg">'
    )
    return mark_safe(head + "".join(parts) + "</svg>")  # noqa: S308  every text in it went through escape()


def text(
    x: float, y: float, said: str, anchor: str = "start", colour: str = INK, weight: int = 400, size: float = LETTER
) -> str:
    look = f'fill="{colour}" font-weight="{weight}" font-size="{size}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {look}>{escape(said)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str, radius: int = 0) -> str:
    size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} rx="{radius}" fill="{colour}"/>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = LINE, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="1"{dashed}/>'


def wrapped(label: str, most: int) -> list[str]:
    """A label on at most two lines of so many letters."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > most and len(lines) < 2:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [each if len(each) <= most + 2 else f"{each[:most]}…" for each in lines]


# From list sales down to contribution


def levels(chart: Waterfall) -> list[tuple[Decimal, Decimal]]:
    """Where each bar begins and ends."""
    found, running = [], Decimal(0)
    for step in chart.steps:
        start = Decimal(0) if step.is_total else running
        running = step.amount if step.is_total else running - step.amount
        found.append((start, running))
    return found


def waterfall(chart: Waterfall, width: int = 720, height: int = 270) -> SafeString:
    ends = levels(chart)
    top = max((max(pair) for pair in ends), default=Decimal(0))
    low = min((min(pair) for pair in ends), default=Decimal(0))
    whole = float(top - min(low, 0)) or 1.0
    room, above = height - 62, 20

    def at(value: Decimal) -> float:
        return above + float(top - value) / whole * room

    wide = width / max(len(chart.steps), 1)
    parts = [line(0, at(Decimal(0)), width, at(Decimal(0)), QUIET)]
    for place, (step, (start, end)) in enumerate(zip(chart.steps, ends, strict=True)):
        parts += bar(place * wide, wide, at(max(start, end)), at(min(start, end)), step)
        if place + 1 < len(ends):
            parts.append(line(place * wide + wide * 0.86, at(end), (place + 1) * wide + wide * 0.14, at(end)))
        for row, words in enumerate(wrapped(step.label, int(wide / 5.4))):
            parts.append(text(place * wide + wide / 2, height - 22 + row * 12, words, "middle", QUIET, size=9.5))
    return drawn(chart.title, width, height, parts)


def bar(x: float, wide: float, above: float, below: float, step) -> list[str]:
    colour = (LOSS if step.amount < 0 else TOTAL) if step.is_total else TAKEN
    said = compact(step.amount if step.is_total else -step.amount)
    return [
        box(x + wide * 0.14, above, wide * 0.72, max(below - above, 1), colour),
        text(x + wide / 2, above - 5, said, "middle", INK, 600 if step.is_total else 400),
    ]


# Month by month


def trend(chart: Trend, width: int = 640, height: int = 220) -> SafeString:
    values = [value for _name, listed in chart.series for value in listed if value is not None]
    top, low = max([0, *values]), min([0, *values])
    whole, left, room = (top - low) or 1, 52, height - 62
    step = (width - left - 16) / max(len(chart.months) - 1, 1)

    def at(value: float) -> float:
        return 30 + (top - value) / whole * room

    parts = [line(left, at(each), width, at(each), PALE if each else QUIET) for each in ticks(low, top)]
    parts += [text(left - 6, at(each) + 4, compact(each), "end", QUIET) for each in ticks(low, top)]
    every = max(1, len(chart.months) // 6)
    for place in range(0, len(chart.months), every):
        parts.append(text(left + place * step, height - 12, chart.months[place], "middle", QUIET))
    for place, (name, listed) in enumerate(chart.series):
        colour = SERIES[place % len(SERIES)]
        parts += [f'<path d="{path(listed, left, step, at)}" fill="none" stroke="{colour}" stroke-width="2"/>']
        parts += [box(left + place * 150, 6, 10, 3, colour), text(left + 16 + place * 150, 12, name)]
    return drawn(chart.title, width, height, parts)


def ticks(low: float, top: float) -> list[float]:
    """Round values between both ends, zero among them; at most six."""
    rough = (top - low) / 4 or 1
    size = 10 ** (len(str(int(rough))) - 1) if rough >= 1 else 1
    unit = next((each * size for each in (1, 2, 5, 10) if each * size >= rough), 10 * size)
    return [place * unit for place in range(int(low // unit), int(top // unit) + 1)]


def path(listed: Sequence[float | None], left: float, step: float, at) -> str:
    """A line with gaps where nothing is known."""
    parts, pen = [], "M"
    for place, value in enumerate(listed):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{left + place * step:.1f} {at(value):.1f}")
        pen = "L"
    return " ".join(parts)


# The plane


ROLES = {NOW: (ACCENT, "0.85"), BEFORE: ("#6b7280", "0.35"), EXPECTED: ("#ffffff", "1")}
SPARE = 0.9  # of the scale, beyond both ends: bubbles on the edge are whole


def plane(chart: Plane, width: int = 460, height: int = 340) -> SafeString:
    left, under, over = 26, 26, 4
    wide, high = width - left - 4, height - under - over
    biggest = max((bubble.size for bubble in chart.bubbles), default=0) or 1

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = ((10 - x if chart.strong_left else x) + SPARE), y + SPARE
        return left + across / (10 + 2 * SPARE) * wide, over + high - up / (10 + 2 * SPARE) * high

    cut_x, cut_y = place(chart.cut_x, chart.cut_y)
    parts = [box(left, over, wide, high, "#f7f7f5"), line(cut_x, over, cut_x, over + high, QUIET, "4 3")]
    parts += [line(left, cut_y, left + wide, cut_y, QUIET, "4 3"), *corners(chart, left, over, wide, high)]
    parts += [text(left + wide / 2, height - 8, chart.x_label, "middle", QUIET)]
    turned = text(0, 0, chart.y_label, "middle", QUIET)
    parts.append(f'<g transform="translate(14 {over + high / 2:.1f}) rotate(-90)">{turned}</g>')
    points = [place(each.x, each.y) for each in chart.bubbles]
    parts += [line(*start, *end, QUIET, "2 3") for start, end in pairwise(points)]
    for each, (x, y) in zip(chart.bubbles, points, strict=True):
        parts.append(circle(x, y, 5 + 13 * (max(each.size, 0) / biggest) ** 0.5, each.role))
    return drawn(chart.title, width, height, [*parts, *labels(chart, points, left + wide / 2)])


def corners(chart: Plane, left: float, over: float, wide: float, high: float) -> list[str]:
    high_left, high_right, low_left, low_right = (
        (chart.corners[place] for place in (1, 0, 3, 2)) if chart.strong_left else chart.corners
    )
    return [
        text(left + 6, over + 14, high_left, "start", QUIET, 600),
        text(left + wide - 6, over + 14, high_right, "end", QUIET, 600),
        text(left + 6, over + high - 7, low_left, "start", QUIET, 600),
        text(left + wide - 6, over + high - 7, low_right, "end", QUIET, 600),
    ]


def circle(x: float, y: float, radius: float, role: str) -> str:
    colour, opacity = ROLES[role]
    edge = f'stroke="{ACCENT}" stroke-width="1.5"' + (' stroke-dasharray="3 2"' if role == EXPECTED else "")
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="{opacity}" {edge}/>'


def labels(chart: Plane, points: list[tuple[float, float]], middle: float) -> list[str]:
    """Names beside their bubbles, towards the middle; one under the other where they would meet."""
    taken, parts = [], []
    for each, (x, y) in sorted(zip(chart.bubbles, points, strict=True), key=lambda pair: pair[1][1]):
        side, is_right = (1 if x > middle else -1), x > middle
        if each.role == EXPECTED:
            parts.append(text(x + 18 * side, y - 24, each.label, "end" if is_right else "start"))
            continue
        while any(abs(y - other) < 14 for other in taken):
            y += 3
        taken.append(y)
        weight = 600 if each.role == NOW else 400
        parts.append(text(x - 24 * side, y + 4, each.label, "end" if is_right else "start", INK, weight))
    return parts


# Years ahead


STATES = {"done": "#9fabcf", "late": LOSS, "": TOTAL}


def timeline(chart: Timeline, width: int = 720) -> SafeString:
    left, row, head = 92, 20, 26
    days = max((chart.until_on - chart.from_on).days, 1)
    rows = [(lane.label if not place else "", span) for lane in chart.lanes for place, span in enumerate(lane.spans)]
    height = head + row * max(len(rows), 1) + 8

    def at(day: date) -> float:
        inside = min(max(day, chart.from_on), chart.until_on)
        return left + (inside - chart.from_on).days / days * (width - left - 8)

    parts = []
    for year in range(chart.from_on.year, chart.until_on.year + 1):
        start = at(date(year, 1, 1))
        parts += [line(start, 16, start, height, PALE), text(start + 3, 12, str(year), "start", QUIET)]
    for place, (label, span) in enumerate(rows):
        parts += lane_row(head + place * row, label, span, at, left, width)
    if chart.from_on <= chart.today <= chart.until_on:
        parts += [line(at(chart.today), 16, at(chart.today), height, LOSS, "3 3")]
    return drawn(chart.title, width, height, parts)


def lane_row(y: float, label: str, span, at, left: float, width: float) -> list[str]:
    """A bar with its name in it where it fits, else beside it where there is more room."""
    start, end = at(span.from_on), at(span.until_on)
    colour = STATES.get(span.state, TOTAL)
    said = span.label if len(span.label) <= 70 else f"{span.label[:68]}…"
    long = len(said) * LETTER_WIDTH
    lane = text(0, y + 12, label, "start", QUIET, 600)
    after, before = width - end - 8, start - left - 6
    if end - start > long + 8 or max(after, before) < min(long, end - start):
        ink = INK if span.state == "done" else "#ffffff"
        inside = text(start + 5, y + 12, cut(said, end - start - 8), "start", ink)
        return [lane, box(start, y + 1, end - start, 15, colour, 2), inside]
    mark = box(start, y + 3, end - start, 10, colour, 2) if end - start >= 4 else dot(end, y + 8, colour)
    if long < after or after >= before:
        return [lane, mark, text(end + 8, y + 12, cut(said, after))]
    return [lane, mark, text(start - 6, y + 12, cut(said, before), "end")]


def cut(said: str, room: float) -> str:
    """As much of a text as there is room for."""
    letters = max(int(room / LETTER_WIDTH), 1)
    return said if len(said) <= letters else f"{said[: letters - 1]}…"


def dot(x: float, y: float, colour: str) -> str:
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" fill="{colour}"/>'


DRAW = {Waterfall: waterfall, Trend: trend, Plane: plane, Timeline: timeline}


PAIRED = {Trend: (480, 280)}  # width and height beside another block, so that letters are as large as elsewhere


def svg(block, is_paired: bool = False) -> SafeString:
    """The picture of a chart."""
    return DRAW[type(block)](block, *(PAIRED.get(type(block), ()) if is_paired else ()))
