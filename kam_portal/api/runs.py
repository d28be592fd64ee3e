"""Asking for a run."""

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.rest.parameters import read_month
from accounts.rest.scopes import Scope
from kam_portal.api.idempotency import once
from kam_portal.recompute import request_run
from profitability.api.runs import RunDetail, Runs
from profitability.models import CostModel

MONTH = {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}


class RequestableRuns(Runs):
    """Runs, newest first; a POST asks for a new one, and answers where to watch it."""

    policy = {"GET": Permission.SEE_ACCOUNTS, "POST": Permission.RECOMPUTE}
    scope = {"GET": Scope.READ_RUNS, "POST": Scope.WRITE_RUNS}
    takes_idempotency_key = True
    body_schema = {
        "application/json": {
            "type": "object",
            "properties": {"from": MONTH, "to": MONTH, "model": {"type": "string"}},
            "additionalProperties": False,
        }
    }

    def post(self, request):
        asked = asked_run(request.data)
        return once(request, lambda: self.accepted_run(request, asked))

    def accepted_run(self, request, asked: dict) -> Response:
        run = request_run(request.user, **asked)
        address = request.build_absolute_uri(reverse("api:run", args=[run.pk]))
        row = RunDetail().row(run.pk, request.user)
        return Response(row, status=202, headers={"Location": address})

    def answer_schema(self, method):
        return super().answer_schema(method) if method == "GET" else RunDetail().answer_schema("GET")


def asked_run(body) -> dict:
    """The window and model asked for; what is left out means the usual one."""
    if not isinstance(body, dict):
        raise ValidationError({"": [_("An object with from, to and model.")]})
    asked = {"month_from": None, "month_to": None, "model_code": ""}
    problems = {name: [_("Unknown field.")] for name in body if name not in FIELDS}
    for name in body.keys() & FIELDS:
        try:
            asked[FIELDS[name]] = read_field(name, body[name])
        except ValueError as error:
            problems[name] = [str(error)]
    if asked["month_from"] and asked["month_to"] and asked["month_from"] > asked["month_to"]:
        problems["to"] = [_("The last month comes before the first.")]
    if problems:
        raise ValidationError(problems)
    return asked


FIELDS = {"from": "month_from", "to": "month_to", "model": "model_code"}


def read_field(name: str, value):
    if value is None:
        return "" if name == "model" else None
    if not isinstance(value, str):
        raise ValueError(_("Not a text."))
    if name != "model":
        return read_month(value)
    if "\0" in value or not CostModel.objects.filter(code=value).exists():
        raise ValueError(_("There is no such cost model."))
    return value
