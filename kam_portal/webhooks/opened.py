"""Signals that opened, as endpoints are told of them: each once, and only what the endpoint's owner may see."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.permissions import Permission, may
from kam_portal.webhooks.events import SIGNAL_OPENED, delivery
from relationships.models import Signal
from relationships.signals import kinds
from relationships.signals.sentences import sentence

TELLS_BACK = timedelta(days=7)  # deliveries are kept far longer: nothing is told twice


def announce_signals(now: datetime) -> int:
    """Put every signal that opened lately, and that an endpoint was not told of, into the queue. Returns how many."""
    endpoints = WebhookEndpoint.objects.filter(is_active=True).select_related("owner")
    return sum(tell(each, now) for each in endpoints if SIGNAL_OPENED in each.events)


def tell(endpoint: WebhookEndpoint, now: datetime) -> int:
    if not may(endpoint.owner, Permission.SEE_ACCOUNTS):
        return 0
    since = max(timezone.localdate(endpoint.created_at), timezone.localdate(now) - TELLS_BACK)
    rows = Signal.objects.visible_to(endpoint.owner).filter(state=Signal.State.OPEN, since_on__gte=since)
    known = set(endpoint.deliveries.filter(event=SIGNAL_OPENED).values_list("key", flat=True))
    new = [row for row in rows.select_related("account", "owner").order_by("pk") if key_of(row) not in known]
    made = [delivery(endpoint, SIGNAL_OPENED, key_of(row), document(row), now) for row in new]
    WebhookDelivery.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    return len(made)


def key_of(row: Signal) -> str:
    return f"signal:{row.pk}"


def document(row: Signal) -> dict:
    return {
        "signal": {
            "id": row.pk,
            "kind": row.kind,
            "text": sentence(row),
            "action": kinds.asks(row.kind),
            "since_on": row.since_on.isoformat(),
            "owner": row.owner.email if row.owner else None,
        },
        "account": {"code": row.account.code, "name": row.account.name} if row.account else None,
    }
