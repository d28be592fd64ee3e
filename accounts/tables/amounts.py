"""Exact numbers: text to 64-bit integers of 1/10,000, and their product. No float on the way."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

UNIT = 10_000
DIGITS = 12  # before the decimal mark: any two such numbers add up in 64 bits
LIMIT = 10**DIGITS * UNIT
WHOLE = rf"0*[0-9]{{1,{DIGITS}}}"


def pattern(decimal: str, fraction: str) -> str:
    """The numbers accepted with this decimal mark; `fraction` says how many digits may follow it."""
    mark = "\\" + decimal
    return rf"^[+-]?({WHOLE}({mark}[0-9]{{0,{fraction}}})?|0*{mark}[0-9]{{1,{fraction}}})$"


def ten_thousandths(texts: pa.Array, decimal: str = ".") -> tuple[pa.Array, pa.Array]:
    """Integers of 1/10,000 (null where the text is no number) and a mask of those that were rounded.

    More than 4 decimals are rounded half up, away from zero, to the ledger's precision.
    """
    plain = pc.match_substring_regex(texts, pattern(decimal, "4"))
    dotted = texts if decimal == "." else pc.replace_substring(texts, decimal, ".")
    values = _unscaled(pc.if_else(plain, dotted, None))
    if pc.all(plain, min_count=0).as_py():  # nulls are left out: all that is there is plain
        return values, pa.array(np.zeros(len(texts), bool))
    long = pc.and_(pc.match_substring_regex(texts, pattern(decimal, "40")), pc.invert(plain))
    rounded = pc.fill_null(long, False)
    return _with_rounded(values, rounded, dotted), rounded


def _unscaled(texts: pa.Array) -> pa.Array:
    """Texts of at most 4 decimals as integers: the low 64 bits of each 128-bit decimal."""
    wide = pc.cast(texts, pa.decimal128(DIGITS + 12, 4))
    words = np.frombuffer(wide.buffers()[1], dtype=np.int64)[::2][wide.offset : wide.offset + len(wide)]
    return pa.array(np.ascontiguousarray(words), mask=_mask(wide.is_null()))


def _with_rounded(values: pa.Array, rounded: pa.Array, dotted: pa.Array) -> pa.Array:
    if not pc.any(rounded, min_count=0).as_py():
        return values
    exact = pa.array([half_up(Decimal(text)) for text in dotted.filter(rounded).to_pylist()], pa.int64())
    return pc.replace_with_mask(values, rounded, exact)


def half_up(number: Decimal) -> int:
    """One number in ten-thousandths, half up (away from zero)."""
    return int((number * UNIT).to_integral_value(ROUND_HALF_UP))


def shown(value: int) -> str:
    """Ten-thousandths as a reader writes them: 12500 is '1.25'."""
    whole, rest = divmod(abs(value), UNIT)
    text = f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def multiply(a: pa.Array, b: pa.Array) -> pa.Array:
    """Ten-thousandths × ten-thousandths → ten-thousandths, exact, half up (away from zero).

    Null where a factor is null or the product has more than 12 digits before the decimal mark.
    """
    missing = _mask(a.is_null()) | _mask(b.is_null())
    left, right = _int64(a), _int64(b)
    negative = (left < 0) ^ (right < 0)
    size, too_large = _product(np.abs(left).view(np.uint64), np.abs(right).view(np.uint64))
    product = np.where(negative, -size.view(np.int64), size.view(np.int64))
    return pa.array(product, mask=missing | too_large)


def _product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """|a| × |b| ÷ 10,000 in parts, so that nothing overflows where the result is within the limit.

    With a = 10,000·A + x and b = 10,000·B + y the result is A·b + x·B + half up(x·y ÷ 10,000).
    """
    unit = np.uint64(UNIT)
    whole_a, part_a = np.divmod(a, unit)
    whole_b, part_b = np.divmod(b, unit)
    # A·b may wrap round in 64 bits; a float tells safely, being 1,000 times nearer than the room left.
    too_large = whole_a.astype(np.float64) * b.astype(np.float64) > 2.0 * LIMIT
    whole_a = np.where(too_large, np.uint64(0), whole_a)
    too_large |= part_a.astype(np.float64) * whole_b.astype(np.float64) > 2.0 * LIMIT
    size = whole_a * b + part_a * whole_b + (part_a * part_b + unit // np.uint64(2)) // unit
    return size, too_large | (size >= np.uint64(LIMIT))


def _int64(values: pa.Array) -> np.ndarray:
    return pc.fill_null(values, 0).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)


def _mask(flags: pa.Array) -> np.ndarray:
    return flags.to_numpy(zero_copy_only=False)
