"""Cells to typed values: each type for a whole column at a time, and in words for each cell refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from . import amounts
from .formulas import unguarded
from .problems import did_you_mean, listing
from .schema import DECIMALS, Column, Type

FIRST_YEAR, LAST_YEAR = 1900, 2199
FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
DATE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])(-01([T ]00:00(:00(\.0+)?)?)?)?$"
EMAIL = r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+$"
# Line separators, and marks that turn the reading direction: what is seen would not be what is stored.
CONTROL = r"[\x00-\x1f\x7f-\x9f\x{2028}\x{2029}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
CONTROL_BUT_LINES = CONTROL.replace(r"\x00-\x1f", r"\x00-\x08\x0b\x0c\x0e-\x1f")
# Invisible: two codes could look the same.
INVISIBLE = r"[\x{00ad}\x{200b}-\x{200f}\x{2060}\x{feff}]"

STORED = {
    **dict.fromkeys((Type.TEXT, Type.CODE, Type.EMAIL), pa.string()),
    **dict.fromkeys((*DECIMALS, Type.INTEGER), pa.int64()),
    Type.DATE: pa.date32(),
    Type.MONTH: pa.int32(),
    Type.FLAG: pa.bool_(),
}


@dataclass(frozen=True)
class Parsed:
    """Typed values, null where the cell is empty or refused; which were refused; which were rounded."""

    values: pa.Array
    refused: np.ndarray
    rounded: pa.Array | None = None


def parse(texts: pa.Array, column: Column, decimal: str = ".") -> Parsed:
    """A column of trimmed texts (null is empty) as the values of that column."""
    values, rounded = PARSERS[column.type](texts, column, decimal)
    values = pc.if_else(_within(values, column), values, None)
    refused = pc.and_(texts.is_valid(), values.is_null()).to_numpy(zero_copy_only=False)
    return Parsed(values, refused, rounded)


def trimmed(texts: pa.Array, guarded: bool) -> pa.Array:
    """Texts without outer blanks, null where nothing is left, and without the writer's apostrophe."""
    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    return _without_guards(texts) if guarded else texts


def _without_guards(texts: pa.Array) -> pa.Array:
    marked = pc.fill_null(pc.starts_with(texts, "'"), False)
    if not pc.any(marked, min_count=0).as_py():
        return texts
    plain = [unguarded(text).strip() for text in texts.filter(marked).to_pylist()]
    return pc.replace_with_mask(texts, marked, pa.array(plain, pa.string()))


def complaint(text: str, column: Column, decimal: str = ".") -> str | None:
    """Why that text is refused, as the end of a sentence that begins with the text; None if it is fine."""
    reason = REASONS.get(column.type, _text_reason)(text, column, decimal)
    return reason or _limit_reason(text, column, decimal)


# Whole columns


def _decimals(texts: pa.Array, column: Column, decimal: str) -> tuple[pa.Array, pa.Array | None]:
    return amounts.ten_thousandths(texts, decimal)


def _integers(texts: pa.Array, column: Column, decimal: str) -> tuple[pa.Array, None]:
    values, rounded = amounts.ten_thousandths(texts, decimal)
    whole = pc.divide(values, amounts.UNIT)
    exact = pc.and_(pc.equal(pc.multiply(whole, amounts.UNIT), values), pc.invert(rounded))
    return pc.if_else(exact, whole, None), None


def _dates(texts: pa.Array, column: Column, decimal: str) -> tuple[pa.Array, None]:
    days = pc.utf8_slice_codeunits(pc.if_else(pc.match_substring_regex(texts, DATE), texts, None), 0, 10)
    try:
        values = days.cast(pa.date32())
    except pa.ArrowInvalid:  # a 30th of February somewhere
        values = pa.array([_day(text) for text in days.to_pylist()], pa.date32())
    years = pc.year(values)
    return pc.if_else(_between(years, FIRST_YEAR, LAST_YEAR), values, None), None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _months(texts: pa.Array, column: Column, decimal: str) -> tuple[pa.Array, None]:
    months = pc.if_else(pc.match_substring_regex(texts, MONTH), texts, None)
    years = pc.utf8_slice_codeunits(months, 0, 4).cast(pa.int32())
    values = pc.add(pc.multiply(years, 100), pc.utf8_slice_codeunits(months, 5, 7).cast(pa.int32()))
    return pc.if_else(_between(years, FIRST_YEAR, LAST_YEAR), values, None), None


def _flags(texts: pa.Array, column: Column, decimal: str) -> tuple[pa.Array, None]:
    places = pc.index_in(pc.ascii_lower(texts), pa.array(list(FLAGS)))
    return pa.array(list(FLAGS.values())).take(places), None


def _texts(texts: pa.Array, column: Column, decimal: str) -> tuple[pa.Array, None]:
    fine = pc.and_(
        pc.invert(pc.match_substring_regex(texts, forbidden(column))),
        pc.less_equal(pc.utf8_length(texts), column.longest),
    )
    if column.type == Type.EMAIL:
        fine = pc.and_(fine, pc.match_substring_regex(texts, EMAIL))
    return pc.if_else(fine, texts, None), None


