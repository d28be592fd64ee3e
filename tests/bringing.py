"""Import files made of a few lines, and what the ledger then holds."""

import gzip
from pathlib import Path
from textwrap import dedent

from accounts.models import Import
from kam_portal.imports import import_files


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    data = dedent(text).lstrip("\n").encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def bring(folder: Path, kind: str, text: str, **options) -> Import:
    """Import one file of that kind, whatever becomes of it."""
    ending = "yaml" if kind in ("cost_model", "criteria") else "csv"
    (record,) = import_files([file(folder, f"{kind}.{ending}", text)], **options)
    return record


def counts(record: Import) -> tuple[int, int, int, int]:
    """Added, changed, unchanged, refused."""
    return record.added, record.changed, record.unchanged, record.refused


def problems(record: Import) -> list[tuple[int, str, str]]:
    """(line, column, value) of each problem; the reason is read where it matters."""
    return [(each["line"], each["column"], each["value"]) for each in record.problems]
