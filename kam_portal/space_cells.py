"""One part of the potentials of many accounts, typed in a grid: each cell is kept by itself, against what was seen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import Permission, may
from kam_portal import potentials
from relationships.models import CategoryPotential
from relationships.whitespace import categories_of

EDITED = ("annual_spend", "competitor")
MOST_CELLS = 1_000

Place = tuple[int, str]  # account and category


@dataclass
class Typed:
    """What was sent of some cells, what stood there when the page was opened, and what is wrong with some."""

    texts: dict[Place, str] = field(default_factory=dict)
    was: dict[Place, str] = field(default_factory=dict)
    wrong: dict[Place, str] = field(default_factory=dict)
    overtaken: bool = False
    kept: int = 0


@dataclass(frozen=True)
class Input:
    """One cell to be typed over; `was` is what it is kept against."""

    name: str
    label: str
    text: str
    was: str
    problem: str
    is_number: bool
    longest: int


def typed_in(sent) -> Typed:
    """The cells of a form; names that are none are left alone."""
    found = Typed()
    for name in list(sent)[:MOST_CELLS]:
        kind, _colon, place = name.partition(":")
        account, _colon, category = place.partition(":")
        if kind in ("s", "w") and account.isascii() and account.isdecimal() and len(account) < 19:
            (found.texts if kind == "s" else found.was)[int(account), category] = sent[name].strip()
    return found


def keep(user, part: str, typed: Typed) -> None:
    """Keep what was changed and is sound; what is refused is told at its place."""
    changed: dict[int, list[str]] = defaultdict(list)
    for (account, category), text in typed.texts.items():
        if text != typed.was.get((account, category), ""):
            changed[account].append(category)
    if not changed or not may(user, Permission.SCORE_ACCOUNTS):
        return
    seen = Account.objects.visible_to(user).filter(pk__in=list(changed))
    categories, accounts = set(categories_of(seen)), seen.in_bulk()
    for account, places in changed.items():
        known = [category for category in places if account in accounts and category in categories]
        for category in set(places) - set(known):
            typed.wrong[account, category] = _("There is no such account or category any more: reload the page.")
        if known:
            keep_of(user, accounts[account], part, known, typed)


@transaction.atomic
def keep_of(user, account: Account, part: str, categories: Iterable[str], typed: Typed) -> None:
    Account.objects.select_for_update().get(pk=account.pk)
    rows = CategoryPotential.objects.filter(account=account).select_related("stated_by")
    stored = {row.category: row for row in rows}
    for category in categories:
        keep_one(user, account, part, stored.get(category), typed, (account.pk, category))


def keep_one(user, account: Account, part: str, row: CategoryPotential | None, typed: Typed, place: Place) -> None:
    text, now = typed.texts[place], text_of(row, part)
    problem = potentials.problem_in(part, text)
    if problem:
        typed.wrong[place] = problem
        return
    value = value_of(part, text)
    if value == value_of(part, now):
        typed.was[place] = now
    elif typed.was.get(place, "") != now:
        typed.wrong[place] = overtaken(row, typed.was.get(place, ""), now, text)
        typed.was[place], typed.overtaken = now, True
    else:
        values = {name: getattr(row, name) if row else "" for name in potentials.PARTS}
        values["annual_spend"] = row.annual_spend if row else None
        potentials.keep(user, account, place[1], row, values | {part: value}, timezone.localdate())
        typed.kept += 1


def value_of(part: str, text: str):
    return potentials.amount_in(text) if part == "annual_spend" else text


def text_of(row: CategoryPotential | None, part: str) -> str:
    """What stands in the cell before anything is typed."""
    if row is None:
        return ""
    return potentials.amount_out(row.annual_spend) if part == "annual_spend" else row.competitor


def overtaken(row: CategoryPotential | None, before: str, theirs: str, yours: str) -> str:
    nothing = _("nothing")
    who = row.stated_by.name if row and row.stated_by else _("somebody")
    said = {"who": who, "theirs": theirs or nothing, "before": before or nothing, "yours": yours or nothing}
    return _("%(who)s meanwhile: %(theirs)s. Before: %(before)s. Yours: %(yours)s. Save again to keep yours.") % said


def input_of(account: Account, category: str, part: str, row: CategoryPotential | None, typed: Typed) -> Input:
    place = (account.pk, category)
    problem, stored = typed.wrong.get(place, ""), text_of(row, part)
    return Input(
        name=f"{account.pk}:{category}",
        label=f"{account.name}: {category}",
        text=typed.texts[place] if problem else stored,
        was=typed.was.get(place, "") if problem else stored,
        problem=problem,
        is_number=part == "annual_spend",
        longest=potentials.LONGEST[part],
    )


def inputs_of(accounts: dict[str, Account], categories: Iterable[str], part: str, typed: Typed) -> dict:
    """The inputs of each account, in the order of the categories, by the account's code."""
    rows = CategoryPotential.objects.filter(account__in=[account.pk for account in accounts.values()])
    stored = {(row.account_id, row.category): row for row in rows}
    return {
        code: [input_of(account, category, part, stored.get((account.pk, category)), typed) for category in categories]
        for code, account in accounts.items()
    }
