"""The slides of a pack, one subject after the other."""

from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relationships.packs.blocks import Block, Deck, Figures, Page, Plane, Table, Timeline, Trend, Waterfall, Words
from relationships.packs.slides import charts, master, tables
from relationships.packs.slides.master import BOTTOM, INK, LEFT, QUIET, RIGHT, TOP

GAP = 0.22
LEAST_CHART = 2.6
DRAW = {
    Waterfall: charts.draw_waterfall,
    Trend: charts.draw_trend,
    Plane: charts.draw_plane,
    Timeline: tables.draw_timeline,
}


def show(deck: Deck) -> bytes:
    made = master.blank(deck)
    first(made, deck)
    for page in deck.pages:
        Flow(made, deck, page).draw()
    if deck.definitions:
        rows = [f"{name}: {meaning}" for name, meaning in deck.definitions]
        Flow(made, deck, Page("definitions", _("What the figures mean"), [Words("", rows)])).draw()
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def first(made, deck: Deck) -> None:
    """The title: for whom, of what, on which figures."""
    slide = made.slides.add_slide(made.slide_layouts[0])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = master.place(LEFT, 1.5, RIGHT - LEFT, 1.0)
    title.text = deck.account
    title.text_frame.paragraphs[0].runs[0].font.size = 508_000  # 40 points
    master.text(slide, deck.title, LEFT, 2.6, RIGHT - LEFT, 0.5, 22, QUIET)
    master.rule(slide, LEFT, 3.25, 3.0, master.ACCENT)
    y = 3.5
    for label, said in deck.facts[:6]:
        lines = 1 + len(said) // 95
        master.text(slide, label, LEFT, y, 2.2, 0.3, 13, QUIET)
        master.text(slide, said, LEFT + 2.3, y, RIGHT - LEFT - 2.3, 0.3 * lines, 13, INK)
        y += 0.1 + 0.26 * lines
    made_on = _("%(mark)s · made on %(day)s") % {"mark": deck.mark, "day": date_format(deck.made_on, "j M Y")}
    master.text(slide, made_on, LEFT, 6.45, RIGHT - LEFT, 0.3, 12, INK, bold=True)
    master.text(slide, deck.source, LEFT, 6.75, RIGHT - LEFT, 0.3, 11, QUIET)


class Flow:
    """Puts the blocks of a page under each other, and goes on to another slide when one is full."""

    def __init__(self, made, deck: Deck, page: Page):
        self.made, self.deck, self.page = made, deck, page
        self.number, self.y, self.slide = 0, BOTTOM, None

    def draw(self) -> None:
        self.next_slide()
        for place, each in enumerate(self.page.blocks):
            blocks = each if isinstance(each, tuple) else (each,)
            if isinstance(each, Table):
                self.table(each)
                continue
            high = self.height(blocks, place)
            self.room(high)
            self.row(blocks, high)
            self.y += high + GAP

    def next_slide(self) -> None:
        self.number += 1
        title = self.page.title if self.number == 1 else f"{self.page.title} ({self.number})"
        self.slide = master.slide(self.made, self.deck, title, self.page.lead)
        self.y = TOP

    def room(self, high: float) -> None:
        if self.y > TOP and self.y + high > BOTTOM + 0.05:
            self.next_slide()

    def height(self, blocks: tuple[Block, ...], place: int) -> float:
        """What the row needs; charts take what the rows after them leave."""
        if any(type(block) in DRAW for block in blocks):
            left = BOTTOM - self.y - sum(self.least(each) for each in self.page.blocks[place + 1 :])
            return max(left, LEAST_CHART) if left >= LEAST_CHART else BOTTOM - TOP
        return max(self.least(block) for block in blocks)

    def least(self, each) -> float:
        if isinstance(each, tuple):
            return max(map(self.least, each))
        if isinstance(each, Figures):
            return 1.05 + GAP
        if isinstance(each, Words):
            return tables.words_height(each, RIGHT - LEFT)
        return tables.needed(each, RIGHT - LEFT) if isinstance(each, Table) else LEAST_CHART

    def row(self, blocks: tuple[Block, ...], high: float) -> None:
        width = (RIGHT - LEFT - 0.4 * (len(blocks) - 1)) / len(blocks)
        for place, block in enumerate(blocks):
            self.block(block, LEFT + place * (width + 0.4), width, high)

    def block(self, block: Block, x: float, width: float, high: float) -> None:
        if isinstance(block, Figures):
            tables.draw_figures(self.slide, block, x, self.y, width)
        elif isinstance(block, Words):
            tables.draw_words(self.slide, block, x, self.y, width)
        elif isinstance(block, Table):
            tables.draw_table(self.slide, block, x, self.y, width)
        else:
            DRAW[type(block)](self.slide, block, x, self.y, width, high)

    def table(self, table: Table) -> None:
        """All of it, on as many slides as it takes."""
        start, width = 0, RIGHT - LEFT
        self.room(min(tables.needed(table, width), 1.6))
        while True:
            last = tables.fitting(table, start, width, BOTTOM - self.y)
            tables.draw_table(self.slide, table, LEFT, self.y, width, start, last)
            if last >= len(table.rows):
                self.y += tables.needed(Table(table.title, table.columns, table.rows[start:last]), width) + GAP
                return
            start = last
            self.next_slide()
