"""Which line of an order counts for what (Counts): exactly one line of each thing that is counted."""

from collections.abc import Mapping

import numpy as np

from profitability.models import Counts

from .arrays import NULL


def marks(lines: Mapping[str, np.ndarray]) -> np.ndarray:
    """The Counts of each line, given all current lines of the orders in question.

    Needs order (any number that tells orders apart), line_no, account_id, month, ordered_on, due_on,
    shipped_on, is_express, is_return. Of the lines that could carry a mark, the lowest line_no does.
    """
    by_group = np.lexsort((lines["line_no"], lines["month"], lines["account_id"], lines["order"]))
    lines = {name: values[by_group] for name, values in lines.items()}
    group = _numbered(lines["order"], lines["account_id"], lines["month"])
    found = np.zeros(len(group), np.int64)
    for mark, bearers in _bearers(lines, group):
        found[bearers] |= int(mark)
    result = np.empty_like(found)
    result[by_group] = found
    return result


def _bearers(lines, group):
    returned = lines["is_return"] != 0
    late = (lines["shipped_on"] > lines["due_on"]) & (lines["due_on"] != NULL)
    delivered_on = np.where(lines["shipped_on"] == NULL, lines["ordered_on"], lines["shipped_on"])
    yield Counts.ORDER, _firsts(group, ~returned)
    yield Counts.EXPRESS_ORDER, _firsts(group, ~returned & (lines["is_express"] != 0))
    yield Counts.LATE_ORDER, _firsts(group, ~returned & late)
    yield Counts.RETURN_ORDER, _firsts(group, returned)
    yield Counts.DELIVERY, _first_deliveries(group, delivered_on, ~returned)


def _numbered(*sorted_columns: np.ndarray) -> np.ndarray:
    """A number for each run of equal rows."""
    starts = np.zeros(len(sorted_columns[0]), bool)
    for column in sorted_columns:
        starts[1:] |= column[1:] != column[:-1]
    return np.cumsum(starts)


def _firsts(group: np.ndarray, applies: np.ndarray) -> np.ndarray:
    """The place of each group's first line to which it applies."""
    places = np.flatnonzero(applies)
    groups = group[places]
    return places[np.append(True, groups[1:] != groups[:-1])[: len(places)]]


def _first_deliveries(group: np.ndarray, day: np.ndarray, applies: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(applies)
    places = places[np.lexsort((day[places], group[places]))]
    delivery = _numbered(group[places], day[places])
    return places[np.append(True, delivery[1:] != delivery[:-1])[: len(places)]]
