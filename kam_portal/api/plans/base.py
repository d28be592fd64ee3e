"""What the views on plans share: the plan in the address, writes that name the state they start from, refusals."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.rest.columns import schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, ListView, row_or_404
from kam_portal.api.plans.bodies import body
from kam_portal.api.problems import Conflict, Stale
from profitability.api.run import OfPublishedRun
from relationships.models import Plan
from relationships.plans import editing
from relationships.plans.readers import may_edit

READ, WRITE = Permission.SEE_ACCOUNTS, Permission.EDIT_PLANS
SCOPES = {"GET": Scope.READ_PLANS, "POST": Scope.WRITE_PLANS, "PATCH": Scope.WRITE_PLANS}


def plan_of(request, plan_id: int) -> Plan:
    """The plan that this reader sees; hidden and missing ones answer alike."""
    rows = Plan.objects.visible_to(request.user).select_related("account__team", "account__manager", "account__sponsor")
    return get_object_or_404(rows, pk=plan_id)


def editable(request, plan_id: int) -> Plan:
    """The plan, if this person may change it."""
    plan = plan_of(request, plan_id)
    if plan.state == Plan.State.CLOSED:
        raise Conflict(_("The plan is closed."))
    if not may_edit(request.user, plan):
        raise PermissionDenied
    return plan


def kept(outcome: editing.Outcome) -> Any:
    """The entry that was kept; else the answer that fits."""
    if isinstance(outcome, editing.Saved):
        return outcome.entry
    if isinstance(outcome, editing.Refused):
        raise ValidationError({outcome.field: [outcome.message]})
    if isinstance(outcome, editing.Gone):
        raise Http404
    raise Stale(_("It has changed since. Read it again."))


def made(request, view: str, numbers: list[int], row: dict) -> Response:
    """The answer to a new entry, with its address."""
    address = request.build_absolute_uri(reverse(f"api:{view}", args=numbers))
    return Response(row, status=201, headers={"Location": address})


class PlanList(OfPublishedRun, ListView):
    """A list of what belongs to one plan, or of plans; a POST adds one."""

    policy = {"GET": READ, "POST": WRITE}
    scope = {name: SCOPES[name] for name in ("GET", "POST")}
    takes_idempotency_key = True
    accepted = 201
    fields: tuple = ()
    ordering = "id"

    @property
    def body_schema(self) -> dict:
        return {"application/json": body(self.fields, is_new=True)}

    def answer_schema(self, method):
        described = self.described()
        if method == "POST":
            return described
        whole = super().answer_schema(method)
        whole["properties"]["results"]["items"] = described
        return whole

    def described(self) -> dict:
        return schema_of(self.columns)


class PlanEntry(ApiView):
    """One of them; a PATCH changes it, if it still reads as the ETag in If-Match says."""

    policy = {"GET": READ, "PATCH": WRITE}
    scope = {name: SCOPES[name] for name in ("GET", "PATCH")}
    takes_if_match = {"PATCH"}
    fields: tuple = ()
    columns: tuple = ()

    @property
    def body_schema(self) -> dict:
        return {"application/json": body(self.fields, is_new=False)}

    def answer_schema(self, method):
        return schema_of(self.columns)


def told(rows, columns, user, finished) -> dict:
    """One row as a reader gets it, or 404."""
    return finished([row_or_404(rows, columns, user)])[0]
