"""How far the relationship with each account has come: facts of a run and of contacts, findings and statements of
people, and the stage they amount to. A handful of reads, whatever the number of accounts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from accounts.models import Account
from accounts.models.user import SENIORITY_OF_ROLE, Seniority
from accounts.permissions import Role
from profitability.core.months import month_of, ordinal
from profitability.models import OrderLine, Result, Run
from relationships.core import stage as core
from relationships.core.scoring import a_year_before
from relationships.core.stage import StageOf
from relationships.models import Contact, Counterpart, ExitBarrier, StageEvidence, StatedStage, Touchpoint, View

LONG_OVER = timedelta(days=62)  # a window that ended longer ago is a look back
FEW = 1_000  # accounts that are named in a query; for more, all are read
WORKING = int(Seniority.DEPARTMENT)  # our people up to this level work at the same one
THEIRS = ("contact__account_id", "contact__function", "contact__level")


@dataclass
class Facts:
    """What the portal knows of one account's relationship."""

    orders: int = 0
    has_ordered: bool = False  # in the last 24 months
    wallet_share: Decimal | None = None
    contacts: int = 0
    functions: int = 0  # of theirs, in contact with us
    their_levels: int = 0
    our_levels: int = 0
    exit_costs: dict[str, Decimal] = field(default_factory=dict)  # by side


@dataclass
class Said:
    """What people say of one account's relationship: the latest of each."""

    findings: dict[str, bool] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)


# What each system item rests on; None where the portal cannot know, so that a finding may stand in.
HOLDS: dict[str, Callable[[Facts], bool | None]] = {
    "in_touch": lambda facts: facts.contacts > 0 or facts.has_ordered,
    "ordered": lambda facts: facts.has_ordered,
    "repeat_orders": lambda facts: facts.orders >= core.REPEATED_ORDERS,
    "two_functions": lambda facts: facts.functions >= 2 if facts.contacts else None,
    "three_functions": lambda facts: facts.functions >= 3 if facts.contacts else None,
    "two_levels": lambda facts: min(facts.their_levels, facts.our_levels) >= 2 if facts.contacts else None,
    "wallet_share": lambda facts: None if facts.wallet_share is None else facts.wallet_share >= WALLET_SHARE,
    "exit_cost": lambda facts: all(facts.exit_costs.get(side, 0) > 0 for side in ExitBarrier.Side.values),
}
WALLET_SHARE = Decimal(str(core.HIGH_WALLET_SHARE))


def of(run: Run, account_ids: Collection[int]) -> dict[int, StageOf]:
    """The stage of each of these accounts, by the figures of the run and what was said up to its day."""
    until = heard_until(run)
    facts, said = facts_of(run, account_ids, until), said_of(account_ids, until)
    return {account: stage_of(facts[account], said[account]) for account in account_ids}


def heard_until(run: Run) -> date:
    """The day up to which words count: the run's own; for a window that was long over, the window's end."""
    day = timezone.localdate(run.started_at)
    return run.as_of if run.as_of and day - run.as_of > LONG_OVER else day


def stage_of(facts: Facts, said: Said) -> StageOf:
    supplier = core.ours(evidence_of(facts, said), said.stated.get(View.SUPPLIER, ""))
    return core.effective(supplier, said.stated.get(View.BUYER, ""))


def evidence_of(facts: Facts, said: Said) -> dict[str, bool | None]:
    """Of each item whether it holds; None where nothing is known. A fact goes before a finding."""
    known = {code: holds(facts) for code, holds in HOLDS.items()}
    return {
        item.code: said.findings.get(item.code) if known.get(item.code) is None else known[item.code]
        for item in core.CHECKLIST
    }


# Facts


def facts_of(run: Run | None, account_ids: Collection[int], until: date | None = None) -> dict[int, Facts]:
    """What the portal knows of these accounts up to a day (today), without a run but for orders; of others it may know
    something too."""
    found: dict[int, Facts] = defaultdict(Facts)
    if run is not None:
        _add_orders(found, run, account_ids)
    _add_contacts(found, account_ids, until or timezone.localdate())
    barriers = _of(ExitBarrier.objects.filter(removed_on__isnull=True, cost__isnull=False), account_ids)
    for account, side, cost in barriers.order_by().values_list("account_id", "side").annotate(sum=Sum("cost")):
        found[account].exit_costs[side] = cost
    return found


