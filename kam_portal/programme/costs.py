"""What the programme costs, month by month and by kind: a sheet of a year that people fill in, cell by cell.

Each cell says what stood in it when it was opened. Only cells that were changed are written, and only if nobody else
has changed them meanwhile: the update itself asks for the amount that was seen.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from profitability.core.months import months_between
from profitability.costs import NotANumber, months_of, number_in, number_out
from profitability.models import Run
from relationships.models import ProgrammeCost

POINT = "."
Place = tuple[str, int]  # kind, month
KINDS = ProgrammeCost.Kind


def name_of(place: Place) -> str:
    return f"{place[0]}:{place[1]}"


def places(year: int) -> list[Place]:
    return [(kind, month) for kind in KINDS.values for month in months_of(year)]


def stored(months: Iterable[int]) -> dict[Place, Decimal]:
    rows = ProgrammeCost.objects.filter(month__in=list(months))
    return {(kind, month): amount for kind, month, amount in rows.values_list("kind", "month", "amount")}


def default_year(run: Run | None, today: int) -> int:
    """The year of the last costs; before there are any, the one in which the run's window ends, else this one."""
    last = ProgrammeCost.objects.aggregate(last=Max("month"))["last"]
    return (last or (run.month_to if run else today * 100)) // 100


def shown(amount: Decimal | None) -> str:
    """As it is typed over."""
    return number_out(amount, POINT)


# What somebody has typed


@dataclass
class Typed:
    """Cells that were changed: text, amount (None: emptied), and what is wrong; `was` as the page had it."""

    texts: dict[Place, str] = field(default_factory=dict)
    was: dict[Place, Decimal | None] = field(default_factory=dict)
    values: dict[Place, Decimal | None] = field(default_factory=dict)
    wrong: dict[Place, str] = field(default_factory=dict)
    theirs: dict[Place, Decimal | None] = field(default_factory=dict)  # what somebody else has put there

    @property
    def is_fine(self) -> bool:
        return not (self.wrong or self.theirs)

    def take(self, place: Place, text: str, was: str) -> None:
        """One cell as it was sent; nothing to do where it says what it said."""
        try:
            before, value = number_in(was, POINT), number_in(text, POINT)
        except NotANumber as problem:
            self.texts[place], self.wrong[place] = text, str(problem)
            return
        if value == before:
            return
        self.texts[place], self.was[place], self.values[place] = text, before, value
        if value is not None and value < 0:
            self.wrong[place] = _("a cost is not negative")


def typed(sent, year: int) -> Typed:
    found = Typed()
    for place in places(year):
        name = name_of(place)
        if name in sent:
            found.take(place, sent[name].strip()[:40], sent.get(f"was:{name}", "").strip()[:40])
    return found


def save(user, found: Typed) -> int:
    """Write the changed cells, all or none; cells that somebody else changed stand in `theirs` then. The number of
    cells written."""
    if found.wrong:
        return 0
    try:
        with transaction.atomic():
            for place in found.values:
                if not write(user, place, found.was[place], found.values[place]):
                    found.theirs[place] = None
            if found.theirs:
                transaction.set_rollback(True)
    except IntegrityError:  # somebody has filled the same cell at the same moment
        found.theirs = dict.fromkeys(found.values)
    return settle(user, found) if found.theirs else len(found.values)


def settle(user, found: Typed) -> int:
    """Nothing was written: cells in which somebody else typed the same are done, and the rest may be written yet."""
    tell_theirs(found)
    if found.theirs:
        return 0
    found.values = {place: value for place, value in found.values.items() if found.was[place] != value}
    return save(user, found) if found.values else 0


def write(user, place: Place, was: Decimal | None, value: Decimal | None) -> bool:
    """Whether the cell still said what was seen, and says the new amount now."""
    kind, month = place
    rows = ProgrammeCost.objects.filter(kind=kind, month=month)
    said = {"amount": value, "changed_by": user, "changed_at": timezone.now()}
    if was is None:
        if rows.exists():
            return False
        ProgrammeCost.objects.create(kind=kind, month=month, **said)
        return True
    seen = rows.filter(amount=was)
    return bool(seen.delete()[0] if value is None else seen.update(**said))


def tell_theirs(found: Typed) -> None:
    """What stands there now, of cells that are no longer as they were seen; whoever typed the same has no conflict."""
    now = stored({month for _kind, month in found.values})
    found.theirs = {
        place: now.get(place)
        for place, was in found.was.items()
        if now.get(place) != was and now.get(place) != found.values[place]
    }
    for place in found.was:
        found.was[place] = now.get(place)


# What it adds up to


@dataclass(frozen=True)
class Cost:
    """The cost of the programme over the months of a run, by kind, and the months that somebody stated."""

    kinds: dict[str, Decimal]
    stated: list[int]
    months: list[int]

    @property
    def total(self) -> Decimal:
        return sum(self.kinds.values(), Decimal(0))

    @property
    def is_whole(self) -> bool:
        """Whether every month has a statement: what is missing is not taken for nothing."""
        return len(self.stated) == len(self.months)

    @property
    def missing(self) -> list[int]:
        return [month for month in self.months if month not in self.stated]


def cost_of(run: Run) -> Cost:
    months = months_between(run.month_from, run.month_to)
    kinds: dict[str, Decimal] = defaultdict(Decimal)
    found = stored(months)
    for (kind, _month), amount in found.items():
        kinds[kind] += amount
    ordered = {kind: kinds[kind] for kind in KINDS.values if kind in kinds}
    return Cost(ordered, sorted({month for _kind, month in found}), months)
