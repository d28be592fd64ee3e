"""What changed between two published runs, account by account, with the cause in one line."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.templatetags.kam import money, phase, signed
from profitability.models import Result
from relationships.models import Position
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
    """The accounts that moved most since the run before: first those that changed box, then by money."""
    if before is None:
        return []
    earlier = {row.account_id: row for row in portfolio(user, before).filter(account__in=rows.values("account"))}
    pairs = [(row, earlier[row.account_id]) for row in rows if row.account_id in earlier]
    moved = [box_change(now, then) for now, then in pairs if now.position.box != then.position.box]
    boxed = {change.result.pk for change in moved}
    if profit:
        money_moves = [money_change(now, then) for now, then in pairs if now.pk not in boxed and is_large(now, then)]
        moved += sorted(money_moves, key=lambda change: -abs(change.size))
    return moved[:most]


def is_large(now: Result, then: Result) -> bool:
    change = abs(now.contribution - then.contribution)
    return change > 0 and change >= SMALLEST_SHARE * abs(then.contribution)


def box_change(now: Result, then: Result) -> Change:
    text = _("%(before)s → %(after)s") % {"before": box_name(then.position), "after": box_name(now.position)}
    return Change(now, text, score_cause(now.position, then.position), now.contribution - then.contribution)


def box_name(position: Position) -> str:
    return position.get_box_display() or _("no box")


def score_cause(now: Position, then: Position) -> str:
    """The criteria whose score moved most on either axis."""
    if now.criteria_set_id != then.criteria_set_id:
        return _("the criteria changed")
    earlier = {row["code"]: row["score"] for row in then.scores}
    moves = [
        (row["weight"] * (row["score"] - earlier[row["code"]]), row["name"], row["score"] - earlier[row["code"]])
        for row in now.scores
        if row["score"] is not None and earlier.get(row["code"]) is not None
    ]
    weight, name, change = max(moves, key=lambda move: abs(move[0]), default=(0, "", 0))
    if not weight:
        return _("more criteria are scored now")
    return _("%(criterion)s %(change)+.1f") % {"criterion": name, "change": change}


def money_change(now: Result, then: Result) -> Change:
    change = now.contribution - then.contribution
    text = _("contribution %(change)s to %(now)s") % {"change": signed(change), "now": money(now.contribution)}
    return Change(now, text, money_cause(now, then, change), change)


def money_cause(now: Result, then: Result, change: Decimal) -> str:
    """The part that explains most of the change."""
    parts = {name: sign * (getattr(now, name) - getattr(then, name)) for name, sign in PARTS.items()}
    name = max(parts, key=lambda part: parts[part] if change > 0 else -parts[part])
    moved = getattr(now, name) - getattr(then, name)
    return _("%(part)s %(change)s") % {"part": NAMES.get(name) or phase(name).lower(), "change": signed(moved)}
