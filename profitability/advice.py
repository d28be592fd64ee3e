"""What is told beside the fields of a cost model: what must be settled, and where it does not fit the ledger."""

import re
from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Import
from accounts.told import Told
from profitability.core import cost_model as core_model
from profitability.core.cost_model import spoken
from profitability.core.document import Problem
from profitability.core.measures import EVENT_FIELDS, EVENT_MEASURE, NEVER_DRIVERS, ORDER_MEASURES
from profitability.core.model_form import MAPPINGS, Lines, document_of, input_of, number_of, twice
from profitability.core.months import month_of, ordinal
from profitability.models import ActivityEvent, Counts, EventAttribute, OrderLine, ResourceCost
from profitability.sentences import negative_in_words
from profitability.wording import listed

MONTHS = 12
DAY = 24 * 60 * 60
FEW = 3
TWICE = re.compile(r"(?P<code>.+) is there already, as (?P<part>pools|activities)\[(?P<place>\d+)\]")
UNKNOWN = re.compile(r"there is no measure (?P<measure>.*?); it is one of ")
MARKS = {
    "orders": Counts.ORDER,
    "deliveries": Counts.DELIVERY,
    "express_orders": Counts.EXPRESS_ORDER,
    "late_orders": Counts.LATE_ORDER,
    "return_orders": Counts.RETURN_ORDER,
}
COLUMNS = {
    "list_amount": "list_amount",
    "discount_amount": "discount_amount",
    "net_revenue": "net_amount",
    "cost_amount": "cost_amount",
    "freight_amount": "freight_amount",
}


def told(lines: Lines) -> list[Told]:
    """Everything there is to say: problems, and once there are none of names and numbers, warnings too."""
    problems = problems_of(lines)
    return [*problems, *warnings_of(lines)]


def problems_of(lines: Lines) -> list[Told]:
    """What keeps the model from being ready."""
    _model, problems = core_model.parse(document_of(lines))
    found = [*twice(lines), *problems]
    return [Told(input_of(lines, problem), in_words(problem, lines)) for problem in found]


def in_words(problem: Problem, lines: Lines) -> str:
    """The message for somebody who fills in a form; the others speak of the document as it is."""
    key = problem.path.rpartition(".")[2]
    code_of = TWICE.fullmatch(problem.message)
    if code_of:
        other = getattr(lines, code_of["part"])[int(code_of["place"])]
        words = {"name": other.name or spoken(other.code), "code": code_of["code"]}
        return _("%(name)s has the code %(code)s already.") % words
    unknown = UNKNOWN.match(problem.message)
    if unknown:
        return _("there is no measure %s; choose one of the list") % unknown["measure"]
    if key == "code" and problem.message == "is missing":
        return _("its code is missing")
    if problem.path == "pools":
        return _("Add a pool: resources with a monthly cost.")
    if problem.path == "activities":
        return _("Add an activity: what is done for accounts.")
    if key in MAPPINGS and problem.message.startswith("must be a mapping"):
        return _("Fill in at least one line.")
    if key == "serves" and problem.message.startswith("is missing"):
        return _("Say which pools it serves.")
    return problem.message


# The ledger


def warnings_of(lines: Lines) -> Iterator[Told]:
    """Where the model does not fit the ledger of the last twelve months: a run may be refused, or leave costs over."""
    if lines.currency != settings.CURRENCY:
        yield Told("currency", _("The ledger is in %s: a run is refused.") % settings.CURRENCY, True)
    yield from _of_no_minutes(lines)
    last = remembered("last", _last_month)
    if last is None:
        return
    first = month_of(ordinal(last) - MONTHS + 1)
    yield from _without_volume(lines, first)
    yield from _below_zero(lines, first)
    yield from _without_capacity(lines, remembered("costs", _recent_costs))
    for code in missing_pools(lines):
        yield Told("", _("The ledger has costs of the pool %s, which the model lacks: a run is refused.") % code, True)


