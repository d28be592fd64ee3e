"""Costs of support pools (IT, personnel, premises) handed on to the pools they serve, exactly.

Direct, step-down and reciprocal method as in Horngren, Datar & Rajan, Cost Accounting, 14th ed. 2012, ch. 15,
and Garrison, Noreen & Brewer, Managerial Accounting (step-down). `serves` gives for each support pool the
shares of its service that other pools take; a pool that is not a key of it is a receiving pool and keeps what
it gets. Amounts are fractions, so every method hands on exactly what came in; `allocate` rounds once.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from profitability.core.remainder import round_to

if TYPE_CHECKING:
    from profitability.core.cost_model import CostModel

Serves: TypeAlias = Mapping[str, Mapping[str, Fraction]]
Costs: TypeAlias = Mapping[str, int | Fraction]
Amounts: TypeAlias = dict[str, Fraction]

METHODS = ("direct", "step_down", "reciprocal")


class CannotAllocate(ValueError):
    """Support pools whose costs have nowhere to go; `pools` names them."""

    def __init__(self, reason: str, pools: Sequence[str]) -> None:
        super().__init__(f"{reason}: {', '.join(pools)}")
        self.pools = tuple(pools)


def allocate(model: "CostModel", costs: Mapping[str, int]) -> dict[str, int]:
    """What each pool that is no support pool receives, in minor units; the sum is that of the support pools.

    Rounded by largest remainder over the receiving pools (tie: larger amount, then code).
    """
    serves = model.serves
    exact = _by_method(model.support_method, serves, costs, model.order)
    total = sum(costs.get(pool, 0) for pool in serves)
    rounded = dict(zip(exact, round_to(total, list(exact.values()), list(exact)), strict=True))
    return {pool.code: rounded.get(pool.code, 0) for pool in model.pools if pool.code not in serves}


def _by_method(method: str, serves: Serves, costs: Costs, order: Sequence[str] | None) -> Amounts:
    if method == "direct":
        return direct(serves, costs)
    if method == "step_down":
        return step_down(serves, costs, order)
    return reciprocal(serves, costs)


def direct(serves: Serves, costs: Costs) -> Amounts:
    """Exact amount each receiving pool gets when services among support pools are left out of account.

    Raises CannotAllocate for a pool that serves support pools only.
    """
    received: Amounts = {}
    for pool in serves:
        _hand_on(Fraction(costs.get(pool, 0)), pool, _others(serves, pool, set(serves)), received)
    return received


def step_down(serves: Serves, costs: Costs, order: Sequence[str] | None = None) -> Amounts:
    """Exact amount each receiving pool gets when the support pools are closed one after the other.

    A closed pool gets nothing more, and a pool's use of its own service is ignored. Without `order`, the one
    of `step_order` is taken. Raises CannotAllocate for a pool with no recipient left.
    """
    amounts: Amounts = {}
    for given in steps(serves, costs, order).values():
        for pool, amount in given.items():
            amounts[pool] = amounts.get(pool, Fraction(0)) + amount
    return {pool: amount for pool, amount in amounts.items() if pool not in serves}


def steps(serves: Serves, costs: Costs, order: Sequence[str] | None = None) -> dict[str, Amounts]:
    """What each support pool hands on to whom, step by step, in the order of the steps."""
    held = {pool: Fraction(costs.get(pool, 0)) for pool in serves}
    handed: dict[str, Amounts] = {}
    for pool in order or step_order(serves, costs):
        handed[pool] = {}
        _hand_on(held[pool], pool, _others(serves, pool, {*handed}), handed[pool])
        for recipient, amount in handed[pool].items():
            held[recipient] = held.get(recipient, Fraction(0)) + amount
    return handed


def flows(method: str, serves: Serves, costs: Costs, order: Sequence[str] | None = None) -> dict[str, Amounts]:
    """What each support pool hands on to each pool it serves, other support pools too: where services are mutual this
    is more than its own cost, because it hands on what it received as well."""
    if method == "step_down":
        return steps(serves, costs, order)
    if method == "direct":
        handed: dict[str, Amounts] = {pool: {} for pool in serves}
        for pool, received in handed.items():
            _hand_on(Fraction(costs.get(pool, 0)), pool, _others(serves, pool, set(serves)), received)
        return handed
    whole = complete(serves, costs)
    return {
        giver: {taker: whole[giver] * share for taker, share in shares.items() if share}
        for giver, shares in serves.items()
    }


def step_order(serves: Serves, costs: Costs) -> list[str]:
    """Largest share of service to other support pools first, then the larger cost, then the code."""
    return sorted(serves, key=lambda pool: (-share_to_support(serves, pool), -costs.get(pool, 0), pool))


def share_to_support(serves: Serves, pool: str) -> Fraction:
    """The part of a pool's service to others that goes to support pools; 0 if it serves nobody else."""
    others = _others(serves, pool, set())
    whole = sum(others.values(), Fraction(0))
    to_support = sum((share for recipient, share in others.items() if recipient in serves), Fraction(0))
    return to_support / whole if whole else Fraction(0)


