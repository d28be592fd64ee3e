"""The reviews among the lines of the day: those planned, and those that the cadence asks for and nobody has planned."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from kam_portal.today.lines import MOVE, PLAN, Line, Urgency, due_words, urgency_of
from kam_portal.today.plans import Plans
from relationships.models import Plan, Review
from relationships.reviews.due import SOON, Due

MOST = 200
ASKED = "asked-"  # before the kind of review, in the key of a line: “asked-team:12” of plan 12


def planned_reviews(user) -> list[Review]:
    """Of the accounts one looks after, or to which one goes; the next first."""
    rows = Review.objects.visible_to(user).planned()
    rows = rows.filter(Q(plan__account__manager=user) | Q(pk__in=attended(user)))
    return list(rows.select_related("plan__account").order_by("due_on", "pk")[:MOST])


def attended(user) -> QuerySet:
    return Review.people.through.objects.filter(user=user).values("review")


def reviews(user, today: date, planned: Sequence[Review], plans: Plans | None) -> list[Line]:
    """Told two weeks ahead. One that was not held is of those alone who can hold it or give it another day."""
    near = [row for row in planned if row.due_on <= today + SOON]
    found = [review_line(user, row, today) for row in near if row.due_on >= today or may_move(user, row)]
    return found + ([asked_line(due, today) for due in asked(user, plans, today)] if plans and may_plan(user) else [])


def may_plan(user) -> bool:
    return may(user, Permission.EDIT_PLANS)


def asked(user, plans: Plans, today: date) -> list[Due]:
    """What is due, or soon, at the accounts this person looks after, and nobody has planned."""
    own = (plan.pk for plan in plans.listed if plan.account.manager_id == user.pk)
    return [due for pk in own for due in plans.reviews[pk].asked if due.due_on <= today + SOON]


def asked_line(due: Due, today: date) -> Line:
    account = due.plan.account
    return Line(
        key=f"{ASKED}{due.kind}:{due.plan.pk}",
        urgency=urgency_of(due.due_on, today),
        tag=_("review"),
        text=_("%(kind)s, not planned") % {"kind": due.kind_label},
        url=reverse("account_plan", args=[account.code]),
        account=account,
        day=due.due_on,
        when=due_words(due.due_on, today),
        acts=frozenset({PLAN}),
    )


def review_line(user, review: Review, today: date) -> Line:
    urgency, kind = urgency_of(review.due_on, today), str(review.get_kind_display())
    is_late = urgency == Urgency.LATE
    return Line(
        key=f"review:{review.pk}",
        urgency=urgency,
        tag=_("review"),
        text=_("%(kind)s, not held") % {"kind": kind} if is_late else kind,
        url=reverse("review", args=[review.pk]),
        account=review.plan.account,
        day=review.due_on,
        when=due_words(review.due_on, today),
        seen=str(review.revision),
        acts=frozenset({MOVE}) if is_late and may_move(user, review) else frozenset(),
        brief=True,
    )


def may_move(user, review: Review) -> bool:
    """Of a review this person sees: then the plan is in sight too, and nothing more is asked of the database."""
    return review.plan.state != Plan.State.CLOSED and may_plan(user)
