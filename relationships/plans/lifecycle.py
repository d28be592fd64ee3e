"""The way of a plan: submitted, approved by both sides or given back, superseded by the next approved version.

Whose word counts, of those whose role approves plans and never of whoever submitted it:
- for the team: a lead of the account's team; where there is none but the submitter, an executive, rather one who is not
  the account's sponsor;
- for senior management: the account's executive sponsor; where there is none, or he submitted it, any executive.
One person speaks for one side, and for both only where nobody else can. A plan stays open to changes while a version of
it is in review: what was submitted is frozen.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, Role, may
from accounts.versions import NotPossible
from profitability.models import Run
from relationships import notices
from relationships.models import Notice, Plan, PlanApproval, PlanVersion
from relationships.plans.readers import may_edit
from relationships.plans.versions import document, is_empty, said

ASKED, ANSWERED = "plan_asked", "plan_answered"  # kinds of notices
LONGEST = 2_000
LEAD, SPONSOR = PlanApproval.Side.LEAD, PlanApproval.Side.SPONSOR
IN_REVIEW, APPROVED = PlanVersion.State.IN_REVIEW, PlanVersion.State.APPROVED
RETURNED, WITHDRAWN = PlanVersion.State.RETURNED, PlanVersion.State.WITHDRAWN
SIDES = (LEAD, SPONSOR)


class AlreadyDone(NotPossible):
    """Somebody else was faster."""


# Whose word counts


@dataclass(frozen=True)
class Approvers:
    """Everyone who approves plans; one query, for however many versions."""

    executives: tuple[User, ...]
    leads: dict[int, tuple[User, ...]]  # by team

    @classmethod
    def load(cls) -> "Approvers":
        people = User.objects.who_may(Permission.APPROVE_PLANS)
        leads: dict[int, list[User]] = {}
        executives: dict[int, User] = {}
        for user in people.annotate(of_team=F("teams")).order_by("name", "pk"):  # one row a team
            if user.role == Role.EXECUTIVE:
                executives[user.pk] = user
            elif user.of_team is not None:
                leads.setdefault(user.of_team, []).append(user)
        return cls(tuple(executives.values()), {team: tuple(users) for team, users in leads.items()})

    def of(self, plan: Plan, submitter_id: int) -> dict[str, list[User]]:
        """Whose word counts for each side of a version that this person submitted."""
        account = plan.account
        everyone = [user for user in self.executives if user.pk != submitter_id]
        leads = [user for user in self.leads.get(account.team_id or 0, ()) if user.pk != submitter_id]
        instead = [user for user in everyone if user.pk != account.sponsor_id] or everyone
        return {LEAD: leads or instead, SPONSOR: self._sponsor(account, submitter_id) or everyone}

    @staticmethod
    def _sponsor(account, submitter_id: int) -> list[User]:
        sponsor = account.sponsor
        counts = sponsor is not None and sponsor.pk != submitter_id and may_approve(sponsor)
        return [sponsor] if counts else []


def may_approve(user: User) -> bool:
    return user.is_active and may(user, Permission.APPROVE_PLANS)


def spoken(version: PlanVersion) -> dict[str, int]:
    """Who has spoken for which side."""
    if hasattr(version, "lead_spoke"):  # read with the version
        said = {LEAD: version.lead_spoke, SPONSOR: version.sponsor_spoke}
        return {side: user for side, user in said.items() if user is not None}
    return {approval.side: approval.said_by_id for approval in version.approvals.all()}


def open_sides(version: PlanVersion) -> list[str]:
    """Those who have not spoken yet."""
    if version.state != IN_REVIEW:
        return []
    return [side for side in SIDES if side not in spoken(version)]


def sides_of(user, version: PlanVersion, approvers: Approvers | None = None) -> list[str]:
    """The sides this person may speak for, and that have not spoken."""
    asked = (approvers or Approvers.load()).of(version.plan, version.submitted_by_id)
    mine = [side for side in open_sides(version) if user.pk in {each.pk for each in asked[side]}]
    alone = [side for side in mine if len(asked[side]) == 1]
    has_spoken = user.pk in spoken(version).values()
    return alone if has_spoken or alone else mine[:1]


def waiting_for(user) -> list[PlanVersion]:
    """The versions that wait for this person's word, the oldest first. Two queries."""
    if not may(user, Permission.APPROVE_PLANS):
        return []
    said = PlanApproval.objects.filter(version=OuterRef("pk")).values("said_by")
    rows = PlanVersion.objects.filter(state=IN_REVIEW, plan__in=Plan.objects.visible_to(user).values("pk")).annotate(
        lead_spoke=Subquery(said.filter(side=LEAD)), sponsor_spoke=Subquery(said.filter(side=SPONSOR))
    )
    rows = rows.select_related("plan__account__sponsor", "plan__account__manager", "submitted_by")
    listed = list(rows.defer("document").order_by("submitted_at", "pk"))
    approvers = Approvers.load() if listed else None
    return [version for version in listed if sides_of(user, version, approvers)]


