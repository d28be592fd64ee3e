"""What each measure is: one definition in the SQL that SQLite, PostgreSQL and DuckDB share.

An engine answers these questions about three relations, from which corrected lines are left out: `lines`, `events`
and `attributes` (one row per event and name, with account, month and type of the event). Amounts and quantities are
whole ten-thousandths and answers are too; “no account” is -1.
"""

# ruff: noqa: S608 (all texts in these statements are our own)

from profitability.models import Counts

ONE = 10_000  # a count of one, in ten-thousandths
NO_ACCOUNT = -1
SOLD, RETURNED = "NOT is_return", "is_return"


def _sum(column: str, rows: str = "TRUE", sign: str = "") -> str:
    """A sum as a whole number: PostgreSQL and DuckDB would widen it."""
    return f"CAST(COALESCE({sign}SUM({column}) FILTER (WHERE {rows}), 0) AS BIGINT)"


def _count(rows: str = "TRUE") -> str:
    return f"COUNT(*) FILTER (WHERE {rows}) * {ONE}"


def _marked(mark: Counts) -> str:
    """How many lines carry the mark: the sum of its bit, in units of the bit."""
    return f"CAST(SUM(counts & {mark:d}) AS BIGINT) * {ONE // mark}"  # a whole number: ONE is 5⁴·2⁴


OF_LINES = {
    "orders": _marked(Counts.ORDER),
    "order_lines": _count(SOLD),
    "units": _sum("quantity", SOLD),
    "deliveries": _marked(Counts.DELIVERY),
    "express_orders": _marked(Counts.EXPRESS_ORDER),
    "late_orders": _marked(Counts.LATE_ORDER),
    "return_orders": _marked(Counts.RETURN_ORDER),
    "return_lines": _count(RETURNED),
    "return_units": _sum("quantity", RETURNED, "-"),
    "list_amount": _sum("list_amount", SOLD),
    "discount_amount": _sum("discount_amount", SOLD),
    "return_amount": _sum("net_amount", RETURNED, "-"),
    "net_revenue": _sum("net_amount"),
    "cost_amount": _sum("cost_amount"),
    "freight_amount": _sum("freight_amount"),
}
OF_EVENTS = {"count": _count(), "quantity": _sum("quantity"), "minutes": _sum("minutes")}
ACCOUNT = f"COALESCE(account_id, {NO_ACCOUNT}) AS account"


def _listed(measures: dict[str, str]) -> str:
    return ", ".join(f"{sums} AS {name}" for name, sums in measures.items())


LINES = f"SELECT {ACCOUNT}, month, {_listed(OF_LINES)} FROM lines GROUP BY account_id, month"
EVENTS = f"SELECT {ACCOUNT}, month, event_type, {_listed(OF_EVENTS)} FROM events GROUP BY account_id, month, event_type"
# An event's own numbers go before attributes of the same name.
ATTRIBUTES = f"""
SELECT {ACCOUNT}, month, event_type, name, {_sum("amount")} AS amount
FROM attributes WHERE name NOT IN ('count', 'quantity', 'minutes')
GROUP BY account_id, month, event_type, name"""
KNOWN = "account_id IS NOT NULL"
PRODUCTS = f"""
SELECT account_id AS account, COUNT(DISTINCT product_id) AS products
FROM lines WHERE {SOLD} AND {KNOWN} GROUP BY account_id"""
BASKETS = f"""
SELECT DISTINCT account_id AS account, COALESCE(product_id, -1) AS product
FROM lines WHERE {SOLD} AND {KNOWN}"""
NET_REVENUE = f"""
SELECT account_id AS account, {OF_LINES["net_revenue"]} AS net_revenue
FROM lines WHERE {KNOWN} GROUP BY account_id"""

RELATIONS = ("lines", "events", "attributes")


def relation(question: str) -> str:
    """Which of the three relations a question is about."""
    return next(name for name in RELATIONS if f"FROM {name} " in question)
