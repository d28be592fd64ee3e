"""The one reader every import uses: a file becomes batches of typed columns, and problems with their lines.

It knows no kind of file and no model: a kind is a Schema passed in. `read` opens a file, `Table.batches` gives its
rows, `write` is the way out.
"""

from .amounts import multiply
from .files import expand, kind_of
from .mapping import Mapping
from .problems import Problem, Unusable
from .reading import Counts, Table, read
from .schema import Column, Schema, Type
from .sieve import Batch
from .writing import write

__all__ = [
    "Batch",
    "Column",
    "Counts",
    "Mapping",
    "Problem",
    "Schema",
    "Table",
    "Type",
    "Unusable",
    "expand",
    "kind_of",
    "multiply",
    "read",
    "write",
]
