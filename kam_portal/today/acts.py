"""What is done about a line of the day in place, and how it is taken back.

An act names its row (“action:12”), what to do, and how the row was when it was seen: whoever was faster wins, and the
other one is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.versions import NotPossible
from kam_portal.today.lines import MOVE, PLAN
from kam_portal.today.reviews import ASKED
from profitability.queries import published_run
from relationships import doing, notices
from relationships.models import Action, Notice, Plan, PlanVersion, Review, Signal
from relationships.plans import lifecycle
from relationships.plans.readers import may_edit
from relationships.reviews import meeting, planning
from relationships.signals import acting, kinds

REOPEN, WAKE, MOVE_BACK, UNPLAN = "reopen", "wake", "move_back", "unplan"


@dataclass(frozen=True)
class Act:
    """What somebody wants: `value` is the day, the person or the state that goes with it."""

    key: str
    do: str
    seen: str = ""
    value: str = ""

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def number(self) -> int:
        return whole(self.key.partition(":")[2])

    @property
    def revision(self) -> int:
        return whole(self.seen)


@dataclass(frozen=True)
class Outcome:
    """What became of it, in a sentence, and the act that takes it back."""

    text: str
    back: Act | None = None
    is_problem: bool = False
    is_back: bool = False  # it took something back: the way back from it is to do it again


def whole(text: str) -> int:
    """A number from a form; −1, which nothing has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else -1


def problem(text: str) -> Outcome:
    return Outcome(text, is_problem=True)


def gone() -> Outcome:
    return problem(_("It is not there any more."))


def perform(user, act: Act, now: datetime, today: date) -> Outcome:
    """Do it, if the person may and the row still is as it was seen."""
    if act.kind == "action":
        return on_action(user, act, today)
    if act.kind == "signal":
        return on_signal(user, act, today)
    if act.kind == "review":
        return on_review(user, act, today)
    if act.kind == "version":
        return on_version(user, act, now)
    if act.kind.startswith(ASKED):
        return on_asked(user, act, today)
    return on_notice(user, act, now) if act.kind == "notice" else gone()


# Actions


def on_action(user, act: Act, today: date) -> Outcome:
    rows = Action.objects.visible_to(user).select_related("account", "plan", "owner")
    action, does = rows.filter(pk=act.number).first(), ON_ACTION.get(act.do)
    if action is None or does is None:
        return gone()
    return does(user, action, act, today)


def told(answer: doing.Answer, text: str, back: str, value: str = "") -> Outcome:
    if answer.problem:
        return problem(answer.problem)
    action = answer.action
    return Outcome(text, Act(f"action:{action.pk}", back, str(action.revision), value))


def done(user, action: Action, act: Act, today: date) -> Outcome:
    before = action.state
    return told(doing.done(user, action, act.revision, today), _("Done: %s") % action.text, REOPEN, before)


def reopen(user, action: Action, act: Act, today: date) -> Outcome:
    return told(doing.reopen(user, action, act.revision, act.value), _("Open again: %s") % action.text, "done")


def snooze(user, action: Action, act: Act, today: date) -> Outcome:
    until = day_of(act.value, today)
    answer = doing.snooze(user, action, act.revision, until, today)
    return told(answer, until_words(action.text, until), WAKE)


def wake(user, action: Action, act: Act, today: date) -> Outcome:
    tomorrow = today + timedelta(days=1)
    answer = doing.wake(user, action, act.revision, today)
    return told(answer, _("Back for today: %s") % action.text, "snooze", tomorrow.isoformat())


def reassign(user, action: Action, act: Act, today: date) -> Outcome:
    before = action.owner_id or ""
    owner = User.objects.filter(pk=whole(act.value)).first()
    if act.value and owner is None:
        return problem(_("Choose somebody of the account’s team."))
    answer = doing.reassign(user, action, act.revision, owner)
    words = {"text": action.text, "name": owner or _("nobody")}
    return told(answer, _("Handed to %(name)s: %(text)s") % words, "reassign", str(before))


