"""The pages of a pack for the page and the PDF: tables with their cells in words, charts as pictures."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from relationships.packs.blocks import DAY, Block, Cell, Column, Deck, Figures, Table, Words
from relationships.packs.drawings import svg
from relationships.packs.written import headline, written


@dataclass(frozen=True)
class DrawnCell:
    text: str
    class_name: str = ""


@dataclass(frozen=True)
class Drawn:
    """One block: which kind it is, and what is shown of it."""

    kind: str
    title: str
    block: Block
    rows: tuple = ()
    picture: SafeString | str = ""


@dataclass(frozen=True)
class DrawnPage:
    code: str
    title: str
    lead: str
    rows: list[list[Drawn]]  # blocks that stand beside each other


def drawn(deck: Deck) -> list[DrawnPage]:
    return [
        DrawnPage(page.code, page.title, page.lead, [side_by_side(each) for each in page.blocks]) for page in deck.pages
    ]


def side_by_side(each: Block | tuple[Block, Block]) -> list[Drawn]:
    return [one(block, True) for block in each] if isinstance(each, tuple) else [one(each)]


def one(block: Block, is_paired: bool = False) -> Drawn:
    if isinstance(block, Table):
        return Drawn("table", block.title, block, tuple(cells(block)))
    if isinstance(block, Words):
        return Drawn("words", block.title, block)
    if isinstance(block, Figures):
        rows = tuple((each.label, headline(each.value, each.kind), each.note) for each in block.items)
        return Drawn("figures", block.title, block, rows)
    return Drawn("chart", block.title, block, picture=svg(block, is_paired))


def class_of(column: Column, value: object) -> str:
    if isinstance(value, Cell) and value.unit:
        return "pack-number pack-unit"  # may break after its number
    return "pack-number" if column.is_number else "pack-day" if column.kind == DAY else ""


def cells(table: Table):
    """The rows of a table, each with whether it sums up."""
    for place, row in enumerate(table.rows):
        said = [
            DrawnCell(written(value, column.kind), class_of(column, value))
            for value, column in zip(row, table.columns, strict=True)
        ]
        yield place in table.totals, said
