"""What happened, as it is told: to each endpoint only what its owner may see."""

import uuid
from collections.abc import Iterator
from datetime import datetime

import orjson
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.permissions import Permission, may
from kam_portal.causes import is_hidden
from kam_portal.matrix.axes import criteria_of
from profitability import standings
from profitability.models import Publication, Run
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
        again = put_up_again(endpoint.told_until)
        if not runs and again is None:
            return 0
        rows = [row for run in runs for row in deliveries(endpoint, run)]
        rows += [] if again is None else told_again(endpoint, again)
        WebhookDelivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        last = runs[-1].published_at if again is None else again.published_at
        WebhookEndpoint.objects.filter(pk=pk).update(told_until=last)
    return len(rows)


def put_up_again(since: datetime) -> Publication | None:
    """The run behind the pages, if it is an earlier one that was published again after that moment."""
    latest = Publication.objects.select_related("run__cost_model").filter(published_at__gt=since)
    return latest.exclude(published_at=F("run__published_at")).first()


def told_again(endpoint: WebhookEndpoint, again: Publication) -> list[WebhookDelivery]:
    """The run alone: its boxes were told when it was new."""
    if RUN_PUBLISHED not in endpoint.events or not may(endpoint.owner, Permission.SEE_ACCOUNTS):
        return []
    document = {"run": told_run(again.run) | {"published_again_at": again.published_at.isoformat()}}
    key = f"run:{again.run_id}:{again.published_at:%Y%m%d%H%M%S%f}"
    return [delivery(endpoint, RUN_PUBLISHED, key, document, again.published_at)]


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
        "published_again_at": None,
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
