"""The demo's key account plans: whose account has one, how far it has come, and who may see it.

Plans that are older than a year of figures start from those of the year before, so that their objectives have moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts.models import Account, User
from kam_portal.demo.characters import random
from kam_portal.demo.people import VICE_PRESIDENT, employee_email, login_email
from kam_portal.demo.plan_contents import Pen, fill
from kam_portal.demo.plan_history import at, live
from relationships.models import Plan, PlanSection
from relationships.plans.sections import SECTIONS

MEMBER, LEAD = login_email("member"), login_email("lead")
DIRECTOR = employee_email(VICE_PRESIDENT)
YEARS = 3


@dataclass(frozen=True, slots=True)
class Sketch:
    """One plan: its theme, how many days ago it was begun and reviewed, how full it is, and its history."""

    code: str
    theme: str
    begun: int
    reviewed: int | None
    filled: float = 1.0
    versions: tuple[str, ...] = ()  # what became of each, oldest first
    visibility: str = Plan.Visibility.EVERYONE
    late: int = 0  # actions that are overdue
    years: int = YEARS


SKETCHES = (
    Sketch("AW00000697", "deepen", 410, 24, versions=("approved", "approved")),  # Brakes and Gears
    Sketch("AW00000650", "deepen", 380, 164, versions=("approved",)),  # stale
    Sketch("AW00000254", "deepen", 300, 61, versions=("approved", "sponsor")),  # Safe Cycles
    Sketch("AW00000475", "deepen", 90, 40, versions=("waiting",)),  # Real Sporting Goods
    Sketch("AW00000236", "deepen", 330, 75, versions=("approved",), visibility=Plan.Visibility.TEAM),
    Sketch("AW00000328", "deepen", 260, 33, versions=("approved",), visibility=Plan.Visibility.PLAN_TEAM),
    Sketch("AW00000490", "win", 21, None, filled=0.7),  # Extraordinary Bike Works, a star
    Sketch("AW00000433", "win", 35, None, filled=0.35),
    Sketch("AW00000542", "win", 395, 18, versions=("approved", "approved", "approved"), years=5),
    Sketch("AW00000312", "win", 70, 52, filled=0.7, versions=("withdrawn",)),
    Sketch("AW00000599", "repair", 240, 12, versions=("approved", "lead"), late=1),  # Westside Plaza
    Sketch("AW00000024", "repair", 110, 44, versions=("returned",)),  # Eastside Department Store
    Sketch("AW00000205", "repair", 290, 136, versions=("approved",), late=1),  # Rally Master
    Sketch("AW00000491", "win", 240, 57, versions=("approved",)),  # of a colleague in the same team
    Sketch("AW00000448", "deepen", 270, 147, versions=("approved",), years=10),  # stale
    Sketch("AW00000502", "deepen", 60, 30, versions=("waiting",)),
    Sketch("AW00000085", "win", 45, None, filled=0.5),
)


@transaction.atomic
def lay_plans(today: date) -> None:
    """Store all plans as their managers would have written them; none if there is any."""
    if Plan.objects.exists():
        return
    users = {user.email: user for user in User.objects.all()}
    codes = [sketch.code for sketch in SKETCHES]
    accounts = Account.objects.select_related("manager", "team").in_bulk(codes, field_name="code")
    for sketch in SKETCHES:
        lay(sketch, accounts[sketch.code], users, today)


def lay(sketch: Sketch, account: Account, users: dict[str, User], today: date) -> None:
    plan = begun(sketch, account, users, today)
    fill(Pen(plan, sketch.theme, sketch.filled, sketch.late, today))
    live(plan, sketch.versions, submitted(sketch), today)
    PlanSection.objects.bulk_create(freshness(plan, sketch, today))


def freshness(plan: Plan, sketch: Sketch, today: date) -> Iterator[PlanSection]:
    """Each section was changed on some day: most at the latest review or since, some never since the plan was begun."""
    chance = random(f"freshness:{sketch.code}")
    youngest = min(sketch.reviewed or 3, sketch.begun)
    for code, section in SECTIONS.items():
        count = int(bool(plan.purpose)) if section.is_of_plan else section.rows(plan).count()
        days = chance.choice([youngest, youngest, chance.randint(youngest, sketch.begun), sketch.begun])
        moment = at(today - timedelta(days=days), chance.randint(9, 17))
        manager = plan.account.manager
        yield PlanSection(plan=plan, section=code, entries=count, changed_at=moment, changed_by=manager)


def begun(sketch: Sketch, account: Account, users: dict[str, User], today: date) -> Plan:
    """The plan itself, with its team."""
    day = today - timedelta(days=sketch.begun)
    plan = Plan.objects.create(
        account=account,
        visibility=sketch.visibility,
        from_on=day.replace(day=1),
        until_on=date(day.year + sketch.years, 12, 31),
        reviewed_on=None if sketch.reviewed is None else today - timedelta(days=sketch.reviewed),
        created_by=account.manager,
    )
    Plan.objects.filter(pk=plan.pk).update(created_at=at(day))
    plan.people.set([users[email] for email in plan_team(account)])
    return plan


def submitted(sketch: Sketch) -> list[int]:
    """So many days ago each version was: the first a month after the plan was begun, the last since its review."""
    count, last = len(sketch.versions), max((sketch.reviewed or 0) - 6, 2)
    first = min(max(sketch.begun - 30, last), sketch.begun) if count > 1 else last
    return [first - (first - last) * place // max(count - 1, 1) for place in range(count)]


def plan_team(account: Account) -> list[str]:
    """The manager; the member where the account is of her team; a colleague from senior management."""
    southwest = account.team is not None and account.team.code == "southwest"
    return [account.manager.email, *([MEMBER, LEAD] if southwest else [DIRECTOR])]
