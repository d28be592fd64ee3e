"""Profit and loss of groups of accounts: by segment, parent, country, team or product category, and by period."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.api import master_filters
from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.rest import paging, parameters
from accounts.rest.columns import Column, Kind, as_money
from accounts.rest.paging import Cursor, Page, Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ListView
from profitability.api.run import AMOUNTS, BY_PHASE, CONTRIBUTION, COST_TO_SERVE, COST_TO_SERVE_SHARE, PROFIT, OfRun
from profitability.api.statements import refuse_outside
from profitability.core.months import months_between
from profitability.models import Run
from profitability.periods import cut
from profitability.pnl.categories import categories
from profitability.pnl.groups import FEW, NOTHING, Grouping, named_groups
from profitability.pnl.kept import kept_groups
from profitability.pnl.statements import activities_of, added, by_month, months_of

GROUPED = ("segment", "parent", "country", "team", "category", "period")
PERIODS = ("month", "quarter", "year")
MONEY = (*AMOUNTS, *BY_PHASE, COST_TO_SERVE, CONTRIBUTION)
GROUPS = (
    Column("group", Kind.TEXT, "key"),  # the code of a parent or team; null: those that have none
    Column("name", Kind.TEXT, "label"),
    *MONEY,
    COST_TO_SERVE_SHARE,
)
BY_KEY = Sort("group", "key", tie="key")


class ProfitabilityGroups(OfRun, ListView):
    """The profit and loss statement of groups of the accounts the reader sees, over months of the run."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_PROFITABILITY
    columns = GROUPS
    declared = OfRun.declared | {
        "by": parameters.choice(GROUPED, "segment", "What the rows are; product categories end at the gross margin"),
        "period": parameters.choice(PERIODS, "month", "With by=period: how long each is"),
        "from": parameters.month("First month; default: the first of the run"),
        "to": parameters.month("Last month; default: the last of the run"),
    }
    filters = master_filters()

    ordering = BY_KEY.name

    def sorts(self, user):
        return {BY_KEY.name: BY_KEY}

    def rows_of(self, request, run):
        """The accounts; the rows are put together from their months."""
        return Account.objects.visible_to(request.user)

    def envelope(self, request, run, queryset, cursor):
        found = self.page(request, run, queryset, cursor)
        answer = {"count": self.count(request, run, queryset)} if self.asked["count"] else {}
        return answer | {
            "next": self._link(request, found.next),
            "previous": self._link(request, found.previous),
            self.results: found.rows,
            "run": self.run_summary(run),
        }

    def page(self, request, run: Run | None, accounts, cursor: Cursor | None) -> Page:
        """By parent there may be as many groups as accounts, so the database counts off a page; else all are few."""
        size = self.asked["page_size"]
        if run is None or self.asked["by"] != "parent":
            return sliced(list(self.every_row(request, run, accounts)), size, cursor, run and run.pk)
        grouping = self.grouping(request, run, accounts)
        found = paging.page(grouping.groups(), paths(grouping.profit), BY_KEY, size, cursor, run.pk)
        return Page(list(parents(grouping, found.rows)), found.next, found.previous)

    def count(self, request, run: Run | None, accounts) -> int:
        if run and self.asked["by"] == "parent":
            return self.grouping(request, run, accounts).count()
        return len(list(self.every_row(request, run, accounts)))

    def every_row(self, request, run: Run | None, accounts) -> Iterable[dict]:
        """All rows, in the order of their groups."""
        if run is None:
            return []
        months, by = self.months(run), self.asked["by"]
        profit = may(request.user, PROFIT)
        if by == "period":
            return by_period(run, request.user, self.narrowed(accounts), months, self.asked["period"], profit)
        if by == "category":
            return by_category(run, request.user, self.narrowed(accounts), months)
        grouping = self.grouping(request, run, accounts)
        if by in FEW:
            every = may(request.user, Permission.SEE_ALL_ACCOUNTS)
            rows = (kept_groups(grouping) if every else None) or named_groups(grouping)
            found = [told(row["key"], row["label"], of_sums(row), profit) for row in rows]
            return sorted(found, key=lambda row: row["group"] or "")
        return parents(grouping, grouping.groups().order_by("key").values_list(*paths(profit)), every=True)

    def grouping(self, request, run: Run, accounts) -> Grouping:
        profit, months = may(request.user, PROFIT), tuple(self.months(run))
        return Grouping(run, request.user, self.asked["by"], self.narrowed(accounts), months, (), profit)

    def narrowed(self, accounts):
        """None, where no filter is set, so that nothing is looked up among all accounts."""
        return accounts if any(self.asked[name] is not None for name in self.filters) else None

    def months(self, run: Run) -> list[int]:
        """The months asked for: some of those of the run."""
        refuse_outside(run, {name: self.asked[name] for name in ("from", "to")})
        first, last = self.asked["from"] or run.month_from, self.asked["to"] or run.month_to
        if first > last:
            raise ValidationError({"to": [_("The last month comes before the first.")]})
        return months_between(first, last)


