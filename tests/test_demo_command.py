"""The demo as somebody runs it: one terminal, real processes, the second start keeps everything."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from kam_portal.demo.people import demo_logins
from kam_portal.management.commands import demo
from tests.servers import ROOT, free_port, wait_until

FOREIGN = ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "DJANGO_ALLOW_ASYNC_UNSAFE")


class Demo:
    """`manage.py demo` in its own folder, its output in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.output = folder / "output.txt"
        clean = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment = {**clean, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "kam_portal.settings"}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port)],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.text()
        return "is ready" in self.text()

    def text(self) -> str:
        return self.output.read_text()

    def status_of(self, path: str) -> int:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status

    def main_process_of(self, program: str) -> int:
        """The supervisor's child that runs this program."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(child) for child in children if program.encode() in content(Path(f"/proc/{child}/cmdline")))

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


def processes_in(folder: Path) -> list[int]:
    """Every process that works in this folder, found by its environment."""
    mark = f"VAR_DIR={folder}\0".encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in content(path)]


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    for process in processes_in(tmp_path):
        os.kill(process, signal.SIGKILL)


@pytest.mark.servers
def test_the_demo_runs_restarts_what_ends_stops_without_a_trace_and_starts_again(folder):
    first = Demo(folder)
    wait_until(first.is_ready, 120, "the first start")
    assert all(email in first.text() and password in first.text() for _, _, email, password in demo_logins())
    assert first.status_of("/") in (200, 302)
    assert first.status_of("/healthz") == 200

    os.kill(first.main_process_of("gunicorn"), signal.SIGKILL)
    wait_until(lambda: "starts again" in first.text() and demo.answers(first.port), 60, "the restart of the web server")

    assert first.stop(signal.SIGINT) == 0
    assert processes_in(folder) == []

    second = Demo(folder)
    wait_until(second.is_ready, 60, "the second start")
    assert "importing" not in second.text()
    assert second.stop(signal.SIGTERM) == 0
    assert processes_in(folder) == []


def test_a_port_that_is_in_use_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(demo.CommandError, match=str(other.getsockname()[1])):
            demo.refuse_busy_port(other.getsockname()[1])


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path):
    lock = tmp_path / "demo.lock"

    with demo.only_one(lock), pytest.raises(demo.CommandError, match="already runs"), demo.only_one(lock):
        pass


def test_a_public_portal_starts_no_demo(settings):
    settings.PUBLIC = True

    with pytest.raises(demo.CommandError, match="ALLOWED_HOSTS"):
        demo.Command().handle(port=1)
