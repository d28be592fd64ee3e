"""Reads behind the pages and the API: always of the published run, always of what the reader may see."""

from profitability.models import Publication, Run


def published_run() -> Run | None:
    """The run that stands behind every page; None before the first one is published."""
    publication = Publication.objects.select_related("run__cost_model").first()
    return publication.run if publication else None
