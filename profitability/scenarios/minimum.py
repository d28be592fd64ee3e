"""What a minimum order value takes out of the window of a scenario.

Refused orders take their sales, goods and lines with them. Consolidated ones are joined, within a month, a quarter or
the whole window, one after the other by day until each has the minimum value; what is left at the end goes with the
last. Orders and deliveries become fewer, what is sold stays. Where all small orders of an account in such a span are
worth less than the minimum, one order below it remains.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from django.conf import settings

from profitability.core.levers import ORDER_LIKE, Levers, Span
from profitability.core.remainder import largest_remainder
from profitability.core.scenario import Assigned
from profitability.core.statement import Statement
from profitability.core.window import Taken, round_each
from profitability.scenarios.selection import Chosen
from profitability.small_orders import SmallOrders, small_orders

ONE = 10_000
TAKEN = {
    "net_revenue": "net_amount",
    "discounts": "discount_amount",
    "cost_of_goods": "cost_amount",
    "freight": "freight_amount",
}


@dataclass(frozen=True)
class Leaving:
    """Orders of one account in one month below its minimum; what leaves with them, by measure in ten-thousandths, how
    many orders, and how many remain that are still too small."""

    found: SmallOrders
    volumes: dict[str, int]
    orders: int
    is_refused: bool
    still_small: int = 0


@dataclass(frozen=True, eq=False)
class Minimum:
    """What minimum order values take out of a window. `below`: the orders they meet, `value`: their net value in
    ten-thousandths; `orders`: how many orders each account has less; `refused`: orders that are lost; `still_small`:
    orders that remain below the minimum."""

    taken: Taken
    below: int
    value: int
    orders: np.ndarray
    refused: int
    still_small: int


def minimum_of(selected: Chosen, levers: Assigned) -> Minimum | None:
    """What the minimum order values among the levers take out; None without any."""
    sets = [(place, each) for place, each in enumerate(levers.sets) if each.minimum_order and not each.drop]
    if not sets:
        return None
    rows = [row for place, each in sets for row in leaving(selected, levers, place, each)]
    orders = np.zeros(len(selected.ids), dtype=np.int64)
    np.add.at(orders, [selected.places[row.found.account] for row in rows], [row.orders for row in rows])
    below, value = sum(row.found.orders for row in rows), sum(row.found.net_amount for row in rows)
    refusals = sum(row.orders for row in rows if row.is_refused)
    return Minimum(taken(selected, rows), below, value, orders, refusals, sum(row.still_small for row in rows))


def leaving(selected: Chosen, levers: Assigned, place: int, each: Levers) -> Iterator[Leaving]:
    """The small orders of the accounts that have these levers."""
    accounts = selected.results.order_by().values("account_id")
    having = set(levers.rows_of(place).tolist())
    if place and len(having) < len(selected.ids):
        accounts = [selected.ids[row] for row in sorted(having)]  # exceptions are few
    months, minimum = (selected.run.month_from, selected.run.month_to), each.minimum_order
    found = (row for row in small_orders(accounts, months, minimum) if selected.places.get(row.account) in having)
    if each.small_orders == "refuse":
        yield from map(refused, found)
    else:
        spans: dict[tuple[int, int], list[SmallOrders]] = defaultdict(list)
        for row in found:
            spans[row.account, span_of(row.month, each.joined_within)].append(row)
        for rows in spans.values():
            yield from consolidated(rows, int(minimum.scaleb(4)))


def span_of(month: int, within: Span) -> int:
    """The number of the span of time a month (yyyymm) lies in: itself, its calendar quarter, or the only one."""
    return {"month": month, "quarter": month // 100 * 4 + (month % 100 - 1) // 3, "window": 0}[within]


def refused(row: SmallOrders) -> Leaving:
    counts = {name: getattr(row, name) * ONE for name in (*ORDER_LIKE, "order_lines")}
    amounts = {name: getattr(row, name) for name in ("list_amount", "discount_amount", "cost_amount", "freight_amount")}
    return Leaving(row, counts | amounts | {"units": row.units, "net_revenue": row.net_amount}, row.orders, True)


def consolidated(rows: list[SmallOrders], minimum: int) -> Iterator[Leaving]:
    """The orders of one account in one span, joined: deliveries and the like become fewer in proportion to the orders
    of each month."""
    left = joined((value for row in sorted(rows, key=attrgetter("month")) for value in row.values), minimum)
    fewer = sum(row.orders for row in rows) - max(left, 1)
    gone = largest_remainder(fewer, [row.orders for row in rows], [row.month for row in rows])
    still_small = 0 if left else 1
    for place, (row, less) in enumerate(zip(rows, gone, strict=True)):
        volumes = {name: getattr(row, name) * ONE * less // row.orders for name in ORDER_LIKE}
        yield Leaving(row, volumes, less, False, still_small if place == 0 else 0)


def joined(values: Iterable[int], minimum: int) -> int:
    """How many orders of at least the minimum come of joining these one after the other."""
    count = total = 0
    for value in values:
        total += value
        if total >= minimum:
            count, total = count + 1, 0
    return count


def taken(selected: Chosen, rows: list[Leaving]) -> Taken:
    """The measures that leave, month by month at the rates of the month; never more than the run has."""
    window, places = selected.window, [selected.places[row.found.account] for row in rows]
    measures = list(window.volumes)
    columns = [measures.index(term.measure) for term in window.terms]
    amounts = np.zeros((len(selected.ids), len(measures)), dtype=np.int64)
    weights = np.zeros_like(selected.weights)
    if rows and measures:
        cells = np.array([[row.volumes.get(name, 0) for name in measures] for row in rows])
        np.add.at(amounts, places, cells)
        np.add.at(weights, places, cells[:, columns] * np.array([selected.rates[row.found.month] for row in rows]))
    shares = np.divide(weights, selected.weights, out=np.zeros_like(weights), where=selected.weights > 0)
    had = np.column_stack(list(window.volumes.values())) if measures else amounts
    amounts = np.minimum(amounts, had)
    minutes = amounts[:, columns] * np.array([float(term.minutes) for term in window.terms])
    return Taken(
        statement=refused_sales(selected, [row.found for row in rows if row.is_refused]),
        weights=np.clip(shares, 0.0, 1.0),
        minutes=np.minimum(np.rint(minutes).astype(np.int64), window.minutes),
        volumes={name: amounts[:, place] for place, name in enumerate(measures)},
    )


def refused_sales(selected: Chosen, rows: list[SmallOrders]) -> Statement:
    """The amounts of refused orders in minor units; nothing is returned of what is not sold, but earlier returns
    stay."""
    count, places = len(selected.ids), [selected.places[row.account] for row in rows]
    found = {"returns": np.zeros(count, dtype=np.int64)}
    for name, column in TAKEN.items():
        exact = np.zeros(count, dtype=np.int64)
        if rows:
            np.add.at(exact, places, [getattr(row, column) for row in rows])
        found[name] = round_each(exact, 10 ** (4 - settings.CURRENCY_DIGITS))
    return Statement(**found)
