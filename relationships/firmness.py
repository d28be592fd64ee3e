"""How firm the boxes of a run are: the columns of its positions that say so."""

import json
from collections.abc import Sequence
from fractions import Fraction

from relationships.core import criteria as core_criteria
from relationships.core.cases import HEADLINE, Case, Side
from relationships.core.nearest import Move, nearest_move
from relationships.core.stability import draws_for, stability
from relationships.evidence import Evidence, Row, Scored

MILLION = 1_000_000
COLUMNS = ("stability", "stability_widths", "nearest_move")


def firmness_columns(rows: Sequence[Row], scored: Sequence[Scored | None], found: Evidence | None) -> dict[str, list]:
    """Stability at every width and the nearest move of each box that is not provisional; for the others nothing."""
    columns: dict[str, list] = {name: [None] * len(rows) for name in COLUMNS}
    cases = cases_of(rows, scored, found) if found else {}
    if cases:
        shares = stability(list(cases.values()))
        columns["stability"] = _placed(columns["stability"], cases, map(_millionths, shares[HEADLINE]))
        columns["stability_widths"] = _placed(columns["stability_widths"], cases, _widths(shares, len(cases)))
        columns["nearest_move"] = _placed(columns["nearest_move"], cases, _moves(cases, found.criteria))
    return columns


def cases_of(rows: Sequence[Row], scored: Sequence[Scored | None], found: Evidence) -> dict[int, Case]:
    """The boxes that can be settled or fragile, by their place among the rows."""
    weights = [
        {criterion.code: criterion.weight for criterion in axis}
        for axis in (found.criteria.attractiveness, found.criteria.relationship)
    ]
    return {
        place: case_of(row.account_id, one, found, *weights)
        for place, (row, one) in enumerate(zip(rows, scored, strict=True))
        if one and one.place.box and not one.place.provisional
    }


def case_of(account: int, one: Scored, found: Evidence, attractive: dict, strong: dict) -> Case:
    """One account with the set's weights of both axes, or its own of the relationship."""
    scores = {code: score.value for code, score in one.scores.items()}
    relative = one.strength.is_relative
    across = found.criteria.relative_cut if relative else found.criteria.absolute_cut
    rival = found.competitors.get(account) if relative else None
    return Case(
        Side(attractive, scores, found.criteria.cut_attractiveness),
        Side(found.own_weights.get(account) or strong, scores, across, rival),
        one.place.box,
    )


def _placed(column: list, cases: dict[int, Case], values) -> list:
    for place, value in zip(cases, values, strict=True):
        column[place] = value
    return column


def _millionths(share: Fraction) -> int:
    return MILLION * share.numerator // share.denominator


def _widths(shares: dict[str, list[Fraction]], cases: int):
    """For each account the stability at every width, and of how many draws."""
    start = f'{{"draws": {draws_for(cases)}, '
    for values in zip(*shares.values(), strict=True):
        told = zip(shares, values, strict=True)
        yield start + ", ".join([f'"{width}": {float(share)}' for width, share in told]) + "}"


def _moves(cases: dict[int, Case], criteria: core_criteria.CriteriaSet):
    names = {criterion.code: criterion.name for criterion in (*criteria.attractiveness, *criteria.relationship)}
    for case in cases.values():
        move = nearest_move(case)
        yield move and json.dumps(move_document(move, names))


def move_document(move: Move, names: dict[str, str]) -> dict:
    """A move as positions keep it: weights in points of 100, and the box it leads to."""
    return {
        "axis": move.axis,
        "code": move.code,
        "name": names[move.code],
        "weight": float(move.weight),
        "new_weight": float(move.new_weight),
        "change": float(move.change),
        "box": move.box,
    }
