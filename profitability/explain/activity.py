"""What one activity cost one account, month by month, down to the order lines and events behind it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum

from accounts.models import Account
from profitability.activities import average, measured
from profitability.core.cost_model import Activity
from profitability.core.measures import EVENT_MEASURE
from profitability.explain.ledger import as_read
from profitability.models import (
    ActivityEvent,
    ActivityTotal,
    Counts,
    EventAttribute,
    MonthResult,
    OrderLine,
    PoolBalance,
    Run,
)
from profitability.wording import many_of, one_of

MARKS = {
    "orders": Counts.ORDER,
    "deliveries": Counts.DELIVERY,
    "express_orders": Counts.EXPRESS_ORDER,
    "late_orders": Counts.LATE_ORDER,
    "return_orders": Counts.RETURN_ORDER,
}
ONE = Decimal(1)
SOLD = {"order_lines": ONE, "units": "quantity", "list_amount": "list_amount", "discount_amount": "discount_amount"}
RETURNED = {"return_lines": ONE, "return_units": "quantity", "return_amount": "net_amount"}
ALWAYS = {"net_revenue": "net_amount", "cost_amount": "cost_amount", "freight_amount": "freight_amount"}


@dataclass(frozen=True)
class MonthOfActivity:
    """What an activity did and cost in a month: its driver quantities, their minutes, the rate, the cost."""

    month: int
    quantities: list[Decimal]
    minutes: Decimal | None
    rate: Decimal | None
    cost: Decimal


@dataclass(frozen=True)
class Trail:
    """One activity of one account over the window of a run."""

    activity: Activity
    months: list[MonthOfActivity]
    total: MonthOfActivity

    @property
    def heads(self) -> list[str]:
        return [many_of(measure) for measure in self.activity.measures]

    def counted(self, measure: str, months: tuple[int, int]) -> Decimal:
        """How much of a measure the run counted in these months."""
        place, (first, last) = self.activity.measures.index(measure), months
        return sum((row.quantities[place] for row in self.months if first <= row.month <= last), Decimal(0))


@dataclass(frozen=True)
class EventTotal:
    """What all events behind an activity add up to."""

    count: int
    quantities: list[tuple[str, Decimal]]  # name of the driver, how much
    minutes: Decimal | None
    is_all: bool  # nothing but events drives the activity
    closes: bool  # it is what the run counted of them


@dataclass
class Behind:
    """What one order line or event adds to the drivers of an activity."""

    record: OrderLine | ActivityEvent
    quantities: list[tuple[str, Decimal]] = field(default_factory=list)  # name of the driver, how much
    minutes: Decimal | None = None
    weight: Fraction = Fraction(0)  # by which it bears its part of the month's cost
    cost: Decimal | None = None


def trail_of(run: Run, account: Account, activity: Activity) -> Trail:
    """Every month of the window in which the activity did something for the account."""
    rows = MonthResult.objects.in_run(run).filter(account=account).order_by("month")
    rates = _rates(run, activity)
    months = [_month(row, activity, rates) for row in rows]
    months = [month for month in months if month.cost or any(month.quantities)]
    return Trail(activity, months, _total(months, activity))


def _rates(run: Run, activity: Activity) -> dict[int, Decimal]:
    rows = ActivityTotal.objects.filter(run=run, attempt=run.attempts, activity=activity.code).exclude(rate="")
    return {month: Decimal(rate) for month, rate in rows.values_list("month", "rate")}


def _month(row: MonthResult, activity: Activity, rates: dict[int, Decimal]) -> MonthOfActivity:
    amounts = Counter(measured(row))
    quantities = [Decimal(amounts[measure]).scaleb(-4) for measure in activity.measures]
    return MonthOfActivity(
        month=row.month,
        quantities=quantities,
        minutes=minutes_of(activity, dict(zip(activity.measures, quantities, strict=True))),
        rate=rates.get(row.month),
        cost=Decimal(row.costs.get(activity.code, 0)).scaleb(-settings.CURRENCY_DIGITS),
    )


def minutes_of(activity: Activity, quantities: dict[str, Decimal]) -> Decimal | None:
    """Minutes that these quantities take; None for an activity that is not time-driven."""
    if activity.minutes is None:
        return None
    exact = weight_of(activity, quantities)
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.0001"))


def _total(months: list[MonthOfActivity], activity: Activity) -> MonthOfActivity:
    sums = [
        sum((month.quantities[place] for month in months), Decimal(0)) for place, _m in enumerate(activity.measures)
    ]
    minutes = None if activity.minutes is None else sum((month.minutes for month in months), Decimal(0))
    cost = sum((month.cost for month in months), Decimal(0))
    return MonthOfActivity(0, sums, minutes, average(cost, sums[0] if minutes is None else minutes), cost)


# Order lines and events


def lines_behind(
    account: Account, activity: Activity, months: tuple[int, int], run: Run | None = None
) -> QuerySet[OrderLine]:
    """The order lines that count for a driver of the activity, newest first: as the run read them, else as they are."""
    wanted = Q(pk__in=[])
    for measure in activity.measures:
        wanted |= _condition(measure)
    rows = OrderLine.objects.filter(account=account, month__range=months)
    rows = as_read(run, rows) if run else rows.current()
    rows = rows.annotate(**{f"marked_{mark}": F("counts").bitand(int(mark)) for mark in _marks(activity)})
    return rows.filter(wanted).select_related("product").order_by("-ordered_on", "-order_id", "line_no")


def _marks(activity: Activity) -> list[Counts]:
    return [MARKS[measure] for measure in activity.measures if measure in MARKS]


def _condition(measure: str) -> Q:
    if measure in MARKS:
        return Q(**{f"marked_{MARKS[measure]}__gt": 0})
    if measure in SOLD:
        return Q(is_return=False)
    if measure in RETURNED:
        return Q(is_return=True)
    return Q(pk__isnull=False) if measure in ALWAYS else Q(pk__in=[])


def line_behind(line: OrderLine, activity: Activity) -> Behind:
    """What an order line adds to the drivers of the activity."""
    return _behind(line, activity, {measure: line_quantity(line, measure) for measure in activity.measures})


def line_quantity(line: OrderLine, measure: str) -> Decimal:
    """How much of a measure one order line is."""
    if measure in MARKS:
        return Decimal(1 if line.counts & MARKS[measure] else 0)
    if measure in ALWAYS:
        return getattr(line, ALWAYS[measure])
    column = (RETURNED if line.is_return else SOLD).get(measure)
    if column is None:
        return Decimal(0)
    sign = -1 if line.is_return and column is not ONE else 1
    return ONE if column is ONE else sign * getattr(line, column)


def events_behind(
    account: Account, activity: Activity, months: tuple[int, int], run: Run | None = None
) -> QuerySet[ActivityEvent]:
    """The events that count for a driver of the activity, newest first: as the run read them, else as they are."""
    kinds = {kind for kind, _field in _event_measures(activity).values()}
    rows = ActivityEvent.objects.filter(account=account, month__range=months, event_type__in=kinds)
    rows = as_read(run, rows) if run else rows.current()
    return rows.prefetch_related("attributes").order_by("-occurred_on", "-event_id")


def event_behind(event: ActivityEvent, activity: Activity) -> Behind:
    """What an event adds to the drivers of the activity."""
    found = {"count": ONE, "quantity": event.quantity, "minutes": event.minutes}
    found |= {attribute.name: attribute.amount for attribute in event.attributes.all()}
    quantities = {
        measure: found.get(name, Decimal(0))
        for measure, (kind, name) in _event_measures(activity).items()
        if kind == event.event_type
    }
    return _behind(event, activity, quantities)


def events_total(run: Run, account: Account, trail: Trail, months: tuple[int, int]) -> EventTotal | None:
    """The sum of the events behind a trail, from the ledger; None for an activity without events."""
    measures = _event_measures(trail.activity)
    if not measures:
        return None
    rows = events_behind(account, trail.activity, months, run).order_by()
    sums = {measure: _sum_of(rows.filter(event_type=kind), name) for measure, (kind, name) in measures.items()}
    return EventTotal(
        rows.count(),
        [(one_of(measure) if amount == 1 else many_of(measure), amount) for measure, amount in sums.items()],
        minutes_of(trail.activity, sums),
        len(measures) == len(trail.activity.measures),
        all(amount == trail.counted(measure, months) for measure, amount in sums.items()),
    )


def _sum_of(events: QuerySet[ActivityEvent], name: str) -> Decimal:
    """The events of a kind: how many, or the sum of one of their figures."""
    if name == "count":
        return Decimal(events.count())
    if name in ("quantity", "minutes"):
        return events.aggregate(sum=Sum(name))["sum"] or Decimal(0)
    return EventAttribute.objects.filter(event__in=events, name=name).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def _event_measures(activity: Activity) -> dict[str, tuple[str, str]]:
    found = ((measure, EVENT_MEASURE.fullmatch(measure)) for measure in activity.measures)
    return {measure: (match["event_type"], match["field"]) for measure, match in found if match}


def _behind(record, activity: Activity, quantities: dict[str, Decimal]) -> Behind:
    said = [
        (one_of(measure) if quantity == 1 else many_of(measure), quantity)
        for measure, quantity in quantities.items()
        if quantity
    ]
    return Behind(record, said, minutes_of(activity, quantities), weight_of(activity, quantities))


def weight_of(activity: Activity, quantities: dict[str, Decimal]) -> Fraction:
    """Minutes of a time-driven activity, exact; else what its driver counts."""
    each = activity.minutes or dict.fromkeys(activity.measures, Fraction(1))
    return sum((Fraction(quantities.get(name, 0)) * number for name, number in each.items()), Fraction(0))


# Resource costs


def pools_behind(run: Run, activity: Activity) -> Iterator[tuple[str, list[PoolBalance]]]:
    """The pools the activity consumes, each with its months of the run."""
    rows = list(PoolBalance.objects.filter(run=run, pool__in=activity.pools).order_by("month"))
    for pool in activity.pools:
        yield pool, [row for row in rows if row.pool == pool]
