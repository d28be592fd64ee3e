"""Writes the demo as import files into a folder."""

import csv
import shutil
from collections.abc import Iterable
from datetime import date
from itertools import chain
from pathlib import Path

from kam_portal.demo import costs, generated, judgements, odd_lines, people, portfolio, relationships
from kam_portal.demo.months import Calendar
from kam_portal.demo.source import source

EVENT_COLUMNS = ["event_id", "account_code", "event_type", "occurred_on", "minutes"]


def write(folder: Path, today: date) -> list[Path]:
    """The demo as seen on a day: the paths of its files, in the order of import. Same day, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    calendar = Calendar(today)
    return [
        _table(folder / "teams.csv", people.team_rows(source().resellers)),
        _table(folder / "users.csv", people.user_rows(source().resellers, source().employees)),
        _table(folder / "products.csv", portfolio.product_rows()),
        _table(folder / "accounts.csv", portfolio.account_rows(calendar), _account_columns(calendar)),
        _table(
            folder / "order_lines.csv", chain(portfolio.order_line_rows(calendar), odd_lines.odd_line_rows(calendar))
        ),
        _table(folder / "activity_events.csv", generated.event_rows(calendar), _event_columns()),
        _table(folder / "resource_costs.csv", costs.resource_cost_rows(calendar), _cost_columns()),
        _copy(costs.MODEL_FILE, folder),
        _copy(judgements.CRITERIA_FILE, folder),
        _table(folder / "contacts.csv", relationships.contact_rows()),
        _table(folder / "ratings.csv", judgements.rating_rows(calendar)),
        _table(folder / "account_criteria.csv", judgements.account_criterion_rows()),
    ]


def _table(path: Path, rows: Iterable[dict], columns: list[str] | None = None) -> Path:
    """A CSV file; without columns, those of the first row."""
    rows = iter(rows)
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns or list(first), lineterminator="\n")
        table.writeheader()
        table.writerows(chain([first], rows))
    return path


def _copy(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder / path.name))


def _account_columns(calendar: Calendar) -> list[str]:
    return list(portfolio.account_rows(calendar)[-1])


def _event_columns() -> list[str]:
    return EVENT_COLUMNS + [f"x_{attribute}" for attribute in generated.ATTRIBUTES]


def _cost_columns() -> list[str]:
    return ["pool_code", "month", "amount", "practical_minutes"]
