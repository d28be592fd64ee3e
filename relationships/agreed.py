"""Actions agreed at a meeting on their way from its note into the list: proposed, looked at, then kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dateparse import parse_date

from relationships.core.promises import promises

US, THEM = "us", "them"  # begins the name of an owner: us-3 is a person of ours, them-4 a contact
MOST = 50


@dataclass(frozen=True)
class Agreed:
    """One action, as the note says it, with what was chosen beside it."""

    text: str
    owner: str
    due_on: date | None = None
    is_kept: bool = True
    due_text: str = ""  # what was typed, where it is no day

    @property
    def due(self) -> str:
        return self.due_on.isoformat() if self.due_on else self.due_text


def proposed(note: str, sent: Sequence[Agreed], owner: str, today: date) -> list[Agreed]:
    """The actions of the note: those that were looked at as they were left, new ones as the words say."""
    known = {each.text: each for each in sent}
    found = promises(note, today)[:MOST]
    return [known.get(each.text) or Agreed(each.text, owner, each.due_on) for each in found]


def is_looked_at(listed: Sequence[Agreed], sent: Sequence[Agreed]) -> bool:
    """Whether somebody saw all of them before saving."""
    return {each.text for each in listed} <= {each.text for each in sent}


def sent_in(data) -> list[Agreed]:
    """What a form sends: rows of text, owner and day; the texts of those to be kept."""
    kept = set(data.getlist("action_kept"))
    rows = zip(data.getlist("action_text"), data.getlist("action_owner"), data.getlist("action_due"), strict=False)
    return [row(text, owner, due, text in kept) for text, owner, due in rows][:MOST]


def row(text: str, owner: str, due: str, is_kept: bool) -> Agreed:
    try:
        day = parse_date(due) if due else None
    except ValueError:
        day = None
    return Agreed(text, owner, day, is_kept, "" if day else due)
