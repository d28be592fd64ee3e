"""Touchpoints: logged, changed, removed; the actions agreed there; and when customers last heard from us."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.permissions import Permission, Role, may
from accounts.versions import Outdated
from relationships import doing
from relationships.agreed import THEM, US, Agreed
from relationships.models import Contact, Touchpoint

FIELDS = ("kind", "held_on", "minutes", "subject", "note")


class NotAgreed(ValueError):
    """An action cannot be kept; the message says why."""


@dataclass(frozen=True)
class Meeting:
    """What is said of one contact with a customer."""

    account: Account
    fields: dict[str, Any]
    contacts: Collection[Contact] = ()
    people: Collection[User] = ()
    actions: Sequence[Agreed] = field(default_factory=list)


def new_key() -> str:
    """Known by it when it comes back in a file."""
    return uuid4().hex


def log(user: User, meeting: Meeting, key: str = "") -> Touchpoint:
    """A new touchpoint with its actions. The same key again is the same one: a form that is sent twice logs once."""
    try:
        with transaction.atomic():
            made = Touchpoint.objects.create(
                account=meeting.account, key=key or new_key(), logged_by=user, **meeting.fields
            )
            _join(made, meeting)
            _agree(user, made, meeting.actions)
            return made
    except IntegrityError:
        return Touchpoint.objects.get(source="typed", key=key, logged_by=user)


def change(user: User, touchpoint: Touchpoint, meeting: Meeting, revision: int) -> None:
    """Change one that still is of that revision, else Outdated."""
    with transaction.atomic():
        found = Touchpoint.objects.filter(pk=touchpoint.pk, revision=revision).update(
            **meeting.fields, revision=F("revision") + 1
        )
        if not found:
            raise Outdated(str(touchpoint))
        _join(touchpoint, meeting)
        _agree(user, touchpoint, meeting.actions)


def remove(touchpoint: Touchpoint, revision: int) -> None:
    """Forget one that still is of that revision, else Outdated. Actions agreed there stay."""
    if not Touchpoint.objects.filter(pk=touchpoint.pk, revision=revision).delete()[0]:
        raise Outdated(str(touchpoint))


def may_change(user, touchpoint: Touchpoint) -> bool:
    """One's own, and for whoever edits plans all of the accounts in sight."""
    is_own = touchpoint.logged_by_id == user.pk
    return may(user, Permission.EDIT_PLANS) or (is_own and may(user, Permission.LOG_TOUCHPOINTS))


def _join(touchpoint: Touchpoint, meeting: Meeting) -> None:
    touchpoint.contacts.set(meeting.contacts)
    touchpoint.people.set(meeting.people)


def _agree(user: User, touchpoint: Touchpoint, actions: Iterable[Agreed]) -> None:
    """The actions that are to be kept, each once at this touchpoint."""
    known = set(touchpoint.actions.values_list("text", flat=True))
    for each in actions:
        if each.is_kept and each.text not in known:
            answer = doing.add(
                user,
                touchpoint.account,
                each.text,
                due_on=each.due_on,
                touchpoint=touchpoint,
                **_owner(user, each, touchpoint.account),
            )
            if not answer.is_done:
                raise NotAgreed(f"{each.text}: {answer.problem}")


def _owner(user: User, agreed: Agreed, account: Account) -> dict[str, Any]:
    """Who does it: one of us, or one of the customer whom one of us follows up."""
    side, _dash, number = agreed.owner.partition("-")
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    if side == THEM:
        return {"customer_owner": Contact.objects.filter(account=account, pk=pk).first()}
    return {"owner": people_of(account, user).filter(pk=pk).first() or user}


# Who may have been there


def people_of(account: Account, user: User, touchpoint: Touchpoint | None = None) -> QuerySet[User]:
    """Of us: whoever looks after the account, management, oneself, and who was there already."""
    wanted = Q(pk__in=doing.people_for(account).values("pk")) | Q(role=Role.EXECUTIVE) | Q(pk=user.pk)
    wanted |= Q(touchpoints=touchpoint.pk) if touchpoint else Q()
    return User.objects.filter(wanted, is_active=True).distinct().order_by("name", "pk")


def contacts_of(account: Account, touchpoint: Touchpoint | None = None) -> QuerySet[Contact]:
    """Of them: those who have not left, and who was there already."""
    wanted = Q(left_on__isnull=True) | (Q(touchpoints=touchpoint.pk) if touchpoint else Q())
    return Contact.objects.filter(wanted, account=account).distinct().order_by("name", "pk")


def owners(account: Account, user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """Who an action may be given to, by side."""
    ours = [(f"{US}-{user.pk}", _("%s (me)") % user.name)]
    ours += [(f"{US}-{one.pk}", one.name) for one in doing.people_for(account) if one.pk != user.pk]
    theirs = [(f"{THEM}-{one.pk}", one.name) for one in contacts_of(account)]
    return [(_("We"), ours), *([(_("The customer"), theirs)] if theirs else [])]


def me(user: User) -> str:
    return f"{US}-{user.pk}"


# When they last heard from us


def last_days(accounts: Collection[int], today: date) -> dict[int, date]:
    """By account the day of its last touchpoint up to today, in one query; none for one that never had any."""
    held = Touchpoint.objects.filter(account__in=accounts, held_on__lte=today)
    return dict(held.order_by().values_list("account").annotate(last=Max("held_on")))
