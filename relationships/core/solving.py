"""The distribution of hours as a linear programme, solved by HiGHS (Huangfu & Hall 2018) through SciPy.

The pieces of each account's curve are straight and worth ever less, so a linear programme fills them in their order.
Hours are divisible, so nothing has to be a whole number: a visit has no fixed length, and an account may be shared.

SciPy is imported when something is solved, so that whoever only reads this module does not load it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from statistics import median_low
from typing import Any

from relationships.core.response import ZERO, Kind, Limit, Programme, Served

CLOSE = 1e-7  # hours: as near as the solver comes to a limit
STAY = 1e-5  # of the middle hour: what it takes to move an hour, so that nobody moves for nothing
FELT = 1e-6  # of the middle hour: a limit of less worth does not bind


@dataclass(frozen=True)
class Solved:
    """The best hours, what they bring, what an hour of each manager is worth, and which limits are felt."""

    hours: dict[int, Decimal]
    by_manager: dict[int, dict[int, Decimal]]
    value: Fraction
    prices: dict[int, Fraction]
    felt: set[Limit]


@dataclass
class _Lines:
    """Rows of a sparse matrix: places with their factors, and what the row comes to at most or exactly."""

    width: int
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    factors: list[float] = field(default_factory=list)
    sides: list[float] = field(default_factory=list)

    def add(self, places: Iterable[tuple[int, float]], side: float) -> None:
        for column, factor in places:
            self.rows.append(len(self.sides))
            self.columns.append(column)
            self.factors.append(factor)
        self.sides.append(side)

    def matrix(self) -> Any:
        from scipy.sparse import coo_array  # type: ignore[import-untyped]

        shape = (len(self.sides), self.width)
        return coo_array((self.factors, (self.rows, self.columns)), shape=shape).tocsr() if self.sides else None


class _Columns:
    """What is decided: hours on each piece of each account's curve, and of movable accounts by manager."""

    def __init__(self, programme: Programme, limits: list[Limit]) -> None:
        self.programme = programme
        self.kept = {limit.key for limit in limits if limit.kind is Kind.SERVICE}
        worths = [worth for account in programme.accounts for _width, worth in account.response.pieces if worth]
        self.unit = median_low(worths) if worths else Fraction(1)  # one account's absurd hours move nobody else's
        self.costs: list[float] = []
        self.bounds: list[tuple[float, float]] = []
        self.pieces: list[range] = []  # columns of each account
        for account in programme.accounts:
            self._add(account)
        self.shared: dict[tuple[int, int], int] = {}  # account by place, manager → column
        if len(programme.hours) > 1:
            self._share()

    def _add(self, account: Served) -> None:
        start, reached = len(self.costs), ZERO
        needed = account.response.least if account.manager in self.kept else ZERO
        for width, worth in _parted(account):
            least = min(max(needed - reached, ZERO), width)  # the first pieces are worth most, so they fill first
            reached += width
            stay = STAY if reached <= account.today else -STAY
            self.costs.append(-float(worth / self.unit) - stay)
            self.bounds.append((float(least), float(width)))
        self.pieces.append(range(start, len(self.costs)))

    def _share(self) -> None:
        for place, account in enumerate(self.programme.accounts):
            for manager in self.programme.hours if account.is_movable else ():
                self.shared[place, manager] = len(self.costs)
                self.costs.append(0.0 if manager == account.manager else STAY / 10)
                self.bounds.append((0.0, float(account.response.most)))

    def of_manager(self, manager: int) -> Iterable[tuple[int, float]]:
        for place, account in enumerate(self.programme.accounts):
            if (place, manager) in self.shared:
                yield self.shared[place, manager], 1.0
            elif account.manager == manager:
                yield from ((column, 1.0) for column in self.pieces[place])

    def of_box(self, box: str, share: Decimal, sign: int) -> Iterable[tuple[int, float]]:
        """sign × (hours of the box − share × all hours), which must not be above zero."""
        for place, account in enumerate(self.programme.accounts):
            factor = sign * ((1 if account.box == box else 0) - float(share))
            yield from ((column, factor) for column in self.pieces[place])

    def most(self, limits: list[Limit]) -> _Lines:
        lines = _Lines(len(self.costs))
        for limit in limits:
            if limit.kind is Kind.HOURS:
                lines.add(self.of_manager(int(limit.key)), float(limit.size))
            else:
                sign = -1 if limit.kind is Kind.LEAST_SHARE else 1
                lines.add(self.of_box(str(limit.key), limit.size, sign), 0.0)
        return lines

    def balances(self) -> _Lines:
        """The hours of a movable account are those of all its managers together."""
        lines = _Lines(len(self.costs))
        for place in sorted({place for place, _manager in self.shared}):
            theirs = [(self.shared[place, manager], 1.0) for manager in self.programme.hours]
            lines.add([*theirs, *((column, -1.0) for column in self.pieces[place])], 0.0)
        return lines


