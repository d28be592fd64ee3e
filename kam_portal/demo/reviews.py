"""The demo's reviews: held every quarter with the figures of the run of that time; planned ahead, some overdue."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from kam_portal.demo.characters import random
from profitability.models import Run
from relationships.models import Action, Contact, Plan, Review, ReviewPoint
from relationships.reviews import agenda, cadence, meeting
from relationships.reviews.due import boxes_of, next_of, working_day
from relationships.reviews.figures import figures_of

TEAM = Review.Kind.TEAM
QUARTER = timedelta(days=91)
MOST_HELD = 4
TEAM_BEFORE = timedelta(days=28)  # the last joint one
TEAM_IN = (
    4,
    20,
    33,
    11,
    40,
    24,
    46,
    17,
    28,
    51,
    36,
    22,
    44,
)  # days until the next one of the team, by the plan's place
BEGUN_BEFORE = 120  # days, where nothing was held yet
NOT_PLANNED = 3  # plans whose next review nobody has planned yet
TEAM_NOT_PLANNED = (4, 8)  # places of plans whose next review of the team nobody has planned yet
PREPARED = 2  # plans whose next review has its agenda already
AGENDA = (
    ("Stock of the two best-selling frames before the season", "They want a week's notice of any delay.", False),
    ("Share the forecast for the next two quarters", "Their planner sends it by the 5th of each month.", False),
    ("Questions to our service desk", "Most of them are about the same two manuals.", False),
    ("Packaging of helmets", "Cartons of the spring models give way; photographs are in the folder.", False),
    ("Prices of the new contract", "They will ask for a step at the next volume.", True),
    ("Who follows the head of purchasing", "Retires in autumn; we know nobody below.", True),
    ("Co-branded display in their flagship shop", "", False),
)
DECISIONS = (
    "Orders by noon leave the same day; later ones the day after, for all their shops.",
    "One joint forecast a month; what is not in it is confirmed within two working days.",
    "The display is tried in three shops until the end of the season.",
    "Returns of packaging damage are credited without sending the goods back.",
)
IMPROVEMENTS = (
    "Their order desk sees our stock by product, updated each hour.",
    "One contact for claims on each side instead of three.",
    "Delivery notes carry their order number in the first line.",
)
SUMMARIES = (
    "Good mood. They see that a forecast helps both sides and ask us to help with it.",
    "Purchasing pushed on price, operations praised the service. We keep prices and offer the stock view.",
    "Short and matter-of-fact. The open complaint took half of the time; it must be closed before the next one.",
)


@dataclass(frozen=True)
class Runs:
    """The demo's runs, the latest first: figures of a day are those of the last whole months before it."""

    listed: list[Run]

    @classmethod
    def known(cls) -> "Runs":
        rows = Run.objects.filter(published_at__isnull=False, month_to__isnull=False).order_by("-month_to")
        return cls(list(rows))

    def of(self, day: date) -> Run | None:
        return next((run for run in self.listed if run.as_of < day), None)


@transaction.atomic
def hold_reviews(today: date) -> None:
    """Store what was held and what is to come for each plan; nothing if there is any review."""
    if Review.objects.exists():
        return
    plans = list(Plan.objects.select_related("account__manager").order_by("pk"))
    runs, found = Runs.known(), cadence.rhythms()
    boxes = boxes_of(plans, runs.listed[0] if runs.listed else None)
    for place, plan in enumerate(plans):
        for day in days_of(plan):
            held(plan, Review.Kind.JOINT, day, runs)
        if plan.reviewed_on and place % 3 == 0:
            held(plan, TEAM, working_day(plan.reviewed_on - TEAM_BEFORE), runs)
        if plan.state != Plan.State.CLOSED and place < len(plans) - NOT_PLANNED:
            to_come(plan, boxes.get(plan.account_id, ""), found, today, place)


def days_of(plan: Plan) -> list[date]:
    """The days of its joint reviews, oldest first: the last one and one each quarter before it."""
    if plan.reviewed_on is None:
        return []
    first = timezone.localdate(plan.created_at)
    days = [plan.reviewed_on - place * QUARTER for place in range(MOST_HELD)]
    return [day for day in reversed(days) if day > first or day == plan.reviewed_on]


def held(plan: Plan, kind: str, day: date, runs: Runs) -> Review:
    """One review as it was: figures, points, who was there; closed the day after."""
    run, chance = runs.of(day), random(f"review:{plan.account.code}:{day.toordinal() % 1000}:{kind}")
    is_last = plan.reviewed_on == day
    manager = plan.account.manager
    row = Review.objects.create(
        plan=plan, kind=kind, state=Review.State.HELD, due_on=day, held_on=day, run=run,
        figures=figures_of(plan, run, day), summary=chance.choice(SUMMARIES), created_by=manager,
        closed_at=at(day + timedelta(days=1)), closed_by=manager,
    )  # fmt: skip
    attend(row, plan, chance)
    points = chance.sample(AGENDA, 3 if kind == TEAM else 5)
    rows = [point(row, "agenda", *said, settled=not is_last or number < 3) for number, said in enumerate(points)]
    rows += [point(row, "decision", text) for text in chance.sample(DECISIONS, 2)]
    rows += [point(row, "improvement", text) for text in chance.sample(IMPROVEMENTS, 1)]
    rows += [agreed(row, action) for action in actions_of(plan) if is_last and kind == Review.Kind.JOINT]
    for place, each in enumerate(rows, start=1):
        each.place = place
    ReviewPoint.objects.bulk_create(rows)
    return row


def point(review: Review, kind: str, text: str, note: str = "", internal: bool = False, settled: bool = False):
    return ReviewPoint(review=review, kind=kind, text=text, note=note, is_internal=internal, is_settled=settled)


def actions_of(plan: Plan) -> list[Action]:
    """Two of the plan, as if they had been agreed on at its last review."""
    return list(Action.objects.filter(plan=plan, customer_owner__isnull=False).order_by("due_on", "pk")[:2])


def agreed(review: Review, action: Action) -> ReviewPoint:
    return ReviewPoint(review=review, kind=ReviewPoint.Kind.ACTION, text=action.text, action=action)


def attend(review: Review, plan: Plan, chance) -> None:
    review.people.set({plan.account.manager, *plan.people.all()} - {None})
    contacts = list(Contact.objects.present().filter(account=plan.account_id).order_by("name"))
    if review.kind != TEAM and contacts:
        review.contacts.set(chance.sample(contacts, min(3, len(contacts))))


def to_come(plan: Plan, box: str, found: cadence.Rhythms, today: date, place: int) -> None:
    """The next one, when the cadence asks for it; where that has passed it is overdue. Some are prepared already."""
    last = plan.reviewed_on or today - timedelta(days=BEGUN_BEFORE - 5 * place)
    kind, day = next_of(Review.Kind.JOINT, box, found, last)
    manager = plan.account.manager
    if place not in TEAM_NOT_PLANNED:
        soon = today + timedelta(days=TEAM_IN[place % len(TEAM_IN)])
        team = Review.objects.create(plan=plan, kind=TEAM, due_on=working_day(soon))
        meeting.invite_as_before(team)
    row = Review.objects.create(plan=plan, kind=kind, due_on=day, created_by=manager)
    meeting.invite_as_before(row)
    if place in (1, 1 + PREPARED) or day <= today + timedelta(days=21):
        run = Runs.known().of(today)
        listed = agenda.proposals(manager, row, run, today)
        meeting.fill(row, listed[:6])


def at(day: date, hour: int = 16) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
