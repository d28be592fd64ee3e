"""Starting from a bare checkout: stamps, lock files, Debian packages. Nothing is installed here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kam_portal import bootstrap

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-build.lock"]
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(\[[\w,]+\])?==([^ ;\\]+)")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout, a list of the commands that bootstrap would have run, and no uv on the PATH."""
    for name, path in {"ROOT": "", "VENV": ".venv", "PYTHON": ".venv/bin/python"}.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / path)
    for folder in (".venv", "var", "static", "node_modules"):
        (tmp_path / folder).mkdir()
    for name in (*LOCKS, "package.json", "package-lock.json", "static/app.js"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, path=None: None if name == "uv" else f"/bin/{name}")
    monkeypatch.setattr(bootstrap, "node_version", lambda path: 20)
    return tmp_path


@pytest.fixture
def commands(checkout, monkeypatch):
    done = []

    def run(command, **options):
        done.append(" ".join(map(str, command)))
        if "build" in command:
            (checkout / "static_build").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    return done


def entries(lock: str) -> dict[str, str]:
    found = (ENTRY.match(line) for line in (ROOT / lock).read_text().splitlines())
    return {match[1]: match[3] for match in found if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_pinned_and_hashed(lock):
    blocks = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n?", "", (ROOT / lock).read_text(), flags=re.M).strip())

    assert len(blocks) == len(entries(lock)) > 0
    assert all(ENTRY.match(block) and "--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json"])
def test_a_lock_names_no_host_and_no_folder(lock):
    text = re.sub(r'"url": "[^"]*"', "", (ROOT / lock).read_text())  # npm notes where to thank the authors

    assert not re.search(r'://|index-url|find-links|file:|"resolved"|@ /', text)


def test_the_tests_run_on_the_versions_that_are_shipped():
    shipped, tested = entries("requirements.lock"), entries("requirements-test.lock")

    assert shipped.items() <= tested.items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt", "requirements-build.txt"])
def test_each_requirement_has_its_reason(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith(("#", "-r"))]

    assert [line for line in lines if not re.search(r"\S +# \w+", line)] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-test", "requirements-build"])
def test_each_requirement_is_locked(name):
    lines = (ROOT / f"{name}.txt").read_text().splitlines()
    asked = [re.match(r"[\w.-]+", line)[0] for line in lines if re.match(r"\w", line)]
    locked = {entry.lower() for entry in entries(f"{name}.lock")}

    assert [package for package in asked if package.lower() not in locked] == []


def test_a_second_start_installs_and_builds_nothing(commands):
    bootstrap.install("requirements.lock")
    bootstrap.build_assets()
    first = list(commands)

    bootstrap.install("requirements.lock")
    bootstrap.build_assets()

    assert len(first) == 3 and commands == first
    assert all("--require-hashes" in command for command in first if " pip " in command)


def test_a_changed_lock_is_installed_again(checkout, commands):
    bootstrap.install("requirements.lock")

    (checkout / "requirements.lock").write_text("changed")
    bootstrap.install("requirements.lock")

    assert len(commands) == 2


def test_who_has_the_packages_of_the_tests_has_those_of_the_product(commands):
    bootstrap.install("requirements-test.lock")
    bootstrap.install("requirements.lock")

    assert len(commands) == 1


def test_the_product_alone_is_not_enough_for_the_tests(commands):
    bootstrap.install("requirements.lock")
    bootstrap.install("requirements-test.lock")

    assert len(commands) == 2


@pytest.mark.parametrize("changed", ["static/app.js", "static/new.css", "package.json"])
def test_a_changed_source_builds_the_assets_again_without_a_new_download(checkout, commands, changed):
    bootstrap.build_assets()
    commands.clear()

    (checkout / changed).write_text("changed")
    bootstrap.build_assets()

    assert [command.split()[-1] for command in commands] == ["build"]


def test_removed_assets_are_built_again(checkout, commands):
    bootstrap.build_assets()
    (checkout / "static_build").rmdir()
    bootstrap.build_assets()

    assert sum("build" in command for command in commands) == 2


def test_a_failed_step_leaves_no_stamp(checkout, monkeypatch):
    def fail(command, **options):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(bootstrap.subprocess, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        bootstrap.install("requirements.lock")

    assert list((checkout / ".venv").iterdir()) == []


def test_without_a_recent_node_the_one_of_the_build_lock_comes_first_on_the_path(checkout, commands, monkeypatch):
    monkeypatch.setattr(bootstrap, "node_version", lambda path: 18)

    path = bootstrap.path_with_node()

    assert path.split(os.pathsep)[0] == str(checkout / ".venv" / "bin")
    assert len(commands) == 1 and commands[0].endswith("requirements-build.lock")


def test_names_and_contents_both_count_in_a_stamp(checkout):
    first = checkout / "static" / "first"
    first.write_text("same")
    before = bootstrap.digest([first])

    other = first.rename(checkout / "static" / "other")

    assert bootstrap.digest([other]) != before


def test_missing_programs_are_asked_for_by_package(monkeypatch):
    monkeypatch.setattr(bootstrap, "found", lambda sign: sign in ("google-chrome", "redis-server"))

    assert bootstrap.missing_packages() == ["fonts-dejavu-core", "postgresql"]


def test_without_root_and_sudo_the_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr(bootstrap, "missing_packages", lambda: ["chromium"])
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, path=None: None if name == "sudo" else f"/bin/{name}")

    with pytest.raises(bootstrap.Stop, match="chromium"):
        bootstrap.install_debian_packages()


def test_a_folder_of_another_user_is_named_at_once(checkout, monkeypatch):
    monkeypatch.setattr(bootstrap.os, "access", lambda path, mode: path != checkout / ".venv")

    with pytest.raises(bootstrap.Stop, match=r"\.venv belongs to"):
        bootstrap.refuse_foreign_folder()


def test_an_unknown_verb_shows_the_usage(capsys):
    assert bootstrap.main(["dance"]) == 2
    assert "./run demo" in capsys.readouterr().err


def test_bootstrap_needs_nothing_but_the_standard_library():
    check = "import sys, kam_portal.bootstrap; print({'django', 'celery', 'pip'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-S", "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "set()"
