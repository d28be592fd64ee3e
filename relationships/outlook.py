"""Where accounts would stand if a run were made now: the published run's figures with every rating up to today, also
some that are only typed yet. The same core as a run's; nothing is stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from profitability.models import Run
from relationships.core import scoring
from relationships.core.cases import HEADLINE, WIDTHS, Firmness, firmness
from relationships.core.criteria import CriteriaSet
from relationships.core.nearest import Move, nearest_move
from relationships.effects import Known, known_accounts
from relationships.evidence import Evidence, Row, Scored, measures_of, own_criteria, ratings, score


@dataclass(frozen=True)
class Firm:
    """How firmly an account would stand in its box; without a box, or with a provisional one, nothing is known."""

    firmness: Firmness
    stability: float | None = None
    move: Move | None = None  # the smallest change of one weight that would move it


Standing = dict[int, tuple[Known, Scored]]  # by account
Typed = Mapping[str, scoring.Rating | None]  # by criterion; None takes today's rating back


@dataclass(frozen=True)
class Hand:
    """One rater's typed ratings of one account, in one view."""

    account: int
    rater: str  # e-mail
    perspective: str
    typed: Typed = field(default_factory=dict)


def now(
    criteria: CriteriaSet, run: Run, user, accounts: Collection[int], today: date, hand: Hand | None = None
) -> Standing:
    """By account: what the run knows of it, and where it would stand now. The run may not know all of them."""
    said = ratings(today, accounts)
    if hand:
        said[hand.account] = with_typed(said[hand.account], hand, today)
    found = Evidence(criteria, 0, said, *own_criteria(criteria, accounts), today)
    known = known_accounts(run, user, measures_of(criteria), accounts)
    return {each.account_id: (each, score(row_of(each), found)) for each in known}


def firm(criteria: CriteriaSet, standing: Standing) -> dict[int, Firm]:
    """How firm these boxes would be, at the width that is shown."""
    from relationships.core.stability import stability
    from relationships.firmness import cases_of  # with numpy, which a web process loads only when it is asked

    known, scored = [each for each, _scored in standing.values()], [scored for _known, scored in standing.values()]
    own = Evidence(criteria, 0, {}, *own_criteria(criteria, list(standing)), date.min)
    cases = cases_of([row_of(each) for each in known], scored, own)
    found = {account: Firm("unknown") for account in standing}
    shares = stability(list(cases.values()), {HEADLINE: WIDTHS[HEADLINE]})[HEADLINE] if cases else []
    for (place, case), share in zip(cases.items(), shares, strict=True):
        found[known[place].account_id] = Firm(firmness(share, provisional=False), float(share), nearest_move(case))
    return found


def row_of(known: Known) -> Row:
    return Row(0, known.account_id, known.code, known.figures)


def with_typed(said: dict[str, list[scoring.Rating]], hand: Hand, today: date) -> dict[str, list[scoring.Rating]]:
    """The ratings, with what is typed in place of the same rater's of today."""
    mixed = dict(said)
    for criterion, typed in hand.typed.items():
        kept = [
            each
            for each in said.get(criterion, ())
            if (each.rater, each.rated_on, each.perspective) != (hand.rater, today, hand.perspective)
        ]
        mixed[criterion] = kept + ([typed] if typed else [])
    return mixed
