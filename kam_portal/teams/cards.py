"""The key accounts of a team, each with its plan and how that stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Team
from accounts.permissions import Permission, may
from accounts.programme import is_member
from profitability.models import Result, Run
from relationships.core.plan import State
from relationships.models import Box, Plan
from relationships.plans import measures, standing
from relationships.plans.standing import Standing
from relationships.queries import portfolio

SOON = timedelta(days=14)
NO_PLAN = "none"
STATES: dict[str, str | Promise] = {NO_PLAN: _("No plan to show"), **dict(Plan.State.choices)}
# the first that holds says where a plan stands on the board
OBJECTIVE, ACTION, RISK, SOUND = "objective", "action", "risk", "sound"
HEALTH: dict[str, str | Promise] = {
    OBJECTIVE: _("Objectives behind"),
    ACTION: _("Actions overdue"),
    RISK: _("High risks"),
    SOUND: _("Nothing amiss"),
    NO_PLAN: _("No plan to show"),
}
GOES_WELL = (State.REACHED, State.ON_TRACK)
NOT_KNOWN = (State.EARLY, State.UNKNOWN)
MARKS = (State.REACHED, State.ON_TRACK, State.BEHIND, State.MOVED_AWAY, State.MISSED, *NOT_KNOWN)


@dataclass(frozen=True)
class Mark:
    """How many objectives of a plan are in one state."""

    state: str
    label: str
    times: range


@dataclass(frozen=True)
class Card:
    """One account: its figures, its plan if there is one that the reader may see, and how that stands. `is_key`: it is
    in the programme; the others are here for their plans."""

    account: Account
    result: Result | None
    plan: Plan | None
    standing: Standing | None
    spark: Sequence[float | None] = field(default_factory=list)
    is_key: bool = True

    @property
    def box(self) -> str:
        return self.result.position.box if self.result else ""

    @property
    def box_name(self) -> str:
        return str(Box(self.box).label) if self.box else ""

    @property
    def state(self) -> str:
        return self.plan.state if self.plan else NO_PLAN

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])

    @property
    def health(self) -> str:
        """The gravest kind of what goes wrong."""
        if self.standing is None:
            return NO_PLAN
        kinds = {cause.kind for cause in self.standing.causes}
        return next((kind for kind in HEALTH if kind in kinds), SOUND)

    @property
    def marks(self) -> list[Mark]:
        states: Mapping[str, int] = self.standing.states if self.standing else {}
        return [Mark(state, str(measures.STATES[state]), range(states[state])) for state in MARKS if states.get(state)]

    @property
    def on_track(self) -> int:
        return sum(self.standing.states.get(state, 0) for state in GOES_WELL) if self.standing else 0

    @property
    def objectives(self) -> int:
        return self.standing.objectives if self.standing else 0

    @property
    def overdue(self) -> int:
        return self.standing.overdue if self.standing else 0

    @property
    def is_stale(self) -> bool:
        return self.standing is not None and self.standing.is_stale

    @property
    def next_review(self) -> date | None:
        return self.standing.next_review_on if self.standing else None

    def is_due(self, today: date) -> bool:
        return self.next_review is not None and self.next_review <= today + SOON

    @property
    def order(self) -> tuple:
        """What needs most attention first: the more goes wrong, the earlier; then the larger."""
        causes = len(self.standing.causes) if self.standing else 0
        size = self.result.net_revenue if self.result else Decimal(0)
        return (-causes, not self.is_stale, -size, self.account.code)


def visible_teams(user):
    """Any team for whoever sees all accounts, else one's own and those of the accounts one looks after."""
    rows = Team.objects.order_by("name", "code")
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return rows
    return rows.filter(Q(pk__in=user.teams.values("pk")) | Q(pk__in=user.managed_accounts.values("team")))


def planned_or_key(user, team: Team) -> list[Account]:
    """The team's accounts that are in the programme or have a plan this person may see, as `is_key` and
    `sees_plan` say. One question."""
    plans = Plan.objects.visible_to(user).filter(account__team=team).values("account")
    rows = (
        Account.objects.visible_to(user).filter(team=team).annotate(sees_plan=Q(pk__in=plans), is_key=is_member("pk"))
    )
    rows = rows.filter(Q(is_key=True) | Q(sees_plan=True))
    return list(rows.select_related("manager", "plan").order_by("name", "pk"))


def cards_of(user, team: Team, run: Run | None, today: date) -> list[Card]:
    """The most pressing first. A dozen questions to the database, however many accounts there are."""
    accounts = planned_or_key(user, team)
    plans = {account.pk: account.plan for account in accounts if account.sees_plan}
    standings = standing.of(plans.values(), run, today, user)
    rows = portfolio(user, run).filter(account__in=[account.pk for account in accounts]) if run else ()
    results = {row.account_id: row for row in rows}
    return sorted((card(account, results, plans, standings) for account in accounts), key=lambda each: each.order)


def card(account: Account, results, plans, standings) -> Card:
    plan = plans.get(account.pk)
    how = standings[plan.pk] if plan else None
    return Card(account, results.get(account.pk), plan, how, is_key=account.is_key)


@dataclass(frozen=True)
class Tally:
    """What the cards come to together."""

    accounts: int
    plans: int
    on_track: int
    objectives: int
    off_course: int
    unknown: int
    overdue: int
    stale: int
    reviews_due: int
    amiss: int

    @property
    def without(self) -> int:
        return self.accounts - self.plans


def tally(cards: Iterable[Card], today: date) -> Tally:
    listed = list(cards)
    known = [each for each in listed if each.standing]
    states = list(chain.from_iterable(each.standing.states.items() for each in known if each.standing))
    return Tally(
        accounts=len(listed),
        plans=len(known),
        on_track=sum(count for state, count in states if state in GOES_WELL),
        objectives=sum(count for _state, count in states),
        off_course=sum(count for state, count in states if state in standing.OFF_COURSE),
        unknown=sum(count for state, count in states if state in NOT_KNOWN),
        overdue=sum(each.overdue for each in known),
        stale=sum(each.is_stale for each in known),
        reviews_due=sum(each.is_due(today) for each in known),
        amiss=sum(each.health not in (SOUND, NO_PLAN) for each in known),
    )
