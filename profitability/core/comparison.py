"""Why an account's contribution differs between two runs: effects that sum to the change.

Variances by successive substitution (Horngren, Datar & Rajan, Cost Accounting, 14th ed. 2012, ch. 7 and 14;
the sales-volume, sales-mix and price variances of that book, per account): the figures of the earlier run are
replaced by those of the later one, always in the order of EFFECTS, and each step's effect is what contribution
changes by. Another order would share out joint effects otherwise; the sum would be the same.

1 **corrections**: months that are in both windows as the later run knows them. Between runs over the same months
  every change of the ledger is a correction, and steps 2 to 5 find nothing left.
2 **volume**: units sold, at the margin a unit had: amounts × units after ÷ units before. New and lost accounts
  are all volume.
3 **mix**: what is in the basket. Runs keep no products, so an account's basket shows in its cost of goods:
  net revenue as its cost of goods would bring at the mark-up before; and freight.
4 **price**: net revenue beside that mark-up: list prices, discounts, returns.
5 **usage**: driver quantities (minutes, visits, lines) at the rates before.
6 **rates**: what a unit of a driver costs: resource costs, capacity, and how many units share them.
7 **model**: other rules on the same ledger and resource costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TypeAlias

from profitability.core.remainder import round_to

EFFECTS = ("corrections", "volume", "mix", "price", "usage", "rates", "model")
KEYS = range(len(EFFECTS))  # ties go to the earlier step
Quantities: TypeAlias = Mapping[str, int]


@dataclass(frozen=True)
class Sales:
    """Net revenue, cost of goods and freight in minor units; units in any unit that both runs share."""

    net_revenue: int = 0
    cost_of_goods: int = 0
    freight: int = 0
    units: int = 0

    @property
    def margin(self) -> int:
        return self.net_revenue - self.cost_of_goods - self.freight

    def __add__(self, other: "Sales") -> "Sales":
        return Sales(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __sub__(self, other: "Sales") -> "Sales":
        return Sales(*(getattr(self, each.name) - getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Serving:
    """What activities did for an account and cost: cost in minor units, and the quantities that the rules of the
    earlier run's model count, each in any unit that both runs share; by activity code."""

    quantities: Quantities = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        return sum(self.costs.values())


@dataclass(frozen=True)
class Before:
    """An account in the earlier run, and the same months as the later run knows them."""

    sales: Sales
    serving: Serving
    corrected_sales: Sales
    corrected_quantities: Quantities


@dataclass(frozen=True)
class After:
    """An account in the later run. `cost_by_old_model`: what the earlier model's rules would make of the later
    ledger and resource costs, by activity; None where both runs used the same model."""

    sales: Sales
    serving: Serving
    cost_by_old_model: Mapping[str, Fraction] | None = None


def effects(before: Before, after: After, rates: Mapping[str, Fraction]) -> tuple[int, ...]:
    """The effects on contribution in minor units, in the order of EFFECTS; they sum to the change.

    rates: what a unit of each activity cost all accounts in the earlier run, for an account that used none of it
    then. Rounded together by largest remainder, so no effect is off by more than one unit.
    """
    used, corrected, later = before.serving, before.corrected_quantities, after.serving.quantities
    correction = _cost_of(used.quantities, corrected, used, rates)
    usage = _cost_of(corrected, later, used, rates)
    same_model = after.serving.costs if after.cost_by_old_model is None else after.cost_by_old_model
    expected = sum(same_model.values())
    exact = (
        before.corrected_sales.margin - before.sales.margin - correction,
        *sales_effects(before.corrected_sales, after.sales),
        -usage,
        used.cost + correction + usage - expected,
        Fraction(expected - after.serving.cost),
    )
    change = after.sales.margin - after.serving.cost - before.sales.margin + before.serving.cost
    return tuple(round_to(change, exact, KEYS))


def _cost_of(before: Quantities, after: Quantities, serving: Serving, rates: Mapping[str, Fraction]) -> Fraction:
    """What the change of quantities costs at what the account paid for a unit; at what all paid, where it paid for
    none."""
    cost = Fraction(0)
    for code in before.keys() | after.keys():
        more = after.get(code, 0) - before.get(code, 0)
        if more:
            own = serving.quantities.get(code, 0)
            rate = Fraction(serving.costs.get(code, 0), own) if own else rates.get(code, Fraction(0))
            cost += rate * more
    return cost


def sales_effects(before: Sales, after: Sales) -> tuple[Fraction, Fraction, Fraction]:
    """Volume, mix and price effects on gross margin; they sum to its change."""
    change = Fraction(after.margin - before.margin)
    if before.units <= 0:
        sells = after.units > 0
        return (change, Fraction(0), Fraction(0)) if sells else (Fraction(0), Fraction(0), change)
    growth = Fraction(after.units, before.units)
    volume = (growth - 1) * before.margin
    basket = _basket_revenue(before, after, growth)
    mix = basket - after.cost_of_goods - after.freight - growth * before.margin
    return volume, mix, after.net_revenue - basket


def _basket_revenue(before: Sales, after: Sales, growth: Fraction) -> Fraction:
    """Net revenue of the later basket at the mark-up before; at the price of a unit before where costs of goods
    do not tell what is in it."""
    if before.cost_of_goods > 0 and after.cost_of_goods > 0 and before.net_revenue > 0:
        return Fraction(before.net_revenue * after.cost_of_goods, before.cost_of_goods)
    return growth * before.net_revenue


def together(rows: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Effects of several accounts added up."""
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(EFFECTS)
