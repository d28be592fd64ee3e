"""What people give to key accounts and get from them: plans, time of executives, hours of managers, recognition."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.permissions import Permission, Role, may
from profitability.models import Result, Run
from relationships.hours import hours_today
from relationships.models import Advocacy, Plan, Review, Touchpoint
from relationships.reviews.cadence import of_box, rhythms


@dataclass(frozen=True)
class Plans:
    """Key accounts, how many have a plan, how many of these were approved once, and how many are fresh. Of the plans
    that the reader may see, which are all if `sees_all`."""

    accounts: int
    planned: int
    approved: int
    fresh: int
    sees_all: bool

    @property
    def coverage(self) -> Decimal | None:
        return Decimal(self.planned) / self.accounts if self.accounts else None

    @property
    def fresh_share(self) -> Decimal | None:
        return Decimal(self.fresh) / self.planned if self.planned else None


def plans_of(user, run: Run, key: list[int], today: date) -> Plans:
    """A plan is fresh if it was reviewed, or begun, no longer ago than its box allows."""
    allowed = rhythms()
    rows = Plan.objects.visible_to(user).exclude(state=Plan.State.CLOSED).filter(account__in=key)
    boxes = dict(Result.objects.in_run(run).filter(account__in=key).values_list("account_id", "position__box"))
    found = rows.annotate(approvals=Count("versions", filter=Q(versions__state__in=("approved", "superseded"))))
    approved = fresh = planned = 0
    for account, reviewed, created, approvals in found.values_list(
        "account_id", "reviewed_on", "created_at", "approvals"
    ):
        planned, approved = planned + 1, approved + bool(approvals)
        days = of_box(allowed, boxes.get(account) or "").stale_days
        fresh += (reviewed or timezone.localdate(created)) >= today - timedelta(days=days)
    return Plans(len(key), planned, approved, fresh, may(user, Permission.SEE_ALL_PLANS))


@dataclass(frozen=True)
class Time:
    """What executives gave in a window: contacts with key accounts, how long, with how many of them, and reviews."""

    contacts: int
    minutes: int
    accounts: int
    reviews: int

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60


def time_of_executives(window: tuple[date, date], key: list[int]) -> Time:
    """Two executives in one meeting give twice the time. Contacts of no known length count with none."""
    present = Touchpoint.people.through.objects.filter(
        user__role=Role.EXECUTIVE, touchpoint__held_on__range=window, touchpoint__account__in=key
    )
    found = present.aggregate(
        contacts=Count("touchpoint", distinct=True),
        minutes=Sum("touchpoint__minutes"),
        accounts=Count("touchpoint__account", distinct=True),
    )
    reviews = Review.objects.held().filter(held_on__range=window, people__role=Role.EXECUTIVE, plan__account__in=key)
    return Time(found["contacts"], found["minutes"] or 0, found["accounts"], reviews.distinct().count())


@dataclass(frozen=True)
class Recognition:
    """What key accounts did for us in a window, and what it brought."""

    kinds: list[tuple[str, int]]
    won: int
    brought: Decimal  # net revenue, in the run's window, of accounts that came by it

    @property
    def count(self) -> int:
        return sum(count for _kind, count in self.kinds)


def recognition(run: Run, window: tuple[date, date], key: list[int]) -> Recognition:
    rows = Advocacy.objects.filter(account__in=key, happened_on__range=window)
    counts = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    won = rows.filter(result=Advocacy.Result.WON)
    came = Result.objects.in_run(run).filter(account__in=won.values("brought_account"))
    brought = came.aggregate(total=Sum("net_revenue"))["total"] or Decimal(0)
    kinds = [(str(kind.label), counts[kind]) for kind in Advocacy.Kind if counts.get(kind)]
    return Recognition(kinds, won.count(), brought)


@dataclass(frozen=True)
class People:
    """The managers of key accounts, and the hours a month they give them, if the run tells."""

    managers: int
    hours: Decimal | None


def people_of(run: Run, key: list[int]) -> People:
    rows = Result.objects.in_run(run).filter(account__in=key, account__manager__isnull=False).order_by()
    listed = list(rows.values_list("account_id", "customer_cost", "account__manager"))
    managers = {account: manager for account, _cost, manager in listed}
    found = hours_today(run, managers, {account: cost for account, cost, _manager in listed})
    hours = sum(found.of.values(), Decimal(0)) if found.activities else None
    return People(len(set(managers.values())), hours)
