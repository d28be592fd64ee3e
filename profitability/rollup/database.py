"""The roll-up inside the database where the lines live. What closed months come to is known from before: only open
months are read."""

from collections.abc import Collection, Container
from operator import itemgetter

import numpy as np
import pandas as pd
from django.db import connection

from profitability.core.months import earlier_window, months_between, ordinal
from profitability.models import RolledMonth
from profitability.rollup import RollUp, closed, frames, measures

# What `measures` calls lines, events and attributes.
SOURCES = {
    "lines": "SELECT * FROM profitability_orderline WHERE superseded_in_id IS NULL AND month BETWEEN %s AND %s",
    "events": "SELECT * FROM profitability_activityevent WHERE superseded_in_id IS NULL AND month BETWEEN %s AND %s",
    "attributes": """
        SELECT account_id, month, event_type, name, amount
        FROM profitability_activityevent AS event
        JOIN profitability_eventattribute AS attribute ON attribute.event_id = event.id
        WHERE superseded_in_id IS NULL AND month BETWEEN %s AND %s""",
}
TEXTS = {"event_type", "name"}
Span = tuple[int, int]  # the first and the last month of a stretch


def roll_up(month_from: int, month_to: int) -> RollUp:
    earlier_from, earlier_to = earlier_window(month_from, month_to)
    done = closed.between(earlier_from, month_to)
    known = [row for month, row in done.items() if month >= month_from]
    before = [row for month, row in done.items() if month < month_from]
    spans = open_spans(month_from, month_to, done)
    return RollUp(
        measures=measured(spans, known),
        products=products(spans, known),
        earlier=net_revenue(open_spans(earlier_from, earlier_to, done), before),
    )


def measured(spans: list[Span], known: Collection[RolledMonth]) -> pd.DataFrame:
    parts = [frames.rolled_up(ask, *span) for span in spans]
    return frames.together([*parts, *map(closed.measures_of, known)])


def products(spans: list[Span], known: Collection[RolledMonth]) -> dict[int, int]:
    """How many different products each account bought, returns left out."""
    if not known:
        return frames.by_account(ask(measures.PRODUCTS, spans[0][0], spans[-1][1]), "products")
    return frames.breadth([*(ask(measures.BASKETS, *span) for span in spans), *map(closed.baskets_of, known)])


def net_revenue(spans: list[Span], known: Collection[RolledMonth]) -> dict[int, int]:
    """Net revenue of each account that has order lines, ten-thousandths."""
    parts = [*(ask(measures.NET_REVENUE, *span) for span in spans), *map(closed.net_revenue_of, known)]
    return frames.summed(parts, "net_revenue")


def open_spans(month_from: int, month_to: int, done: Container[int]) -> list[Span]:
    """The months that are not done, as stretches from the first to the last."""
    spans: list[Span] = []
    for month in months_between(month_from, month_to):
        if month in done:
            continue
        if spans and ordinal(spans[-1][1]) == ordinal(month) - 1:
            spans[-1] = (spans[-1][0], month)
        else:
            spans.append((month, month))
    return spans


def ask(question: str, month_from: int, month_to: int) -> frames.Columns:
    """What the database answers to a question of `measures` about some months, by column."""
    name = measures.relation(question)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {name} AS ({SOURCES[name]}) {question}", [month_from, month_to])
        rows = cursor.fetchall()
        return {column[0]: _column(column[0], place, rows) for place, column in enumerate(cursor.description)}


def _column(name: str, place: int, rows: list[tuple]) -> np.ndarray:
    kind = object if name in TEXTS else np.int64
    return np.fromiter(map(itemgetter(place), rows), kind, len(rows))
