"""What can be wrong with a file: one cell or row (a Problem), or the file as a whole (Unusable)."""

from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path

LISTED = 1_000
SHOWN = 120


class Unusable(Exception):
    """The file cannot be read as what it should be: nothing in it can be trusted."""

    def __init__(self, file: Path | str, sentence: str):
        self.file = Path(file).name
        self.sentence = sentence
        super().__init__(f"{self.file}: {sentence}")


@dataclass(frozen=True)
class Problem:
    """One refused cell (or row, when column is empty), in the words of the file: its lines and headers."""

    file: str
    line: int
    column: str
    value: str
    reason: str

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        where += f", column {self.column}" if self.column else ""
        return f"{where}: {shown(self.value)} {self.reason}" if self.value else f"{where}: {self.reason}"


@dataclass(frozen=True)
class Finding:
    """A problem whose line is not looked up yet: `row` counts the rows that were handed out, from 0."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Findings:
    """The first findings in full, and the number of all: a bad file of a million rows stays readable."""

    listed: list[Finding] = field(default_factory=list)
    total: int = 0

    @property
    def room(self) -> int:
        return LISTED - len(self.listed)

    def add(self, row: int, column: str, value: str, reason: str) -> None:
        self.count(1)
        if self.room > 0:
            self.listed.append(Finding(row, column, shortened(value), reason))

    def count(self, more: int) -> None:
        """Findings that are counted without being listed."""
        self.total += more


def shown(value: str) -> str:
    """A value in quotes for a sentence, shortened, with invisible characters made visible."""
    visible = (mark if mark.isprintable() else ascii(mark)[1:-1] for mark in shortened(value))
    return "“" + "".join(visible) + "”"


def shortened(value: str) -> str:
    """A value as far as a person will read it."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def did_you_mean(name: str, known: list[str]) -> str:
    """' Did you mean “code”?', or nothing when no known name is near."""
    lower = {other.lower(): other for other in known}
    near = get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)
    return f" Did you mean “{lower[near[0]]}”?" if near else ""


def listing(names: list[str], most: int = 20) -> str:
    """Names for a sentence, with the number of those left out."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(name if name else "(no name)" for name in names[:most]) or "nothing") + rest
