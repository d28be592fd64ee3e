"""One open signal for each cause that holds: found anew after each publication and once a day.

What becomes of a cause:
- new: a signal opens. Found again: its facts are brought up to date, however it was put off.
- no longer found: the open signal is gone. One that was dealt with is gone as well, so the same cause opens a new one
  when it comes back.
- dealt with, and found again without having ceased: it stays done, unless it is clearly worse, half as bad again as it
  was when somebody dealt with it. Then a new signal opens.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from profitability.queries import published_run
from relationships.models import Signal
from relationships.signals import of_customers, of_figures, of_plans, of_relationships, thresholds
from relationships.signals.kinds import KINDS
from relationships.signals.thresholds import Threshold
from relationships.signals.watched import Found, Watch

LOCK = 0x736967  # any number but those of the imports and of the ledger
WORSE = Decimal("1.5")
UPDATED = ("facts", "weight", "owner", "seen_on", "tells_profit", "tells_company", "account", "plan")
Finder = Callable[[Watch, Decimal], Iterable[Found]]
logger = logging.getLogger(__name__)

FINDERS: dict[str, Finder] = {
    each.__name__: each
    for each in (
        of_figures.contribution_falling, of_figures.unprofitable, of_figures.concentration_rising,
        of_relationships.gone_quiet, of_relationships.stage_slipping, of_relationships.strength_falling,
        of_relationships.score_expiring, of_plans.plan_stale, of_plans.no_plan, of_plans.action_overdue,
        of_plans.review_due, of_customers.contract_ending, of_customers.commitment_missed,
        of_customers.complaint_open, of_customers.detractor,
    )
}  # fmt: skip


def recompute(today: date) -> int:
    """Find every cause and keep one signal for each. Whoever comes at the same time waits; doing it twice changes
    nothing. Returns how many signals opened."""
    with transaction.atomic():
        take_turn()
        watch = Watch(today, published_run())
        asked = thresholds.every()
        found = {each.kind.code: attempted(watch, each) for each in asked}
        return sum(keep(code, causes, watch) for code, causes in found.items() if causes is not None)


def take_turn() -> None:
    """Until the transaction ends nobody else recomputes. On SQLite the transaction itself is the turn."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def attempted(watch: Watch, threshold: Threshold) -> dict[str, Found] | None:
    """The causes of one kind by key; None if they could not be found, so that its signals stay as they are."""
    try:
        with transaction.atomic():
            return {each.key: each for each in causes(watch, threshold)}
    except Exception:
        logger.exception("Signals of kind %s could not be found; the others were.", threshold.kind.code)
        return None


def causes(watch: Watch, threshold: Threshold) -> Iterator[Found]:
    if threshold.is_on and threshold.kind.code in FINDERS:
        yield from FINDERS[threshold.kind.code](watch, threshold.limit or Decimal(0))


def keep(code: str, found: dict[str, Found], watch: Watch) -> int:
    """Bring the signals of one kind in line with the causes that hold. Returns how many opened."""
    rows = Signal.objects.filter(kind=code).exclude(state=Signal.State.GONE).order_by("pk")
    known: dict[str, Signal] = {}
    over = []
    for row in rows:  # of one cause the latest: an open one follows those that were dealt with
        if row.key not in found:
            over.append(row)
        known[row.key] = row
    end(over, watch.today)
    still = [row for key, row in known.items() if key in found]
    for row in still:
        if row.state == Signal.State.OPEN:
            describe(row, found[row.key], watch)
        row.seen_on = watch.today
    Signal.objects.bulk_update(still, UPDATED, batch_size=200)
    new = [cause for key, cause in found.items() if is_new(known.get(key), cause)]
    made = [describe(Signal(kind=code, key=cause.key), cause, watch) for cause in new]
    for row in made:
        row.since_on = row.seen_on = watch.today
    Signal.objects.bulk_create(made, batch_size=200, ignore_conflicts=True)
    return len(made)


def end(rows: list[Signal], today: date) -> None:
    """Their cause has ceased. Who dealt with one, when, and what they said stays."""
    for row in rows:
        row.ended_on = row.ended_on or today
        row.state, row.snoozed_until = Signal.State.GONE, None
    Signal.objects.bulk_update(rows, ("state", "ended_on", "snoozed_until"), batch_size=200)


def is_new(known: Signal | None, cause: Found) -> bool:
    """Whether the cause opens a signal: nobody knows it, or it is clearly worse than what was dealt with."""
    if known is None:
        return True
    return known.state == Signal.State.DONE and cause.size >= WORSE * Decimal(known.facts.get("size", "1"))


def describe(row: Signal, cause: Found, watch: Watch) -> Signal:
    """As the cause is today; the account's manager looks after it."""
    kind = KINDS[cause.kind]
    row.account_id, row.plan_id = cause.account, cause.plan or watch.plan_behind(cause.account)
    row.facts = cause.facts | {"size": str(cause.size)}
    row.weight = cause.weight
    row.tells_profit = kind.tells_profit or cause.tells_profit
    row.tells_company = kind.tells_company
    row.owner_id = watch.manager(cause.account)
    return row


def preview(wanted: list[Threshold], today: date) -> dict[str, list[int | None]]:
    """What would be open with these thresholds: for each kind the managers concerned, one for each signal. What was
    dealt with and has not become worse stays done, as when they are kept."""
    watch = Watch(today, published_run())
    known = known_signals()
    counted = {}
    for each in wanted:
        found = attempted(watch, each)
        if found is None:  # its signals stay as they are
            counted[each.kind.code] = [
                row.owner_id for row in known[each.kind.code].values() if row.state == Signal.State.OPEN
            ]
            continue
        opened = [cause for key, cause in found.items() if would_be_open(known[each.kind.code].get(key), cause)]
        counted[each.kind.code] = [watch.manager(cause.account) for cause in opened]
    return counted


def known_signals() -> dict[str, dict[str, Signal]]:
    """The latest of each cause that has not ceased, by kind and key. One query."""
    listed: dict[str, dict[str, Signal]] = defaultdict(dict)
    for row in Signal.objects.exclude(state=Signal.State.GONE).order_by("pk"):
        listed[row.kind][row.key] = row
    return listed


def would_be_open(known: Signal | None, cause: Found) -> bool:
    return (known is not None and known.state == Signal.State.OPEN) or is_new(known, cause)