def _others(serves: Serves, pool: str, closed: set[str]) -> dict[str, Fraction]:
    """Shares of the recipients that can still take something: not the pool itself, not a closed one."""
    shares = serves[pool].items()
    return {recipient: share for recipient, share in shares if share and recipient not in {pool, *closed}}


def _hand_on(amount: Fraction, pool: str, shares: Mapping[str, Fraction], received: Amounts) -> None:
    whole = sum(shares.values(), Fraction(0))
    if not whole:
        raise CannotAllocate("no recipients left for the cost of", [pool])
    for recipient, share in shares.items():
        received[recipient] = received.get(recipient, Fraction(0)) + amount * share / whole


def reciprocal(serves: Serves, costs: Costs) -> Amounts:
    """Exact amount each receiving pool gets when mutual services count in full: o = Oᵀx, x of `complete`.

    Raises CannotAllocate (singular) when some support pools serve only each other.
    """
    received: Amounts = {}
    for pool, amount in complete(serves, costs).items():
        for recipient, share in serves[pool].items():
            if share and recipient not in serves:
                received[recipient] = received.get(recipient, Fraction(0)) + amount * share
    return received


def complete(serves: Serves, costs: Costs) -> Amounts:
    """Each support pool's own cost and all it receives: the solution of x = b + Sᵀx, by elimination.

    A step of the calculation and never a cost to report: mutual services are counted more than once in it.
    """
    dead = stranded(serves)
    if dead:
        raise CannotAllocate("singular: support pools that serve only each other", dead)
    pools = list(serves)
    rows = [
        [Fraction(int(giver == taker)) - serves[giver].get(taker, Fraction(0)) for giver in pools]
        + [Fraction(costs.get(taker, 0))]
        for taker in pools
    ]
    return dict(zip(pools, _solve(rows), strict=True))


def _solve(rows: list[list[Fraction]]) -> list[Fraction]:
    """Gauss-Jordan elimination of the rows [A | b] of a regular system."""
    for place in range(len(rows)):
        pivot = next(row for row in range(place, len(rows)) if rows[row][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(rows)):
            factor = rows[other][place]
            if other != place and factor:
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[place], strict=True)]
    return [row[-1] for row in rows]


def stranded(serves: Serves) -> list[str]:
    """Support pools from which no chain of services leads to a receiving pool, sorted."""
    free: set[str] = set()
    while True:
        reached = {pool for pool in serves if _reaches(serves, pool, free)} - free
        if not reached:
            return sorted(set(serves) - free)
        free |= reached


def _reaches(serves: Serves, pool: str, free: set[str]) -> bool:
    return any(share and (to not in serves or to in free) for to, share in serves[pool].items())


def without_recipient(serves: Serves, method: str, order: Sequence[str] | None = None) -> list[str]:
    """Support pools the method could leave without a recipient, sorted.

    A step-down without a stated order breaks ties by cost, so a pool counts as left alone here when costs
    alone could close all its recipients before it.
    """
    if method == "direct":
        return sorted(pool for pool in serves if not _others(serves, pool, set(serves)))
    if method == "step_down":
        return sorted(pool for pool in serves if not _others(serves, pool, _before(serves, pool, order)))
    return stranded(serves)


def _before(serves: Serves, pool: str, order: Sequence[str] | None) -> set[str]:
    if order:
        return set(order[: order.index(pool)])
    own = share_to_support(serves, pool)
    return {other for other in serves if share_to_support(serves, other) >= own}
