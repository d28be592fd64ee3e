"""With which earlier run the programme is compared: the same months a year before, unless somebody says otherwise."""

from datetime import date

from profitability.core.months import month_of, months_between, ordinal
from profitability.models import Run
from profitability.standings import READABLE

YEAR = 12
READ = 400  # of the latest runs at most
OFFERED = 24


def length(run: Run) -> int:
    return len(months_between(run.month_from, run.month_to))


def offered(run: Run) -> list[Run]:
    """Runs over as many months that end earlier, the newest of each window, the latest window first."""
    rows = Run.objects.filter(state__in=READABLE, month_to__lt=run.month_to).order_by("-published_at", "-pk")
    found: dict[int, Run] = {}
    for each in rows.only("month_from", "month_to", "published_at", "state", "totals", "result_hash", "attempts")[
        :READ
    ]:
        if length(each) == length(run):
            found.setdefault(each.month_to, each)
    return [found[month] for month in sorted(found, reverse=True)][:OFFERED]


def a_year_before(run: Run, choices: list[Run]) -> Run | None:
    """The run over the same months of the year before; else the latest one whose months are all before this one's."""
    aimed = month_of(ordinal(run.month_to) - YEAR)
    same = next((each for each in choices if each.month_to == aimed), None)
    return same or next((each for each in choices if each.month_to < run.month_from), None)


def chosen(run: Run, choices: list[Run], asked: str) -> Run | None:
    """The one asked for by its number, if it is among those offered; else that of the year before."""
    return next((each for each in choices if str(each.pk) == asked), None) or a_year_before(run, choices)


def overlaps(run: Run, baseline: Run) -> bool:
    """Whether both count some months: then a change shows only in part."""
    return baseline.month_to >= run.month_from


def first_day(run: Run) -> date:
    """The day the run's window begins: whoever was in the programme then is the cohort."""
    return date(run.month_from // 100, run.month_from % 100, 1)
