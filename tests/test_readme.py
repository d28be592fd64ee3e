"""What the README promises is there, and its examples work as they stand."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from accounts.models import Import, Team, User
from kam_portal.imports import import_files
from kam_portal.recompute import recompute
from profitability.models import Result, Run
from relationships.models import Position

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", README, re.DOTALL))


@pytest.mark.django_db(transaction=True)
def test_the_examples_import_and_give_a_run_that_closes(tmp_path):
    Team.objects.create(code="north", name="North")
    User.objects.create_user("kim@example.com", "Kim", "manager")
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text)

    records = import_files([tmp_path])

    assert {record.state for record in records} == {Import.State.DONE}, [record.problems for record in records]
    assert len(records) == len(EXAMPLES) == 7
    run = recompute(202603, 202603)
    assert run.state == Run.State.PUBLISHED, run.message
    world = Result.objects.get(run=run, code="BW")
    assert world.net_revenue == 4 * 899 - 100 + 399
    assert Position.objects.get(result=world).box


def test_every_command_it_names_exists():
    for name in re.findall(r"manage\.py (\w+)", README):
        assert name in get_commands(), name


def test_every_path_it_names_exists():
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    layout = re.findall(r"^(\w+)/ ", README.split("## Where things are")[1], re.MULTILINE)
    for path in [*linked, *layout]:
        assert (ROOT / path).exists(), path


def test_every_variable_it_names_is_read_by_the_settings():
    settings = (ROOT / "kam_portal" / "settings.py").read_text()
    table = README.split("| variable |")[1].split("Each is also read")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    names = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert len(names) >= 12
    for name in names:
        assert f'"{name}"' in settings, name
