"""Columns of a file as whole numbers, and back as what the database takes. No Python object for a row."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NULL = np.iinfo(np.int64).min  # stands for an empty cell


@dataclass(frozen=True)
class Coded:
    """A column of texts: each distinct text once, and for each row which of them it has (-1: none)."""

    texts: list[str]
    places: np.ndarray

    def spread(self) -> list[str | None]:
        return np.array([*self.texts, None], dtype=object)[self.places].tolist()

    def numbers(self, of: dict[str, int]) -> np.ndarray:
        """The number of each row's text, NULL where there is no text or no number for it."""
        return np.array([*(of.get(text, NULL) for text in self.texts), NULL], np.int64)[self.places]


def coded(texts: pa.Array) -> Coded:
    found = texts.dictionary_encode()
    return Coded(found.dictionary.to_pylist(), whole(found.indices, -1))


def whole(values: pa.Array, missing: int = NULL) -> np.ndarray:
    """Numbers, flags (0 or 1) or dates (days since 1970) as 64-bit integers."""
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    return pc.fill_null(values.cast(pa.int64()), missing).to_numpy(zero_copy_only=False)


def months(days: np.ndarray) -> np.ndarray:
    """yyyymm of each day."""
    count = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (count // 12 + 1970) * 100 + count % 12 + 1


def objects(values: np.ndarray) -> list[int | None]:
    """Numbers for the database."""
    missing = values == NULL
    if not missing.any():
        return values.tolist()
    cells = values.astype(object)
    cells[missing] = None
    return cells.tolist()


def dates(days: np.ndarray) -> list[str | None]:
    """Days for the database: ISO text, made once for each distinct day."""
    distinct, places = np.unique(days, return_inverse=True)
    texts = np.datetime_as_string(distinct.astype("datetime64[D]")).astype(object)
    texts[distinct == NULL] = None
    return texts[places].tolist()


def total(values: np.ndarray) -> int:
    """The exact sum, however large."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
