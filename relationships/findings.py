"""What people say of a relationship: findings on its evidence, statements of its stage, what binds both sides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Account, User
from relationships.models import Contact, Counterpart, ExitBarrier, StageEvidence, StatedStage, View


@dataclass(frozen=True)
class By:
    """Who says something, and on which day."""

    user: User
    day: date


@transaction.atomic
def find(account: Account, item: str, holds: bool, by: By, note: str = "", link: str = "") -> None:
    """Note whether a piece of evidence holds. A second finding of the day takes the place of one's first."""
    same = {"account": account, "item": item, "found_on": by.day, "found_by": by.user}
    StageEvidence.objects.filter(**same).delete()  # and not changed: the latest row counts
    StageEvidence.objects.create(**same, holds=holds, note=note, link=link)


def state(account: Account, stage: str, by: By, reason: str = "") -> None:
    """State our view, or with '' take the latest statement back."""
    StatedStage.objects.create(
        account=account, view=View.SUPPLIER, stage=stage, reason=reason, stated_on=by.day, stated_by=by.user
    )


@transaction.atomic
def bind(barrier: ExitBarrier, by: By, instead_of: ExitBarrier | None = None) -> None:
    """Keep what it would cost one side to leave; what it replaces stays, as removed."""
    if instead_of is not None:
        loosen(instead_of, by)
    barrier.pk, barrier.noted_on, barrier.noted_by, barrier.removed_on = None, by.day, by.user, None
    barrier._state.adding = True
    barrier.save()


def loosen(barrier: ExitBarrier, by: By) -> None:
    ExitBarrier.objects.filter(pk=barrier.pk, removed_on__isnull=True).update(removed_on=by.day)


@transaction.atomic
def keep_contact(contact: Contact, ours: Mapping[str, Collection[User]]) -> None:
    """Save a contact with those of us who answer to it, by kind."""
    contact.save()
    for kind, users in ours.items():
        _pair(contact, kind, users)


def _pair(contact: Contact, kind: str, users: Collection[User]) -> None:
    pairs = Counterpart.objects.filter(contact=contact, kind=kind)
    pairs.exclude(user__in=users).delete()
    known = set(pairs.values_list("user_id", flat=True))
    Counterpart.objects.bulk_create(
        Counterpart(contact=contact, user=user, kind=kind) for user in users if user.pk not in known
    )
