"""All active accounts of a run in their places, before and under a scenario."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast

from profitability.core.pareto import rank
from profitability.core.window import Outcome
from profitability.models import Result, Run
from profitability.scenarios.selection import Chosen


@dataclass(frozen=True, eq=False)
class Standing:
    """All active accounts of a run in the order of their codes: who they are and what they bring, minor units."""

    ids: np.ndarray
    codes: list[str]
    net_revenue: np.ndarray
    contribution: np.ndarray

    def under(self, selected: Chosen, outcome: Outcome, dropped: np.ndarray) -> "Standing":
        """The same accounts when the chosen ones change; those that are `dropped` are no longer there."""
        here = np.searchsorted(self.ids[self.by_id], selected.ids)
        rows = self.by_id[here] if len(selected.ids) else here
        net, contribution = self.net_revenue.copy(), self.contribution.copy()
        net[rows] = outcome.statement.net_revenue
        contribution[rows] = outcome.statement.contribution(outcome.costs.sum(axis=1))
        found = Standing(self.ids, self.codes, net, contribution)
        return found.only(np.setdiff1d(np.arange(len(self.ids)), rows[dropped])) if dropped.any() else found

    @cached_property
    def by_id(self) -> np.ndarray:
        return np.argsort(self.ids)

    def only(self, places: np.ndarray) -> "Standing":
        codes = [self.codes[place] for place in places.tolist()]
        return Standing(self.ids[places], codes, self.net_revenue[places], self.contribution[places])

    def among(self, seen: set[int] | None) -> "Standing":
        """Those that the reader sees; None: all."""
        if seen is None:
            return self
        return self.only(np.flatnonzero([account in seen for account in self.ids.tolist()]))

    def ranks(self) -> dict[int, int]:
        """Place by contribution of each account."""
        order = rank(self.contribution, self.codes).order
        return {account: place for place, account in enumerate(self.ids[order].tolist(), start=1)}

    def classes(self) -> dict[int, str]:
        """Class by net revenue of each account."""
        found = rank(self.net_revenue, self.codes)
        return dict(zip(self.ids[found.order].tolist(), found.classes.tolist(), strict=True))


def standing_of(run: Run) -> Standing:
    """The active accounts of the run."""
    money = [Cast(F(name), BigIntegerField()) for name in ("net_revenue", "contribution")]
    rows = Result.objects.in_run(run).of_accounts().filter(is_active=True).order_by("code")
    listed = list(rows.values_list("account_id", "code", *money))
    columns = list(zip(*listed, strict=True)) or [(), (), (), ()]
    ids, net, contribution = (np.array(columns[place], dtype=np.int64) for place in (0, 2, 3))
    return Standing(ids, list(columns[1]), net, contribution)
