"""The slides of a pack, one subject after the other."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.tables.letters import lines_of
from relationships.packs.blocks import (
    Block,
    Column,
    Deck,
    Figures,
    Page,
    Plane,
    Table,
    Timeline,
    Trend,
    Waterfall,
    Words,
    flat,
    is_filled,
)
from relationships.packs.slides import charts, master, tables, words, years
from relationships.packs.slides.master import BOTTOM, INK, LEFT, QUIET, RIGHT, TOP
from relationships.packs.slides.plane import draw_plane

GAP = 0.22
BETWEEN = 0.4  # blocks beside each other
LEAD = 0.2  # the line under the title, where there is none
LEAST_CHART = 2.6
LEAST_START = 1.6  # a table does not begin lower than that above the foot
DRAW = {Waterfall: charts.draw_waterfall, Trend: charts.draw_trend, Plane: draw_plane}
FACTS, FACT_SIZE, FACT_LINE, LAST_FACT = 3.5, 13, 0.222, 6.3
Facts = Sequence[tuple[str, str]]


def show(deck: Deck) -> bytes:
    made = master.blank(deck)
    short, long = facts_of(deck)
    first(made, deck, short)
    for page in [*(Page("fact", label, [Words("", words.parts_of([said]))]) for label, said in long), *filled(deck)]:
        Flow(made, deck, page).draw()
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def filled(deck: Deck) -> list[Page]:
    """The subjects with something in them; those without share a slide."""
    pages = [page for page in deck.pages if is_filled(page)]
    lacking = [[page.name, said] for page in deck.pages if not is_filled(page) and (said := said_without(page))]
    if lacking and not deck.is_for_customer:
        columns = [Column(_("Part")), Column(_("State"), weight=6)]
        pages.append(Page("lacking", _("Not in the plan yet"), [Table("", columns, lacking)]))
    if deck.definitions:
        columns = [Column(_("Figure")), Column(_("Meaning"), weight=8)]
        pages.append(Page("definitions", _("What the figures mean"), [Table("", columns, list(deck.definitions))]))
    return pages


def said_without(page: Page) -> str:
    return next((block.empty for block in flat(page) if isinstance(block, Table) and block.empty), "")


# The title


def facts_of(deck: Deck) -> tuple[Facts, Facts]:
    """Those that fit under the title, and long ones that need a slide of their own."""
    room, short, long = (LAST_FACT - FACTS) - sum(0.1 + FACT_LINE for _fact in deck.facts), [], []
    for label, said in deck.facts:
        more = (fact_lines(said) - 1) * FACT_LINE
        (short if more <= room else long).append((label, said))
        room -= more if more <= room else 0
    return short, long


def fact_lines(said: str) -> int:
    return len(lines_of(said, RIGHT - LEFT - 2.3, FACT_SIZE))


def first(made, deck: Deck, facts: Facts) -> None:
    """The title: for whom, of what, on which figures."""
    slide = made.slides.add_slide(made.slide_layouts[0])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = master.place(LEFT, 0.9, RIGHT - LEFT, 1.6)
    master.titled(slide, deck.account, (40, 32, 24))
    master.text(slide, deck.title, LEFT, 2.6, RIGHT - LEFT, 0.5, 22, QUIET)
    master.rule(slide, LEFT, 3.25, 3.0, master.ACCENT)
    y = FACTS
    for label, said in facts:
        high = fact_lines(said) * FACT_LINE
        master.text(slide, label, LEFT, y, 2.2, FACT_LINE, FACT_SIZE, QUIET)
        master.text(slide, said, LEFT + 2.3, y, RIGHT - LEFT - 2.3, high, FACT_SIZE, INK)
        y += 0.1 + high
    made_on = _("%(mark)s · made on %(day)s") % {"mark": deck.mark, "day": date_format(deck.made_on, "j M Y")}
    master.text(slide, made_on, LEFT, 6.5, RIGHT - LEFT, 0.24, 12, INK, bold=True)
    master.text(slide, deck.source, LEFT, 6.78, RIGHT - LEFT, 0.24, 11, QUIET)


# The subjects


class Flow:
    """Puts the blocks of a page under each other, and goes on to another slide when one is full."""

    def __init__(self, made, deck: Deck, page: Page):
        self.made, self.deck, self.page = made, deck, page
        self.top = TOP if page.lead else TOP - LEAD
        self.number, self.y, self.slide = 0, BOTTOM, None

    def draw(self) -> None:
        self.next_slide()
        alone = {Table: self.table, Words: self.words, Timeline: self.timeline}
        for place, each in enumerate(self.page.blocks):
            if type(each) in alone:
                alone[type(each)](each)
                continue
            blocks = each if isinstance(each, tuple) else (each,)
            high = self.height(blocks, place)
            self.room(high)
            self.row(blocks, high)
            self.y += high + GAP

    def next_slide(self) -> None:
        self.number += 1
        title = self.page.title if self.number == 1 else f"{self.page.title} ({self.number})"
        self.slide = master.slide(self.made, self.deck, title, self.page.lead)
        self.y = self.top

    def room(self, high: float) -> None:
        if self.y > self.top and self.y + high > BOTTOM + 0.05:
            self.next_slide()

    def height(self, blocks: tuple[Block, ...], place: int) -> float:
        """What the row needs; charts take what the rows after them leave."""
        if any(type(block) in DRAW for block in blocks):
            left = BOTTOM - self.y - sum(self.least(each) + GAP for each in self.page.blocks[place + 1 :])
            return max(left, LEAST_CHART) if left >= LEAST_CHART else BOTTOM - self.top
        return max(self.least(block) for block in blocks)

    def least(self, each) -> float:
        if isinstance(each, tuple):
            return max(map(self.least, each))
        if isinstance(each, Figures):
            return words.FIGURES
        if isinstance(each, Words):
            return words.words_height(each, RIGHT - LEFT)
        return tables.needed(each, RIGHT - LEFT) if isinstance(each, Table) else LEAST_CHART

    def row(self, blocks: tuple[Block, ...], high: float) -> None:
        width = (RIGHT - LEFT - BETWEEN * (len(blocks) - 1)) / len(blocks)
        for place, block in enumerate(blocks):
            self.block(block, LEFT + place * (width + BETWEEN), width, high)

    def block(self, block: Block, x: float, width: float, high: float) -> None:
        if isinstance(block, Figures):
            words.draw_figures(self.slide, block, x, self.y, width)
        elif isinstance(block, Table):
            tables.draw_table(self.slide, block, x, self.y, width)
        else:
            DRAW[type(block)](self.slide, self.in_currency(block), x, self.y, width, high)

    def in_currency(self, block: Block) -> Block:
        """A chart of amounts says in what."""
        if isinstance(block, Waterfall | Trend) and self.deck.currency:
            return replace(block, title=f"{block.title}, {self.deck.currency}")
        return block

    # Blocks that go on on the next slide

    def table(self, table: Table) -> None:
        """All of it, on as many slides as it takes."""
        width = RIGHT - LEFT
        self.room(min(tables.needed(table, width), LEAST_START))
        start, table = 0, tables.cut(table, width, BOTTOM - self.top)
        while True:
            last = tables.fitting(table, start, width, BOTTOM - self.y)
            shown = replace(table, rows=table.rows[start:last])
            if self.y > self.top and self.y + tables.needed(shown, width) > BOTTOM + 0.05:
                self.next_slide()
                continue
            tables.draw_table(self.slide, table, LEFT, self.y, width, start, last)
            if last >= len(table.rows):
                self.y += tables.needed(shown, width) + GAP
                return
            start = last
            self.next_slide()

    def words(self, said: Words) -> None:
        width = RIGHT - LEFT
        self.room(min(words.words_height(said, width), LEAST_START))
        start, said = 0, words.cut_words(replace(said, lines=words.parts_of(said.lines)), width, BOTTOM - self.top)
        while start < len(said.lines):
            last = words.words_fitting(said, start, width, BOTTOM - self.y)
            shown = replace(said, lines=said.lines[start:last])
            high = words.words_height(shown, width)
            self.room(high)
            words.draw_words(self.slide, shown, LEFT, self.y, width)
            self.y += high + GAP
            start = last
            if start < len(said.lines):
                self.next_slide()

    def timeline(self, timeline: Timeline) -> None:
        self.room(BOTTOM - self.top)
        for number, rows in enumerate(years.chunks(timeline, BOTTOM - self.top)):
            if number:
                self.next_slide()
            years.draw_timeline(self.slide, timeline, rows, LEFT, self.y, RIGHT - LEFT)
        self.y = BOTTOM
