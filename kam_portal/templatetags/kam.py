"""How figures are written: money, shares, scores, months; and whether a reader may. No queries."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts import permissions

register = template.Library()
MINUS = "−"
NOTHING = "–"
# unit, its name, and from where on: what would round to 1,000 of the smaller unit is 1 of this one
COMPACT = ((1_000_000_000, "bn", 999_950_000), (1_000_000, "M", 999_950), (1_000, "k", Decimal("999.5")))


def written(value, decimals: int) -> str:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # no negative zero
    return number_format(rounded, decimals, force_grouping=True).replace("-", MINUS)


def with_plus(text: str) -> str:
    """A plus before what is neither negative nor written as zero."""
    return text if text.startswith(MINUS) or not any(mark in "123456789" for mark in text) else f"+{text}"


@register.filter
def money(value) -> str:
    """An exact amount of the reporting currency; missing is a dash, never a zero."""
    return NOTHING if value is None else written(value, settings.CURRENCY_DIGITS)


@register.filter
def exact(value, decimals: int = 0) -> str:
    """An amount of the ledger with all its decimals, at least those of the currency and of its column."""
    return NOTHING if value is None else written(value, max(settings.CURRENCY_DIGITS, decimals, decimals_of(value)))


def decimals_of(value) -> int:
    return max(0, -Decimal(value).normalize().as_tuple().exponent)


@register.filter
def decimals(rows, name: str) -> int:
    """The most decimals that a figure of these rows has: with as many for each, the column aligns."""
    values = (getattr(row, name) for row in rows)
    return max((decimals_of(value) for value in values if value is not None), default=0)


@register.filter
def whole(value) -> str:
    """An amount or a count without decimals."""
    return NOTHING if value is None else written(value, 0)


@register.filter
def compact(value) -> str:
    """A large amount at a glance: 4.2 M."""
    if value is None:
        return NOTHING
    for size, unit, least in COMPACT:
        if abs(value) >= least:
            return f"{written(Decimal(value) / size, 1)}\u202f{unit}"
    return written(value, 0)


@register.filter
def signed(value) -> str:
    """A change in money, with its sign."""
    return NOTHING if value is None else with_plus(money(value))


@register.filter
def negated(value):
    """The same amount with the other sign, for what is taken off."""
    return None if value is None else -value


@register.filter
def moved(value) -> str:
    """A change of a score, with its sign."""
    return NOTHING if value is None else with_plus(written(Decimal(str(value)), 1))


@register.filter
def share(value) -> str:
    """A share 0…1 as a percentage."""
    return NOTHING if value is None else f"{written(Decimal(str(value)) * 100, 1)}\u202f%"


@register.filter
def score_signed(value) -> str:
    """A change of a score, with its sign; as many decimals as it takes not to write it as nothing."""
    if value is None:
        return NOTHING
    change = Decimal(str(value))
    return with_plus(written(change, 2 if not change or abs(change) >= Decimal("0.005") else 6))


@register.filter
def held(value) -> str:
    """The share of weightings in which a box holds: 100 % only of one that always does."""
    return share(value if value is None or value == 1 else min(Decimal(str(value)), Decimal("0.999")))


@register.filter
def share_signed(value) -> str:
    """A change as a percentage, with its sign."""
    return NOTHING if value is None else with_plus(share(value))


@register.filter
def points(value) -> str:
    """A change of a share, in percentage points, with its sign."""
    return NOTHING if value is None else with_plus(written(Decimal(str(value)) * 100, 1))


@register.filter
def score(value) -> str:
    """A score 0…10, with two decimals so that a figure near a cut shows its side."""
    return NOTHING if value is None else written(Decimal(str(value)), 2)


@register.filter
def tenths(value) -> str:
    """Hours, with one decimal."""
    return NOTHING if value is None else written(value, 1)


@register.filter
def tenths_signed(value) -> str:
    """A change of hours, with its sign."""
    return NOTHING if value is None else with_plus(tenths(value))


@register.filter
def quantity(value, decimals: int = 0) -> str:
    """A driver quantity: decimals only where there are some, or as many as its column has."""
    return NOTHING if value is None else written(Decimal(value), max(decimals, decimals_of(value)))


@register.filter
def month(value) -> str:
    """202603 as “Mar 2026”."""
    return date_format(date(int(value) // 100, int(value) % 100, 1), "M Y")


@register.filter
def day(value) -> str:
    """“2026-03-05”, as documents keep it, as “5 Mar 2026”."""
    return date_format(date.fromisoformat(value), "j M Y") if value else NOTHING


@register.filter
def ratio(part, whole_amount):
    """part ÷ whole, or None where that is undefined."""
    return None if not whole_amount or whole_amount <= 0 or part is None else Decimal(part) / Decimal(whole_amount)


@register.filter
def phase(code) -> str:
    names = {
        "presale": _("Presale"),
        "production": _("Production"),
        "delivery": _("Delivery"),
        "post_sale": _("Post-sale"),
    }
    return names.get(code, code)


@register.filter
def level(code) -> str:
    return {"unit": _("Unit"), "batch": _("Batch"), "customer": _("Customer")}.get(code, code)


@register.filter
def item(mapping, key):
    """A value of a dict by a key that is a variable."""
    return mapping.get(key) if mapping else None


@register.filter
def may(user, permission: str) -> bool:
    """Whether the reader holds a permission, by its name."""
    return permissions.may(user, permissions.Permission(permission))


@register.simple_tag
def currency() -> str:
    return settings.CURRENCY


@register.filter
def rate(value) -> str:
    """Money per driver unit or minute: four decimals, because cents would hide it."""
    return NOTHING if value is None else written(Decimal(value), 4)