def told(group: Any, name: str, amounts: dict, profit: bool) -> dict:
    """One row as it is told: amounts that are not there, or not for the reader, are null."""
    row = {"group": group or None, "name": name or None}
    row |= {column.name: as_money(amounts.get(column.name)) for column in MONEY if profit or column.needs is None}
    row = dict.fromkeys(column.name for column in GROUPS) | row
    row["cost_to_serve_share"] = COST_TO_SERVE_SHARE.derive(row) if profit else None
    return row


def of_sums(row: dict) -> dict:
    return {key.removeprefix("sum_"): value for key, value in row.items() if key.startswith("sum_")}


def paths(profit: bool) -> list[str]:
    shown = (*AMOUNTS, COST_TO_SERVE, CONTRIBUTION) if profit else AMOUNTS
    return ["key", "label", *(f"sum_{column.name}" for column in shown)]


def parents(grouping: Grouping, listed: Iterable[tuple], every: bool = False) -> Iterator[dict]:
    """The rows of some families, or of every one, with the cost of their phases."""
    names = paths(grouping.profit)
    rows = [dict(zip(names, values, strict=False)) for values in listed]
    phases = {}
    if grouping.profit and rows:
        phases = grouping.phases(None if every else [row["key"] for row in rows])
    for row in rows:
        amounts = of_sums(row) | (phases.get(row["key"], NOTHING) if grouping.profit else {})
        yield told(row["key"], row["label"], amounts, grouping.profit)


def by_period(run: Run, user, accounts, months: list[int], kind: str, profit: bool) -> Iterator[dict]:
    """Months, quarters or years; the months of the run cut the first and the last."""
    everything = accounts is None and may(user, Permission.SEE_ALL_ACCOUNTS)
    rows = months_of(run, user, accounts).filter(month__in=months)
    found, activities = by_month(run, rows, profit, everything), activities_of(run) if profit else []
    for period in cut(months, kind):
        statement = added((found[month] for month in period.months if month in found), activities)
        yield told(period.key, period.label, statement.amounts, profit)


def by_category(run: Run, user, accounts, months: list[int]) -> list[dict]:
    rows = months_of(run, user, accounts).filter(month__in=months)
    total = added(by_month(run, rows, profit=False).values(), [])
    found = categories(run, user, accounts, months, total).rows
    return sorted((told(name, name, amounts, False) for name, amounts in found), key=lambda row: row["group"] or "")


def sliced(rows: list[dict], size: int, cursor: Cursor | None, run_id: int | None) -> Page:
    """One page of rows that are all there, as `paging.page` takes it from a queryset."""
    if cursor and cursor.sort != BY_KEY.name:
        raise ValidationError({"cursor": [_("The cursor belongs to another order.")]})
    keys = [row["group"] or "" for row in rows]
    first, last = 0, size
    if cursor and cursor.forward:
        first = sum(key <= str(cursor.tie) for key in keys)
        last = first + size
    elif cursor:
        last = sum(key < str(cursor.tie) for key in keys)
        first = max(last - size, 0)

    def at(place: int, ahead: bool) -> Cursor:
        return Cursor(run_id, BY_KEY.name, keys[place], keys[place], ahead)

    found = rows[first:last]
    return Page(
        rows=found,
        next=at(first + len(found) - 1, True) if found and last < len(rows) else None,
        previous=at(first, False) if found and first else None,
    )
