"""The bubbles of the matrix, and the accounts beyond them as density."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import BigIntegerField, Count, F, Q, Sum
from django.db.models.functions import Cast

from accounts.models import Account
from accounts.programme import members
from kam_portal.matrix.axes import MILLION, MOST, Across, across_by, criteria_of
from kam_portal.overview import kept
from profitability.queries import earlier_run
from relationships.core.cases import firmness
from relationships.models import Position

MOST_BUBBLES = 2_000
SQUARES = "squares-by-stage"  # under which all squares of a run are kept
CELL = 0.5  # of the 0…10 scales: the squares in which the remainder is counted
LAST = int(MOST / CELL) - 1
POINT = (
    "account_id", "code", "position__relationship_strength", "position__relative_strength", "position__attractiveness",
    "net_revenue", "contribution", "position__box", "position__is_provisional", "position__stability",
    "position__stage", "position__stage_buyer",
)  # fmt: skip


class Square(NamedTuple):
    """Accounts of one box and stage in one square of the plane (“across” and “up” from the origin; of no box:
    anywhere), with how many of the boxes are settled, and how many fragile."""

    box: str
    stage: str
    across: int | None
    up: int | None
    count: int
    net_revenue: Decimal
    contribution: Decimal
    settled: int
    fragile: int


class Bubble(NamedTuple):
    """One account in the chart; `before` is where it stood in the run before."""

    account: int
    code: str
    strength: float
    across: float
    attractiveness: float
    net_revenue: float
    contribution: float
    box: str
    provisional: int
    firmness: str
    stage: str
    stage_buyer: str
    before: tuple[float | None, float | None]


def day_of(run, published) -> date | None:
    """The day whose key accounts stand beside a run: today beside the published one, else the last of its window."""
    return None if run is None or run == published else run.as_of


def programme_on(day: date | None) -> frozenset[int]:
    """The key accounts of that day."""
    return frozenset(members(day).values_list("pk", flat=True))


def squares_of(rows, run, user, narrowed: bool = False) -> list[Square]:
    """All accounts in view, counted and summed by box, stage and square in one go."""

    def count() -> list[Square]:
        up = Cast(F("position__attractiveness"), BigIntegerField()) / int(CELL * MILLION)
        places = (across_by(criteria_of(run)).squares(CELL), up)
        grouped = rows.order_by().values_list("position__box", "position__stage", *places)
        firm = Q(position__is_provisional=False, position__box__gt="")
        settled = firm & Q(position__stability__gte=settings.SETTLED_FROM)
        fragile = firm & Q(position__stability__lt=settings.SETTLED_FROM)
        sums = (Count("pk"), Sum("net_revenue"), Sum("contribution"))
        counted = grouped.annotate(*sums, settled=Count("pk", filter=settled), fragile=Count("pk", filter=fragile))
        return [Square(*found) for found in counted]

    return count() if narrowed or run is None else kept(SQUARES, run, user, count)


def bubbles_of(rows, run, user, narrowed: bool = False, first: Collection[int] = ()) -> list[Bubble]:
    """Of the accounts that have a place at most 2,000: those of `first`, then the largest."""

    def largest() -> list[Bubble]:
        placed = rows.filter(position__box__gt="").order_by("-net_revenue", "code")
        leading = list(placed.filter(account__in=first).values_list(*POINT)[:MOST_BUBBLES]) if first else []
        others = placed.exclude(account__in=first) if first else placed
        listed = leading + list(others.values_list(*POINT)[: MOST_BUBBLES - len(leading)])
        axis = across_by(criteria_of(run))
        before = earlier_places(run, [row[0] for row in listed], axis)
        return [bubble(row, axis, before) for row in listed]

    return largest() if narrowed else kept(bubbles_name(first), run, user, largest)


def bubbles_name(first: Collection[int] = ()) -> str:
    """Under which they are kept: whole numbers have the same hash in every process."""
    return f"bubbles-{hash(tuple(sorted(first)))}"


def bubble(row: tuple, axis: Across, before: dict[int, tuple]) -> Bubble:
    account, code, strength, relative, up, net, contribution, box, provisional, stability, *stages = row
    held = firmness(stability, provisional, settings.SETTLED_FROM)
    numbers = (float(strength), axis.place(strength, relative), float(up), float(net), float(contribution))
    return Bubble(account, code, *numbers, box, int(provisional), held, *stages, before.get(account, (None, None)))


def earlier_places(run, accounts: list[int], axis: Across) -> dict[int, tuple]:
    """Where the accounts stood in the run that was published before this one."""
    before = earlier_run(run)
    rows = Position.objects.filter(run=before, account__in=accounts) if before else Position.objects.none()
    found = rows.values_list("account_id", "relationship_strength", "relative_strength", "attractiveness")
    return {
        account: (axis.place(strength, relative), None if up is None else float(up))
        for account, strength, relative, up in found
    }


def density(squares: list[Square], bubbles: list[Bubble]) -> list | None:
    """Accounts beyond the bubbles, counted by stage in squares of the plane."""
    if len(bubbles) < MOST_BUBBLES:
        return None
    cells: Counter[tuple[int, int, str]] = Counter()
    for square in squares:
        if square.box:
            cells[min(square.across, LAST), min(square.up, LAST), square.stage] += square.count
    cells.subtract(
        (min(int(each.across // CELL), LAST), min(int(each.attractiveness // CELL), LAST), each.stage)
        for each in bubbles
    )
    return [
        [middle(across), middle(up), count, stage] for (across, up, stage), count in sorted(cells.items()) if count > 0
    ]


def middle(square: int) -> float:
    return square * CELL + CELL / 2


def names_of(bubbles: list[Bubble]) -> dict[int, tuple[str, float | None]]:
    """Name and potential of each account."""
    rows = Account.objects.filter(pk__in=[each.account for each in bubbles])
    return {
        account: (name, None if potential is None else float(potential))
        for account, name, potential in rows.values_list("pk", "name", "annual_potential")
    }
