"""From a resource cost line forward: the activities that took it, and the accounts that bear it, to the cent.

Everything is read from what the run stored. Where an activity draws on several pools, its accounts bear each of
them in the proportion of its driver; where a support pool serves others, its cost goes where theirs went. Both are
rounded by largest remainder, so that what is listed adds up to the line.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from profitability.activities import measured
from profitability.core import allocation
from profitability.core.cost_model import CostModel, Pool
from profitability.core.cost_model import parse as parsed
from profitability.core.remainder import largest_remainder, round_to
from profitability.explain.ledger import as_read
from profitability.explain.loop import Handing, handing_of
from profitability.models import ActivityTotal, MonthResult, PoolBalance, ResourceCost, Run

NO_ACCOUNT = 0  # the key of what has no account, beside the ids of accounts
ELSEWHERE = ("unused", "channel", "corporate", "unassigned")


@dataclass
class Spread:
    """Where an amount went, in minor units: accounts by id (0: no account), activities by code, and the rest."""

    accounts: Counter = field(default_factory=Counter)
    activities: Counter = field(default_factory=Counter)
    elsewhere: Counter = field(default_factory=Counter)
    pools: dict[str, int] = field(default_factory=dict)  # of a support pool: what each pool it serves got of it
    ways: dict[str, dict[int, int]] = field(default_factory=dict)  # what each account bears, by activity or pool

    @property
    def total(self) -> int:
        return self.accounts.total() + self.elsewhere.total()


@dataclass(frozen=True)
class CostLine:
    """One pool in one month of a run: its cost, what support pools handed on to it, and where both went."""

    run: Run
    pool: Pool
    month: int
    balance: PoolBalance
    spread: Spread
    handing: Handing
    ledger: ResourceCost | None  # the line as it was imported, exact

    @property
    def amount(self) -> Decimal:
        """What is to be explained: of a support pool its cost, of the others also what they received."""
        return self.balance.input + self.balance.support_in

    @property
    def closes(self) -> bool:
        return in_units(self.spread.total) == self.amount

    @property
    def rounding(self) -> Decimal:
        return self.balance.input - (self.ledger.amount if self.ledger else Decimal(0))


def in_units(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-settings.CURRENCY_DIGITS)


def minor(amount: Decimal) -> int:
    return int(amount.scaleb(settings.CURRENCY_DIGITS))


def cost_line(run: Run, pool: str, month: int) -> CostLine | None:
    """The line of a pool and month; None where the run has none."""
    model = parsed(run.cost_model.document)[0] if run.cost_model else None
    balances = {row.pool: row for row in PoolBalance.objects.filter(run=run, attempt=run.attempts, month=month)}
    found = next((each for each in model.pools if each.code == pool), None) if model else None
    if found is None or pool not in balances:
        return None
    spread = _Month(run, model, month, balances).of(found)
    rows = as_read(run, ResourceCost.objects.filter(pool_code=pool, month=month)).select_related("imported_in")
    handing = handing_of(model, balances, pool)
    return CostLine(run, found, month, balances[pool], spread, handing, rows.order_by("-pk").first())


class _Month:
    """One month of a run while the cost of a pool is followed through it."""

    def __init__(self, run: Run, model: CostModel, month: int, balances: dict[str, PoolBalance]) -> None:
        self.run, self.model, self.month, self.balances = run, model, month, balances
        self.charged = {code: minor(row.input + row.support_in - row.support_out) for code, row in balances.items()}
        rows = ActivityTotal.objects.filter(run=run, attempt=run.attempts, month=month)
        self.totals = {row.activity: row for row in rows}
        self._rows: list[MonthResult] | None = None

    @property
    def rows(self) -> list[MonthResult]:
        """What each account did and cost in the month; read once, and only if it is asked for."""
        if self._rows is None:
            rows = MonthResult.objects.in_run(self.run).filter(month=self.month)
            self._rows = list(rows.only("account_id", "measures", "costs", *MONEY_MEASURES))
        return self._rows

    def of(self, pool: Pool) -> Spread:
        if pool.kind == "support":
            return self._of_support(pool.code)
        if pool.kind in {"channel", "corporate"}:
            return Spread(elsewhere=Counter({pool.kind: self.charged[pool.code]}))
        users = [activity for activity in self.model.activities if pool.code in activity.pools]
        if users and users[0].minutes is not None:
            return self._of_time(pool.code, [activity.code for activity in users])
        return self._of_shares(pool.code)

    def _of_time(self, pool: str, activities: list[str]) -> Spread:
        """The accounts bear the minutes they took; what is left was not used."""
        spread = Spread(elsewhere=Counter({"unused": minor(self.balances[pool].unused)}))
        for activity in activities:
            self._bear(spread, activity, self._costs(activity))
        return spread

    def _costs(self, activity: str) -> dict[int, int]:
        costs = ((row.account_id or NO_ACCOUNT, row.costs.get(activity, 0)) for row in self.rows)
        return {account: cost for account, cost in costs if cost}

    @staticmethod
    def _bear(spread: Spread, activity: str, costs: dict[int, int]) -> None:
        spread.accounts.update(costs)
        spread.ways[activity] = costs
        spread.activities[activity] += sum(costs.values())

    def _of_shares(self, pool: str) -> Spread:
        spread = Spread()
        takers = {a.code: a for a in self.model.activities if pool in (a.shares or {})}
        parts = largest_remainder(self.charged[pool], [a.shares[pool] for a in takers.values()], list(takers))
        for (code, activity), part in zip(takers.items(), parts, strict=True):
            costs = self._part_of(activity, part)
            self._bear(spread, code, costs)
            lost = part - sum(costs.values())  # a driver without volume
            spread.activities[code] += lost
            spread.elsewhere["unassigned"] += lost
        return spread

    def _part_of(self, activity, part: int) -> dict[int, int]:
        """What each account bears of one pool's part in an activity."""
        if len(activity.shares) == 1:
            return self._costs(activity.code)
        volumes = {row.account_id or NO_ACCOUNT: measured(row).get(activity.driver, 0) for row in self.rows}
        volumes = {account: volume for account, volume in volumes.items() if volume}
        return shared(part, volumes) if volumes else {}

    def _of_support(self, pool: str) -> Spread:
        """To the pools it serves, also by way of other support pools, and on to where their cost went."""
        cost = minor(self.balances[pool].input)
        received = self._received(pool, cost)
        spread = Spread(pools=received)
        for code, amount in received.items():
            further = self.of(next(each for each in self.model.pools if each.code == code))
            spread.ways[code] = _follow(spread, further, amount)
        return spread

    def _received(self, pool: str, cost: int) -> dict[str, int]:
        """What each pool got of this support pool alone: all methods are linear once their order is fixed."""
        costs = {code: minor(self.balances[code].input) for code in self.model.serves if code in self.balances}
        order = self.model.order or allocation.step_order(self.model.serves, costs)
        exact = _exact(self.model.support_method, self.model.serves, {pool: cost}, order)
        return {code: amount for code, amount in rounded(cost, exact).items() if amount}


