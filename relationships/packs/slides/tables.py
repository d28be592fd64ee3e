"""Tables on slides: hairlines, numbers at the right, columns as wide as what stands in them, as many rows as fit."""

from collections.abc import Sequence
from dataclasses import replace

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from accounts.tables.letters import inches, lines_of
from relationships.packs.blocks import DAY, Cell, Column, Table
from relationships.packs.slides.master import INK, QUIET, place, style, text
from relationships.packs.written import written

SIZE, HEAD_SIZE = 11, 10
LINE_HEIGHT, HEAD_LINE = 0.188, 0.172
TITLE = 0.34
EDGE, AFTER_NUMBER, ABOVE = 0.05, 0.2, 0.06  # margins of cells
LEAST_WIDE, LOOSE, NEARLY = 6.5, 1.6, 0.8  # a table with little in it is not drawn out over the slide
MOST_FIXED = 0.2  # of the width: numbers and days do not break below that
GOES_ON = "\u00a0"  # in the cells of a row that goes on on the next slide
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"

# Widths


def margin(columns: Sequence[Column], number: int) -> float:
    """Left of a column: texts after numbers keep off them."""
    return AFTER_NUMBER if number and columns[number - 1].is_number and not columns[number].is_number else EDGE


def natural(table: Table) -> list[float]:
    """How wide each column would be on one line."""
    found = []
    for number, column in enumerate(table.columns):
        said = [inches(written(row[number], column.kind), SIZE, True) for row in table.rows]
        found.append(max([inches(column.label, HEAD_SIZE), *said]) + margin(table.columns, number) + EDGE + 0.04)
    return found


def widths(table: Table, width: float) -> list[float]:
    wanted, weights = natural(table), [column.weight for column in table.columns]
    if sum(wanted) > width:
        return shared(table, wanted, width)
    loose = max(LEAST_WIDE, LOOSE * sum(wanted))
    spare = (loose if loose < NEARLY * width else width) - sum(wanted)
    return [each + spare * weight / sum(weights) for each, weight in zip(wanted, weights, strict=True)]


def shared(table: Table, wanted: Sequence[float], width: float) -> list[float]:
    """Numbers and days get what they need, texts what is left by their weight, but none more than it needs."""
    found = {
        number: min(wanted[number], MOST_FIXED * width)
        for number, column in enumerate(table.columns)
        if column.is_number or column.kind == DAY
    }
    while len(found) < len(wanted):
        left = width - sum(found.values())
        whole = sum(column.weight for number, column in enumerate(table.columns) if number not in found)
        shares = {n: left * table.columns[n].weight / whole for n in range(len(wanted)) if n not in found}
        modest = {number: wanted[number] for number, share in shares.items() if wanted[number] <= share}
        found |= modest or shares
    return [found[number] * width / max(sum(found.values()), width) for number in range(len(wanted))]


# Heights


def cell_lines(value, column: Column, room: float) -> list[str]:
    return lines_of(written(value, column.kind), room, SIZE)


def rooms(table: Table, wide: Sequence[float]) -> list[float]:
    return [max(each - margin(table.columns, number) - EDGE, 0.2) for number, each in enumerate(wide)]


def height_of(cells: Sequence, table: Table, wide: Sequence[float]) -> float:
    """How high a row becomes, by the longest of its texts."""
    counts = [len(cell_lines(*each)) for each in zip(cells, table.columns, rooms(table, wide), strict=True)]
    return max(counts) * LINE_HEIGHT + 2 * ABOVE


def head_height(table: Table, wide: Sequence[float]) -> float:
    counts = [
        len(lines_of(column.label, room, HEAD_SIZE))
        for column, room in zip(table.columns, rooms(table, wide), strict=True)
    ]
    return max(counts) * HEAD_LINE + 2 * ABOVE


def needed(table: Table, width: float) -> float:
    wide, title = widths(table, width), TITLE if table.title else 0
    if not table.rows:
        return title + TITLE
    return title + head_height(table, wide) + sum(height_of(row, table, wide) for row in table.rows)


