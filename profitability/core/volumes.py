"""The measures of one month as costing reads them: column by column, in the order of the account codes."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from profitability.core.money import Int64
from profitability.core.months import spoken_month

NO_ACCOUNT = ""
MAX_WEIGHT = 2**62


class CannotCost(ValueError):
    """The figures of a month do not allow a calculation; names what a person has to put right.

    `accounts`: codes of all whose measure is wrong, the empty code for what has no account.
    """

    def __init__(
        self, message: str, month: int, pool: str = "", measure: str = "", accounts: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.month, self.pool, self.measure, self.accounts = month, pool, measure, tuple(accounts)


class Volumes:
    """The measures of a month. Columns come in the order that breaks ties: by account code, no account last.

    measures: a row per account code (the empty code: no account), int64 columns in ten-thousandths.
    """

    def __init__(self, month: int, measures: pd.DataFrame) -> None:
        self.month = month
        self.measures = measures
        self.size = len(measures)
        self.order = _code_order(measures.index)
        self.has_no_account = _ends_without_account(measures.index) or NO_ACCOUNT in measures.index

    def column(self, name: str) -> Int64:
        """A measure of every account; zeros if there is none. Raises CannotCost for a negative one."""
        if name not in self.measures:
            return np.zeros(self.size, dtype=np.int64)
        values = self.measures[name].to_numpy()
        if values.dtype != np.int64:
            raise TypeError(f"the measure {name} is {values.dtype}, not int64")
        if values.size and values.min() < 0:
            self._refuse_negative(name, self.measures.index[values < 0].tolist())
        return values if self.order is None else values[self.order]

    def _refuse_negative(self, name: str, accounts: Sequence[str]) -> None:
        named = ", ".join(account or "no account" for account in accounts)
        reason = f"{name} of {named} is negative in {spoken_month(self.month)}"
        raise CannotCost(f"{reason}, so costs cannot be spread by it", self.month, measure=name, accounts=accounts)

    def weigh(self, equation: Mapping[str, Fraction], scale: int) -> npt.NDArray[Any]:
        """A linear equation × scale on every account, exact, in ten-thousandths.

        int64, or Python integers in an object array where 64 bits could be too few.
        """
        terms = [(int(number * scale), self.column(name)) for name, number in equation.items()]
        largest = sum(factor * max(1, int(column.max(initial=0))) for factor, column in terms)
        kind = np.dtype(np.int64) if largest < MAX_WEIGHT else np.dtype(object)
        weight: npt.NDArray[Any] = np.zeros(self.size, dtype=kind)
        for factor, column in terms:
            weight += column.astype(kind, copy=False) * factor
        return weight

    def without_account(self, rows: npt.NDArray[Any]) -> int:
        """The figure of what has no account, in a column in this order."""
        return int(rows[-1]) if self.has_no_account else 0

    def as_given(self, rows: Int64) -> Int64:
        """Rows in this order put back into that of the measures."""
        if self.order is None:
            return rows
        given = np.empty_like(rows)
        given[self.order] = rows
        return given


def _ends_without_account(index: "pd.Index[Any]") -> bool:
    return bool(len(index)) and index[-1] == NO_ACCOUNT


def _code_order(index: "pd.Index[Any]") -> npt.NDArray[np.intp] | None:
    """Places of the codes in ascending order, the empty code last; None if they stand so already."""
    codes = index[:-1] if _ends_without_account(index) else index
    if codes.is_unique and codes.is_monotonic_increasing and (codes[:1] != NO_ACCOUNT).all():
        return None
    if not index.is_unique:
        raise ValueError("an account has more than one row of measures")
    places = sorted(range(len(index)), key=lambda place: (index[place] == NO_ACCOUNT, index[place]))
    return np.array(places, dtype=np.intp)
