"""A look ahead with other weights: what a browser needs to weigh the accounts again, and a draft of such weights.
Nothing of it is stored before somebody asks for the draft."""

import json
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from kam_portal.matrix.axes import across_by, cuts_in
from relationships.core.criteria import AXES, FULL_WEIGHT, parse, to_document, written
from relationships.core.scoring import ENOUGH_COVERAGE
from relationships.models import CriteriaSet, Position

LONGEST = 4_000  # letters of weights in an address


def scores_for(run, used: CriteriaSet, accounts: Collection[int]) -> dict:
    """The criteria with their weights and cuts, and of each account the scores by criterion in the same order; with
    weights of its own, which the set's do not move, and its best competitor's scores where it has any."""
    document, across = used.document, across_by(used)
    rows = Position.objects.in_run(run).filter(account__in=accounts).values_list("account__code", "scores")
    return {
        "criteria": {
            axis: [[each["code"], each["name"], float(each["weight"])] for each in document[axis]] for axis in AXES
        },
        "cuts": {
            "attractiveness": cuts_in(used)["attractiveness"],
            "relationship": across.absolute_cut,
            "ratio": across.relative_cut,
        },
        "enough": float(ENOUGH_COVERAGE),
        "accounts": {code: of_account(document, scores) for code, scores in rows},
    }


def of_account(document: dict, scores: list[dict]) -> list:
    by_code = {row["code"]: row for row in scores}
    found = [[by_code.get(each["code"], {}).get("score") for each in document[axis]] for axis in AXES]
    strong = [by_code.get(each["code"], {}) for each in document["relationship"]]
    own = [row.get("weight", 0) for row in strong]
    rivals = [row.get("competitor") for row in strong]
    stated = [float(each["weight"]) for each in document["relationship"]]
    return [*found, own if own != stated else None, rivals if any(each is not None for each in rivals) else None]


class Wrong(ValueError):
    """Weights that make no criteria set."""


def with_weights(used: CriteriaSet, text: str) -> dict:
    """The document of the set with the weights and cuts of an address, such as `volume:30,…,@attractiveness:5.5`."""
    stated = stated_in(text)
    document = json.loads(json.dumps(used.document))
    for axis in AXES:
        cut = stated.get(f"@{axis}")
        document["cut"][axis] = document["cut"][axis] if cut is None else written(cut)
        for criterion in document[axis]:
            weight = stated.get(criterion["code"])
            criterion["weight"] = criterion["weight"] if weight is None else written(weight)
    found, problems = parse(document)
    if found is None:
        raise Wrong(problems[0].message)
    return to_document(found)


def stated_in(text: str) -> dict[str, Decimal]:
    """Weights by criterion, in hundredths at the finest."""
    pairs = [part.rpartition(":") for part in text[:LONGEST].split(",") if part]
    try:
        found = {code: Decimal(value).quantize(Decimal("0.01")) for code, _colon, value in pairs}
    except InvalidOperation:
        raise Wrong(text) from None
    if not all(value.is_finite() and 0 <= value <= FULL_WEIGHT for value in found.values()):
        raise Wrong(text)
    return found
