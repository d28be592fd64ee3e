"""The figures of some accounts while the months of a run are read: costs, minutes, volumes and weights."""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from django.conf import settings
from django.db.models import BigIntegerField, F, QuerySet
from django.db.models.functions import Cast

from profitability.core.measures import AMOUNTS
from profitability.models import MonthResult, Result, Run

UNIT = 10 ** (4 - settings.CURRENCY_DIGITS)  # ledger units in a minor unit
ROWS = 5_000  # read at a time


class Sheet:
    """The figures of some accounts while the months are read: costs, minutes, volumes and weights."""

    def __init__(self, ids, activities, terms, rates) -> None:
        self.place = {account: place for place, account in enumerate(ids)}
        self.activities = [activity.code for activity in activities]
        self.measures = sorted({term.measure for term in terms})
        self.columns = [self.measures.index(term.measure) for term in terms]
        self.each = np.array([float(term.minutes) for term in terms])
        self.rates = rates
        self.costs = np.zeros((len(ids), len(activities)), dtype=np.int64)
        self.weights = np.zeros((len(ids), len(terms)))
        self.amounts = np.zeros((len(ids), len(self.measures)), dtype=np.int64)

    def fill(self, rows: Iterator[tuple]) -> None:
        """Add rows of (month, account, measures, costs)."""
        if not self.activities:
            return
        while found := list(islice(rows, ROWS)):
            places = [self.place[account] for _month, account, _measures, _costs in found]
            amounts = np.array([[each.get(name, 0) for name in self.measures] for _m, _a, each, _c in found])
            costs = np.array([[each.get(code, 0) for code in self.activities] for _m, _a, _each, each in found])
            rates = np.array([self.rates[month] for month, _account, _measures, _costs in found])
            np.add.at(self.amounts, places, amounts)
            np.add.at(self.costs, places, costs)
            np.add.at(self.weights, places, amounts[:, self.columns] * rates)

    def take(self, kept: dict[str, np.ndarray]) -> None:
        """The sums of these accounts from those that were kept."""
        rows = np.searchsorted(kept["ids"], np.array(list(self.place)))
        self.costs, self.weights, self.amounts = (kept[name][rows] for name in ("costs", "weights", "amounts"))

    @property
    def minutes(self) -> np.ndarray:
        """Accounts × terms, ten-thousandths."""
        return np.rint(self.amounts[:, self.columns] * self.each).astype(np.int64)

    @property
    def volumes(self) -> dict[str, np.ndarray]:
        return {name: self.amounts[:, place] for place, name in enumerate(self.measures)}


def month_rows(run: Run, results: QuerySet[Result], measures: Iterable[str]) -> Iterator[tuple]:
    """(month, account, measures, costs) of the accounts of these results; amounts that drive costs among the
    measures."""
    amounts = [name for name in AMOUNTS if name in set(measures)]
    columns = [Cast(F(name), BigIntegerField()) for name in amounts]
    rows = MonthResult.objects.in_run(run).filter(account__in=results.order_by().values("account_id"))
    for month, account, counted, costs, *money in rows.values_list(
        "month", "account_id", "measures", "costs", *columns
    ).iterator(ROWS):
        counted |= {name: amount * UNIT for name, amount in zip(amounts, money, strict=True)}
        yield month, account, counted, costs
