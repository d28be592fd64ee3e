"""The levers of a what-if scenario, and the plain document they are kept in. No numpy: forms read this too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from profitability.core.measures import event_type

SmallOrder: TypeAlias = Literal["refuse", "consolidate"]
SMALL_ORDERS: tuple[SmallOrder, ...] = ("refuse", "consolidate")

PERSON_MINUTES = Decimal(7680)  # practical minutes of one person in a month: 80 % of 20 days of 8 hours
ORDER_LIKE = ("orders", "deliveries", "express_orders", "late_orders")
UNIT_LIKE = ("order_lines", "units", "return_lines", "return_units")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Channel:
    """A share (percent) of the volume of one activity that another activity does instead."""

    origin: str
    target: str
    percent: Decimal


@dataclass(frozen=True)
class Levers:
    """What a scenario changes for its accounts; changes are percent, at most two decimals.

    `discount_cap`: discounts are at most this percent of list sales. `minimum_order`: net value of an order in
    units of the currency; smaller ones are refused or consolidated. `orders`: change of the number of orders and
    deliveries at the same volume. `volume`: change of what is sold; with `volume_in_orders` by more orders, else by
    larger ones. `events`: change by event type, or by one measure of it. `avoidable`: pools whose saved usage is
    cash at once. Defaults change nothing.
    """

    price: Decimal = NOTHING
    discount_cap: Decimal | None = None
    minimum_order: Decimal | None = None
    small_orders: SmallOrder = "consolidate"
    orders: Decimal = NOTHING
    volume: Decimal = NOTHING
    volume_in_orders: bool = False
    events: Mapping[str, Decimal] = field(default_factory=dict)
    channel: Channel | None = None
    drop: bool = False
    person_minutes: Decimal = PERSON_MINUTES
    avoidable: tuple[str, ...] = ()

    @property
    def changes_anything(self) -> bool:
        """Whether the accounts differ at all from the run."""
        given = (self.discount_cap, self.minimum_order, self.channel)
        numbers = (self.price, self.orders, self.volume, *self.events.values())
        return self.drop or any(numbers) or any(lever is not None for lever in given)


def factor(percent: Decimal) -> Fraction:
    """−10 percent as 9/10."""
    return 1 + Fraction(percent) / 100


def volume_factor(levers: Levers, measure: str) -> Fraction:
    """By how much the levers multiply a measure that is not an amount of money.

    Refused and consolidated orders are not in it: they differ from account to account.
    """
    if levers.drop:
        return Fraction(0)
    kind = event_type(measure)
    if kind is not None:
        return factor(levers.events.get(kind, NOTHING)) * factor(levers.events.get(measure, NOTHING))
    more = factor(levers.volume)
    if measure in UNIT_LIKE:
        return more
    in_orders = more if levers.volume_in_orders else Fraction(1)
    return in_orders * factor(levers.orders) if measure in ORDER_LIKE else in_orders


def to_document(levers: Levers) -> dict[str, Any]:
    """Plain texts, lists and mappings; what changes nothing is left out."""
    texts = {name: str(getattr(levers, name)) for name in ("price", "orders", "volume") if getattr(levers, name)}
    for name in ("discount_cap", "minimum_order"):
        if getattr(levers, name) is not None:
            texts[name] = str(getattr(levers, name))
    if levers.person_minutes != PERSON_MINUTES:
        texts["person_minutes"] = str(levers.person_minutes)
    found: dict[str, Any] = {**texts, **_choices(levers)}
    events = {name: str(percent) for name, percent in levers.events.items() if percent}
    return found | ({"events": events} if events else {})


def _choices(levers: Levers) -> dict[str, Any]:
    found: dict[str, Any] = {name: True for name in ("volume_in_orders", "drop") if getattr(levers, name)}
    if levers.minimum_order is not None:
        found["small_orders"] = levers.small_orders
    if levers.channel is not None:
        moved = levers.channel
        found["channel"] = {"origin": moved.origin, "target": moved.target, "percent": str(moved.percent)}
    if levers.avoidable:
        found["avoidable"] = list(levers.avoidable)
    return found


def from_document(document: Mapping[str, Any]) -> Levers:
    """The levers of a stored document. Raises ValueError or KeyError for one that `to_document` did not make."""
    numbers = ("price", "orders", "volume", "discount_cap", "minimum_order", "person_minutes")
    found: dict[str, Any] = {name: Decimal(document[name]) for name in numbers if name in document}
    found |= {name: document[name] for name in ("volume_in_orders", "drop") if name in document}
    if document.get("small_orders") in SMALL_ORDERS:
        found["small_orders"] = document["small_orders"]
    if "channel" in document:
        moved = document["channel"]
        found["channel"] = Channel(moved["origin"], moved["target"], Decimal(moved["percent"]))
    events = {name: Decimal(percent) for name, percent in document.get("events", {}).items()}
    return Levers(**found, events=events, avoidable=tuple(document.get("avoidable", ())))
