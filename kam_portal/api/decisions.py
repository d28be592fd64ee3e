"""Decisions on the key account programme over REST: proposed by those who look after an account, decided by others."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import programme
from accounts.models import Account, Decision
from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, ListView, row_or_404
from accounts.versions import NotPossible
from kam_portal.api.idempotency import once
from kam_portal.api.problems import Conflict
from profitability.api.run import OfPublishedRun

READ, PROPOSE, APPROVE = Permission.SEE_PROFITABILITY, Permission.PROPOSE_DECISIONS, Permission.APPROVE_DECISIONS
DECISIONS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("outcome", Kind.TEXT, "outcome", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("reason", Kind.TEXT, "reason", nullable=False),
    Column("proposed_on", Kind.DAY, "proposed_on", nullable=False),
    Column("proposed_by", Kind.TEXT, "proposed_by__email", nullable=False),
    Column("decided_on", Kind.DAY, "decided_on"),
    Column("decided_by", Kind.TEXT, "decided_by__email"),
    Column("answer", Kind.TEXT, "answer"),
    Column("review_on", Kind.DAY, "review_on"),
)
DECIDED = [Decision.State.APPROVED.value, Decision.State.DECLINED.value]
DAY = {"type": ["string", "null"], "format": "date"}
PROPOSAL = {
    "type": "object",
    "properties": {
        "account_code": {"type": "string"},
        "outcome": {"type": "string", "enum": Decision.Outcome.values},
        "reason": {"type": "string"},
        "review_on": DAY | {"description": "Needed to admit or to keep: a day after today, at most three years ahead"},
    },
    "required": ["account_code", "outcome", "reason"],
    "additionalProperties": False,
}
ANSWER = {
    "type": "object",
    "properties": {
        "state": {"type": "string", "enum": DECIDED},
        "answer": {"type": "string", "description": "Needed to decline"},
    },
    "required": ["state"],
    "additionalProperties": False,
}


class Decisions(OfPublishedRun, ListView):
    """Decisions on accounts in sight, newest first; a POST proposes one."""

    policy = {"GET": READ, "POST": PROPOSE}
    scope = {"GET": Scope.READ_DECISIONS, "POST": Scope.WRITE_DECISIONS}
    columns = DECISIONS
    filters = {
        "state": ("state", parameters.choice(Decision.State.values)),
        "outcome": ("outcome", parameters.choice(Decision.Outcome.values)),
        "account_code": ("account__code", parameters.text("Code of an account")),
    }
    ordering = "-id"
    takes_idempotency_key = True
    accepted = 201
    body_schema = {"application/json": PROPOSAL}

    def rows_of(self, request, run):
        return Decision.objects.visible_to(request.user)

    def sorts(self, user):
        return {"-id": Sort("-id", "pk", descending=True, tie="pk")}

    def post(self, request):
        said = body_of(request.data, PROPOSAL)
        return once(request, lambda: proposed(request, said))

    def answer_schema(self, method):
        return schema_of(DECISIONS) if method == "POST" else super().answer_schema(method)


class DecisionDetail(ApiView):
    """One decision; a PATCH approves or declines a proposal that somebody else made."""

    policy = {"GET": READ, "PATCH": APPROVE}
    scope = {"GET": Scope.READ_DECISIONS, "PATCH": Scope.WRITE_DECISIONS}
    body_schema = {"application/json": ANSWER}

    def get(self, request, decision_id):
        return Response(row_of(decision_id, request.user))

    def patch(self, request, decision_id):
        decision = get_object_or_404(Decision.objects.visible_to(request.user), pk=decision_id)
        said = body_of(request.data, ANSWER)
        approve = said["state"] == Decision.State.APPROVED
        try:
            programme.decide(request.user, decision, approve, said.get("answer") or "")
        except NotPossible as problem:
            raise ValidationError({"": [str(problem)]}) from None
        return Response(row_of(decision.pk, request.user))

    def answer_schema(self, method):
        return schema_of(DECISIONS)


def row_of(number: int, user) -> dict:
    return row_or_404(Decision.objects.visible_to(user).filter(pk=number), DECISIONS, user)


def body_of(data: Any, schema: dict) -> dict[str, str]:
    """The texts that were sent, or every problem by its field."""
    if not isinstance(data, dict):
        raise ValidationError({"": [_("Not an object.")]})
    known = schema["properties"]
    problems = {name: [_("Unknown field.")] for name in data.keys() - known.keys()}
    for name, described in known.items():
        if problem := problem_of(data.get(name), described, name in schema["required"]):
            problems[name] = [problem]
    if problems:
        raise ValidationError(problems)
    return data


def problem_of(value: Any, described: dict, is_needed: bool) -> str:
    """What is wrong with one field; nothing where it is right."""
    if value is None:
        return _("Needed.") if is_needed else ""
    if not isinstance(value, str) or "\0" in value:
        return _("Not a text.")
    if value not in described.get("enum", [value]):
        return _("Choose one of: %(values)s.") % {"values": ", ".join(described["enum"])}
    return _("A day is written YYYY-MM-DD.") if described.get("format") == "date" and day_in(value) is None else ""


def day_in(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def proposed(request, said: dict) -> Response:
    """Put it before those who approve."""
    account = Account.objects.visible_to(request.user).filter(code=said["account_code"]).first()
    if account is None:
        raise Http404
    try:
        review = day_in(said.get("review_on") or "")
        found = programme.propose(request.user, account, said["outcome"], said["reason"], review)
    except programme.AlreadyWaiting as problem:
        raise Conflict(str(problem)) from None
    except NotPossible as problem:
        raise ValidationError({"": [str(problem)]}) from None
    address = request.build_absolute_uri(reverse("api:decision", args=[found.pk]))
    return Response(row_of(found.pk, request.user), status=201, headers={"Location": address})
