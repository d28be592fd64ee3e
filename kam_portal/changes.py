"""What changed between two published runs, account by account, with the cause in one line."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.causes import what, why
from kam_portal.templatetags.kam import money, phase, signed
from profitability.models import Result
from relationships.models import PositionChange
from relationships.queries import portfolio

# the parts of contribution, each with the sign it has in it
PARTS = {
    "net_revenue": 1,
    "cost_amount": -1,
    "freight_amount": -1,
    "presale": -1,
    "production": -1,
    "delivery": -1,
    "post_sale": -1,
}
NAMES = {
    "net_revenue": gettext_lazy("net revenue"),
    "cost_amount": gettext_lazy("cost of goods"),
    "freight_amount": gettext_lazy("freight"),
}
SMALLEST_SHARE = Decimal("0.1")  # of what the account contributed before


@dataclass(frozen=True)
class Change:
    """One account's change, in words."""

    result: Result
    what: str
    cause: str
    size: Decimal


def changes(user, rows: QuerySet[Result], before, profit: bool, most: int = 8) -> list[Change]:
    """What moved most since the run before: first boxes and stages, then contributions, by money, then classes."""
    if before is None:
        return []
    listed = {row.account_id: row for row in rows}
    noted = [told(change, listed[change.account_id], profit) for change in noted_changes(listed.values())]
    found = [change for kind, change in noted if kind != PositionChange.Kind.CLASS]
    if profit:
        moved = {change.result.pk for change in found}
        earlier = {row.account_id: row for row in portfolio(user, before).filter(account__in=rows.values("account"))}
        pairs = [(row, earlier[account]) for account, row in listed.items() if account in earlier]
        money_moves = [money_change(now, then) for now, then in pairs if now.pk not in moved and is_large(now, then)]
        found += sorted(money_moves, key=lambda change: -abs(change.size))
    seen = {change.result.pk for change in found}
    found += [change for kind, change in noted if kind == PositionChange.Kind.CLASS and change.result.pk not in seen]
    return found[:most]


def noted_changes(rows: Collection[Result]) -> list[PositionChange]:
    """What the run of these results noted of their accounts: boxes first, then stages, then classes; what went from one
    to another before what is new or gone."""
    run = next((row.run_id for row in rows), None)
    found = PositionChange.objects.filter(run=run, account__in=[row.account_id for row in rows])
    order = [PositionChange.Kind.BOX, PositionChange.Kind.STAGE, PositionChange.Kind.CLASS]
    return sorted(found, key=lambda change: (order.index(change.kind), not (change.before and change.after), change.pk))


def told(change: PositionChange, row: Result, profit: bool) -> tuple[str, Change]:
    return change.kind, Change(row, what(change), why(change, row.position, profit), Decimal(0))


def is_large(now: Result, then: Result) -> bool:
    change = abs(now.contribution - then.contribution)
    return change > 0 and change >= SMALLEST_SHARE * abs(then.contribution)


def money_change(now: Result, then: Result) -> Change:
    change = now.contribution - then.contribution
    words = _("contribution up %(size)s to %(now)s") if change > 0 else _("contribution down %(size)s to %(now)s")
    text = words % {"size": money(abs(change)), "now": money(now.contribution)}
    return Change(now, text, money_cause(now, then, change), change)


def money_cause(now: Result, then: Result, change: Decimal) -> str:
    """The part that explains most of the change."""
    parts = {name: sign * (getattr(now, name) - getattr(then, name)) for name, sign in PARTS.items()}
    name = max(parts, key=lambda part: parts[part] if change > 0 else -parts[part])
    moved = getattr(now, name) - getattr(then, name)
    return _("%(part)s %(change)s") % {"part": NAMES.get(name) or phase(name).lower(), "change": signed(moved)}
