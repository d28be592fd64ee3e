"""A review from the day it is planned until it is closed: prepared, held with the figures of the day, closed.

Every change is one update that goes in only if the row still is of the revision that was seen; else Outdated, with the
row as it is now.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.versions import NotPossible
from profitability.models import Run
from relationships.models import Contact, Plan, Review, ReviewPoint
from relationships.reviews import agenda
from relationships.reviews.cadence import Rhythms
from relationships.reviews.due import next_of, next_planned
from relationships.reviews.figures import figures_of

POINT_FIELDS = ("text", "note", "is_internal", "is_settled")
LONGEST, LONGEST_NOTE = 500, 5_000
FURTHEST_YEARS = 3


@dataclass
class Outdated(Exception):
    """Somebody else was faster. `row` is the review or point as it is now; None where it is gone."""

    row: Review | ReviewPoint | None


# The review


def plan_one(user, plan: Plan, kind: str, day: date | None, today: date) -> Review:
    """A review to come, with those who were at the last one of its kind."""
    if plan.state == Plan.State.CLOSED:
        raise NotPossible(_("The plan is closed."))
    check_day(day, today)
    try:
        with transaction.atomic():
            made = Review.objects.create(plan=plan, kind=Review.Kind(kind), due_on=day, created_by=user)
    except ValueError as error:
        raise NotPossible(_("Choose a kind of review.")) from error
    except IntegrityError as error:
        raise NotPossible(_("A review of this kind is planned already.")) from error
    invite_as_before(made)
    return made


def check_day(day: date | None, today: date) -> None:
    if day is None:
        raise NotPossible(_("Choose a day."))
    if not today <= day <= date(today.year + FURTHEST_YEARS, 12, 31):
        raise NotPossible(_("Choose a day from today on, at most three years ahead."))


def invite_as_before(review: Review) -> None:
    """Those of the last review of that kind; else the plan's team, and at a joint one the contacts with an action."""
    plan = review.plan
    earlier = Review.objects.held().filter(plan=plan, kind=review.kind).order_by("-held_on", "-pk").first()
    if earlier:
        review.people.set(earlier.people.filter(is_active=True))
        review.contacts.set(earlier.contacts.present())
        return
    review.people.set(User.objects.filter(Q(pk=plan.account.manager_id) | Q(plans=plan), is_active=True).distinct())
    if review.kind != Review.Kind.TEAM:
        review.contacts.set(Contact.objects.present().filter(account=plan.account_id, actions__plan=plan).distinct())


def move_to(review: Review, day: date | None, revision: int, today: date) -> None:
    check_day(day, today)
    update(review, revision, Review.State.PLANNED, due_on=day)


def move_back(review: Review, day: date | None, revision: int) -> None:
    """Take a move back: to a day that may be past."""
    if day is None:
        raise NotPossible(_("Choose a day."))
    update(review, revision, Review.State.PLANNED, due_on=day)


def cancel(review: Review, revision: int) -> None:
    update(review, revision, Review.State.PLANNED, state=Review.State.CANCELLED)


def sum_up(review: Review, summary: str, revision: int, seen: str | None = None) -> None:
    """Keep the summary. Who changed something else of the review meanwhile does not hinder it: `seen` is the summary
    that was changed."""
    text = plain(summary)[:LONGEST_NOTE]
    try:
        update(review, revision, review.state, summary=text)
    except Outdated:
        if seen is None or plain(seen) != plain(review.summary) or not is_open(review):
            raise
        update(review, review.revision, review.state, summary=text)


def plain(text: str) -> str:
    """As it is kept: without the line ends of forms."""
    return "\n".join(text.strip().splitlines())


def attend(review: Review, people: Collection[User], contacts: Collection[Contact], revision: int) -> None:
    """Who is, or was, there on both sides."""
    with transaction.atomic():
        update(review, revision, review.state)
        review.people.set(people)
        review.contacts.set(contacts)


