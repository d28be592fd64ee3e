"""A list as a file: exactly the filter and the columns of the page."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from django.http import FileResponse
from django.utils import timezone

from accounts.tables.writing import write

CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(ending: str, name: str, columns: dict[str, Callable], rows: Iterable) -> FileResponse:
    """The rows as CSV or XLSX; `columns` maps a head to how its cell is found."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.{ending}")
        listed = rows.iterator(2000) if hasattr(rows, "iterator") else rows
        write(path, list(columns), ([cell(row) for cell in columns.values()] for row in listed))
        content = path.open("rb")  # stays readable when the folder is gone
    file_name = f"{name}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return FileResponse(content, as_attachment=True, filename=file_name, content_type=CONTENT_TYPES[ending])
