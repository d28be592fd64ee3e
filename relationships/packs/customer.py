"""What a customer may get of a plan: a document of its own that has no place for anything else.

It is a whitelist: each field below was decided on. There is none for costs, margins, contribution, boxes, scores,
stages, support, influence, risks, competitors, strengths and weaknesses, investments, benefits, signals, shares of
wallet, forecasts, comments, notes or points for us only, so none of that can be drawn.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import User
from relationships.models import Action, Contact, Contract, Need, Objective, Review, ReviewPoint, ValueMetric
from relationships.packs.reader import Asked
from relationships.reviews.figures import amount

PURPOSE, PURCHASES, OBJECTIVES, ACTIONS, NEEDS, VALUE, CONTRACTS, PEOPLE, TIMELINE, REVIEW = (
    "purpose", "purchases", "objectives", "actions", "needs", "value", "contracts", "people", "timeline", "review",
)  # fmt: skip
USUAL = frozenset({PURCHASES, OBJECTIVES, ACTIONS, VALUE, CONTRACTS, PEOPLE, TIMELINE, REVIEW})
KNOWN_TO_THEM = frozenset({"net_revenue", "orders", "average_order_value", "breadth", "return_share"})  # measures
SALES = KNOWN_TO_THEM - {"return_share"}  # to sell more is our aim, not theirs
WITH_CUSTOMER = (Review.Kind.JOINT, Review.Kind.ANNUAL)


@dataclass(frozen=True)
class Person:
    name: str
    title: str = ""
    counterparts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Purchases:
    """What the customer bought in the window of the run."""

    net_amount: Decimal
    returns: Decimal
    orders: int
    months: tuple[int, ...]
    by_month: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class SharedObjective:
    text: str
    unit: str  # the code of its measure; of one without, its own unit
    baseline: Decimal | None
    now: Decimal | None
    target: Decimal | None
    until_on: date | None


@dataclass(frozen=True)
class JointAction:
    text: str
    ours: str
    theirs: str
    start_on: date | None
    due_on: date | None
    is_done: bool


@dataclass(frozen=True)
class ValueAim:
    text: str
    unit: str
    today: Decimal | None
    target: Decimal | None


@dataclass(frozen=True)
class Agreement:
    name: str
    kind: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class Meeting:
    kind: str
    day: date
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    agenda: tuple[str, ...]
    decisions: tuple[str, ...]
    improvements: tuple[str, ...]
    next_on: date | None


@dataclass(frozen=True)
class CustomerPack:
    """All that a customer gets."""

    customer: str
    manager: str
    from_on: date
    until_on: date
    today: date
    window: str
    as_of: date | None
    purpose: str = ""
    purchases: Purchases | None = None
    objectives: tuple[SharedObjective, ...] = ()
    actions: tuple[JointAction, ...] = ()
    needs: tuple[str, ...] = ()
    value: tuple[ValueAim, ...] = ()
    contracts: tuple[Agreement, ...] = ()
    our_people: tuple[Person, ...] = ()
    their_people: tuple[Person, ...] = ()
    meeting: Meeting | None = None
    has_timeline: bool = False


@dataclass(frozen=True)
class Line:
    """One line that may be picked for the customer. `is_usual`: it is, unless somebody says otherwise."""

    key: str
    text: str
    is_usual: bool


@dataclass(frozen=True)
class Choice:
    """What goes in: parts, and of objectives and actions the lines."""

    parts: frozenset[str]
    lines: frozenset[str]


# What may be chosen


def lines_of(asked: Asked) -> list[Line]:
    """Objectives whose measure the customer knows himself or that have none, and actions. Usually those that are joint:
    with an owner of the customer; of what we want to sell none."""
    joint = {row.objective_id for row in actions_of(asked) if row.customer_owner_id}
    objectives = [
        Line(f"objective:{row.pk}", row.text, row.measure not in SALES and (bool(row.measure) or row.pk in joint))
        for row in objectives_of(asked)
    ]
    actions = [Line(f"action:{row.pk}", row.text, row.customer_owner_id is not None) for row in actions_of(asked)]
    return objectives + actions


def objectives_of(asked: Asked) -> list[Objective]:
    rows = Objective.objects.filter(plan=asked.plan, measure__in=["", *KNOWN_TO_THEM])
    return list(rows.order_by("place", "pk"))


def actions_of(asked: Asked) -> list[Action]:
    rows = Action.objects.visible_to(asked.user).filter(plan=asked.plan).exclude(state=Action.State.DROPPED)
    return list(rows.select_related("owner", "customer_owner").order_by("due_on", "pk"))


def usual(asked: Asked) -> Choice:
    return Choice(USUAL, frozenset(line.key for line in lines_of(asked) if line.is_usual))


def picked(asked: Asked, parts: Collection[str], lines: Collection[str]) -> Choice:
    """A choice of somebody, as far as it may be chosen at all."""
    possible = {line.key for line in lines_of(asked)}
    return Choice(frozenset(parts) & (USUAL | {PURPOSE, NEEDS}), frozenset(lines) & possible)


# What is gathered


def gather(asked: Asked, choice: Choice) -> CustomerPack:
    """The document; what was not chosen is not read."""
    plan, parts, run = asked.plan, choice.parts, asked.run
    ours, theirs = people(asked) if PEOPLE in parts else ((), ())
    return CustomerPack(
        customer=plan.account.name,
        manager=str(plan.account.manager or ""),
        from_on=plan.from_on,
        until_on=plan.until_on,
        today=asked.today,
        window=run.window_label if run else "",
        as_of=run.as_of if run else None,
        purpose=plan.purpose if PURPOSE in parts else "",
        purchases=purchases(asked) if PURCHASES in parts else None,
        objectives=tuple(objectives(asked, choice)) if OBJECTIVES in parts else (),
        actions=tuple(actions(asked, choice)) if ACTIONS in parts else (),
        needs=tuple(needs(asked)) if NEEDS in parts else (),
        value=tuple(value(asked)) if VALUE in parts else (),
        contracts=tuple(contracts(asked)) if CONTRACTS in parts else (),
        our_people=ours,
        their_people=theirs,
        meeting=meeting(asked) if REVIEW in parts else None,
        has_timeline=TIMELINE in parts,
    )


def purchases(asked: Asked) -> Purchases | None:
    found = asked.figures
    if found is None or "amounts" not in found:
        return None
    months = found["series"]["net_revenue"]
    return Purchases(
        net_amount=amount(found, "net_revenue"),
        returns=amount(found, "return_amount"),
        orders=found["counts"]["orders"],
        months=tuple(found["months"]),
        by_month=tuple(None if each is None else Decimal(each) for each in months),
    )


def objectives(asked: Asked, choice: Choice):
    values = {each["id"]: each["value"] for each in (asked.figures or {}).get("objectives", [])}
    for row in objectives_of(asked):
        if f"objective:{row.pk}" in choice.lines:
            now = values.get(row.pk)
            unit = "" if row.measure else row.unit
            yield SharedObjective(
                row.text,
                row.measure or unit,
                row.baseline,
                None if now is None else Decimal(now),
                row.target,
                row.until_on,
            )


def actions(asked: Asked, choice: Choice):
    for row in actions_of(asked):
        if f"action:{row.pk}" in choice.lines:
            ours, theirs = str(row.owner or ""), str(row.customer_owner or "")
            yield JointAction(row.text, ours, theirs, row.start_on, row.due_on, row.state == Action.State.DONE)


def needs(asked: Asked):
    """Those the customer has told us himself."""
    rows = Need.objects.filter(plan=asked.plan, kind=Need.Kind.KNOWN).order_by("place", "pk")
    return [row.text for row in rows]


def value(asked: Asked):
    rows = ValueMetric.objects.filter(plan=asked.plan).order_by("place", "pk")
    return [ValueAim(row.text, row.unit, row.today, row.target) for row in rows]


def contracts(asked: Asked):
    rows = Contract.objects.visible_to(asked.user).filter(account=asked.plan.account_id, ended_on__isnull=True)
    listed = rows.order_by("from_on", "pk")
    return [Agreement(row.name, row.get_kind_display(), row.from_on, row.until_on) for row in listed]


def people(asked: Asked) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Their people with our counterparts, and ours; without anything that we think of them."""
    rows = Contact.objects.visible_to(asked.user).present().filter(account=asked.plan.account_id).order_by("name")
    theirs, ours = [], {}
    for row in rows.prefetch_related("counterparts__user"):
        names = tuple(dict.fromkeys(str(pair.user) for pair in row.counterparts.all()))
        theirs.append(Person(row.name, row.title, names))
    account = asked.plan.account
    for user in [account.manager, account.sponsor, *User.objects.filter(plans=asked.plan).order_by("name")]:
        if user is not None:
            ours[user.pk] = Person(str(user))
    return tuple(ours.values()), tuple(theirs)


def meeting(asked: Asked) -> Meeting | None:
    """A review with the customer, as far as it is not for us only; one of the team is nobody else's."""
    review = asked.review
    if review is None or review.kind not in WITH_CUSTOMER:
        return None
    following = Review.objects.planned().filter(plan=asked.plan, kind__in=WITH_CUSTOMER).exclude(pk=review.pk)
    following = following.order_by("due_on").first()
    return Meeting(
        kind=review.get_kind_display(),
        day=review.held_on or review.due_on,
        ours=tuple(map(str, review.people.order_by("name"))),
        theirs=tuple(map(str, review.contacts.order_by("name"))),
        agenda=points(review, ReviewPoint.Kind.AGENDA),
        decisions=points(review, ReviewPoint.Kind.DECISION),
        improvements=points(review, ReviewPoint.Kind.IMPROVEMENT),
        next_on=following.due_on if following else None,
    )


def points(review: Review, kind: str) -> tuple[str, ...]:
    rows = review.points.filter(kind=kind, is_internal=False, tells_profit=False)
    return tuple(rows.order_by("place", "pk").values_list("text", flat=True))
