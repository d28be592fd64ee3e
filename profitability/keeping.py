"""Figures that follow from published runs, kept in files for as long as they are asked for: a published run never
changes, so a file stays right; one that is gone is made again. numpy is loaded only where a file is read or written."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import time
from typing import Any

from django.core.files.storage import default_storage

from profitability.models import Run

ALIVE_SECONDS = 60  # whoever works on a file says so more often


def identity(run: Run) -> str:
    """The run and what it found, as part of a file's name."""
    return f"{run.pk}-{run.attempts}-{run.result_hash[:16]}"


def place(folder: str, *names: str) -> Path:
    return Path(default_storage.path(folder), f"{'_'.join(names)}.npz")


def read(path: Path) -> dict[str, Any] | None:
    """The arrays of a file; None where there is none (yet, or any more)."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as found:
            arrays = dict(found)
        os.utime(path)  # still in use
    except FileNotFoundError:
        return None
    return arrays


def write(path: Path, **arrays: Any) -> None:
    """Keep arrays, all at once: a reader sees no half of a file."""
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, **arrays)
    Path(file.name).replace(path)
    marker(path).unlink(missing_ok=True)


def tidy(folder: str, most: int) -> None:
    """Only the files that were read or written last stay."""
    listed = [(path.stat().st_mtime, path) for path in Path(default_storage.path(folder)).glob("*.npz")]
    for _instant, path in sorted(listed, reverse=True)[most:]:
        path.unlink(missing_ok=True)


# How far a worker is: beside the file, because the cache of a single machine is each process's own


def marker(path: Path) -> Path:
    return path.with_suffix(".progress")


def tell(path: Path, done: int, total: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    marker(path).write_text(f"{done} {total}")


def progress(path: Path) -> tuple[int, int] | None:
    """How much of how much is done; None when nobody works on the file."""
    try:
        if time() - marker(path).stat().st_mtime > ALIVE_SECONDS:
            return None
        done, total = marker(path).read_text().split()
    except (FileNotFoundError, ValueError):  # ended, or just being written
        return None
    return int(done), int(total)
