"""Generated order lines that the source has none of: goods that came back, and counter sales without a customer.
Every order number begins with gen-.
"""

from collections.abc import Iterator
from datetime import date

from kam_portal.demo.characters import random
from kam_portal.demo.months import MONTHS, Calendar
from kam_portal.demo.portfolio import cost
from kam_portal.demo.source import Line, plain, source

RETURNED = 0.004  # of the lines
COUNTER_SALES = 3  # a month


def odd_line_rows(calendar: Calendar) -> Iterator[dict]:
    """Returns and counter sales, in the columns of the import format."""
    yield from _returns(calendar)
    yield from _counter_sales(calendar)


def _returns(calendar: Calendar) -> Iterator[dict]:
    """A part of a line comes back within the month after it: minus quantity, minus amounts."""
    chance, number = random("returns"), 0
    for line in source().lines:
        if line.order.place < MONTHS - 1 and chance.random() < RETURNED:
            number += 1
            back = chance.randint(1, line.quantity)
            day = chance.choice(calendar.workdays(line.order.place + 1))
            yield _row(f"gen-return-{number:04d}", day, line.order.account, line, -back)


def _counter_sales(calendar: Calendar) -> Iterator[dict]:
    """Single pieces sold over the counter, to nobody by name."""
    chance, lines = random("counter sales"), _by_place()
    for place in range(MONTHS):
        for number in range(1, COUNTER_SALES + 1):
            day = chance.choice(calendar.workdays(place))
            yield _row(f"gen-counter-{place:02d}-{number}", day, "", chance.choice(lines.get(place, source().lines)), 1)


def _by_place() -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for line in source().lines:
        found.setdefault(line.order.place, []).append(line)
    return found


def _row(order_id: str, day: date, account: str, line: Line, quantity: int) -> dict:
    """So much of a line, at its net price; goods are handed over, so nothing is shipped."""
    return {
        "order_id": order_id,
        "ordered_on": day,
        "account_code": account,
        "due_on": "",
        "shipped_on": "",
        "express": 0,
        "line_no": 1,
        "product_code": line.product.code,
        "quantity": quantity,
        "discount_amount": plain(0),
        "net_amount": plain(_part(line.net, quantity, line)),
        "cost_amount": plain(_part(cost(line), quantity, line)),
        "freight_amount": plain(0),
    }


def _part(amount: int, quantity: int, line: Line) -> int:
    """The amount of a quantity of a line; never more than the line has."""
    size = amount * abs(quantity) // line.quantity
    return size if quantity > 0 else -size
