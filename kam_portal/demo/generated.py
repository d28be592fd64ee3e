"""Generated activity events: visits, quotes, tickets, complaints … Every number begins with gen-.

How much an account asks for follows its character more than its sales: work per account is
`base + slope × (sales of the year ÷ 100,000) ^ 0.6` a month, or so much per order, times its appetite.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import exp
from random import Random

from kam_portal.demo.characters import YEAR, Character, characters, random
from kam_portal.demo.months import MONTHS, Calendar

SLOW_PAYER_REMINDERS = 1.6  # an order, against PER_ORDER of the others
BY_SIZE = 0.6  # twice the sales ask for half as much work again
MANY = 30  # a month; nobody gets more of one kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of event: how often, how many minutes each (least, usual, most), and one attribute of it."""

    code: str
    base: float = 0.0
    slope: float = 0.0
    per_order: float = 0.0
    minutes: tuple[int, int, int] | None = None
    attribute: str = ""
    attribute_range: tuple[int, int, int] = (0, 0, 0)
    key_accounts_only: bool = False


KINDS = (
    Kind("sales_visit", 0.03, 0.58, minutes=(30, 60, 180), attribute="km", attribute_range=(10, 90, 420)),
    Kind("quote", 0.03, 0.52, attribute="lines", attribute_range=(1, 6, 30)),
    Kind("credit_check", 0.03, 0.07),
    Kind("kam_meeting", 0.5, 0.45, minutes=(60, 120, 360), key_accounts_only=True),
    Kind("order_change", per_order=0.55),
    Kind("ticket", 0.06, 0.78, minutes=(3, 12, 60)),
    Kind("tech_case", 0.01, 0.28, minutes=(30, 80, 360)),
    Kind("complaint", 0.02, 0.16, minutes=(15, 40, 150)),
    Kind("return_case", 0.02, 0.12, attribute="units", attribute_range=(1, 3, 20)),
    Kind("payment_reminder", per_order=0.2),
)
ATTRIBUTES = tuple(kind.attribute for kind in KINDS if kind.attribute)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its month by place, its day as a share 0…1 of the month's working days."""

    event_id: str
    kind: Kind
    account: str
    place: int
    day: float
    minutes: int
    attribute: int


@cache
def events() -> list[Event]:
    """All events of the 36 months, by type and number."""
    return [event for kind in KINDS for event in _events_of(kind)]


def event_rows(calendar: Calendar) -> Iterator[dict]:
    """The events in the columns of the import format."""
    for event in events():
        days = calendar.workdays(event.place)
        row = {
            "event_id": event.event_id,
            "account_code": event.account,
            "event_type": event.kind.code,
            "occurred_on": days[int(event.day * len(days))],
            "minutes": event.minutes if event.kind.minutes else "",
        }
        if event.kind.attribute:
            row[f"x_{event.kind.attribute}"] = event.attribute
        yield row


def _events_of(kind: Kind) -> Iterator[Event]:
    chance = random(f"events:{kind.code}")
    number = 0
    for character in characters():
        for place in character.awake:
            for _ in range(_poisson(chance, _rate(kind, character, place))):
                number += 1
                yield _event(kind, character, place, number, chance)


def _event(kind: Kind, character: Character, place: int, number: int, chance: Random) -> Event:
    return Event(
        event_id=f"gen-{kind.code}-{number:05d}",
        kind=kind,
        account=character.code,
        place=place,
        day=chance.random(),
        minutes=_drawn(chance, kind.minutes) if kind.minutes else 0,
        attribute=_drawn(chance, kind.attribute_range) if kind.attribute else 0,
    )


def _rate(kind: Kind, character: Character, place: int) -> float:
    """Events expected of one account in one month."""
    if kind.key_accounts_only and not (character.key and place >= MONTHS - 2 * YEAR):
        return 0.0
    if kind.per_order:
        return _per_order(kind, character) * character.orders[place]
    size = (character.sales[place // YEAR] / 100_000) ** BY_SIZE
    return (kind.base + kind.slope * size) * character.appetite


def _per_order(kind: Kind, character: Character) -> float:
    if kind.code == "payment_reminder":
        return SLOW_PAYER_REMINDERS if character.slow_payer else kind.per_order
    return kind.per_order * character.appetite


def _drawn(chance: Random, span: tuple[int, int, int]) -> int:
    least, usual, most = span
    return round(chance.triangular(least, most, usual))


def _poisson(chance: Random, rate: float) -> int:
    """How often something happens that happens `rate` times on average (Knuth's method)."""
    limit, product, count = exp(-rate), chance.random(), 0
    while product > limit and count < MANY:
        product *= chance.random()
        count += 1
    return count
