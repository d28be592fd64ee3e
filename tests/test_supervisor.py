"""Several programs in one terminal: restart, output, and nothing left behind."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kam_portal import supervisor
from kam_portal.supervisor import Program, Supervisor
from tests.servers import wait_until

ROOT = Path(__file__).resolve().parent.parent
SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); {SLEEP}"
WITH_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', {child!r}])
print(child.pid, flush=True)
child.wait()
"""


def program(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def gone(process: int) -> bool:
    """No such process, or only its entry is left because nobody has asked for its status yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def supervise(monkeypatch):
    """Start a supervisor in a thread (signals belong to the main thread); it is stopped at the end."""
    monkeypatch.setattr(supervisor.signal, "signal", lambda number, handler: handler)
    started = []

    def start(*programs: Program) -> tuple[Supervisor, io.StringIO]:
        output = io.StringIO()
        watch = Supervisor(programs, output)
        thread = threading.Thread(target=watch.run)
        thread.start()
        started.append((watch, thread))
        return watch, output

    yield start
    for watch, thread in started:
        watch.on_signal(signal.SIGTERM, None)
        thread.join(20)
        assert not thread.is_alive()


def test_each_line_carries_the_name_of_its_program(supervise):
    _, output = supervise(program("web", f"print('hello'); print('there', flush=True); {SLEEP}"), program("b", SLEEP))

    wait_until(lambda: "there" in output.getvalue())

    assert output.getvalue() == "web | hello\nweb | there\n"


def test_a_program_that_ends_is_started_again(supervise, monkeypatch):
    monkeypatch.setattr(Program, "plan_restart", lambda self: None)
    _, output = supervise(program("web", "print('up', flush=True); raise SystemExit(3)"))

    wait_until(lambda: output.getvalue().count("web | up") > 2)

    assert "web | ended with status 3" in output.getvalue()


def test_the_pause_before_a_restart_doubles_up_to_a_limit_and_a_steady_program_has_none():
    failing = program("web", SLEEP)
    pauses = []
    for _ in range(8):
        failing.started_at = time.monotonic()
        failing.plan_restart()
        pauses.append(failing.pause_seconds)

    failing.started_at = time.monotonic() - 2 * supervisor.STEADY_AFTER_SECONDS
    failing.plan_restart()

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert failing.pause_seconds == 0


def test_only_the_main_process_is_asked_to_end_and_its_children_may_finish(supervise, tmp_path):
    done = tmp_path / "done"
    child = f"import time; time.sleep(1); open({str(done)!r}, 'w').close()"
    main = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: None)\n"
        f"p = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "print('up', flush=True)\n"
        "p.wait()"
    )
    watch, output = supervise(program("worker", main))
    wait_until(lambda: "up" in output.getvalue())

    watch.stopping.set()

    wait_until(done.exists)


def test_what_does_not_end_in_time_is_killed_with_its_children(supervise, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.3)
    watch, output = supervise(program("stubborn", STUBBORN), program("parent", WITH_CHILD.format(child=STUBBORN)))
    wait_until(lambda: output.getvalue().count("up") == 2)
    child = next(int(line.split()[-1]) for line in output.getvalue().splitlines() if line.split()[-1].isdigit())

    watch.stopping.set()

    wait_until(lambda: all(not program.runs() for program in watch.programs) and gone(child))


def test_children_of_a_program_that_died_do_not_stay(supervise, monkeypatch):
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_SECONDS", 60)
    watch, output = supervise(program("parent", WITH_CHILD.format(child=SLEEP)))
    wait_until(lambda: "parent | " in output.getvalue())
    child = int(output.getvalue().split()[-1])

    os.kill(watch.programs[0].process.pid, signal.SIGKILL)

    wait_until(lambda: gone(child))


def test_output_to_a_terminal_that_has_gone_does_not_keep_it_from_stopping():
    class Gone(io.StringIO):
        def write(self, text):
            raise OSError("Input/output error")

    Supervisor([program("web", SLEEP)], Gone()).say("web", "hello")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_ending_leaves_no_process(number):
    code = (
        "import sys\n"
        "from kam_portal.supervisor import Program, Supervisor\n"
        f"Supervisor([Program('a', [sys.executable, '-c', {WITH_CHILD.format(child=SLEEP)!r}])]).run()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    child = int(process.stdout.readline().split()[-1])

    process.send_signal(number)

    assert process.wait(20) == 0
    wait_until(lambda: gone(child))
    process.stdout.close()