ON_ACTION: dict[str, Callable] = {
    "done": done,
    "reopen": reopen,
    "snooze": snooze,
    "wake": wake,
    "reassign": reassign,
}


# Signals


def on_signal(user, act: Act, today: date) -> Outcome:
    rows = Signal.objects.visible_to(user).select_related("account", "plan")
    signal, does = rows.filter(pk=act.number).first(), ON_SIGNAL.get(act.do)
    if signal is None or does is None:
        return gone()
    return does(user, signal, act, today)


def said(answer: acting.Answer, words: str, back: str, value: str = "") -> Outcome:
    """What became of a signal, by its name and account."""
    if answer.problem:
        return problem(answer.problem)
    return Outcome(words % name_of(answer.signal), Act(f"signal:{answer.signal.pk}", back, "", value))


def name_of(signal: Signal) -> str:
    name = kinds.label(signal.kind)
    return f"{name} · {signal.account}" if signal.account else name


def settle(user, signal: Signal, act: Act, today: date) -> Outcome:
    return said(acting.done(user, signal, "", today), _("Dealt with: %s"), REOPEN)


def raise_again(user, signal: Signal, act: Act, today: date) -> Outcome:
    """Take back that it was dealt with, and with that the action it became."""
    answer = acting.reopen(user, signal)
    given = Action.objects.visible_to(user).filter(pk=whole(act.value)).first() if act.value else None
    if answer.is_done and given is not None and doing.is_open(given):
        doing.drop(user, given, given.revision)
    return said(answer, _("Open again: %s"), "done")


def put_off(user, signal: Signal, act: Act, today: date) -> Outcome:
    until = day_of(act.value, today)
    if until is None:
        return problem(_("Choose a day after today."))
    day = date_format(until, "D j M")
    return said(acting.snooze(user, signal, until, today), _("Put off until {day}: %s").format(day=day), WAKE)


def put_back(user, signal: Signal, act: Act, today: date) -> Outcome:
    tomorrow = (today + timedelta(days=1)).isoformat()
    return said(acting.snooze(user, signal, None, today), _("Back for today: %s"), "snooze", tomorrow)


def give(user, signal: Signal, act: Act, today: date) -> Outcome:
    """Hand it on: an action of somebody else, to do what the signal proposes within a week."""
    owner = User.objects.filter(pk=whole(act.value)).first()
    if owner is None:
        return problem(_("Choose somebody of the account’s team."))
    answer = acting.give_action(user, signal, kinds.asks(signal.kind), owner, today + acting.DUE_AFTER, today)
    if answer.problem:
        return problem(answer.problem)
    made = Action.objects.filter(account=signal.account, owner=owner, created_by=user).latest("pk")
    words = {"name": owner, "text": made.text, "day": date_format(made.due_on, "D j M")}
    text = _("An action of %(name)s until %(day)s: %(text)s") % words
    return Outcome(text, Act(act.key, REOPEN, "", str(made.pk)))


ON_SIGNAL: dict[str, Callable] = {
    "done": settle,
    REOPEN: raise_again,
    "snooze": put_off,
    WAKE: put_back,
    "reassign": give,
}


# Versions of plans


def on_version(user, act: Act, now: datetime) -> Outcome:
    """The word of one who is asked to approve. It is not taken back: what follows is another version."""
    found = lifecycle.waiting_for(user)
    version = next((row for row in found if row.pk == act.number), None)
    if version is None or act.do not in {"approve", "return"}:
        return gone()
    words = {"number": version.number, "account": version.plan.account}
    try:
        if act.do == "return":
            lifecycle.give_back(user, version, act.value, now)
            return Outcome(_("Version %(number)s of %(account)s is returned.") % words)
        said = lifecycle.approve(user, version, "", now)
    except NotPossible as error:
        return problem(str(error))
    if said.state == PlanVersion.State.APPROVED:
        return Outcome(_("Version %(number)s of %(account)s is approved and in force.") % words)
    return Outcome(_("You approved version %(number)s of %(account)s. The other side is still to answer.") % words)


