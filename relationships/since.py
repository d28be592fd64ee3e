"""What moved both scores of an account since the run before, part by part: the parts sum to the change."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Account
from profitability.models import Run
from profitability.queries import earlier_run
from relationships.causes import axis_causes
from relationships.core import criteria as core_criteria
from relationships.core.causes import COMPETITOR
from relationships.models import Position, PositionChange
from relationships.movements import costed_scores, stood_of
from relationships.queries import rests_on_profit
from relationships.wording import AXES

Cause = PositionChange.Cause
SCORES = {"attractiveness": "attractiveness", "relationship": "relationship_strength"}


@dataclass(frozen=True)
class Part:
    """What one cause did, in points of the score."""

    cause: str
    code: str
    name: str
    points: Decimal

    @property
    def cause_label(self) -> str:
        return str(Cause(self.cause).label)


@dataclass(frozen=True)
class Moved:
    """One axis: its score before and now with the parts of the change; `reach` is what moved the cut it is held
    against, in points in which it helps the account."""

    figure: str
    label: str
    before: Decimal
    after: Decimal
    parts: list[Part]
    reach: list[Part]

    @property
    def total(self) -> Decimal:
        return sum((part.points for part in self.parts), Decimal(0))


@dataclass(frozen=True)
class Since:
    """An account's axes, compared with the run before."""

    run: Run
    axes: list[Moved]


def since(run: Run, account: Account, profit: bool) -> Since | None:
    """What moved since the run before, on the axes that the reader may see; None if there is nothing to compare."""
    before = earlier_run(run)
    rows = Position.objects.filter(run__in=[run, before], account=account).select_related("criteria_set")
    stood = {row.run_id: row for row in rows if row.criteria_set}
    if before is None or len(stood) < 2:
        return None
    then, now = stood[before.pk], stood[run.pk]
    sets = [core_criteria.parse(row.criteria_set.document)[0] for row in (then, now)]
    if None in sets:
        return None
    costed = costed_scores(run, before, [account.pk], sets[1]).get(account.pk, {})
    stands = [stood_of(row, criteria) for row, criteria in zip((then, now), sets, strict=True)]
    shown = [axis for axis in SCORES if profit or not is_hidden(axis, then, now)]
    axes = [moved(axis, then, now, axis_causes(axis, *stands, costed)) for axis in shown if is_scored(axis, then, now)]
    return Since(before, [each for each in axes if each.parts or each.reach])


def is_hidden(axis: str, *positions: Position) -> bool:
    """Of attractiveness no single score is told to whoever may not see profit, of strength none that rests on it."""
    return axis == "attractiveness" or any(rests_on_profit(position, axis) for position in positions)


def is_scored(axis: str, *positions: Position) -> bool:
    return all(getattr(position, SCORES[axis]) is not None for position in positions)


def moved(axis: str, then: Position, now: Position, causes: list[dict]) -> Moved:
    figure = SCORES[axis]
    parts, reach = [], []
    for cause in causes:
        of_bar = cause["cause"] == Cause.CUT or cause["code"] == COMPETITOR
        (reach if of_bar else parts).append(part_of(cause))
    label = str(AXES[axis])
    return Moved(figure, label, getattr(then, figure), getattr(now, figure), parts, reach)


def part_of(cause: dict) -> Part:
    name = cause["name"] or {COMPETITOR: _("Best competitor"), "": _("Cut")}.get(cause["code"], _("Criteria"))
    points = Decimal(str(cause["effect"] or 0)).quantize(Decimal("0.000001"))
    return Part(cause["cause"], cause["code"], name, points)
