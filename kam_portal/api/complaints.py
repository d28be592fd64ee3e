"""Complaints over REST: logged, followed up, closed, against their tag."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.models import Account
from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind
from accounts.rest.paging import Sort
from accounts.rest.parameters import Parameter
from accounts.rest.scopes import Scope
from kam_portal.api.filled import account_in, filled, known, typed, unless_outdated, usual
from kam_portal.api.idempotency import once
from kam_portal.api.plans.base import PlanEntry, PlanList, made, told
from kam_portal.api.plans.bodies import Field, asked
from kam_portal.api.preconditions import require_match
from kam_portal.api.ratings import SINCE
from relationships import complaints
from relationships.models import Complaint
from relationships.touch_forms import ComplaintForm, contacts_for, owners_for

READ, LOG = Permission.SEE_ACCOUNTS, Permission.LOG_TOUCHPOINTS
STATES = {"open": True, "closed": False}  # whether the day on which it was closed is missing
LONGEST = 500
COMPLAINTS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("received_on", Kind.DAY, "received_on", nullable=False),
    Column("contact_id", Kind.WHOLE, "contact_id"),
    Column("subject", Kind.TEXT, "subject", nullable=False),
    Column("severity", Kind.WHOLE, "severity", nullable=False),
    Column("text", Kind.TEXT, "text", nullable=False),
    Column("cause", Kind.TEXT, "cause"),
    Column("remedy", Kind.TEXT, "remedy"),
    Column("owner_email", Kind.TEXT, "owner__email"),
    Column("closed_on", Kind.DAY, "closed_on"),
    Column("logged_at", Kind.INSTANT, "logged_at", nullable=False),
    Column("logged_by", Kind.TEXT, "logged_by__email", nullable=False),
)
FIELDS = (
    Field("received_on", "day"),
    Field("contact_id", "id", attr="contact"),
    Field("subject", "choice", choices=tuple(Complaint.Subject.values)),
    Field("severity", "whole", needed=True, largest=max(Complaint.Severity.values)),
    Field("text", "text", needed=True, longest=LONGEST),
    Field("cause", "text", longest=LONGEST),
    Field("remedy", "text", longest=LONGEST),
    Field("owner_email", "email", attr="owner"),
    Field("closed_on", "day"),
)
NEW = (Field("account_code", "text", needed=True, longest=64), *FIELDS)


def read_state(given: str) -> bool:
    if given not in STATES:
        raise ValueError(_("Choose one of: %(values)s.") % {"values": ", ".join(STATES)})
    return STATES[given]


class Complaints(PlanList):
    """What the customers in sight complained of, the latest first; a POST logs one."""

    policy = {"GET": READ, "POST": LOG}
    scope = {"GET": Scope.READ_COMPLAINTS, "POST": Scope.WRITE_COMPLAINTS}
    columns, fields, ordering = COMPLAINTS, NEW, "-received_on"
    filters = {
        "account": ("account__code", parameters.text("Code of the account")),
        "state": ("closed_on__isnull", Parameter(read_state, {"type": "string", "enum": list(STATES)})),
        "subject": ("subject", parameters.choice(Complaint.Subject.values)),
        "severity": ("severity", parameters.whole(1, max(Complaint.Severity.values))),
        "owner": ("owner__email__iexact", parameters.text("E-mail of who looks after it")),
        "received_since": ("received_on__gte", SINCE),
    }

    def rows_of(self, request, run):
        return Complaint.objects.visible_to(request.user)

    def sorts(self, user):
        return {"-received_on": Sort("-received_on", "received_on", descending=True, tie="pk")}

    def post(self, request):
        account = account_in(request)
        said = asked(request.data, NEW, partial(choices, request.user, account, None), is_new=True)
        return once(request, lambda: logged(request, account, usual(said, FIELDS)))


class ComplaintDetail(PlanEntry):
    """One of them; a PATCH follows it up or, with a day and what was done, closes it: for whoever logged or owns it,
    or edits plans of the account."""

    policy = {"GET": READ, "PATCH": LOG}
    scope = {"GET": Scope.READ_COMPLAINTS, "PATCH": Scope.WRITE_COMPLAINTS}
    columns, fields = COMPLAINTS, FIELDS

    def get(self, request, complaint_id):
        return Response(row_of(request, complaint_id))

    @transaction.atomic
    def patch(self, request, complaint_id):
        row = own(request, complaint_id)
        said = asked(request.data, FIELDS, partial(choices, request.user, row.account, row), is_new=False)
        data = known(row, complaints.FIELDS) | usual(said, FIELDS)
        form = filled(ComplaintForm(request.user, row.account, typed(data), row), FIELDS)
        with unless_outdated():
            complaints.change(row, fields_of(form), row.revision)
        return Response(row_of(request, complaint_id))


def choices(user, account: Account, row: Complaint | None, name: str) -> QuerySet:
    """Who complained, and who looks after it."""
    return owners_for(account, user, row) if name == "owner" else contacts_for(account, row)


def logged(request, account: Account, said: dict[str, Any]) -> Response:
    usually = {"received_on": timezone.localdate(), "subject": Complaint.Subject.OTHER}
    form = ComplaintForm(request.user, account, typed(usually | said | {"account": account.code}))
    row = complaints.log(request.user, account, fields_of(filled(form, FIELDS)))
    return made(request, "complaint", [row.pk], row_of(request, row.pk))


def fields_of(form) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in complaints.FIELDS}


def own(request, complaint_id: int) -> Complaint:
    """The one of that state that this person may change."""
    rows = Complaint.objects.visible_to(request.user).select_related("account__team", "account__manager")
    row = get_object_or_404(rows, pk=complaint_id)
    require_match(request, row_of(request, complaint_id))
    if not complaints.may_change(request.user, row):
        raise PermissionDenied
    return row


def row_of(request, complaint_id: int) -> dict:
    rows = Complaint.objects.visible_to(request.user).filter(pk=complaint_id)
    return told(rows, COMPLAINTS, request.user, list)
