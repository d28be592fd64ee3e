"""The roll-up as GROUP BYs inside the database where the lines live."""

import pandas as pd
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Min, Q, Sum
from django.db.models.functions import Cast

from profitability.models import ActivityEvent, Counts, EventAttribute, OrderLine

ONE = 10_000  # a count of one, in ten-thousandths


def _plain(field):
    return Cast(F(field), BigIntegerField())


def _sum(field, condition=None, sign=1):
    """A sum as a whole number: PostgreSQL would widen it to a decimal."""
    return Cast(Sum(_plain(field), filter=condition, default=0), BigIntegerField()) * sign


def _marked(mark: Counts):
    """How many lines carry the mark. Shifting the bit down makes it 0 or 1."""
    bit = F("counts").bitand(int(mark)).bitrightshift(mark.bit_length() - 1)
    return Cast(Sum(bit), BigIntegerField()) * ONE


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
    rows = window.values("account_id", "month").annotate(
        **{f"m_{name}": sums for name, sums in LINE_MEASURES.items()}
    )
    return _frame(_fetched(rows), ["account", "month", *LINE_MEASURES])


def events(month_from: int, month_to: int) -> pd.DataFrame:
    """Measures of activity events, `TYPE.count` and so on: one row per account and month, one column a measure."""
    window = ActivityEvent.objects.current().filter(month__range=(month_from, month_to))
    rows = window.values("account_id", "month", "event_type").annotate(
        m_count=Count("id") * ONE, m_quantity=_sum("quantity"), m_minutes=_sum("minutes")
    )
    cells = []
    for account, month, kind, count, quantity, minutes in _fetched(rows):
        cells.append((account, month, f"{kind}.count", count))
        cells.append((account, month, f"{kind}.quantity", quantity))
        cells.append((account, month, f"{kind}.minutes", minutes))
    return _side_by_side(cells + _attributes(month_from, month_to))


def _attributes(month_from: int, month_to: int) -> list[tuple]:
    window = EventAttribute.objects.filter(
        event__superseded_in__isnull=True, event__month__range=(month_from, month_to)
    )
    rows = window.values("event__account_id", "event__month", "event__event_type", "name").annotate(
        m_amount=_sum("amount")
    )
    return [
        (account, month, f"{kind}.{name}", amount) for account, month, kind, name, amount in _fetched(rows)
    ]


def products(month_from: int, month_to: int) -> dict[int, int]:
    """How many different products each account bought, returns left out."""
    window = OrderLine.objects.current().filter(
        SOLD, month__range=(month_from, month_to), account__isnull=False
    )
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


def _frame(rows, columns) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(rows, columns=columns)
    frame["account"] = frame["account"].fillna(-1)
    return frame.astype("int64")


def _side_by_side(cells) -> pd.DataFrame:
    if not cells:
        return pd.DataFrame({"account": [], "month": []}, dtype="int64")
    long = _frame_of_cells(cells)
    wide = long.pivot(index=["account", "month"], columns="measure", values="amount")
    return wide.fillna(0).astype("int64").reset_index().rename_axis(columns=None)


def _frame_of_cells(cells) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(cells, columns=["account", "month", "measure", "amount"])
    return frame.astype({"amount": "int64"})
