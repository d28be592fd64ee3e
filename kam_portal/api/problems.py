"""Errors as problem details (RFC 9457), naming the fields at fault."""

import logging
from math import ceil

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
    "required": ["type", "title", "status"],
}


class KeyUsedBefore(exceptions.APIException):
    """The same key was used before for something else."""

    status_code = 422
    default_code = "unprocessable"


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"


class Missing(exceptions.APIException):
    """A write that has to say which state it starts from."""

    status_code = 428
    default_code = "precondition_required"


class Stale(exceptions.APIException):
    """The state that a write starts from is no more."""

    status_code = 412
    default_code = "precondition_failed"


class Conflict(exceptions.APIException):
    """What is there already does not let it in."""

    status_code = 409
    default_code = "conflict"


class Busy(exceptions.APIException):
    status_code = 503
    default_code = "busy"
    wait = 5


TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not processable",
    428: "If-Match is missing",
    429: "Too many requests",
    503: "Busy",
}


def problem_details(error: Exception, context) -> Response | None:
    """The exception handler of REST framework; None for a programmer's mistake, which stays an error 500."""
    error = _as_api_error(error)
    if error is None:
        return None
    set_rollback()
    status = error.status_code
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status}
    if isinstance(error, exceptions.ValidationError):
        body |= {"detail": _("Some values were not accepted."), "errors": list(_by_field(error.detail))}
    else:
        body["detail"] = str(error.detail)
    return Response(body, status=status, headers=_headers(error), content_type=MEDIA_TYPE)


def _as_api_error(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, Http404):
        return exceptions.NotFound(_("There is no such thing, or it is not for you to see."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, OperationalError):
        logger.exception("The database did not answer in time")
        return Busy(_("The database is busy. Try again."))
    return error if isinstance(error, exceptions.APIException) else None


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(ceil(error.wait))
    return headers


def _by_field(detail, field: str = ""):
    """Every reason with the field it belongs to, also of nested fields and rows."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _by_field(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _by_field(inner, field)
    else:
        yield {"field": field, "reason": str(detail)}
