"""Kinds of files for the reader's tests, and files made of a few lines."""

import gzip
from pathlib import Path

from accounts.tables import Column, Schema, Table, read

ACCOUNTS = Schema(
    "accounts",
    (
        Column("code", "code", required=True),
        Column("name", "text", required=True),
        Column("opened_on", "date"),
        Column("manager_email", "email"),
        Column("process_complexity", "score", minimum=0, maximum=10),
        Column("annual_potential", "amount"),
        Column("segment", "text", choices=("retail", "wholesale")),
    ),
    key=("code",),
)

ORDER_LINES = Schema(
    "order_lines",
    (
        Column("order_id", "code", required=True),
        Column("line_no", "integer", required=True, minimum=1),
        Column("ordered_on", "date", required=True),
        Column("account_code", "code"),
        Column("account_country"),
        Column("product_code", "code"),
        Column("product_name", "text"),
        Column("category", "text"),
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
    ),
    key=("order_id", "line_no"),
)

EVENTS = Schema(
    "activity_events",
    (
        Column("event_id", "code", required=True),
        Column("quantity", "number", minimum=0),
        Column("month", "month"),
    ),
    extra=r"x_[a-z0-9_]+",
    key=("event_id",),
)


def csv_file(folder: Path, text: str | bytes, name: str = "accounts.csv") -> Path:
    path = folder / name
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def rows(table: Table, *names: str) -> list[tuple]:
    """All accepted rows, of these columns."""
    return [
        row
        for batch in table.batches()
        for row in zip(*(batch.columns[name].to_pylist() for name in names), strict=True)
    ]


def problems(path: Path, schema: Schema = ACCOUNTS, **options) -> list[tuple]:
    """(line, column, value, reason) of all problems of a file; its good rows are read and dropped."""
    table = read(path, schema, **options)
    for _batch in table.batches():
        pass
    assert table.problem_count == len(table.problems)
    assert all(problem.file == path.name for problem in table.problems)
    return [(each.line, each.column, each.value, each.reason) for each in table.problems]
