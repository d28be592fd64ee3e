"""The blocks of a pack as grids of a sheet: charts by the figures they draw, units in a column of their own; and how
wide and high their cells become."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.tables.letters import lines_of
from accounts.tables.writing import LETTERS, LINE_HEIGHT, PADDING, PIXELS, PIXELS_OF_UNIT, units
from relationships.packs.blocks import (
    DAY,
    MONEY,
    NUMBER,
    SCORE,
    SHARE,
    Block,
    Cell,
    Column,
    Figures,
    Plane,
    Table,
    Timeline,
    Trend,
    Waterfall,
    Words,
)

LEAST, MOST, TEXT_WIDTH = 9.0, 60.0, 110.0  # widths of columns, and of words over all columns
MOST_HIGH = 409.0  # points
DECIMALS = {MONEY: 2, SCORE: 2, SHARE: 1}
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Grid:
    """A title, columns and rows; words have one column without a head."""

    title: str
    columns: Sequence[Column]
    rows: Rows
    totals: frozenset[int] = frozenset()
    empty: str = ""
    is_words: bool = False


def grids(block: Block) -> Iterator[Grid]:
    if isinstance(block, Table):
        columns, rows = with_units(block)
        yield Grid(block.title, columns, rows, block.totals, block.empty)
    elif isinstance(block, Words):
        yield Grid(block.title, [Column("")], [[each] for each in block.lines], is_words=True)
    elif isinstance(block, Figures):
        rows = [[each.label, Cell(each.value, each.kind), each.note] for each in block.items]
        yield Grid(block.title, [Column(_("Figure")), Column(_("Value"), NUMBER), Column("")], rows)
    elif isinstance(block, Waterfall):
        rows = [[each.label, each.amount if each.is_total else -each.amount] for each in block.steps]
        totals = frozenset(number for number, each in enumerate(block.steps) if each.is_total)
        yield Grid(block.title, [Column(_("Step")), Column(_("Amount"), MONEY)], rows, totals)
    else:
        yield from drawn_grids(block)


def drawn_grids(block: Trend | Plane | Timeline) -> Iterator[Grid]:
    if isinstance(block, Trend):
        columns = [Column(_("Month")), *(Column(name, MONEY) for name, _values in block.series)]
        rows = [[month, *(values[place] for _name, values in block.series)] for place, month in enumerate(block.months)]
        yield Grid(block.title, columns, rows)
    elif isinstance(block, Plane):
        columns = [Column(_("Place")), Column(block.x_label, SCORE), Column(block.y_label, SCORE)]
        rows = [[each.label, each.x, each.y, each.size] for each in block.bubbles]
        yield Grid(block.title, [*columns, Column(_("Net revenue"), MONEY)], rows)
    else:
        columns = [Column(_("Lane")), Column(_("What")), Column(_("From"), DAY), Column(_("Until"), DAY)]
        rows = [[lane.label, each.label, each.from_on, each.until_on] for lane in block.lanes for each in lane.spans]
        yield Grid(block.title, columns, rows)


def with_units(table: Table) -> tuple[Sequence[Column], Rows]:
    """Units of single cells in a column after them: the numbers stay numbers."""
    units = [[each.unit for each in row if isinstance(each, Cell) and each.unit] for row in table.rows]
    if not any(units):
        return table.columns, table.rows
    last = max(place for row in table.rows for place, each in enumerate(row) if isinstance(each, Cell) and each.unit)
    rows = [
        [*row[: last + 1], next(iter(unit), ""), *row[last + 1 :]] for row, unit in zip(table.rows, units, strict=True)
    ]
    return [*table.columns[: last + 1], Column(_("Unit")), *table.columns[last + 1 :]], rows


# Widths and heights


def column_widths(listed: Sequence[Grid]) -> list[float]:
    """Of all columns of a sheet, in the units of spreadsheets; wide enough for words over all of them."""
    found: list[float] = []
    for grid in (each for each in listed if not each.is_words):
        for place, column in enumerate(grid.columns):
            found += [LEAST] * (place + 1 - len(found))
            found[place] = max(found[place], needed(column, [row[place] for row in grid.rows]))
    if any(each.is_words for each in listed) and sum(found) < TEXT_WIDTH:
        found.append(TEXT_WIDTH - sum(found))
    return found


def needed(column: Column, values: Sequence[object]) -> float:
    """A head may stand on two lines, a text on more; a number or a day never."""
    head = max([units(each, True) for each in column.label.split()] or [0.0])
    head = max(head, units(column.label, True) / 2 + 1)
    return max([min(max(head, LEAST), MOST), *(min(units(in_cell(each, column.kind)), MOST) for each in values)])


def in_cell(value: object, kind: str) -> str:
    """About as a spreadsheet writes it."""
    if isinstance(value, Cell):
        value, kind = value.value, value.kind
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float | Decimal):
        return f"{value:,.{DECIMALS.get(kind, 4)}{'%' if kind == SHARE else 'f'}}"
    return str(value or "")


def row_height(texts: Sequence[str], wide: Sequence[float], is_bold: bool = False) -> float:
    """In points, by the text that needs most lines."""
    rooms = [(each * PIXELS_OF_UNIT - PADDING + 2) / PIXELS for each in wide]
    counts = [len(lines_of(said, room, LETTERS, is_bold)) for said, room in zip(texts, rooms, strict=False)]
    return min(max([1, *counts]) * LINE_HEIGHT, MOST_HIGH)
