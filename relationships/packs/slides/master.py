"""The master of the slides: paper, one ink, one line under the title, and a foot that says whose and which figures."""

import re
from datetime import UTC, datetime, time

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Pt

from accounts.tables.letters import lines_of, shortened
from relationships.packs.blocks import Deck

WIDTH, HEIGHT = 13.333, 7.5
LEFT, RIGHT, TOP, BOTTOM = 0.6, 12.733, 1.55, 6.85  # of what a slide holds, in inches
INK, QUIET, LINE, ACCENT = (RGBColor.from_string(each) for each in ("1D2129", "565D69", "C9CCD1", "0072B2"))
FONT = "Calibri"
COLOURS = {
    "dk1": "1D2129", "lt1": "FFFFFF", "dk2": "2F3B5C", "lt2": "F7F7F5", "accent1": "2F3B5C", "accent2": "0072B2",
    "accent3": "E69F00", "accent4": "009E73", "accent5": "9FABCF", "accent6": "D55E00", "hlink": "2C4A9E",
    "folHlink": "565D69",
}  # fmt: skip
LONGEST = 255  # letters of what a file says of itself
TITLE_ONLY = "Title Only"


def blank(deck: Deck):
    """A presentation without slides, in our look."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for layout in list(made.slide_layouts):
        if layout.name != TITLE_ONLY:
            made.slide_layouts.remove(layout)
    for holder in (made.slide_master, made.slide_layouts[0]):
        _only_titles(holder)
    _colour(made)
    _describe(made, deck)
    return made


def _only_titles(holder) -> None:
    """Dates, feet and bodies of the master go; the title stands where ours stands."""
    for shape in list(holder.placeholders):
        if shape.placeholder_format.type == 1:  # the title
            shape.left, shape.top, shape.width, shape.height = place(LEFT, 0.42, RIGHT - LEFT, 0.62)
            frame = shape.text_frame
            frame.vertical_anchor = MSO_ANCHOR.BOTTOM
            frame.margin_left = frame.margin_right = 0
            frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        else:
            shape._element.getparent().remove(shape._element)


def _colour(made) -> None:
    """Our colours and letters in the theme, so that what people add later fits."""
    part = made.slide_master.part.part_related_by(RT.THEME)
    theme = part.blob.decode()
    for name, colour in COLOURS.items():
        theme = re.sub(rf"(<a:{name}>).*?(</a:{name}>)", rf'\1<a:srgbClr val="{colour}"/>\2', theme, flags=re.DOTALL)
    theme = re.sub(r'(<a:latin typeface=")[^"]*(")', rf"\g<1>{FONT}\2", theme)
    part._blob = re.sub(
        r'(<a:(?:theme|clrScheme|fontScheme|fmtScheme)\b[^>]*? name=")[^"]*', r"\1Plain", theme
    ).encode()
    styles = made.slide_master._element.find(".//{*}titleStyle")
    level = styles.find("{*}lvl1pPr")
    level.set("algn", "l")
    shape = level.find("{*}defRPr")
    shape.set("sz", "2400")
    shape.set("b", "1")


def _describe(made, deck: Deck) -> None:
    """What the file says of itself; nothing of whoever made the template or the file."""
    about = made.core_properties
    told = (f"{deck.title}: {deck.account}", deck.mark, deck.source)
    about.title, about.subject, about.comments = (each[:LONGEST] for each in told)
    about.author = about.last_modified_by = about.keywords = about.category = ""
    about.created = about.modified = datetime.combine(deck.made_on, time(12), UTC).replace(tzinfo=None)
    about.revision = 1


def place(x: float, y: float, width: float, height: float) -> tuple:
    """A place in inches, as shapes take it."""
    return Inches(x), Inches(y), Inches(width), Inches(height)


def slide(made, deck: Deck, title: str, lead: str = ""):
    """A new slide with title, line and foot."""
    new = made.slides.add_slide(made.slide_layouts[0])
    titled(new, title, (24, 20, 16))
    rule(new, LEFT, 1.12, RIGHT - LEFT, LINE)
    if lead:
        text(new, shortened(lead, RIGHT - LEFT, 12), LEFT, 1.2, RIGHT - LEFT, 0.26, 12, QUIET)
    foot(new, deck)
    return new


def titled(new, title: str, sizes: tuple[int, ...], lines: int = 2) -> None:
    """A title in the largest of these sizes in which it stands on so many lines."""
    room = RIGHT - LEFT
    size = next((each for each in sizes if len(lines_of(title, room, each, True)) <= lines), sizes[-1])
    new.shapes.title.text = shortened(title, room, size, lines, True)
    new.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)


def foot(new, deck: Deck) -> None:
    text(new, shortened(deck.whose, 4.5, 9), LEFT, 7.02, 4.6, 0.2, 9, QUIET)
    text(new, shortened(deck.source, 6.3, 9), 5.4, 7.02, 6.4, 0.2, 9, QUIET, PP_ALIGN.RIGHT)
    box = text(new, "", 11.9, 7.02, RIGHT - 11.9, 0.2, 9, QUIET, PP_ALIGN.RIGHT)
    number = (
        f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
        '<a:rPr lang="en-US" sz="900"><a:solidFill><a:srgbClr val="565D69"/></a:solidFill></a:rPr>'
        "<a:t>‹#›</a:t></a:fld>"
    )
    box.text_frame.paragraphs[0]._p.insert(0, parse_xml(number))


def text(new, said: str, x, y, width, height, size: float, colour=INK, align=PP_ALIGN.LEFT, bold: bool = False):
    """A text box without margins; it keeps its size."""
    box = new.shapes.add_textbox(*place(x, y, width, height))
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, line in enumerate(said.split("\n")):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.alignment = align
        style(paragraph.add_run(), line, size, colour, bold)
    return box


def style(run, said: str, size: float, colour=INK, bold: bool = False) -> None:
    run.text = said
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = colour


def rule(new, x: float, y: float, width: float, colour):
    """A thin line across."""
    return line(new, x, y, x + width, y, colour)


def line(new, x1: float, y1: float, x2: float, y2: float, colour):
    """A thin line, without the shadow that the theme gives lines."""
    made = new.shapes.add_connector(1, Inches(x1), Inches(y1), Inches(x2), Inches(y2))
    made.line.color.rgb, made.line.width = colour, Pt(0.75)
    made._element.remove(made._element.find("{*}style"))
    return made