def hold(review: Review, run: Run | None, day: date, revision: int) -> None:
    """It takes place: the figures of the published run are kept with it."""
    figures = figures_of(review.plan, run, day)
    held = {"state": Review.State.HELD, "held_on": day, "run": run, "figures": figures}
    with transaction.atomic():
        update(review, revision, Review.State.PLANNED, **held)
        newest = Q(reviewed_on=None) | Q(reviewed_on__lt=day)
        Plan.objects.filter(newest, pk=review.plan_id).update(reviewed_on=day)


def close(review: Review, user, now: datetime, revision: int, next_day: date | None, found: Rhythms, box: str) -> Any:
    """What was decided stands. The next review is planned for that day; returns it, or the one that is planned."""
    with transaction.atomic():
        update(review, revision, Review.State.HELD, closed_at=now, closed_by=user)
        if next_day is None:
            return None
        kind, _day = next_of(review.kind, box, found, review.held_on)
        return next_planned(review.plan_id, kind) or plan_one(user, review.plan, kind, next_day, now.date())


def reopen(review: Review, revision: int) -> None:
    """Correct what was noted; the figures stay as they were."""
    update(review, revision, Review.State.HELD, closed_at=None, closed_by=None)


def update(review: Review, revision: int, state: str, /, **changes: Any) -> None:
    """Change a review that still is of that revision and in that state: else Outdated."""
    rows = Review.objects.filter(pk=review.pk, revision=revision, state=state)
    if "closed_at" not in changes:
        rows = rows.filter(closed_at=None)
    found = rows.update(**changes, revision=F("revision") + 1)
    review.refresh_from_db()
    if not found:
        raise Outdated(review)


# Its points


def is_open(review: Review) -> bool:
    """Whether points may still be written."""
    return review.state in (Review.State.PLANNED, Review.State.HELD) and review.closed_at is None


def fill(review: Review, listed: Iterable[agenda.Proposal]) -> int:
    """Put the proposals at the end of the agenda. One that somebody has just put there stays as it is."""
    points = agenda.as_points(review, listed, next_place(review))
    before = review.points.count()
    ReviewPoint.objects.bulk_create(points, ignore_conflicts=True)
    return review.points.count() - before


def next_place(review: Review) -> int:
    return (review.points.aggregate(last=Max("place"))["last"] or 0) + 1


def add_point(review: Review, kind: str, text: str, is_internal: bool = False) -> ReviewPoint:
    text = checked(text)
    if kind not in ReviewPoint.Kind.values:
        raise NotPossible(_("Choose a kind of point."))
    return ReviewPoint.objects.create(
        review=review, kind=kind, text=text, is_internal=is_internal, place=next_place(review)
    )


def checked(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise NotPossible(_("Say it in at most 500 characters."))
    return text


def change_point(point: ReviewPoint, revision: int, **fields: Any) -> None:
    """Set these fields of a point that still is of that revision."""
    if "text" in fields:
        fields["text"] = checked(fields["text"])
    found = ReviewPoint.objects.filter(pk=point.pk, revision=revision).update(**fields, revision=F("revision") + 1)
    row = ReviewPoint.objects.filter(pk=point.pk).first()
    if not found:
        raise Outdated(row)
    point.refresh_from_db()


def remove_point(point: ReviewPoint, revision: int) -> None:
    if not ReviewPoint.objects.filter(pk=point.pk, revision=revision).delete()[0]:
        raise Outdated(ReviewPoint.objects.filter(pk=point.pk).first())


@transaction.atomic
def shift(point: ReviewPoint, steps: int) -> None:
    """Move a point up (−1) or down (1) among those of its kind."""
    rows = list(ReviewPoint.objects.select_for_update().filter(review=point.review_id, kind=point.kind))
    rows.sort(key=lambda row: (row.place, row.pk))
    here = next((place for place, row in enumerate(rows) if row.pk == point.pk), None)
    if here is None:
        return
    there = min(max(here + steps, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    for place, row in enumerate(rows, start=1):
        if row.place != place:
            ReviewPoint.objects.filter(pk=row.pk).update(place=place)


def told(review: Review) -> str:
    """The review in a few words."""
    day = review.held_on or review.due_on
    return f"{review.get_kind_display()} · {date_format(day, 'j M Y')}"
