"""The rules of the house, checked by the tools that know them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from kam_portal.celery import app

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
TEMPLATES = [str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html")]
RULES = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-cache"],
    "templates": ["djade", "--check", "--target-version", "5.2", *TEMPLATES],
}


def output_of(*command: str, **environment: str) -> tuple[int, str]:
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env={name: value for name, value in {**os.environ, **environment}.items() if value},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return answer.returncode, answer.stdout


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_rules(rule):
    tool, *options = RULES[rule]

    status, output = output_of(str(TOOLS / tool), *options)

    assert status == 0, output


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_public_start_passes_every_deployment_check(tmp_path):
    public = {
        "DJANGO_SETTINGS_MODULE": "kam_portal.settings",
        "VAR_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "portal.example.com",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "",  # only in the tests themselves
        "SECRET_KEY": "a-key-for-this-test-only-which-is-long-enough-0123456789-ABCDEF",
    }

    status, output = output_of(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **public)

    assert status == 0, output


def test_a_web_process_starts_without_pandas(tmp_path):
    (tmp_path / "static").mkdir()
    code = (
        "import sys; from kam_portal.wsgi import application; from django.urls import get_resolver;"
        "get_resolver().url_patterns;"
        "print(sorted({'pandas', 'pyarrow', 'numpy', 'openpyxl'} & set(sys.modules)))"
    )

    status, output = output_of(
        sys.executable, "-c", code, DJANGO_SETTINGS_MODULE="kam_portal.settings", VAR_DIR=str(tmp_path)
    )

    assert (status, output.strip()) == (0, "[]")


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
