"""The monthly costs and practical minutes of pools as a sheet of twelve months: what is stored, what was seen, what
somebody has typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.numbers import TWO_WAYS, NotANumber
from profitability.core.cost_model import spoken
from profitability.core.model_form import Lines, lines_of
from profitability.models import ClosedMonth, CostModel, OrderLine, ResourceCost

AMOUNT, MINUTES = "amount", "minutes"
DIGITS, DECIMALS = 12, 4
BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
OTHER = {".": ",", ",": "."}
SIGN_OF_MONEY = re.compile(r"[$€£¥]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")  # $5, 5 €, USD 5
DASHES = ("-", "–", "—")  # how spreadsheets show a zero

Place = tuple[str, str, int]  # amount or minutes, pool, month
Values = dict[Place, Decimal | None]


def months_of(year: int) -> list[int]:
    return [year * 100 + month for month in range(1, 13)]


def default_year(today: int) -> int:
    """The year of the last costs; before there are any, that of the last order line, else this one."""
    costs, lines = (rows.objects.current().aggregate(last=Max("month"))["last"] for rows in (ResourceCost, OrderLine))
    return (costs or lines or today * 100) // 100


def stored_values(months: Iterable[int], seen: int | None = None) -> Values:
    """What the ledger says of these months; with `seen`, what it said when its newest line was that one."""
    rows = ResourceCost.objects.filter(month__in=list(months)).order_by("pk")
    rows = rows.current() if seen is None else rows.filter(pk__lte=seen)
    found: Values = {}
    for pool, month, amount, minutes in rows.values_list("pool_code", "month", "amount", "practical_minutes"):
        found[AMOUNT, pool, month], found[MINUTES, pool, month] = amount, minutes
    return found


def last_line() -> int:
    """The newest line of resource costs: it tells later what somebody has seen."""
    return ResourceCost.objects.aggregate(last=Max("pk"))["last"] or 0


def writers(months: Iterable[int]) -> dict[tuple[str, int], str]:
    """Who brought in what the ledger says now, by pool and month."""
    rows = ResourceCost.objects.current().filter(month__in=list(months)).select_related("imported_in__created_by")
    return {(row.pool_code, row.month): str(row.imported_in.created_by or _("Somebody")) for row in rows}


def closed_months(months: Iterable[int]) -> set[int]:
    return set(ClosedMonth.objects.filter(month__in=list(months)).values_list("month", flat=True))


@dataclass(frozen=True)
class SheetPool:
    """A pool with a row in the sheet."""

    code: str
    name: str
    is_timed: bool
    is_known: bool = True  # to the model


def pools_of_sheet(months: Iterable[int]) -> list[SheetPool]:
    """The pools of the model that the next run uses, or of the newest draft; and others with costs in the year."""
    row = CostModel.objects.current() or CostModel.objects.order_by("-created_at", "-pk").first()
    lines = lines_of(row.document) if row else Lines()
    timed = {activity.pool for activity in lines.activities if activity.basis == "time"}
    known = {pool.code: pool.name or spoken(pool.code) for pool in lines.pools if pool.code}
    found = [SheetPool(code, name, code in timed) for code, name in known.items()]
    in_ledger = ResourceCost.objects.current().filter(month__in=list(months)).order_by("pool_code")
    others = in_ledger.exclude(pool_code__in=known).values_list("pool_code", flat=True).distinct()
    return [*found, *(SheetPool(code, spoken(code), False, is_known=False) for code in others)]


def outside_model(row: CostModel, lines: QuerySet[ResourceCost]) -> QuerySet[ResourceCost]:
    """Those of these lines that keep the model from a run: costs or minutes, other than 0, of pools that it lacks."""
    known = [pool.code for pool in lines_of(row.document).pools]
    nothing = Q(amount=0) & (Q(practical_minutes=None) | Q(practical_minutes=0))
    return lines.exclude(pool_code__in=known).exclude(nothing)


# What is typed


def number_in(text: str, decimal: str) -> Decimal | None:
    """A number as spreadsheets write it: thousands parted or not, below zero with a minus or in brackets."""
    written = BLANKS.sub("", text)
    if not written:
        return None
    plain = SIGN_OF_MONEY.sub("", written.replace("−", "-"))
    if plain in DASHES:
        return Decimal(0)
    plain = re.sub(r"^\((.+)\)$", r"-\1", plain)
    mark, other = re.escape(decimal), re.escape(OTHER[decimal])
    if re.fullmatch(rf"[+-]?\d{{1,3}}({other}\d{{3}})+({mark}\d*)?", plain):
        plain = plain.replace(OTHER[decimal], "")
    found = re.fullmatch(rf"[+-]?(\d+)?(?:{mark}(\d*))?", plain)
    if not re.search(r"\d", plain):
        raise NotANumber(_("not a number"))
    if found is None or not (found[1] or found[2]):
        raise NotANumber(_("no number with the decimal mark “%s”") % decimal)
    if len((found[1] or "").lstrip("0")) > DIGITS or len(found[2] or "") > DECIMALS:
        raise NotANumber(_("at most 12 digits and 4 decimals"))
    return Decimal(plain.replace(decimal, "."))


def number_out(value: Decimal | None, decimal: str) -> str:
    """The same number to be typed over: thousands not parted, no decimals or at least two."""
    if value is None:
        return ""
    whole, _point, part = format(value, "f").partition(".")
    part = part.rstrip("0")
    return f"{whole}{decimal}{part:0<2}" if part else whole


def parted(value: Decimal | None, decimal: str, least: int = 0) -> str:
    """The same with its thousands parted and at least so many decimals."""
    whole, _mark, part = number_out(value, decimal).partition(decimal)
    size = whole.removeprefix("-")
    if not size:
        return ""
    sign, part = whole[: len(whole) - len(size)], f"{part:0<{least}}"
    thousands = f"{int(size):,}".replace(",", OTHER[decimal])
    return f"{sign}{thousands}{decimal}{part}" if part else f"{sign}{thousands}"


def amount_out(value: Decimal | None, decimal: str) -> str:
    return parted(value, decimal, settings.CURRENCY_DIGITS)


def value_out(place: Place, value: Decimal | None, decimal: str) -> str:
    """As a cell shows it: amounts with the decimals of the currency, minutes with those they have."""
    return (amount_out if place[0] == AMOUNT else parted)(value, decimal)


def practical_minutes(people: Decimal, days: Decimal, hours: Decimal, share: Decimal) -> Decimal:
    """Capacity of a month: people × days × hours × 60 × the practical share (Kaplan & Anderson 2007: 80 % or so)."""
    return (people * days * hours * 60 * share).quantize(Decimal("0.0001")).normalize()


@dataclass
class Typed:
    """What was typed, against what was seen and what is stored now."""

    texts: dict[Place, str]
    decimal: str
    seen: Values
    stored: Values
    closed: set[int] = field(default_factory=set)
    values: Values = field(default_factory=dict)
    wrong: dict[Place, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place, text in self.texts.items():
            try:
                self.values[place] = number_in(text, self.decimal)
            except NotANumber as error:
                self.wrong[place] = str(error)
        for kind, pool, month in list(self.texts):
            self._judge((kind, pool, month))

    def _judge(self, place: Place) -> None:
        kind, pool, month = place
        if place in self.wrong or not self.is_changed(place):
            return
        if month in self.closed:
            self.wrong[place] = _("the month is closed")
        elif kind == MINUTES and (self.values[place] or 0) < 0:
            self.wrong[place] = _("must not be negative")
        elif kind == MINUTES and self.values[place] is not None and self.amount(pool, month) is None:
            self.wrong[AMOUNT, pool, month] = _("is needed where there are minutes; 0 says it cost nothing")
        elif kind == AMOUNT and self.values[place] is None:
            self.wrong[place] = _("cannot be emptied; write 0")

    def amount(self, pool: str, month: int) -> Decimal | None:
        place = (AMOUNT, pool, month)
        return self.values[place] if place in self.values else self.stored.get(place)

    def is_changed(self, place: Place) -> bool:
        """Whether somebody typed something else than was to be seen."""
        return place in self.wrong or self.values.get(place) != self.seen.get(place)

    @property
    def unusual(self) -> list[Place]:
        """Costs below zero that somebody has just typed: a credit, or a slip."""
        return [
            place
            for place, value in self.values.items()
            if place[0] == AMOUNT and value is not None and value < 0 and self.is_changed(place)
        ]

    @property
    def two_ways(self) -> list[Place]:
        """Cells just typed whose point may part thousands, as in 30.000."""
        typed = ((place, BLANKS.sub("", text).lstrip("+-−")) for place, text in self.texts.items())
        found = [place for place, text in typed if TWO_WAYS.fullmatch(text)] if self.decimal == "." else []
        return [place for place in found if place not in self.wrong and self.is_changed(place)]

    @property
    def overtaken(self) -> list[Place]:
        """Cells that somebody else has changed meanwhile, to something else than what was typed."""
        return [
            place
            for place in self.texts
            if place in self.values
            and self.is_changed(place)
            and self.stored.get(place) != self.seen.get(place)
            and self.stored.get(place) != self.values[place]
        ]

    @property
    def to_show(self) -> dict[Place, str]:
        """What stands in the cells afterwards: what was typed; where nothing was, what is stored now."""
        return {
            place: text if self.is_changed(place) else value_out(place, self.stored.get(place), self.decimal)
            for place, text in self.texts.items()
        }

    @property
    def lines(self) -> dict[tuple[str, int], tuple[Decimal, Decimal | None]]:
        """Pool and month of each line to be stored, with its amount and minutes."""
        changed = {(pool, month) for kind, pool, month in self.values if self.is_changed((kind, pool, month))}
        found = {key: (self.amount(*key), self._minutes(*key)) for key in sorted(changed)}
        as_stored = {key: (self.stored.get((AMOUNT, *key)), self.stored.get((MINUTES, *key))) for key in found}
        return {key: line for key, line in found.items() if line[0] is not None and line != as_stored[key]}

    def _minutes(self, pool: str, month: int) -> Decimal | None:
        place = (MINUTES, pool, month)
        return self.values[place] if place in self.values and self.is_changed(place) else self.stored.get(place)

    @property
    def total(self) -> Decimal:
        """The control total: all amounts of the sheet."""
        return sum((value for (kind, *_rest), value in self.values.items() if kind == AMOUNT and value), Decimal(0))
