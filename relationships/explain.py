"""Where a score and a box come from: criteria with weight and score, who rated them, and the cuts."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.explain.figures import FIGURES
from profitability.models import Run
from relationships.core import criteria as core_criteria
from relationships.models import AccountCriterion, Position, Rating
from relationships.queries import rests_on_profit

SCORE_UNIT = Decimal("0.000001")
AXES = {"attractiveness": "attractiveness", "relationship_strength": "relationship"}
LABELS = {
    "attractiveness": gettext_lazy("Attractiveness"),
    "relationship_strength": gettext_lazy("Relationship strength"),
    "box": gettext_lazy("Box"),
}
FORMULAS = {
    "score": gettext_lazy("sum of weight × score of the scored criteria ÷ sum of their weights"),
    "box": gettext_lazy(
        "both scores against their cuts, where on the cut counts as high: strategic is attractive and strong, star is "
        "attractive only, status is strong only, streamline is neither; no box below 60 % of an axis scored"
    ),
}


@dataclass(frozen=True)
class Criterion:
    """One criterion of an axis: its weight, its score, and how much of the axis' score it makes."""

    code: str
    name: str
    weight: Decimal
    kind: str
    score: Decimal | None
    points: Decimal | None
    figure: str  # the figure it is measured from, where it has a trail of its own
    ratings: list[Rating]


@dataclass(frozen=True)
class Scored:
    """A score and its criteria. Where a criterion rests on profit the reader may not see, no single score is told."""

    figure: str
    label: str
    formula: str
    score: Decimal | None
    coverage: Decimal
    is_hidden: bool
    criteria: list[Criterion]
    total: Decimal | None

    @property
    def closes(self) -> bool:
        """Whether the criteria add up to the score; each is kept with six decimals."""
        if self.is_hidden or self.score is None:
            return self.is_hidden or self.total is None
        return self.total is not None and abs(self.total - self.score) <= 10 * SCORE_UNIT


@dataclass(frozen=True)
class Boxed:
    """A box: both scores against their cuts. `strength` is the one on the axis: absolute, or strength ÷ competitor."""

    figure: str
    label: str
    formula: str
    position: Position
    strength: Decimal | None
    cut_attractiveness: Decimal | None
    cut_strength: Decimal | None


def position_of(run: Run, account: Account) -> Position | None:
    rows = Position.objects.in_run(run).filter(account=account)
    return rows.select_related("criteria_set").first()


def scored(run: Run, account: Account, figure: str, user) -> Scored | None:
    """A score of an account with its criteria; None where the run has no position of it."""
    position = position_of(run, account)
    if position is None:
        return None
    axis = AXES[figure]
    hidden = rests_on_profit(position, axis) and not may(user, Permission.SEE_PROFITABILITY)
    coverage, score = getattr(position, f"{figure.split('_')[0]}_coverage"), getattr(position, figure)
    rows = [row for row in position.scores if row["axis"] == axis]
    criteria = list(criteria_of(rows, weights_of(account, rows, score), ratings_of(run, account, rows), hidden))
    points = [each.points for each in criteria if each.points is not None]
    return Scored(
        figure,
        LABELS[figure],
        FORMULAS["score"],
        score,
        coverage,
        hidden,
        criteria,
        sum(points, Decimal(0)) if points else None,
    )


def weights_of(account: Account, rows: list[dict], score: Decimal | None) -> dict[str, Decimal]:
    """The weights of the set, or the account's own where it has some and they give the score."""
    common = {row["code"]: Decimal(str(row["weight"])) for row in rows}
    own = AccountCriterion.objects.filter(account=account, criterion__in=common, weight__isnull=False)
    stated = {**dict.fromkeys(common, Decimal(0)), **dict(own.values_list("criterion", "weight"))}
    if not any(stated.values()) or score is None:
        return common
    return min(stated, common, key=lambda weights: abs((weighted(rows, weights) or Decimal(0)) - score))


def weighted(rows: list[dict], weights: dict[str, Decimal]) -> Decimal | None:
    """The score that these weights give."""
    known = [(weights[row["code"]], Decimal(str(row["score"]))) for row in rows if row["score"] is not None]
    whole = sum(weight for weight, _score in known)
    return sum(weight * score for weight, score in known) / whole if whole else None


def criteria_of(rows, weights, ratings, hidden: bool):
    whole = sum(weights[row["code"]] for row in rows if row["score"] is not None)
    for row in rows:
        code, weight = row["code"], weights[row["code"]]
        score = None if hidden or row["score"] is None else Decimal(str(row["score"]))
        points = weight * score / whole if score is not None and whole else None
        measure = row.get("measure") or ""
        yield Criterion(
            code,
            row["name"],
            weight,
            row["kind"],
            score,
            points,
            measure if measure in FIGURES else "",
            [] if hidden else ratings.get(code, []),
        )


def ratings_of(run: Run, account: Account, rows: list[dict]) -> dict[str, list[Rating]]:
    """The ratings that counted, newest first: of each rater the latest up to the end of the window."""
    judged = [row["code"] for row in rows if row["kind"] == "judged"]
    found = Rating.objects.filter(account=account, criterion__in=judged, rated_on__lte=run.as_of)
    latest: dict[tuple, Rating] = {}
    for rating in found.select_related("rater").order_by(F("rated_on").desc(), "-pk"):
        latest.setdefault(
            (rating.criterion, rating.said_by.strip().casefold() or rating.rater_id, rating.perspective), rating
        )
    by_criterion: dict[str, list[Rating]] = {}
    for rating in latest.values():
        by_criterion.setdefault(rating.criterion, []).append(rating)
    perspectives = {row["code"]: row.get("perspective") for row in rows}
    return {
        code: [each for each in listed if perspectives[code] in (None, "", each.perspective)]
        for code, listed in by_criterion.items()
    }


def boxed(run: Run, account: Account) -> Boxed | None:
    """The box of an account with what decides it; None where the run has no position of it."""
    position = position_of(run, account)
    if position is None:
        return None
    row = position.criteria_set
    criteria = core_criteria.parse(row.document)[0] if row else None
    if criteria is None:
        return Boxed("box", LABELS["box"], FORMULAS["box"], position, position.relationship_strength, None, None)
    relative = criteria.basis == "relative" and position.relative_strength is not None
    return Boxed(
        "box",
        LABELS["box"],
        FORMULAS["box"],
        position,
        position.relative_strength if relative else position.relationship_strength,
        criteria.cut_attractiveness,
        criteria.relative_cut if relative else criteria.absolute_cut,
    )
