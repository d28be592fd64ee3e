"""Runs several programs in one terminal: prefixed output, restart with back-off, nothing left at the end."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 8.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
# If the supervisor itself is killed, the kernel sends its programs a SIGTERM (setpriv is in Debian's base).
END_WITH_PARENT = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


@dataclass
class Program:
    """One program, its process and when it may start again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    pause_seconds: float = 0.0
    due_at: float = field(default=0.0)

    def start(self, say: Callable[[str, str], None]) -> None:
        """Start it in a group of its own: the terminal's Ctrl-C must reach the supervisor alone."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [*END_WITH_PARENT, *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        assert self.process.stdout is not None
        threading.Thread(target=pass_on, args=(self.process.stdout, self.name, say), daemon=True).start()

    def runs(self) -> bool:
        """Whether the main process is there."""
        return self.process is not None and self.process.poll() is None

    def plan_restart(self) -> None:
        """Wait longer after each early end; a program that ran steadily starts again at once."""
        steady = time.monotonic() - self.started_at > STEADY_AFTER_SECONDS
        self.pause_seconds = 0.0 if steady else min(LONGEST_PAUSE_SECONDS, 2 * self.pause_seconds or 1.0)
        self.due_at = time.monotonic() + self.pause_seconds

    def ask_to_end(self) -> None:
        """Only the main process: it lets its children finish what they do."""
        if self.runs():
            self.process.terminate()  # type: ignore[union-attr]

    def kill_leftovers(self) -> None:
        """Whatever of the group is still there."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Keeps its programs running until it is told to stop."""

    def __init__(self, programs: Sequence[Program], output: IO[str] = sys.stdout) -> None:
        self.programs = programs
        self.output = output
        self.stopping = threading.Event()
        self.hurried = threading.Event()
        self.writing = threading.Lock()
        self.width = max(len(program.name) for program in programs)

    def say(self, name: str, line: str) -> None:
        """One line of output; a terminal that has gone must not keep the programs from being stopped."""
        try:
            with self.writing:
                print(f"{name:<{self.width}} | {line}", file=self.output, flush=True)
        except (OSError, ValueError):
            pass

    def run(self, on_start: Callable[[], None] = lambda: None) -> None:
        """Start everything, call `on_start` once, restart what ends, return when all is stopped."""
        before = {number: signal.signal(number, self.on_signal) for number in STOP_SIGNALS}
        try:
            for program in self.programs:
                program.start(self.say)
            on_start()
            while not self.stopping.wait(0.2):
                self.restart_ended()
        finally:
            self.stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def on_signal(self, number: int, frame: object) -> None:
        """The first signal stops everything in good order, a second one at once."""
        (self.hurried if self.stopping.is_set() else self.stopping).set()

    def restart_ended(self) -> None:
        """Notice what has ended, and start again what has waited long enough."""
        for program in self.programs:
            if program.process is not None and not program.runs():
                status = program.process.returncode
                program.kill_leftovers()
                program.process = None
                program.plan_restart()
                self.say(program.name, f"ended with status {status}, starts again in {program.pause_seconds:.0f} s")
            if program.process is None and time.monotonic() >= program.due_at:
                program.start(self.say)

    def stop_all(self) -> None:
        """Ask all to end, wait a little, kill what is left."""
        self.say("", "stopping …")
        for program in self.programs:
            program.ask_to_end()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(program.runs() for program in self.programs) and time.monotonic() < deadline:
            if self.hurried.wait(0.05):
                break
        for program in self.programs:
            program.kill_leftovers()


def pass_on(lines: IO[str], name: str, say: Callable[[str, str], None]) -> None:
    """Copy a program's output line by line, with its name before each."""
    with lines:
        for line in lines:
            say(name, line.rstrip("\n"))
