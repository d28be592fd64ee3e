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

Quantities are valued month by month at exact rates, so what costs the same a unit has no rates effect at all. The costs
that a run stores are whole minor units; what that rounds goes to the effect it comes from: with another model to the
model, else to the last of rates, usage and corrections that changed anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from profitability.core.remainder import round_to

EFFECTS = ("corrections", "volume", "mix", "price", "usage", "rates", "model")
KEYS = range(len(EFFECTS))  # ties go to the earlier step
Quantities: TypeAlias = Mapping[str, int]
Months: TypeAlias = Mapping[int, Quantities]
UnitCosts: TypeAlias = Mapping[str, Fraction]


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
class Figures:
    """An account in a run: its sales, what serving it cost in minor units, and by month the quantities that the rules
    of the earlier run's model count, by activity code, each in any unit that both runs share."""

    sales: Sales = field(default_factory=Sales)
    cost: int = 0
    quantities: Mapping[int, Quantities] = field(default_factory=dict)

    @property
    def contribution(self) -> int:
        return self.sales.margin - self.cost


@dataclass(frozen=True)
class Rates:
    """What a unit of each activity costs by the rules of the earlier run's model, in each month of both runs."""

    before: Mapping[int, UnitCosts]
    after: Mapping[int, UnitCosts]
    average: UnitCosts  # over the months that only the earlier run has
    same_model: bool = True

    @cached_property
    def shared(self) -> frozenset[int]:
        """The months that are in both windows."""
        return frozenset(self.before.keys() & self.after.keys())

    @cached_property
    def dearer(self) -> dict[int, UnitCosts]:
        """How much more a unit costs in the later run than in the same month of the earlier one; in a month that one
        has not, than on average."""
        return {month: less(costs, self.before.get(month, self.average)) for month, costs in self.after.items()}

    @cached_property
    def off_average(self) -> dict[int, UnitCosts]:
        """How much more a unit cost in the months that only the earlier run has than on average over them."""
        gone = self.before.keys() - self.shared
        return {month: less(self.before[month], self.average) for month in gone}


def less(costs: UnitCosts, others: UnitCosts) -> UnitCosts:
    """By how much they differ, where they do."""
    found = {code: cost - others.get(code, 0) for code, cost in costs.items()}
    return {code: difference for code, difference in found.items() if difference}


def effects(before: Figures, corrected: Sales, after: Figures, rates: Rates) -> tuple[int, ...]:
    """The effects on contribution in minor units, in the order of EFFECTS; they sum to the change.

    corrected: the sales of the earlier window as the later run knows its months. Rounded together by largest
    remainder, so no effect is off by more than one unit, and one that is zero stays zero.
    """
    costs = cost_effects(before, after, rates)
    volume, mix, price = sales_effects(corrected, after.sales)
    exact = {
        "corrections": corrected.margin - before.sales.margin - costs["corrections"],
        "volume": volume,
        "mix": mix,
        "price": price,
        **{name: -costs[name] for name in ("usage", "rates", "model")},
    }
    return tuple(round_to(after.contribution - before.contribution, [exact[name] for name in EFFECTS], KEYS))


def cost_effects(before: Figures, after: Figures, rates: Rates) -> dict[str, Fraction]:
    """Why serving the account costs more; sums to the change of its cost."""
    found = {
        "corrections": _corrected(before.quantities, after.quantities, rates),
        "usage": _used(before.quantities, after.quantities, rates),
        "rates": _cost_of(after.quantities, rates.dearer) - _cost_of(before.quantities, rates.off_average),
        "model": Fraction(0),
    }
    found[_rounded(found, rates.same_model)] += after.cost - before.cost - sum(found.values())
    return found


def _rounded(found: Mapping[str, Fraction], same_model: bool) -> str:
    """The effect that what is left belongs to: of another model its whole effect, else rounding."""
    if not same_model:
        return "model"
    return next((name for name in ("rates", "usage") if found[name]), "corrections")


def _corrected(before: Months, after: Months, rates: Rates) -> Fraction:
    """What the months in both windows cost more at the rates before, because the later run counts more in them."""
    months = rates.shared & (before.keys() | after.keys())
    return _cost_of({month: dict(_more(before, after, month)) for month in months}, rates.before)


def _more(before: Months, after: Months, month: int) -> Iterator[tuple[str, int]]:
    then, now = before.get(month, {}), after.get(month, {})
    if then != now:
        yield from ((code, now.get(code, 0) - then.get(code, 0)) for code in then.keys() | now.keys())


def _used(before: Months, after: Months, rates: Rates) -> Fraction:
    """What the months of one window alone cost more at the average rates, because more was done in them."""
    more: dict[str, int] = {}
    for sign, months in ((-1, before), (1, after)):
        for month in months.keys() - rates.shared:
            for code, quantity in months[month].items():
                more[code] = more.get(code, 0) + sign * quantity
    return _cost_of({0: more}, {0: rates.average})


def _cost_of(quantities: Months, rates: Mapping[int, UnitCosts]) -> Fraction:
    cost = Fraction(0)
    for month in quantities.keys() & rates.keys():
        done, costs = quantities[month], rates[month]
        for code in done.keys() & costs.keys():
            cost += done[code] * costs[code]
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
