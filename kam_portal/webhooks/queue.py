"""The queue of deliveries: each is tried until it is taken, ever more rarely, and given up in the end.

A worker takes a delivery by moving its next attempt on before it sends, so that two workers never send it at once and a
killed one's delivery comes up again. What an endpoint gets, it may get twice: `id` tells.
"""

from datetime import timedelta

from django.db.models import F, Min
from django.utils import timezone

from accounts.models import WebhookDelivery, WebhookEndpoint
from kam_portal.webhooks.sending import Answer, secret_of, send

State = WebhookDelivery.State
# before the second attempt, the third …; after the last one it is given up
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
ATTEMPTS = len(WAITS) + 1
LEASE = timedelta(minutes=5)
TOGETHER = 200  # deliveries of one task
KEPT = timedelta(days=30)


def due_endpoints() -> list[int]:
    """Endpoints with something to send, who has waited longest first."""
    rows = WebhookDelivery.objects.filter(state=State.WAITING, next_at__lte=timezone.now(), endpoint__is_active=True)
    return list(rows.values_list("endpoint", flat=True).annotate(since=Min("next_at")).order_by("since"))


def send_due(endpoint_id: int) -> int:
    """Send what is due to one endpoint, in the order of the events; the first failure ends the round. Returns how
    many were taken."""
    due = WebhookDelivery.objects.filter(endpoint=endpoint_id, endpoint__is_active=True, state=State.WAITING)
    taken = 0
    for pk in list(due.filter(next_at__lte=timezone.now()).order_by("pk").values_list("pk", flat=True)[:TOGETHER]):
        row = claimed(pk)
        if row is None:
            continue
        if not attempt(row).is_good:
            break
        taken += 1
    return taken


def claimed(pk: int) -> WebhookDelivery | None:
    """The delivery, if nobody else has it."""
    now = timezone.now()
    free = WebhookDelivery.objects.filter(pk=pk, state=State.WAITING, next_at__lte=now)
    if not free.update(next_at=now + LEASE, attempts=F("attempts") + 1):
        return None
    return WebhookDelivery.objects.select_related("endpoint").get(pk=pk)


def attempt(row: WebhookDelivery) -> Answer:
    """Send one delivery and note what came of it."""
    now = timezone.now()
    secret = secret_of(row.endpoint.salt)
    answer = send(row.endpoint.url, secret, row.body.encode(), int(now.timestamp()), row.event, row.pk)
    row.last_status, row.last_error = answer.status, answer.error[:200]
    if answer.is_good:
        row.state, row.finished_at = State.DELIVERED, timezone.now()
    elif row.attempts >= ATTEMPTS:
        row.state, row.finished_at = State.DEAD, timezone.now()
    else:
        row.next_at = timezone.now() + WAITS[row.attempts - 1]
    row.save(update_fields=["state", "finished_at", "next_at", "last_status", "last_error"])
    return answer


def tidy() -> None:
    """Forget what was finished long ago."""
    WebhookDelivery.objects.filter(finished_at__lt=timezone.now() - KEPT).delete()


def hand_over() -> int:
    """Announce what happened, and wake a worker for each endpoint with something to send."""
    from kam_portal.tasks import send_webhooks
    from kam_portal.webhooks.events import announce
    from kam_portal.webhooks.opened import announce_signals

    if not WebhookEndpoint.objects.filter(is_active=True).exists():
        return 0
    announce()
    announce_signals(timezone.now())
    endpoints = due_endpoints()
    for endpoint in endpoints:
        send_webhooks.delay(endpoint)
    return len(endpoints)
