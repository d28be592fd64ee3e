"""Texts that a spreadsheet would calculate, and the apostrophe that keeps it from doing so.

In CSV such a text is written with an apostrophe in front; so is a text of apostrophes followed by such a
text. The reader of CSV files takes exactly one away again: what goes out comes back the same.
"""

import re
import unicodedata

STARTS = ("=", "+", "-", "@", "|", "%")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet may calculate this text, whatever blanks and wide letters it hides behind."""
    first = text[:1]
    if first.isascii() and first.isalnum():  # nearly every text
        return False
    plain = _bare(unicodedata.normalize("NFKC", text))
    return plain.startswith(STARTS) and not NUMBER.fullmatch(plain)


def _bare(text: str) -> str:
    """Without blanks and marks that cannot be seen, at both ends."""
    start, end = 0, len(text)
    while start < end and _is_invisible(text[start]):
        start += 1
    while end > start and _is_invisible(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_invisible(mark: str) -> bool:
    return mark.isspace() or unicodedata.category(mark) in ("Cc", "Cf", "Zs")


def guarded(text: str) -> str:
    """The text as a CSV cell."""
    return f"'{text}" if looks_like_formula(text.lstrip("'")) else text


def unguarded(cell: str) -> str:
    """The text that a CSV cell stands for."""
    return cell[1:] if cell.startswith("'") and looks_like_formula(cell.lstrip("'")) else cell
