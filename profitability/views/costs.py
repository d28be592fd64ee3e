"""Monthly costs and practical minutes in a grid: pools down, the months of a year across."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, may, needs
from profitability import actions, costs
from profitability.costs import (
    AMOUNT,
    MINUTES,
    NotANumber,
    Place,
    SheetPool,
    Typed,
    amount_out,
    parted,
    value_out,
)

DECIMALS = {".": gettext_lazy("Point: 1234.50"), ",": gettext_lazy("Comma: 1234,50")}
HELPER = {
    "people": (gettext_lazy("People"), "1"),
    "days": (gettext_lazy("Working days a month"), "20"),
    "hours": (gettext_lazy("Hours a day"), "8"),
    "share": (gettext_lazy("Practical share, %"), "80"),
}


@dataclass(frozen=True)
class Cell:
    """One input of the grid, or what it says to those who only read."""

    id: str
    name: str
    month: int
    text: str
    problem: str = ""
    is_closed: bool = False


@dataclass(frozen=True)
class Row:
    """A pool's months and their sum."""

    pool: SheetPool
    cells: list[Cell]
    total: Decimal


@dataclass(frozen=True)
class Table:
    """The rows of one kind, with totals by month and of all."""

    kind: str
    title: str
    rows: list[Row]
    totals: list[Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.totals, Decimal(0))


@dataclass
class Sheet:
    """A year as it is asked for: its months, its pools, and how numbers are written."""

    year: int
    decimal: str
    digits: ClassVar[int] = settings.CURRENCY_DIGITS
    months: list[int] = field(init=False)
    pools: list[SheetPool] = field(init=False)
    closed: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.months = costs.months_of(self.year)
        self.pools = costs.pools_of_sheet(self.months)
        self.closed = costs.closed_months(self.months)

    @property
    def places(self) -> list[Place]:
        return [(kind, pool.code, month) for kind in (AMOUNT, MINUTES) for pool in self.pools for month in self.months]

    def id_of(self, place: Place) -> str:
        """The id of a cell: pools by their number, because their codes may hold anything."""
        kind, code, month = place
        return f"{kind}-{[pool.code for pool in self.pools].index(code)}-{month}"

    def address(self, **changes) -> str:
        query = {"year": self.year, "decimal": self.decimal} | changes
        return f"{reverse('costs_grid')}?{urlencode(query)}"

    @property
    def timed(self) -> list[SheetPool]:
        """The pools whose practical minutes the model asks for."""
        return [pool for pool in self.pools if pool.is_timed]

    def name_of(self, code: str) -> str:
        return next(pool.name for pool in self.pools if pool.code == code)

    def shown(self, values: costs.Values) -> dict[Place, str]:
        return {place: value_out(place, values.get(place), self.decimal) for place in self.places}

    def typed(self, sent: dict[str, str], seen: int) -> Typed:
        """The cells that were sent; the others are as they were seen."""
        places = {name_of(place): place for place in self.places}
        texts = {places[name]: sent[name].strip()[:40] for name in sent if name in places}
        seen_values = costs.stored_values(self.months, seen)
        return Typed(texts, self.decimal, seen_values, costs.stored_values(self.months), self.closed)

    def tables(self, texts: dict[Place, str], values: costs.Values, wrong: dict[Place, str]) -> list[Table]:
        timed = [pool for pool in self.pools if pool.is_timed or self._has_minutes(pool, values)]
        titles = {AMOUNT: (_("Costs"), self.pools), MINUTES: (_("Practical minutes"), timed)}
        return [self._table(kind, *titles[kind], texts, values, wrong) for kind in titles]

    def _has_minutes(self, pool: SheetPool, values: costs.Values) -> bool:
        return any(values.get((MINUTES, pool.code, month)) is not None for month in self.months)

    def _table(self, kind: str, title: str, pools: list[SheetPool], texts, values, wrong) -> Table:
        rows = [self._row(kind, pool, texts, values, wrong) for pool in pools]
        totals = [_sum(values.get((kind, pool.code, month)) for pool in pools) for month in self.months]
        return Table(kind, title, rows, totals)

    def _row(self, kind: str, pool: SheetPool, texts, values, wrong) -> Row:
        places = [(kind, pool.code, month) for month in self.months]
        cells = [
            Cell(
                self.id_of(place),
                name_of(place),
                place[2],
                texts.get(place, ""),
                wrong.get(place, ""),
                place[2] in self.closed,
            )
            for place in places
        ]
        return Row(pool, cells, _sum(values.get(place) for place in places))


