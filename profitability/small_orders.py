"""Orders below a value, per account and month, summed in the database where their lines live."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import BigIntegerField, Count, F, Min, QuerySet, Sum
from django.db.models.functions import Cast

from profitability.models import Counts, OrderLine

AMOUNTS = ("list_amount", "discount_amount", "net_amount", "cost_amount", "freight_amount")
MARKS = {
    "deliveries": Counts.DELIVERY,
    "express_orders": Counts.EXPRESS_ORDER,
    "late_orders": Counts.LATE_ORDER,
}
# One text for each order; those of a month sort by day, then by value.
EACH = "CAST(first_day AS text) || ' ' || CAST(sum_net_amount AS text)"
LISTED = {"sqlite": f"group_concat({EACH}, ',')", "postgresql": f"string_agg({EACH}, ',')"}
COLUMNS = ("lines", "sum_quantity", *(f"sum_{name}" for name in AMOUNTS), *MARKS)


@dataclass(frozen=True)
class SmallOrders:
    """The orders of one account in one month that are below the value. Counts are plain, amounts and units are
    ten-thousandths; returns are not among them. `values`: the net amount of each order, in the order of their days."""

    account: int
    month: int
    orders: int
    order_lines: int
    units: int
    list_amount: int
    discount_amount: int
    net_amount: int
    cost_amount: int
    freight_amount: int
    deliveries: int
    express_orders: int
    late_orders: int
    values: tuple[int, ...] = ()


def small_orders(accounts: QuerySet, months: tuple[int, int], minimum: Decimal) -> Iterator[SmallOrders]:
    """Orders with a net value below the minimum, from the current order lines of these accounts (ids).

    As in the roll-up, an order with lines in two months counts in each.
    """
    lines = OrderLine.objects.current().filter(is_return=False, month__range=months, account__in=accounts)
    orders = (
        lines.order_by()
        .values("account_id", "month", "order_id")
        .annotate(first_day=Min("ordered_on"), **_sums())
        .filter(sum_net_amount__lt=_ledger(minimum))
    )
    inner, parameters = orders.query.sql_with_params()
    summed = ", ".join(f"CAST(SUM({name}) AS bigint)" for name in COLUMNS)
    listed = LISTED[connection.vendor]
    sql = f"SELECT account_id, month, COUNT(*), {summed}, {listed} FROM ({inner}) AS small GROUP BY account_id, month"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for *row, values in cursor:
            yield SmallOrders(*row, in_order(values))


def in_order(listed: str) -> tuple[int, ...]:
    """The values by day; of one day the smallest first."""
    days = (each.split(" ") for each in listed.split(","))
    return tuple(value for _day, value in sorted((day, int(value)) for day, value in days))


def _ledger(amount: Decimal) -> int:
    return int(amount.scaleb(4))


def _sums() -> dict:
    """Of one order: lines, units, amounts, and what its lines are marked to count for."""
    amounts = {f"sum_{name}": _whole(name) for name in ("quantity", *AMOUNTS)}
    marks = {
        name: Cast(Sum(F("counts").bitand(int(mark))), BigIntegerField()) / int(mark) for name, mark in MARKS.items()
    }
    return {"lines": Count("pk"), **amounts, **marks}


def _whole(name: str):
    return Cast(Sum(name, default=0, output_field=BigIntegerField()), BigIntegerField())
