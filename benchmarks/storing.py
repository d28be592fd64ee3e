"""Writing and publishing a run's rows against the plainest way to write the same rows."""

import io
import sqlite3
from pathlib import Path
from statistics import median

from django.db import connection

from benchmarks.ledger import FIRST, LAST
from benchmarks.measures import FEW, Measured, timed, with_peak

Table = tuple[str, list[str], list[tuple]]


def write_and_publish(files: Path) -> Measured:
    """From the arrays of a calculation to a published run: rows, hashes, closure."""
    from profitability import queue, runs
    from profitability.models import Run
    from profitability.rows import tables

    run = queue.claim(Run.objects.create(asked_from=FIRST, asked_to=LAST).pk)
    calculation = runs.calculate(run)

    def publish() -> None:
        runs.store(run, calculation)
        runs.publish(run, run.inputs, calculation.hashes)

    seconds, peak = with_peak(publish)
    rows = [plain_rows(table, columns) for table, columns in tables(run, calculation)]
    plain = copy if connection.vendor == "postgresql" else executemany
    baseline = median(timed(lambda: plain(rows, files)) for _turn in range(FEW))
    return Measured(seconds, baseline, peak, f"{sum(len(listed) for _name, _names, listed in rows):,} rows")


def plain_rows(table, columns) -> Table:
    return table._meta.db_table, list(columns), list(zip(*columns.values(), strict=True))


def executemany(tables: list[Table], files: Path) -> None:
    """Into a database of their own, written as durably as the portal's, without keys or indexes."""
    target = files / "plain.sqlite3"
    plain = sqlite3.connect(target)
    plain.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    for name, columns, rows in tables:
        plain.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        plain.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
    plain.commit()
    plain.close()
    for path in (target, f"{target}-wal", f"{target}-shm"):
        Path(path).unlink(missing_ok=True)


def copy(tables: list[Table], files: Path) -> None:
    """By COPY into tables of the same columns, without keys or indexes."""
    with connection.cursor() as cursor:
        for name, columns, rows in tables:
            quoted = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f"CREATE TABLE plain AS SELECT {quoted} FROM {name} LIMIT 0")
            text = "".join("\t".join(map(written, row)) + "\n" for row in rows)
            cursor.copy_expert(f"COPY plain ({quoted}) FROM STDIN", io.StringIO(text))
            cursor.execute("DROP TABLE plain")


def written(value) -> str:
    return "\\N" if value is None else str(value)
