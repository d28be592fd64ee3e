"""The measures an objective can have: computed from the published run, the same for every account and every reader."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may
from profitability.models import Result, Run
from relationships.core import plan as core
from relationships.core.plan import Aim, Progress, State
from relationships.core.stage import LADDER
from relationships.models import Objective, ObjectiveReading, Plan, Position
from relationships.queries import rests_on_profit

MONEY, SHARE, SCORE, COUNT, STAGE = "money", "share", "score", "count", "stage"
PLACES = {MONEY: Decimal("0.01"), SHARE: Decimal("0.0001"), SCORE: Decimal("0.01"), COUNT: Decimal("1")}
Values = dict[int, dict[str, Decimal]]


@dataclass(frozen=True)
class Measure:
    """One measure: what it is called, in what it counts, which way is better, and who may read it."""

    code: str
    label: str | Promise
    unit: str
    direction: str
    of: Callable[[Result, Position | None], Decimal | None]
    permission: Permission = Permission.SEE_ACCOUNTS


UP, DOWN, PROFIT = Objective.Direction.UP, Objective.Direction.DOWN, Permission.SEE_PROFITABILITY


def part(above: Decimal, below: Decimal) -> Decimal | None:
    """A share, of something positive only."""
    return above / below if below > 0 else None


def stage_of(position: Position | None) -> Decimal | None:
    """1…5 up the ladder; 0 for a relationship that falls apart."""
    if position is None or not position.stage:
        return None
    return Decimal(LADDER.index(position.stage) + 1 if position.stage in LADDER else 0)


def _named(*measures: Measure) -> dict[str, Measure]:
    return {measure.code: measure for measure in measures}


MEASURES: dict[str, Measure] = _named(
    Measure("net_revenue", _("Net revenue"), MONEY, UP, lambda row, at: row.net_revenue),
    Measure("growth", _("Growth of net revenue"), SHARE, UP, lambda row, at: row.growth),
    Measure("share_of_wallet", _("Share of wallet"), SHARE, UP, lambda row, at: row.share_of_wallet),
    Measure("gross_margin", _("Gross margin"), MONEY, UP, lambda row, at: row.gross_margin),
    Measure(
        "gross_margin_share", _("Gross margin of net revenue"), SHARE, UP,
        lambda row, at: part(row.gross_margin, row.net_revenue),
    ),
    Measure("contribution", _("Contribution"), MONEY, UP, lambda row, at: row.contribution, PROFIT),
    Measure(
        "contribution_margin", _("Contribution margin"), SHARE, UP,
        lambda row, at: part(row.contribution, row.net_revenue), PROFIT,
    ),
    Measure("cost_to_serve", _("Cost to serve"), MONEY, DOWN, lambda row, at: row.cost_to_serve, PROFIT),
    Measure(
        "cost_to_serve_share", _("Cost to serve of net revenue"), SHARE, DOWN,
        lambda row, at: part(row.cost_to_serve, row.net_revenue), PROFIT,
    ),
    Measure(
        "discount_share", _("Discount"), SHARE, DOWN, lambda row, at: part(row.discount_amount, row.list_amount)
    ),
    Measure("return_share", _("Returns"), SHARE, DOWN, lambda row, at: part(row.return_amount, row.list_amount)),
    Measure(
        "average_order_value", _("Average order value"), MONEY, UP,
        lambda row, at: part(row.net_revenue, Decimal(row.orders)),
    ),
    Measure("orders", _("Orders"), COUNT, UP, lambda row, at: Decimal(row.orders)),
    Measure("breadth", _("Breadth: products bought"), COUNT, UP, lambda row, at: Decimal(row.products)),
    Measure(
        "relationship_strength", _("Relationship strength"), SCORE, UP,
        lambda row, at: at and at.relationship_strength,
    ),
    Measure("stage", _("Stage of the relationship"), STAGE, UP, lambda row, at: stage_of(at)),
)  # fmt: skip
OF_POSITION = {"relationship_strength", "stage"}  # known of an account without activity too
READ = (  # all that the measures are made of
    "account", "is_active", "net_revenue", "growth", "share_of_wallet", "gross_margin", "contribution", "cost_to_serve",
    "discount_amount", "list_amount", "return_amount", "orders", "products", "position__relationship_strength",
    "position__stage",
)  # fmt: skip


def may_read(user, code: str) -> bool:
    """Whether this person may see values of the measure at all; what is typed by hand anyone may who sees the plan."""
    return code not in MEASURES or may(user, MEASURES[code].permission)


def kept_from(user) -> list[str]:
    """The measures this person may not read: their objectives are withheld whole, since a title and how it stands tell
    what the figure hides."""
    return [code for code in MEASURES if not may_read(user, code)]


def open_to(user, objectives):
    """Those of the objectives (a queryset) that this person may know of."""
    return objectives.exclude(measure__in=kept_from(user))


def withheld(user, plan: Plan) -> set[int]:
    """The ids of the plan’s objectives that this person may not know of. No query for most people."""
    codes = kept_from(user)
    return set(plan.objectives.filter(measure__in=codes).values_list("pk", flat=True)) if codes else set()


def values(accounts: Collection[int], run: Run | None, user=None, wanted: Collection[str] = MEASURES) -> Values:
    """Each measure of these accounts in the run, or those wanted: a missing one is left out. With a user, so is what he
    may not see, and so are accounts he does not see. Two queries."""
    if run is None or not accounts:
        return {}
    rows = Result.objects.in_run(run).filter(account__in=list(accounts)).select_related("position")
    rows = rows if user is None else rows.visible_to(user)
    codes = [code for code in MEASURES if code in wanted and (user is None or may_read(user, code))]
    withholds = user is not None and not may(user, PROFIT)
    rows = rows.only(*READ, *(["position__scores"] if withholds else []))  # long: only to see what a score rests on
    return {row.account_id: _values(row, codes, withholds) for row in rows}


def _values(row: Result, codes: Collection[str], withholds: bool) -> dict[str, Decimal]:
    """Those of the measures that are known; `withholds`: not a strength that rests on profit."""
    position = getattr(row, "position", None)
    hidden = withholds and position is not None and rests_on_profit(position, "relationship")
    known = [code for code in codes if row.is_active or code in OF_POSITION]
    found = {code: MEASURES[code].of(row, position) for code in known if code != "relationship_strength" or not hidden}
    return {code: rounded(code, value) for code, value in found.items() if value is not None}


def rounded(code: str, value: Decimal) -> Decimal:
    """As an objective keeps it: with the decimals that its unit is read with."""
    return Decimal(value).quantize(PLACES.get(MEASURES[code].unit, Decimal(1)))


# How objectives stand


def aim_of(objective: Objective) -> Aim:
    up = objective.direction == Objective.Direction.UP
    return Aim(objective.baseline, objective.target, up, objective.from_on, objective.until_on)


def progress(objective: Objective, value: Decimal | None, today: date) -> Progress:
    """Reached, on track, behind, moved away, missed …, and how much of the way."""
    return core.progress(aim_of(objective), value, today)


def latest_readings(objectives: Iterable[Objective]) -> dict[int, ObjectiveReading]:
    """The last value typed for each objective without a measure. One query."""
    own = [objective.pk for objective in objectives if not objective.measure]
    rows = ObjectiveReading.objects.filter(objective__in=own).order_by("read_on", "pk") if own else ()
    return {row.objective_id: row for row in rows}


def standings(
    objectives: Collection[Objective],
    measured: Mapping[int, Mapping[str, Decimal]],
    today: date,
    read: Mapping[int, ObjectiveReading] | None = None,
) -> dict[int, tuple[Decimal | None, Progress]]:
    """Of each objective its value and its progress. `measured` is what `values` gives for their accounts, `read` what
    `latest_readings` gives; the objectives come with their plans. One query, none with `read`."""
    read = latest_readings(objectives) if read is None else read
    return {each.pk: _standing(each, measured, read.get(each.pk), today) for each in objectives}


def _standing(objective: Objective, measured, reading: ObjectiveReading | None, today: date):
    if objective.measure:
        value = measured.get(objective.plan.account_id, {}).get(objective.measure)
    else:
        value = reading.value if reading else None
    return value, progress(objective, value, today)


STATES: dict[str, str | Promise] = {
    State.REACHED: _("Reached"),
    State.ON_TRACK: _("On track"),
    State.EARLY: _("Too early to say"),
    State.BEHIND: _("Behind"),
    State.MOVED_AWAY: _("Moved away"),
    State.MISSED: _("Missed"),
    State.UNKNOWN: _("Not known yet"),
}