# Submitting


@transaction.atomic
def submit(user, plan: Plan, note: str, run: Run | None, now: datetime) -> PlanVersion:
    """Freeze the plan as it is and put it before those who approve. Raises NotPossible."""
    if not may_edit(user, plan):
        raise NotPossible(_("You may not submit this plan."))
    plan = (
        Plan.objects.select_for_update(of=("self",)).select_related("account__sponsor", "account__team").get(pk=plan.pk)
    )
    if plan.state == Plan.State.IN_REVIEW:
        raise AlreadyDone(_("A version of this plan is in review already."))
    found = document(plan, run, timezone.localdate(now))
    check_worth_it(plan, found)
    check_there_is_somebody(plan, user)
    version = _kept(plan, found, checked(note), run, user, now)
    _set(plan, Plan.State.IN_REVIEW)
    _tell_approvers(version, user)
    return version


def locked(plan: Plan) -> Plan:
    rows = Plan.objects.select_for_update(of=("self",)).select_related("account__sponsor", "account__team")
    return rows.get(pk=plan.pk)


def check_worth_it(plan: Plan, found: dict) -> None:
    if is_empty(found):
        raise NotPossible(_("There is nothing in the plan yet."))
    last = in_force(plan)
    if last is not None and said(last.document) == said(found):
        words = _("Nothing has changed since version %(number)s was approved.")
        raise NotPossible(words % {"number": last.number})


def check_there_is_somebody(plan: Plan, user) -> None:
    if not all(Approvers.load().of(plan, user.pk).values()):
        raise NotPossible(_("Nobody else may approve it: there is neither a lead nor an executive."))


def _kept(plan: Plan, found: dict, note: str, run: Run | None, user, now: datetime) -> PlanVersion:
    last = plan.versions.aggregate(last=Max("number"))["last"] or 0
    said_now = {"submitted_at": now, "submitted_by": user, "note": note, "run": run}
    try:
        with transaction.atomic():
            return PlanVersion.objects.create(plan=plan, number=last + 1, document=found, **said_now)
    except IntegrityError as error:
        raise AlreadyDone(_("Somebody has just submitted this plan.")) from error


def in_force(plan: Plan) -> PlanVersion | None:
    return plan.versions.filter(state=APPROVED).first()


