"""Real servers for tests: Redis, Celery workers, Chromium. Each on a free port or in a temporary folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from kombu import pools

from kam_portal.supervisor import END_WITH_PARENT

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def program(*names: str) -> str:
    """The first of these programs that the machine has."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise pytest.UsageError(f"{' or '.join(names)} is missing: ./run test installs it")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], seconds: float = 60.0, what: str = "it") -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)


@contextmanager
def redis_server() -> Iterator[str]:
    """A private Redis without files; its URL."""
    port, folder = free_port(), tempfile.mkdtemp(prefix="kam-redis-")
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        folder,
    ]
    command = [*END_WITH_PARENT, program("redis-server"), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers("127.0.0.1", port), what="the start of Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def product_environment(**more: str) -> dict[str, str]:
    """What a process of the product needs in order to work on the database and files of this test process."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kam_portal.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def database_url() -> str:
    """The test database of this process."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    return f"postgres://{now['USER']}:{now['PASSWORD']}@{now['HOST']}:{now['PORT']}/{now['NAME']}"


def forget_messages() -> None:
    """Empty the folder broker: what earlier tests sent is about rows long gone, a worker would go through it all."""
    for message in (settings.BROKER_DIR / "messages").glob("*.msg"):
        message.unlink(missing_ok=True)


@contextmanager
def celery_worker(log: Path, *options: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test database; with REDIS_URL=… over Redis, else over the folder."""
    worker = ["celery", "-q", "-A", "kam_portal.celery", "worker", "-c", "1", "-l", "INFO"]
    quiet = ["--without-gossip", "--without-mingle", "--hostname", f"w{free_port()}@%h", *options]
    scratch = tempfile.mkdtemp(prefix="kam-worker-")  # a killed worker leaves its own temporary folders
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*END_WITH_PARENT, sys.executable, "-m", *worker, *quiet],
            cwd=ROOT,
            env=product_environment(TMPDIR=scratch, **environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: process.poll() is not None or " ready." in log.read_text(), 60, "the start of the worker")
        if process.poll() is not None:
            raise RuntimeError(f"The worker ended with {process.returncode}:\n{log.read_text()}")
        yield process
    finally:
        end(process)
        shutil.rmtree(scratch, ignore_errors=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a worker at once, with all its children, frozen ones too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def broker_of_this_process(**changes: object) -> Iterator[None]:
    """Make tasks sent by this test process go to another broker."""
    from kam_portal.celery import app

    before = {name: app.conf[name] for name in changes}
    switch(app, changes)
    try:
        yield
    finally:
        switch(app, before)


def switch(app, changes: dict[str, object]) -> None:
    """Celery keeps connections open; they must be made again."""
    app.conf.update(changes)
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
