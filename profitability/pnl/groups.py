"""Accounts put together: by account, parent, segment, country or team, each group with its statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Exists, OuterRef, Subquery
from django.db.models.functions import ExtractMonth, ExtractYear

from accounts.models import Account, Assignment, Team
from accounts.permissions import Permission, may
from profitability.core.cost_model import PHASES
from profitability.models import MonthResult, Result, Run
from profitability.pnl.sources import Source
from profitability.pnl.statements import (
    GENERATIONS,
    PROFIT,
    SALES,
    ZERO,
    CostOf,
    activities_of,
)

FEW = ("segment", "country", "team")  # groupings with few groups, however many accounts there are
TEAM_NOW = "team now"
NOTHING = dict.fromkeys(PHASES, ZERO)


def top_of(user, name: str):
    """Expression for a field of the account at the head of the family: the last parent up the line that the
    reader sees without a gap."""
    seen = None if may(user, Permission.SEE_ALL_ACCOUNTS) else Account.objects.visible_to(user).values("pk")
    cases, known = [], Q()
    for generation in range(1, GENERATIONS + 1):
        path = "account" + "__parent" * generation
        known &= Q(**{f"{path}__isnull": False}) if seen is None else Q(**{f"{path}__in": seen})
        cases.insert(0, When(known, then=F(f"{path}__{name}")))
    return Case(*cases, default=F(f"account__{name}"))


def team_at(months: Sequence[int]):
    """Expression for the team that a month of an account belongs to: the team of record at the month's end; where
    none is on record, the team now. Only accounts that changed hands since the first month are looked up."""
    of_account = Assignment.objects.annotate(
        began=ExtractYear("from_on") * 100 + ExtractMonth("from_on"),
        ended=ExtractYear("until_on") * 100 + ExtractMonth("until_on"),
    ).filter(account=OuterRef("account"), began__lte=OuterRef("month"))
    valid = of_account.filter(Q(until_on__isnull=True) | Q(ended__gt=OuterRef("month")))
    held = Subquery(valid.order_by("-from_on").values("team")[:1])
    moved = When(Q(account__in=changed_hands(months)) & Exists(valid), then=held)
    return Case(moved, default=F("account__team"), output_field=BigIntegerField())


def changed_hands(months: Sequence[int]) -> QuerySet:
    """The accounts that somebody else looked after in one of the months, or may have."""
    first = date(months[0] // 100, months[0] % 100, 1)
    return Assignment.objects.filter(until_on__gt=first).order_by().values("account")


def keyed(rows: QuerySet, by: str, user, months: Sequence[int]) -> QuerySet:
    """The rows with `key` and `label` of the group that each belongs to."""
    if by == "account":
        return rows.annotate(key=F("account__code"), label=F("account__name"))
    if by == "parent":
        return rows.annotate(key=top_of(user, "code"), label=top_of(user, "name"))
    if by == "team":
        return rows.annotate(key=team_at(months), label=Value(""))
    if by == TEAM_NOW:
        return rows.annotate(key=F("account__team"), label=Value(""))
    return rows.annotate(key=F(f"account__{by}"), label=F(f"account__{by}"))


@dataclass(frozen=True)
class Grouping:
    """Accounts put together by `by` over the months of a period and, where some runs hold it, of the one before."""

    run: Run
    user: object
    by: str
    accounts: QuerySet[Account] | None
    months: tuple[int, ...]
    earlier: tuple[Source, ...]
    profit: bool

    @property
    def own(self) -> Source:
        """The period itself."""
        return Source(self.run, self.months)

    @property
    def every_month(self) -> list[int]:
        return sorted(month for source in (self.own, *self.earlier) for month in source.months)

    @property
    def is_whole_window(self) -> bool:
        """Then the results of the windows serve; but a team may change from month to month."""
        return all(source.is_whole_run for source in (self.own, *self.earlier)) and self.by != "team"

    def rows(self, sources: Sequence[Source]) -> QuerySet:
        """What these runs found of the accounts."""
        if self.is_whole_window:
            rows = Result.objects.filter(run__in=[source.run for source in sources], is_active=True)
        else:
            rows = MonthResult.objects.filter(any_of(sources))
        rows = rows.visible_to(self.user).order_by()
        rows = rows if self.accounts is None else rows.filter(account__in=self.accounts.order_by().values("pk"))
        return keyed(rows, self.by, self.user, self.every_month)

    def among(self, sources: Sequence[Source]) -> Q:
        """Which of the rows belong to these runs and months."""
        return Q(run__in=[source.run for source in sources]) if self.is_whole_window else any_of(sources)

    def count(self) -> int:
        return self.rows((self.own, *self.earlier)).values("key").distinct().count()

    def groups(self) -> QuerySet:
        """A row for each group, without the cost of its phases: `key`, `label`, amounts, and what they were before."""
        names = (*SALES, *PROFIT) if self.profit else SALES
        now = self.among([self.own]) if self.earlier else None
        sums = {f"sum_{name}": Sum(name, filter=now, default=0) for name in names}
        if self.earlier:
            was, then = ("net_revenue", "gross_margin", *(PROFIT if self.profit else ())), self.among(self.earlier)
            sums |= {f"was_{name}": Sum(name, filter=then, default=0) for name in was}
        return self.rows((self.own, *self.earlier)).values("key", "label").annotate(**sums)

    def phases(self, keys: Collection | None = None) -> dict[str, dict[str, Decimal]]:
        """Cost to serve by phase of these groups, or of all, in the period itself; none of those that had it before
        only."""
        rows = self.rows([self.own])
        rows = rows if keys is None else rows.filter(named(keys))
        parts = self._parts()
        sums = {f"part_{place}": Sum(part) for place, (_phase, part) in enumerate(parts)}
        found = {}
        for row in rows.values("key").annotate(**sums):
            found[row["key"]] = dict.fromkeys(PHASES, ZERO)
            for place, (phase, _part) in enumerate(parts):
                found[row["key"]][phase] += row[f"part_{place}"] or ZERO
        return found

    def _parts(self) -> list[tuple[str, str | CostOf]]:
        """What the phases are sums of: columns of the results, or activities of the months."""
        if self.is_whole_window:
            return [(phase, phase) for phase in PHASES]
        return [(activity.phase, CostOf(activity.code)) for activity in activities_of(self.run)]


def any_of(sources: Sequence[Source]) -> Q:
    """The monthly rows of these runs."""
    return reduce(or_, (source.rows for source in sources))


def named(keys: Collection) -> Q:
    """Rows of these groups; None is the group of what has no team."""
    found = Q(key__in=[key for key in keys if key is not None])
    return found | Q(key__isnull=True) if None in keys else found


def all_groups(grouping: Grouping) -> list[dict]:
    """Every group of a grouping with few of them, each with the cost of its phases.

    Accounts that stayed with their team need no look at single months, so only the others are looked up by month.
    """
    if grouping.by != "team":
        return with_phases(grouping)
    changed = changed_hands(grouping.every_month)
    accounts = Account.objects.visible_to(grouping.user) if grouping.accounts is None else grouping.accounts
    stayed = replace(grouping, by=TEAM_NOW, accounts=accounts.exclude(pk__in=changed))
    if not accounts.filter(pk__in=changed).exists():
        return with_phases(replace(stayed, accounts=grouping.accounts))
    moved = replace(grouping, accounts=accounts.filter(pk__in=changed))
    return merged([*with_phases(stayed), *with_phases(moved)])


def named_groups(grouping: Grouping) -> list[dict]:
    """The same, where a team goes by its code and name; whatever has none by an empty one."""
    rows = all_groups(grouping)
    if grouping.by != "team":
        return rows
    teams = {pk: {"key": code, "label": name} for pk, code, name in Team.objects.values_list("pk", "code", "name")}
    return [row | teams.get(row["key"], {"key": "", "label": ""}) for row in rows]


def with_phases(grouping: Grouping) -> list[dict]:
    rows = list(grouping.groups())
    if not grouping.profit or not rows:
        return rows
    phases = grouping.phases()
    return [row | {f"sum_{phase}": cost for phase, cost in phases.get(row["key"], NOTHING).items()} for row in rows]


def merged(rows: list[dict]) -> list[dict]:
    """Rows of the same group added up."""
    found: dict = {}
    for row in rows:
        known = found.setdefault(row["key"], {"key": row["key"], "label": row["label"]})
        for name in row.keys() - {"key", "label"}:
            known[name] = known.get(name, ZERO) + row[name]
    return list(found.values())
