"""Scores and the matrix over REST."""

from collections import defaultdict

from django.conf import settings
from django.db.models import Count
from django.shortcuts import get_object_or_404

from accounts.api import master_filters
from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.queries import parent_code
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ListView
from profitability import standings
from profitability.api.run import (
    COMPANY,
    CONTRIBUTION,
    COST_TO_SERVE,
    COST_TO_SERVE_SHARE,
    PROFIT,
    OfPublishedRun,
    OfRun,
    amount,
)
from profitability.models import Result
from profitability.queries import earlier_run
from relationships.core.cases import firmness
from relationships.models import Box, Contact, Counterpart, CriteriaSet, Forecast, Position, Stage


def score(name: str, source: str) -> Column:
    return Column(name, Kind.SHARE, source, sortable=True)


CRITERIA = (  # those that placed the account
    Column("criteria", Kind.TEXT, "position__criteria_set__code"),
    Column("criteria_version", Kind.WHOLE, "position__criteria_set__version"),
)
SCORES = (
    Column("code", Kind.TEXT, "code", nullable=False, sortable=True),
    Column("name", Kind.TEXT, "account__name", nullable=False, sortable=True),
    Column("parent_code", Kind.TEXT, "parent_code"),
    Column("team", Kind.TEXT, "account__team__code"),
    Column("manager", Kind.TEXT, "account__manager__email"),
    Column("box", Kind.TEXT, "position__box"),
    Column("box_provisional", Kind.FLAG, "position__is_provisional"),
    Column("attractiveness", Kind.SHARE, "position__attractiveness", needs=PROFIT, sortable=True),
    score("relationship_strength", "position__relationship_strength"),
    Column("stage", Kind.TEXT, "position__stage"),
    Column("stage_buyer", Kind.TEXT, "position__stage_buyer"),
    score("stability", "position__stability"),
    score("confidence", "position__confidence"),
    Column("revenue_class", Kind.TEXT, "revenue_class"),
    Column("revenue_rank", Kind.WHOLE, "revenue_rank", needs=COMPANY, sortable=True),
    Column("contribution_rank", Kind.WHOLE, "contribution_rank", needs=COMPANY, sortable=True),
    amount("net_revenue"),
    amount("gross_margin"),
    COST_TO_SERVE,
    CONTRIBUTION,
    COST_TO_SERVE_SHARE,
    Column("previous_box", Kind.TEXT, "position__previous_box"),
    Column("changed_on", Kind.DAY, "position__changed_on", sortable=True),
    Column("run", Kind.WHOLE, "run_id", nullable=False),
    Column("stage_supplier", Kind.TEXT, "position__stage_supplier"),
    Column("stage_provisional", Kind.FLAG, "position__stage_is_provisional"),
    *CRITERIA,
)
FILTERS = master_filters("account__") | {
    "box": ("position__box", parameters.choice(Box.values)),
    "stage": ("position__stage", parameters.choice(Stage.values)),
    "class": ("revenue_class", parameters.choice("ABCN", description="Pareto class by revenue")),
}


def scores_of(user):
    rows = Result.objects.of_accounts().visible_to(user)
    return rows.annotate(parent_code=parent_code(user, "account__"))


class Scores(OfRun, ListView):
    """One row an account: box, scores, rank and profit in the run."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SCORES
    columns = SCORES
    filters = FILTERS
    declared = OfRun.declared | {
        "updated_since": parameters.instant("Nothing, unless the run was published at or after this moment"),
    }

    def rows_of(self, request, run):
        since = self.asked["updated_since"]
        rows = scores_of(request.user).in_run(run)
        return rows.none() if run and since and (run.put_up_at or run.published_at) < since else rows


HISTORY = (
    *SCORES,
    Column("to", Kind.MONTH, "run__month_to", nullable=False),
    Column("published_at", Kind.INSTANT, "run__published_at", nullable=False),
)


class AccountScores(OfPublishedRun, ListView):
    """One account's scores in every run that was published, newest first."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SCORES
    columns = HISTORY
    ordering = "-published_at"

    def rows_of(self, request, run, code):
        account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
        return scores_of(request.user).filter(account=account, run__state__in=standings.READABLE)

    def sorts(self, user):
        return {"-published_at": Sort("-published_at", "run__published_at", descending=True, tie="run_id")}


POINTS = (
    Column("code", Kind.TEXT, "code", nullable=False),
    Column("name", Kind.TEXT, "account__name", nullable=False),
    Column("box", Kind.TEXT, "position__box"),
    Column("box_provisional", Kind.FLAG, "position__is_provisional"),
    Column("on_the_line", Kind.FLAG, "position__is_on_the_line"),
    Column("attractiveness", Kind.SHARE, "position__attractiveness", needs=PROFIT),
    Column("relationship_strength", Kind.SHARE, "position__relationship_strength"),
    Column("relative_strength", Kind.SHARE, "position__relative_strength"),
    Column("stability", Kind.SHARE, "position__stability"),
    Column("firmness", Kind.TEXT),
    Column("stage", Kind.TEXT, "position__stage"),
    Column("stage_buyer", Kind.TEXT, "position__stage_buyer"),
    amount("net_revenue"),
    CONTRIBUTION,
    Column("previous_box", Kind.TEXT, "position__previous_box"),
    Column("previous_attractiveness", Kind.SHARE, needs=PROFIT),
    Column("previous_relationship_strength", Kind.SHARE),
    Column("forecast_attractiveness", Kind.SHARE, needs=PROFIT),
    Column("forecast_relationship_strength", Kind.SHARE),
    Column("forecast_by", Kind.DAY),
    *CRITERIA,
)


