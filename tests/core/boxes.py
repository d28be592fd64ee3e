"""Made-up accounts in their boxes, for the laws about weights."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from relationships.core.cases import Case, Side
from relationships.core.matrix import BOXES
from relationships.core.scoring import weighted

SCORE = st.integers(0, 20).map(lambda half: Fraction(half, 2)) | st.decimals(0, 10, places=2).map(Fraction)
CUT = st.sampled_from([Decimal(5), Decimal("4.5"), Decimal(0), Decimal(10)])


@st.composite
def weights(draw, most: int = 5):
    """Weights of some criteria that sum to 100; some may be 0."""
    count = draw(st.integers(1, most))
    cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=count - 1, max_size=count - 1)))
    edges = [0, *cuts, 1000]
    return {f"c{place}": Decimal(edges[place + 1] - edges[place]) / 10 for place in range(count)}


@st.composite
def sides(draw, missing: bool = True, relative: bool = False):
    """One axis of an account that has a score on it."""
    shares = draw(weights())
    scores = {code: draw(SCORE | st.none() if missing else SCORE) for code in shares}
    rival = {code: draw(SCORE | st.none()) for code in shares} if relative else None
    side = Side(shares, scores, draw(CUT) if rival is None else Decimal("1.0"), rival)
    return side if is_high(side) is not None else Side(shares, dict.fromkeys(shares, Fraction(7)), Decimal(5))


@st.composite
def cases(draw, missing: bool = True, relative: bool = False):
    return case(draw(sides(missing)), draw(sides(missing, relative)))


def case(up: Side, across: Side) -> Case:
    return Case(up, across, BOXES[is_high(up), is_high(across)])


def is_high(side: Side, changed=None) -> bool | None:
    """As the box is decided, by the exact scoring; None where there is no score."""
    shares = changed or side.weights
    ours = weighted_score(shares, side.scores)
    if side.rival is None:
        return None if ours is None else ours >= side.cut
    theirs = weighted_score(shares, side.rival)
    return None if ours is None or not theirs else ours / theirs >= side.cut


def weighted_score(shares, scores):
    """`scoring.weighted`, also for weights that are no decimals."""
    if all(isinstance(share, Decimal) for share in shares.values()):
        return weighted(shares, scores).score
    known = [(share, scores[code]) for code, share in shares.items() if scores[code] is not None]
    whole = sum(share for share, _score in known)
    return sum(share * score for share, score in known) / whole if whole else None


def plain(up: dict, across: dict, shares_up: dict, shares_across: dict) -> Case:
    """By plain numbers, with both cuts at 5."""

    def side(scores, shares):
        found = {code: None if score is None else Fraction(str(score)) for code, score in scores.items()}
        return Side({code: Decimal(str(share)) for code, share in shares.items()}, found, Decimal(5))

    return case(side(up, shares_up), side(across, shares_across))
