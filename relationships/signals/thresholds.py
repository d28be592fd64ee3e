"""From what size on each kind of signal is raised, and whether at all: as set here, else as shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import numbers
from accounts.models import User
from relationships.models import SignalThreshold
from relationships.signals.kinds import ALL, DAYS, KINDS, MONEY, POINTS, SCORE, SHARE, Kind

PERCENT = Decimal(100)
MOST = {
    DAYS: Decimal(1_000),
    SHARE: Decimal(10),
    POINTS: Decimal(1),
    MONEY: Decimal(1_000_000_000),
    SCORE: Decimal(10),
}


@dataclass(frozen=True)
class Threshold:
    """One kind as it is set."""

    kind: Kind
    is_on: bool
    limit: Decimal | None
    is_own: bool = False  # set here, not shipped

    @property
    def typed(self) -> str:
        """The limit as it stands in a form: shares and points as percent."""
        return "" if self.limit is None else numbers.shown(self.limit * factor(self.kind), parted=False)

    @property
    def shipped(self) -> str:
        return "" if self.kind.limit is None else numbers.shown(self.kind.limit * factor(self.kind), parted=False)


def factor(kind: Kind) -> Decimal:
    return PERCENT if kind.unit in (SHARE, POINTS) else Decimal(1)


def every() -> list[Threshold]:
    """All kinds, in the order of the registry."""
    rows = {row.kind: row for row in SignalThreshold.objects.filter(kind__in=KINDS)}
    return [as_set(kind, rows.get(kind.code)) for kind in ALL]


def as_set(kind: Kind, row: SignalThreshold | None) -> Threshold:
    if row is None:
        return Threshold(kind, True, kind.limit)
    return Threshold(kind, row.is_on, kind.limit if row.limit is None else row.limit, is_own=True)


def revision() -> str:
    """Changes whenever somebody saves: tells who edits an outdated page."""
    latest = SignalThreshold.objects.order_by("-changed_at").values_list("changed_at", flat=True).first()
    return latest.isoformat() if latest else ""


def read(data: Mapping[str, str]) -> tuple[list[Threshold], dict[str, str]]:
    """What a form says, and what is wrong with it by the kind's code."""
    found, problems = [], {}
    for kind in ALL:
        limit = kind.limit
        if kind.limit is not None:
            try:
                limit = limit_in(kind, data.get(f"limit_{kind.code}", ""))
            except ValueError as problem:
                problems[kind.code] = str(problem)
        found.append(Threshold(kind, data.get(f"on_{kind.code}") == "on", limit))
    return found, problems


def limit_in(kind: Kind, text: str) -> Decimal:
    typed = numbers.read(text)
    if typed is None:
        raise ValueError(_("A number is missing."))
    limit = typed / factor(kind)
    if not 0 <= limit <= MOST[kind.unit]:
        raise ValueError(_("From 0 to %(most)s.") % {"most": numbers.shown(MOST[kind.unit] * factor(kind))})
    if kind.unit == DAYS and limit != int(limit):
        raise ValueError(_("Whole days."))
    return limit


@transaction.atomic
def save(user: User, wanted: list[Threshold], seen: str, now: datetime) -> bool:
    """Keep what differs from the shipped values. False, and nothing is kept, if somebody has saved since `seen`."""
    rows = {row.kind: row for row in SignalThreshold.objects.select_for_update().filter(kind__in=KINDS)}
    if seen != revision():
        return False
    before = {kind.code: as_set(kind, rows.get(kind.code)) for kind in ALL}
    for each in wanted:
        was = before[each.kind.code]
        if (was.is_on, was.limit) == (each.is_on, each.limit):
            continue
        values = {"is_on": each.is_on, "limit": each.limit, "changed_at": now, "changed_by": user}
        SignalThreshold.objects.update_or_create(kind=each.kind.code, defaults=values)
    return True
