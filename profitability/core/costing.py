"""One month's resource costs on activities and accounts, in whole minor units and without a remainder.

Two-stage activity-based costing (Cooper & Kaplan 1991) and time-driven costing (Kaplan & Anderson, HBR
82(11), 2004, 131-138): see README.md. Each month stands alone; a window is the sum of its months.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from profitability.core.allocation import allocate
from profitability.core.balance import NO_COSTS, OVERUSED, ActivityCosts, Notice, PoolBalance, total
from profitability.core.cost_model import CostModel, Pool
from profitability.core.money import Int64, exact_sum
from profitability.core.months import spoken_month
from profitability.core.sheet import Sheet
from profitability.core.volumes import CannotCost, Volumes


class DoesNotClose(AssertionError):
    """Costs went in that did not come out: an error of the calculation, never of the figures."""


@dataclass(frozen=True, eq=False)
class MonthCosts:
    """The costs of one month.

    `costs` (minor units) and `minutes` (ten-thousandths) have a row per row of the measures, in their order,
    and a column per activity of the model, in its order. `activities` and `balance` are in the model's order.
    """

    month: int
    costs: Int64
    minutes: Int64
    activities: tuple[ActivityCosts, ...]
    balance: tuple[PoolBalance, ...]
    notices: tuple[Notice, ...]


def cost_month(
    model: CostModel,
    month: int,
    costs: Mapping[str, int],
    practical_minutes: Mapping[str, int],
    measures: pd.DataFrame,
) -> MonthCosts:
    """Resource costs of a month (yyyymm) on the activities and accounts of a model.

    costs: minor units per pool code; a pool that is not there counts as 0 and gets a notice.
    practical_minutes: ten-thousandths of a minute per pool code.
    measures: a row per account code, the empty code for what has no account; int64 columns named as the
    measures, in ten-thousandths; a column that is not there counts as 0.
    Raises CannotCost for costs or minutes, other than 0, of an unknown pool, for a pool consumed by time that has
    costs or use but no practical minutes, for a negative measure, and for figures that do not fit into 64 bits.
    """
    try:
        return _cost_month(model, Volumes(month, measures), costs, practical_minutes)
    except OverflowError:
        raise CannotCost(f"the figures of {spoken_month(month)} are too large to count", month) from None


def _cost_month(
    model: CostModel, volumes: Volumes, costs: Mapping[str, int], practical_minutes: Mapping[str, int]
) -> MonthCosts:
    _refuse_unknown_pools(model, volumes.month, costs, practical_minutes)
    received = allocate(model, costs)
    charged = {pool: costs.get(pool, 0) + amount for pool, amount in received.items()}
    sheet = Sheet(model, volumes)
    for pool in dict.fromkeys(activity.pool for activity in model.activities if activity.pool):
        sheet.charge_time(pool, charged[pool], practical_minutes.get(pool, 0), known=pool in costs)
    sheet.charge_shares(charged)
    balance = tuple(_balance(pool, costs.get(pool.code, 0), received, sheet) for pool in model.pools)
    _check_closure(balance, sheet)
    return MonthCosts(
        month=volumes.month,
        costs=volumes.as_given(sheet.costs),
        minutes=volumes.as_given(sheet.minutes),
        activities=sheet.rows(),
        balance=balance,
        notices=tuple(_notices(volumes.month, costs, balance)),
    )


def _refuse_unknown_pools(
    model: CostModel, month: int, costs: Mapping[str, int], practical_minutes: Mapping[str, int]
) -> None:
    known = {pool.code for pool in model.pools}
    for pool, cost in costs.items():
        if pool not in known and (cost or practical_minutes.get(pool)):
            place = f"version {model.version} of the cost model {model.code}"
            message = f"the costs of {spoken_month(month)} name the pool {pool}, which is not in {place}"
            raise CannotCost(message, month, pool=pool)


def _balance(pool: Pool, cost: int, received: Mapping[str, int], sheet: Sheet) -> PoolBalance:
    """The pool's row: what came in, and where the sheet or its kind says it went."""
    if pool.kind == "support":
        return PoolBalance(pool.code, input=cost, support_out=cost)
    arrived = PoolBalance(pool.code, input=cost, support_in=received[pool.code])
    charged = arrived.difference
    if pool.kind == "channel":
        return arrived + PoolBalance(pool.code, channel=charged)
    if pool.kind == "corporate":
        return arrived + PoolBalance(pool.code, corporate=charged)
    return arrived + sheet.pools.get(pool.code, PoolBalance(pool.code, unassigned=charged))


def _check_closure(balance: Iterable[PoolBalance], sheet: Sheet) -> None:
    """Every pool closes, and the pools together say the same as the costs of the accounts."""
    month = spoken_month(sheet.volumes.month)
    together = total(balance)
    open_pools = [row.pool for row in balance if row.difference]
    if open_pools:
        raise DoesNotClose(f"{month} does not close: {', '.join(open_pools)}")
    if together.support_in != together.support_out:
        raise DoesNotClose(f"{month} does not close: support pools")
    if together.accounts + together.no_account != exact_sum(sheet.costs):
        raise DoesNotClose(f"{month} does not close: accounts")
    if together.no_account != sum(row.no_account for row in sheet.rows()):
        raise DoesNotClose(f"{month} does not close: no account")


def _notices(month: int, costs: Mapping[str, int], balance: Iterable[PoolBalance]) -> Iterator[Notice]:
    for row in balance:
        if row.pool not in costs:
            message = f"the pool {row.pool} has no costs in {spoken_month(month)}; they count as 0"
            yield Notice(month, row.pool, NO_COSTS, message)
        if row.used_minutes > row.practical_minutes > 0:
            message = f"more minutes of the pool {row.pool} were used in {spoken_month(month)} than are practical"
            yield Notice(month, row.pool, OVERUSED, message)


def window_balance(months: Iterable[MonthCosts]) -> tuple[PoolBalance, ...]:
    """The balance of each pool over several months of one model."""
    by_pool = zip(*(month.balance for month in months), strict=True)
    return tuple(sum(rows[1:], start=rows[0]) for rows in by_pool)
