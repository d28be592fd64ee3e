"""What an account's scores rest on, as each position keeps it: every criterion with weight, score and source."""

import json
from collections.abc import Mapping
from decimal import Decimal

from relationships.core import scoring
from relationships.core.criteria import Criterion
from relationships.evidence import Evidence, Row, Scored


def documents(rows: list[Row], scored: list[Scored | None], found: Evidence | None) -> list[str]:
    """For each account every criterion with the weight it had there, its score and source, as JSON."""
    if found is None:
        return ["[]"] * len(scored)
    common = heads(found)
    return [
        "[" + ", ".join([start + written(one.scores[code]) for code, start in own_heads(row, found) or common]) + "]"
        for row, one in zip(rows, scored, strict=True)
    ]


def own_heads(row: Row, found: Evidence) -> list[tuple[str, str]]:
    """Those of an account with weights of its own, or with scores of its best competitor."""
    own, theirs = found.own_weights.get(row.account_id), found.competitors.get(row.account_id)
    return heads(found, own, theirs) if own or theirs else []


def heads(
    found: Evidence, own: Mapping[str, Decimal] | None = None, theirs: Mapping[str, Decimal] | None = None
) -> list[tuple[str, str]]:
    """Code and beginning of each criterion's part."""
    strong = found.criteria.relationship
    weights = [own.get(criterion.code, Decimal(0)) if own else criterion.weight for criterion in strong]
    rivals = [(theirs or {}).get(criterion.code) for criterion in strong]
    across = zip(strong, weights, rivals, strict=True)
    up = [(each.code, head("attractiveness", each, each.weight)) for each in found.criteria.attractiveness]
    return up + [(each.code, head("relationship", each, weight, rival)) for each, weight, rival in across]


def head(axis: str, criterion: Criterion, weight: Decimal, rival: Decimal | None = None) -> str:
    """A criterion's part up to where what differs between accounts begins, as JSON."""
    same = {
        "axis": axis,
        "code": criterion.code,
        "name": criterion.name,
        "weight": float(weight),
        "kind": criterion.kind,
        "measure": criterion.measure,
    }
    if rival is not None:
        same["competitor"] = float(rival)
    return json.dumps(same)[:-1] + ", "


def written(given: scoring.Score) -> str:
    """The account's own part, to the closing bracket."""
    return NOT_SCORED if given is scoring.NO_SCORE else json.dumps(document(given))[1:]


def document(given: scoring.Score) -> dict:
    return {
        "score": None if given.value is None else round(float(given.value), 6),
        "spread": None if given.spread is None else round(float(given.spread), 6),
        "raters": given.raters,
        "perspective": given.perspective,
        "latest_on": given.latest_on and given.latest_on.isoformat(),
        "grounded_share": round(float(given.grounded_share), 6),
    }


NOT_SCORED = json.dumps(document(scoring.NO_SCORE))[1:]
