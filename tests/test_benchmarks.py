import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import Figure
from benchmarks.budgets import ROWS

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.servers
def test_a_tiny_run_measures_every_row_on_both_databases(tmp_path):
    tiny = {
        "LINES": "2000",
        "PORTFOLIO": "700",
        "DATABASES": "sqlite,postgres",
        "RESULTS": str(tmp_path / "results.json"),
    }

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"], cwd=ROOT, env=os.environ | tiny, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "results.json").read_text())["figures"]
    expected = [(row.name, kind) for kind in ("sqlite", "postgres") for row in ROWS if kind in row.only]
    assert [(figure["row"], figure["database"]) for figure in figures] == expected
    assert all(figure["seconds"] > 0 and figure["baseline"] > 0 for figure in figures)
    for name, kind in expected:
        assert any(line.startswith(name) and f" {kind} " in line for line in done.stdout.splitlines())


def test_a_figure_is_over_its_budget_by_time_or_by_memory():
    row = replace(ROWS[0], budget=2, allowance=1, memory_mb=100)
    figure = Figure(row, "sqlite", seconds=5.0, baseline=2.0, peak_mb=100, note="")

    assert figure.is_within
    assert not replace(figure, seconds=5.1).is_within
    assert not replace(figure, peak_mb=101).is_within