def checked(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise NotPossible(_("At most %(count)s characters.") % {"count": LONGEST})
    return text


# Answering


@transaction.atomic
def approve(user, version: PlanVersion, answer: str, now: datetime) -> PlanVersion:
    """This person's word for each side it counts for. With both sides the version is in force. Raises NotPossible."""
    version = _locked(version)
    sides = _asked(user, version)
    _say(user, version, sides, True, checked(answer), now)
    if open_sides(version):
        _tell_submitter(version, user, _("%(name)s approved version %(number)s of the plan of %(account)s"))
        return version
    plan = version.plan
    plan.versions.filter(state=APPROVED).update(state=PlanVersion.State.SUPERSEDED)
    _decide(version, APPROVED, now)
    _set(plan, Plan.State.APPROVED)
    _tell_submitter(version, user, _("Version %(number)s of the plan of %(account)s is approved"))
    return version


@transaction.atomic
def give_back(user, version: PlanVersion, reason: str, now: datetime) -> PlanVersion:
    """Not like this: the reason says why. Raises NotPossible."""
    reason = checked(reason)
    if not reason:
        raise NotPossible(_("Say what is to be changed."))
    version = _locked(version)
    _say(user, version, _asked(user, version)[:1], False, reason, now)
    _end(version, RETURNED, now)
    _tell_submitter(version, user, _("%(name)s returned version %(number)s of the plan of %(account)s"))
    return version


@transaction.atomic
def withdraw(user, version: PlanVersion, now: datetime) -> PlanVersion:
    """Take it back before it is decided: whoever may edit the plan. Raises NotPossible."""
    version = _locked(version)
    if not may_edit(user, version.plan):
        raise NotPossible(_("You may not withdraw it."))
    _end(version, WITHDRAWN, now)
    _tell_submitter(version, user, _("%(name)s withdrew version %(number)s of the plan of %(account)s"))
    return version


def _locked(version: PlanVersion) -> PlanVersion:
    rows = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan__account__sponsor", "submitted_by")
    found = rows.get(pk=version.pk)
    if found.state != IN_REVIEW:
        raise AlreadyDone(_("It is not in review any more."))
    return found


def _asked(user, version: PlanVersion) -> list[str]:
    if version.submitted_by_id == user.pk:
        raise NotPossible(_("Somebody else has to answer what you submitted."))
    sides = sides_of(user, version) if may_approve(user) else []
    if not sides:
        raise NotPossible(_("It does not wait for your word."))
    return sides


def _say(user, version: PlanVersion, sides: Iterable[str], yes: bool, answer: str, now: datetime) -> None:
    for side in sides:
        PlanApproval.objects.create(
            version=version, side=side, is_approved=yes, answer=answer, said_at=now, said_by=user
        )


def _end(version: PlanVersion, state: str, now: datetime) -> None:
    """Back to where the plan was: an earlier version may be in force."""
    _decide(version, state, now)
    plan = version.plan
    _set(plan, Plan.State.APPROVED if in_force(plan) else Plan.State.DRAFT)


def _decide(version: PlanVersion, state: str, now: datetime) -> None:
    version.state, version.decided_at = state, now
    version.save(update_fields=["state", "decided_at"])


def _set(plan: Plan, state: str) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=state, revision=F("revision") + 1)
    plan.refresh_from_db(fields=["state", "revision"])


# Closing


@transaction.atomic
def close(user, plan: Plan) -> None:
    """Nobody works by it any more; it stays to be read. Raises NotPossible."""
    if not may_edit(user, plan):
        raise NotPossible(_("You may not close this plan."))
    plan = locked(plan)
    if plan.state == Plan.State.IN_REVIEW:
        raise NotPossible(_("Withdraw the version in review first."))
    _set(plan, Plan.State.CLOSED)


@transaction.atomic
def reopen(user, plan: Plan) -> None:
    """Work by it again. Raises NotPossible."""
    visible = Plan.objects.visible_to(user).filter(pk=plan.pk).exists()
    if not (visible and may(user, Permission.EDIT_PLANS)):
        raise NotPossible(_("You may not open this plan again."))
    plan = locked(plan)
    if plan.state != Plan.State.CLOSED:
        raise AlreadyDone(_("It is open already."))
    _set(plan, Plan.State.APPROVED if in_force(plan) else Plan.State.DRAFT)


# Telling people


def _tell_approvers(version: PlanVersion, user) -> None:
    asked = Approvers.load().of(version.plan, user.pk)
    people = {each.pk: each for side in SIDES for each in asked[side]}
    words = _("%(name)s asks you to approve version %(number)s of the plan of %(account)s")
    _tell(ASKED, people.values(), version, user, words)


def _tell_submitter(version: PlanVersion, user, words: str) -> None:
    """He hears of it, and whoever is not asked any more has nothing unread of it."""
    _tell(ANSWERED, [version.submitted_by], version, user, words)
    asked = Approvers.load().of(version.plan, version.submitted_by_id)
    still = {each.pk for side in open_sides(version) for each in asked[side]}
    told = Notice.objects.filter(kind=ASKED, plan=version.plan, url=_address(version), read_at=None)
    told.exclude(user__in=still).update(read_at=timezone.now())


def _tell(kind: str, people: Collection[User], version: PlanVersion, user, words: str) -> None:
    account = version.plan.account
    text = words % {"name": user, "number": version.number, "account": account}
    notices.tell(people, kind, text, _address(version), user, plan=version.plan, account=account)


def _address(version: PlanVersion) -> str:
    return reverse("account_plan_version", args=[version.plan.account.code, version.number])
