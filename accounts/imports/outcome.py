"""What the import of one file came to."""

from dataclasses import dataclass, field

from accounts.tables import Problem

from .master import Changes


class TotalsDiffer(Exception):
    """The ledger does not hold what the file states: nothing of it may stay."""


@dataclass
class Outcome:
    """How many rows were new, other than stored, or as stored; what the reader of the report should know.

    `totals` are control totals by name as text decimals: of the file, and of the same rows in the ledger.
    `problems` and `refused` are of documents; a table keeps its own.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: dict[str, dict[str, str]] = field(default_factory=dict)

    def count(self, added: int = 0, changed: int = 0, unchanged: int = 0) -> None:
        self.added += added
        self.changed += changed
        self.unchanged += unchanged

    def count_all(self, changes: Changes) -> None:
        self.count(len(changes.added), len(changes.changed), len(changes.unchanged))
