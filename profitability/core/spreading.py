"""What two-stage and revenue-spread costing charge to accounts, on whole columns: see methods.py."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from profitability.core.cost_model import CostModel
from profitability.core.costing import MonthCosts
from profitability.core.money import Int64, exact_sum, split
from profitability.core.volumes import Volumes


def hidden_capacity(model: CostModel, month: MonthCosts, measures: pd.DataFrame) -> Int64:
    """What two-stage costing adds to each account in a month: unused capacity by the minutes used.

    measures: those the month was costed from, a row per account code (the empty code: no account); what comes
    back is in minor units, in their order, below zero where a pool was over-used. Pool by pool it sums to the
    unused capacity; that of a pool of which no minute was used stays out, since nobody can bear it.
    """
    volumes = Volumes(month.month, measures)
    columns: dict[str, list[int]] = {}
    for place, activity in enumerate(model.activities):
        if activity.pool:
            columns.setdefault(activity.pool, []).append(place)
    added = np.zeros(volumes.size, dtype=np.int64)
    for row in month.balance:
        minutes = month.minutes[:, columns.get(row.pool, [])].sum(axis=1)
        if row.unused and minutes.any():
            in_order = minutes if volumes.order is None else minutes[volumes.order]
            added += volumes.as_given(split(row.unused, in_order))
    return added


def revenue_spread(cost: int, net_revenue: Int64, codes: Sequence[str]) -> Int64:
    """A cost (minor units) shared by net revenue, where that is above zero; ties go by account code.

    Nobody gets anything where nobody has revenue: then this method cannot say who bears the cost.
    """
    order = sorted(range(len(codes)), key=codes.__getitem__)
    weights = np.maximum(net_revenue, 0)[order]
    shared = np.zeros(len(codes), dtype=np.int64)
    if exact_sum(weights):
        shared[order] = split(cost, weights)
    return shared
