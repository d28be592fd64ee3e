"""How wide texts are in Calibri, and so on how many lines they stand: slides and sheets have no browser to ask.

Carlito, which other office programs take for it, is exactly as wide. In thousandths of the size of the letters.
"""

import unicodedata
from collections.abc import Iterable

REGULAR = {
    226: " '\u00a0\u202f", 240: "ilj,’‘", 260: ".I·:;", 298: "`()[]f-", 316: "{}J!", 337: "t°r", 391: "/\\sz",
    420: "\"“”Lc", 443: "xvyk", 462: "FS|?Z", 484: "gaTYE", 498: "#*+<=>^_e~–−•÷§", 507: "$0123456789€£",
    524: "PXKbdhnpqußo", 543: "CRB", 575: "VA", 623: "DHG", 645: "UN", 667: "OQ", 715: "&…%w", 799: "m", 855: "M",
    895: "W@—",
}  # fmt: skip
WIDTHS = {letter: width for width, letters in REGULAR.items() for letter in letters}
WIDEST_LATIN, SQUARE = 543, 1000
BOLD = 1.03
POINTS = 72


def of_letter(letter: str) -> int:
    """Letters with accents are as wide as without; those of Asian scripts fill a square."""
    known = WIDTHS.get(letter) or WIDTHS.get(unicodedata.normalize("NFD", letter)[0])
    return known or (SQUARE if unicodedata.east_asian_width(letter) in "WF" else WIDEST_LATIN)


def inches(said: str, size: float, is_bold: bool = False) -> float:
    """The width of a text on one line."""
    return sum(map(of_letter, said)) / 1000 * size / POINTS * (BOLD if is_bold else 1)


def lines_of(said: str, room: float, size: float, is_bold: bool = False) -> list[str]:
    """The lines on which a text stands in a box so wide; a word wider than the box is broken."""
    found = []
    for paragraph in said.split("\n"):
        line = ""
        for word in words(paragraph, room, size, is_bold):
            if line and inches(f"{line} {word}", size, is_bold) > room:
                found.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        found.append(line)
    return found


def words(paragraph: str, room: float, size: float, is_bold: bool) -> Iterable[str]:
    for word in paragraph.split():
        while inches(word, size, is_bold) > room and len(word) > 1:
            first = fitting(word, room, size, is_bold)
            yield first
            word = word[len(first) :]
        yield word


def fitting(word: str, room: float, size: float, is_bold: bool) -> str:
    """The first letters, one at least."""
    number = 1
    while number < len(word) and inches(word[: number + 1], size, is_bold) <= room:
        number += 1
    return word[:number]


def shortened(said: str, room: float, size: float, lines: int = 1, is_bold: bool = False) -> str:
    """As much of a text as stands on so many lines; the rest is three dots."""
    found = lines_of(said, room, size, is_bold)
    if len(found) <= lines:
        return said
    last = fitting(found[lines - 1], room - inches("…", size, is_bold), size, is_bold)
    return " ".join([*found[: lines - 1], f"{last.rstrip()}…"])
