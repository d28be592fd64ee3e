"""Where a team's hours bring most: hours a month for each account, under the limits of people and portfolio."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from relationships.core.response import Kind, Limit, Programme
from relationships.core.solving import Solved, solve


@dataclass(frozen=True)
class Binding:
    """A limit that the advice would rather not keep: what one more hour of a manager would bring a month, or what a
    minimum or a share costs a month."""

    limit: Limit
    worth: Fraction


@dataclass(frozen=True)
class Plan:
    """The advice: hours a month of each account, by manager for the movable ones, and what it rests on."""

    hours: dict[int, Decimal]
    by_manager: dict[int, dict[int, Decimal]]  # of accounts that several may look after
    today: Fraction  # what today's hours bring a month
    advised: Fraction
    binding: list[Binding]
    prices: dict[int, Fraction]  # of an hour of each manager

    @property
    def extra(self) -> Fraction:
        return self.advised - self.today


@dataclass(frozen=True)
class Contradiction:
    """No advice: these limits cannot hold together, while without any one of them the others can."""

    limits: list[Limit]


def allocate(programme: Programme) -> Plan | Contradiction:
    """The hours that bring most within all limits; where no hours keep them all, the limits that contradict.

    An account that would do as well elsewhere stays as it is. What today's hours bring is never undercut where today's
    hours keep the limits.
    """
    limits = programme.limits
    found = solve(programme, limits)
    if found is None or _shares_clash(programme):
        return Contradiction(_contradicting(programme, limits))
    today = sum((account.response.worth(account.today) for account in programme.accounts), Fraction(0))
    binding = list(_binding(programme, limits, found))
    return Plan(found.hours, found.by_manager, today, found.value, binding, found.prices)


def _binding(programme: Programme, limits: list[Limit], found: Solved) -> Iterable[Binding]:
    """The price of an hour comes with the solution; what another limit costs, from a solution without it."""
    for limit in limits:
        if limit.kind is Kind.HOURS and found.prices.get(int(limit.key), 0) > 0:
            yield Binding(limit, found.prices[int(limit.key)])
        elif limit in found.felt and limit.kind is not Kind.HOURS:
            without = solve(programme, [other for other in limits if other != limit])
            cost = without.value - found.value if without else Fraction(0)
            if cost > 0:
                yield Binding(limit, cost)


def brought(programme: Programme, hours: dict[int, Decimal]) -> Fraction | None:
    """What the best distribution brings a month if managers had these hours instead; None where limits contradict."""
    other = replace(programme, hours=hours)
    found = None if _shares_clash(other) else solve(other, other.limits)
    return found.value if found else None


# Limits that cannot hold together


def _shares_clash(programme: Programme) -> bool:
    """Shares that only no hours at all would keep."""
    return bool(_clashing(programme.least_shares, programme.most_shares, {a.box for a in programme.accounts}))


def _clashing(least: dict[str, Decimal], most: dict[str, Decimal], boxes: set[str]) -> list[Limit]:
    for box, share in least.items():
        if box in most and share > most[box]:
            return [Limit(Kind.LEAST_SHARE, box, share), Limit(Kind.MOST_SHARE, box, most[box])]
        if share > 0 and box not in boxes and boxes:
            return [Limit(Kind.LEAST_SHARE, box, share)]
    if sum(least.values()) > 1:
        return [Limit(Kind.LEAST_SHARE, box, share) for box, share in least.items() if share]
    if boxes and all(box in most for box in boxes) and sum(most[box] for box in boxes) < 1:
        return [Limit(Kind.MOST_SHARE, box, most[box]) for box in sorted(boxes)]
    return []


def _contradicting(programme: Programme, limits: list[Limit]) -> list[Limit]:
    """Leave out limit by limit what the contradiction does not need."""
    boxes = {account.box for account in programme.accounts}
    if clash := _clashing(programme.least_shares, programme.most_shares, boxes):
        return clash
    needed = list(limits)
    for limit in limits:
        fewer = [other for other in needed if other != limit]
        if solve(programme, fewer) is None:
            needed = fewer
    return needed