def _recent_costs() -> list[tuple]:
    """Pool, month, amount and minutes of the last twelve months of the ledger."""
    last = remembered("last", _last_month)
    if last is None:
        return []
    months = (month_of(ordinal(last) - MONTHS + 1), last)
    found = ResourceCost.objects.current().filter(month__range=months).order_by("month")
    return list(found.values_list("pool_code", "month", "amount", "practical_minutes"))


def missing_pools(lines: Lines) -> list[str]:
    """Codes of the pools that the ledger of the last twelve months has costs of, and the model lacks."""
    costs = remembered("costs", _recent_costs)
    stated = {pool for pool, _month, amount, minutes in costs if amount or minutes}
    return sorted(stated - {pool.code for pool in lines.pools})


def _of_no_minutes(lines: Lines) -> Iterator[Told]:
    """Minutes of 0 are allowed, but take no time and move no cost: a weight of nothing is rarely meant."""
    for place, activity in enumerate(lines.activities):
        for number, entry in enumerate(activity.minutes if activity.basis == "time" else []):
            if entry.name and number_of(entry.number) == 0:
                text = _("0 minutes: by this measure no time is used, and no cost reaches an account.")
                yield Told(f"activities[{place}].minutes[{number}].number", text, True)


def _without_capacity(lines: Lines, costs: list[tuple]) -> Iterator[Told]:
    timed = {activity.pool for activity in lines.activities if activity.basis == "time"}
    for place, pool in enumerate(lines.pools):
        months = [
            month for code, month, _amount, minutes in costs if code == pool.code and (minutes is None or minutes <= 0)
        ]
        if pool.code in timed and months:
            text = _("No practical minutes in %(months)s: a run is refused.") % {"months": spoken_months(months)}
            yield Told(f"pools[{place}].code", text, True)


def spoken_months(months: list[int]) -> str:
    """“2026-01, 2026-02 and 3 more months”."""
    named = ", ".join(f"{month // 100}-{month % 100:02d}" for month in months[:FEW])
    rest = len(months) - FEW
    return _("%(months)s and %(rest)s more") % {"months": named, "rest": rest} if rest > 0 else named


def _without_volume(lines: Lines, first: int) -> Iterator[Told]:
    event_types = {EVENT_MEASURE.fullmatch(name)["event_type"] for name in known_measures() if "." in name}
    for name, measure in _measures_in(lines):
        kind = EVENT_MEASURE.fullmatch(measure)
        if measure in NEVER_DRIVERS or not (kind or measure in ORDER_MEASURES):
            continue
        if kind and kind["event_type"] not in event_types:
            text = _("The ledger has no events of the type %s.") % kind["event_type"]
        elif kind and measure not in known_measures():
            text = _without_field(kind["event_type"], kind["field"])
        elif not remembered(f"volume-{first}-{measure}", lambda each=measure: has_volume(each, first)):
            text = _("No volume in the last twelve months: its cost would be unassigned.")
        else:
            continue
        yield Told(name, text, True)


def _without_field(event_type: str, field: str) -> str:
    fields = [name.rpartition(".")[2] for name in known_measures() if name.startswith(f"{event_type}.")]
    words = {"event": event_type.replace("_", " "), "field": field, "fields": listed(fields)}
    return _("No event “%(event)s” has a field %(field)s; there are %(fields)s.") % words


def _below_zero(lines: Lines, first: int) -> Iterator[Told]:
    """Measures that are negative for an account in a month: the run could spread no cost by them."""
    for name, measure in _measures_in(lines):
        found = remembered(f"negative-{first}-{measure}", lambda each=measure: negative_months(each, first))
        if found:
            text = _("%s A run is refused.") % negative_in_words(measure, found)
            yield Told(name, text, True)


