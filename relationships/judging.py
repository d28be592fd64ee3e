"""People's ratings, one of each rater, criterion and day: given, changed on the same day, or taken back.

Forms take along what a rating was when they were opened, so that a form touches only what was changed in it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.versions import NotPossible
from relationships.core.criteria import CriteriaSet, number_in
from relationships.models import Rating
from relationships.opinions import BUYERS, is_link

LONGEST_EVIDENCE = 10_000


class Overtaken(Exception):
    """Today's rating is neither what a form was opened with nor what it says now."""


@dataclass(frozen=True)
class Cell:
    """What a rating is of, and whose: one person's view of an account by a criterion on a day."""

    account: Account
    criterion: str
    rater: object
    rated_on: date
    perspective: str

    @property
    def key(self) -> dict:
        names = ("account", "criterion", "rater", "rated_on", "perspective")
        return {name: getattr(self, name) for name in names} | {"said_by": ""}  # no buyer's own answer


def score_in(text: str) -> Decimal | None:
    """The score that is typed, also with a decimal comma; None for nothing. Raises NotPossible."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    number = number_in(plain)
    if number is None or not 0 <= number <= 10:
        raise NotPossible(_("A number from 0 to 10."))
    return number


def link_in(text: str) -> str:
    """An address on the web, or nothing. Raises NotPossible."""
    link = text.strip()
    if link and not is_link(link):
        raise NotPossible(_("An address that begins with https:// or http://."))
    return link


def check(criteria: CriteriaSet | None, criterion: str, perspective: str) -> None:
    """Refuse what nobody can rate by these criteria."""
    axes = (
        {} if criteria is None else {"attractiveness": criteria.attractiveness, "relationship": criteria.relationship}
    )
    found = next(((axis, each) for axis, listed in axes.items() for each in listed if each.code == criterion), None)
    if found is None:
        raise NotPossible(_("It is no criterion of the set in force."))
    if found[1].kind != "judged":
        raise NotPossible(_("It is measured in the run, not judged."))
    if perspective == BUYERS and found[0] == "attractiveness":
        raise NotPossible(_("How attractive an account is, is ours to judge."))


def rate(cell: Cell, score: Decimal, **said: str) -> bool:
    """Keep the rating; whether it says anything else than before. What is not said (status, evidence, link) stays as it
    was said on the same day."""
    with transaction.atomic():
        row, is_new = Rating.objects.get_or_create(**cell.key, defaults={"score": score} | said)
        if is_new:
            return True
        changes = {name: value for name, value in ({"score": score} | said).items() if getattr(row, name) != value}
        if changes:
            Rating.objects.filter(pk=row.pk).update(**changes)
        return bool(changes)


def is_news(was: str | None, said: str, now: str) -> bool:
    """Whether a form is to write what it says of a rating, empty for none: only where it was changed in the form.

    `was`: as the form was opened with it; None from a sender that does not know it, who takes nothing back.
    `now`: as it is stored. Raises Overtaken.
    """
    if was is None:
        return said not in ("", now)
    if said in (was, now):
        return False
    if was != now:
        raise Overtaken
    return True


def take_back(cell: Cell) -> bool:
    """Forget the rating of that day; earlier ones stay. Whether there was one."""
    return bool(Rating.objects.filter(**cell.key).delete()[0])
