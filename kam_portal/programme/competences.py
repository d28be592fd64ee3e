"""Competences of people and what accounts ask of their managers. Levels of people are personal: they are seen by the
person, by leads of his teams and by executives, and given by one of these, never by the person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, User
from accounts.permissions import Permission, Role, may
from accounts.programme import is_member
from accounts.versions import NotPossible, Outdated
from profitability.models import Run
from relationships.core.competence import MOST, asked_by_default, best_first, fit
from relationships.models import Competence, CompetenceAsked, Position

Levels = dict[str, int]
NAMES = {
    "integrity": gettext_lazy("Integrity"),
    "communication": gettext_lazy("Communication"),
    "product": gettext_lazy("Knowledge of our products"),
    "business": gettext_lazy("Knowledge of the customer’s business"),
    "negotiation": gettext_lazy("Negotiation"),
    "finance": gettext_lazy("Financial insight"),
    "coordination": gettext_lazy("Coordination"),
    "planning": gettext_lazy("Planning"),
}
ANCHORS = {  # what 0, 5 and 10 mean
    "integrity": (
        gettext_lazy("Promises are not kept"),
        gettext_lazy("Keeps promises and says early what goes wrong"),
        gettext_lazy("Both sides confide in this person"),
    ),
    "communication": (
        gettext_lazy("Customer and colleagues are told late"),
        gettext_lazy("Clear in writing and in meetings, up to heads of department"),
        gettext_lazy("Convinces boards and shop floor alike"),
    ),
    "product": (
        gettext_lazy("Needs a colleague for every question"),
        gettext_lazy("Answers what buyers usually ask"),
        gettext_lazy("Designs solutions with the customer’s engineers"),
    ),
    "business": (
        gettext_lazy("Knows the buyer only"),
        gettext_lazy("Knows how the customer earns money, and its rivals"),
        gettext_lazy("The customer asks how this person sees their market"),
    ),
    "negotiation": (
        gettext_lazy("Gives way on price"),
        gettext_lazy("Trades concessions, prepared"),
        gettext_lazy("Finds terms that are better for both"),
    ),
    "finance": (
        gettext_lazy("Looks at sales only"),
        gettext_lazy("Explains cost to serve and contribution of the account"),
        gettext_lazy("Works out the return together with the customer"),
    ),
    "coordination": (
        gettext_lazy("Works alone"),
        gettext_lazy("Keeps sales, service and logistics to their actions"),
        gettext_lazy("Leads joint teams of both companies, across countries"),
    ),
    "planning": (
        gettext_lazy("From call to call"),
        gettext_lazy("Keeps a plan whose measures are followed"),
        gettext_lazy("Plans three years ahead with the customer"),
    ),
}
NOTE_LENGTH = 300
MOST_BETTER = 2
WORTHWHILE = Fraction(1, 20)  # a better fit than by that is worth telling


# Who sees and assesses whom


def people_seen(user) -> QuerySet[User]:
    """Oneself; for leads the people of their teams, for executives everybody who looks after accounts."""
    if not may(user, Permission.ASSESS_PEOPLE):
        return User.objects.filter(pk=user.pk)
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return assessable()
    of_team = User.teams.through.objects.filter(team__in=user.teams.values("pk"))
    return assessable().filter(Q(pk=user.pk) | Q(pk__in=of_team.values("user")))


def assessable() -> QuerySet[User]:
    """Who may look after accounts."""
    return User.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.LEAD, Role.MEMBER))


def may_assess(user, person: User) -> bool:
    """The lead of his team, or an executive; nobody assesses himself."""
    if person.pk == user.pk or not may(user, Permission.ASSESS_PEOPLE):
        return False
    return people_seen(user).filter(pk=person.pk).exists()


# Levels of people


@dataclass(frozen=True)
class Assessed:
    """The latest level of one competence, who gave it when, and why."""

    level: int
    on: date
    by: str
    note: str


def assessed(people: Iterable[int]) -> dict[int, dict[str, Assessed]]:
    """The latest assessment of each competence, by person."""
    found: dict[int, dict[str, Assessed]] = defaultdict(dict)
    rows = Competence.objects.filter(user__in=list(people)).select_related("changed_by").order_by("assessed_on", "pk")
    for row in rows:
        by = row.changed_by.name if row.changed_by else ""
        found[row.user_id][row.competence] = Assessed(row.level, row.assessed_on, by, row.note)
    return found


def levels_of(people: Iterable[int]) -> dict[int, Levels]:
    return {person: {code: each.level for code, each in found.items()} for person, found in assessed(people).items()}


def newest(person: User) -> str:
    """What a page has seen of somebody’s assessments."""
    last = Competence.objects.filter(user=person).aggregate(last=Max("changed_at"))["last"]
    return last.isoformat() if last else ""


def level_in(text: str) -> int | None:
    """0 to 10, nothing for an empty field. Raises NotPossible."""
    written = text.strip()
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) <= 2 and int(written) <= MOST):
        raise NotPossible(_("A level is a whole number from 0 to 10."))
    return int(written)


def assess(user, person: User, typed: dict[str, tuple[str, str]], seen: str, today: date) -> int:
    """Keep the levels that changed, as of today; how many. Raises NotPossible, Outdated."""
    if not may_assess(user, person):
        raise NotPossible(_("Only a lead of the team or an executive assesses, and nobody their own levels."))
    levels = {code: (level_in(level), note.strip()[:NOTE_LENGTH]) for code, (level, note) in typed.items()}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if newest(person) != seen:
            raise Outdated(person.name)
        known = assessed([person.pk]).get(person.pk, {})
        changed = {
            code: said for code, said in levels.items() if said[0] is not None and differs(known.get(code), said)
        }
        for code, (level, note) in changed.items():
            said = {"level": level, "note": note, "changed_by": user, "changed_at": timezone.now()}
            Competence.objects.update_or_create(user=person, competence=code, assessed_on=today, defaults=said)
    return len(changed)


def differs(known: Assessed | None, said: tuple[int | None, str]) -> bool:
    return known is None or (known.level, known.note) != said


# What accounts ask


@dataclass(frozen=True)
class Demand:
    """What one account asks of its manager, and which of the levels somebody has stated."""

    levels: Levels
    stated: frozenset[str]
    default: Levels
    box: str


def demands(run: Run | None, accounts: Iterable[Account]) -> dict[int, Demand]:
    """By account: what was stated, and for the rest what box and complexity ask."""
    listed = {account.pk: account for account in accounts}
    rows = Position.objects.filter(run=run, account__in=listed) if run else Position.objects.none()
    boxes = dict(rows.values_list("account_id", "box"))
    stated: dict[int, Levels] = defaultdict(dict)
    for account, code, level in CompetenceAsked.objects.filter(account__in=listed).values_list(
        "account_id", "competence", "level"
    ):
        stated[account][code] = level
    found = {}
    for pk, account in listed.items():
        box = boxes.get(pk, "")
        default = asked_by_default(box, account.process_complexity, account.product_complexity)
        found[pk] = Demand(default | stated[pk], frozenset(stated[pk]), default, box)
    return found


def state(user, account: Account, typed: dict[str, tuple[str, str]]) -> int:
    """Keep what the account asks for, competence by competence; empty: the default counts again. Each field says what
    it said when it was opened, and one that is otherwise now raises Outdated. The number of changes."""
    count = 0
    with transaction.atomic():
        for code, (text, was) in typed.items():
            level, before = level_in(text), level_in(was)
            if level != before:
                put(user, account, code, before, level)
                count += 1
    return count


def put(user, account: Account, code: str, before: int | None, level: int | None) -> None:
    """Change one statement, if it still is as it was seen."""
    rows = CompetenceAsked.objects.filter(account=account, competence=code)
    said = {"level": level, "changed_by": user, "changed_at": timezone.now()}
    try:
        with transaction.atomic():
            if before is None:
                CompetenceAsked.objects.create(account=account, competence=code, **said)
                return
            seen = rows.filter(level=before)
            done = seen.delete()[0] if level is None else seen.update(**said)
    except IntegrityError as error:
        raise Outdated(NAMES[code]) from error
    if not done:
        raise Outdated(NAMES[code])


# Who fits where


@dataclass(frozen=True)
class Match:
    """A key account, how far its manager fits it, and who of those the reader sees would fit better. `is_hidden`: the
    reader does not see the manager's levels, so that nobody can be compared with them."""

    account: Account
    asked: Levels
    share: Fraction | None
    better: list[tuple[User, Fraction]]
    is_hidden: bool


def matches(run: Run | None, accounts: list[Account], people: Iterable[User]) -> list[Match]:
    """The worst fit first; accounts whose manager is not assessed come last."""
    named = {person.pk: person for person in people}
    levels = levels_of(named)
    asked = demands(run, accounts)
    found = []
    for account in accounts:
        wanted, manager = asked[account.pk].levels, account.manager_id
        share = fit(wanted, levels.get(manager, {})) if manager in named else None
        others = [(named[pk], each) for pk, each in best_first(wanted, levels) if pk != manager]
        is_known = share is not None or manager is None  # whoever is not assessed is not worse than others
        better = [each for each in others if is_known and each[1] >= (share or 0) + WORTHWHILE]
        is_hidden = manager is not None and manager not in named
        found.append(Match(account, wanted, share, better[:MOST_BETTER], is_hidden))
    return sorted(found, key=lambda each: (each.share is None, each.share or 0, each.account.name))


def key_accounts(user) -> QuerySet[Account]:
    """Key accounts that the reader sees."""
    return Account.objects.visible_to(user).filter(is_member("pk")).select_related("manager", "team").order_by("name")
