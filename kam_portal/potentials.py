"""What accounts spend in our categories, as it is typed: read from a form, checked, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import numbers
from accounts.models import Account
from accounts.numbers import NotANumber
from accounts.versions import Outdated
from profitability.costs import DASHES, DECIMALS, SIGN_OF_MONEY, parted
from relationships.models import CategoryPotential

PARTS = ("annual_spend", "competitor", "source")
LONGEST = {"annual_spend": 40, "competitor": 200, "source": 500}
LARGEST = Decimal(10) ** 12


@dataclass
class Typed:
    """The texts of a form by cell name, and what is wrong with some."""

    texts: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def spend(self, place: int) -> Decimal | None:
        """Raises NotANumber."""
        return amount_in(self.texts[f"annual_spend:{place}"])


def amount_in(text: str) -> Decimal | None:
    """An amount as people type it, or as spreadsheets show it. Raises NotANumber."""
    if text.strip() in DASHES:
        return Decimal(0)
    found = numbers.read(SIGN_OF_MONEY.sub("", text))
    if found is not None and found != round(found, DECIMALS):
        raise NotANumber(_("at most %(count)s decimals") % {"count": DECIMALS})
    return found


def amount_out(value: Decimal | None) -> str:
    """The same amount to be typed over, which `amount_in` reads."""
    text = parted(value, ".")
    return f"{text}0" if numbers.TWO_WAYS.fullmatch(text) else text


def typed(data, categories: Sequence[str]) -> Typed:
    """What was sent for these categories."""
    names = [f"{part}:{place}" for place in range(len(categories)) for part in PARTS]
    found = Typed({name: data.get(name, "").strip() for name in names})
    for place in range(len(categories)):
        check(found, place)
    return found


def check(cells: Typed, place: int) -> None:
    for part in PARTS:
        problem = problem_in(part, cells.texts[f"{part}:{place}"])
        if problem:
            cells.wrong[f"{part}:{place}"] = problem


def problem_in(part: str, text: str) -> str:
    """What is wrong with a text, empty where nothing is."""
    if "\0" in text:
        return _("has a character that cannot be stored; type it again")
    if len(text) > LONGEST[part]:
        return _("at most %(most)s characters") % {"most": LONGEST[part]}
    return problem_of(text) if part == "annual_spend" else ""


def problem_of(text: str) -> str:
    """What is wrong with an amount, empty where nothing is."""
    try:
        spend = amount_in(text)
    except NotANumber as problem:
        return str(problem)
    if spend is not None and not 0 <= spend < LARGEST:
        return _("an amount of a year, not below zero, with at most four decimals")
    return ""


def mark(account: Account) -> str:
    """Tells one state of what is said of an account from another."""
    rows = CategoryPotential.objects.filter(account=account).order_by("category")
    said = "|".join(f"{row.pk}:{row.annual_spend}:{row.competitor}:{row.source}:{row.stated_on}" for row in rows)
    return sha256(said.encode()).hexdigest()[:16]


def store(user, account: Account, categories: Sequence[str], cells: Typed, seen: str) -> int:
    """Keep what differs; a category of which nothing is said any more goes. Returns how many changed. Raises Outdated
    where somebody was quicker."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if mark(account) != seen:
            raise Outdated
        stored = {row.category: row for row in CategoryPotential.objects.filter(account=account)}
        return sum(
            keep(user, account, category, stored.get(category), said(cells, place), timezone.localdate())
            for place, category in enumerate(categories)
        )


def said(cells: Typed, place: int) -> dict:
    texts = {part: cells.texts[f"{part}:{place}"] for part in PARTS[1:]}
    return {"annual_spend": cells.spend(place), **texts}


def keep(user, account: Account, category: str, row: CategoryPotential | None, values: dict, today: date) -> bool:
    """Whether anything changed."""
    is_said = values["annual_spend"] is not None or any(values[part] for part in PARTS[1:])
    if not is_said:
        if row:
            row.delete()
        return row is not None
    if row and all(getattr(row, name) == value for name, value in values.items()):
        return False
    values |= {"stated_by": user, "stated_on": today}
    CategoryPotential.objects.update_or_create(account=account, category=category, defaults=values)
    return True