def _add_orders(found: dict[int, Facts], run: Run, account_ids: Collection[int]) -> None:
    results = _of(Result.objects.filter(run=run, attempt=run.attempts).of_accounts(), account_ids)
    for account, orders, share in results.order_by().values_list("account_id", "orders", "share_of_wallet"):
        facts = found[account]
        facts.orders, facts.has_ordered, facts.wallet_share = orders, orders > 0, share
    for account in _ordered_before(run, results.filter(orders=0)):
        found[account].has_ordered = True


def _ordered_before(run: Run, silent: QuerySet[Result]) -> Iterator[int]:
    """Of the accounts without orders in the window those that ordered before it, within the last 24 months."""
    first = month_of(ordinal(run.month_to) - core.SILENT_MONTHS + 1)
    lines = OrderLine.objects.current().filter(is_return=False, month__range=(first, run.month_to))
    accounts = Account.objects.filter(Exists(silent.filter(account=OuterRef("pk"))))
    ordered = accounts.filter(Exists(lines.filter(account=OuterRef("pk"))))
    return ordered.order_by().values_list("pk", flat=True).iterator()


def _add_contacts(found: dict[int, Facts], account_ids: Collection[int], until: date) -> None:
    present = _of(Contact.objects.present(), account_ids).order_by()
    for account, contacts in present.values_list("account_id").annotate(number=Count("pk")):
        found[account].contacts = contacts
    met: defaultdict[int, list[tuple]] = defaultdict(list)
    for account, *who in in_contact(account_ids, until):
        met[account].append(tuple(who))
    for account, people in met.items():
        facts = found[account]
        facts.functions = len({function.strip().lower() for function, *_rest in people if function.strip()})
        facts.their_levels = len({level for _function, level, *_rest in people if level})
        facts.our_levels = len({_ours(role, seniority) for *_rest, role, seniority in people})


def _ours(role: str, seniority: int | None) -> int:
    """One of our three levels: who leads, the board, and everybody else, who work at the same one."""
    return max(seniority or SENIORITY_OF_ROLE[Role(role)], WORKING)


def in_contact(account_ids: Collection[int], until: date) -> Iterator[tuple]:
    """Account, function and level of one of them, role and level of one of us: of counterparts, and of people who met
    within the year before that day. Neither of both has left."""
    pairs = Counterpart.objects.filter(contact__left_on__isnull=True, user__is_active=True)
    ours = ("user__role", "user__seniority")
    yield from _of(pairs, account_ids, "contact__account").order_by().values_list(*THEIRS, *ours).distinct()
    days = (a_year_before(until) + timedelta(days=1), until)
    met = Touchpoint.contacts.through.objects.filter(contact__left_on__isnull=True, touchpoint__held_on__range=days)
    met = _of(met.filter(touchpoint__people__is_active=True), account_ids, "contact__account").order_by()
    yield from met.values_list(*THEIRS, "touchpoint__people__role", "touchpoint__people__seniority").distinct()


# What people say


def said_of(account_ids: Collection[int], until: date) -> dict[int, Said]:
    """The latest findings and our latest statement on these accounts up to a day, and what the buyers' answers make."""
    found: dict[int, Said] = defaultdict(Said)
    findings = _of(StageEvidence.objects.filter(found_on__lte=until), account_ids).order_by("found_on", "pk")
    for account, item, holds in findings.values_list("account_id", "item", "holds"):
        found[account].findings[item] = holds
    stated = _of(StatedStage.objects.filter(stated_on__lte=until), account_ids).order_by("stated_on", "pk")
    for account, stage in stated.filter(view=View.SUPPLIER).values_list("account_id", "stage"):
        found[account].stated[View.SUPPLIER] = stage
    answers = defaultdict(list)
    for row in stated.filter(view=View.BUYER):
        answers[row.account_id].append(row)
    for account, rows in answers.items():
        found[account].stated[View.BUYER] = core.together(row.stage for row in counted(rows, until))
    return found


def counted(rows: Iterable[StatedStage], until: date) -> list[StatedStage]:
    """Of the buyers' answers, oldest first, those that count: the latest of each person within 12 months; where
    nobody answered within them, the latest of all."""
    latest = {row.said_by.strip().casefold(): row for row in rows}
    listed = sorted(latest.values(), key=lambda row: (row.stated_on, row.pk))
    return [row for row in listed if row.stated_on >= a_year_before(until)] or listed[-1:]


def _of(rows: QuerySet, account_ids: Collection[int], name: str = "account") -> QuerySet:
    """Rows of these accounts; of all where they are too many to be named."""
    return rows.filter(**{f"{name}__in": list(account_ids)}) if len(account_ids) <= FEW else rows
