"""Empty files to fill in: the right columns of a kind, and how each is filled in where the format has room for it."""

import io
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.tables import Schema
from accounts.tables.schema import Column, Type
from accounts.tables.writing import csv_lines

EXAMPLES = Path(__file__).parent / "examples"
SAMPLES = {  # a cell of each type, where the column has no own example
    Type.TEXT: "Example",
    Type.CODE: "A-1001",
    Type.EMAIL: "name@example.com",
    Type.AMOUNT: "1250.50",
    Type.NUMBER: "3",
    Type.SCORE: "7.5",
    Type.INTEGER: "1",
    Type.DATE: "2026-03-31",
    Type.MONTH: "2026-03",
    Type.FLAG: "0",
}
MEANINGS = {
    Type.TEXT: _("text"),
    Type.CODE: _("code, as it stands: 007 stays 007"),
    Type.EMAIL: _("e-mail"),
    Type.AMOUNT: _("amount of money"),
    Type.NUMBER: _("number"),
    Type.SCORE: _("number"),
    Type.INTEGER: _("whole number"),
    Type.DATE: _("date, year-month-day"),
    Type.MONTH: _("month, year-month"),
    Type.FLAG: _("1 or 0"),
}


def meaning(column: Column) -> str:
    """What goes into a column, in a few words."""
    words = str(MEANINGS[column.type])
    if column.choices:
        words = _("one of %s") % ", ".join(column.choices)
    elif column.minimum is not None and column.maximum is not None and column.maximum < 1_000:
        words += f" {column.minimum}–{column.maximum}"
    elif column.minimum == 0:
        words += " " + str(_("≥ 0"))
    return words


def example(column: Column) -> str:
    return column.choices[0] if column.choices else SAMPLES[column.type]


def blank_csv(schema: Schema) -> bytes:
    """The line of column names; CSV has no comments, so nothing else."""
    return "".join(csv_lines(list(schema.by_name), [])).encode()


def blank_xlsx(schema: Schema) -> bytes:
    """A sheet of column names to fill in, and one that says what goes where, with an example row."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(schema.kind)
        sheet.write_row(0, 0, list(schema.by_name), bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(schema.columns), 18)
        _explain(book.add_worksheet(str(_("How to fill in"))), schema, bold)
    return content.getvalue()


def _explain(sheet, schema: Schema, bold) -> None:
    sheet.write_row(0, 0, [str(word) for word in (_("Column"), _("Required"), _("What goes in"), _("Example"))], bold)
    for row, column in enumerate(schema.columns, start=1):
        required = str(_("required")) if column.required else ""
        for place, text in enumerate((column.name, required, meaning(column), example(column))):
            sheet.write_string(row, place, text)
    sheet.set_column(0, 3, 26)
    sheet.freeze_panes(1, 0)


def blank_yaml(kind: str) -> bytes:
    """A small document of that kind, with comments."""
    return (EXAMPLES / f"{kind}.yaml").read_bytes()
