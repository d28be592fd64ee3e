"""Names of the measures: what is counted and summed per account and month, and what may drive costs."""

import re
from collections.abc import Collection

COUNTS = (
    "orders",
    "order_lines",
    "units",
    "deliveries",
    "express_orders",
    "late_orders",
    "return_orders",
    "return_lines",
    "return_units",
    "products",
)
AMOUNTS = (
    "list_amount",
    "discount_amount",
    "return_amount",
    "net_revenue",
    "cost_amount",
    "freight_amount",
)
ORDER_MEASURES = COUNTS + AMOUNTS

# Distinct products of a window are not the sum of those of its months: they cannot share out a month's cost.
NEVER_DRIVERS = frozenset(["products"])

EVENT_FIELDS = ("count", "quantity", "minutes")
EVENT_MEASURE = re.compile(r"(?P<event_type>\S+)\.(?P<field>\w+)")


def event_type(name: str) -> str | None:
    """The event type of `TYPE.count`, `.quantity`, `.minutes` or `.NAME`; None for other names."""
    match = EVENT_MEASURE.fullmatch(name)
    return match["event_type"] if match else None


def known(name: str, event_types: Collection[str] | None = None) -> bool:
    """Whether a measure of this name exists; without `event_types` any event type counts as known."""
    if name in ORDER_MEASURES:
        return True
    kind = event_type(name)
    return kind is not None and (event_types is None or kind in event_types)


def can_drive(name: str, event_types: Collection[str] | None = None) -> bool:
    """Whether costs can be shared out by this measure: every known one that adds up over months."""
    return known(name, event_types) and name not in NEVER_DRIVERS
