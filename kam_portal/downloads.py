"""A list as a file: exactly the filter and the columns of the page."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.http import FileResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.tables.writing import SheetOf, write, write_workbook

CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST = 120  # letters of a file name before its day


def download(
    ending: str, name: str, columns: dict[str, Callable], rows: Iterable, run=None, said: Iterable = ()
) -> FileResponse:
    """The rows as CSV or XLSX; `columns` maps a head to how its cell is found. The file's name tells the run with its
    window, and what is `said` of the rows: filters in use, a method."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"table.{ending}")
        listed = rows.iterator(2000) if hasattr(rows, "iterator") else rows
        cells = ([cell(row) for cell in columns.values()] for row in listed)
        write(path, list(columns), cells, sheet=name)
        return sent(path, ending, name_of(name, run, said))


def download_workbook(tables: Iterable[SheetOf], name: str, run=None, said: Iterable = ()) -> FileResponse:
    """Several tables as one workbook; its name as above."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tables.xlsx")
        write_workbook(path, tables)
        return sent(path, "xlsx", name_of(name, run, said))


def sent(path: Path, ending: str, name: str) -> FileResponse:
    """The file under its name and the day; it stays readable when its folder is gone."""
    named = f"{name}-{timezone.localdate():%Y-%m-%d}.{ending}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=named, content_type=CONTENT_TYPES[ending])


def name_of(name: str, run, said: Iterable) -> str:
    window = [f"run-{run.pk}", f"{run.month_from}-{run.month_to}"] if run else []
    return "-".join([name, *window, *(slugify(str(each)) for each in said)])[:LONGEST].rstrip("-")


def in_currency() -> dict[str, Callable]:
    """The column that says which currency the amounts of a row are in."""
    return {_("Currency"): lambda _row: settings.CURRENCY}
