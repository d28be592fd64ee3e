"""Imports of order lines against what a database takes without looking: `executemany` of the file, or its COPY."""

import csv
import sqlite3
from pathlib import Path

from django.db import connection

from accounts.models import Import
from benchmarks.measures import Measured, measure
from kam_portal.imports import import_files

UCI_MAP = Path(__file__).resolve().parent.parent / "profitability" / "maps" / "uci_online_retail.yaml"


def order_lines(files: Path) -> Measured:
    """The scaled ledger's order lines, into a portal that knows its accounts and products."""
    return against_plain(files / "order_lines.csv")


def uci(files: Path) -> Measured:
    """A file in the shape of UCI Online Retail II through its map: accounts and products are made on the way."""
    from accounts.tables import Mapping

    return against_plain(files / "uci.csv", Mapping.load(UCI_MAP))


def against_plain(path: Path, mapping=None) -> Measured:
    from profitability.imports import order_lines  # noqa: F401  (what a worker has loaded before it gets a file)

    def with_every_check() -> None:
        (record,) = import_files([path], kind="order_lines", mapping=mapping)
        assert record.state == Import.State.DONE, (record.message, record.problems[:3])

    plain = copy if connection.vendor == "postgresql" else executemany
    return measure(with_every_check, lambda: plain(path), once=True)


def header(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def executemany(path: Path) -> None:
    """The rows as texts into a table without keys or indexes, written as durably as the portal's."""
    target = path.with_suffix(".plain.sqlite3")
    plain = sqlite3.connect(target)
    plain.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    names = header(path)
    columns = ", ".join(f'"{name}" TEXT' for name in names)
    plain.execute(f"CREATE TABLE line ({columns})")
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        plain.executemany(f"INSERT INTO line VALUES ({', '.join('?' * len(names))})", rows)
    plain.commit()
    plain.close()
    for name in (target, f"{target}-wal", f"{target}-shm"):
        Path(name).unlink(missing_ok=True)


def copy(path: Path) -> None:
    """The file as it is into a table of texts without keys or indexes."""
    columns = ", ".join(f'"{name}" text' for name in header(path))
    with connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute(f"CREATE TABLE plain_line ({columns})")
        cursor.copy_expert("COPY plain_line FROM STDIN WITH (FORMAT csv, HEADER)", file)
        cursor.execute("DROP TABLE plain_line")
