"""The demo's signals: found by the finders of the product on the days before today, some of them dealt with or put off;
and how often two of its people want the e-mail."""

from datetime import date, timedelta

from accounts.models import User
from kam_portal.demo.people import login_email
from relationships.models import DigestSetting, Signal
from relationships.signals import acting
from relationships.signals.digest import set_frequency
from relationships.signals.recompute import recompute

DAYS_BEFORE = (15, 6, 2, 0)  # on which somebody looked
DONE = {
    "action_overdue": ("Agreed on a new day with the customer.", "Our plant has it; it comes this week."),
    "gone_quiet": ("Called: back from leave, we meet next week.", "Met at the trade fair."),
    "detractor": ("Called: late deliveries in spring. Our service desk has it.",),
    "no_plan": ("Waits for the review of the programme.",),
}
LATER = {"action_overdue": 2, "gone_quiet": 1, "contribution_falling": 1}


def raise_signals(today: date) -> None:
    """Once: what people did since stays."""
    if Signal.objects.exists():
        return
    for days in DAYS_BEFORE:
        recompute(today - timedelta(days=days))
    manager = User.objects.get(email=login_email("manager"))
    own = Signal.objects.filter(owner=manager, state=Signal.State.OPEN)
    for kind, answers in DONE.items():
        for signal, answer in zip(own.filter(kind=kind).order_by("weight", "pk"), answers, strict=False):
            acting.done(manager, signal, answer, today - timedelta(days=1))
    for kind, count in LATER.items():
        for place, signal in enumerate(own.filter(kind=kind).order_by("weight", "pk")[:count], start=1):
            acting.snooze(manager, signal, today + timedelta(days=7 * place), today)
    set_frequency(User.objects.get(email=login_email("lead")), DigestSetting.Frequency.WEEKLY)
    set_frequency(User.objects.get(email=login_email("finance")), DigestSetting.Frequency.NEVER)
