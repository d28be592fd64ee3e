"""Why a box, class or stage changed, in words. Scores that rest on profit are named only to whoever may see profit."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.templatetags.kam import money, share, with_plus, written
from relationships.causes import COVERAGE
from relationships.core.criteria import plain
from relationships.models import Box, Position, PositionChange, Stage
from relationships.queries import rests_on_profit

Cause, Kind = PositionChange.Cause, PositionChange.Kind
HIGH = {
    "attractiveness": {Box.STRATEGIC, Box.STAR},
    "relationship": {Box.STRATEGIC, Box.STATUS},
}
# the words for each way to cross the cut of an axis
CROSSED = {
    ("attractiveness", True): gettext_lazy("it is more attractive"),
    ("attractiveness", False): gettext_lazy("it is less attractive"),
    ("relationship", True): gettext_lazy("the relationship is stronger"),
    ("relationship", False): gettext_lazy("the relationship is weaker"),
}
COMPETITOR = {
    True: gettext_lazy("the best competitor is weaker"),
    False: gettext_lazy("the best competitor is stronger"),
}
CUT = {True: gettext_lazy("the cut is lower"), False: gettext_lazy("the cut is higher")}
VIEWS = {Cause.EVIDENCE: gettext_lazy("the evidence we hold"), Cause.BUYER: gettext_lazy("the buyer’s view")}


def what(change: PositionChange) -> str:
    """From where to where."""
    names = {
        Kind.BOX: (Box, _("no box")),
        Kind.STAGE: (Stage, _("no stage")),
    }
    if change.kind == Kind.CLASS:
        return _("class %(before)s → %(after)s") % {"before": change.before or "–", "after": change.after or "–"}
    choices, none = names[change.kind]
    before, after = (choices(value).label if value else none for value in (change.before, change.after))
    return _("%(before)s → %(after)s") % {"before": before, "after": after}


def why(change: PositionChange, position: Position, profit: bool) -> str:
    """The cause in one line."""
    if change.kind == Kind.CLASS:
        return _revenue(change)
    if change.kind == Kind.STAGE:
        return "; ".join(str(VIEWS[cause["cause"]]) for cause in change.causes if cause["cause"] in VIEWS)
    if not (change.before and change.after):
        return _coverage(change)
    crossed = [axis for axis, boxes in HIGH.items() if (change.before in boxes) != (change.after in boxes)]
    return "; ".join(_of_axis(change, axis, position, profit) for axis in crossed)


def _coverage(change: PositionChange) -> str:
    """Why there is a box now and was none, or the other way round: of both axes the one that was last to come, or
    first to go."""
    told = [cause for cause in change.causes if cause["code"] == COVERAGE]
    by_weights = [cause for cause in told if cause["cause"] == Cause.WEIGHTS]
    if by_weights:
        words = _("the criteria changed: what is scored now weighs %(after)s (%(before)s before)")
        return words % {name: share(by_weights[0][name]) for name in ("before", "after")}
    if not told and change.causes and all(cause["cause"] == Cause.WEIGHTS for cause in change.causes):
        return _("the criteria changed")
    return _("enough criteria are scored now") if change.after else _("too few criteria are scored now")


def _revenue(change: PositionChange) -> str:
    moved = next((cause["effect"] for cause in change.causes if cause["code"] == "net_revenue"), None)
    if not moved:
        return _("the revenue of others moved")
    words = _("net revenue up %(size)s") if moved > 0 else _("net revenue down %(size)s")
    return words % {"size": money(abs(moved))}


def _of_axis(change: PositionChange, axis: str, position: Position, profit: bool) -> str:
    """What took the account over the cut of one axis: of the causes that pushed that way the largest."""
    up = change.after in HIGH[axis]
    if is_hidden(axis, position, profit):
        return str(CROSSED[axis, up])  # naming a criterion would tell how profit moved
    pushed = [
        cause for cause in change.causes if cause["axis"] == axis and (cause["effect"] or 0) * (1 if up else -1) > 0
    ]
    return sentence(pushed[0]) if pushed else str(CROSSED[axis, up])


def is_hidden(axis: str, position: Position, profit: bool) -> bool:
    """Whether scores of the axis are not for this reader."""
    return not profit and (axis == "attractiveness" or rests_on_profit(position, axis))


def sentence(cause: dict) -> str:
    """One cause that moved a score, such as “Trust rose by 2.0 (rating)”."""
    helped = cause["effect"] > 0
    if cause["cause"] == Cause.CUT:
        return _cut(cause)
    if cause["code"] == "competitor":
        return str(COMPETITOR[helped])
    if cause["cause"] == Cause.WEIGHTS:
        return _weight(cause)
    moved = cause.get("change", cause["effect"])
    words = _("%(name)s rose by %(size)s (%(cause)s)") if moved > 0 else _("%(name)s fell by %(size)s (%(cause)s)")
    label = Cause(cause["cause"]).label
    return words % {"name": cause["name"], "size": written(Decimal(str(abs(moved))), 1), "cause": label.lower()}


def _weight(cause: dict) -> str:
    moved = cause.get("change")
    if not moved or not cause["name"]:
        return _("the criteria changed")
    if cause.get("score") is not None:
        return _reweighed(cause)
    words = _("%(name)s weighs %(size)s more (weights)") if moved > 0 else _("%(name)s weighs %(size)s less (weights)")
    return words % {"name": cause["name"], "size": written(Decimal(str(abs(moved))), 1)}


def _reweighed(cause: dict) -> str:
    words = _("%(name)s weighs %(after)s instead of %(before)s, and it scores %(score)s there: %(effect)s")
    weights = {name: short(cause[name]) for name in ("before", "after")}
    score, effect = written(Decimal(str(cause["score"])), 1), written(Decimal(str(cause["effect"])), 2)
    return words % (weights | {"name": cause["name"], "score": score, "effect": with_plus(effect)})


def _cut(cause: dict) -> str:
    words = str(CUT[cause["effect"] > 0])
    if cause.get("before") is None:
        return words
    sizes = {name: short(cause[name]) for name in ("before", "after")}
    return words + ": " + _("%(before)s → %(after)s") % sizes


def short(value: float) -> str:
    """A weight or a cut with no more decimals than it has: 45, 33.34."""
    return plain(Decimal(str(value)).quantize(Decimal("0.01")))
