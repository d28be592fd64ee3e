"""What happened, as it is told: to each endpoint only what its owner may see."""

import uuid
from collections.abc import Iterator
from datetime import datetime

import orjson
from django.db import transaction
from django.utils import timezone

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.permissions import Permission, may
from kam_portal.causes import is_hidden
from kam_portal.matrix.axes import criteria_of
from profitability import standings
from profitability.models import Run
from relationships.models import Position, PositionChange

RUN_PUBLISHED, BOX_CHANGED, SIGNAL_OPENED, PING = "run.published", "account.box_changed", "signal.opened", "ping"
EVENTS = (RUN_PUBLISHED, BOX_CHANGED, SIGNAL_OPENED)


def announce() -> int:
    """Put every event that an endpoint was not told of yet into the queue, once. Returns how many."""
    return sum(_announce_to(pk) for pk in WebhookEndpoint.objects.filter(is_active=True).values_list("pk", flat=True))


def _announce_to(pk: int) -> int:
    newest = Run.objects.filter(state__in=standings.READABLE)
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.select_for_update().select_related("owner").filter(pk=pk).first()
        if endpoint is None or not endpoint.is_active:
            return 0
        runs = list(newest.filter(published_at__gt=endpoint.told_until).order_by("published_at"))
        if not runs:
            return 0
        rows = [row for run in runs for row in deliveries(endpoint, run)]
        WebhookDelivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        WebhookEndpoint.objects.filter(pk=pk).update(told_until=runs[-1].published_at)
    return len(rows)


def deliveries(endpoint: WebhookEndpoint, run: Run) -> Iterator[WebhookDelivery]:
    """What a run has to tell this endpoint. Somebody who may no longer sign in is told nothing."""
    if not may(endpoint.owner, Permission.SEE_ACCOUNTS):
        return
    if RUN_PUBLISHED in endpoint.events:
        yield delivery(endpoint, RUN_PUBLISHED, f"run:{run.pk}", {"run": told_run(run)}, run.published_at)
    if BOX_CHANGED in endpoint.events:
        for account, document in box_changes(endpoint, run):
            yield delivery(endpoint, BOX_CHANGED, f"box:{run.pk}:{account}", document, run.published_at)


def delivery(endpoint: WebhookEndpoint, event: str, key: str, document: dict, at: datetime) -> WebhookDelivery:
    whole = {"id": str(uuid.uuid4()), "event": event, "created_at": at.isoformat()} | document
    return WebhookDelivery(
        endpoint=endpoint, event=event, key=key, body=orjson.dumps(whole).decode(), next_at=timezone.now()
    )


def told_run(run: Run) -> dict:
    used = criteria_of(run)
    return {
        "id": run.pk,
        "as_of": standings.as_of(run).isoformat(),
        "model": str(run.cost_model) if run.cost_model else None,
        "criteria": str(used) if used else None,
        "published_at": run.published_at.isoformat(),
    }


def box_changes(endpoint: WebhookEndpoint, run: Run) -> Iterator[tuple[int, dict]]:
    """The box changes of the accounts that the owner sees."""
    rows = PositionChange.objects.filter(run=run, kind=PositionChange.Kind.BOX).visible_to(endpoint.owner)
    changes = list(rows.select_related("account").order_by("pk"))
    profit = may(endpoint.owner, Permission.SEE_PROFITABILITY)
    positions = Position.objects.filter(run=run, account__in=[change.account_id for change in changes])
    by_account = {position.account_id: position for position in positions}
    for change in changes:
        position = by_account[change.account_id]
        causes = [cause for cause in change.causes if not is_hidden(cause["axis"], position, profit)]
        yield (
            change.account_id,
            {
                "run": told_run(run),
                "account": {"code": change.account.code, "name": change.account.name},
                "before": change.before or None,
                "after": change.after or None,
                "provisional": position.is_provisional,
                "causes": causes,
            },
        )
