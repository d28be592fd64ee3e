"""Two runs read side by side: what changed of each account, by effect. From stored rows alone, so that a run
compares as it was published, whatever has become of the ledger since."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from math import lcm
from operator import itemgetter

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Account
from profitability.core import cost_model as core_model
from profitability.core.comparison import Figures, Rates, Sales, effects
from profitability.core.measures import AMOUNTS
from profitability.models import MonthResult, Run
from profitability.old_rules import average_rates, noted_by, rates_by_rules

NO_MODEL = core_model.CostModel("", 0, settings.CURRENCY, (), "direct", None, ())
SALES = ("net_revenue", "cost_amount", "freight_amount")
MINOR = 10**settings.CURRENCY_DIGITS
ROUNDING = 1  # minor units by which an amount of the same month may differ between two windows


@dataclass
class Month:
    """One account's month in one run; `quantities` by the rules of the earlier run's model."""

    month: int
    sales: Sales
    quantities: Counter
    costs: dict[str, int]


@dataclass
class Window:
    """One account's months in one run."""

    months: dict[int, Month] = field(default_factory=dict)

    @property
    def figures(self) -> Figures:
        return Figures(
            sum((month.sales for month in self.months.values()), Sales()),
            sum(sum(month.costs.values()) for month in self.months.values()),
            {number: month.quantities for number, month in self.months.items()},
        )


@dataclass(frozen=True)
class Rules:
    """How the activities of a model count: whole numbers of a measure's ten-thousandths, by activity code.

    A time equation is multiplied by its common denominator, which `scales` keeps."""

    model: core_model.CostModel
    factors: dict[str, dict[str, int]]
    scales: dict[str, int]

    @cached_property
    def amounts(self) -> list[str]:
        """Amounts that drive an activity: they stand in columns of their own."""
        used = core_model.measures_used(self.model)
        return [name for name in AMOUNTS if name in used and name not in SALES]

    @cached_property
    def uses(self) -> dict[str, list[tuple[str, int]]]:
        """Which activities a measure drives, with its factor in each: a month has far fewer measures than those."""
        found: dict[str, list[tuple[str, int]]] = {}
        for code, factors in self.factors.items():
            for name, factor in factors.items():
                found.setdefault(name, []).append((code, factor))
        return found

    def count(self, measures: dict[str, int]) -> Counter:
        """Quantities of the activities, those of nothing left out."""
        found: Counter = Counter()
        for name in measures.keys() & self.uses.keys():
            for code, factor in self.uses[name]:
                if measures[name] and factor:
                    found[code] += factor * measures[name]
        return found


def rules_of(run: Run) -> Rules:
    """The rules of the run's model."""
    model = (core_model.parse(run.cost_model.document)[0] if run.cost_model else None) or NO_MODEL
    equations = {
        activity.code: activity.minutes or {activity.driver or "": Fraction(1)} for activity in model.activities
    }
    scales = {code: lcm(*(each.denominator for each in terms.values())) for code, terms in equations.items()}
    factors = {
        code: {name: int(each * scales[code]) for name, each in terms.items()} for code, terms in equations.items()
    }
    return Rules(model, factors, scales)


def same_rules(one: core_model.CostModel, other: core_model.CostModel) -> bool:
    """Whether two models say the same, under whatever name and version."""
    return replace(one, code="", version=0) == replace(other, code="", version=0)


def compared(before: Run, after: Run, accounts: QuerySet[Account] | None) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The id of each account of either run with its effects in minor units; `accounts` keeps those.

    Both runs are read in the order of accounts, so memory does not grow with them.
    """
    rules = rules_of(before)
    rates = rates_between(before, after, rules)
    is_one_window = (before.month_from, before.month_to) == (after.month_from, after.month_to)
    windows = side_by_side(windows_of(before, rules, accounts), windows_of(after, rules, accounts))
    for account, then, now in windows:
        old, new = then.figures, now.figures
        corrected = old.sales + corrections(then, now, rates.shared, 0 if is_one_window else ROUNDING)
        yield account, effects(old, corrected, new, rates)


def rates_between(before: Run, after: Run, rules: Rules) -> Rates:
    """What the rules of the earlier run make a unit of each activity cost, in the months of both runs."""
    noted_then, noted_now = noted_by(before, after)
    then = rates_by_rules(noted_then, rules.model, rules.scales)
    alone = [month for month in then if not after.month_from <= month <= after.month_to]
    average = average_rates({month: then[month] for month in alone or then}, noted_then.volumes)
    same = same_rules(rules.model, rules_of(after).model)
    now = rates_by_rules(noted_now, rules.model, rules.scales, None if same else (then, average))
    return Rates(then, now, average, same)


def windows_of(run: Run, rules: Rules, accounts: QuerySet[Account] | None) -> Iterator[tuple[int, Window]]:
    """The months of one account after the other, by its id."""
    rows = MonthResult.objects.in_run(run).of_accounts()
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    columns = ("account_id", "month", *SALES, "measures", "costs", *rules.amounts)
    listed = rows.order_by("account_id", "month").values_list(*columns).iterator(2000)
    for account, months in groupby(listed, key=itemgetter(0)):
        yield account, Window({row[1]: month_of(row, rules) for row in months})


def month_of(row: tuple, rules: Rules) -> Month:
    _account, month, net, cost, freight, measures, costs, *amounts = row
    sums = dict(zip((*SALES, *rules.amounts), (net, cost, freight, *amounts), strict=True))
    drivers = measures | {name: int(amount.scaleb(4)) for name, amount in sums.items()}
    minor = [int(sums[name] * MINOR) for name in SALES]
    return Month(month, Sales(*minor, units=measures.get("units", 0)), rules.count(drivers), costs)


def side_by_side(one: Iterator, other: Iterator) -> Iterator[tuple[int, Window, Window]]:
    """Two rows of accounts in order as one; an account that is only in one of them has nothing in the other."""
    left, right = next(one, None), next(other, None)
    while left or right:
        account = min(side[0] for side in (left, right) if side)
        then = left[1] if left and left[0] == account else Window()
        now = right[1] if right and right[0] == account else Window()
        yield account, then, now
        left = next(one, None) if left and left[0] == account else left
        right = next(other, None) if right and right[0] == account else right


def corrections(then: Window, now: Window, shared: frozenset[int], rounding: int) -> Sales:
    """How the later run knows the sales of the shared months differently.

    `rounding`: amounts are rounded over a window, so in another one the same month may differ by a minor unit.
    """
    sales, nothing = Sales(), Month(0, Sales(), Counter(), {})
    for month in shared & (then.months.keys() | now.months.keys()):
        old, new = then.months.get(month, nothing), now.months.get(month, nothing)
        if not is_rounding(new.sales - old.sales, rounding) or new.quantities != old.quantities:
            sales += new.sales - old.sales
    return sales


def is_rounding(change: Sales, rounding: int) -> bool:
    largest = max(abs(change.net_revenue), abs(change.cost_of_goods), abs(change.freight))
    return largest <= rounding and change.units == 0
