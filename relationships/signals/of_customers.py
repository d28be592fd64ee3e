"""Causes in what customers agreed to and say: contracts that end, complaints, and who would not recommend us."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from profitability.standings import as_of
from relationships.agreements.standing import Promise, agreed, promised
from relationships.asking import RECOMMEND
from relationships.core.voice import DETRACTS
from relationships.models import Complaint, Contract, Invitation
from relationships.signals.watched import Found, Watch

A_MONTH = 30


def contract_ending(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """One query. After its last day a contract that did not renew itself raises nothing any more."""
    soon = watch.today + timedelta(days=int(limit))
    rows = Contract.objects.filter(account__in=list(watch.accounts), from_on__lte=watch.today, until_on__isnull=False)
    for row in rows.filter(Q(ended_on=None) | Q(ended_on__gte=watch.today)).order_by("pk"):
        found = agreed(row, watch.today)
        end = found.running and found.running.until_on
        day = found.notice_by or end
        if end is None or not watch.today <= day <= soon:
            continue
        facts = {"name": row.name, "end": end.isoformat(), "notice": day.isoformat(), "renews": bool(found.notice_by)}
        weight = watch.weight(row.account_id)
        yield Found("contract_ending", f"contract:{row.pk}:{end}", facts, row.account_id, weight=weight)


def commitment_missed(watch: Watch, _limit: Decimal) -> Iterator[Found]:
    """The amounts stay on the page of the contract: they may count accounts that not every reader sees. A fixed number
    of queries."""
    if watch.run is None:
        return
    everyone = User(role=Role.EXECUTIVE)  # a contract counts for the whole group, whoever reads of it
    running = Contract.objects.filter(account__in=list(watch.accounts), from_on__lte=watch.today)
    rows = list(running.filter(Q(ended_on=None) | Q(ended_on__gte=watch.today)).order_by("pk"))
    for each in promised(everyone, rows, watch.today, as_of(watch.run)):
        for promise in each.promises:
            if promise.standing == "missed":
                yield missed(watch, each.row, promise)


def missed(watch: Watch, contract: Contract, promise: Promise) -> Found:
    until = min(promise.span.until_on or as_of(watch.run), as_of(watch.run))
    facts = {
        "contract": contract.name,
        "side": promise.row.side,
        "measure": promise.row.measure,
        "category": promise.row.category,
        "from": promise.span.from_on.isoformat(),
        "until": until.isoformat(),
    }
    key = f"commitment:{promise.row.pk}:{promise.span.from_on}"
    return Found("commitment_missed", key, facts, contract.account_id, weight=watch.weight(contract.account_id))


def complaint_open(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """One query."""
    until = watch.today - timedelta(days=int(limit))
    rows = Complaint.objects.filter(
        severity=Complaint.Severity.CRITICAL, closed_on=None, received_on__lte=until, account__in=list(watch.accounts)
    )
    for row in rows.order_by("pk"):
        days = (watch.today - row.received_on).days
        facts = {"text": row.text, "on": row.received_on.isoformat(), "days": days}
        yield Found(
            "complaint_open", f"complaint:{row.pk}", facts, row.account_id,
            weight=watch.weight(row.account_id), size=Decimal(1 + days // A_MONTH),
        )  # fmt: skip


def detractor(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """One query."""
    since = watch.today - timedelta(days=int(limit))
    rows = Invitation.objects.filter(account__in=list(watch.accounts), answered_at__date__gte=since, revoked_at=None)
    for row in rows.order_by("pk"):
        score = str((row.answers or {}).get(RECOMMEND, ""))
        if not score.isdecimal() or int(score) > DETRACTS:
            continue
        facts = {"name": row.name, "score": int(score), "on": timezone.localdate(row.answered_at).isoformat()}
        yield Found("detractor", f"detractor:{row.pk}", facts, row.account_id, weight=watch.weight(row.account_id))
