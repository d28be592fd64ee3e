"""What people do with actions: add one, be done with it, put it off, hand it on, drop it, take that back.

Every change is one update that goes in only if the action still is of the revision that was seen. What belongs to a
plan is noted in the plan's changes.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.permissions import Permission, Role, may
from relationships import notices
from relationships.models import Action, Plan, PlanChange, PlanSection

SECTION = "actions"  # of a plan
NOTICE = "action"
LONGEST = 300


@dataclass(frozen=True)
class Answer:
    """The action as it is now, and why nothing was changed, if so: in a sentence for the person."""

    action: Action | None
    problem: str = ""
    is_conflict: bool = False  # somebody else was faster

    @property
    def is_done(self) -> bool:
        return not self.problem


def may_change(user, action: Action) -> bool:
    """Own actions, and those one gave or handed on; whoever edits plans, all of the accounts in sight."""
    if may(user, Permission.EDIT_PLANS):
        return True
    own = user.pk in (action.owner_id, action.created_by_id, action.changed_by_id)
    return own and may(user, Permission.LOG_TOUCHPOINTS)


def people_for(account: Account, plan: Plan | None = None) -> QuerySet[User]:
    """Who may be given an action at the account: its team, who looks after it, and the team of its plan."""
    concerned = Q(teams=account.team_id) if account.team_id else Q()
    concerned |= Q(pk__in=[pk for pk in (account.manager_id, account.sponsor_id) if pk])
    if plan is not None:
        concerned |= Q(pk__in=Plan.people.through.objects.filter(plan=plan).values("user"))
    return User.objects.filter(concerned, is_active=True).exclude(role=Role.ADMIN).order_by("name", "pk").distinct()


def add(user, account: Account, text: str, owner: User | None = None, **fields: Any) -> Answer:
    """A new action of the account, one's own unless an owner is named; `fields` are further ones of the model."""
    text = text.strip()
    owner = owner or user
    if not may(user, Permission.LOG_TOUCHPOINTS):
        return Answer(None, _("You may not add actions."))
    if not text or len(text) > LONGEST:
        return Answer(None, _("Say what is to be done, in at most 300 characters."))
    if owner != user and not people_for(account, fields.get("plan")).filter(pk=owner.pk).exists():
        return Answer(None, _("%(name)s does not look after this account.") % {"name": owner})
    with transaction.atomic():
        made = Action.objects.create(
            account=account, text=text, owner=owner, created_by=user, changed_by=user, **fields
        )
        _noted(made, user, PlanChange.Kind.ADDED, [("", "", "")])
        _told(made, user)
    return Answer(made)


def done(user, action: Action, revision: int, today: date) -> Answer:
    if not is_open(action):
        return Answer(action, _("It is no longer open."), is_conflict=True)
    return change(user, action, revision, state=Action.State.DONE, done_on=today, snoozed_until=None)


def drop(user, action: Action, revision: int) -> Answer:
    """It is not to be done any more."""
    if not is_open(action):
        return Answer(action, _("It is no longer open."), is_conflict=True)
    return change(user, action, revision, state=Action.State.DROPPED, snoozed_until=None)


def reopen(user, action: Action, revision: int, state: str = Action.State.TO_DO) -> Answer:
    """Take back that it is done or dropped."""
    if is_open(action):
        return Answer(action, _("It is open already."), is_conflict=True)
    state = state if state in Action.OPEN else Action.State.TO_DO
    return change(user, action, revision, state=state, done_on=None)


def snooze(user, action: Action, revision: int, until: date | None, today: date) -> Answer:
    """Keep it off the lists of the day until that day."""
    if until is None or until <= today:
        return Answer(action, _("Choose a day after today."))
    return change(user, action, revision, snoozed_until=until)


def wake(user, action: Action, revision: int, today: date) -> Answer:
    """Take back that it was put off: it stands among the things of today again."""
    return change(user, action, revision, snoozed_until=today)


def reassign(user, action: Action, revision: int, owner: User | None) -> Answer:
    """Hand it to somebody who looks after the account, or back to nobody."""
    if owner is not None and not people_for(action.account, action.plan).filter(pk=owner.pk).exists():
        return Answer(action, _("%(name)s does not look after this account.") % {"name": owner})
    with transaction.atomic():
        answer = change(user, action, revision, owner=owner)
        if answer.is_done and owner is not None:
            _told(action, user)
    return answer


def is_open(action: Action) -> bool:
    return action.state in Action.OPEN


def change(user, action: Action, revision: int, **fields: Any) -> Answer:
    """Set these fields of an action that still is of that revision."""
    if not may_change(user, action):
        return Answer(action, _("It is somebody else’s action."))
    before = [(name, _spoken(action, name)) for name in fields]
    with transaction.atomic():
        found = Action.objects.filter(pk=action.pk, revision=revision).update(
            **fields, revision=F("revision") + 1, changed_by=user, changed_at=timezone.now()
        )
        action.refresh_from_db()
        if not found:
            return Answer(action, _("Somebody has changed it meanwhile. This is how it is now."), is_conflict=True)
        changed = [(name, was, _spoken(action, name)) for name, was in before]
        _noted(action, user, PlanChange.Kind.CHANGED, [each for each in changed if each[1] != each[2]])
    return Answer(action)


def _told(action: Action, user) -> None:
    """Its owner hears of it, if somebody else gave it."""
    words = {"name": user, "text": action.text, "account": action.account}
    text = _("%(name)s gave you an action: %(text)s · %(account)s") % words
    url = reverse("account", args=[action.account.code])
    notices.tell([action.owner], NOTICE, text, url, user, plan=action.plan, account=action.account)


def _spoken(action: Action, name: str) -> str:
    """A field's value as people read it."""
    if name == "state":
        return str(action.get_state_display())
    value = getattr(action, name)
    if value is None:
        return ""
    return date_format(value, "j M Y") if isinstance(value, date) else str(value)


def _noted(action: Action, user, kind: str, changes: list[tuple[str, str, str]]) -> None:
    """In the plan it belongs to: what changed, and that the section is alive."""
    if action.plan_id is None or not changes:
        return
    now = timezone.now()
    PlanChange.objects.bulk_create(
        PlanChange(
            plan_id=action.plan_id, section=SECTION, entry=action.pk, name=action.text, kind=kind, field=field,
            before=before, after=after, changed_at=now, changed_by=user,
        )
        for field, before, after in changes
    )  # fmt: skip
    entries = Action.objects.filter(plan=action.plan_id).count()
    alive = {"changed_at": now, "changed_by": user, "entries": entries}
    PlanSection.objects.update_or_create(plan_id=action.plan_id, section=SECTION, defaults=alive)