def fitting(table: Table, start: int, width: float, height: float) -> int:
    """The row before which a slide of that height is full; one at least."""
    wide = widths(table, width)
    left = height - head_height(table, wide) - (TITLE if table.title else 0)
    for place_of, row in enumerate(table.rows[start:], start=start):
        left -= height_of(row, table, wide)
        if left < 0 and place_of > start:
            return place_of
    return len(table.rows)


def cut(table: Table, width: float, height: float) -> Table:
    """The same with rows that are higher than a slide going on in a row below."""
    wide = widths(table, width)
    most = int((height - head_height(table, wide) - TITLE - 2 * ABOVE) / LINE_HEIGHT)
    rows, totals = [], set()
    for number, row in enumerate(table.rows):
        totals |= {len(rows)} if number in table.totals else set()
        rows += cut_row(row, table, rooms(table, wide), most)
    return replace(table, rows=rows, totals=frozenset(totals)) if len(rows) > len(table.rows) else table


def cut_row(row: Sequence, table: Table, wide: Sequence[float], most: int) -> list[Sequence]:
    lines = [cell_lines(*each) for each in zip(row, table.columns, wide, strict=True)]
    if max(map(len, lines)) <= most:
        return [row]
    starts = range(0, max(map(len, lines)), most)
    return [[piece(cell, said, start, most) for cell, said in zip(row, lines, strict=True)] for start in starts]


def piece(cell, lines: list[str], start: int, most: int) -> str | Cell:
    """So many lines of a cell; one that stands on few is in the first row alone."""
    if len(lines) <= most:
        return GOES_ON if start else cell
    return " ".join(lines[start : start + most]) or GOES_ON


# The table itself


def draw_table(slide, table: Table, x: float, y: float, width: float, first: int = 0, last: int | None = None) -> None:
    if table.title:
        text(slide, table.title, x, y, width, 0.3, 12, INK, bold=True)
        y += TITLE
    rows = table.rows[first:last]
    if not rows:
        text(slide, table.empty or "–", x, y, width, 0.3, 12, QUIET)
        return
    wide = widths(table, width)
    heights = [head_height(table, wide), *(height_of(row, table, wide) for row in rows)]
    frame = slide.shapes.add_table(len(rows) + 1, len(table.columns), *place(x, y, sum(wide), sum(heights)))
    made = frame.table
    _plain(made)
    _size(made, wide, heights)
    for number, column in enumerate(table.columns):
        _cell(made.cell(0, number), column.label, column, HEAD_SIZE, QUIET, "565D69", margin(table.columns, number))
    for line, row in enumerate(rows, start=1):
        _fill(made, line, row, table, first + line - 1 in table.totals)


def _fill(made, line: int, row: Sequence, table: Table, is_total: bool) -> None:
    for number, (value, column) in enumerate(zip(row, table.columns, strict=True)):
        said, before = written(value, column.kind), margin(table.columns, number)
        _cell(made.cell(line, number), said, column, SIZE, INK, "C9CCD1", before, is_total)


def _size(made, wide: Sequence[float], heights: Sequence[float]) -> None:
    for number, each in enumerate(wide):
        made.columns[number].width = Inches(each)
    for number, each in enumerate(heights):
        made.rows[number].height = Inches(each)


def _plain(made) -> None:
    """Without the look that PowerPoint gives tables; the first row is still its head."""
    shape = made._tbl.tblPr
    shape.attrib.pop("bandRow", None)
    shape.find("{*}tableStyleId").text = NO_STYLE


def _cell(cell, said: str, column: Column, size: float, colour, under: str, left: float, bold: bool = False) -> None:
    cell.margin_left, cell.margin_right = Inches(left), Inches(EDGE)
    cell.margin_top = cell.margin_bottom = Inches(ABOVE)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    for number, each in enumerate(said.split("\n")):
        frame = cell.text_frame
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if column.is_number else PP_ALIGN.LEFT
        style(paragraph.add_run(), each, size, colour, bold)
    line = f'<a:lnB {nsdecls("a")} w="6350"><a:solidFill><a:srgbClr val="{under}"/></a:solidFill></a:lnB>'
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(line))
