"""What to know before a meeting with one customer: people, promises on both sides, what was decided and talked about,
and how the figures moved since the last time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import Permission, may
from kam_portal.templatetags.kam import money, moved, points, score, share, signed
from kam_portal.today.meetings import Meeting, next_meeting, reviews_of
from profitability.models import Result, Run
from profitability.standings import READABLE
from relationships.contacts.heard import last_heard
from relationships.models import Action, Complaint, Contact, Review, ReviewPoint, Signal, Touchpoint
from relationships.queries import portfolio
from relationships.signals.kinds import label
from relationships.signals.sentences import sentence

LAST = 5  # decisions, contacts
FACE_TO_FACE = (Touchpoint.Kind.MEETING, Touchpoint.Kind.VISIT)


@dataclass(frozen=True)
class Promises:
    """What is open, by who has to do it."""

    ours: Sequence[Action]
    theirs: Sequence[Action]
    joint: Sequence[Action]

    @property
    def count(self) -> int:
        return len(self.ours) + len(self.theirs) + len(self.joint)


@dataclass(frozen=True)
class Figure:
    """One figure then and now, as it is written."""

    label: str
    then: str
    now: str
    change: str = ""
    is_worse: bool = False


@dataclass(frozen=True)
class Figures:
    """What moved: against which run, and whether that is how things stood at the last meeting."""

    rows: Sequence[Figure]
    then: Run | None
    is_since_meeting: bool


def meeting_at(user, account: Account, today: date) -> Meeting | None:
    """The next meeting with this customer, if one is planned."""
    return next_meeting(user, today, reviews_of(user, account), account)


def people(user, account: Account, today: date) -> list[Contact]:
    """Who is there, the highest first, each with who of us answers to them and when they were last heard of."""
    rows = Contact.objects.visible_to(user).filter(account=account).present()
    last = last_heard(rows, today)
    found = list(rows.prefetch_related("counterparts__user").order_by("-level", "-influence", "name"))
    for each in found:
        each.heard_on = last.get(each.pk)
    return found


def promises(user, account: Account) -> Promises:
    rows = Action.objects.visible_to(user).open().filter(account=account)
    rows = rows.select_related("owner", "customer_owner").order_by("due_on", "pk")
    ours = [row for row in rows if row.customer_owner is None]
    theirs = [row for row in rows if row.customer_owner and row.owner is None]
    return Promises(ours, theirs, [row for row in rows if row.customer_owner and row.owner])


def decisions(user, account: Account) -> QuerySet[ReviewPoint]:
    """What the last reviews decided, the newest first."""
    held = Review.objects.visible_to(user).held().filter(plan__account=account)
    rows = ReviewPoint.objects.filter(review__in=held, kind=ReviewPoint.Kind.DECISION).select_related("review")
    return rows.order_by("-review__held_on", "place", "pk")[:LAST]


def talks(user, account: Account, today: date) -> QuerySet[Touchpoint]:
    rows = Touchpoint.objects.visible_to(user).filter(account=account, held_on__lte=today)
    return rows.prefetch_related("contacts", "people").order_by("-held_on", "-pk")[:LAST]


def complaints(user, account: Account) -> QuerySet[Complaint]:
    rows = Complaint.objects.visible_to(user).filter(account=account, closed_on=None)
    return rows.order_by("-severity", "received_on", "pk")


def concerns(user, account: Account, today: date) -> list[tuple[str, str]]:
    """Open signals of the account: what each is called and its cause."""
    rows = Signal.objects.visible_to(user).open(today).filter(account=account).order_by("-weight", "pk")
    return [(label(row.kind), sentence(row)) for row in rows]


def last_meeting(user, account: Account, today: date) -> date | None:
    """When we last sat together: in a review, a meeting or a visit."""
    talks = Touchpoint.objects.visible_to(user).filter(account=account, held_on__lt=today, kind__in=FACE_TO_FACE)
    held = Review.objects.visible_to(user).held().filter(plan__account=account, held_on__lt=today)
    days = [talks.aggregate(day=Max("held_on"))["day"], held.aggregate(day=Max("held_on"))["day"]]
    return max((day for day in days if day), default=None)


# Figures since then


def figures(user, account: Account, run: Run | None, met_on: date | None) -> Figures | None:
    """The account's figures now against those known at the last meeting; against the run before, where none of them is
    newer than that."""
    if run is None:
        return None
    known = known_on(met_on, run) if met_on else None
    then = known or before(run)
    if then is None:
        return None
    found = {row.run_id: row for row in results(user, account, run, then)}
    if run.pk not in found or then.pk not in found:
        return None
    return Figures(rows_of(user, found[then.pk], found[run.pk]), then, known is not None)


def results(user, account: Account, *runs: Run) -> list[Result]:
    return [row for run in runs for row in portfolio(user, run).filter(account=account)]


def known_on(day: date, run: Run) -> Run | None:
    """The run whose window had ended last by that day, if the published one's had not."""
    month = day.year * 100 + day.month  # its own month was not over
    return before(run, Q(month_to__lt=month)) if run.month_to >= month else None


def before(run: Run, condition: Q | None = None) -> Run | None:
    rows = Run.objects.filter(condition or Q(), state__in=READABLE, month_to__lt=run.month_to)
    return rows.order_by("-month_to", "-published_at").first()


def rows_of(user, then: Result, now: Result) -> list[Figure]:
    """Words first, then money; below gross margin only for who may see it."""
    was, is_ = then.position, now.position
    found = [
        Figure(_("Box"), was.get_box_display() or "–", is_.get_box_display() or "–"),
        Figure(_("Stage"), was.get_stage_display() or "–", is_.get_stage_display() or "–"),
        changed(_("Relationship strength"), was.relationship_strength, is_.relationship_strength, score, moved),
        changed(_("Net revenue"), then.net_revenue, now.net_revenue, money, signed),
        changed(_("Gross margin"), then.gross_margin, now.gross_margin, money, signed),
        changed(_("Share of wallet"), then.share_of_wallet, now.share_of_wallet, share, points),
    ]
    if may(user, Permission.SEE_PROFITABILITY):
        found[5:5] = [
            changed(_("Cost to serve"), then.cost_to_serve, now.cost_to_serve, money, signed, less_is_better=True),
            changed(_("Contribution"), then.contribution, now.contribution, money, signed),
        ]
    return found


def changed(label: str, then, now, written, difference, less_is_better: bool = False) -> Figure:
    if then is None or now is None:
        return Figure(label, written(then), written(now))
    change = now - then
    return Figure(
        label, written(then), written(now), difference(change), (change > 0) == less_is_better and change != 0
    )
