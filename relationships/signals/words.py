"""How the facts of a signal are written: money, shares, days, names. In JSON numbers and days are texts."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from relationships.models import Box, Stage

PHASES = {
    "presale": gettext_lazy("presale"),
    "production": gettext_lazy("production"),
    "delivery": gettext_lazy("delivery"),
    "post_sale": gettext_lazy("post-sale"),
}


def number(value, decimals: int) -> str:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0
    return number_format(rounded, decimals, force_grouping=True).replace("-", "−")


def money(value) -> str:
    """In whole units: a signal is read at a glance."""
    return f"{number(value, 0)} {settings.CURRENCY}"


def percent(value) -> str:
    return f"{number(Decimal(value) * 100, 0)}\u202f%"


def tenth_percent(value) -> str:
    return f"{number(Decimal(value) * 100, 1)}\u202f%"


def day(text: str) -> str:
    return date_format(date.fromisoformat(text), "j M Y")


def month(value: int) -> str:
    return date_format(date(value // 100, value % 100, 1), "M Y")


def months(first: int, last: int) -> str:
    return month(first) if first == last else f"{month(first)}–{month(last)}"


def days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def box(code: str) -> str:
    return str(Box(code).label) if code else _("no box")


def stage(code: str) -> str:
    return str(Stage(code).label) if code else _("no stage")
