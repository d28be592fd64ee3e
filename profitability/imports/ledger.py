"""Rows into a ledger table: what is there already is left, what differs supersedes, what is new is added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db import models
from django.utils.translation import gettext as _

from accounts import bulk
from accounts.imports.master import fetched, pieces
from accounts.imports.outcome import Outcome, TotalsDiffer
from accounts.models import Import
from accounts.tables.amounts import shown
from accounts.tables.keys import Slots, hashes
from accounts.tables.reading import Table
from profitability.models import ClosedMonth

from . import arrays
from .arrays import NULL

SPAN = 1 << 32  # more than any line number or month

TYPES = {
    "DateField": pa.date32(),
    "BooleanField": pa.bool_(),
    "CharField": pa.string(),
}


@dataclass
class Rows:
    """Some rows of a ledger: the first part of the key as texts, all else as whole numbers by column name."""

    first: arrays.Coded
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.first.places)

    def where(self, wanted: np.ndarray) -> "Rows":
        columns = {name: values[wanted] for name, values in self.columns.items()}
        return Rows(arrays.Coded(self.first.texts, self.first.places[wanted]), columns)


@dataclass(frozen=True)
class Match:
    """For each row of a batch the place of the stored row of the same key (-1: none), and if it says the same."""

    places: np.ndarray
    same: np.ndarray

    @property
    def new(self) -> np.ndarray:
        return self.places < 0

    @property
    def changed(self) -> np.ndarray:
        return ~self.new & ~self.same


class Vocabulary:
    """Numbers for texts, so that a column of texts compares like the others."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, texts: arrays.Coded) -> np.ndarray:
        for text in texts.texts:
            self.numbers.setdefault(text, len(self.numbers))
        return texts.numbers(self.numbers)

    def texts(self, numbers: np.ndarray) -> list[str]:
        return np.array(list(self.numbers), dtype=object)[numbers].tolist()


