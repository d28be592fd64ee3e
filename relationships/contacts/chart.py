"""The organisation chart: a band for each level, the board at the top, theirs at the left and ours at the right."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from relationships.contacts.mapping import ContactMap, Line, Row
from relationships.contacts.words import level_name
from relationships.core.contact_map import LEVELS


@dataclass(frozen=True)
class Ours:
    """One of us, with those of them to whom he or she answers, or whom he or she met."""

    user: User
    lines: list[Line]

    @property
    def is_idle(self) -> bool:
        """May become a counterpart, and is none of anybody here."""
        return not self.lines

    @property
    def answers_to(self) -> int:
        """So many of them; who only met some is a counterpart of nobody."""
        return sum(bool(line.kinds) for line in self.lines)


@dataclass(frozen=True)
class Band:
    """One level of both sides."""

    level: int | None
    name: str
    rows: list[Row]
    ours: list[Ours]

    @property
    def gaps(self) -> list[Row]:
        return [row for row in self.rows if row.is_gap]

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.ours)


def bands(found: ContactMap, others: Iterable[User] = ()) -> list[Band]:
    """Every level, also those on which nobody is known; that of people without a level last, where there are any."""
    users = {user.pk: user for user in (*found.colleagues, *others)}
    ours = [Ours(user, [line for line in found.lines if line.user.pk == user.pk]) for user in users.values()]
    ours.sort(key=lambda each: (each.is_idle, -each.answers_to, each.user.name))
    listed = [*LEVELS, *([None] if any(row.contact.level is None for row in found.rows) else [])]
    return [
        Band(
            level,
            level_name(level),
            [row for row in found.rows if row.contact.level == level],
            [each for each in ours if each.user.level == level],
        )
        for level in listed
    ]


def drawn(found: ContactMap) -> list[dict]:
    """The lines of the chart, for the script that draws them."""
    lines = [
        {"from": f"person-{line.contact}", "to": f"ours-{line.user.pk}", "kind": line.strength, "touches": line.touches}
        for line in found.lines
        if line.kinds
    ]
    bosses = [
        {"from": f"person-{row.contact.pk}", "to": f"person-{row.reports_to.pk}", "kind": "boss"}
        for row in found.rows
        if row.reports_to
    ]
    return [*bosses, *lines]
