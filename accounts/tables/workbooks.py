"""Several tables as one workbook."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from .writing import Rows, Sheet, is_number

Table = tuple[str, Sequence[str], Rows]  # the name of its sheet, heads, rows


def write_workbook(path: Path, tables: Iterable[Table]) -> None:
    """A sheet for each table, in their order."""
    import xlsxwriter  # here, because few who read tables write workbooks

    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, **as_text}) as book:
        for name, columns, rows in tables:
            listed = list(rows)
            sheet = Sheet(path, book, name)
            sheet.heads(columns, {place for row in listed for place, value in enumerate(row) if is_number(value)})
            for number, row in enumerate(listed, start=1):
                sheet.row(number, row)
            sheet.set_up(len(listed))
