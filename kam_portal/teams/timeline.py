"""The plans of a team over time: how long each runs, when its reviews and objectives fall due. Drawn on a plane of
1,000 units; the table beside it says the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kam_portal.teams.cards import Card
from relationships.models import Objective, Review
from relationships.plans.measures import open_to

WIDTH, ROW, HEAD = 1000, 30, 32
NAMES, EDGE = 230, 20  # room at the left and at the right
BACK = timedelta(days=92)
AHEAD = timedelta(days=731)  # drawn at most; a horizon that goes on has an open end


@dataclass(frozen=True)
class Event:
    """One day of a plan."""

    kind: str  # review, objective
    on: date
    name: str
    x: int = 0


@dataclass(frozen=True)
class Lane:
    """One plan: its bar from `x` on, and the events on it."""

    card: Card
    y: int
    x: int
    width: int
    is_open: bool  # it goes on after what is drawn
    events: Sequence[Event]

    @property
    def middle(self) -> int:
        return self.y + ROW // 2


@dataclass(frozen=True)
class Timeline:
    """The plane: lanes, the quarters as lines, and where today is."""

    lanes: Sequence[Lane]
    quarters: Sequence[tuple[str, int]]
    today_x: int
    height: int
    room: int = NAMES + WIDTH + EDGE


def timeline_of(user, cards: Sequence[Card], today: date) -> Timeline:
    """Two questions to the database."""
    from_on, until_on = today - BACK, today + AHEAD
    drawn = [card for card in cards if card.plan]
    events = events_of(user, [card.plan.pk for card in drawn if card.plan], from_on, until_on)

    def x_of(day: date) -> int:
        inside = min(max(day, from_on), until_on)
        return round(WIDTH * (inside - from_on).days / (until_on - from_on).days)

    lanes = []
    for number, card in enumerate(sorted(drawn, key=lambda each: (each.plan.until_on, each.account.name))):
        first, last = x_of(card.plan.from_on), x_of(card.plan.until_on)
        told = [*first_due(card, events[card.plan.pk]), *events[card.plan.pk]]
        placed = [Event(each.kind, each.on, each.name, x_of(each.on)) for each in told]
        is_open = card.plan.until_on > until_on
        lanes.append(Lane(card, HEAD + number * ROW, first, max(last - first, 4), is_open, placed))
    quarters = [(label, x_of(day)) for label, day in quarters_of(from_on, until_on)]
    return Timeline(lanes, quarters, x_of(today), HEAD + len(lanes) * ROW)


def events_of(user, plans: Sequence[int], from_on: date, until_on: date) -> dict[int, list[Event]]:
    """Planned reviews and days by which objectives are to be reached that this person may know of, by plan, in order
    of their days."""
    span = (from_on, until_on)
    found: dict[int, list[Event]] = defaultdict(list)
    for review in Review.objects.planned().filter(plan__in=plans, due_on__range=span).order_by("due_on", "pk"):
        found[review.plan_id].append(Event("review", review.due_on, str(review.get_kind_display())))
    rows = Objective.objects.filter(plan__in=plans, until_on__range=span).order_by("until_on", "pk")
    for plan, day, text in open_to(user, rows).values_list("plan", "until_on", "text"):
        found[plan].append(Event("objective", day, text))
    return found


def first_due(card: Card, events: Sequence[Event]) -> list[Event]:
    """The review that the card tells, where it is not among the planned ones that are drawn. One that has been due for
    longer than is drawn stands at the left edge."""
    due = card.standing.next_review if card.standing else None
    if due is None or any(each.kind == "review" and each.on == due.due_on for each in events):
        return []
    return [Event("review", due.due_on, str(due.kind_label))]


def quarters_of(from_on: date, until_on: date) -> list[tuple[str, date]]:
    """The first day of each quarter that begins within the span."""
    found, year, month = [], from_on.year, from_on.month - (from_on.month - 1) % 3
    while (day := date(year, month, 1)) <= until_on:
        if day >= from_on:
            found.append((_("Q%(quarter)s %(year)s") % {"quarter": month // 3 + 1, "year": year}, day))
        year, month = (year, month + 3) if month < 10 else (year + 1, 1)
    return found
