"""Where accounts would stand in the matrix if their figures were others: measured criteria are scored again, what
people judged stays as the run found it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from profitability.models import Run
from relationships.core import criteria as core_criteria
from relationships.core import scoring
from relationships.core.matrix import Cuts, place
from relationships.measured import MEASURES
from relationships.models import AccountCriterion, Position

MOVED_BY_LEVERS = {
    "net_revenue",
    "growth",
    "gross_margin",
    "contribution",
    "contribution_margin",
    "cost_to_serve",
    "cost_to_serve_share",
    "share_of_wallet",
    "average_order_value",
}
FIGURES = ("net_revenue", "gross_margin", "cost_to_serve", "contribution")


@dataclass(frozen=True)
class Stand:
    """A place in the matrix; None where an axis has no score, an empty box where too little is scored."""

    box: str
    attractiveness: float | None
    strength: float | None


@dataclass(frozen=True)
class Move:
    """One account's place in the run, and under the scenario."""

    position: Position
    after: Stand
    is_dropped: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether it changes its box; an account that is dropped has none to change to."""
        return not self.is_dropped and self.position.box != self.after.box


def moves(run: Run, figures: Mapping[int, Mapping[str, Decimal]], dropped: set[int]) -> dict[int, Move]:
    """Places by account id; `figures`: the new amounts of each account by the names of FIGURES and `orders`. Accounts
    that are `dropped` have no place any more."""
    positions = Position.objects.in_run(run).filter(account__in=list(figures))
    listed = list(positions.select_related("result", "criteria_set", "account"))
    sets = {row.criteria_set_id: row.criteria_set for row in listed if row.criteria_set}
    parsed = {key: core_criteria.parse(row.document)[0] for key, row in sets.items()}
    own = own_criteria(figures)

    def stand(row: Position) -> Stand:
        if row.account_id in dropped:
            return Stand("", None, None)
        return after(row, parsed.get(row.criteria_set_id), figures[row.account_id], own)

    return {row.account_id: Move(row, stand(row), row.account_id in dropped) for row in listed}


def own_criteria(accounts: Iterable[int]) -> dict[int, tuple[dict, dict]]:
    """Own weights and the best competitor's scores of these accounts."""
    found: dict[int, tuple[dict, dict]] = defaultdict(lambda: ({}, {}))
    rows = AccountCriterion.objects.filter(account__in=list(accounts)).order_by("pk")
    for account, criterion, weight, theirs in rows.values_list("account_id", "criterion", "weight", "competitor_score"):
        if weight is not None:
            found[account][0][criterion] = weight
        if theirs is not None:
            found[account][1][criterion] = theirs
    return found


def after(position: Position, criteria, figures: Mapping[str, Decimal], own) -> Stand:
    if criteria is None:
        return Stand(position.box, _float(position.attractiveness), _float(position.relationship_strength))
    raw = raw_figures(position, figures)
    if not any(_is_moved(row, position, raw) for row in (*criteria.attractiveness, *criteria.relationship)):
        return Stand(position.box, _float(position.attractiveness), _float(position.relationship_strength))
    scores = scores_of(position, criteria, raw)
    attractive = scoring.attractiveness(criteria, scores).weighted
    across, strength, cut = strength_of(position, criteria, scores, own)
    found = place(attractive, across, Cuts(criteria.cut_attractiveness, cut))
    return Stand(found.box or "", _float(attractive.score), _float(strength))


def raw_figures(position: Position, figures: Mapping[str, Decimal]) -> dict:
    """The figures that measures are taken of, growth and share of wallet in proportion to net revenue."""
    result, net = position.result, figures["net_revenue"]
    by = Fraction(net) / Fraction(result.net_revenue) if result.net_revenue > 0 else None
    growth = None if result.growth is None or by is None else (1 + Fraction(result.growth)) * by - 1
    share = None if result.share_of_wallet is None or by is None else Fraction(result.share_of_wallet) * by
    return {
        **{name: figures[name] for name in FIGURES},
        "orders": figures["orders"],
        "growth": growth,
        "share_of_wallet": share,
        "is_active": result.is_active,
    }


def published(position: Position) -> dict:
    result = position.result
    names = (*FIGURES, "orders", "growth", "share_of_wallet", "is_active")
    return {name: getattr(result, name) for name in names}


def _is_moved(criterion, position: Position, raw: dict) -> bool:
    """Whether the levers change what the criterion measures."""
    if criterion.measure not in MOVED_BY_LEVERS:
        return False
    measure = MEASURES[criterion.measure]
    return measure(raw) != measure(published(position))


def scores_of(position: Position, criteria, raw: dict) -> dict[str, scoring.Score]:
    """Every criterion's score: measured again where the levers move it, else as the run has it."""
    stored = {row["code"]: row.get("score") for row in position.scores}
    scores = {}
    for criterion in (*criteria.attractiveness, *criteria.relationship):
        if _is_moved(criterion, position, raw):
            scores[criterion.code] = scoring.measured(MEASURES[criterion.measure](raw), criterion)
        else:
            value = stored.get(criterion.code)
            scores[criterion.code] = scoring.NO_SCORE if value is None else scoring.Score(Fraction(str(value)))
    return scores


def strength_of(position: Position, criteria, scores, own) -> tuple[scoring.Weighted, Fraction | None, Decimal]:
    """The figure on the axis, the strength, and the cut. As the run has it, where it measures nothing."""
    if not any(criterion.measure in MOVED_BY_LEVERS for criterion in criteria.relationship):
        strength, relative = (
            None if value is None else Fraction(value)
            for value in (position.relationship_strength, position.relative_strength)
        )
        is_relative = criteria.basis == "relative" and relative is not None
        across = scoring.Weighted(relative if is_relative else strength, Fraction(position.relationship_coverage))
        return across, strength, criteria.relative_cut if is_relative else criteria.absolute_cut
    weights, theirs = own[position.account_id]
    known = {criterion.code for criterion in criteria.relationship}
    found = scoring.strength(criteria, scores, weights if set(weights) <= known else None, theirs)
    return (
        found.on_axis,
        found.weighted.score,
        criteria.relative_cut if found.is_relative else criteria.absolute_cut,
    )


def _float(value) -> float | None:
    return None if value is None else float(value)
