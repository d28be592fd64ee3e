"""How values are written in a pack: short, exact to what the reader needs, missing as a dash."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format

from relationships.packs.blocks import DAY, MONEY, SCORE, SHARE, TEXT, Cell, Value

MINUS, NOTHING, THIN = "−", "–", "\u202f"
COMPACT = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
DECIMALS = {MONEY: 0, SCORE: 2}


def written(value: Value | Cell, kind: str = TEXT) -> str:
    """A value of that kind in words; a cell says its own."""
    if isinstance(value, Cell):
        text = written(value.value, value.kind)
        return f"{text} {value.unit}" if value.unit and value.value is not None else text
    if value is None or value == "":
        return NOTHING
    if isinstance(value, date):
        return date_format(value, "j M Y")
    if isinstance(value, str):
        return value
    if kind == SHARE:
        return f"{number(Decimal(str(value)) * 100, 1)}{THIN}%"
    return number(Decimal(str(value)), DECIMALS.get(kind))


def number(value: Decimal, decimals: int | None = None) -> str:
    """With as many decimals; without a limit, those it has."""
    if decimals is None:
        decimals = max(0, -value.normalize().as_tuple().exponent)
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0
    return number_format(rounded, decimals, force_grouping=True).replace("-", MINUS)


def compact(value: Decimal | float) -> str:
    """A large amount at a glance: 4.2 M."""
    amount = Decimal(str(value))
    for size, unit in COMPACT:
        if abs(amount) >= size * Decimal("0.9995"):
            return f"{number(amount / size, 1)}{THIN}{unit}"
    return number(amount, 0)


def headline(value: Value, kind: str) -> str:
    """As a headline figure has it."""
    return compact(value) if kind == MONEY and value is not None else written(value, kind)


def kind_of(unit: str) -> str:
    """The kind of a value from the unit of its measure."""
    return {"money": MONEY, "share": SHARE, "score": SCORE, "day": DAY}.get(unit, "number")
