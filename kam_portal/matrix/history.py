"""The matrix in time: the runs of its slider, where an account stood, and where it is expected to stand."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone

from kam_portal.matrix.axes import Across, across_by, criteria_of
from profitability.models import Run
from profitability.runline import run_of
from profitability.standings import READABLE
from relationships.models import Forecast, Position, PositionChange

MOST_MONTHS = 36  # of the slider
READ = 400  # of the latest runs at most, to find the last one of each month
TRAIL = 12  # runs of a trail, the one shown with them


class Step(NamedTuple):
    """One stop of the slider: the last published run of a month."""

    run: int
    month: int


def timeline(run: Run) -> list[Step]:
    """The last published run of each month, the earliest first; of its own month the run in view."""
    runs = Run.objects.filter(state__in=READABLE).order_by("-published_at", "-pk")
    months = {run.month_to: run.pk}
    for pk, month in runs.values_list("pk", "month_to")[:READ]:
        months.setdefault(month, pk)
    latest = sorted(months, reverse=True)[:MOST_MONTHS]
    return [Step(months[month], month) for month in sorted({*latest, run.month_to})]


def trail_runs(run: Run, steps: list[Step]) -> list[Step]:
    """Of the stops of the slider the last ones up to the run in view."""
    return [step for step in steps if step.month <= run.month_to][-TRAIL:]


def trail_of(account: int, run: Run) -> list[list]:
    """Where one account stood in these runs: run, month, across, attractiveness, stage."""
    steps, axis = trail_runs(run, timeline(run)), across_by(criteria_of(run))
    rows = Position.objects.filter(account=account, run__in=[step.run for step in steps], box__gt="")
    names = ("run_id", "relationship_strength", "relative_strength", "attractiveness", "stage")
    found = {pk: (axis.place(strength, relative), float(up), stage) for pk, strength, relative, up, stage
             in rows.values_list(*names)}  # fmt: skip
    return [[*step, *found[step.run]] for step in steps if step.run in found]


def places_in(rows, run: Run, most: int) -> dict[str, list]:
    """Where the accounts stood in one run, the largest of them: across, attractiveness, stage."""
    axis = across_by(criteria_of(run))
    names = ("code", "position__relationship_strength", "position__relative_strength", "position__attractiveness",
             "position__stage")  # fmt: skip
    listed = rows.filter(position__box__gt="").order_by("-net_revenue", "code").values_list(*names)[:most]
    return {code: [axis.place(strength, relative), float(up), stage] for code, strength, relative, up, stage in listed}


def forecasts(run: Run, published: Run | None, accounts: Collection[int], axis: Across) -> dict[int, list]:
    """Of each account the latest stated expectation: across, attractiveness, year. Beside an older run only what was
    stated by then."""
    rows = Forecast.objects.filter(account__in=accounts).order_by("stated_on", "pk")
    if run != published:
        rows = rows.filter(stated_on__lte=timezone.localdate(run.published_at))
    names = ("account_id", "relationship_strength", "attractiveness", "horizon_on")
    return {
        account: [axis.place(strength, None), None if up is None else float(up), horizon.year]
        for account, strength, up, horizon in rows.values_list(*names)
    }


def forecasts_for(request, run: Run, accounts: Collection[int], axis: Across) -> dict[int, list]:
    return forecasts(run, run_of(request), accounts, axis)


def last_changes(run: Run, accounts) -> dict[int, PositionChange]:
    """The last change of each account's box up to a run."""
    changes = PositionChange.objects.filter(account__in=accounts, kind=PositionChange.Kind.BOX, run__lte=run.pk)
    latest = changes.filter(run__state__in=READABLE).values("account").annotate(last=Max("pk")).values("last")
    return {change.account_id: change for change in PositionChange.objects.filter(pk__in=latest)}
