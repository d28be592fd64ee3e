"""Who told us what a rating of the buyer's view rests on, and when: the first line of its evidence, so that it goes
wherever the evidence goes."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.versions import NotPossible

LONGEST_NAME = 200
LINE = re.compile(r"Told by (?P<name>[^\n]*?)(?: on (?P<day>\d{4}-\d\d-\d\d))?\.(?:\n|\Z)")


@dataclass(frozen=True)
class Source:
    """A person at the buyer's, and the day as YYYY-MM-DD; either may be unknown."""

    name: str
    day: str = ""


def parted(evidence: str) -> tuple[Source | None, str]:
    """Who said it, and the rest of the evidence."""
    found = LINE.match(evidence)
    if found is None:
        return None, evidence
    return Source(found["name"], found["day"] or ""), evidence[found.end() :]


def joined(name: str, day: str, rest: str) -> str:
    """The evidence that `parted` takes apart again."""
    if not name:
        return rest
    line = f"Told by {name}" + (f" on {day}" if day else "") + "."
    return f"{line}\n{rest}" if rest else line


def day_in(text: str, today: date) -> str:
    """A day that has been, or nothing. Raises NotPossible."""
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotPossible(_("A day such as 2026-03-31.")) from None
    if day > today:
        raise NotPossible(_("That day is still to come."))
    return day.isoformat()


def name_in(text: str) -> str:
    """One line. Raises NotPossible."""
    if len(text) > LONGEST_NAME:
        raise NotPossible(_("At most 200 characters."))
    return " ".join(text.split())
