"""The same inputs give the same fingerprint and the same result on every database."""

import json
import subprocess
import sys

import pytest

from kam_portal.recompute import recompute
from profitability.models import Run
from tests.ledger import imported
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL
from tests.relationships.test_movements import CRITERIA
from tests.servers import ROOT, product_environment

USERS = """
email              name   role
rater@example.com  Rater  finance
"""
RATINGS = """
account_code  criterion  score  rater_email        rated_on
A             prestige   8      rater@example.com  2026-01-10
A             trust      4      rater@example.com  2026-01-10
A             price      6.5    rater@example.com  2026-01-10
B             prestige   3      rater@example.com  2026-01-10
B             trust      9      rater@example.com  2026-01-10
"""
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_ledger_gives_the_same_hashes_on_postgresql_and_on_sqlite(tmp_path):
    imported(
        tmp_path / "in",
        accounts=ACCOUNTS,
        order_lines=LINES,
        activity_events=EVENTS,
        resource_costs=COSTS,
        cost_model=MODEL,
        users=USERS,
        criteria=CRITERIA,
        ratings=RATINGS,
    )
    here = recompute(202601, 202602)
    assert here.state == Run.State.PUBLISHED, here.message
    assert here.positions.filter(stability__isnull=False, nearest_move__isnull=False).exists()

    environment = product_environment(VAR_DIR=str(tmp_path / "var"))
    environment.pop("DATABASE_URL", None)

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("migrate", "--verbosity=0")
    manage("import_data", str(tmp_path / "in"))
    there = json.loads(manage("recompute", "--from", "2026-01", "--to", "2026-02", "--json"))

    assert there["input_fingerprint"] == here.input_fingerprint
    assert there["result_hash"] == here.result_hash
