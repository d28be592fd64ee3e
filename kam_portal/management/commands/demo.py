"""The whole portal in one terminal, with a demo portfolio; for one machine only."""

import fcntl
import os
import socket
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from django.utils.translation import gettext as _

from kam_portal.demo.people import demo_logins
from kam_portal.supervisor import Program, Supervisor

HOST = "127.0.0.1"
CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "kam_portal.celery"]
CHILD_ENVIRONMENT = {
    "DEMO": "1",
    "PYTHONUNBUFFERED": "1",
    # The demo may run as root, and it serves its assets without collecting them first.
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser,ignore:No directory at",
}


class Command(BaseCommand):
    """`manage.py demo`, which `./run demo` calls when packages and assets are in place."""

    help = _("Starts web, worker and beat on this machine with a demo portfolio. Ctrl-C stops all.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PUBLIC:
            raise CommandError(_("The demo has known passwords, so it does not start where ALLOWED_HOSTS is set."))
        port = options["port"]
        with only_one(settings.VAR_DIR / "demo.lock"), suppress(KeyboardInterrupt):
            refuse_busy_port(port)
            call_command("migrate", verbosity=0)
            call_command("seed_demo", stdout=self.stdout)
            connections.close_all()
            os.environ.update(CHILD_ENVIRONMENT)
            supervisor = Supervisor(programs(port))
            supervisor.run(on_start=threading.Thread(target=announce, args=(port, supervisor), daemon=True).start)
        self.stdout.write(_("Stopped."))


def announce(port: int, supervisor: Supervisor) -> None:
    """Say where the portal is and who may sign in, once it answers."""
    while not answers(port):
        if supervisor.stopping.wait(0.2):
            return
    ready = _("KAM Portal is ready: %(url)s") % {"url": f"http://{HOST}:{port}"}
    for line in ["", ready, *(login_line(*login) for login in demo_logins()), _("Ctrl-C stops it."), ""]:
        supervisor.say("demo", line)


def programs(port: int) -> list[Program]:
    """What runs in the demo."""
    schedule = settings.VAR_DIR / "beat-schedule"
    web = ["gunicorn", "kam_portal.wsgi", f"--bind={HOST}:{port}", "--workers=2", "--threads=4"]
    quiet = ["--log-level=warning", "--graceful-timeout=5", "--no-control-socket"]
    return [
        Program("web", [sys.executable, "-m", *web, *quiet]),
        Program(
            "worker",
            [*CELERY, "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "-l", "INFO"],
        ),
        Program("beat", [*CELERY, "beat", f"--schedule={schedule}", "--pidfile=", "-l", "WARNING"]),
    ]


def login_line(role: str, name: str, email: str, password: str) -> str:
    """One login as it is printed."""
    return f"  {role:<10} {email:<40} {password}"


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Refuse a second demo on the same files."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(_("The demo already runs in this folder.")) from None
        yield


def refuse_busy_port(port: int) -> None:
    """Say so now, rather than let the web server fail again and again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise CommandError(
                _("Port %(port)d cannot be used (%(reason)s). Another one: PORT=8001 ./run demo")
                % {"port": port, "reason": problem.strerror}
            ) from None


def answers(port: int) -> bool:
    """Whether something speaks HTTP there, whatever it says."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True