class Matrix(OfRun, ListView):
    """Where the accounts stand, with the cuts, and how many the reader sees in each box."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SCORES
    columns = POINTS
    filters = FILTERS
    results = "points"

    def rows_of(self, request, run):
        return Result.objects.in_run(run).of_accounts().visible_to(request.user)

    def sorts(self, user):
        return {"code": Sort("code", "code")}

    def envelope(self, request, run, queryset, cursor):
        counted = queryset.values("position__box").annotate(number=Count("pk")).values_list("position__box", "number")
        counts = dict(counted)
        return super().envelope(request, run, queryset, cursor) | {
            "cuts": cuts_of(run),
            "counts": {box: counts.get(box, 0) for box in Box.values} | {"none": counts.get("", 0)},
        }

    def finished(self, rows, run):
        codes = [row["code"] for row in rows]
        stood, expected = earlier_points(run, codes), forecasts(codes)
        profit = may(self.request.user, PROFIT)
        for row in rows:
            before, row["previous_relationship_strength"] = stood.get(row["code"], (None, None))
            ahead, row["forecast_relationship_strength"], row["forecast_by"] = expected.get(row["code"], (None,) * 3)
            row["previous_attractiveness"] = before if profit else None
            row["forecast_attractiveness"] = ahead if profit else None
            row["firmness"] = held(row) if row["box"] else None
        return rows


def held(row: dict) -> str:
    """Settled, fragile or unknown."""
    return firmness(row["stability"], row["box_provisional"], settings.SETTLED_FROM)


def forecasts(codes: list[str]) -> dict[str, tuple]:
    """Where these accounts are expected to stand: of each the latest statement."""
    rows = Forecast.objects.filter(account__code__in=codes).order_by("stated_on", "pk")
    names = ("account__code", "attractiveness", "relationship_strength", "horizon_on")
    return {code: (up, strength, by) for code, up, strength, by in rows.values_list(*names)}


CONTACTS = (
    Column("id", Kind.WHOLE, "id", nullable=False, sortable=True),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("name", Kind.TEXT, "name", nullable=False, sortable=True),
    Column("email", Kind.TEXT, "email"),
    Column("title", Kind.TEXT, "title"),
    Column("function", Kind.TEXT, "function"),
    Column("level", Kind.WHOLE, "level"),
    Column("buying_role", Kind.TEXT, "buying_role"),
    Column("support", Kind.WHOLE, "support"),
    Column("influence", Kind.WHOLE, "influence"),
    Column("reports_to", Kind.WHOLE, "reports_to_id"),
    Column("left_on", Kind.DAY, "left_on"),
    Column("counterpart_email", Kind.TEXT),
    Column("service_email", Kind.TEXT),
)


class Contacts(OfPublishedRun, ListView):
    """Who is who at the accounts the reader sees, and who of us answers to them: e-mails parted by “; ”."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_CONTACTS
    columns = CONTACTS
    filters = master_filters("account__") | {"account": ("account__code", parameters.text("Code of the account"))}
    ordering = "id"
    tie = "id"

    def rows_of(self, request, run):
        return Contact.objects.visible_to(request.user)

    def finished(self, rows, run):
        ours = counterparts_of([row["id"] for row in rows])
        for row in rows:
            for name, kind in (("counterpart_email", "sales"), ("service_email", "service")):
                row[name] = "; ".join(ours[row["id"], kind]) or None
        return rows


def counterparts_of(contacts: list[int]) -> dict[tuple[int, str], list[str]]:
    """E-mails of those of us who answer to these contacts, by contact and kind."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = Counterpart.objects.filter(contact__in=contacts).order_by("user__email")
    for contact, kind, email in rows.values_list("contact_id", "kind", "user__email"):
        found[contact, kind].append(email)
    return found


def earlier_points(run, codes: list[str]) -> dict[str, tuple]:
    """Where these accounts stood in the run before."""
    before = run and earlier_run(run)
    if not before:
        return {}
    rows = Result.objects.in_run(before).filter(code__in=codes)
    found = rows.values_list("code", "position__attractiveness", "position__relationship_strength")
    return {code: (attractiveness, strength) for code, attractiveness, strength in found}


def cuts_of(run) -> dict | None:
    """The cuts of the criteria set that placed the accounts of a run."""
    used = CriteriaSet.objects.filter(pk__in=Position.objects.in_run(run).values("criteria_set")[:1]).first()
    return used and used.document.get("cut")