MONEY_MEASURES = ("list_amount", "discount_amount", "return_amount", "net_revenue", "cost_amount", "freight_amount")


def _follow(spread: Spread, further: Spread, amount: int) -> dict[int, int]:
    """An amount that came into a pool goes where all of the pool's cost went, in the same proportion; what of it the
    accounts bear."""
    places = {("accounts", key): cost for key, cost in further.accounts.items()}
    places |= {("elsewhere", key): cost for key, cost in further.elsewhere.items()}
    whole = sum(places.values())
    if not whole:
        spread.elsewhere["unassigned"] += amount
        return {}
    exact = {place: Fraction(amount * cost, whole) for place, cost in places.items()}
    found = rounded(amount, exact)
    for (kind, key), share in found.items():
        getattr(spread, kind)[key] += share
    return {key: share for (kind, key), share in found.items() if kind == "accounts" and share}


def _exact(method: str, serves, costs: dict[str, int], order) -> dict[str, Fraction]:
    if method == "direct":
        return allocation.direct(serves, costs)
    return allocation.step_down(serves, costs, order) if method == "step_down" else allocation.reciprocal(serves, costs)


def shared(total: int, weights: dict[int, int]) -> dict[int, int]:
    """A total by weights that may have both signs, in whole minor units."""
    whole = sum(weights.values())
    return rounded(total, {key: Fraction(total * weight, whole) for key, weight in weights.items()})


def rounded(total: int, exact: dict) -> dict:
    """The same in whole minor units that sum to the total."""
    keys = list(exact)
    return dict(zip(keys, round_to(total, list(exact.values()), range(len(keys))), strict=True))
