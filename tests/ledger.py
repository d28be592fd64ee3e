"""A ledger from tables as one reads them: written as import files and imported through the importer."""

import csv
import json
from pathlib import Path

import yaml

from accounts.models import Import
from kam_portal.imports import import_files


def rows_of(table: str) -> list[list[str]]:
    """A table whose columns are parted by blanks; `-` is an empty cell, `_` inside a cell a blank."""
    lines = [line.split() for line in table.strip().splitlines()]
    return [["" if cell == "-" else cell for cell in line] for line in lines]


def written(folder: Path, name: str, table: str) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows_of(table))
    return path


def imported(folder: Path, cost_model: dict | None = None, criteria: dict | None = None, **tables: str) -> list[Import]:
    """Import the tables by kind, and the documents; every row must go in."""
    folder.mkdir(exist_ok=True)
    paths = [written(folder, kind, table) for kind, table in tables.items()]
    for kind, document in (("cost_model", cost_model), ("criteria", criteria)):
        if document is not None:
            paths.append(folder / f"{kind}.yaml")
            paths[-1].write_text(yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False))
    done = import_files(paths)
    assert [record.state for record in done] == [Import.State.DONE] * len(done), [
        (record.file_name, record.message, record.problems) for record in done
    ]
    return done
