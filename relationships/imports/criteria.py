"""Criteria sets: one YAML file for each version."""

from datetime import date
from pathlib import Path

from django.db.models import F, Max, QuerySet
from django.utils import timezone

from accounts.imports import documents
from accounts.imports.outcome import Outcome
from accounts.models import Import
from relationships.advice import checked
from relationships.core.criteria import to_document
from relationships.models import CriteriaSet


def load(path: Path, record: Import) -> Outcome:
    """Bring one version in; one by which a run has placed accounts stays as it is. What changes something is ready, and
    in force as from the latest day there is: the next run goes by it."""
    outcome = documents.load(
        path, CriteriaSet, checked, to_document, lambda stored: stored.is_used, created_by=record.created_by
    )
    return outcome if outcome.problems else _put_in_force(path, outcome)


def _put_in_force(path: Path, outcome: Outcome) -> Outcome:
    """The file is no draft, and not for a later day."""
    stated = documents.Document.of_file(path).value
    row = CriteriaSet.objects.get(code=stated["code"], version=stated["version"])
    if row.is_draft or outcome.added or outcome.changed:
        changes = {"state": CriteriaSet.State.READY, "valid_from": _latest_day(row), "revision": F("revision") + 1}
        CriteriaSet.objects.filter(pk=row.pk).update(**changes)
    return outcome


def _latest_day(row: CriteriaSet) -> date | None:
    """The day from which the version in force is valid."""
    others = CriteriaSet.objects.ready().exclude(pk=row.pk).filter(valid_from__lte=timezone.localdate())
    return others.aggregate(last=Max("valid_from"))["last"]


def versions() -> QuerySet:
    return CriteriaSet.objects.ready()


def in_force() -> CriteriaSet | None:
    return CriteriaSet.objects.in_force(timezone.localdate())
