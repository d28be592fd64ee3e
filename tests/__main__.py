"""Runs all tests: every one on SQLite, then those that touch the database again on a private real PostgreSQL.

`python -m tests fast` leaves out servers, browser and PostgreSQL. The last line counts over both sessions.
"""

import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# pg_virtualenv makes a cluster, drops it afterwards, and would print the server's log if the command failed:
# so the command notes pytest's status in a file and always succeeds.
ON_POSTGRES = """
DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
export DATABASE_URL
status=$1; shift
"$@" && echo 0 >"$status" || echo $? >"$status"
"""
stopped: list[int] = []  # signals that asked us to end


def main(arguments: list[str]) -> int:
    """Run the sessions, count, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="kam-tests-") as folder:
        if arguments == ["fast"]:
            sessions = [sqlite(Path(folder), "--fast")]
        else:
            sessions = [sqlite(Path(folder))]
            if not stopped:
                sessions.append(postgres(Path(folder)))
    total = sum(sessions, Counter())
    if total["skipped"]:
        print(f"{total['skipped']} skipped")
    print(f"{total['passed']} passed, {total['failed']} failed", flush=True)
    return 1 if total["failed"] or not total["passed"] else 0


def sqlite(folder: Path, *options: str) -> Counter[str]:
    """Every test, on SQLite."""
    say("Tests on SQLite")
    report = folder / "sqlite.xml"
    return count(report, call(pytest(report, *options)))


def postgres(folder: Path) -> Counter[str]:
    """The tests that touch the database, on a PostgreSQL of their own."""
    say("Tests on PostgreSQL")
    report, noted = folder / "postgres.xml", folder / "status"
    server = ["pg_virtualenv", "-t", "-c", "--locale=C.UTF-8", "-o", "synchronous_commit=off"]
    command = [*server, "sh", "-c", ON_POSTGRES, "sh", str(noted), *pytest(report, "--database-only")]
    call(command)
    return count(report, int(noted.read_text()) if noted.exists() else 1)


def pytest(report: Path, *options: str) -> list[str]:
    """One session in two processes; the tests of a file stay together, because they share what it sets up."""
    parallel = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # long files are not kept for last
    return [sys.executable, "-m", "pytest", "-q", *parallel, f"--junitxml={report}", *options]


def call(command: list[str]) -> int:
    """Run one session in a process group of its own and pass signals on, so that it can clean up itself."""
    process = subprocess.Popen(command, env=clean_environment(), cwd=ROOT, start_new_session=True)

    def stop(number: int, frame: object) -> None:
        stopped.append(number)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return process.wait()


def clean_environment() -> dict[str, str]:
    """Without the caller's database: tests choose their own."""
    ours = {"DATABASE_URL", "DATABASE_URL_FILE", "PGPORT", "PGHOST", "PGDATABASE", "PGUSER", "PGPASSWORD"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def count(report: Path, status: int) -> Counter[str]:
    """Passed, failed and skipped tests; a session that broke down counts as a failure."""
    found: Counter[str] = Counter()
    for suite in ElementTree.parse(report).iter("testsuite") if report.exists() else ():
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        found += Counter(failed=bad, skipped=skipped, passed=int(suite.get("tests", 0)) - bad - skipped)
    if status and not found["failed"]:
        found["failed"] = 1
    return found


def say(line: str) -> None:
    """One line of progress."""
    print(f"· {line} …", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
