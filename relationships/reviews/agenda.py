"""What a review is about: the points that are open when it is prepared, from everything the portal knows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profitability.models import Run
from relationships.agreements.standing import agreed
from relationships.models import Action, Complaint, Contract, Plan, Review, ReviewPoint, Signal
from relationships.reviews.figures import Figures, objectives_of, tells_profit
from relationships.signals.sentences import sentence

LOOK_AHEAD = timedelta(days=120)  # for ends of contracts
MOST = 40  # points; more than that no meeting gets through
LONGEST = 500
BEHIND = {
    "behind": gettext_lazy("Objective behind: %s"),
    "moved_away": gettext_lazy("Objective moved away from its target: %s"),
    "missed": gettext_lazy("Objective missed: %s"),
}
# Signals whose causes are points of their own, or this very meeting
ALREADY = {"action_overdue", "plan_stale", "review_due", "complaint_open", "contract_ending"}


@dataclass(frozen=True)
class Proposal:
    """A point that could be on the agenda. `source` tells whether it is there already."""

    source: str
    text: str
    note: str = ""
    is_internal: bool = False
    tells_profit: bool = False
    action: Action | None = None

    @property
    def kind(self) -> str:
        return self.source.partition(":")[0]


def proposals(
    user, review: Review, run: Run | None, today: date, stands: list[Figures] | None = None
) -> list[Proposal]:
    """What is open at the account and not on this agenda yet; what was left open last time comes first. `stands`: the
    objectives, where they are read already."""
    there = set(ReviewPoint.objects.filter(review=review).exclude(source="").values_list("source", flat=True))
    plan, found, settled = review.plan, [], set()
    stands = objectives_of(plan, run, today) if stands is None else stands
    for each in _all(user, review, plan, stands, today):
        about = f"action:{each.action.pk}" if each.action else each.source
        if not {each.source, about} & there and about not in settled:
            found.append(each)
        settled.add(about)
    return found[:MOST]


def _all(user, review: Review, plan: Plan, stands: list[Figures], today: date) -> Iterator[Proposal]:
    yield from left_open(review)
    yield from complaints(user, plan)
    yield from actions(user, plan, review, today)
    yield from objectives(stands)
    yield from signals(user, plan, today)
    yield from contracts(user, plan, today)


def left_open(review: Review) -> Iterator[Proposal]:
    """Agenda points that the last review of the plan did not settle."""
    last = Review.objects.held().filter(plan=review.plan_id).exclude(pk=review.pk).order_by("-held_on", "-pk").first()
    rows = last.points.filter(kind=ReviewPoint.Kind.AGENDA, is_settled=False) if last else ReviewPoint.objects.none()
    for row in rows.select_related("action").order_by("place", "pk"):
        if row.action is not None and row.action.state not in Action.OPEN:
            continue
        source = row.source if row.source and not row.source.startswith("point:") else f"point:{row.pk}"
        note = _("Left open on %(day)s") % {"day": spoken(last.held_on)}
        yield Proposal(source, row.text, note, row.is_internal, row.tells_profit, row.action)


def complaints(user, plan: Plan) -> Iterator[Proposal]:
    rows = Complaint.objects.visible_to(user).filter(account=plan.account_id, closed_on__isnull=True)
    for row in rows.order_by("-severity", "received_on", "pk"):
        note = _("%(severity)s, open since %(day)s") % {
            "severity": row.get_severity_display(),
            "day": spoken(row.received_on),
        }
        yield Proposal(f"complaint:{row.pk}", _("Complaint: %s") % row.text, note)


def actions(user, plan: Plan, review: Review, today: date) -> Iterator[Proposal]:
    """Those due by the review, the longest overdue first; ours alone are for us only."""
    rows = Action.objects.visible_to(user).open().filter(account=plan.account_id, due_on__lte=max(review.due_on, today))
    for row in rows.select_related("owner", "customer_owner").order_by("due_on", "pk"):
        late = row.due_on < today
        words = {"who": said_by(row), "day": spoken(row.due_on)}
        note = (_("%(who)s, overdue since %(day)s") if late else _("%(who)s, due %(day)s")) % words
        yield Proposal(f"action:{row.pk}", row.text, note, row.customer_owner_id is None, action=row)


def said_by(action: Action) -> str:
    """Who has to do it, on both sides."""
    return " / ".join(str(each) for each in (action.owner, action.customer_owner) if each) or _("nobody")


def objectives(stands: list[Figures]) -> Iterator[Proposal]:
    """Those behind, missed or gone the wrong way. What they measure may be for us only; figures stand beside the
    agenda, not in it."""
    for row in stands:
        if row["state"] in BEHIND:
            yield Proposal(
                f"objective:{row['id']}",
                str(BEHIND[row["state"]]) % row["text"],
                is_internal=bool(row["measure"]),
                tells_profit=tells_profit(row["measure"]),
            )


def signals(user, plan: Plan, today: date) -> Iterator[Proposal]:
    """What needs attention here; never for the customer."""
    rows = Signal.objects.visible_to(user).open(today).filter(account=plan.account_id, tells_company=False)
    for row in rows.order_by("-weight", "since_on", "pk"):
        if row.kind in ALREADY:
            continue
        note = _("Since %(day)s") % {"day": spoken(row.since_on)}
        yield Proposal(f"signal:{row.pk}", sentence(row), note, is_internal=True, tells_profit=row.tells_profit)


def contracts(user, plan: Plan, today: date) -> Iterator[Proposal]:
    """Those that end, or must be given notice of, soon."""
    rows = Contract.objects.visible_to(user).filter(account=plan.account_id, ended_on__isnull=True)
    for row in rows.order_by("until_on", "pk"):
        found = agreed(row, today)
        day = found.notice_by if found.notice_by and found.notice_by >= today else ended(found)
        if day is not None and today <= day <= today + LOOK_AHEAD:
            text = _("%(name)s: notice by %(day)s") if day == found.notice_by else _("%(name)s ends on %(day)s")
            yield Proposal(f"contract:{row.pk}", text % {"name": row.name, "day": spoken(day)})


def ended(found) -> date | None:
    return found.running.until_on if found.running else None


def spoken(day: date) -> str:
    return date_format(day, "j M Y")


def as_points(review: Review, listed: Iterable[Proposal], first: int) -> list[ReviewPoint]:
    """The proposals as points of the agenda, in their order."""
    return [
        ReviewPoint(
            review=review,
            kind=ReviewPoint.Kind.AGENDA,
            text=each.text[:LONGEST],
            note=each.note,
            is_internal=each.is_internal,
            tells_profit=each.tells_profit,
            action=each.action,
            source=each.source,
            place=place,
        )
        for place, each in enumerate(listed, start=first)
    ]
