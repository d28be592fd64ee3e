"""The advice on hours for one reader: worked out from the published run, from what is stated of hours and responses,
and from nothing else than the accounts that the reader may see."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from statistics import median

from django.db.models import Q, QuerySet

from accounts.models import Account, Team, User
from accounts.permissions import Permission, may
from profitability.core.months import months_between
from profitability.models import Result, Run
from relationships.core.effort import Binding, Contradiction, Plan, allocate, brought
from relationships.core.expectation import Facts, Stated, expected
from relationships.core.response import Kind, Limit, Programme, Response, Served
from relationships.hours import Hours, hours_today
from relationships.models import EffortCapacity, EffortLimit, EffortResponse

MOST_ACCOUNTS = 2_000  # worked out at once; of more, a team has to be chosen
FEWEST_HOURS = Decimal("0.25")  # of what counts as usual
CENT = Decimal("0.01")
ZERO = Decimal(0)


class TooMany(Exception):
    """More accounts than are worked out at once."""


def in_sight(user, run: Run) -> QuerySet[Result]:
    """Active accounts with a manager: all for those who see all, their teams' for those who plan, else one's own."""
    rows = Result.objects.in_run(run).of_accounts().visible_to(user)
    rows = rows.filter(is_active=True, account__manager__isnull=False)
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return rows
    own = Q(account__manager=user)
    return rows.filter(own | Q(account__team__in=user.teams.all()) if may(user, Permission.PLAN_EFFORT) else own)


def teams_in_sight(user, run: Run) -> QuerySet[Team]:
    return Team.objects.filter(pk__in=in_sight(user, run).values("account__team")).order_by("name")


@dataclass(frozen=True)
class Row:
    """One account: hours a month today and as advised, and what the difference is expected to bring a month."""

    account: Account
    code: str  # when the run was made
    box: str
    today: Decimal
    advised: Decimal | None  # nothing where limits contradict
    response: Response
    is_stated: bool
    price: Decimal = ZERO  # what an hour of its manager is worth
    shared: dict[int, Decimal] = field(default_factory=dict)  # hours by manager, where they are not all its own

    @property
    def difference(self) -> Decimal | None:
        return None if self.advised is None else self.advised - self.today

    @property
    def extra(self) -> Decimal | None:
        """Contribution a month."""
        if self.advised is None:
            return None
        return money(self.response.worth(self.advised) - self.response.worth(self.today))

    @property
    def per_hour(self) -> Decimal | None:
        """What each hour that is added brings, or each that is taken away costs."""
        return money(Decimal(self.extra) / self.difference) if self.difference else None


@dataclass(frozen=True)
class Person:
    """A manager's hours for the accounts of one team."""

    manager: User
    team: Team | None
    hours: Decimal
    is_stated: bool
    today: Decimal
    advised: Decimal | None
    price: Decimal | None  # nothing where limits contradict
    accounts: int


@dataclass(frozen=True)
class Felt:
    """A limit that binds, of whose team, and its worth a month; or one of those that contradict."""

    team: Team | None
    limit: Limit
    worth: Decimal | None = None


@dataclass(frozen=True)
class Advice:
    """What is advised to one reader, accounts that move most first."""

    rows: list[Row]
    people: list[Person]
    binding: list[Felt]
    contradictions: list[list[Felt]]
    measured_by: list[str]
    without_accounts: list[Felt] = field(default_factory=list)  # least shares of boxes that no account stands in
    by_moving: Decimal | None = None  # of `extra`, what today's hours alone would bring, where there are others

    @cached_property
    def is_none(self) -> bool:
        """Whether limits contradict wherever one looks, so that nothing is advised."""
        return all(row.advised is None for row in self.rows)

    @cached_property
    def extra(self) -> Decimal | None:
        """Contribution a month."""
        return None if self.is_none else sum((row.extra for row in self.rows if row.extra is not None), ZERO)

    @cached_property
    def moved(self) -> Decimal | None:
        """Hours a month that would go elsewhere: those given to accounts that get more."""
        gains = (row.difference for row in self.rows if row.difference and row.difference > 0)
        return None if self.is_none else sum(gains, ZERO)

    @property
    def by_more_hours(self) -> Decimal | None:
        """Of `extra`, what comes of more hours than today's, or is lost with fewer."""
        return None if self.by_moving is None or self.extra is None else self.extra - self.by_moving

    @property
    def today(self) -> Decimal:
        return sum((row.today for row in self.rows), ZERO)

    @property
    def hours(self) -> Decimal:
        return sum((person.hours for person in self.people), ZERO)


