"""Databases of their own for the measurements: SQLite files, or a PostgreSQL server that is gone afterwards."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# A commit doesn't wait for the disk, which is not ours to measure; SQLite doesn't either, in the portal's settings.
SETTINGS = ["-o", "synchronous_commit=off", "-o", "max_wal_size=4GB"]
SERVER = ["pg_virtualenv", "-t", "-c", "--locale=C.UTF-8", *SETTINGS, "sh", "-c"]
# The server lives until we close its input, also when we are killed. Its other output may be talkative.
TELL_AND_WAIT = 'echo "postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT" >"$0"; cat >/dev/null'


def available() -> list[str]:
    """What the caller asks for in DATABASES, else what is there."""
    asked = os.environ.get("DATABASES")
    if asked:
        return asked.split(",")
    return ["sqlite", *(["postgres"] if shutil.which("pg_virtualenv") else [])]


@contextmanager
def server(kind: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """A function that gives the URL of the database of that name."""
    if kind == "sqlite":
        yield lambda name: f"sqlite:///{folder / name}.sqlite3"
        return
    told = folder / "server"
    os.mkfifo(told)
    process = subprocess.Popen(
        [*SERVER, TELL_AND_WAIT, str(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us; we end the server
    )
    try:
        address = told.read_text().strip()
        yield lambda name: made(address, name)
    finally:
        process.stdin.close()
        process.wait()


def made(address: str, name: str) -> str:
    """The URL of a database, made when it is first asked for."""
    import psycopg2

    plain = psycopg2.connect(f"{address}/postgres")
    plain.autocommit = True
    with plain.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    plain.close()
    return f"{address}/{name}"
