"""What changed between two published runs, account by account, with the cause in one line."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.causes import what, why
from kam_portal.templatetags.kam import money, phase, signed, whole
from profitability.models import Result
from relationships.models import Box, CriteriaSet, Position, PositionChange, Stage
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
# what is higher is better for us; a box as high as another is neither a rise nor a fall
RANKS: dict[str, dict[str, int]] = {
    PositionChange.Kind.BOX: {Box.STREAMLINE: 1, Box.STATUS: 2, Box.STAR: 2, Box.STRATEGIC: 3},
    PositionChange.Kind.STAGE: {stage: rank for rank, stage in enumerate(Stage.values, start=1)},
}
MANY = 3  # changes of one cause are told as one
OF_CRITERIA = [PositionChange.Cause.WEIGHTS, PositionChange.Cause.CUT]
SMALLEST_SHARE = Decimal("0.1")  # of what the account contributed before


@dataclass(frozen=True)
class Change:
    """One account's change, in words; or that of many together, without a result but with the address of their list."""

    result: Result | None
    what: str
    cause: str
    size: Decimal
    url: str = ""
    is_box: bool = False  # then the trail of the box has its parts
    is_bad: bool = False


def changes(user, rows: QuerySet[Result], before, profit: bool, most: int = 8) -> list[Change]:
    """What moved most since the run before, what is bad for us first: boxes and stages, then contributions, by money,
    then classes. What a new version of the criteria moved stands above all."""
    if before is None:
        return []
    listed = {row.account_id: row for row in rows}
    noted, found = noted_changes(listed.values()), []
    together = by_criteria(user, [change for change in noted if is_of_criteria(change, profit)], before, profit)
    if together:
        noted, found = [change for change in noted if not is_of_criteria(change, profit)], [together]
    noted = [told(change, listed[change.account_id], profit) for change in noted]
    found += [change for kind, change in noted if kind != PositionChange.Kind.CLASS]
    if profit:
        moved = {change.result.pk for change in found if change.result}
        earlier = {row.account_id: row for row in portfolio(user, before).filter(account__in=rows.values("account"))}
        pairs = [(row, earlier[account]) for account, row in listed.items() if account in earlier]
        money_moves = [money_change(now, then) for now, then in pairs if now.pk not in moved and is_large(now, then)]
        found += sorted(money_moves, key=lambda change: -abs(change.size))
    seen = {change.result.pk for change in found if change.result}
    found += [change for kind, change in noted if kind == PositionChange.Kind.CLASS and change.result.pk not in seen]
    return sorted(found, key=lambda change: (change.result is not None, not change.is_bad))[:most]


def is_of_criteria(change: PositionChange, profit: bool) -> bool:
    """Whether weights or a cut moved the box most. Of attractiveness that is said to whoever may see profit."""
    if change.kind != PositionChange.Kind.BOX or not change.causes:
        return False
    first = change.causes[0]
    return first["cause"] in OF_CRITERIA and (profit or first["axis"] != "attractiveness")


def by_criteria(user, changes: list[PositionChange], before, profit: bool) -> Change | None:
    """What a new version of the criteria moved, as one change; None of the same version, or of few accounts."""
    if len(changes) < MANY:
        return None
    run = changes[0].run_id
    then, now = (Position.objects.filter(run=each).values_list("criteria_set", flat=True)[:1] for each in (before, run))
    criteria = CriteriaSet.objects.filter(pk__in=now).exclude(pk__in=then).first()
    if criteria is None:
        return None
    boxes = PositionChange.objects.filter(run=run, kind=PositionChange.Kind.BOX).visible_to(user)
    moved = boxes.filter(causes__0__cause__in=OF_CRITERIA)
    moved = moved if profit else moved.exclude(causes__0__axis="attractiveness")
    words = {"criteria": criteria, "moved": whole(moved.count()), "all": whole(boxes.count())}
    what = _("Criteria %(criteria)s: %(moved)s accounts moved") % words
    cause = _("weights or cuts are others; %(all)s accounts are in another box altogether") % words
    return Change(None, what, cause, Decimal(0), reverse("accounts") + "?moved=on")


def noted_changes(rows: Collection[Result]) -> list[PositionChange]:
    """What the run of these results noted of their accounts: boxes first, then stages, then classes; what went from one
    to another before what is new or gone."""
    run = next((row.run_id for row in rows), None)
    found = PositionChange.objects.filter(run=run, account__in=[row.account_id for row in rows])
    order = [PositionChange.Kind.BOX, PositionChange.Kind.STAGE, PositionChange.Kind.CLASS]
    return sorted(found, key=lambda change: (order.index(change.kind), not (change.before and change.after), change.pk))


def told(change: PositionChange, row: Result, profit: bool) -> tuple[str, Change]:
    is_box = change.kind == PositionChange.Kind.BOX
    cause = why(change, row.position, profit)
    return change.kind, Change(row, what(change), cause, Decimal(0), is_box=is_box, is_bad=is_fall(change))


def is_fall(change: PositionChange) -> bool:
    """Whether it went from a higher one to a lower; a relationship that falls apart is below every stage."""
    ranks = RANKS.get(change.kind)
    if ranks is None:
        return False  # a class moves by what others buy
    if change.kind == PositionChange.Kind.STAGE and Stage.DISINTEGRATING in (change.before, change.after):
        return change.after == Stage.DISINTEGRATING
    return bool(change.before and change.after) and ranks[change.after] < ranks[change.before]


def is_large(now: Result, then: Result) -> bool:
    change = abs(now.contribution - then.contribution)
    return change > 0 and change >= SMALLEST_SHARE * abs(then.contribution)


def money_change(now: Result, then: Result) -> Change:
    change = now.contribution - then.contribution
    up, down = _("contribution up %(size)s to %(now)s %(unit)s"), _("contribution down %(size)s to %(now)s %(unit)s")
    words = {"size": money(abs(change)), "now": money(now.contribution), "unit": settings.CURRENCY}
    text = (up if change > 0 else down) % words
    return Change(now, text, money_cause(now, then, change), change, is_bad=change < 0)


def money_cause(now: Result, then: Result, change: Decimal) -> str:
    """The part that explains most of the change."""
    parts = {name: sign * (getattr(now, name) - getattr(then, name)) for name, sign in PARTS.items()}
    name = max(parts, key=lambda part: parts[part] if change > 0 else -parts[part])
    moved = getattr(now, name) - getattr(then, name)
    return _("%(part)s %(change)s") % {"part": NAMES.get(name) or phase(name).lower(), "change": signed(moved)}
