"""Runs every measurement in a process of its own and prints the ratios.

LINES=10000000 ./run bench. Also ACCOUNTS (default LINES/100), PORTFOLIO (accounts of the large portfolio for pages,
API and exports, default 100,000) and DATABASES (default: sqlite, and postgres where pg_virtualenv is installed).
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.budgets import ROWS, Row
from benchmarks.databases import available, server

ROOT = Path(__file__).resolve().parent.parent
UCI_LINES = 525_461
SMALL = 600  # accounts
# What has to happen in the databases of a row before it is measured.
BEFORE = {
    "importing.order_lines": "preparing.master_data",
    "importing.uci": "preparing.empty",
    "rolling_up.roll_up": "preparing.evidence",
    "rollups.columnar": "rollups.close",
    "rollups.nightly": "rollups.reopen_last",
    "answering.list_page": "preparing.portfolio",
}
COLUMNS = "{:28} {:9} {:>9} {:>9} {:>7}  {:12} {:6} {:5} {:>8}  {}"


@dataclass(frozen=True)
class Sizes:
    lines: int
    accounts: int
    portfolio: int

    @classmethod
    def asked(cls) -> "Sizes":
        lines = int(os.environ.get("LINES") or 1_000_000)
        accounts = int(os.environ.get("ACCOUNTS") or max(lines // 100, 10))
        return cls(lines, accounts, int(os.environ.get("PORTFOLIO") or 100_000))


@dataclass(frozen=True)
class Figure:
    """One row of the table as it came out."""

    row: Row
    database: str
    seconds: float
    baseline: float
    peak_mb: float
    note: str

    @property
    def ratio(self) -> float:
        return self.seconds / self.baseline

    @property
    def is_within(self) -> bool:
        in_time = self.seconds <= self.row.budget * self.baseline + self.row.allowance
        return in_time and (self.row.memory_mb is None or self.peak_mb <= self.row.memory_mb)


def main() -> int:
    """Measure, print, write results.json; 0 whether or not everything is within its budget."""
    sizes = Sizes.asked()
    print(f"{sizes.lines:,} order lines, {sizes.accounts:,} accounts; pages at {sizes.portfolio:,}", flush=True)
    figures = []
    with tempfile.TemporaryDirectory(prefix="kam-bench-") as folder:
        write_files(Path(folder), sizes)
        print(heading(), flush=True)
        for kind in available():
            for figure in session(kind, Path(folder), sizes):
                figures.append(figure)
                print(line(figure), flush=True)
    write_results(Path(os.environ.get("RESULTS") or ROOT / "benchmarks" / "results.json"), sizes, figures)
    over = [figure.row.name for figure in figures if not figure.is_within]
    print(f"{len(figures)} figures, {len(over)} over budget{': ' if over else ''}{', '.join(over)}")
    return 0


def write_files(folder: Path, sizes: Sizes) -> None:
    """The import files, written by another process: what this one has loaded would count as memory of its children."""
    command = [sys.executable, "-m", "benchmarks.ledger", str(folder), str(sizes.lines), str(sizes.accounts)]
    subprocess.run([*command, str(sizes.portfolio), str(SMALL), str(min(sizes.lines, UCI_LINES))], check=True, cwd=ROOT)


def session(kind: str, folder: Path, sizes: Sizes) -> Iterator[Figure]:
    """All figures on one kind of database."""
    place = folder / kind
    place.mkdir()
    with server(kind, place) as url_of:

        def run(function: str, database: str) -> dict | None:
            return child(function, folder / database, place / database, url_of(database), sizes)

        for row in (row for row in ROWS if kind in row.only):
            if row.function in BEFORE:
                for database in {row.database, row.against} - {""}:
                    run(BEFORE[row.function], database)
            yield figure_of(row, kind, run)


def figure_of(row: Row, kind: str, run: Callable) -> Figure:
    found = run(row.function, row.database)
    if row.against:
        smaller = run(row.function, row.against)
        found["baseline"] = smaller["seconds"]
        found["note"] += f" (at {SMALL}: {smaller['note']})"
    return Figure(row, kind, found["seconds"], found["baseline"], found["peak_mb"], found["note"])


def child(function: str, files: Path, place: Path, url: str, sizes: Sizes) -> dict | None:
    """What one step or measurement says; its working files are its database's own."""
    ours = {"REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "CURRENCY", "TIME_ZONE", "EMAIL_URL"}
    environment = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ours}
    environment |= {"DATABASE_URL": url, "VAR_DIR": str(place), "BENCH_ACCOUNTS": str(sizes.accounts)}
    environment["DJANGO_SETTINGS_MODULE"] = "kam_portal.settings"  # not those of a test that started us
    command = [sys.executable, "-m", "benchmarks.child", function, str(files)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


# What is printed


def heading() -> str:
    return COLUMNS.format("what", "database", "seconds", "baseline", "ratio", "budget", "aim", "", "peak MB", "against")


def line(figure: Figure) -> str:
    row = figure.row
    budget = f"{row.budget:g} ×" + (f" + {row.allowance:g} s" if row.allowance else "")
    aim = f"{row.aim:g} ×" if row.aim else "–"
    peak = f"{figure.peak_mb:,.0f}" + (f"/{row.memory_mb}" if row.memory_mb else "")
    told = row.baseline + (f"; {figure.note}" if figure.note else "")
    numbers = (f"{figure.seconds:.3f}", f"{figure.baseline:.3f}", f"{figure.ratio:.2f} ×")
    verdict = "ok" if figure.is_within else "over"
    return COLUMNS.format(row.name, figure.database, *numbers, budget, aim, verdict, peak, told)


def write_results(path: Path, sizes: Sizes, figures: list[Figure]) -> None:
    """The same as JSON, for whoever compares two runs."""
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    listed = [
        {**asdict(figure), "row": figure.row.name, "against": figure.row.baseline, "ratio": round(figure.ratio, 3),
         "budget": figure.row.budget, "aim": figure.row.aim, "within": figure.is_within}
        for figure in figures
    ]  # fmt: skip
    path.write_text(json.dumps({"sizes": asdict(sizes), "machine": machine, "figures": listed}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
