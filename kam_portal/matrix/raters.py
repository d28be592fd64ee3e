"""Whose eyes see an account where: the buyer's view beside ours, and how far the raters are apart. For drawing only:
what placed the accounts is stored with their positions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from kam_portal.matrix.axes import Across, across_by, criteria_of
from profitability.models import Run
from relationships.core.scoring import BUYER_FIRST, OURS_FIRST, Rating, Score, median_of_latest
from relationships.evidence import rater_of
from relationships.models import Position
from relationships.models import Rating as Row

Said = dict[str, list[Rating]]  # by criterion
FIRST = {"attractiveness": OURS_FIRST, "relationship": BUYER_FIRST}
NAMES = (
    "account_id", "account__code", "scores", "relative_strength", "relationship_strength", "attractiveness",
    "stage_supplier", "stage_buyer",
)  # fmt: skip


class Seen(NamedTuple):
    """Where each side sees a strength, across, and the ranges that the raters span; None where nobody said."""

    buyer: float | None
    ours: float | None
    across: tuple[float, float] | None
    up: tuple[float, float] | None
    stage_buyer: str
    stage_supplier: str


def seen_by(run: Run, accounts: Collection[int]) -> dict[str, Seen]:
    """Of these accounts, by code, what there is to draw."""
    said, axis = ratings_of(accounts, run), across_by(criteria_of(run))
    rows = Position.objects.in_run(run).filter(account__in=accounts).values_list(*NAMES)
    found = {
        code: seen(Placed(scores, relative, axis), said[account], run.as_of, tuple(rest))
        for account, code, scores, relative, *rest in rows
    }
    return {code: each for code, each in found.items() if each is not None}


def ratings_of(accounts: Collection[int], run: Run) -> dict[int, Said]:
    """Every rating of the accounts up to the end of the run's window."""
    found: dict[int, Said] = defaultdict(lambda: defaultdict(list))
    rows = Row.objects.filter(account__in=accounts, rated_on__lte=run.as_of).order_by("pk")
    names = ("account_id", "criterion", "rater__email", "said_by", "rated_on", "score", "perspective", "status")
    for account, criterion, email, said_by, rated_on, given, perspective, status in rows.values_list(*names):
        rater, confirmed = rater_of(email, said_by), status == Row.Status.CONFIRMED
        found[account][criterion].append(Rating(rater, rated_on, given, perspective, confirmed))
    return found


class Placed(NamedTuple):
    """What placed an account: each criterion with the weight it had there."""

    scores: list[dict]
    relative: object
    axis: Across

    def weighted(self, axis: str, score_of: Callable[[dict], float | None], name: str = "score") -> float | None:
        listed = [(row["weight"], score_of(row)) for row in self.scores if row["axis"] == axis]
        scored = [(weight, score) for weight, score in listed if score is not None]
        whole = sum(weight for weight, _score in scored)
        return sum(weight * score for weight, score in scored) / whole if whole else None

    def across(self, score_of: Callable[[dict], float | None]) -> float | None:
        """Where such scores would put it across: compared with the competitor if the account is."""
        strength = self.weighted("relationship", score_of)
        if strength is None or self.relative is None:
            return self.axis.place(strength, None)
        theirs = self.weighted("relationship", lambda row: row.get("competitor"))
        return self.axis.place(strength, strength / theirs if theirs else None)


def seen(placed: Placed, said: Said, until, rest: tuple) -> Seen | None:
    """None where nobody has rated anything, and no side has a stage of its own."""
    _strength, _up, supplier, buyer = rest
    if not said and buyer == supplier:
        return None

    def of_view(view: str) -> Callable[[dict], float | None]:
        def score(row: dict) -> float | None:
            value = median_of_latest(said.get(row["code"], ()), until, (view,)).value
            return float(value) if value is not None else row["score"] if row["kind"] == "measured" else None

        return score

    def has(view: str) -> bool:
        judged = [row for row in placed.scores if row["axis"] == "relationship" and row["kind"] == "judged"]
        return any(rating.perspective == view for row in judged for rating in said.get(row["code"], ()))

    ends = [lambda row, take=take: end(row, said, until, take) for take in (min, max)]
    return Seen(
        placed.across(of_view("buyer")) if has("buyer") else None,
        placed.across(of_view("supplier")) if has("supplier") and has("buyer") else None,
        pair(placed.across(take) for take in ends),
        pair(placed.weighted("attractiveness", take) for take in ends),
        buyer,
        supplier,
    )


def end(row: dict, said: Said, until, take: Callable) -> float | None:
    """The lowest or highest that one of those who count has given; what is measured has no range."""
    given = said.get(row["code"], ())
    counted = median_of_latest(given, until, FIRST[row["axis"]])
    if counted.perspective is None:
        return row["score"]
    latest = (of_one(given, rater, until, counted) for rater in {rating.rater for rating in given})
    return float(take(score for score in latest if score is not None))


def of_one(given: Iterable[Rating], rater: str, until, counted: Score):
    return median_of_latest([each for each in given if each.rater == rater], until, (counted.perspective,)).value


def pair(values: Iterable[float | None]) -> tuple[float, float] | None:
    """Both ends; None where they are one."""
    low, high = values
    return None if low is None or high is None or high - low < 0.005 else (round(low, 3), round(high, 3))
