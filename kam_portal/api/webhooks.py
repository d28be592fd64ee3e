"""Webhooks over REST: addresses that are told when a run is published, an account changes its box, a signal opens."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, ListView, row_or_404
from kam_portal.api.idempotency import once
from kam_portal.webhooks import endpoints
from kam_portal.webhooks.events import EVENTS
from kam_portal.webhooks.guard import Refused
from profitability.api.run import OfPublishedRun

EVENT = {"type": "string", "enum": list(EVENTS)}
WEBHOOKS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("url", Kind.TEXT, "url", nullable=False),
    Column("events", Kind.DOCUMENT, "events", nullable=False),
    Column("is_active", Kind.FLAG, "is_active", nullable=False),
    Column("created_at", Kind.INSTANT, "created_at", nullable=False),
)
DELIVERIES = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("event", Kind.TEXT, "event", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("attempts", Kind.WHOLE, "attempts", nullable=False),
    Column("last_status", Kind.WHOLE, "last_status"),
    Column("last_error", Kind.TEXT, "last_error"),
    Column("created_at", Kind.INSTANT, "created_at", nullable=False),
    Column("next_at", Kind.INSTANT, "next_at"),
    Column("finished_at", Kind.INSTANT, "finished_at"),
)
NEWEST = {"-id": Sort("-id", "pk", descending=True, tie="pk")}


def own(user):
    return WebhookEndpoint.objects.filter(owner=user)


def described(*more: str) -> dict:
    whole = schema_of(WEBHOOKS)
    whole["properties"]["events"] = {"type": "array", "items": EVENT}
    for name in more:
        whole["properties"][name] = {"type": "string", "description": "Signs what is sent; it is not shown again"}
    return whole


class Webhooks(OfPublishedRun, ListView):
    """Own webhooks, newest first; a POST makes one, whose answer shows its secret, once."""

    policy = {"GET": Permission.SEE_ACCOUNTS, "POST": Permission.SEE_ACCOUNTS}
    scope = {"GET": Scope.READ_WEBHOOKS, "POST": Scope.WRITE_WEBHOOKS}
    columns = WEBHOOKS
    ordering = "-id"
    takes_idempotency_key = True
    accepted = 201
    body_schema = {
        "application/json": {
            "type": "object",
            "properties": {"url": {"type": "string"}, "events": {"type": "array", "items": EVENT}},
            "required": ["url", "events"],
            "additionalProperties": False,
        }
    }

    def rows_of(self, request, run):
        return own(request.user)

    def sorts(self, user):
        return NEWEST

    def post(self, request):
        asked = asked_webhook(request.data)
        return once(request, lambda: made(request, *asked))

    def answer_schema(self, method):
        if method == "POST":
            return described("secret")
        whole = super().answer_schema(method)
        whole["properties"]["results"]["items"] = described()
        return whole


def asked_webhook(body) -> tuple[str, list[str]]:
    """The address and the events, or every problem by its field."""
    if not isinstance(body, dict):
        raise ValidationError({"": [_("An object with url and events.")]})
    problems = {name: [_("Unknown field.")] for name in body.keys() - {"url", "events"}}
    url, events = body.get("url"), body.get("events")
    if not isinstance(url, str):
        problems["url"] = [_("An address is needed.")]
    if not isinstance(events, list) or not events or not all(event in EVENTS for event in events):
        problems["events"] = [_("A list of: %(events)s.") % {"events": ", ".join(EVENTS)}]
    if problems:
        raise ValidationError(problems)
    return url, events


def made(request, url: str, events: list[str]) -> Response:
    try:
        row, secret = endpoints.create(request.user, url, events, request.user)
    except Refused as refusal:
        raise ValidationError({"url": [str(refusal)]}) from None
    address = request.build_absolute_uri(reverse("api:webhook", args=[row.pk]))
    told = row_or_404(own(request.user).filter(pk=row.pk), WEBHOOKS, request.user)
    return Response(told | {"secret": secret}, status=201, headers={"Location": address})


class WebhookDetail(ApiView):
    """One webhook; DELETE ends it, and what still waits for it."""

    policy = {"GET": Permission.SEE_ACCOUNTS, "DELETE": Permission.SEE_ACCOUNTS}
    scope = {"GET": Scope.READ_WEBHOOKS, "DELETE": Scope.WRITE_WEBHOOKS}

    def get(self, request, webhook_id):
        return Response(row_or_404(own(request.user).filter(pk=webhook_id), WEBHOOKS, request.user))

    def delete(self, request, webhook_id):
        get_object_or_404(own(request.user), pk=webhook_id).delete()
        return Response(status=204)

    def answer_schema(self, method):
        return described()


class WebhookPing(ApiView):
    """Sends a message to try the connection; its delivery tells what came of it."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.WRITE_WEBHOOKS
    accepted = 202

    def post(self, request, webhook_id):
        with transaction.atomic():
            delivery = endpoints.ping(get_object_or_404(own(request.user), pk=webhook_id))
        told = row_or_404(WebhookDelivery.objects.filter(pk=delivery.pk), DELIVERIES, request.user)
        return Response(told, status=202)

    def answer_schema(self, method):
        return schema_of(DELIVERIES)


class WebhookDeliveries(OfPublishedRun, ListView):
    """What was sent to a webhook and what came of it, newest first; finished ones are kept for 30 days."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_WEBHOOKS
    columns = DELIVERIES
    filters = {"state": ("state", parameters.choice(WebhookDelivery.State.values))}
    ordering = "-id"

    def rows_of(self, request, run, webhook_id):
        return get_object_or_404(own(request.user), pk=webhook_id).deliveries.all()

    def sorts(self, user):
        return NEWEST
