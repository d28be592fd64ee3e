"""The trail of a figure: its formula, its parts, and what stands behind them down to order lines and resource costs."""

from profitability.explain.activity import (
    Behind,
    EventTotal,
    MonthOfActivity,
    Trail,
    event_behind,
    events_behind,
    events_total,
    line_behind,
    line_quantity,
    lines_behind,
    minutes_of,
    pools_behind,
    trail_of,
)
from profitability.explain.parts import with_costs

__all__ = [
    "Behind",
    "EventTotal",
    "MonthOfActivity",
    "Trail",
    "event_behind",
    "events_behind",
    "events_total",
    "line_behind",
    "line_quantity",
    "lines_behind",
    "minutes_of",
    "pools_behind",
    "trail_of",
    "with_costs",
]
