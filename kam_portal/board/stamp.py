"""Whether something that people say has changed since the board was worked out: asked in one query."""

from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Count, Max, Q, Subquery, Sum, Value

from accounts.models import Decision
from profitability.models import Publication
from relationships.models import (
    Advocacy,
    Plan,
    PlanVersion,
    ProgrammeCost,
    Review,
    ReviewCadence,
    TargetMix,
    Touchpoint,
)

WATCHED: dict[Any, tuple] = {
    Decision: (Count("pk"), Count("pk", filter=Q(state="approved")), Max("decided_on")),
    TargetMix: (Max("revision"),),
    ProgrammeCost: (Count("pk"), Max("changed_at"), Sum("amount")),
    Plan: (Count("pk"), Sum("revision"), Max("reviewed_on")),
    PlanVersion: (Count("pk"), Count("pk", filter=Q(state="approved")), Max("decided_at")),
    Review: (Count("pk"), Sum("revision"), Count("pk", filter=Q(state="held"))),
    ReviewCadence: (Max("changed_at"),),
    Touchpoint: (Count("pk"), Sum("revision"), Max("pk")),
    Advocacy: (Count("pk"), Sum("revision"), Max("pk")),
}


def stamp(today: date) -> str:
    """Another text once anything is added, changed, taken back or decided, and on another day."""
    parts = {}
    for model, sums in WATCHED.items():
        for place, each in enumerate(sums):
            rows = model.objects.order_by().annotate(all_of_it=Value(1)).values("all_of_it")
            parts[f"{model._meta.model_name}_{place}"] = Subquery(rows.annotate(found=each).values("found"))
    found = Publication.objects.order_by().annotate(**parts).values_list(*parts).first()
    return sha256(repr((today, found)).encode()).hexdigest()
