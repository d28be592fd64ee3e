"""Touchpoints over REST: contacts with customers, logged, changed and removed against their tag."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.response import Response

from accounts.models import Account, User
from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.paging import Sort
from accounts.rest.parameters import Parameter
from accounts.rest.scopes import Scope
from kam_portal.api.filled import account_in, filled, known, typed, unless_outdated, usual
from kam_portal.api.idempotency import once
from kam_portal.api.plans.base import PlanEntry, PlanList, made, told
from kam_portal.api.plans.bodies import Field, asked
from kam_portal.api.preconditions import require_match
from kam_portal.api.ratings import SINCE, read_day
from relationships import touching
from relationships.forms import MOST_TEXT
from relationships.models import Contact, Touchpoint
from relationships.touch_forms import LONGEST, TouchpointForm

READ, LOG = Permission.SEE_ACCOUNTS, Permission.LOG_TOUCHPOINTS
UNTIL = Parameter(read_day, {"type": "string", "format": "date"}, "On this day or earlier")
TOUCHPOINTS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("held_on", Kind.DAY, "held_on", nullable=False),
    Column("starts_at", Kind.INSTANT, "starts_at"),
    Column("minutes", Kind.WHOLE, "minutes"),
    Column("subject", Kind.TEXT, "subject"),
    Column("note", Kind.TEXT, "note"),
    Column("contact_ids", Kind.DOCUMENT, nullable=False),
    Column("people", Kind.DOCUMENT, nullable=False),
    Column("source", Kind.TEXT, "source", nullable=False),
    Column("logged_at", Kind.INSTANT, "logged_at", nullable=False),
    Column("logged_by", Kind.TEXT, "logged_by__email", nullable=False),
)
FIELDS = (
    Field("kind", "choice", choices=tuple(Touchpoint.Kind.values)),
    Field("held_on", "day"),
    Field("minutes", "whole", largest=LONGEST),
    Field("subject", "text", longest=300),
    Field("note", "text", longest=MOST_TEXT),
    Field("contact_ids", "ids", attr="contacts"),
    Field("people", "emails"),
)
NEW = (Field("account_code", "text", needed=True, longest=64), *FIELDS)
JOINED = ("contacts", "people")


class Touchpoints(PlanList):
    """Contacts with the customers in sight, the latest first; a POST logs one, which is of today, a meeting and one's
    own where nothing else is said."""

    policy = {"GET": READ, "POST": LOG}
    scope = {"GET": Scope.READ_TOUCHPOINTS, "POST": Scope.WRITE_TOUCHPOINTS}
    columns, fields, ordering = TOUCHPOINTS, NEW, "-held_on"
    filters = {
        "account": ("account__code", parameters.text("Code of the account")),
        "kind": ("kind", parameters.choice(Touchpoint.Kind.values)),
        "person": ("people__email__iexact", parameters.text("E-mail of one of us who was there")),
        "held_since": ("held_on__gte", SINCE),
        "held_until": ("held_on__lte", UNTIL),
    }

    def rows_of(self, request, run):
        return Touchpoint.objects.visible_to(request.user)

    def sorts(self, user):
        return {"-held_on": Sort("-held_on", "held_on", descending=True, tie="pk")}

    def finished(self, listed, run):
        return with_people(listed)

    def described(self):
        return described()

    def post(self, request):
        account = account_in(request)
        said = asked(request.data, NEW, partial(choices, request.user, account, None), is_new=True)
        return once(request, lambda: logged(request, account, usual(said, FIELDS)))


class TouchpointDetail(PlanEntry):
    """One of them; a PATCH changes it, a DELETE forgets it: for whoever logged it, or edits plans of the account."""

    policy = {"GET": READ, "PATCH": LOG, "DELETE": LOG}
    scope = {"GET": Scope.READ_TOUCHPOINTS, "PATCH": Scope.WRITE_TOUCHPOINTS, "DELETE": Scope.WRITE_TOUCHPOINTS}
    takes_if_match = {"PATCH", "DELETE"}
    columns, fields = TOUCHPOINTS, FIELDS

    def get(self, request, touchpoint_id):
        return Response(row_of(request, touchpoint_id))

    @transaction.atomic
    def patch(self, request, touchpoint_id):
        row = own(request, touchpoint_id)
        said = asked(request.data, FIELDS, partial(choices, request.user, row.account, row), is_new=False)
        data = known(row, (*touching.FIELDS, *JOINED)) | usual(said, FIELDS)
        form = filled(TouchpointForm(request.user, row.account, typed(data), row), FIELDS)
        with unless_outdated():
            touching.change(request.user, row, form.meeting([]), row.revision)
        return Response(row_of(request, touchpoint_id))

    @transaction.atomic
    def delete(self, request, touchpoint_id):
        row = own(request, touchpoint_id)
        with unless_outdated():
            touching.remove(row, row.revision)
        return Response(status=204)

    def answer_schema(self, method):
        return described()


def choices(user, account: Account, row: Touchpoint | None, name: str) -> QuerySet:
    """Who may have been there: of us, and of them."""
    return touching.people_of(account, user, row) if name == "people" else touching.contacts_of(account, row)


def logged(request, account: Account, said: dict[str, Any]) -> Response:
    usually = {"kind": Touchpoint.Kind.MEETING, "held_on": timezone.localdate(), "people": [request.user]}
    form = TouchpointForm(request.user, account, typed(usually | said | {"account": account.code}))
    meeting = filled(form, FIELDS).meeting([])
    fields = meeting.fields | {"source": "rest"}
    row = touching.log(request.user, touching.Meeting(account, fields, meeting.contacts, meeting.people))
    return made(request, "touchpoint", [row.pk], row_of(request, row.pk))


def own(request, touchpoint_id: int) -> Touchpoint:
    """The one of that state that this person may change."""
    rows = Touchpoint.objects.visible_to(request.user).select_related("account__team", "account__manager")
    row = get_object_or_404(rows, pk=touchpoint_id)
    require_match(request, row_of(request, touchpoint_id))
    if not touching.may_change(request.user, row):
        raise PermissionDenied
    return row


# What is told


def row_of(request, touchpoint_id: int) -> dict:
    rows = Touchpoint.objects.visible_to(request.user).filter(pk=touchpoint_id)
    return told(rows, TOUCHPOINTS, request.user, with_people)


def with_people(listed: list[dict]) -> list[dict]:
    """Who was there on both sides, for a whole page at once."""
    ids = [row["id"] for row in listed]
    contacts: dict[int, list[int]] = {number: [] for number in ids}
    people: dict[int, list[str]] = {number: [] for number in ids}
    there = Contact.touchpoints.through.objects.filter(touchpoint__in=ids).order_by("contact")
    for number, contact in there.values_list("touchpoint", "contact"):
        contacts[number].append(contact)
    ours = User.touchpoints.through.objects.filter(touchpoint__in=ids).order_by("user__email")
    for number, email in ours.values_list("touchpoint", "user__email"):
        people[number].append(email)
    return [row | {"contact_ids": contacts[row["id"]], "people": people[row["id"]]} for row in listed]


def described() -> dict:
    whole = schema_of(TOUCHPOINTS)
    whole["properties"] |= {
        "contact_ids": {"type": "array", "items": {"type": "integer"}},
        "people": {"type": "array", "items": {"type": "string", "format": "email"}},
    }
    return whole
