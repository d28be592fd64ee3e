"""What other criteria would change: the published run's own figures and scores, weighed and placed anew by the same
core. Nothing is run, nothing is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median

from profitability.advice import remembered
from profitability.models import Result, Run
from profitability.queries import first_orders
from relationships.core import scoring
from relationships.core.criteria import CriteriaSet, Criterion, Scale
from relationships.evidence import (
    FIGURES,
    Scored,
    measured_of,
    measures_of,
    months_as_customer,
    own_criteria,
    placed,
    ratings,
)
from relationships.measured import Figure


@dataclass(frozen=True)
class Known:
    """One account as the run knows it: its figures by measure, its judged scores by criterion, its box."""

    account_id: int
    code: str
    name: str
    net_revenue: Decimal
    box: str
    figures: dict[str, Figure]
    judged: dict[str, scoring.Score]


@dataclass(frozen=True)
class Move:
    """An account that another box is for; a box "" is none."""

    account: Known
    after: str


@dataclass(frozen=True)
class Effect:
    """What a set would change among the accounts that one sees."""

    run: Run
    boxes: int  # of accounts that have one in the run, or would
    moves: list[Move]


@dataclass(frozen=True)
class Spread:
    """Where the accounts would stand on one scale: how many at 0, between, at 10, and without the figure."""

    lowest: int
    between: int
    highest: int
    missing: int
    median: float | None


def known_accounts(run: Run, user, names: Iterable[str], accounts=None) -> list[Known]:
    """The accounts that the reader sees, or those of them, with these measures; largest first."""
    names = set(names)
    first = remembered("first-orders", first_orders) if "duration" in names else {}
    rows = Result.objects.in_run(run).of_accounts().visible_to(user).select_related(None)
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    listed = rows.order_by("-net_revenue", "code").values_list(
        "account_id",
        "code",
        "account__name",
        "account__annual_potential",
        "position__box",
        "position__scores",
        *FIGURES,
    )
    return [_known(row, names, months_as_customer(first.get(row[0]), run.as_of)) for row in listed]


def _known(row: tuple, names: set[str], duration: int | None) -> Known:
    account, code, name, potential, box, scores, *values = row
    figures = measured_of(names, values, potential, duration)
    judged = {each["code"]: _score(each) for each in scores or () if each["kind"] == "judged"}
    return Known(account, code, name, values[0], box or "", figures, judged)


def _score(stored: dict) -> scoring.Score:
    if stored["score"] is None:
        return scoring.NO_SCORE
    return scoring.Score(Fraction(str(stored["score"])), perspective=stored.get("perspective"))


def effect_of(criteria: CriteriaSet, run: Run, user) -> Effect:
    """Which accounts would stand in another box than in the run."""
    known = known_accounts(run, user, measures_of(criteria))
    weights, competitors = own_criteria(criteria)
    said = _said_since(criteria, known, run.as_of)
    moves, boxes = [], 0
    for each in known:
        own, theirs = weights.get(each.account_id), competitors.get(each.account_id)
        after = box_of(stand(criteria, each, own, theirs, said))
        boxes += bool(each.box or after)
        if after != each.box:
            moves.append(Move(each, after))
    return Effect(run, boxes, moves)


def box_of(scored: Scored) -> str:
    return scored.place.box or ""


def stand(criteria: CriteriaSet, known: Known, own=None, theirs=None, said=None) -> Scored:
    """Where the account would stand by these criteria, with these own weights and competitor's scores."""
    up = {each.code: _score_on(each, known, said, scoring.OURS_FIRST) for each in criteria.attractiveness}
    across = {each.code: _score_on(each, known, said, scoring.BUYER_FIRST) for each in criteria.relationship}
    return placed(criteria, up | across, own, theirs)


def _score_on(criterion: Criterion, known: Known, said, views) -> scoring.Score:
    """Measured anew; judged as in the run, or by ratings that the run had no use for."""
    if criterion.kind == "measured":
        return scoring.measured(known.figures[criterion.measure or ""], criterion)
    if criterion.code in known.judged:
        return known.judged[criterion.code]
    until, by_account = said or (date.min, {})
    return scoring.median_of_latest(by_account.get(known.account_id, {}).get(criterion.code, ()), until, views)


def _said_since(criteria: CriteriaSet, known: list[Known], until: date):
    """Ratings, if the set judges what the run did not."""
    in_run = {code for each in known for code in each.judged}
    asked = {each.code for each in (*criteria.attractiveness, *criteria.relationship) if each.kind == "judged"}
    return (until, ratings(until)) if asked - in_run else None


def stand_of(criteria: CriteriaSet, run: Run, user, account, own=None, theirs=None) -> tuple[Known, Scored] | None:
    """One account as the run knows it, and where it would stand; None where the run does not know it."""
    known = known_accounts(run, user, measures_of(criteria), [account])
    if not known:
        return None
    return known[0], stand(criteria, known[0], own, theirs, _said_since(criteria, known, run.as_of))


def spread_of(known: list[Known], measure: str, scale: Scale) -> Spread:
    """The scores that a scale would give."""
    found = [scoring.linear_scale(each.figures[measure], scale) for each in known]
    scores = [score for score in found if score is not None]
    lowest, highest = (sum(score == end for score in scores) for end in (0, 10))
    return Spread(
        lowest=lowest,
        between=len(scores) - lowest - highest,
        highest=highest,
        missing=len(found) - len(scores),
        median=float(median(scores)) if scores else None,
    )
