"""Brings a bare checkout to the point where it runs: packages, assets, then demo, tests or benchmarks.

Needs a Python with venv and nothing else. Every step leaves a stamp (a hash of what it was made from), so
that a second start does only what has changed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_AT_LEAST = 20
USAGE = """usage: ./run demo        the portal with a demo portfolio, http://127.0.0.1:8000 (PORT= to change)
       ./run test        everything: tests on SQLite and PostgreSQL, lint, types
       ./run test fast   the same without servers and browser
       ./run setup       packages and assets only
       ./run bench       the benchmarks (LINES= to change the size)"""


class Stop(Exception):
    """Something is missing that only the reader can provide; the text says what."""


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit status."""
    verbs = {
        ("setup",): setup,
        ("demo",): demo,
        ("test",): test,
        ("test", "fast"): test_fast,
        ("bench",): bench,
    }
    verb = verbs.get(tuple(arguments))
    if verb is None:
        print(USAGE, file=sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        return verb()
    except Stop as missing:
        print(f"\n{missing}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
    except subprocess.CalledProcessError as failed:
        print(f"\nThis command failed: {' '.join(map(str, failed.cmd))}", file=sys.stderr)
    return 1


def setup() -> int:
    """Packages and assets, so that manage.py works."""
    prepare("requirements.lock")
    print("Ready: .venv/bin/python manage.py …, or ./run demo", flush=True)
    return 0


def demo() -> NoReturn:
    """The portal with a demo portfolio."""
    prepare("requirements.lock")
    hand_over("manage.py", "demo")


def test() -> NoReturn:
    """Everything, on both databases."""
    install_debian_packages()
    prepare("requirements-test.lock")
    hand_over("-m", "tests")


def test_fast() -> NoReturn:
    """Without servers and browser."""
    prepare("requirements-test.lock")
    hand_over("-m", "tests", "fast")


def bench() -> NoReturn:
    """The benchmarks, as ratios."""
    prepare("requirements.lock")
    hand_over("-m", "benchmarks")


def hand_over(*arguments: str) -> NoReturn:
    """Become the program itself, so that signals reach it and nothing stands between it and the terminal."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])


# --- packages and assets ---


def prepare(lock: str) -> None:
    """Make .venv and static_build/ what this checkout asks for."""
    refuse_foreign_folder()
    with one_at_a_time():
        make_venv()
        install(lock)
        build_assets()


def refuse_foreign_folder() -> None:
    """A folder made by another user (often root) would fail later, with a worse message."""
    for folder in (ROOT, VENV, ROOT / "var", ROOT / "static_build"):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise Stop(f"{folder} belongs to {folder.owner()}: run this as that user, or change its owner.")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts at once: the second waits until the first has prepared everything."""
    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "setup.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    """A virtual environment; made anew when it is broken, for instance after the folder was moved."""
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", check], capture_output=True).returncode:
        say("Making .venv")
        base = getattr(sys, "_base_executable", sys.executable)  # we may be running in the one that is replaced
        subprocess.run([base, "-m", "venv", "--clear", VENV], check=True)


def install(lock: str) -> None:
    """Install one lock file, every file checked against its hash. The test lock contains the other one."""
    enough = ["requirements.lock", "requirements-test.lock"] if lock == "requirements.lock" else [lock]
    if any(is_current(VENV / f"{name}.stamp", lock_hash(name)) for name in enough):
        return
    say(f"Installing {lock}")
    uv = shutil.which("uv")
    installer = [uv, "pip", "install", "--quiet", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install", "-q"]
    subprocess.run([*installer, "--require-hashes", "-r", lock], check=True)
    stamp(VENV / f"{lock}.stamp", lock_hash(lock))


def lock_hash(lock: str) -> str:
    """A new Python needs its own packages, so its version belongs to the hash."""
    return digest([ROOT / lock], sys.version)


def build_assets() -> None:
    """static_build/ from package-lock.json and static/, by this machine's Node or that of the build lock."""
    sources = [ROOT / "package.json", ROOT / "package-lock.json", *files_in(ROOT / "static")]
    made_from = digest(sources)
    mark = ROOT / "var" / "assets.stamp"
    if (ROOT / "static_build").is_dir() and is_current(mark, made_from):
        return
    environment = {**os.environ, "PATH": path_with_node(), "npm_config_update_notifier": "false"}
    npm = shutil.which("npm", path=environment["PATH"])
    install_node_modules(npm, environment)
    say("Building the assets")
    subprocess.run([npm, "run", "--silent", "build"], check=True, env=environment)
    stamp(mark, made_from)


def install_node_modules(npm: str, environment: dict[str, str]) -> None:
    """node_modules/ as locked; no package runs a script of its own."""
    locked = digest([ROOT / "package-lock.json"])
    mark = ROOT / "node_modules" / ".stamp"
    if is_current(mark, locked):
        return
    say("Installing package-lock.json")
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "ci", "--ignore-scripts", *quiet], check=True, env=environment)
    stamp(mark, locked)


