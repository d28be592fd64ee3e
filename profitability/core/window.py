"""The window of a run that a what-if starts from: what some accounts brought and used, taken apart by measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from profitability.core.cost_model import Activity
from profitability.core.money import Int64
from profitability.core.remainder import round_half_up
from profitability.core.statement import Statement

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]  # rows of a window

FINE = 10_000  # parts of a cost are kept in ten-thousandths of the minor unit
STATEMENT = tuple(field.name for field in fields(Statement))


@dataclass(frozen=True)
class Term:
    """One measure of one activity: its driver, or a term of its time equation."""

    activity: int
    measure: str
    minutes: Fraction  # a unit of the measure takes; 0 for a driver


def terms_of(activities: Sequence[Activity]) -> tuple[Term, ...]:
    """The terms of all activities, activity by activity."""
    return tuple(
        Term(place, measure, Fraction(0) if activity.minutes is None else activity.minutes[measure])
        for place, activity in enumerate(activities)
        for measure in activity.measures
    )


@dataclass(frozen=True, eq=False)
class Window:
    """What some accounts brought and used over the window of a run: a row per account.

    `statement` and `costs` (accounts × activities): minor units. `parts` (accounts × terms): what each measure
    contributed to a cost, in ten-thousandths of the minor unit; the parts of an activity sum to its cost.
    `minutes` (accounts × terms) and `volumes` (by measure): ten-thousandths. `months`: how many the window has.
    """

    activities: tuple[Activity, ...]
    terms: tuple[Term, ...]
    statement: Statement
    costs: Int64
    parts: Int64
    minutes: Int64
    volumes: Mapping[str, Int64]
    months: int

    @property
    def minutes_by_activity(self) -> Int64:
        """Accounts × activities, ten-thousandths; 0 where an activity is not time-driven."""
        return by_activity(self.minutes, self)

    def rows(self, places: Places) -> "Window":
        """The window of some of the accounts."""
        return replace(
            self,
            statement=statement_rows(self.statement, places),
            costs=self.costs[places],
            parts=self.parts[places],
            minutes=self.minutes[places],
            volumes={name: column[places] for name, column in self.volumes.items()},
        )


@dataclass(frozen=True, eq=False)
class Taken:
    """What leaves a window when orders are refused or consolidated: a row per account, units as in `Window`.

    `weights` (accounts × terms) is the part of each term's cost that leaves, 0…1.
    """

    statement: Statement
    weights: Floats
    minutes: Int64
    volumes: Mapping[str, Int64]

    def rows(self, places: Places) -> "Taken":
        """What leaves of some of the accounts."""
        volumes = {name: column[places] for name, column in self.volumes.items()}
        return Taken(statement_rows(self.statement, places), self.weights[places], self.minutes[places], volumes)


@dataclass(frozen=True, eq=False)
class Outcome:
    """The accounts of a window under the levers: minor units, and minutes (accounts × activities)."""

    statement: Statement
    costs: Int64
    minutes: Int64


def statement_rows(statement: Statement, places: Places) -> Statement:
    return Statement(**{name: getattr(statement, name)[places] for name in STATEMENT})


def parts_of(costs: Int64, weights: Floats, terms: Sequence[Term]) -> Int64:
    """Each cost (accounts × activities, minor units) split over its terms by weights (accounts × terms).

    In ten-thousandths of the minor unit; what rounding leaves stays with the last term of the activity. A cost
    without any weight stays with the first.
    """
    parts = np.zeros(weights.shape, dtype=np.int64)
    for activity in range(costs.shape[1]):
        columns = [place for place, term in enumerate(terms) if term.activity == activity]
        if not columns:
            continue
        exact, chosen = costs[:, activity] * FINE, weights[:, columns]
        whole = chosen.sum(axis=1)
        shares = np.divide(chosen, whole[:, None], out=np.zeros_like(chosen), where=whole[:, None] > 0)
        shares[whole <= 0, 0] = 1.0
        parts[:, columns[:-1]] = np.rint(shares[:, :-1] * exact[:, None]).astype(np.int64)
        parts[:, columns[-1]] = exact - parts[:, columns[:-1]].sum(axis=1)
    return parts


def without(window: Window, taken: Taken) -> Window:
    """The window less what was taken out of it."""
    statement = Statement(
        **{name: getattr(window.statement, name) - getattr(taken.statement, name) for name in STATEMENT}
    )
    left = window.parts - np.rint(window.parts * taken.weights).astype(np.int64)
    volumes = {name: column - taken.volumes.get(name, 0) for name, column in window.volumes.items()}
    return replace(window, statement=statement, parts=left, minutes=window.minutes - taken.minutes, volumes=volumes)


def round_each(values: npt.NDArray[Any], unit: int) -> Int64:
    """`values ÷ unit`, each rounded by itself, a half away from zero; Python integers in an object array too."""
    if values.dtype == object:
        return np.array([round_half_up(Fraction(value, unit)) for value in values.tolist()], dtype=np.int64)
    whole, rest = np.divmod(np.abs(values), np.int64(unit))
    rounded: Int64 = np.sign(values) * (whole + (rest >= unit - rest))
    return rounded


def by_activity(cells: Int64, window: Window) -> Int64:
    """Accounts × terms summed to accounts × activities."""
    found = np.zeros((len(cells), len(window.activities)), dtype=np.int64)
    for column, term in enumerate(window.terms):
        found[:, term.activity] += cells[:, column]
    return found