def forbidden(column: Column) -> str:
    """The characters that a text of this column must not hold, as a pattern."""
    marks = CONTROL_BUT_LINES if column.multiline else CONTROL
    return marks if column.type == Type.TEXT else f"{marks}|{INVISIBLE}"


def _within(values: pa.Array, column: Column) -> pa.Array:
    """Which values keep the column's own limits."""
    if column.choices:
        return pc.is_in(values, pa.array(column.choices, values.type))
    unit = amounts.UNIT if column.type in DECIMALS else 1
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return values.is_valid()
    return _between(values, None if low is None else low * unit, None if high is None else high * unit)


def _between(values: pa.Array, low: int | None, high: int | None) -> pa.Array:
    fine = values.is_valid()
    if low is not None:
        fine = pc.and_(fine, pc.greater_equal(values, low))
    return fine if high is None else pc.and_(fine, pc.less_equal(values, high))


PARSERS: dict[str, Callable[[pa.Array, Column, str], tuple[pa.Array, pa.Array | None]]] = {
    **dict.fromkeys((Type.TEXT, Type.CODE, Type.EMAIL), _texts),
    **dict.fromkeys(DECIMALS, _decimals),
    Type.INTEGER: _integers,
    Type.DATE: _dates,
    Type.MONTH: _months,
    Type.FLAG: _flags,
}


# Reasons, one cell at a time


def _number_reason(text: str, column: Column, decimal: str) -> str | None:
    if re.fullmatch(amounts.pattern(decimal, "40"), text):
        return None
    if re.fullmatch(r"[+-]?[0-9]+([.,][0-9]*)?", text) and len(re.split("[.,]", text.lstrip("+-0"))[0]) > 12:
        return _("has more than 12 digits before the decimal mark")
    return _("is not a number as expected here: digits, at most one “%(mark)s” as decimal mark, "
             "no thousands marks, brackets, currency signs or exponents (such as %(example)s)") % {
        "mark": decimal,
        "example": f"-1234{decimal}50",
    }  # fmt: skip


def _integer_reason(text: str, column: Column, decimal: str) -> str | None:
    if reason := _number_reason(text, column, decimal):
        return reason
    fraction = text.partition(decimal)[2]
    return _("is not a whole number") if fraction.strip("0") or len(fraction) > 4 else None


def _date_reason(text: str, column: Column, decimal: str) -> str | None:
    if not re.fullmatch(DATE, text):
        return _("is not a date as expected here: YYYY-MM-DD, with a time of day if wanted (ISO 8601)")
    if not _day(text[:10]):
        return _("is a day that no calendar has")
    return _year_reason(int(text[:4]))


def _month_reason(text: str, column: Column, decimal: str) -> str | None:
    if not re.fullmatch(MONTH, text):
        return _("is not a month as expected here: YYYY-MM")
    return _year_reason(int(text[:4]))


def _year_reason(year: int) -> str | None:
    if year < FIRST_YEAR:
        return _("is before %(year)s") % {"year": FIRST_YEAR}
    return _("is after %(year)s") % {"year": LAST_YEAR} if year > LAST_YEAR else None


def _flag_reason(text: str, column: Column, decimal: str) -> str | None:
    return None if text.lower() in FLAGS else _("is neither 1, true, yes nor 0, false, no")


def _text_reason(text: str, column: Column, decimal: str) -> str | None:
    pattern = re.sub(r"\\x\{([0-9a-f]{4})\}", r"\\u\1", forbidden(column))
    if found := re.search(pattern, text):
        return _("holds a control or invisible character (%(mark)s at position %(place)s)") % {
            "mark": f"U+{ord(found[0]):04X}",
            "place": found.start() + 1,
        }
    if len(text) > column.longest:
        return _("is longer than %(most)s characters") % {"most": column.longest}
    if column.type == Type.EMAIL and not re.fullmatch(EMAIL, text, re.ASCII):
        return _("is not an e-mail address")
    return None


def _limit_reason(text: str, column: Column, decimal: str) -> str | None:
    if column.choices and text not in column.choices:
        choices = list(column.choices)
        return _("is none of %(choices)s.") % {"choices": listing(choices)} + did_you_mean(text, choices)
    if column.minimum is None and column.maximum is None:
        return None
    value = amounts.ten_thousandths(pa.array([text]), decimal)[0][0].as_py()
    if column.minimum is not None and value < column.minimum * amounts.UNIT:
        return _("is less than %(limit)s") % {"limit": column.minimum}
    if column.maximum is not None and value > column.maximum * amounts.UNIT:
        return _("is more than %(limit)s") % {"limit": column.maximum}
    return None


REASONS = {
    **dict.fromkeys(DECIMALS, _number_reason),
    Type.INTEGER: _integer_reason,
    Type.DATE: _date_reason,
    Type.MONTH: _month_reason,
    Type.FLAG: _flag_reason,
}
