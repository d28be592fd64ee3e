"""What a pack is made of, whoever draws it: pages of figures, tables, charts and words. No database, no markup."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

# Kinds of values: how a cell is written and, in a workbook, stored
TEXT, MONEY, SHARE, SCORE, NUMBER, DAY = "text", "money", "share", "score", "number", "day"
Value = str | Decimal | int | float | date | None


@dataclass(frozen=True)
class Column:
    """One column of a table. `weight`: how much of the width it takes beside the others."""

    label: str
    kind: str = TEXT
    weight: int = 2

    @property
    def is_number(self) -> bool:
        return self.kind in {MONEY, SHARE, SCORE, NUMBER}


@dataclass(frozen=True)
class Cell:
    """A value that is of another kind than its column, such as 12 % among amounts."""

    value: Value
    kind: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value | Cell]]
    empty: str = ""  # what stands there without rows
    totals: frozenset[int] = frozenset()  # rows that sum up


@dataclass(frozen=True)
class Figure:
    label: str
    value: Value
    kind: str = MONEY
    note: str = ""


@dataclass(frozen=True)
class Figures:
    """At most four headline figures."""

    items: Sequence[Figure]
    title: str = ""


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: a total from zero, or what is taken off the one before."""

    label: str
    amount: Decimal
    is_total: bool = False


@dataclass(frozen=True)
class Waterfall:
    title: str
    steps: Sequence[Step]


@dataclass(frozen=True)
class Trend:
    """Lines over months; None leaves a gap."""

    title: str
    months: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]


NOW, BEFORE, EXPECTED = "now", "before", "expected"


@dataclass(frozen=True)
class Bubble:
    """One place in the plane; `size` in money."""

    label: str
    x: float
    y: float
    size: float
    role: str = NOW


@dataclass(frozen=True)
class Plane:
    """The matrix of one account through time: axes of 0…10 with their cuts, quadrants by name."""

    title: str
    x_label: str
    y_label: str
    cut_x: float
    cut_y: float
    corners: Sequence[str]  # high weak, high strong, low weak, low strong
    bubbles: Sequence[Bubble]
    strong_left: bool = False


@dataclass(frozen=True)
class Span:
    """A stretch of time, or a day where both ends are the same."""

    label: str
    from_on: date
    until_on: date
    state: str = ""  # done, late or nothing


@dataclass(frozen=True)
class Lane:
    label: str
    spans: Sequence[Span]


@dataclass(frozen=True)
class Timeline:
    title: str
    from_on: date
    until_on: date
    today: date
    lanes: Sequence[Lane]


@dataclass(frozen=True)
class Words:
    title: str
    lines: Sequence[str]


Block = Table | Figures | Waterfall | Trend | Plane | Timeline | Words


@dataclass(frozen=True)
class Page:
    """One subject: a page on paper, one slide or more. Blocks of a pair stand beside each other."""

    code: str
    title: str
    blocks: Sequence[Block | tuple[Block, Block]]
    lead: str = ""
    subject: str = ""  # where the title is a finding: in a word or two

    @property
    def name(self) -> str:
        return self.subject or self.title


@dataclass(frozen=True)
class Deck:
    """A whole pack. `mark` says for whom it is; `run` which figures it shows."""

    account: str
    title: str
    mark: str
    is_for_customer: bool
    run: str
    window: str
    as_of: str
    made_on: date
    currency: str
    pages: Sequence[Page]
    facts: Sequence[tuple[str, str]] = ()
    definitions: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def whose(self) -> str:
        """For whom it is and of which account, each said once."""
        return self.mark if self.account in self.mark else f"{self.mark} · {self.account}"

    @property
    def source(self) -> str:
        """Where the figures come from, in one line."""
        return " · ".join(part for part in (self.run, self.window, self.as_of, self.currency) if part)


def flat(page: Page) -> list[Block]:
    """The blocks of a page, one after the other."""
    return [block for each in page.blocks for block in (each if isinstance(each, tuple) else (each,))]


def is_filled(page: Page) -> bool:
    """Whether there is anything in it beside its title."""
    return any(type(block) not in HOLD or getattr(block, HOLD[type(block)]) for block in flat(page))


HOLD = {Timeline: "lanes", Words: "lines", Table: "rows"}  # blocks that may be empty
