"""The roll-up as GROUP BYs inside the database where the lines live."""

from itertools import chain

import numpy as np
import pandas as pd
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Min, Q, Sum
from django.db.models.functions import Cast

from profitability.models import ActivityEvent, Counts, EventAttribute, OrderLine

ONE = 10_000  # a count of one, in ten-thousandths


def _sum(field, condition=None, sign=1):
    """A sum as a whole number: PostgreSQL would widen it to a decimal."""
    whole = Sum(field, filter=condition, default=0, output_field=BigIntegerField())
    return Cast(whole, BigIntegerField()) * sign if sign != 1 else Cast(whole, BigIntegerField())


def _marked(mark: Counts):
    """How many lines carry the mark: the sum of its bit, in units of the bit."""
    return Cast(Sum(F("counts").bitand(int(mark))), BigIntegerField()) * (ONE // mark)  # a whole number: ONE is 5⁴·2⁴


SOLD, RETURNED = Q(is_return=False), Q(is_return=True)
LINE_MEASURES = {
    "orders": _marked(Counts.ORDER),
    "order_lines": Count("id", filter=SOLD) * ONE,
    "units": _sum("quantity", SOLD),
    "deliveries": _marked(Counts.DELIVERY),
    "express_orders": _marked(Counts.EXPRESS_ORDER),
    "late_orders": _marked(Counts.LATE_ORDER),
    "return_orders": _marked(Counts.RETURN_ORDER),
    "return_lines": Count("id", filter=RETURNED) * ONE,
    "return_units": _sum("quantity", RETURNED, -1),
    "list_amount": _sum("list_amount", SOLD),
    "discount_amount": _sum("discount_amount", SOLD),
    "return_amount": _sum("net_amount", RETURNED, -1),
    "net_revenue": _sum("net_amount"),
    "cost_amount": _sum("cost_amount"),
    "freight_amount": _sum("freight_amount"),
}


def lines(month_from: int, month_to: int) -> pd.DataFrame:
    """Measures of order lines: one row per account and month."""
    window = OrderLine.objects.current().filter(month__range=(month_from, month_to))
    rows = window.values("account_id", "month").annotate(**{f"m_{name}": sums for name, sums in LINE_MEASURES.items()})
    return _frame(_fetched(rows), ["account", "month", *LINE_MEASURES])


def events(month_from: int, month_to: int) -> pd.DataFrame:
    """Measures of activity events, `TYPE.count` and so on: one row per account and month, one column a measure."""
    window = ActivityEvent.objects.current().filter(month__range=(month_from, month_to))
    rows = window.values("account_id", "month", "event_type").annotate(
        m_count=Count("id") * ONE, m_quantity=_sum("quantity"), m_minutes=_sum("minutes")
    )
    counted = _wide(_fetched(rows), ["count", "quantity", "minutes"])
    attributes = _attributes(month_from, month_to)
    both = counted if attributes.empty else counted.join(attributes, how="outer").fillna(0).astype("int64")
    return both[sorted(both.columns)].reset_index()


def _attributes(month_from: int, month_to: int) -> pd.DataFrame:
    window = EventAttribute.objects.filter(
        event__superseded_in__isnull=True, event__month__range=(month_from, month_to)
    )
    rows = window.values("event__account_id", "event__month", "event__event_type", "name").annotate(
        m_amount=_sum("amount")
    )
    cells = [(account, month, f"{kind}.{name}", amount) for account, month, kind, name, amount in _fetched(rows)]
    return _wide(cells, [""])


def products(month_from: int, month_to: int) -> dict[int, int]:
    """How many different products each account bought, returns left out."""
    window = OrderLine.objects.current().filter(SOLD, month__range=(month_from, month_to), account__isnull=False)
    rows = window.values("account_id").annotate(m_products=Count("product_id", distinct=True))
    return dict(_fetched(rows))


def net_revenue(month_from: int, month_to: int) -> dict[int, int]:
    """Net revenue of each account, ten-thousandths."""
    window = OrderLine.objects.current().filter(month__range=(month_from, month_to), account__isnull=False)
    return dict(_fetched(window.values("account_id").annotate(m_net=_sum("net_amount"))))


def first_orders() -> dict[int, str]:
    """The day of each account's first order line, as ISO text."""
    rows = OrderLine.objects.current().filter(account__isnull=False).values("account_id")
    return {account: str(day) for account, day in _fetched(rows.annotate(m_first=Min("ordered_on")))}


def _fetched(rows) -> list[tuple]:
    """The rows as the database gives them: no Decimal per cell, so a million groups stay quick."""
    sql, parameters = rows.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _frame(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    """Whole numbers as they come; no account, which only a few rows have, is -1."""
    known = (row if row[0] is not None else (-1, *row[1:]) for row in rows)
    cells = np.fromiter(chain.from_iterable(known), np.int64, len(rows) * len(columns))
    return pd.DataFrame(cells.reshape(-1, len(columns)), columns=columns)


def _wide(rows: list[tuple], names: list[str]) -> pd.DataFrame:
    """Rows of account, month, kind and figures as one row per account and month, with columns KIND.NAME."""
    kinds = {kind: number for number, kind in enumerate(sorted({row[2] for row in rows}))}
    frame = _frame([(*row[:2], kinds[row[2]], *row[3:]) for row in rows], ["account", "month", "kind", *names])
    wide = frame.pivot(index=["account", "month"], columns="kind", values=names).fillna(0).astype("int64")
    spoken = list(kinds)
    return wide.set_axis([f"{spoken[kind]}.{name}" if name else spoken[kind] for name, kind in wide.columns], axis=1)
