"""Steps between the measurements: an empty database, and what has to be in it. Not measured."""

from pathlib import Path

from django.core.management import call_command

from accounts.models import Import
from benchmarks.ledger import FIRST, LAST

MASTER = ("teams.csv", "users.csv", "accounts.csv", "products.csv", "cost_model.yaml", "criteria.yaml")
EVIDENCE = ("activity_events.csv", "resource_costs.csv", "ratings.csv")


def empty(files: Path) -> None:
    """A database with the tables and nothing in them."""
    call_command("migrate", verbosity=0)


def master_data(files: Path) -> None:
    """What order lines refer to."""
    empty(files)
    load(files, MASTER)


def evidence(files: Path) -> None:
    """What a run needs beside order lines."""
    load(files, EVIDENCE)


def portfolio(files: Path) -> None:
    """Everything of a ledger, a published run, and key account plans of the largest accounts."""
    from benchmarks.plans import plans
    from kam_portal.recompute import recompute

    empty(files)
    load(files, (*MASTER, "order_lines.csv", *EVIDENCE))
    run = recompute(FIRST, LAST)
    assert run.state == "published", run.message
    plans()


def load(files: Path, names: tuple[str, ...]) -> None:
    from kam_portal.imports import import_files

    for record in import_files(files / name for name in names):
        assert record.state == Import.State.DONE, (record.file_name, record.message, record.problems[:3])
