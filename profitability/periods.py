"""Periods of a run's window: months, quarters, years and the last twelve months, each with the one before it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profitability.core.months import month_of, months_between, ordinal

LENGTHS = {"last12": 12, "year": 12, "quarter": 3, "month": 1}
NAMES = {
    "last12": gettext_lazy("Last 12 months"),
    "year": gettext_lazy("Year"),
    "quarter": gettext_lazy("Quarter"),
    "month": gettext_lazy("Month"),
}


@dataclass(frozen=True)
class Period:
    """The months of a quarter or year that lie in a run's window; a window that begins or ends inside cuts it."""

    kind: str
    months: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.months[0]

    @property
    def last(self) -> int:
        return self.months[-1]

    @property
    def is_whole(self) -> bool:
        return len(self.months) == LENGTHS[self.kind]

    @property
    def key(self) -> str:
        """How the address names it: 2026-10, 2026-Q4, 2026."""
        year = self.last // 100
        return {
            "month": f"{year}-{self.last % 100:02d}",
            "quarter": f"{year}-Q{quarter_of(self.last)}",
            "year": f"{year}",
        }.get(self.kind, "")

    @property
    def label(self) -> str:
        """“Q4 2026”; where the window cuts it, with its months: “Q4 2026 (Oct)”."""
        if self.kind == "month":
            return month_name(self.last)
        if self.kind == "last12":
            return span(self.first, self.last)
        year = self.last // 100
        name = str(year) if self.kind == "year" else _("Q%(n)s %(year)s") % {"n": quarter_of(self.last), "year": year}
        return name if self.is_whole else f"{name} ({short_span(self.first, self.last)})"


def quarter_of(month: int) -> int:
    return (month % 100 + 2) // 3


def month_name(month: int, form: str = "M Y") -> str:
    return date_format(date(month // 100, month % 100, 1), form)


def span(first: int, last: int) -> str:
    return month_name(first) if first == last else f"{month_name(first)}–{month_name(last)}"


def short_span(first: int, last: int) -> str:
    return month_name(first, "M") if first == last else f"{month_name(first, 'M')}–{month_name(last, 'M')}"


def periods(window: tuple[int, int], kind: str) -> list[Period]:
    """All periods of a kind in a window, earliest first; of the last twelve months there is one."""
    months = months_between(*window)
    if kind == "last12":
        return [Period(kind, tuple(months[-LENGTHS[kind] :]))]
    return cut(months, kind)


def cut(months: list[int] | tuple[int, ...], kind: str) -> list[Period]:
    """Months parted into those of each calendar month, quarter or year."""
    unit = {
        "month": lambda month: month,
        "quarter": lambda month: (month // 100, quarter_of(month)),
        "year": lambda month: month // 100,
    }[kind]
    return [Period(kind, tuple(listed)) for _unit, listed in groupby(months, key=unit)]


def before(period: Period) -> Period:
    """The same months one length earlier, so that a period which the window cuts is compared with like."""
    return Period(period.kind, tuple(month_of(ordinal(month) - LENGTHS[period.kind]) for month in period.months))
