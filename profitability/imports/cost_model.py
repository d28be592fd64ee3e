"""Cost models: one YAML file for each version."""

from pathlib import Path

from accounts.imports import documents
from accounts.imports.outcome import Outcome
from accounts.models import Import
from profitability.core.cost_model import parse, to_document
from profitability.models import CostModel

MODEL = CostModel


def load(path: Path, record: Import) -> Outcome:
    """Bring one version in; one that a run has used stays as it is."""
    return documents.load(
        path, CostModel, parse, to_document, lambda stored: stored.is_used, created_by=record.created_by
    )
