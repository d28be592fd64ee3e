"""Reviews of a plan over REST: planned, moved, held with the figures of the published run, cancelled."""

from functools import partial
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Permission, may
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.paging import Sort
from accounts.versions import NotPossible
from kam_portal.api.idempotency import once
from kam_portal.api.plans.base import PlanEntry, PlanList, editable, made, plan_of, told
from kam_portal.api.plans.bodies import Field, asked
from kam_portal.api.preconditions import require_match
from kam_portal.api.problems import Conflict, Stale
from profitability.queries import published_run
from relationships.models import Contact, Plan, Review, ReviewPoint
from relationships.plans.readers import readers
from relationships.reviews import meeting

REVIEWS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("due_on", Kind.DAY, "due_on", nullable=False),
    Column("held_on", Kind.DAY, "held_on"),
    Column("run", Kind.WHOLE, "run_id"),
    Column("summary", Kind.TEXT, "summary"),
    Column("closed_at", Kind.INSTANT, "closed_at"),
    Column("people", Kind.DOCUMENT, nullable=False),
    Column("contact_ids", Kind.DOCUMENT, nullable=False),
    Column("points", Kind.DOCUMENT, nullable=False),
)
NEW = (
    Field("kind", "choice", needed=True, choices=tuple(Review.Kind.values)),
    Field("due_on", "day", needed=True),
)
CHANGES = (
    Field("due_on", "day", needed=True),
    Field("state", "choice", needed=True, choices=(Review.State.HELD.value, Review.State.CANCELLED.value)),
    Field("summary", "text"),
    Field("people", "emails"),
    Field("contact_ids", "ids", attr="contacts"),
)
POINT = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": list(ReviewPoint.Kind.values)},
        "text": {"type": "string"},
        "note": {"type": ["string", "null"]},
        "is_internal": {"type": "boolean"},
        "is_settled": {"type": "boolean"},
        "action_id": {"type": ["integer", "null"]},
    },
}


class Reviews(PlanList):
    """The reviews of a plan, the latest day first; a POST plans one."""

    columns, fields, ordering = REVIEWS, NEW, "-due_on"
    filters = {"state": ("state", parameters.choice(Review.State.values))}

    def rows_of(self, request, run, plan_id):
        return Review.objects.filter(plan=plan_of(request, plan_id))

    def sorts(self, user):
        return {"-due_on": Sort("-due_on", "due_on", descending=True, tie="pk")}

    def finished(self, listed, run):
        return with_points(self.request.user, listed)

    def described(self):
        return described()

    def post(self, request, plan_id):
        plan = editable(request, plan_id)
        said = asked(request.data, NEW, partial(choices, plan), is_new=True)
        return once(request, lambda: planned(request, plan, said))


def choices(plan: Plan, name: str):
    """Who may be there of us, and of the customer."""
    return readers(plan) if name == "people" else Contact.objects.filter(account=plan.account_id)


def planned(request, plan: Plan, said: dict) -> Response:
    try:
        review = meeting.plan_one(request.user, plan, said["kind"], said["due_on"], timezone.localdate())
    except NotPossible as problem:
        field = "kind" if Review.objects.planned().filter(plan=plan, kind=said["kind"]).exists() else "due_on"
        raise ValidationError({field: [str(problem)]}) from None
    return made(request, "plan_review", [plan.pk, review.pk], row_of(request, plan, review.pk))


class ReviewDetail(PlanEntry):
    """One review; a PATCH moves it, notes who was there and what came of it, holds or cancels it. A held one keeps the
    figures of the published run."""

    columns, fields = REVIEWS, CHANGES

    def get(self, request, plan_id, review_id):
        return Response(row_of(request, plan_of(request, plan_id), review_id))

    @transaction.atomic
    def patch(self, request, plan_id, review_id):
        plan = plan_of(request, plan_id)
        require_match(request, row_of(request, plan, review_id))
        plan = editable(request, plan_id)
        review = get_object_or_404(Review, plan=plan, pk=review_id)
        said = asked(request.data, CHANGES, partial(choices, plan), is_new=False)
        try:
            changed(review, said)
        except NotPossible as problem:
            raise ValidationError({"due_on": [str(problem)]}) from None
        except meeting.Outdated:
            check_open(review)
            raise Stale(_("It has changed since. Read it again.")) from None
        return Response(row_of(request, plan, review_id))

    def answer_schema(self, method):
        return described()


def changed(review: Review, said: dict[str, Any]) -> None:
    """One step after the other, each of which counts the revision on."""
    today = timezone.localdate()
    if "due_on" in said:
        meeting.move_to(review, said["due_on"], review.revision, today)
    if "people" in said or "contacts" in said:
        people = said.get("people", review.people.all())
        meeting.attend(review, people, said.get("contacts", review.contacts.all()), review.revision)
    if "summary" in said:
        meeting.sum_up(review, said["summary"], review.revision)
    if said.get("state") == Review.State.HELD:
        meeting.hold(review, published_run(), today, review.revision)
    elif said.get("state") == Review.State.CANCELLED:
        meeting.cancel(review, review.revision)


def check_open(review: Review) -> None:
    """What was held or cancelled is not moved, held or cancelled."""
    review.refresh_from_db()
    if review.state != Review.State.PLANNED:
        words = _("It is %(state)s already.") % {"state": review.get_state_display().lower()}
        raise Conflict(words)


# What is told


def row_of(request, plan: Plan, review_id: int) -> dict:
    rows = Review.objects.filter(plan=plan, pk=review_id)
    return told(rows, REVIEWS, request.user, partial(with_points, request.user))


def described() -> dict:
    whole = schema_of(REVIEWS)
    whole["properties"] |= {
        "people": {"type": "array", "items": {"type": "string", "format": "email"}},
        "contact_ids": {"type": "array", "items": {"type": "integer"}},
        "points": {"type": "array", "items": POINT},
    }
    return whole


def with_points(user, listed: list[dict]) -> list[dict]:
    """Who is there and what is on the table, for a whole page at once; nothing on profit for who may not see it."""
    ids = [row["id"] for row in listed]
    people: dict[int, list] = {number: [] for number in ids}
    contacts: dict[int, list] = {number: [] for number in ids}
    points: dict[int, list] = {number: [] for number in ids}
    for number, email in User.objects.filter(reviews__in=ids).order_by("email").values_list("reviews", "email"):
        if number in people:
            people[number].append(email)
    for number, contact in Contact.objects.filter(reviews__in=ids).order_by("pk").values_list("reviews", "pk"):
        if number in contacts:
            contacts[number].append(contact)
    for row in readable_points(user, ids):
        points[row.review_id].append(told_point(row))
    for row in listed:
        number = row["id"]
        row |= {"people": people[number], "contact_ids": contacts[number], "points": points[number]}
    return listed


def readable_points(user, reviews: list[int]):
    rows = ReviewPoint.objects.filter(review__in=reviews).order_by("kind", "place", "pk")
    return rows if may(user, Permission.SEE_PROFITABILITY) else rows.filter(tells_profit=False)


def told_point(row: ReviewPoint) -> dict:
    names = ("kind", "text", "is_internal", "is_settled", "action_id")
    return {name: getattr(row, name) for name in names} | {"note": row.note or None}
