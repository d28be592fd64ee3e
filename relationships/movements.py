"""What differs between a run and the one published before it: boxes, classes and stages, each with its causes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils import timezone

from accounts import bulk
from profitability.models import Result, Run
from relationships.causes import Stood, box_causes, costed_alike, document
from relationships.core import criteria as core_criteria
from relationships.core.stage import rank
from relationships.evidence import FIGURES
from relationships.models import CriteriaSet, Position, PositionChange

Kind, Cause = PositionChange.Kind, PositionChange.Cause
TOGETHER = 500  # accounts whose stored positions are read at a time
MILLION = 1_000_000


class Earlier(NamedTuple):
    """Where the run before had an account."""

    box: str
    previous_box: str
    changed_on: Any
    stage: str
    stage_supplier: str
    stage_buyer: str


class Change(NamedTuple):
    """A row of PositionChange before it is stored."""

    account: int
    kind: str
    before: str
    after: str
    causes: list[dict]


def earlier_places(before: Run | None) -> dict[int, Earlier]:
    """Each account's place in the run before."""
    if before is None:
        return {}
    rows = Position.objects.filter(run=before).values_list("account_id", *Earlier._fields)
    return {account: Earlier(*rest) for account, *rest in rows.iterator(chunk_size=10_000)}


def store_changes(run: Run, before: Run | None, columns: Mapping[str, list], earlier: Mapping[int, Earlier]) -> int:
    """Write down each change since the run before, as `columns` of positions tell it. Returns how many."""
    PositionChange.objects.filter(run=run).delete()
    if before is None:
        return 0
    found = [
        *box_changes(run, before, columns, earlier),
        *class_changes(run, before),
        *stage_changes(columns, earlier),
    ]
    same = {"run_id": run.pk, "attempt": run.attempts, "changed_on": timezone.localdate(run.started_at).isoformat()}
    listed = {
        "account_id": [change.account for change in found],
        "kind": [str(change.kind) for change in found],
        "before": [change.before for change in found],
        "after": [change.after for change in found],
        "causes": [json.dumps(change.causes) for change in found],
    }
    return bulk.insert(PositionChange, listed, same) if found else 0


# Boxes


def box_changes(run: Run, before: Run, columns, earlier: Mapping[int, Earlier]) -> Iterator[Change]:
    """Accounts that were there before, and are in another box now (or in one, or in none)."""
    moved = {
        account: place
        for place, (account, box) in enumerate(zip(columns["account_id"], columns["box"], strict=True))
        if account in earlier and earlier[account].box != box
    }
    sets = criteria_sets(run, before, columns)
    accounts = list(moved)
    for start in range(0, len(accounts), TOGETHER):
        some = accounts[start : start + TOGETHER]
        stood = stored(before, some, sets)
        costed = costed_scores(run, before, some, sets[columns["criteria_set_id"][0]])
        for account in some:
            now = standing(columns, moved[account], sets)
            causes = box_causes(stood[account], now, costed.get(account, {}))
            yield Change(account, Kind.BOX, stood[account].box, now.box, causes)


def criteria_sets(run: Run, before: Run, columns) -> dict[int | None, core_criteria.CriteriaSet | None]:
    """The criteria by which both runs placed accounts."""
    used = Position.objects.filter(run=before).values("criteria_set")[:1]
    rows = CriteriaSet.objects.filter(pk__in=[*columns["criteria_set_id"][:1], *(row["criteria_set"] for row in used)])
    return {None: None} | {row.pk: core_criteria.parse(row.document)[0] for row in rows}


def stored(before: Run, accounts: list[int], sets) -> dict[int, Stood]:
    """Positions of the run before."""
    rows = Position.objects.filter(run=before, account__in=accounts)
    return {row.account_id: stood_of(row, sets[row.criteria_set_id]) for row in rows}


def stood_of(row: Position, criteria) -> Stood:
    def millionths(value) -> int | None:
        return None if value is None else int(value * MILLION)

    relative = criteria is not None and criteria.basis == "relative" and row.relative_strength is not None
    scores = millionths(row.attractiveness), millionths(row.relationship_strength)
    return Stood(row.box, row.scores, *scores, relative, criteria)


def standing(columns, place: int, sets) -> Stood:
    """A position of this run, which is not stored yet."""
    criteria = sets[columns["criteria_set_id"][place]]
    relative = criteria is not None and criteria.basis == "relative" and columns["relative_strength"][place] is not None
    scores = columns["attractiveness"][place], columns["relationship_strength"][place]
    return Stood(columns["box"][place], json.loads(columns["scores"][place]), *scores, relative, criteria)


def costed_scores(run: Run, before: Run, accounts: list[int], criteria) -> dict[int, dict]:
    """Where another cost model costed the run: the scores without its part."""
    if criteria is None or run.cost_model_id == before.cost_model_id:
        return {}
    then, now = (
        {
            account: values
            for account, *values in Result.objects.filter(run=each, attempt=each.attempts, account__in=accounts)
            .order_by("pk")
            .values_list("account_id", *FIGURES)
        }
        for each in (before, run)
    )
    return {account: costed_alike(criteria, then[account], now[account]) for account in accounts if account in then}


# Classes


def class_changes(run: Run, before: Run) -> Iterator[Change]:
    """Accounts of another Pareto class by revenue, with the money and the share of all positive revenue it moved by."""
    then, now = (revenue_of(each) for each in (before, run))
    wholes = [sum(max(value, 0) for _letter, value in each.values()) or 1 for each in (then, now)]
    for account, (letter, value) in now.items():
        was, earlier = then.get(account, (letter, value))
        if was != letter:
            moved = float(value - earlier)
            share = float(max(value, 0) / wholes[1] - max(earlier, 0) / wholes[0])
            causes = [
                document(Cause.DATA, code="net_revenue", effect=moved),
                document(Cause.DATA, code="revenue_share", effect=round(share, 6)),
            ]
            yield Change(account, Kind.CLASS, was, letter, causes)


def revenue_of(run: Run) -> dict[int, tuple]:
    rows = Result.objects.filter(run=run, attempt=run.attempts).of_accounts()
    found = rows.values_list("account_id", "revenue_class", "net_revenue")
    return {account: (letter, value) for account, letter, value in found.iterator(chunk_size=10_000)}


# Stages


def stage_changes(columns, earlier: Mapping[int, Earlier]) -> Iterator[Change]:
    """Accounts whose relationship is at another stage than before. One of which nothing was known has no change."""
    names = ("account_id", "stage", "stage_supplier", "stage_buyer")
    for account, stage, ours, buyers in zip(*(columns[name] for name in names), strict=True):
        then = earlier.get(account)
        if then and then.stage and stage and then.stage != stage:
            yield Change(account, Kind.STAGE, then.stage, stage, list(stage_causes(then, ours, buyers)))


def stage_causes(then: Earlier, ours: str, buyers: str) -> Iterator[dict]:
    """The views that changed, with the steps they moved by; the one that moved further first."""
    views = ((Cause.EVIDENCE, "supplier", then.stage_supplier, ours), (Cause.BUYER, "buyer", then.stage_buyer, buyers))
    found = [document(cause, code=view, effect=steps(was, now)) for cause, view, was, now in views if was != now]
    yield from sorted(found, key=lambda cause: -abs(cause["effect"] or 0))


def steps(was: str, now: str) -> int | None:
    """From stage to stage; of a view that was not there, or is gone, nothing is known."""
    return rank(now) - rank(was) if was and now else None
