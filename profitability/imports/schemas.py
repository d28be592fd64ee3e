"""What files of the ledger hold, by kind; apart from what loads them, for web processes that only show the columns."""

from accounts.tables import Column, Schema
from profitability.core.measures import EVENT_FIELDS

LARGEST_LINE_NO = 2**31 - 1
EXTRA = "x_"  # begins the name of a further number of an event
TAKEN = frozenset(EXTRA + name for name in EVENT_FIELDS)  # each event has a measure of that name already

PRODUCTS = Schema(
    "products",
    (
        Column("code", "code", required=True),
        Column("name", "text", required=True, max_length=200),
        Column("category", "text", max_length=100),
    ),
    key=("code",),
)

ORDER_LINES = Schema(
    "order_lines",
    (
        Column("order_id", "code", required=True),
        Column("line_no", "integer", required=True, minimum=0, maximum=LARGEST_LINE_NO),
        Column("ordered_on", "date", required=True),
        Column("account_code", "code"),
        Column("product_code", "code"),
        Column("product_name", "text", max_length=200),
        Column("category", "text", max_length=100),
        Column("quantity", "number", required=True),
        Column("unit_price", "amount"),
        Column("list_amount", "amount"),
        Column("discount_amount", "amount"),
        Column("net_amount", "amount"),
        Column("cost_amount", "amount"),
        Column("freight_amount", "amount"),
        Column("due_on", "date"),
        Column("shipped_on", "date"),
        Column("express", "flag"),
        Column("is_return", "flag"),
        Column("account_name", "text", max_length=200),
        Column("account_country", "text", max_length=100),
    ),
    key=("order_id", "line_no"),
)

ACTIVITY_EVENTS = Schema(
    "activity_events",
    (
        Column("event_id", "code", required=True),
        Column("account_code", "code", required=True),
        Column("event_type", "code", required=True),
        Column("occurred_on", "date", required=True),
        Column("quantity", "number", minimum=0),
        Column("minutes", "number", minimum=0),
    ),
    extra=rf"{EXTRA}[a-z][a-z0-9_]{{0,61}}",
    key=("event_id",),
)

RESOURCE_COSTS = Schema(
    "resource_costs",
    (
        Column("pool_code", "code", required=True),
        Column("month", "month", required=True),
        Column("amount", "amount", required=True),
        Column("practical_minutes", "number", minimum=0),
    ),
    key=("pool_code", "month"),
)
