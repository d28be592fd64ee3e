"""Rows told apart by a 64-bit hash of their key: numbering within an order, and keys that come twice.

A hash costs 8 bytes a key where the keys themselves would fill the memory. Equal hashes are only ever a
suspicion: what looks like a duplicate is compared in full before anybody is told.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

START, STEP = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a, bytes at a time
MIX = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
MISSING = np.uint64(0x9E3779B97F4A7C15)
BUCKETS = 16


def hashes(values: pa.Array) -> np.ndarray:
    """One 64-bit hash for each value; all missing values have the same."""
    found = _text_hashes(values) if pa.types.is_string(values.type) else _number_hashes(values)
    return np.where(values.is_null().to_numpy(zero_copy_only=False), MISSING, found)


def combined(parts: list[np.ndarray]) -> np.ndarray:
    """One hash for each row of several columns; the order of the columns matters."""
    total = parts[0]
    for part in parts[1:]:
        total = mixed(total * STEP + part)
    return total


def mixed(values: np.ndarray) -> np.ndarray:
    """Spreads each bit over all 64 (the last step of MurmurHash3)."""
    shift = np.uint64(33)
    for factor in MIX:
        values = (values ^ (values >> shift)) * factor
    return values ^ (values >> shift)


def _number_hashes(values: pa.Array) -> np.ndarray:
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    filled = pc.fill_null(values.cast(pa.int64()), 0)
    return mixed(filled.to_numpy(zero_copy_only=False).view(np.uint64))


def _text_hashes(texts: pa.Array) -> np.ndarray:
    """Byte by byte over all texts at once, the longest first, so that each step is one slice."""
    texts = pc.fill_null(texts, "")
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    lengths = np.diff(offsets)
    order = np.argsort(-lengths, kind="stable")
    starts, sizes = offsets[:-1][order], lengths[order]
    state = np.full(len(texts), START)
    for place in range(int(sizes[0]) if len(sizes) else 0):
        longer = int(np.searchsorted(-sizes, -place, side="left"))
        state[:longer] = (state[:longer] ^ data[starts[:longer] + place]) * STEP
    result = np.empty_like(state)
    result[order] = mixed(state)
    return result


class Slots:
    """Gives each key a number: 0, 1, 2 … as keys are first met."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)  # sorted
        self._slots = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._hashes)

    def of(self, keys: np.ndarray) -> np.ndarray:
        distinct, inverse = np.unique(keys, return_inverse=True)
        places = np.searchsorted(self._hashes, distinct)
        known = np.zeros(len(distinct), bool)
        inside = places < len(self._hashes)
        known[inside] = self._hashes[places[inside]] == distinct[inside]
        fresh = len(self) + np.arange(np.count_nonzero(~known))
        slots = np.empty(len(distinct), np.int64)
        slots[known] = self._slots[places[known]]
        slots[~known] = fresh
        self._slots = np.insert(self._slots, places[~known], fresh)
        self._hashes = np.insert(self._hashes, places[~known], distinct[~known])
        return slots[inverse]


def ranks(slots: np.ndarray) -> np.ndarray:
    """For each row the number of earlier rows of the same slot."""
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(starts, len(ordered)))
    found = np.empty(len(slots), np.int64)
    found[order] = np.arange(len(ordered)) - np.repeat(starts, sizes)
    return found


def _grown(values: np.ndarray, size: int) -> np.ndarray:
    if size <= len(values):
        return values
    return np.concatenate([values, np.zeros(size + size // 2 - len(values), values.dtype)])


class LineNumbers:
    """Numbers the lines of each order as they come, over the whole file, adjacent or not."""

    def __init__(self) -> None:
        self._slots = Slots()
        self._counts = np.zeros(0, np.int64)

    def of(self, keys: np.ndarray) -> np.ndarray:
        slots = self._slots.of(keys)
        self._counts = _grown(self._counts, len(self._slots))
        numbers = self._counts[slots] + ranks(slots) + 1
        np.maximum.at(self._counts, slots, numbers)
        return numbers


class FirstValues:
    """Keeps a value of each order's first line, for amounts stated on every line but meant once."""

    NONE = np.iinfo(np.int64).min

    def __init__(self) -> None:
        self._slots = Slots()
        self._values = np.zeros(0, np.int64)

    def sift(self, keys: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which rows are the first of their order; which state another value than it. NONE is missing."""
        before = len(self._slots)
        slots = self._slots.of(keys)
        self._values = _grown(self._values, len(self._slots))
        first = (slots >= before) & (ranks(slots) == 0)
        self._values[slots[first]] = values[first]
        return first, (values != self.NONE) & (values != self._values[slots])


class Keys:
    """The hashes of all rows' keys."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []

    def add(self, keys: np.ndarray) -> None:
        self._parts.append(np.sort(keys))

    def repeated(self) -> tuple[np.ndarray, int]:
        """The hashes that came more than once, and how often they came again; forgets all."""
        again = np.concatenate([self._again(bucket) for bucket in range(BUCKETS)])
        self._parts.clear()
        return np.unique(again), len(again)

    def _again(self, bucket: int) -> np.ndarray:
        """Of one range of hashes; in ranges, so that all of them are never in memory twice."""
        width = 2**64 // BUCKETS
        ends = np.array([bucket * width, (bucket + 1) * width - 1], np.uint64)
        slices = []
        for part in self._parts:
            start, end = np.searchsorted(part, ends[0], "left"), np.searchsorted(part, ends[1], "right")
            slices.append(part[start:end])
        ordered = np.sort(np.concatenate([np.empty(0, np.uint64), *slices]))
        return ordered[1:][ordered[1:] == ordered[:-1]]
