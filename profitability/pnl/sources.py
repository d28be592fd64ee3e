"""Where the months of a statement come from: those of the published run's window from that run, earlier ones from the
runs that were published before it and still hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.db.models import Q, QuerySet

from profitability.core.months import months_between
from profitability.models import Run
from profitability.standings import READABLE


@dataclass(frozen=True)
class Source:
    """Months that one run tells."""

    run: Run
    months: tuple[int, ...]

    @property
    def rows(self) -> Q:
        """Its rows among the monthly results of all runs."""
        return Q(run=self.run, month__in=self.months)

    @property
    def is_whole_run(self) -> bool:
        """Then the results of the run's window serve, twelve times fewer rows than its months."""
        return list(self.months) == months_between(self.run.month_from, self.run.month_to)


def sources_of(run: Run, months: Sequence[int]) -> tuple[Source, ...]:
    """The runs that tell these months, earliest months first; empty where one of the months is nowhere.

    Months before the window come from one run, the newest that holds them all; only where none does, each comes from
    the newest run that holds it. Closed months keep sums of the ledger but no costs, so they cannot tell a statement.
    """
    outside = [month for month in months if month < run.month_from]
    inside = tuple(month for month in months if month >= run.month_from)
    own = (Source(run, inside),) if inside else ()
    if not outside:
        return own
    earlier = runs_before(run, outside)
    whole = next((each for each in earlier if holds(each, outside[0]) and holds(each, outside[-1])), None)
    if whole:
        return (Source(whole, tuple(outside)), *own)
    told = {month: next((each for each in earlier if holds(each, month)), None) for month in outside}
    return () if None in told.values() else (*mixed(told), *own)


def mixed(told: dict[int, Run]) -> list[Source]:
    """Months in a row that one run tells, together."""
    return [
        Source(run, tuple(month for month, _run in months)) for run, months in groupby(told.items(), key=itemgetter(1))
    ]


def runs_before(run: Run, months: Sequence[int]) -> QuerySet[Run]:
    """Runs published before this one that hold some of the months, the newest first."""
    held = Run.objects.filter(state__in=READABLE, month_from__lte=months[-1], month_to__gte=months[0])
    earlier = held.filter(published_at__lt=run.published_at).select_related("cost_model").defer("inputs", "totals")
    return earlier.order_by("-published_at", "-pk")


def holds(run: Run, month: int) -> bool:
    return run.month_from <= month <= run.month_to