def _sum(values) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def name_of(place: Place) -> str:
    kind, pool, month = place
    return f"{kind}:{pool}:{month}"


def sheet_of(query) -> Sheet:
    """The year and decimal mark of an address or a form; anything else means the usual ones."""
    year = query.get("year", "")
    known = int(year) if len(year) == 4 and year.isdecimal() and 1900 <= int(year) <= 2999 else None
    decimal = query.get("decimal", "")
    return Sheet(known or costs.default_year(timezone.localdate().year), decimal if decimal in DECIMALS else ".")


def address_of_cell(place: Place) -> str:
    """Where the grid shows it."""
    sheet = Sheet(place[2] // 100, ".")
    return f"{sheet.address()}#{sheet.id_of(place)}"


@require_safe
@needs(Permission.SEE_COSTS)
def costs_grid(request):
    """A year of costs and capacity: to read, and for finance to type over."""
    return grid_page(request, sheet_of(request.GET))


def grid_page(request, sheet: Sheet, typed: Typed | None = None, status: int = 200, **more) -> HttpResponse:
    stored = typed.stored if typed else costs.stored_values(sheet.months)
    texts = typed.to_show if typed else sheet.shown(stored)
    values = stored | typed.values if typed else stored
    wrong = (typed.wrong if typed else {}) | more.pop("overtaken", {})
    context = {
        "sheet": sheet,
        "tables": sheet.tables(texts, values, wrong),
        "wrong": [(sheet.id_of(place), sheet.name_of(place[1]), place[2], text) for place, text in wrong.items()],
        "seen": costs.last_line(),
        "is_saved": typed is None,
        "may_edit": may(request.user, Permission.EDIT_COSTS),
        "decimals": DECIMALS.items(),
        "helper": helper_fields(more.pop("sent", {})),
        "earlier_year": sheet.address(year=sheet.year - 1),
        "later_year": sheet.address(year=sheet.year + 1),
    }
    return render(request, "profitability/costs.html", context | more, status=status)


def helper_fields(sent) -> list[tuple[str, str, str]]:
    return [(name, label, sent.get(f"helper_{name}", usual)) for name, (label, usual) in HELPER.items()]


@require_POST
@needs(Permission.EDIT_COSTS)
def costs_save(request):
    """Store the cells that were typed over, or work out a capacity and write it into the grid."""
    sheet = sheet_of(request.POST)
    seen = seen_in(request.POST)
    typed = sheet.typed({name: request.POST[name] for name in request.POST}, seen)
    if request.POST.get("do") == "capacity":
        return with_capacity(request, sheet, typed)
    return stored(request, sheet, typed, seen)


def seen_in(sent) -> int:
    """The newest line when the grid was opened; 0, which makes every cell a conflict, for what is no number."""
    text = sent.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def stored(request, sheet: Sheet, typed: Typed, seen: int) -> HttpResponse:
    expected_problem = problem_of_total(request.POST.get("expected", ""), typed)
    if typed.overtaken:
        return overtaken(request, sheet, typed)
    if typed.wrong or expected_problem:
        more = {"expected_problem": expected_problem, "expected": request.POST.get("expected", "")}
        return grid_page(request, sheet, typed, 422, sent=request.POST, error=refusal(typed), **more)
    doubtful = typed.two_ways
    if doubtful and request.POST.get("sure") != sure_of(typed, doubtful):
        return asked_again(request, sheet, typed, doubtful)
    if not typed.lines:
        messages.info(request, _("Nothing was changed."))
        return redirect(sheet.address())
    try:
        record = actions.enter_costs(typed.lines, seen, request.user)
    except actions.Outdated:
        return overtaken(request, sheet, sheet.typed({name: request.POST[name] for name in request.POST}, seen))
    except actions.NotPossible as problem:
        return grid_page(request, sheet, typed, 422, sent=request.POST, error=problem)
    messages.success(request, said(record, typed))
    if typed.unusual:
        messages.warning(request, below_zero(sheet, typed))
    return redirect(sheet.address())


def asked_again(request, sheet: Sheet, typed: Typed, doubtful: list[Place]) -> HttpResponse:
    """Thousands parted by a point would be stored a thousand times too small: ask before that is done."""
    doubts = {
        place: _("is read as %s; if it is thousands, write it without the point")
        % value_out(place, typed.values[place], ".")
        for place in doubtful
    }
    error = _("Nothing was saved yet: does the point part thousands? If not, save again.")
    more = {"sure": sure_of(typed, doubtful), "expected": request.POST.get("expected", "")}
    return grid_page(request, sheet, typed, 422, sent=request.POST, overtaken=doubts, error=error, **more)


def sure_of(typed: Typed, doubtful: list[Place]) -> str:
    """What somebody who saves again has been asked: another such number is asked about again."""
    return " ".join(f"{name_of(place)}={typed.texts[place]}" for place in doubtful)


def refusal(typed: Typed) -> str:
    count = len(typed.wrong)
    if not count:
        return _("Nothing was saved: the control total differs.")
    return ngettext(
        "Nothing was saved: %(count)s cell is wrong.", "Nothing was saved: %(count)s cells are wrong.", count
    ) % {"count": count}


def said(record, typed: Typed) -> str:
    counts = {"added": record.added, "changed": record.changed, "total": amount_out(typed.total, typed.decimal)}
    return _("Saved: %(added)s lines added, %(changed)s changed. The costs of the year sum to %(total)s.") % counts


def below_zero(sheet: Sheet, typed: Typed) -> str:
    """Costs below zero are taken, because credits are; but each is named."""
    cells = [f"{sheet.name_of(pool)}, {month // 100}-{month % 100:02d}" for _kind, pool, month in typed.unusual]
    return _("Below zero, which lowers the cost of accounts: %s. Was that meant?") % "; ".join(cells)


def problem_of_total(text: str, typed: Typed) -> str:
    """Whether the control total that was expected differs from what the cells come to."""
    try:
        expected = costs.number_in(text, typed.decimal)
    except NotANumber as error:
        return str(error)
    if expected is None or expected == typed.total:
        return ""
    return _("The costs sum to %s.") % amount_out(typed.total, typed.decimal)


def overtaken(request, sheet: Sheet, typed: Typed) -> HttpResponse:
    """Somebody has saved meanwhile: yours stays in the cells, theirs is said beside it."""
    names = costs.writers(sheet.months)
    told = {
        place: _("%(who)s has saved %(value)s meanwhile")
        % {
            "who": names.get(place[1:], _("Somebody")),
            "value": value_out(place, typed.stored.get(place), sheet.decimal) or "–",
        }
        for place in typed.overtaken
    }
    error = _("Somebody has saved meanwhile. Nothing of yours was saved yet: look at the cells, then save again.")
    return grid_page(request, sheet, typed, 409, sent=request.POST, overtaken=told, error=error)


def with_capacity(request, sheet: Sheet, typed: Typed) -> HttpResponse:
    """Write people × days × hours × practical share into the cells of a pool; nothing is saved yet."""
    sent, pool = request.POST, request.POST.get("helper_pool", "")
    if pool not in [each.code for each in sheet.timed]:
        error = _("Choose a pool that is consumed by time: the others need no minutes.")
        return grid_page(request, sheet, typed, 422, sent=sent, error=error)
    try:
        minutes = capacity_in(sent, sheet.decimal)
    except NotANumber as problem:
        return grid_page(request, sheet, typed, 422, sent=sent, error=_("The capacity: %s.") % problem)
    text = parted(minutes, sheet.decimal)
    written = {name_of((MINUTES, pool, month)): text for month in months_for(sent, sheet, typed, pool)}
    filled = sheet.typed({name: sent[name] for name in sent} | written, seen_in(sent))
    filled.wrong = {place: text for place, text in filled.wrong.items() if place in typed.wrong}
    note = _("%(minutes)s minutes a month were written into the cells. Nothing is saved yet.") % {"minutes": text}
    return grid_page(request, sheet, filled, sent=sent, note=note, helper_pool=pool)


def capacity_in(sent, decimal: str) -> Decimal:
    """The capacity that the fields of the helper give."""
    given = [costs.number_in(sent.get(f"helper_{name}", ""), decimal) for name in HELPER]
    if None in given or min(given) < 0 or given[-1] > 100:
        raise NotANumber(_("it needs people, days, hours, and a share from 0 to 100 %"))
    people, days, hours, share = given
    return costs.practical_minutes(people, days, hours, share / 100)


def months_for(sent, sheet: Sheet, typed: Typed, pool: str) -> list[int]:
    """The months chosen; else those in which the pool costs something; before there are any, all. None is closed."""
    still_open = [month for month in sheet.months if month not in sheet.closed]
    chosen = [month for month in still_open if str(month) in sent.getlist("helper_month")]
    return chosen or [month for month in still_open if typed.amount(pool, month) is not None] or still_open
