"""What people do with signals: be done with one, put it off, make it an action, take that back."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, may
from relationships import doing
from relationships.models import Action, Signal

LONGEST = 300  # of an answer
SNOOZES = (7, 14, 30)  # days
LATEST = timedelta(days=366)
DUE_AFTER = timedelta(days=7)  # proposed for an action


@dataclass(frozen=True)
class Answer:
    """The signal as it is now, and why nothing was changed, if so: in a sentence for the person."""

    signal: Signal
    problem: str = ""

    @property
    def is_done(self) -> bool:
        return not self.problem


def may_act(user: User, signal: Signal) -> bool:
    """On a signal in sight: whoever edits plans or steers the programme; of the whole portfolio only the latter."""
    if may(user, Permission.STEER_PROGRAMME):
        return True
    return signal.account_id is not None and may(user, Permission.EDIT_PLANS)


def may_give_action(user: User, signal: Signal) -> bool:
    return signal.account_id is not None and may_act(user, signal) and may(user, Permission.LOG_TOUCHPOINTS)


def done(user: User, signal: Signal, answer: str, today: date) -> Answer:
    """Somebody has dealt with it; what was done is kept with it."""
    answer = answer.strip()
    if len(answer) > LONGEST:
        return Answer(signal, _("At most 300 characters."))
    return _change(
        user, signal, Signal.State.OPEN, state=Signal.State.DONE, ended_on=today, ended_by=user, answer=answer,
        snoozed_until=None,
    )  # fmt: skip


def snooze(user: User, signal: Signal, until: date | None, today: date) -> Answer:
    """Put it off until that day; None shows it again."""
    if until is not None and not today < until <= today + LATEST:
        return Answer(signal, _("Choose a day after today, at most a year ahead."))
    return _change(user, signal, Signal.State.OPEN, snoozed_until=until)


def reopen(user: User, signal: Signal) -> Answer:
    """Take back that it was dealt with."""
    try:
        with transaction.atomic():
            return _change(
                user, signal, Signal.State.DONE, state=Signal.State.OPEN, ended_on=None, ended_by=None, answer=""
            )
    except IntegrityError:
        signal.refresh_from_db()
        return Answer(signal, _("A newer signal of the same cause is open."))


def give_action(
    user: User, signal: Signal, text: str, owner: User | None, due_on: date | None, today: date
) -> Answer:  # fmt: skip
    """Have something done about it: an action of the account, and with that the signal is dealt with."""
    if not may_give_action(user, signal):
        return Answer(signal, _("You may not make it an action."))
    with transaction.atomic():
        made = doing.add(user, signal.account, text, owner, due_on=due_on, plan=signal.plan)
        if not made.is_done:
            return Answer(signal, made.problem)
        answer = done(user, signal, answered(made.action), today)
        if not answer.is_done:
            transaction.set_rollback(True)
        return answer


def answered(action: Action) -> str:
    if action.due_on is None:
        return _("Action: %(text)s") % {"text": action.text[: LONGEST - 40]}
    words = {"text": action.text[: LONGEST - 60], "day": date_format(action.due_on, "j M Y")}
    return _("Action until %(day)s: %(text)s") % words


def _change(user: User, signal: Signal, was: str, **fields) -> Answer:
    """Set these fields of a signal that still is in that state."""
    if not may_act(user, signal):
        return Answer(signal, _("You may not change this signal."))
    found = Signal.objects.filter(pk=signal.pk, state=was).update(**fields)
    signal.refresh_from_db()
    return Answer(signal, "" if found else _("Somebody was faster, or it is no longer so. This is how it is now."))
