"""One line of the day: what it is about, whose, since when, and what can be done with it in place."""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, User

DONE, SNOOZE, REASSIGN, MOVE, PLAN, ANSWER = "done", "snooze", "reassign", "move", "plan", "answer"
ALL_ACTS = frozenset({DONE, SNOOZE, REASSIGN})


class Urgency(IntEnum):
    """The order of the day."""

    LATE = 0
    TODAY = 1
    WAITS = 2  # somebody waits for this person
    CONCERN = 3  # a signal
    SAID = 4
    SOON = 5  # not today yet


TONES = {Urgency.LATE: "late", Urgency.TODAY: "now"}


@dataclass(frozen=True)
class Line:
    """`key` names the row behind it: “action:12”; `seen` is how it was when the page was made, to act on that alone."""

    key: str
    urgency: Urgency
    tag: str
    text: str
    url: str
    account: Account | None = None
    day: date | None = None  # it is due, or is so since
    when: str = ""  # the day in words
    seen: str = ""
    weight: int = 0  # among those of the same urgency and day, the largest first
    acts: frozenset[str] = frozenset()
    people: tuple[User, ...] = field(default=())
    asks: str = ""  # what is proposed to be done about it
    brief: bool = False  # a meeting, which one prepares

    @property
    def id(self) -> str:
        return self.key.replace(":", "-")

    @property
    def tone(self) -> str:
        return TONES.get(self.urgency, "")

    @property
    def order(self) -> tuple:
        return (self.urgency, -self.weight, self.day or date.max, self.key)


def due_words(day: date, today: date) -> str:
    """“3 days late”, “today”, “tomorrow”, else the day."""
    days = (day - today).days
    if days < 0:
        return ngettext("%(count)s day late", "%(count)s days late", -days) % {"count": -days}
    if days <= 1:
        return _("tomorrow") if days else _("today")
    return date_format(day, "D j M")


def urgency_of(day: date | None, today: date) -> Urgency:
    if day is not None and day < today:
        return Urgency.LATE
    return Urgency.TODAY if day is None or day == today else Urgency.SOON
