"""The demo's signals: found by the finders of the product on the days before today, some of them dealt with or put off;
and how often two of its people want the e-mail."""

from collections.abc import Sequence
from datetime import date, timedelta

from accounts.models import User
from kam_portal.demo.people import login_email
from kam_portal.today.sources import TOLD_OTHERWISE
from relationships.models import DigestSetting, Signal
from relationships.signals import acting
from relationships.signals.digest import set_frequency
from relationships.signals.recompute import recompute

DAYS_BEFORE = (15, 6, 2, 0)  # on which somebody looked
OPEN = 5  # of the manager's own: each of another kind and account, those of most weight
FIRST = "complaint_open"  # nobody puts that off
DONE = {
    "action_overdue": ("Agreed on a new day with the customer.", "Our plant has it; it comes this week."),
    "gone_quiet": ("On leave; the visit after that is agreed.",),
    "detractor": (
        "Called: credit notes took too long. Our service desk has it.",
        "Asked by phone what went wrong; it is on the agenda of the next review.",
        "Our director wrote to them and offers a visit.",
    ),
    "no_plan": ("Waits for the review of the programme.",),
}


def raise_signals(today: date) -> None:
    """Once: what people did since stays."""
    if Signal.objects.exists():
        return
    for days in DAYS_BEFORE:
        recompute(today - timedelta(days=days))
    manager = User.objects.get(email=login_email("manager"))
    work_through(manager, today)
    set_frequency(User.objects.get(email=login_email("lead")), DigestSetting.Frequency.WEEKLY)
    set_frequency(User.objects.get(email=login_email("finance")), DigestSetting.Frequency.NEVER)


def work_through(manager: User, today: date) -> None:
    """As somebody who keeps her day: the weightiest stay, the others were answered or put off to some later week."""
    found = Signal.objects.filter(owner=manager, state=Signal.State.OPEN).order_by("-weight", "pk")
    own = sorted(found, key=lambda signal: signal.kind != FIRST)
    kept = weightiest(own)
    answers = {kind: iter(said) for kind, said in DONE.items()}
    for place, signal in enumerate(each for each in own if each not in kept):
        answer = next(answers.get(signal.kind, iter(())), "")
        if answer:
            acting.done(manager, signal, answer, today - timedelta(days=1))
        else:
            acting.snooze(manager, signal, today + timedelta(days=7 * (1 + place % 4)), today)


def weightiest(signals: Sequence[Signal]) -> list[Signal]:
    kept: list[Signal] = []
    for signal in signals:
        is_like = any(signal.kind == each.kind or signal.account_id == each.account_id for each in kept)
        if len(kept) < OPEN and not is_like and signal.kind not in TOLD_OTHERWISE:
            kept.append(signal)
    return kept
