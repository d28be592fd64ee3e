"""Criteria sets: one YAML file for each version."""

from pathlib import Path

from django.db.models import QuerySet

from accounts.imports import documents
from accounts.imports.outcome import Outcome
from accounts.models import Import
from relationships.core.criteria import parse, to_document
from relationships.models import CriteriaSet, Position


def load(path: Path, record: Import) -> Outcome:
    """Bring one version in; one by which a run has placed accounts stays as it is."""
    return documents.load(path, CriteriaSet, parse, to_document, _is_used)


def _is_used(stored: CriteriaSet) -> bool:
    return Position.objects.filter(criteria_set=stored).exists()


def versions() -> QuerySet:
    return CriteriaSet.objects.all()


def in_force() -> CriteriaSet | None:
    return documents.latest(CriteriaSet)