class Ledger:
    """One ledger table while one file goes into it.

    A row's key is a text (`first`), with a whole number (`second`) where the kind has one. `values` are the
    other columns that a file states; a row is the same when all of these are.
    """

    model: type[models.Model]
    first: str
    second: str | None = None
    values: tuple[str, ...] = ()
    summed: dict[str, str] = {}  # name of a control total: column
    dated = ""  # the column that a closed month complains about

    def __init__(self, table: Table, record: Import):
        self.table, self.record = table, record
        self.outcome = Outcome()
        self.words = Vocabulary()
        self.last_id = self.model.objects.aggregate(last=models.Max("pk"))["last"] or 0
        self.closed = np.array(list(ClosedMonth.objects.values_list("month", flat=True)), np.int64)
        self._met = Slots()
        self._file_totals = dict.fromkeys(["rows", *self.summed], 0)
        self._kept_totals = dict.fromkeys(["rows", *self.summed], 0)

    def add(self, rows: Rows, numbers: np.ndarray) -> None:
        """Bring the rows of one batch in; `numbers` are those by which the table knows them."""
        self._sum(self._file_totals, rows)
        stored = self._stored(rows.first)
        match = self._match(rows, stored)
        fine = self._open(rows, stored, match, numbers)
        self.outcome.count(
            added=int(np.count_nonzero(match.new & fine)),
            changed=int(np.count_nonzero(match.changed & fine)),
            unchanged=int(np.count_nonzero(match.same & fine)),
        )
        self._sum(self._kept_totals, stored.where(match.places[match.same]))
        fine &= self._first_of_keys(rows) if self.table.takes_keys_once else True
        self._write(rows.where(~match.same & fine), stored, match.places[match.changed & fine])

    def _first_of_keys(self, rows: Rows) -> np.ndarray:
        """Which rows are the first of their key in this batch; the table tells the others at the end of the file."""
        first = np.zeros(len(rows), bool)
        first[np.unique(self._keys(rows), return_index=True)[1]] = True
        return first

    def finish(self) -> Outcome:
        """The outcome, once the ledger is known to hold what the file states."""
        ledger = self._ledger_totals()
        self.outcome.totals = {
            "file": _written(self._file_totals),
            "ledger": _written(ledger),
        }
        if not self.table.problem_count and ledger != self._file_totals:
            raise TotalsDiffer(_("The ledger does not hold what the file states: %s.") % self.outcome.totals)
        return self.outcome

    # What is there

    def _stored(self, first: arrays.Coded) -> Rows:
        """The current rows with one of these keys' first parts."""
        texts = self._looked_up(first.texts)
        rows = [row for some in pieces(texts) for row in fetched(self._current(some))]
        return self._as_rows(rows, first.texts)

    def _looked_up(self, texts: list[str]) -> list[str]:
        """Those that may be there: in a ledger that was empty, only what this file has brought before."""
        if self.last_id or not texts:
            return texts
        before = len(self._met)
        met = self._met.of(hashes(pa.array(texts, pa.string()))) < before
        return [text for text, is_there in zip(texts, met.tolist(), strict=True) if is_there]

    def _current(self, texts: Sequence[str]) -> models.QuerySet:
        rows = self.model.objects.current().filter(**{f"{self.first}__in": texts})
        return rows.values_list(self.first, *self._columns)

    @property
    def _columns(self) -> list[str]:
        return ["id", *([self.second] if self.second else []), *self.values]

    def _as_rows(self, rows: list[tuple], texts: list[str]) -> Rows:
        cells = list(zip(*rows, strict=True)) or [()] * (len(self._columns) + 1)
        place = {text: number for number, text in enumerate(texts)}
        places = np.array([place[text] for text in cells[0]], np.int64)
        columns = {name: self._numbers(name, values) for name, values in zip(self._columns, cells[1:], strict=True)}
        return Rows(arrays.Coded(texts, places), columns)

    def _numbers(self, name: str, cells: Sequence) -> np.ndarray:
        kind = TYPES.get(self.model._meta.get_field(name).get_internal_type(), pa.int64())
        values = pa.array(cells, kind)
        return self.words.of(arrays.coded(values)) if pa.types.is_string(kind) else arrays.whole(values)

    # What differs

    def _match(self, rows: Rows, stored: Rows) -> Match:
        places = np.full(len(rows), -1)
        same = np.zeros(len(rows), bool)
        if not len(stored):
            return Match(places, same)
        keys, stored_keys = self._keys(rows), self._keys(stored)
        order = np.argsort(stored_keys)
        near = order[np.minimum(np.searchsorted(stored_keys[order], keys), len(order) - 1)]
        found = stored_keys[near] == keys
        places[found] = near[found]
        same = found
        for name in self.compared(rows, stored):
            same = same & (rows.columns[name] == stored.columns[name][near])
        return Match(places, same)

    def _keys(self, rows: Rows) -> np.ndarray:
        return rows.first.places * SPAN + (rows.columns[self.second] if self.second else 0)

    def compared(self, rows: Rows, stored: Rows) -> Sequence[str]:
        return self.values

    def _open(self, rows: Rows, stored: Rows, match: Match, numbers: np.ndarray) -> np.ndarray:
        """Which rows touch no closed month; the others are refused."""
        fine = np.ones(len(rows), bool)
        if not len(self.closed):
            return fine
        self._refuse_closed(rows.columns["month"], ~match.same, fine, numbers)
        if match.changed.any():
            before = stored.columns["month"][np.maximum(match.places, 0)]
            self._refuse_closed(before, match.changed & fine, fine, numbers)
        return fine

    def _refuse_closed(self, month: np.ndarray, applies: np.ndarray, fine: np.ndarray, numbers: np.ndarray) -> None:
        for row in np.flatnonzero(applies & np.isin(month, self.closed)).tolist():
            fine[row] = False
            text = f"{month[row] // 100}-{month[row] % 100:02d}"
            reason = _("is a closed month; reopen it with a reason first: finance does, on the page Closed months")
            self.table.refuse(numbers[row], self.dated, text, reason)

    # What is written

    def _write(self, rows: Rows, stored: Rows, superseded: np.ndarray) -> None:
        for ids in pieces(stored.columns["id"][superseded].tolist()):
            self.model.objects.filter(pk__in=ids).update(superseded_in=self.record)
        self.settle(rows, stored, superseded)
        if len(rows):
            self.insert(rows)

    def settle(self, rows: Rows, stored: Rows, superseded: np.ndarray) -> None:
        """A kind's own columns that follow from several rows."""

    def insert(self, rows: Rows) -> None:
        columns, constants = {self.first: rows.first.spread()}, {"imported_in_id": self.record.pk}
        for name in self.model_columns(rows):
            values = rows.columns[name]
            if (values == values[0]).all():
                constants[name] = self._cells(name, values[:1])[0]
            else:
                columns[name] = self._cells(name, values)
        bulk.insert(self.model, columns, constants)

    def model_columns(self, rows: Rows) -> list[str]:
        return [name for name in rows.columns if name != "id"]

    def _cells(self, name: str, values: np.ndarray) -> list:
        kind = self.model._meta.get_field(name).get_internal_type()
        if kind == "CharField":
            return self.words.texts(values)
        return arrays.dates(values) if kind == "DateField" else arrays.objects(values)

    # Control totals

    def _sum(self, totals: dict[str, int], rows: Rows) -> None:
        totals["rows"] += len(rows) * 10_000
        for name, column in self.summed.items():
            values = rows.columns[column]
            totals[name] += arrays.total(values[values != NULL])

    def _ledger_totals(self) -> dict[str, int]:
        """What the database says of the rows that came in, and of those that were there already."""
        written = self.model.objects.filter(pk__gt=self.last_id, imported_in=self.record)
        sums = {f"sum_{name}": models.Sum(column) for name, column in self.summed.items()}
        found = written.aggregate(sum_rows=models.Count("pk"), **sums)
        return {name: kept + int((found[f"sum_{name}"] or 0) * 10_000) for name, kept in self._kept_totals.items()}


def _written(totals: Mapping[str, int]) -> dict[str, str]:
    return {name: shown(value) for name, value in totals.items()}
