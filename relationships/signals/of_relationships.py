"""Causes in the relationship with a customer: silence, stages and scores that fall, scores that are old."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Q
from django.utils import timezone

from profitability.standings import READABLE
from relationships.contacts.heard import last_heard
from relationships.core.stage import rank
from relationships.models import Box, Contact, Position, PositionChange, Rating, Touchpoint
from relationships.queries import rests_on_profit
from relationships.signals.watched import Found, Watch, Watched

# How long silence may last, against an account in Strategic.
PATIENCE = {
    Box.STRATEGIC: Decimal(1),
    Box.STAR: Decimal("1.5"),
    Box.STATUS: Decimal(2),
    Box.STREAMLINE: Decimal(4),
    "": Decimal(3),
}
WITH_ONE_PERSON = 3  # times as long
COUNTS_FROM = 8  # influence of 10
NAMED = 3  # contacts in a sentence
A_YEAR = timedelta(days=365)
HALF = Decimal("0.5")
CENT = Decimal("0.01")


def gone_quiet(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """Key accounts and accounts with a plan; nothing before the first touchpoint was ever logged. Five queries."""
    wanted = [each for each in watch.accounts.values() if each.is_key or each.plan]
    began = Touchpoint.objects.filter(held_on__lte=watch.today).aggregate(first=Min("held_on"))["first"]
    if began is None:
        return
    held = Touchpoint.objects.filter(account__in=[each.pk for each in wanted], held_on__lte=watch.today)
    last = dict(held.order_by().values_list("account").annotate(on=Max("held_on")))
    people = who_counts([each.pk for each in wanted], watch.today)
    for each in wanted:
        expected = int(limit * PATIENCE[each.box])
        on = last.get(each.pk)
        silent = (watch.today - (on or began)).days
        if silent > expected and (on or people[each.pk]):  # where nobody is known there is nobody to miss
            yield silence(each, expected, silent, on)
        elif names := quiet_people(people[each.pk], began, watch.today, WITH_ONE_PERSON * expected):
            yield quiet_contacts(each, WITH_ONE_PERSON * expected, names)


def who_counts(accounts: list[int], today: date) -> dict[int, list[tuple]]:
    """Those who decide, approve or have influence: since when each is known, and when they were heard of."""
    counts = Q(buying_role__in=("decider", "approver")) | Q(influence__gte=COUNTS_FROM)
    rows = Contact.objects.present().filter(counts, account__in=accounts)
    last, found = last_heard(rows, today), defaultdict(list)
    for each in rows.order_by("name", "pk"):
        found[each.account_id].append((each.name, timezone.localdate(each.created_at), last.get(each.pk)))
    return found


def quiet_people(people: list[tuple], began: date, today: date, expected: int) -> list[tuple[str, date | None]]:
    """The quietest first. Whom nobody ever met counts from when he was noted, but not from before anybody logged."""
    since = [(on or max(created, began), name, on) for name, created, on in people]
    return [
        (name, on) for start, name, on in sorted(since, key=lambda each: each[:2]) if (today - start).days > expected
    ]


def silence(each: Watched, expected: int, silent: int, on: date | None) -> Found:
    facts = {"last": on and on.isoformat(), "days": silent, "expected": expected, "names": [], "more": 0}
    periods = Decimal(silent // max(expected, 1))  # another whole one is clearly worse
    return Found("gone_quiet", f"quiet:{each.pk}", facts, each.pk, weight=each.weight, size=periods)


def quiet_contacts(each: Watched, expected: int, names: list[tuple[str, date | None]]) -> Found:
    told = [[name, on and on.isoformat()] for name, on in names[:NAMED]]
    facts = {"names": told, "more": max(len(names) - NAMED, 0), "expected": expected}
    return Found("gone_quiet", f"quiet-people:{each.pk}", facts, each.pk, weight=each.weight, size=Decimal(len(names)))


def stage_slipping(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """One query."""
    since = watch.today - timedelta(days=int(limit))
    rows = PositionChange.objects.filter(
        kind=PositionChange.Kind.STAGE, account__in=list(watch.accounts), run__state__in=READABLE, changed_on__gte=since
    )
    highest: dict[int, tuple[str, date]] = {}
    for account, before, on in rows.order_by("changed_on", "pk").values_list("account", "before", "changed_on"):
        known = highest.get(account)
        if before and (known is None or rank(before) >= rank(known[0])):
            highest[account] = (before, on)
    for account, (before, on) in highest.items():
        position = watch.accounts[account].position
        if position is None or not position.stage or rank(position.stage) >= rank(before):
            continue
        facts = {"before": before, "after": position.stage, "on": on.isoformat()}
        steps = Decimal(rank(before) - rank(position.stage))
        yield Found("stage_slipping", f"stage:{account}", facts, account, weight=watch.weight(account), size=steps)


def strength_falling(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """By the same criteria as then. One query beside the run that is compared."""
    if watch.earlier is None:
        return
    rows = Position.objects.in_run(watch.earlier).filter(account__in=list(watch.accounts))
    for then in rows.filter(relationship_strength__isnull=False).order_by("account"):
        now = watch.accounts[then.account_id].position
        if now is None or now.relationship_strength is None or now.criteria_set_id != then.criteria_set_id:
            continue
        fall = then.relationship_strength - now.relationship_strength
        if fall < limit:
            continue
        name, effect = largest_fall(then, now)
        facts = {
            "before": str(then.relationship_strength),
            "after": str(now.relationship_strength),
            "month": watch.earlier.month_to,
            "criterion": name,
            "effect": str(effect),
        }
        yield Found(
            "strength_falling", f"strength:{then.account_id}", facts, then.account_id,
            weight=watch.weight(then.account_id), size=fall, tells_profit=rests_on_profit(now, "relationship"),
        )  # fmt: skip


def largest_fall(then: Position, now: Position) -> tuple[str, Decimal]:
    """The criterion whose score fell most by its weight, and by how much its own score fell; nothing if none did."""
    before = {row["code"]: row for row in then.scores if row["axis"] == "relationship"}
    falls = []
    for row in now.scores:
        was = before.get(row["code"])
        if row["axis"] == "relationship" and was and None not in (was["score"], row["score"]):
            change = Decimal(str(row["score"])) - Decimal(str(was["score"]))
            falls.append((change * Decimal(str(row["weight"])), row["name"], change))
    _effect, name, change = min(falls, default=(0, "", Decimal(0)))
    return (name, change.quantize(CENT)) if change < 0 else ("", Decimal(0))


def score_expiring(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """Key accounts and accounts with a plan, by the latest rating of each criterion. One query."""
    by = watch.today + timedelta(days=int(limit))
    wanted = [each.pk for each in watch.accounts.values() if each.is_key or each.plan]
    rows = Rating.objects.filter(account__in=wanted, rated_on__lte=watch.today).order_by()
    latest = defaultdict(list)
    for account, on in rows.values("account", "criterion").annotate(on=Max("rated_on")).values_list("account", "on"):
        latest[account].append(on)
    for account, found in latest.items():
        old = sum(on + A_YEAR <= by for on in found)
        if old < HALF * len(found):
            continue
        facts = {"old": old, "all": len(found), "by": by.isoformat(), "oldest": min(found).isoformat()}
        yield Found(
            "score_expiring", f"scores:{account}", facts, account, weight=watch.weight(account), size=Decimal(1)
        )
