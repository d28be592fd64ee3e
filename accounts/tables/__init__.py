"""The one reader every import uses: a file becomes typed columns, and problems with their lines.

It knows no kind of file and no model: a kind is a Schema passed in. `read` opens a file, `Table.batches`
gives its rows, `write` is the way out. Names are loaded when first asked for: pyarrow is heavy, and what
a web process needs (Schema, Mapping, write to CSV and XLSX) does without.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Batch": "sieve",
    "Column": "schema",
    "Counts": "reading",
    "Mapping": "mapping",
    "Problem": "problems",
    "Schema": "schema",
    "Table": "reading",
    "Type": "schema",
    "Unusable": "problems",
    "csv_lines": "writing",
    "expand": "files",
    "kind_of": "files",
    "multiply": "amounts",
    "ndjson_lines": "writing",
    "read": "reading",
    "write": "writing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