def advice(user, run: Run, team: str = "") -> Advice:
    """Raises TooMany where a team has to be chosen first."""
    results = in_sight(user, run).select_related("account__team", "account__manager", "position")
    results = results.defer("position__scores", "position__nearest_move")
    if team:
        results = results.filter(account__team__code=team)
    listed = list(results.order_by("code")[: MOST_ACCOUNTS + 1])
    if len(listed) > MOST_ACCOUNTS:
        raise TooMany
    return Study(run, listed).advice()


class Study:
    """Accounts with their curves, team by team."""

    def __init__(self, run: Run, results: list[Result]) -> None:
        self.run, self.results = run, results
        self.months = len(months_between(run.month_from, run.month_to))
        self.hours: Hours = hours_today(
            run,
            {result.account_id: result.account.manager_id for result in results},
            {result.account_id: result.customer_cost for result in results},
        )
        teams = {result.account.team_id for result in results}
        self.stated = {
            said.account_id: said
            for said in EffortResponse.objects.filter(account__in=[result.account_id for result in results])
        }
        capacities = EffortCapacity.objects.filter(team__in=teams).values_list("team_id", "manager_id", "hours")
        self.capacities = {(team, manager): hours for team, manager, hours in capacities}
        self.limits = list(EffortLimit.objects.filter(team__in=teams))

    @cached_property
    def usual_hours(self) -> dict[str, Decimal]:
        """Hours of the middle account of each box; under None of all."""
        found = defaultdict(list)
        for result in self.results:
            if hours := self.hours.of[result.account_id]:
                found[box_of(result)].append(hours)
                found[None].append(hours)
        return {box: max(Decimal(median(each)).quantize(CENT), FEWEST_HOURS) for box, each in found.items()}

    def usual(self, box: str) -> Decimal:
        return self.usual_hours.get(box) or self.usual_hours.get(None) or FEWEST_HOURS

    def facts(self, result: Result) -> Facts:
        margin = result.gross_margin - result.unit_cost - result.batch_cost
        potential = result.account.annual_potential
        return Facts(
            box_of(result),
            self.hours.of[result.account_id],
            result.net_revenue / self.months,
            margin / self.months,
            None if potential is None else potential / 12,
            result.growth,
        )

    def response(self, result: Result) -> Response:
        said = self.stated.get(result.account_id)
        stated = said and Stated(said.lost_at_half, said.gained_at_double, said.least_hours, said.most_hours)
        return expected(self.facts(result), self.usual(box_of(result)), stated)

    def advice(self) -> Advice:
        groups: dict[int | None, list[Served]] = defaultdict(list)
        for result in self.results:
            groups[result.account.team_id].append(self.served(result))
        self.found = {team: (listed, self.programme(team, listed)) for team, listed in groups.items()}
        plans = {team: allocate(programme) for team, (_listed, programme) in self.found.items()}
        teams = {result.account.team_id: result.account.team for result in self.results}
        rows = [self.row(result, plans[result.account.team_id]) for result in self.results]
        rows.sort(key=lambda row: (-abs(row.difference or 0), -abs(row.extra or 0), row.account.code))
        binding = [Felt(teams[team], each.limit, money(each.worth)) for team, each in bindings(plans)]
        contradictions = [
            [Felt(teams[team], limit) for limit in plan.limits]
            for team, plan in plans.items()
            if isinstance(plan, Contradiction)
        ]
        people = self.people(rows, plans)
        left = [Felt(teams[team], limit) for team in self.found for limit in self.without_accounts(team)]
        return Advice(rows, people, binding, contradictions, self.hours.activities, left, self.by_moving(plans))

    def by_moving(self, plans: dict[int | None, Plan | Contradiction]) -> Decimal | None:
        """What the same hours as today would bring elsewhere; None where today's are all there are."""
        found, differs = Fraction(0), False
        for team, plan in plans.items():
            accounts, programme = self.found[team]
            used = used_today(accounts)
            if isinstance(plan, Contradiction) or used == programme.hours:
                found += plan.extra if isinstance(plan, Plan) else 0
                continue
            value, differs = brought(programme, used), True
            if value is None:
                return None
            found += value - plan.today
        return money(found) if differs else None

    def without_accounts(self, team: int | None) -> list[Limit]:
        """Least shares that nobody can be given, because no account stands in that box."""
        there = {account.box for account in self.found[team][0]}
        stated = (limit for limit in self.limits if limit.team_id == team and limit.box not in there)
        return [Limit(Kind.LEAST_SHARE, limit.box, limit.least_share) for limit in stated if limit.least_share]

    def served(self, result: Result) -> Served:
        key, said = result.account_id, self.stated.get(result.account_id)
        movable = bool(said and said.is_movable)
        manager = result.account.manager_id
        return Served(key, manager, box_of(result), self.hours.of[key], self.response(result), movable)

    def programme(self, team: int | None, accounts: list[Served]) -> Programme:
        today = used_today(accounts)
        hours = {manager: self.capacities.get((team, manager), used) for manager, used in today.items()}
        there = {account.box for account in accounts}
        limits = [limit for limit in self.limits if limit.team_id == team and limit.box in there]
        return Programme(
            accounts,
            hours,
            {limit.box: limit.least_share for limit in limits if limit.least_share},
            {limit.box: limit.most_share for limit in limits if limit.most_share is not None},
        )

    def row(self, result: Result, plan: Plan | Contradiction) -> Row:
        account, said = result.account, self.stated.get(result.account_id)
        today, response = self.hours.of[account.pk], self.response(result)
        if isinstance(plan, Contradiction):
            return Row(account, result.code, box_of(result), today, None, response, said is not None)
        shared = plan.by_manager.get(account.pk, {})
        return Row(
            account,
            result.code,
            box_of(result),
            today,
            plan.hours[account.pk],
            response,
            said is not None,
            money(plan.prices[account.manager_id]),
            shared if set(shared) - {account.manager_id} else {},
        )

    def people(self, rows: list[Row], plans: dict[int | None, Plan | Contradiction]) -> list[Person]:
        served: dict[tuple[int | None, int], list[Row]] = defaultdict(list)
        for row in rows:
            served[row.account.team_id, row.account.manager_id].append(row)
        given = given_hours(rows)
        found = [
            Person(
                own[0].account.manager,
                own[0].account.team,
                self.found[team][1].hours[manager],
                (team, manager) in self.capacities,
                sum((row.today for row in own), ZERO),
                given[team, manager] if isinstance(plans[team], Plan) else None,
                own[0].price if isinstance(plans[team], Plan) else None,
                len(own),
            )
            for (team, manager), own in served.items()
        ]
        return sorted(found, key=lambda person: (-(person.price or 0), person.manager.name, person.manager.pk))


def used_today(accounts: list[Served]) -> dict[int, Decimal]:
    """Hours a month by manager."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for account in accounts:
        found[account.manager] += account.today
    return dict(found)


def given_hours(rows: list[Row]) -> dict[tuple[int | None, int], Decimal]:
    """Advised hours by team and manager."""
    found: dict[tuple[int | None, int], Decimal] = defaultdict(Decimal)
    for row in rows:
        for manager, hours in (row.shared or {row.account.manager_id: row.advised or ZERO}).items():
            found[row.account.team_id, manager] += hours
    return found


def bindings(plans: dict[int | None, Plan | Contradiction]) -> list[tuple[int | None, Binding]]:
    return [(team, each) for team, plan in plans.items() if isinstance(plan, Plan) for each in plan.binding]


def box_of(result: Result) -> str:
    position = getattr(result, "position", None)
    return position.box if position else ""


def money(value) -> Decimal:
    """To the cent; advice is no more exact than that."""
    return (Decimal(value.numerator) / value.denominator if hasattr(value, "numerator") else value).quantize(CENT)
