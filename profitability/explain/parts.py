"""What each event and order line behind an activity costs: its part of the month's cost, so that all of them add up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from accounts.models import Account
from profitability.core.remainder import round_to
from profitability.explain.activity import Behind, Trail, event_behind, events_behind, line_behind, lines_behind
from profitability.models import Run

Key = tuple[str, int]


def with_costs(run: Run, account: Account, trail: Trail, shown: Iterable[Behind]) -> None:
    """Note on each record its part: by minutes, or by what the driver counts, by largest remainder over all records
    of its month, also those that are not shown."""
    listed = list(shown)
    if not listed:
        return
    costs = {row.month: row.cost for row in trail.months}
    parts: dict[Key, Decimal] = {}
    for month, weights in _weights(run, account, trail, {each.record.month for each in listed}).items():
        parts |= _parts(costs.get(month, Decimal(0)), weights)
    for each in listed:
        each.cost = parts.get(_key(each))


def _weights(run: Run, account: Account, trail: Trail, months: set[int]) -> dict[int, dict[Key, Fraction]]:
    """The weight of every record of these months."""
    found: dict[int, dict[Key, Fraction]] = defaultdict(dict)
    for each in _records(run, account, trail, months):
        found[each.record.month][_key(each)] = each.weight
    return found


def _records(run: Run, account: Account, trail: Trail, months: set[int]) -> Iterator[Behind]:
    asked = (account, trail.activity, (min(months), max(months)), run)
    for line in lines_behind(*asked).filter(month__in=months).order_by("pk"):
        yield line_behind(line, trail.activity)
    for event in events_behind(*asked).filter(month__in=months).order_by("pk"):
        yield event_behind(event, trail.activity)


def _key(each: Behind) -> Key:
    return type(each.record).__name__, each.record.pk


def _parts(cost: Decimal, weights: dict[Key, Fraction]) -> dict[Key, Decimal]:
    """A month's cost by weight; nothing where nothing was counted."""
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return {}
    total = int(cost.scaleb(settings.CURRENCY_DIGITS))
    parts = round_to(total, [total * weight / whole for weight in weights.values()], list(weights))
    return {key: Decimal(part).scaleb(-settings.CURRENCY_DIGITS) for key, part in zip(weights, parts, strict=True)}
