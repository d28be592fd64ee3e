"""What changed between two published runs, account by account, with the cause in one line."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.templatetags.kam import money, moved, phase, signed
from profitability.models import Result
from relationships.models import Box, Position
from relationships.queries import portfolio, rests_on_profit

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
# which boxes are high on an axis, and the words for each way to cross its cut
HIGH = {
    "attractiveness": {Box.STRATEGIC, Box.STAR},
    "relationship": {Box.STRATEGIC, Box.STATUS},
}
CROSSED = {
    ("attractiveness", True): gettext_lazy("it is more attractive"),
    ("attractiveness", False): gettext_lazy("it is less attractive"),
    ("relationship", True): gettext_lazy("the relationship is stronger"),
    ("relationship", False): gettext_lazy("the relationship is weaker"),
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
    found = [box_change(now, then, profit) for now, then in pairs if now.position.box != then.position.box]
    boxed = {change.result.pk for change in found}
    if profit:
        money_moves = [money_change(now, then) for now, then in pairs if now.pk not in boxed and is_large(now, then)]
        found += sorted(money_moves, key=lambda change: -abs(change.size))
    return found[:most]


def is_large(now: Result, then: Result) -> bool:
    change = abs(now.contribution - then.contribution)
    return change > 0 and change >= SMALLEST_SHARE * abs(then.contribution)


def box_change(now: Result, then: Result, profit: bool) -> Change:
    text = _("%(before)s → %(after)s") % {"before": box_name(then.position), "after": box_name(now.position)}
    return Change(now, text, box_cause(now.position, then.position, profit), now.contribution - then.contribution)


def box_name(position: Position) -> str:
    return position.get_box_display() or _("no box")


def box_cause(now: Position, then: Position, profit: bool) -> str:
    """Why the box is another one: other criteria, more or fewer scores, or the axis on which the cut was crossed."""
    if now.criteria_set_id != then.criteria_set_id:
        return _("the criteria changed")
    if not then.box:
        return _("enough criteria are scored now")
    if not now.box:
        return _("too few criteria are scored now")
    return "; ".join(axis_cause(axis, now, then, profit) for axis in HIGH if is_crossed(axis, now, then))


def is_crossed(axis: str, now: Position, then: Position) -> bool:
    return (now.box in HIGH[axis]) != (then.box in HIGH[axis])


def axis_cause(axis: str, now: Position, then: Position, profit: bool) -> str:
    """Which way the axis went, and the criterion that took it there."""
    up = now.box in HIGH[axis]
    text = str(CROSSED[axis, up])
    if rests_on_profit(now, axis) and not profit:
        return text  # naming a criterion would tell how profit moved
    moves = score_moves(axis, now, then)
    weight, name, change = max(moves, key=lambda move: move[0] if up else -move[0], default=(0, "", 0))
    if (weight > 0) != up or not weight:
        return text
    return _("%(text)s: %(criterion)s %(change)s") % {"text": text, "criterion": name, "change": moved(change)}


def score_moves(axis: str, now: Position, then: Position) -> list[tuple[float, str, float]]:
    """Weighted change, name and change of each criterion of the axis that had a score both times."""
    earlier = {row["code"]: row["score"] for row in then.scores if row["axis"] == axis}
    return [
        (row["weight"] * (row["score"] - earlier[row["code"]]), row["name"], row["score"] - earlier[row["code"]])
        for row in now.scores
        if row["axis"] == axis and row["score"] is not None and earlier.get(row["code"]) is not None
    ]


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