def negative_months(measure: str, first: int) -> dict[str, set[int]]:
    """Accounts (by code; "": none) and the months since then in which this measure of theirs is below zero."""
    kind = EVENT_MEASURE.fullmatch(measure)
    if kind and kind["field"] not in EVENT_FIELDS:
        rows = EventAttribute.objects.filter(event__superseded_in__isnull=True, event__month__gte=first)
        rows = rows.filter(event__event_type=kind["event_type"], name=kind["field"]).order_by()
        sums = rows.values_list("event__account__code", "event__month").annotate(sum=Sum("amount")).filter(sum__lt=0)
    elif measure in COLUMNS:
        rows = OrderLine.objects.current().filter(month__gte=first).order_by()
        rows = rows.filter(is_return=False) if measure in {"list_amount", "discount_amount"} else rows
        sums = rows.values_list("account__code", "month").annotate(sum=Sum(COLUMNS[measure])).filter(sum__lt=0)
    else:
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    for code, month, _sum in sums:
        found[code or ""].add(month)
    return dict(found)


def _measures_in(lines: Lines) -> Iterator[tuple[str, str]]:
    """Each measure in use and its input."""
    for place, activity in enumerate(lines.activities):
        if activity.basis == "shares":
            yield f"activities[{place}].driver", activity.driver
        else:
            yield from (
                (f"activities[{place}].minutes[{number}].name", entry.name)
                for number, entry in enumerate(activity.minutes)
            )


def known_measures() -> list[str]:
    """Measures that may be chosen: those of order lines, and of the events and attributes in the ledger."""
    return [name for name in ORDER_MEASURES if name not in NEVER_DRIVERS] + remembered("events", _event_measures)


def _event_measures() -> list[str]:
    types = ActivityEvent.objects.current().order_by("event_type").values_list("event_type", flat=True).distinct()
    attributes = EventAttribute.objects.filter(event__superseded_in__isnull=True)
    named = attributes.order_by().values_list("event__event_type", "name").distinct()
    plain = [f"{event_type}.{field}" for event_type in types for field in EVENT_FIELDS]
    return sorted({*plain, *(f"{event_type}.{name}" for event_type, name in named)})


def has_volume(measure: str, first: int) -> bool:
    """Whether anything was counted by this measure since that month."""
    kind = EVENT_MEASURE.fullmatch(measure)
    if kind:
        return _has_event_volume(kind["event_type"], kind["field"], first)
    lines = OrderLine.objects.current().filter(month__gte=first)
    return _counted(lines, measure).exists()


def _has_event_volume(event_type: str, field: str, first: int) -> bool:
    events = ActivityEvent.objects.current().filter(month__gte=first, event_type=event_type)
    if field == "count":
        return events.exists()
    if field in EVENT_FIELDS:
        return events.exclude(**{field: 0}).exists()
    return EventAttribute.objects.filter(event__in=events, name=field).exclude(amount=0).exists()


def _counted(lines: QuerySet, measure: str) -> QuerySet:
    if measure in MARKS:
        return lines.annotate(mark=F("counts").bitand(int(MARKS[measure]))).filter(mark__gt=0)
    if measure.startswith("return_"):
        return lines.filter(is_return=True)
    if measure in COLUMNS:
        return lines.exclude(**{COLUMNS[measure]: 0})
    return lines.filter(is_return=False).filter(~Q(quantity=0) if measure == "units" else Q())


def _last_month() -> int | None:
    ledgers = (OrderLine, ActivityEvent, ResourceCost)
    lines, events, costs = (rows.objects.current().aggregate(last=Max("month"))["last"] for rows in ledgers)
    return lines or events or costs


def remembered(what: str, find):
    """An answer of the ledger, kept until something is imported: a long ledger takes a while to look through."""
    ended = Import.objects.filter(state=Import.State.DONE, dry_run=False).aggregate(last=Max("finished_at"))["last"]
    key = f"ledger:{ended.timestamp() if ended else 0}:{what}".replace(" ", "_")
    return cache.get_or_set(key, lambda: (find(),), DAY)[0]
