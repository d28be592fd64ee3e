"""Rules of a map as people write them into a form: one a line, “our column: what”."""

import csv
import io
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.tables import Schema
from accounts.tables.problems import did_you_mean


def pairs(text: str, schema: Schema) -> dict[str, str]:
    """“column: text” line by line. Raises ValidationError in words."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not value:
            raise ValidationError(_("“%s” is not written as “column: text”.") % line)
        if name in found:
            raise ValidationError(_("“%s” is there twice.") % name)
        found[known(name, schema)] = value
    return found


def known(name: str, schema: Schema) -> str:
    """The name, if the kind has such a column."""
    if not schema.column(name):
        raise ValidationError(_("“%s” is none of our columns.") % name + did_you_mean(name, list(schema.by_name)))
    return name


def lists(text: str, schema: Schema) -> dict[str, list[str]]:
    """“column: text, text” line by line; a text with a comma stands in quotes."""
    return {name: cells(value) for name, value in pairs(text, schema).items()}


def cells(text: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([text], skipinitialspace=True), []) if cell.strip()]


def names(text: str, schema: Schema) -> list[str]:
    """Our columns, parted by commas."""
    return [known(name, schema) for name in cells(text)]


def written_pairs(rules: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in rules.items())


def written_lists(rules: dict[str, list[str]]) -> str:
    return written_pairs({name: written_cells(values) for name, values in rules.items()})


def written_cells(values: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue().replace(",", ", ") if '"' not in line.getvalue() else line.getvalue()