def _parted(account: Served) -> Iterable[tuple[Decimal, Fraction]]:
    """The pieces of an account's curve, parted where it stands today."""
    start = ZERO
    for width, worth in account.response.pieces:
        before = account.today - start
        if 0 < before < width:
            yield before, worth
            yield width - before, worth
        else:
            yield width, worth
        start += width


def solve(programme: Programme, limits: list[Limit]) -> Solved | None:
    """The best hours within these limits; None where there are none."""
    if not programme.accounts:
        return Solved({}, {}, Fraction(0), dict.fromkeys(programme.hours, Fraction(0)), set())
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    columns = _Columns(programme, limits)
    lined = [limit for limit in limits if limit.kind is not Kind.SERVICE]
    most, balances = columns.most(lined), columns.balances()
    found = linprog(
        columns.costs,
        A_ub=most.matrix(),
        b_ub=most.sides or None,
        A_eq=balances.matrix(),
        b_eq=balances.sides or None,
        bounds=columns.bounds,
        method="highs",
    )
    return _read(columns, lined, found) if found.status == 0 else None


def _read(columns: _Columns, lined: list[Limit], found: Any) -> Solved:
    accounts, x = columns.programme.accounts, found.x.tolist()
    hours = {account.key: _hours(x[i] for i in span) for account, span in zip(accounts, columns.pieces, strict=True)}
    shared: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for (place, manager), column in columns.shared.items():
        if given := _hours([x[column]]):
            shared[accounts[place].key][manager] = given
    value = sum((account.response.worth(hours[account.key]) for account in accounts), Fraction(0))
    duals = dict(zip(lined, (-found.ineqlin.marginals).tolist() if lined else [], strict=True))
    prices = {int(limit.key): _price(dual, columns) for limit, dual in duals.items() if limit.kind is Kind.HOURS}
    felt = {limit for limit, dual in duals.items() if dual > FELT}
    return Solved(hours, dict(shared), value, prices, felt | set(_felt_service(columns, found)))


def _felt_service(columns: _Columns, found: Any) -> Iterable[Limit]:
    """Managers with an account that is held up by its least hours."""
    lower = found.lower.marginals.tolist()
    held = {
        account.manager
        for account, span in zip(columns.programme.accounts, columns.pieces, strict=True)
        if any(lower[i] > 2 * STAY and columns.bounds[i][0] for i in span)
    }
    return [limit for limit in columns.programme.limits if limit.kind is Kind.SERVICE and limit.key in held]


def _price(dual: float, columns: _Columns) -> Fraction:
    """Money an hour, without what it takes to move one."""
    return Fraction(dual) * columns.unit if dual > 2 * STAY else Fraction(0)


def _hours(parts: Iterable[float]) -> Decimal:
    """Hundredths of an hour, rounded down, so that nobody is given more than there is."""
    return Decimal(int((max(sum(parts), 0.0) + CLOSE) * 100)).scaleb(-2)
