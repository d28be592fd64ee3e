"""What waits for the word of senior management: programme decisions, plans, reopenings of months, held runs."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Decision
from accounts.permissions import Permission, may
from accounts.programme import may_decide
from profitability.closed_figures import spoken
from profitability.models import ClosedMonth, Run
from relationships import selection
from relationships.plans import lifecycle

PANEL = "decisions"  # the part of the page, where nothing waits any more
MOST = 4  # of each kind; their own pages have all


@dataclass(frozen=True)
class Matter:
    """One thing to decide: what, about whom, why, and since when; `address` takes the answer, if this person may give
    one. `yes` and `no` are the words of the buttons with what they send."""

    key: str
    kind: str
    subject: str
    url: str
    text: str
    said: str
    address: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    yes: tuple[str, str] = ("", "")
    no: tuple[str, str] = ("", "")
    answers: bool = True  # a word may go with it


@dataclass(frozen=True)
class Waiting:
    """What is shown, and how many there are in all."""

    matters: list[Matter]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.matters)


def waiting_for(user) -> Waiting:
    """The oldest of each kind first."""
    proposals, plans = list(selection.proposals(user)), lifecycle.waiting_for(user)
    months, held = list(reopenings(user)), list(held_runs(user))
    found = [of_proposal(user, each) for each in proposals[:MOST]]
    found += [of_plan(each) for each in plans[:MOST]]
    found += [of_month(each) for each in months[:MOST]]
    found += [of_run(each) for each in held[:MOST]]
    return Waiting(found, len(proposals) + len(plans) + len(months) + len(held))


class Round:
    """One answer in place, and the way home from it: to what waits after it, or, refused, to itself with the reason."""

    def __init__(self, request, key: str, subject: str):
        self.request, self.key, self.subject = request, key, subject
        self.before, self.is_refused = self.keys(), False

    def keys(self) -> list[str]:
        return [each.key for each in waiting_for(self.request.user).matters]

    def refuse(self, reason: str) -> None:
        self.is_refused = True
        messages.error(self.request, f"{self.subject}: {reason}", extra_tags=self.key)

    def home(self):
        left = self.keys()
        if self.is_refused and self.key in left:
            return redirect(f"{reverse('home')}#{self.key}-answer")
        place = self.before.index(self.key) if self.key in self.before else 0
        after = [key for key in self.before[place:] if key in left] or left or [PANEL]
        return redirect(f"{reverse('home')}#{after[0]}")


def refusals(request) -> list[tuple[str, str]]:
    """What could not be answered, and why, to be told where it stands."""
    told = messages.get_messages(request)
    return [(each.extra_tags, each.message) for each in told if each.level == messages.ERROR and each.extra_tags]


def day(value) -> str:
    return date_format(value, "j M")


def of_proposal(user, decision: Decision) -> Matter:
    decides = may_decide(user, decision)
    return Matter(
        key=f"decision-{decision.pk}",
        kind=str(decision.get_outcome_display()),
        subject=decision.account.name,
        url=reverse("account_decisions", args=[decision.account.code]),
        text=decision.reason,
        said=said_by(decision.proposed_by, decision.proposed_on),
        address=reverse("decision_decide", args=[decision.pk]) if decides else "",
        hidden=(("back", "home"),),
        yes=(_("Approve"), "approve"),
        no=(_("Decline"), "decline"),
    )


def said_by(person, on) -> str:
    return _("%(name)s, %(day)s") % {"name": person.name if person else _("Somebody"), "day": day(on)}


def of_plan(version) -> Matter:
    account = version.plan.account
    return Matter(
        key=f"plan-{version.pk}",
        kind=_("Plan, version %(number)s") % {"number": version.number},
        subject=account.name,
        url=reverse("account_plan_version", args=[account.code, version.number]),
        text=version.note,
        said=said_by(version.submitted_by, version.submitted_at),
        address=reverse("home_plan_answer", args=[version.pk]),
        yes=(_("Approve"), "approve"),
        no=(_("Return"), "return"),
    )


def reopenings(user) -> QuerySet[ClosedMonth]:
    """Months that somebody else asked to reopen."""
    if not may(user, Permission.CONFIRM_REOPENING):
        return ClosedMonth.objects.none()
    asked = ClosedMonth.objects.filter(asked__isnull=False).exclude(asked__by=user)
    return asked.select_related("asked__by").order_by("month")


def of_month(closed: ClosedMonth) -> Matter:
    return Matter(
        key=f"month-{closed.month}",
        kind=_("Reopen"),
        subject=spoken(closed.month),
        url=f"{reverse('months')}#m{closed.month}",
        text=closed.asked.reason,
        said=said_by(closed.asked.by, closed.asked.at),
        address=reverse("home_month_answer", args=[closed.month]),
        hidden=(("asked", str(closed.asked_id)),),
        yes=(_("Reopen"), "confirm"),
        no=(_("Leave closed"), "leave"),
        answers=False,
    )


def held_runs(user) -> QuerySet[Run]:
    """Runs that would change closed months; who may decides on its page, with a reason that stays with the run."""
    return Run.objects.filter(state=Run.State.HELD).only("pk", "message", "created_at").order_by("pk")


def of_run(run: Run) -> Matter:
    return Matter(
        key=f"run-{run.pk}",
        kind=_("Held run"),
        subject=str(run),
        url=reverse("run", args=[run.pk]),
        text=run.message,
        said=_("approved or discarded on its page"),
    )
