"""What is said of accounts, by which criteria, and the scores and boxes that follow: for runs and for looking ahead."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relationships.core import criteria as core_criteria
from relationships.core import scoring
from relationships.core.matrix import Place, cuts, place
from relationships.measured import MEASURES, Figure
from relationships.models import AccountCriterion, Rating

FIGURES = [
    "net_revenue",
    "gross_margin",
    "contribution",
    "cost_to_serve",
    "growth",
    "share_of_wallet",
    "products",
    "orders",
    "is_active",
]

OfAccount = dict[int, dict[str, Decimal]]  # by account id and criterion


@dataclass(frozen=True)
class Evidence:
    """Everything said about accounts, by account id."""

    criteria: core_criteria.CriteriaSet
    set_id: int
    ratings: dict[int, dict[str, list[scoring.Rating]]]
    own_weights: dict[int, dict[str, Decimal]]
    competitors: dict[int, dict[str, Decimal]]
    until: date


@dataclass(frozen=True)
class Scored:
    """One account's place and what it rests on."""

    scores: dict[str, scoring.Score]
    attractiveness: scoring.Attractiveness
    strength: scoring.Strength
    place: Place


@dataclass(frozen=True)
class Row:
    """One account's result in the run, as measured criteria need it."""

    result_id: int
    account_id: int
    code: str
    figures: dict[str, Figure]


def measured_of(names: Iterable[str], values: Sequence, potential: Figure, duration: int | None) -> dict[str, Figure]:
    """The measures of these names, from a result's FIGURES, the account's potential and its months as a customer."""
    raw = dict(zip(FIGURES, values, strict=True)) | {"potential": potential, "duration": duration}
    return {name: MEASURES[name](raw) for name in names}


def months_as_customer(first: str | None, until: date) -> int | None:
    return months_since(date.fromisoformat(first), until) if first else None


def months_since(first: date, until: date) -> int:
    """Whole calendar months from the month of the first order to the month of the window's end."""
    return 12 * (until.year - first.year) + until.month - first.month


def ratings(until: date, accounts: Iterable[int] | None = None) -> dict[int, dict[str, list[scoring.Rating]]]:
    """Every rating up to that day, of all accounts or of these."""
    found: dict[int, dict[str, list[scoring.Rating]]] = defaultdict(lambda: defaultdict(list))
    rows = Rating.objects.filter(rated_on__lte=until).order_by("pk")
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    names = ("account_id", "criterion", "rater__email", "said_by", "rated_on", "score", "perspective", "status")
    for account, criterion, email, said_by, rated_on, given, perspective, status in rows.values_list(*names):
        rater, confirmed = rater_of(email, said_by), status == Rating.Status.CONFIRMED
        found[account][criterion].append(scoring.Rating(rater, rated_on, given, perspective, confirmed))
    return found


def rater_of(email: str, said_by: str) -> str:
    """Whose opinion a rating is: the buyer's who answered himself, whoever asked him, or that of one of us."""
    return f"buyer {said_by.strip().casefold()}" if said_by else email


def own_criteria(
    criteria: core_criteria.CriteriaSet, accounts: Iterable[int] | None = None
) -> tuple[OfAccount, OfAccount]:
    """Accounts' own weights, and the best competitor's scores. Own weights for criteria that the set does not have are
    left out as a whole: then the set's own count."""
    weights: OfAccount = defaultdict(dict)
    competitors: OfAccount = defaultdict(dict)
    rows = AccountCriterion.objects.order_by("pk")
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    for account, criterion, weight, theirs in rows.values_list("account_id", "criterion", "weight", "competitor_score"):
        if weight is not None:
            weights[account][criterion] = weight
        if theirs is not None:
            competitors[account][criterion] = theirs
    known = {criterion.code for criterion in criteria.relationship}
    return {account: own for account, own in weights.items() if set(own) <= known}, competitors


def measures_of(criteria: core_criteria.CriteriaSet) -> set[str]:
    """Names of the measures that the criteria ask for."""
    return {each.measure for each in (*criteria.attractiveness, *criteria.relationship) if each.measure}


def score(row: Row, found: Evidence) -> Scored:
    """Both scores of one account and its box. How attractive it is, is ours to judge; how strong the
    relationship is, the buyer's where he has spoken."""
    said = found.ratings.get(row.account_id, {})
    scores = {
        criterion.code: score_of(criterion, row, said, found.until, scoring.OURS_FIRST)
        for criterion in found.criteria.attractiveness
    } | {
        criterion.code: score_of(criterion, row, said, found.until, scoring.BUYER_FIRST)
        for criterion in found.criteria.relationship
    }
    own, theirs = found.own_weights.get(row.account_id), found.competitors.get(row.account_id)
    return placed(found.criteria, scores, own, theirs)


def placed(criteria: core_criteria.CriteriaSet, scores: dict[str, scoring.Score], own=None, theirs=None) -> Scored:
    """Where scores put an account, with its own weights and its best competitor's scores if it has any."""
    attractive = scoring.attractiveness(criteria, scores)
    strong = scoring.strength(criteria, scores, own, theirs)
    return Scored(scores, attractive, strong, place(attractive.weighted, strong.on_axis, cuts(criteria, strong)))


def score_of(criterion, row: Row, said, until: date, perspectives) -> scoring.Score:
    if criterion.kind == "measured":
        return scoring.measured(row.figures[criterion.measure], criterion)
    return scoring.median_of_latest(said.get(criterion.code, ()), until, perspectives)
