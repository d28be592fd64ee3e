"""A number as people type it where nobody has said which decimal mark they use, and as it is shown to be typed over.

Pages part thousands by commas and have a decimal point, so “1,250” is a thousand and more. A decimal comma is
understood where it cannot be anything else; a text that may be read in two ways is refused with what to write instead.
"""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

MINUS = "−"
BLANK = "[ \u00a0\u2009\u202f'’]"  # between thousands
WHOLE = rf"\d{{1,3}}(?:{BLANK}\d{{3}})+|\d+"
PLAIN = re.compile(rf"({WHOLE})?(?:[.,](\d*))?", re.ASCII)
PARTED = re.compile(
    r"(\d{1,3}(?:,\d{3})+)(?:\.(\d*))?|(\d{1,3}(?:\.\d{3}){2,})(?:,(\d*))?|(\d{1,3}\.\d{3}),(\d*)", re.ASCII
)
TWO_WAYS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)  # thousands parted by a point, or three decimals


class NotANumber(ValueError):
    """The message says what is wrong with what was typed."""


def read(text: str) -> Decimal | None:
    """The number, or None for an empty text. Raises NotANumber."""
    bare = text.strip().replace(MINUS, "-")
    if not bare:
        return None
    size = bare.lstrip("+-").strip()
    if TWO_WAYS.fullmatch(size):
        raise NotANumber(two_ways(bare))
    digits = _digits(size)
    if digits is None or len(bare) - len(bare.lstrip("+-")) > 1:
        raise NotANumber(_("“%(text)s” is not a number.") % {"text": text})
    return -Decimal(digits) if bare.startswith("-") else Decimal(digits)


def _digits(size: str) -> str | None:
    """The same with a decimal point and nothing between thousands; None for what is no number."""
    found = PARTED.fullmatch(size) if not size.startswith("0") else None
    if found:
        whole, part = next(pair for pair in zip(found.groups()[::2], found.groups()[1::2], strict=True) if pair[0])
        return f"{re.sub('[,.]', '', whole)}.{part or ''}"
    found = PLAIN.fullmatch(size)
    if found is None or not (found[1] or found[2]):
        return None
    return f"{re.sub(BLANK, '', found[1] or '0')}.{found[2] or ''}"


def two_ways(text: str) -> str:
    said = {"text": text, "thousands": text.replace(".", ","), "decimals": shown(Decimal(text), parted=False)}
    return _("“%(text)s” may be read in two ways: write %(thousands)s or %(decimals)s.") % said


def plain(value: Decimal) -> str:
    """Without an exponent and without zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(value: Decimal, parted: bool = True) -> str:
    """So that it is read again as the same: thousands parted, three decimals that may be thousands written as four."""
    text = plain(value)
    text = f"{Decimal(text):,f}" if parted else text
    return f"{text}0" if TWO_WAYS.fullmatch(text.lstrip("-")) else text
