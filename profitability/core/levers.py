"""The levers of a what-if scenario, and the plain document they are kept in. No numpy: forms read this too."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from profitability.core.measures import event_type

SmallOrder: TypeAlias = Literal["refuse", "consolidate"]
SMALL_ORDERS: tuple[SmallOrder, ...] = ("refuse", "consolidate")
Span: TypeAlias = Literal["month", "quarter", "window"]
SPANS: tuple[Span, ...] = ("month", "quarter", "window")

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

    `discount_cap`: discounts are at most this percent of list sales. `minimum_order`: value of an order in units of
    the currency, net of discounts; smaller ones are refused, or consolidated with those of the same span of time
    (`joined_within`). `orders`: change of the number of orders and deliveries at the same volume, above −100. `volume`:
    change of what is sold; with `volume_in_orders` by more orders, else by larger ones. `events`: change by event type,
    or by one measure of it. Defaults change nothing.
    """

    price: Decimal = NOTHING
    discount_cap: Decimal | None = None
    minimum_order: Decimal | None = None
    small_orders: SmallOrder = "consolidate"
    joined_within: Span = "month"
    orders: Decimal = NOTHING
    volume: Decimal = NOTHING
    volume_in_orders: bool = False
    events: Mapping[str, Decimal] = field(default_factory=dict)
    channel: Channel | None = None
    drop: bool = False

    @property
    def changes_anything(self) -> bool:
        """Whether the accounts differ at all from the run."""
        given = (self.discount_cap, self.minimum_order, self.channel)
        numbers = (self.price, self.orders, self.volume, *self.events.values())
        return self.drop or any(numbers) or any(lever is not None for lever in given)


@dataclass(frozen=True)
class Own:
    """Accounts that differ: these levers (by the names of `Levers`) replace those of all accounts, the others stay.

    A lever that says no change is one too; a minimum order value of 0 is none.
    """

    codes: tuple[str, ...]
    changes: Mapping[str, Any]

    def over(self, levers: Levers) -> Levers:
        """The levers of these accounts, when all others have those given."""
        changes = dict(self.changes)
        if changes.get("minimum_order") == 0:
            changes["minimum_order"] = None
        return replace(levers, **changes | {"events": {**levers.events, **changes.get("events", {})}})


@dataclass(frozen=True)
class WhatIf:
    """What a scenario says: levers for all its accounts, the accounts that differ, and how capacity is valued.

    `person_minutes`: practical minutes of one person in a month, where they are not the usual ones. `avoidable`: pools
    whose saved usage is cash at once.
    """

    levers: Levers = field(default_factory=Levers)
    own: tuple[Own, ...] = ()
    person_minutes: Decimal | None = None
    avoidable: tuple[str, ...] = ()

    @property
    def sets(self) -> tuple[Levers, ...]:
        """The different levers in use, those for all accounts first."""
        return (self.levers, *(own.over(self.levers) for own in self.own))

    @property
    def changes_anything(self) -> bool:
        """Whether any account may differ from the run."""
        return any(levers.changes_anything for levers in self.sets)

    def own_of(self, code: str) -> int | None:
        """The place of the first exception that names the account; None where it is as all."""
        return next((place for place, own in enumerate(self.own) if code in own.codes), None)


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
