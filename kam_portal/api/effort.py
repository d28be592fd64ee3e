"""The advice on hours over REST."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, as_money
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ListView
from kam_portal.effort import Words
from profitability.api.run import OfPublishedRun
from profitability.models import Result
from relationships.effort import Row, TooMany, advice, in_sight

HOURS = ("hours_today", "hours_advised", "least_hours", "most_hours")
AMOUNTS = ("extra_contribution", "lost_at_half", "gained_at_double", "one_more_hour")
ADVICE = (
    Column("code", Kind.TEXT, "code", nullable=False),
    Column("name", Kind.TEXT, "account__name", nullable=False),
    Column("team", Kind.TEXT, "account__team__code"),
    Column("manager", Kind.TEXT, "account__manager__email"),
    Column("box", Kind.TEXT, "position__box"),
    Column("hours_today", Kind.QUANTITY),
    Column("hours_advised", Kind.QUANTITY),
    Column("extra_contribution", Kind.MONEY),
    Column("lost_at_half", Kind.MONEY),
    Column("gained_at_double", Kind.MONEY),
    Column("least_hours", Kind.QUANTITY),
    Column("most_hours", Kind.QUANTITY),
    Column("one_more_hour", Kind.MONEY),
    Column("stated", Kind.FLAG),
    Column("why", Kind.TEXT),
)


class Effort(OfPublishedRun, ListView):
    """Hours a month of each account, today and as advised, with what binds. Amounts are of a month."""

    policy = Permission.SEE_PROFITABILITY
    scope = Scope.READ_PROFITABILITY
    columns = ADVICE
    filters = {"team": ("account__team__code", parameters.text("Code of a team"))}

    def rows_of(self, request, run):
        return in_sight(request.user, run) if run else Result.objects.none()

    def sorts(self, user):
        return {"code": Sort("code", "code")}

    def envelope(self, request, run, queryset, cursor):
        self.found = self.advised(request, run)
        told = {"hours": None, "hours_to_move": None, "extra_contribution": None, "binding": [], "contradictions": []}
        if self.found:
            words = Words(self.found)
            told = {
                "hours": self.found.hours,
                "hours_to_move": self.found.moved,
                "extra_contribution": as_money(self.found.extra),
                "binding": words.binding,
                "contradictions": words.contradictions,
            }
        return super().envelope(request, run, queryset, cursor) | told

    def advised(self, request, run):
        try:
            return advice(request.user, run, self.asked["team"] or "") if run else None
        except TooMany as error:
            raise ValidationError({"team": [_("Too many accounts at once: name a team.")]}) from error

    def finished(self, rows, run):
        if not self.found:
            return rows
        words, by_code = Words(self.found), {row.code: row for row in self.found.rows}
        return [row | figures(by_code[row["code"]], words) for row in rows]

    def answer_schema(self, method):
        schema = super().answer_schema(method)
        number, texts = {"type": ["number", "null"]}, {"type": "array", "items": {"type": "string"}}
        schema["properties"] |= dict.fromkeys(("hours", "hours_to_move", "extra_contribution"), number)
        schema["properties"] |= dict.fromkeys(("binding", "contradictions"), texts)
        return schema


def figures(row: Row, words: Words) -> dict:
    """What was worked out for one account."""
    hours = (row.today, row.advised, row.response.least, row.response.most)
    amounts = (row.extra, row.response.lost_at_half, row.response.gained_at_double, row.price)
    return {
        **dict(zip(HOURS, hours, strict=True)),
        **dict(zip(AMOUNTS, map(as_money, amounts), strict=True)),
        "stated": row.is_stated,
        "why": words.why(row),
    }
