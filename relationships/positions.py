"""Scores and the run's results → positions in the matrix. Rows become scores and scores become rows here only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import bulk
from accounts.models import Account
from profitability import queue
from profitability.books import CannotRun, digest
from profitability.models import Publication, Result, Run
from profitability.queries import first_orders
from relationships import stages
from relationships.core import criteria as core_criteria
from relationships.core.matrix import confidence
from relationships.core.stage import StageOf
from relationships.documents import documents
from relationships.evidence import (
    FIGURES,
    Evidence,
    Row,
    Scored,
    measured_of,
    measures_of,
    months_as_customer,
    own_criteria,
    ratings,
    score,
)
from relationships.firmness import firmness_columns
from relationships.models import CriteriaSet, Position
from relationships.movements import Earlier, earlier_places, store_changes

# Ids; what tells of the run before; and stages, which rest on findings that no import brings into another portal.
UNHASHED = {
    "run_id",
    "attempt",
    "result_id",
    "account_id",
    "criteria_set_id",
    "previous_box",
    "changed_on",
    "stage",
    "stage_supplier",
    "stage_buyer",
    "stage_is_provisional",
}


@dataclass(frozen=True)
class Placed:
    """What the positions of a run rest on, as hashes, and the hash of the positions."""

    inputs: dict[str, str]
    hash: str


def place_accounts(run: Run) -> Placed:
    """Score and place every account of the run, and store it. Without a criteria set nobody gets a box."""
    queue.tell(run, _("Placing accounts in the matrix"), run.steps_done, run.steps_total)
    Position.objects.filter(run=run).delete()
    found = evidence(run)
    rows = sorted(results(run, measures_of(found.criteria) if found else set()), key=attrgetter("code"))
    scored = [score(row, found) for row in rows] if found else [None] * len(rows)
    before = published_run()
    earlier = earlier_places(before)
    columns = position_columns(run, rows, scored, found, earlier)
    with transaction.atomic():
        bulk.insert(Position, columns)
        store_changes(run, before, columns, earlier)
    told = [[row.code for row in rows], [columns[name] for name in columns if name not in UNHASHED]]
    return Placed(inputs_of(found, rows), digest(json.dumps(told, default=str).encode()))


def results(run: Run, names: set[str]) -> Iterator[Row]:
    """The results of accounts with the measures of these names, in units of the currency."""
    found = Result.objects.filter(run=run, attempt=run.attempts).of_accounts()
    potential = dict(Account.objects.values_list("id", "annual_potential"))
    first, until = first_orders() if "duration" in names else {}, run.as_of
    for result_id, account, code, *values in found.values_list("id", "account_id", "code", *FIGURES):
        duration = months_as_customer(first.get(account), until)
        yield Row(result_id, account, code, measured_of(names, values, potential[account], duration))


def evidence(run: Run) -> Evidence | None:
    """The criteria in force on the day of the run, every rating up to the window's end; None without criteria."""
    row = CriteriaSet.objects.in_force(timezone.localdate(run.started_at))
    if row is None:
        return None
    criteria, problems = core_criteria.parse(row.document)
    if criteria is None:
        listed = "; ".join(f"{problem.path}: {problem.message}" for problem in problems)
        raise CannotRun(_("Criteria set %(set)s: %(problems)s") % {"set": row, "problems": listed})
    weights, competitors = own_criteria(criteria)
    return Evidence(criteria, row.pk, ratings(run.as_of), weights, competitors, run.as_of)


def published_run() -> Run | None:
    """The run behind the pages now, which this one will follow."""
    publication = Publication.objects.select_related("run").first()
    return publication and publication.run


def position_columns(run, rows, scored, found, earlier) -> dict[str, list]:
    count, today = len(rows), timezone.localdate(run.started_at)
    found_stages = stages.of(run, [row.account_id for row in rows])
    moves = [moved(box_of(one), earlier.get(row.account_id), today) for row, one in zip(rows, scored, strict=True)]
    return {
        "run_id": [run.pk] * count,
        "attempt": [run.attempts] * count,
        "account_id": [row.account_id for row in rows],
        "result_id": [row.result_id for row in rows],
        "criteria_set_id": [found.set_id if found else None] * count,
        **axis_columns(scored),
        "box": [box_of(one) for one in scored],
        "is_provisional": [bool(one and one.place.provisional) for one in scored],
        "is_on_the_line": [bool(one and one.place.on_the_line) for one in scored],
        "confidence": [one and millionths(confidence(one.attractiveness, one.strength)) for one in scored],
        "previous_box": [previous for previous, _day in moves],
        "changed_on": [day and day.isoformat() for _previous, day in moves],
        **firmness_columns(rows, scored, found),
        **stage_columns([found_stages[row.account_id] for row in rows]),
        "scores": documents(rows, scored, found),
    }


def axis_columns(scored: list[Scored | None]) -> dict[str, list]:
    return {
        "attractiveness": [one and millionths(one.attractiveness.weighted.score) for one in scored],
        "attractiveness_coverage": [(one and millionths(one.attractiveness.weighted.coverage)) or 0 for one in scored],
        "relationship_strength": [one and millionths(one.strength.weighted.score) for one in scored],
        "relationship_coverage": [(one and millionths(one.strength.weighted.coverage)) or 0 for one in scored],
        "relative_strength": [one and millionths(one.strength.relative) for one in scored],
        "is_self_scored": [bool(one and one.strength.self_scored) for one in scored],
    }


def stage_columns(found: list[StageOf]) -> dict[str, list]:
    return {
        "stage": [one.stage for one in found],
        "stage_supplier": [one.supplier for one in found],
        "stage_buyer": [one.buyer for one in found],
        "stage_is_provisional": [one.is_provisional for one in found],
    }


def box_of(one: Scored | None) -> str:
    return (one and one.place.box) or ""


def moved(box: str, earlier: Earlier | None, today: date) -> tuple[str, date | None]:
    """The box before the latest change, and the day of that change; nothing until there is one."""
    if earlier is None:
        return "", None
    return (earlier.box, today) if earlier.box != box else (earlier.previous_box, earlier.changed_on)


def millionths(value: Fraction | None) -> int | None:
    """Half up, as it is stored; classification used the exact value."""
    if value is None:
        return None
    above, below = value.numerator, value.denominator
    size = (2_000_000 * abs(above) + below) // (2 * below)
    return size if above >= 0 else -size


def inputs_of(found: Evidence | None, rows: list[Row]) -> dict[str, str]:
    """Hashes of the criteria and of what was said by them."""
    if found is None:
        return {"criteria": "", "ratings": ""}
    code_of = {row.account_id: row.code for row in rows}
    said = [
        [code_of[account], criterion, [str(rating) for rating in listed]]
        for account, by_criterion in found.ratings.items()
        for criterion, listed in by_criterion.items()
    ]
    own = [
        [code_of[account], sorted((code, str(value.normalize())) for code, value in by_code.items())]
        for table in (found.own_weights, found.competitors)
        for account, by_code in table.items()
    ]
    document = core_criteria.to_document(found.criteria)
    return {
        "criteria": digest(json.dumps(document, sort_keys=True, default=str).encode()),
        "ratings": digest(json.dumps([sorted(said), sorted(own)], default=str).encode()),
    }
