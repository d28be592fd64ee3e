"""Words and headline figures on slides."""

from collections.abc import Sequence
from dataclasses import replace

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from accounts.tables.letters import lines_of, shortened
from relationships.packs.blocks import Figures, Words
from relationships.packs.slides.master import INK, QUIET, text
from relationships.packs.written import headline

SIZE, LINE_HEIGHT, AFTER = 13, 0.222, 0.056
TITLE, INDENT = 0.34, 0.17  # inches
LONGEST = 10  # inches: longer lines are hard to read
FIGURES = 0.95


def paragraphs(words: Words, width: float) -> list[list[str]]:
    """Each with its lines."""
    return [lines_of(each, min(width, LONGEST) - INDENT, SIZE) for each in words.lines]


def words_height(words: Words, width: float) -> float:
    counts = [len(each) for each in paragraphs(words, width)]
    return sum(counts) * LINE_HEIGHT + len(counts) * AFTER + (TITLE if words.title else 0)


def cut_words(words: Words, width: float, height: float) -> Words:
    """The same with paragraphs that are higher than a slide in pieces."""
    most = int((height - TITLE - AFTER) / LINE_HEIGHT)
    pieces = [
        " ".join(lines[start : start + most])
        for lines in paragraphs(words, width)
        for start in range(0, len(lines), most)
    ]
    return replace(words, lines=pieces) if len(pieces) > len(words.lines) else words


def words_fitting(words: Words, start: int, width: float, height: float) -> int:
    """The line before which a slide of that height is full; one at least."""
    left = height - (TITLE if words.title else 0)
    for number, each in enumerate(paragraphs(words, width)[start:], start=start):
        left -= len(each) * LINE_HEIGHT + AFTER
        if left < 0 and number > start:
            return number
    return len(words.lines)


def draw_words(slide, words: Words, x: float, y: float, width: float) -> None:
    if words.title:
        text(slide, words.title, x, y, width, 0.3, 12, INK, bold=True)
        y += TITLE
    height = words_height(replace(words, title=""), width)
    box = text(slide, "\n".join(words.lines), x, y, min(width, LONGEST), height, SIZE)
    for paragraph in box.text_frame.paragraphs:
        paragraph.space_after = Pt(4)
        if len(words.lines) > 1:
            dotted(paragraph)


def dotted(paragraph) -> None:
    """With a point before it, and further lines under the first letter."""
    shape = paragraph._p.get_or_add_pPr()
    shape.set("marL", str(int(INDENT * 914_400)))
    shape.set("indent", str(-int(INDENT * 914_400)))
    shape.append(parse_xml(f'<a:buFont {nsdecls("a")} typeface="Arial"/>'))
    shape.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def draw_figures(slide, figures: Figures, x: float, y: float, width: float) -> None:
    each = width / max(len(figures.items), 1)
    for number, figure in enumerate(figures.items):
        at = x + number * each
        text(slide, figure.label, at, y, each - 0.2, 0.22, 11, QUIET)
        text(slide, headline(figure.value, figure.kind), at, y + 0.2, each - 0.2, 0.42, 24, INK, bold=True)
        if figure.note:
            text(slide, shortened(figure.note, each - 0.2, 10), at, y + 0.64, each - 0.2, 0.2, 10, QUIET)


def parts_of(lines: Sequence[str]) -> list[str]:
    """Paragraphs of texts that were written with line breaks."""
    return [part for line in lines for part in line.splitlines() if part.strip()]
