"""What the evidence says of the strength of one relationship, beside the scored strength."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.response import Response

from accounts.models import Account
from accounts.permissions import Permission
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import RUN_SCHEMA, ApiView
from profitability.api.run import OfPublishedRun
from relationships.models import Position
from relationships.strengths import Component, reading_of

READING = (
    Column("code", Kind.TEXT, nullable=False),
    Column("name", Kind.TEXT, nullable=False),
    Column("as_of", Kind.DAY, nullable=False),
    Column("evidence_index", Kind.QUANTITY),
    Column("coverage", Kind.SHARE, nullable=False),
    Column("provisional", Kind.FLAG, nullable=False),
    Column("relationship_strength", Kind.QUANTITY),
)
COMPONENT = (
    Column("component", Kind.TEXT, nullable=False),
    Column("points", Kind.QUANTITY),
    Column("words", Kind.TEXT, nullable=False),
)


class AccountStrength(OfPublishedRun, ApiView):
    """Seven components of today, each from 0 to 10 or null where nothing is known, and their mean: a second reading of
    the relationship's strength, which enters no score. Beside it the strength as the published run scored it."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SCORES

    def get(self, request, code):
        account, run = get_object_or_404(Account.objects.visible_to(request.user), code=code), self.run(request)
        position = Position.objects.filter(run=run, account=account).first() if run else None
        now = timezone.now()
        reading = reading_of(request.user, account, run, position, now)
        return Response(
            {
                "code": account.code,
                "name": account.name,
                "as_of": timezone.localdate(now),
                "evidence_index": reading.shown,
                "coverage": round(float(reading.index.coverage), 6),
                "provisional": reading.index.is_provisional,
                "relationship_strength": reading.scored,
                "components": [told(each) for each in reading.components],
                "run": self.run_summary(run),
            }
        )

    def answer_schema(self, method):
        rows = schema_of(READING)
        rows["properties"] |= {"components": {"type": "array", "items": schema_of(COMPONENT)}, "run": RUN_SCHEMA}
        return rows


def told(component: Component) -> dict:
    """Without the names of people, which have a scope of their own."""
    return {"component": component.code, "points": component.shown, "words": component.words}
