"""Rows are told apart, numbered and compared without keeping them."""

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from accounts.tables import keys

WORDS = st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1)


@given(WORDS)
def test_equal_texts_and_only_they_have_equal_hashes(words):
    found = keys.hashes(pa.array(words, pa.string())).tolist()

    assert len(set(zip(words, found, strict=True))) == len(set(words)) == len(set(found))


@given(WORDS, st.integers(0, 5))
def test_a_hash_does_not_depend_on_its_neighbours(words, start):
    words = [*"abcde", *words]

    part = keys.hashes(pa.array(words, pa.string()).slice(start)).tolist()

    assert part == [keys.hashes(pa.array([word], pa.string()))[0] for word in words[start:]]


def test_numbers_and_dates_are_hashed():
    days = pa.array([date(2024, 1, 1), date(2024, 1, 2), None])

    assert len(set(keys.hashes(pa.array([0, 1, -1, None])).tolist())) == 4
    assert len(set(keys.hashes(days).tolist())) == 3


def test_the_order_of_columns_matters():
    one, two = keys.hashes(pa.array(["a", "b"])), keys.hashes(pa.array(["b", "a"]))

    assert keys.combined([one, two])[0] != keys.combined([one, two])[1]


def test_no_two_of_a_million_keys_collide():
    orders = keys.hashes(pa.array([f"SO{number}" for number in range(100_000)]))
    lines = keys.hashes(pa.array(np.arange(1, 11)))

    found = keys.combined([np.repeat(orders, 10), np.tile(lines, 100_000)])

    assert len(np.unique(found)) == 1_000_000


@given(st.lists(st.lists(st.integers(0, 6), min_size=1), min_size=1))
def test_lines_are_numbered_over_batches(batches):
    numbers = keys.LineNumbers()
    seen = Counter()
    for batch in batches:
        expected = []
        for order in batch:
            seen[order] += 1
            expected.append(seen[order])

        assert numbers.of(np.array(batch, np.uint64)).tolist() == expected


def test_the_first_value_of_an_order_is_kept_over_batches():
    firsts = keys.FirstValues()
    none = firsts.NONE

    first, differs = firsts.sift(np.array([7, 7, 8], np.uint64), np.array([5, 5, none]))
    assert (first.tolist(), differs.tolist()) == ([True, False, True], [False, False, False])

    first, differs = firsts.sift(np.array([7, 8, 9, 7], np.uint64), np.array([6, 1, 2, none]))
    assert (first.tolist(), differs.tolist()) == ([False, False, True, False], [True, True, False, False])


def test_repeated_keys_are_counted():
    found = keys.Keys()
    for part in ([1, 2**64 - 1, 3], [3, 4], [1, 3, 2**63]):
        found.add(np.array(part, np.uint64))

    again, count = found.repeated()

    assert (again.tolist(), count) == ([1, 3], 3)
