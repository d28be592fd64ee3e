"""Parquet: typed columns are turned into the same texts that a CSV file would hold, without loss."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from .problems import Unusable
from .sources import Piece, Refusals

PIECE_ROWS = 65_536
MOST_ROWS = 200_000_000  # a few kilobytes can claim billions


class ParquetFile:
    """A Parquet file; its “line” is the row, the first being 1."""

    guards_formulas = False

    def __init__(self, path: Path):
        self.path = path
        if not path.stat().st_size:
            raise Unusable(path, _("is empty (0 bytes)."))
        with self._opened() as file:
            if file.metadata.num_rows > MOST_ROWS:
                raise Unusable(path, _("claims %(rows)s rows, too many.") % {"rows": file.metadata.num_rows})
            self.headers = list(file.schema_arrow.names)
            self._types = list(file.schema_arrow.types)

    def _opened(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._damaged() from error

    def _damaged(self) -> Unusable:
        return Unusable(self.path, _("is not a Parquet file, or a damaged one."))

    def pieces(self, wanted: list[int]) -> Iterator[Piece]:
        for place in wanted:
            if not _is_plain(self._types[place]):
                sentence = _("holds “%(type)s” in column %(column)s, which is no single value.")
                names = {"type": self._types[place], "column": self.headers[place]}
                raise Unusable(self.path, sentence % names)
        first = 0
        with self._opened() as file:
            try:
                for batch in file.iter_batches(PIECE_ROWS, columns=[self.headers[place] for place in wanted]):
                    batch.validate(full=True)
                    columns = {place: texts(batch.column(self.headers[place])) for place in wanted}
                    yield Piece(first, len(batch), columns)
                    first += len(batch)
            except (pa.ArrowException, OSError, ValueError) as error:
                raise self._damaged() from error

    def lines(self, rows: list[int]) -> list[int]:
        return [row + 1 for row in rows]

    def refusals(self) -> Refusals:
        return Refusals()


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def texts(values: pa.Array) -> pa.DictionaryArray:
    """Each distinct value once, as text."""
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.cast(pa.int32()), _as_texts(coded.dictionary))


def _as_texts(values: pa.Array) -> pa.Array:
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        # Not cast: pyarrow writes small and large numbers with an exponent.
        return pa.array([_plain(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us", values.type.tz), safe=False)
        return pc.strftime(values, format="%Y-%m-%dT%H:%M:%S")
    return values.cast(pa.string())


def _plain(number: float | Decimal | None) -> str | None:
    if number is None:
        return None
    exact = Decimal(repr(number)) if isinstance(number, float) else number
    return format(exact, "f")
