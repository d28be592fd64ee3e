"""One pass over a file: texts become typed values, rules are applied, rows with problems are held back."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from . import amounts
from .columns import STORED, complaint, parse, trimmed
from .doubts import Doubts
from .keys import FirstValues, Keys, LineNumbers, combined, hashes
from .layout import SHARE, Layout
from .mapping import Mapping
from .problems import Findings, Unusable
from .schema import Schema
from .sources import Piece


@dataclass(frozen=True)
class Batch:
    """Rows without problems: a typed array for each column of the kind (nulls where the file has none).

    `rows` numbers them as they were handed out; Table.refuse takes these numbers.
    """

    columns: dict[str, pa.Array]
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Cells:
    """One column of a piece: each distinct text once (null is empty), its value, and which row has which."""

    texts: pa.Array
    values: pa.Array
    refused: np.ndarray
    indices: pa.Array

    def spread(self) -> pa.Array:
        return self.values.take(self.indices)

    def rows_where(self, distinct: np.ndarray) -> np.ndarray:
        """The rows whose text is one of those marked."""
        if not distinct.any():
            return np.zeros(len(self.indices), bool)
        return pc.fill_null(pa.array(distinct).take(self.indices), False).to_numpy(zero_copy_only=False)

    def text(self, row: int) -> str:
        return self.texts[self.indices[row].as_py()].as_py()


class Sieve:
    """The state of one pass: what was found, where the rows went, what is known of orders and keys."""

    def __init__(self, schema: Schema, mapping: Mapping, layout: Layout, decimal: str, guarded: bool, doubts: Doubts):
        self.schema, self.mapping, self.layout = schema, mapping, layout
        self.decimal, self.guarded = decimal, guarded
        self.findings = Findings()
        self.doubts = doubts
        self.accepted = self.skipped = self.refused = 0
        self.rounded: dict[str, int] = {}
        self.keys = Keys()
        self._taken: list[tuple[int, np.ndarray]] = []  # of each piece: its first row, a bit for each row accepted
        self._numbers = LineNumbers()
        self._firsts = {name: FirstValues() for name in mapping.once_per_order}
        self._defaults = {name: self._default(name, text) for name, text in mapping.defaults.items()}

    def _default(self, name: str, text: str) -> pa.Scalar:
        column = self.schema.column(name)
        parsed = parse(pa.array([text.strip() or None], pa.string()), column, self.decimal)
        if parsed.refused[0]:
            sentence = _("has the default “%(text)s” for %(name)s, which %(reason)s.")
            names = {"text": text, "name": name, "reason": complaint(text.strip(), column, self.decimal)}
            raise Unusable(self.mapping.file, sentence % names)
        return parsed.values[0]

    def batch(self, piece: Piece) -> Batch:
        cells = {name: self._cells(piece, name) for name in self.layout.places}
        skip = self._skipped(cells, piece.length)
        unsound = np.zeros(piece.length, bool)
        unsound[list(piece.unsound)] = True
        bad = unsound | self._refused(cells, skip, piece)
        values = self._values(cells, piece.length)
        bad |= self._missing(cells, values, skip | unsound, piece)
        self._apply_rules(cells, values)
        bad |= self._shared_discount(cells, values, skip | bad, piece)
        bad |= self._once_per_order(values, skip | bad, piece)
        self.skipped += int(np.count_nonzero(skip))
        self.refused += int(np.count_nonzero(bad & ~skip)) - len(piece.unsound)
        return self._kept(values, ~(skip | bad), piece)

    def _cells(self, piece: Piece, name: str) -> Cells:
        coded = piece.columns[self.layout.places[name]]
        texts = trimmed(coded.dictionary, self.guarded)
        self.doubts.see(self.layout.columns[name], texts)
        parsed = parse(texts, self.layout.columns[name], self.decimal)
        cells = Cells(texts, parsed.values, parsed.refused, coded.indices)
        if parsed.rounded is not None:
            self._count_rounded(name, cells, parsed.rounded.to_numpy(zero_copy_only=False))
        return cells

    def _count_rounded(self, name: str, cells: Cells, rounded: np.ndarray) -> None:
        if count := int(np.count_nonzero(cells.rows_where(rounded))):
            self.rounded[name] = self.rounded.get(name, 0) + count

    def _skipped(self, cells: dict[str, Cells], length: int) -> np.ndarray:
        skip = np.zeros(length, bool)
        for name, texts in self.mapping.skip.items():
            if name in cells:
                found = pc.is_in(cells[name].texts, pa.array(texts, pa.string()))
                skip |= cells[name].rows_where(found.to_numpy(zero_copy_only=False))
        return skip

    def _refused(self, cells: dict[str, Cells], skip: np.ndarray, piece: Piece) -> np.ndarray:
        """Rows with a cell that cannot be understood."""
        bad = np.zeros(piece.length, bool)
        for name, column in self.layout.columns.items():
            rows = cells[name].rows_where(cells[name].refused) & ~skip
            bad |= rows
            for row in self._to_list(rows):
                text = cells[name].text(row)
                reason = complaint(text, column, self.decimal) or _("is refused")
                self.findings.add(piece.first + row, name, text, reason)
        return bad

    def _to_list(self, rows: np.ndarray) -> list[int]:
        """The rows worth a sentence; the others are counted."""
        found = np.flatnonzero(rows)
        listed = found[: self.findings.room]
        self.findings.count(len(found) - len(listed))
        return listed.tolist()

    def _values(self, cells: dict[str, Cells], length: int) -> dict[str, pa.Array]:
        values = {name: each.spread() for name, each in cells.items()}
        for column in self.schema.columns:
            values.setdefault(column.name, pa.nulls(length, STORED[column.type]))
        for name, default in self._defaults.items():
            values[name] = pc.fill_null(values.get(name, pa.nulls(length, default.type)), default)
        return values

    def _missing(
        self, cells: dict[str, Cells], values: dict[str, pa.Array], known: np.ndarray, piece: Piece
    ) -> np.ndarray:
        """Rows that lack a required value; a refused one is not named twice."""
        missing = np.zeros(piece.length, bool)
        for column in self.schema.columns:
            if not column.required or not values[column.name].null_count or column.name not in cells:
                continue
            rows = values[column.name].is_null().to_numpy(zero_copy_only=False) & ~known
            rows &= ~cells[column.name].rows_where(cells[column.name].refused)
            missing |= rows
            for row in self._to_list(rows):
                self.findings.add(piece.first + row, column.name, "", _("is required, but the cell is empty"))
        return missing

    def _apply_rules(self, cells: dict[str, Cells], values: dict[str, pa.Array]) -> None:
        for name, pattern in self.mapping.returns.items():
            if name in cells:
                found = pc.fill_null(pc.match_substring_regex(cells[name].texts, pattern), False)
                returned = pa.array(cells[name].rows_where(found.to_numpy(zero_copy_only=False)))
                values["is_return"] = pc.if_else(returned, True, values["is_return"])
        if self.mapping.line_no:
            values["line_no"] = pa.array(self._numbers.of(spread_hashes(values["order_id"])))

    def _shared_discount(
        self, cells: dict[str, Cells], values: dict[str, pa.Array], known: np.ndarray, piece: Piece
    ) -> np.ndarray:
        """discount_amount from a share of the list amount; refuses what is too large to hold."""
        none = np.zeros(piece.length, bool)
        share = values.pop(SHARE.name, None)
        if share is None:
            return none
        product = amounts.multiply(values["unit_price"], values["quantity"])
        listed = pc.coalesce(values["list_amount"], product) if "list_amount" in values else product
        values["discount_amount"] = amounts.multiply(listed, share)
        factors = pc.and_(values["unit_price"].is_valid(), values["quantity"].is_valid())
        rows = pc.and_(factors, listed.is_null()).to_numpy(zero_copy_only=False) & ~known
        for row in self._to_list(rows):
            reason = _("is too large when multiplied by the quantity")
            self.findings.add(piece.first + row, "unit_price", cells["unit_price"].text(row), reason)
        return none | rows

    def _once_per_order(self, values: dict[str, pa.Array], known: np.ndarray, piece: Piece) -> np.ndarray:
        """Leaves the value on the first line of each order; refuses lines that contradict it."""
        other = np.zeros(piece.length, bool)
        kept = np.flatnonzero(~known)
        orders = spread_hashes(values["order_id"])[kept] if self._firsts else kept
        for name, firsts in self._firsts.items():
            stated = pc.fill_null(values[name], FirstValues.NONE).to_numpy(zero_copy_only=False)
            first, differs = firsts.sift(orders, stated[kept])
            contradicts = np.zeros(piece.length, bool)
            contradicts[kept[differs]] = True
            other |= contradicts
            for row in self._to_list(contradicts):
                reason = _("is not what an earlier line of the same order states")
                self.findings.add(piece.first + row, name, amounts.shown(int(stated[row])), reason)
            only_first = np.zeros(piece.length, bool)
            only_first[kept[first]] = True
            values[name] = pc.if_else(pa.array(only_first), values[name], None)
        return other

    def _kept(self, values: dict[str, pa.Array], keep: np.ndarray, piece: Piece) -> Batch:
        rows = piece.first + np.flatnonzero(keep)
        self.accepted += len(rows)
        self._taken.append((piece.first, np.packbits(keep)))
        if len(rows) < piece.length:
            mask = pa.array(keep)
            values = {name: each.filter(mask) for name, each in values.items()}
        batch = Batch(values, rows)
        if self.schema.key and len(rows):
            self.keys.add(key_hashes(batch, self.schema))
        return batch

    def has_taken(self, row: int) -> bool:
        """Whether a row that was handed out was accepted."""
        first, bits = next(part for part in reversed(self._taken) if part[0] <= row)
        return bool(np.unpackbits(bits)[row - first])


def spread_hashes(values: pa.Array) -> np.ndarray:
    """A hash for each row, computed once for each distinct value."""
    if not pa.types.is_string(values.type):
        return hashes(values)
    coded = values.dictionary_encode(null_encoding="encode")
    return hashes(coded.dictionary)[coded.indices.to_numpy(zero_copy_only=False)]


def key_hashes(batch: Batch, schema: Schema) -> np.ndarray:
    """A hash of each row's key."""
    return combined([spread_hashes(batch.columns[name]) for name in schema.key])
