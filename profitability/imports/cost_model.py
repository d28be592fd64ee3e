"""Cost models: one YAML file for each version."""

from pathlib import Path

from django.db.models import F, QuerySet

from accounts.imports import documents
from accounts.imports.outcome import Outcome
from accounts.models import Import
from profitability.core.cost_model import parse, to_document
from profitability.models import CostModel


def load(path: Path, record: Import) -> Outcome:
    """Bring one version in; one that a run has used stays as it is. What changes something is used from now on."""
    outcome = documents.load(
        path, CostModel, parse, to_document, lambda stored: stored.is_used, created_by=record.created_by
    )
    return outcome if outcome.problems else _put_in_force(path, outcome)


def _put_in_force(path: Path, outcome: Outcome) -> Outcome:
    """The file is no draft: its version is ready, and the newest one of its model is for the next run."""
    stated = documents.Document.of_file(path).value
    row = CostModel.objects.get(code=stated["code"], version=stated["version"])
    if row.is_draft or outcome.changed:
        CostModel.objects.filter(pk=row.pk).update(state=CostModel.State.READY, revision=F("revision") + 1)
    if row.is_draft or outcome.added or outcome.changed:
        CostModel.objects.choose(versions().filter(code=row.code).order_by("-version").first())
    return outcome


def versions() -> QuerySet:
    return CostModel.objects.ready()


def in_force() -> CostModel | None:
    return CostModel.objects.current()
