"""Who of a team has how much to do: accounts, hours, open actions, reviews to come; and what the accounts bring."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from accounts.models import Team
from kam_portal.teams.cards import Card
from profitability.core.months import months_between
from profitability.models import MonthResult, Run
from relationships import hours
from relationships.models import Action
from relationships.queries import portfolio, trend

REVIEWS_AHEAD = timedelta(days=30)
FIGURES = ("net_revenue", "gross_margin", "cost_to_serve", "contribution")


@dataclass
class Load:
    """What one person has: `hours` a month at key accounts, None where visits and meetings are not measured."""

    pk: int | None
    name: str
    accounts: int = 0
    key_accounts: int = 0
    open_actions: int = 0
    overdue: int = 0
    reviews: int = 0
    hours: Decimal | None = None
    off_course: int = 0


@dataclass(frozen=True)
class Months:
    """The key accounts month by month: a figure for the trend lines, minutes for the hours."""

    spark: dict[int, list[float | None]]
    hours: dict[int, Decimal]
    is_measured: bool


def months_of(run: Run | None, accounts: Sequence[int], column: str) -> Months:
    """One question to the database for both."""
    if run is None:
        return Months({}, {}, False)
    months, counted = months_between(run.month_from, run.month_to), hours.measures_of(run)
    figures: dict[int, dict[int, float]] = defaultdict(dict)
    minutes: dict[int, Decimal] = defaultdict(Decimal)
    rows = MonthResult.objects.in_run(run).filter(account__in=accounts)
    for account, month, value, measures in rows.values_list("account_id", "month", column, "measures"):
        figures[account][month] = float(value)
        minutes[account] += sum((factor * measures.get(name, 0) for name, factor in counted.items()), Decimal(0))
    month_of_hours = 60 * 10_000 * len(months)
    return Months(
        {account: trend([figures[account].get(month) for month in months]) for account in accounts},
        {account: found / month_of_hours for account, found in minutes.items()},
        bool(counted),
    )


def figures_of(user, team: Team, run: Run | None) -> list[dict]:
    """Of all accounts of the team by manager: how many, and their figures. One question."""
    if run is None:
        return []
    rows = portfolio(user, run).filter(account__team=team).order_by()
    sums = {name: Sum(name) for name in FIGURES}
    return list(rows.values("account__manager", "account__manager__name").annotate(accounts=Count("pk"), **sums))


def open_actions(user, team: Team, today: date) -> list[dict]:
    """By owner, who may be nobody; with a plan or without. One question."""
    rows = Action.objects.visible_to(user).open().filter(account__team=team).order_by()
    late = Count("pk", filter=Q(due_on__lt=today))
    return list(rows.values("owner", "owner__name").annotate(open=Count("pk"), overdue=late))


def loads(cards: Iterable[Card], figures: list[dict], actions: list[dict], months: Months, today: date) -> list[Load]:
    """Whoever looks after key accounts or has actions, who has most key accounts first."""
    found: dict[int | None, Load] = {}
    for row in figures:
        load = found.setdefault(row["account__manager"], Load(row["account__manager"], row["account__manager__name"]))
        load.accounts += row["accounts"]
    for row in actions:
        load = found.setdefault(row["owner"], Load(row["owner"], row["owner__name"]))
        load.open_actions, load.overdue = row["open"], row["overdue"]
    for card in cards:
        person = card.account.manager
        pk = person.pk if person else None
        add_card(found.setdefault(pk, Load(pk, person.name if person else "")), card, months, today)
    busy = [
        load for load in found.values() if load.key_accounts or load.open_actions or load.reviews or load.off_course
    ]
    return sorted(busy, key=lambda load: (-load.key_accounts, -load.open_actions, load.name or "~"))


def add_card(load: Load, card: Card, months: Months, today: date) -> None:
    load.key_accounts += card.is_key
    load.off_course += card.health not in ("sound", "none")
    load.reviews += card.next_review is not None and card.next_review <= today + REVIEWS_AHEAD
    if months.is_measured and card.is_key:
        load.hours = (load.hours or Decimal(0)) + months.hours.get(card.account.pk, Decimal(0))