def path_with_node() -> str:
    """PATH if it holds a recent Node with npm, else one that begins with that of requirements-build.lock."""
    path = os.environ.get("PATH", os.defpath)
    if node_version(path) >= NODE_AT_LEAST and shutil.which("npm", path=path):
        return path
    install("requirements-build.lock")
    return f"{VENV / 'bin'}{os.pathsep}{path}"


def node_version(path: str) -> int:
    """The major version of Node on this PATH, 0 without one."""
    node = shutil.which("node", path=path)
    if node is None:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    major = answer.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


# --- stamps ---


def files_in(folder: Path) -> list[Path]:
    """All files under a folder, in an order that is the same everywhere."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def digest(files: Iterable[Path], *words: str) -> str:
    """One hash of names, contents and words."""
    whole = hashlib.sha256()
    for part in [
        *words,
        *(part for path in files for part in (str(path.relative_to(ROOT)), path.read_bytes())),
    ]:
        content = part.encode() if isinstance(part, str) else part
        whole.update(f"{len(content)}:".encode() + content)
    return whole.hexdigest()


def is_current(mark: Path, made_from: str) -> bool:
    """Whether the step that leaves this stamp was done from the same things."""
    return mark.exists() and mark.read_text() == made_from


def stamp(mark: Path, made_from: str) -> None:
    """Note what a finished step was made from."""
    mark.write_text(made_from)


# --- Debian packages for the tests ---

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "fonts-dejavu-core": ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",),
    "redis-server": ("redis-server",),
    "postgresql": ("pg_virtualenv", "initdb", "/usr/lib/postgresql"),
}


def missing_packages() -> list[str]:
    """Debian packages of which nothing is found on this machine."""
    return [package for package, signs in PROGRAMS.items() if not any(found(sign) for sign in signs)]


def found(sign: str) -> bool:
    """A program on the PATH, or a file that exists."""
    return Path(sign).exists() if sign.startswith("/") else shutil.which(sign) is not None


def install_debian_packages() -> None:
    """Get what the tests need and leave no service behind, running or enabled."""
    missing = missing_packages()
    if not missing:
        return
    if shutil.which("apt-get") is None or not (os.geteuid() == 0 or shutil.which("sudo")):
        raise Stop(f"The tests need these Debian packages: {' '.join(missing)}\n./run test fast does without them.")
    say(f"Installing {' '.join(missing)}")
    as_root("sh", "-eu", "-c", INSTALL_QUIETLY, "install", *missing)


INSTALL_QUIETLY = """
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.conf
get() { apt-get install -qq --no-install-recommends "$@" >/dev/null; }
cleanup() {
    [ ! -f "$policy.kam" ] || rm -f "$policy" "$policy.kam"
    [ ! -f "$clusters.kam" ] || mv "$clusters.kam" "$clusters"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
apt-get update -qq
if [ ! -e "$policy" ]; then
    touch "$policy.kam"
    printf '#!/bin/sh\\nexit 101\\n' >"$policy"
    chmod +x "$policy"
fi
case " $* " in *" postgresql "*)
    get postgresql-common
    cp -p "$clusters" "$clusters.kam"
    echo "create_main_cluster = false" >>"$clusters"
esac
get "$@"
case " $* " in *" redis-server "*) update-rc.d redis-server disable >/dev/null; esac
"""


def as_root(*command: str) -> None:
    """Run a command as root, through sudo where needed."""
    subprocess.run([*([] if os.geteuid() == 0 else ["sudo"]), *command], check=True)


def say(line: str) -> None:
    """One line of progress."""
    print(f"· {line} …", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