# Reviews


def on_review(user, act: Act, today: date) -> Outcome:
    """Give a review that was not held another day, or its day back; or take back that it was planned."""
    row = Review.objects.visible_to(user).planned().select_related("plan__account").filter(pk=act.number).first()
    if row is None or act.do not in {MOVE, MOVE_BACK, UNPLAN}:
        return gone()
    if not may_edit(user, row.plan):
        return problem(_("Only those who edit the plan move its reviews."))
    try:
        return not_planned(row, act) if act.do == UNPLAN else moved(row, act, today)
    except NotPossible as error:
        return problem(str(error))
    except meeting.Outdated:
        return problem(_("Somebody has changed it meanwhile. This is how it is now."))


def moved(row: Review, act: Act, today: date) -> Outcome:
    before, day = row.due_on, day_of(act.value, today)
    if act.do == MOVE:
        meeting.move_to(row, day, act.revision, today)
    else:
        meeting.move_back(row, day, act.revision)
    words = {"kind": row.get_kind_display(), "account": row.plan.account, "day": date_format(row.due_on, "D j M")}
    back = MOVE_BACK if act.do == MOVE else MOVE
    return Outcome(_("%(kind)s, %(account)s: on %(day)s") % words, Act(act.key, back, str(row.revision), str(before)))


def not_planned(row: Review, act: Act) -> Outcome:
    planning.take_back(row, act.revision)
    words = {"kind": row.get_kind_display(), "account": row.plan.account}
    back = Act(f"{ASKED}{row.kind}:{row.plan_id}", PLAN, "", str(row.due_on))
    return Outcome(_("%(kind)s, %(account)s: not planned any more") % words, back)


def on_asked(user, act: Act, today: date) -> Outcome:
    """Plan a review that the cadence asks for, with its agenda."""
    plan = Plan.objects.visible_to(user).select_related("account").filter(pk=act.number).first()
    if plan is None or act.do != PLAN:
        return gone()
    if not may_edit(user, plan):
        return problem(_("Only those who edit the plan plan its reviews."))
    kind, day = act.kind.removeprefix(ASKED), day_of(act.value, today)
    try:
        made = planning.plan(user, plan, kind, day, published_run(), today)
    except NotPossible as error:
        return problem(str(error))
    words = {"kind": made.get_kind_display(), "account": plan.account, "day": date_format(made.due_on, "D j M")}
    text = _("%(kind)s, %(account)s: planned on %(day)s, its agenda is open") % words
    return Outcome(text, Act(f"review:{made.pk}", UNPLAN, str(made.revision)))


# Mentions


def on_notice(user, act: Act, now: datetime) -> Outcome:
    notice = notices.of(user).filter(pk=act.number).first()
    if notice is None or act.do not in {"done", REOPEN}:
        return gone()
    if act.do == REOPEN:
        Notice.objects.filter(pk=notice.pk).update(read_at=None)
        return Outcome(_("Not read any more: %s") % notice.text, Act(act.key, "done"))
    notices.mark_read(user, now, notice.pk)
    return Outcome(_("Read: %s") % notice.text, Act(act.key, REOPEN))


# Days


def day_of(text: str, today: date) -> date | None:
    """“tomorrow”, “week” (next Monday) or a day as forms send it."""
    if text == "tomorrow":
        return today + timedelta(days=1)
    if text == "week":
        return today + timedelta(days=7 - today.weekday())
    try:
        return parse_date(text)
    except ValueError:
        return None


def until_words(text: str, until: date | None) -> str:
    day = date_format(until, "D j M") if until else ""
    return _("Put off until %(day)s: %(text)s") % {"day": day, "text": text}
