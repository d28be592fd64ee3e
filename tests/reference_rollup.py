"""The roll-up once more, in plain Python: what the contract says of each measure, row by row. Checks every engine.

Rows are dictionaries with Decimals and dates, as somebody would write them down; nothing of the product is used.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

Row = dict
Cells = dict[tuple[str, str], dict[str, Decimal]]  # (account code or "", YYYY-MM) → measure → amount
DISTINCT = {
    "orders": lambda line: not line["is_return"] and line["order_id"],
    "deliveries": lambda line: not line["is_return"] and (line["order_id"], line["shipped_on"] or line["ordered_on"]),
    "express_orders": lambda line: not line["is_return"] and line["express"] and line["order_id"],
    "late_orders": lambda line: not line["is_return"] and is_late(line) and line["order_id"],
    "return_orders": lambda line: line["is_return"] and line["order_id"],
}


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def is_late(line: Row) -> bool:
    return bool(line["shipped_on"] and line["due_on"] and line["shipped_on"] > line["due_on"])


def current(rows: Iterable[Row], *key: str) -> list[Row]:
    """The latest version of each row."""
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def measures(lines: Iterable[Row], events: Iterable[Row], months: set[str]) -> Cells:
    cells: Cells = defaultdict(lambda: defaultdict(Decimal))
    for line in current(lines, "order_id", "line_no"):
        if month_of(line["ordered_on"]) in months:
            add_line(cells[line["account"], month_of(line["ordered_on"])], line)
    for event in current(events, "event_id"):
        if month_of(event["occurred_on"]) in months:
            add_event(cells[event["account"], month_of(event["occurred_on"])], event)
    count_distinct(cells, current(lines, "order_id", "line_no"), months)
    return {place: {name: amount for name, amount in cell.items() if amount} for place, cell in cells.items()}


def add_line(cell: dict[str, Decimal], line: Row) -> None:
    if line["is_return"]:
        cell["return_lines"] += 1
        cell["return_units"] -= line["quantity"]
        cell["return_amount"] -= line["net_amount"]
    else:
        cell["order_lines"] += 1
        cell["units"] += line["quantity"]
        cell["list_amount"] += line["list_amount"]
        cell["discount_amount"] += line["list_amount"] - line["net_amount"]
    cell["net_revenue"] += line["net_amount"]
    cell["cost_amount"] += line["cost_amount"]
    cell["freight_amount"] += line["freight_amount"]


def add_event(cell: dict[str, Decimal], event: Row) -> None:
    cell[f"{event['event_type']}.count"] += 1
    cell[f"{event['event_type']}.quantity"] += event["quantity"]
    cell[f"{event['event_type']}.minutes"] += event["minutes"]
    for name, amount in event["attributes"].items():
        cell[f"{event['event_type']}.{name}"] += amount


def count_distinct(cells: Cells, lines: list[Row], months: set[str]) -> None:
    met = defaultdict(set)
    for line in lines:
        for name, thing in DISTINCT.items():
            if thing(line) and month_of(line["ordered_on"]) in months:
                met[line["account"], month_of(line["ordered_on"]), name].add(thing(line))
    for (account, month, name), things in met.items():
        cells[account, month][name] = Decimal(len(things))


def products(lines: Iterable[Row], months: set[str]) -> dict[str, int]:
    """Different products by account, over all these months; of accounts that bought anything."""
    met = defaultdict(set)
    for line in current(lines, "order_id", "line_no"):
        if line["account"] and not line["is_return"] and month_of(line["ordered_on"]) in months:
            met[line["account"]] |= {line["product"]} - {""}
    return {account: len(things) for account, things in met.items()}


def net_revenue(lines: Iterable[Row], months: set[str]) -> dict[str, Decimal]:
    """By account, over all these months; of accounts with any line."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in current(lines, "order_id", "line_no"):
        if line["account"] and month_of(line["ordered_on"]) in months:
            found[line["account"]] += line["net_amount"]
    return dict(found)
