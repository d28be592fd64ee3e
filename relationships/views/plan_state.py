"""Where a plan stands on its way, what may be done next and by whom, how well it is kept and how well it goes."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible
from profitability.differences import Difference
from profitability.runline import run_of
from relationships.models import Plan, PlanApproval, PlanVersion
from relationships.plans import editing, lifecycle, standing
from relationships.plans.differences import since_approval
from relationships.plans.page import Looking
from relationships.plans.readers import may_edit, readers
from relationships.plans.standing import Standing

MOST_NAMES = 8
MOST_CHANGES = 6
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Side:
    """One of the two whose word a version needs: what was said, or who is asked."""

    label: str
    approval: PlanApproval | None
    asked: list[User]


@dataclass(frozen=True)
class Step:
    """Where the plan is on its way, and what this person may do about it."""

    plan: Plan
    version: PlanVersion | None  # in review
    in_force: PlanVersion | None
    given_back: PlanVersion | None  # the latest one, if nothing was submitted since
    sides: list[Side]
    changes: list[Difference]
    standing: Standing
    may_submit: bool
    may_answer: bool
    may_withdraw: bool
    may_close: bool
    may_reopen: bool

    @property
    def first_changes(self) -> list[Difference]:
        return self.changes[:MOST_CHANGES]

    @property
    def reason(self) -> PlanApproval | None:
        said = self.given_back.approvals.all() if self.given_back else ()
        return next((approval for approval in said if not approval.is_approved), None)


def state_of(seen: Looking) -> Step:
    """What the plan page shows of all this. The plan comes with its account, team and sponsor, and was read whole."""
    user, plan, run, today = seen.reader.user, seen.plan, seen.run, seen.today
    rows = plan.versions.defer("document").select_related("submitted_by").prefetch_related("approvals__said_by")
    versions = list(rows.order_by("-number")[:3])
    latest = versions[0] if versions else None
    version = latest if latest and latest.state == PlanVersion.State.IN_REVIEW else None
    if version is not None:
        version.plan = plan
    given_back = latest if latest and latest.state == PlanVersion.State.RETURNED else None
    in_force, changes = since_approval(plan, user, run, today, seen.rows, seen.sees_account)
    edits, is_closed = seen.reader.may_edit, plan.state == Plan.State.CLOSED
    return Step(
        plan=plan,
        version=version,
        in_force=in_force,
        given_back=given_back,
        sides=sides_of(version) if version else [],
        changes=changes,
        standing=standing.of([plan], run, today, user, seen.read())[plan.pk],
        may_submit=edits and version is None and (in_force is None or bool(changes)),
        may_answer=version is not None and may_answer(user, version),
        may_withdraw=version is not None and edits,
        may_close=edits and version is None,
        may_reopen=is_closed and may(user, Permission.EDIT_PLANS),
    )


def state(seen: Looking) -> dict:
    """What the include of the plan page needs."""
    return {"step": state_of(seen), "audiences": audiences(seen.plan)}


def may_answer(user, version: PlanVersion) -> bool:
    """Whether the version waits for this person's word. It comes with its plan."""
    return may(user, Permission.APPROVE_PLANS) and bool(lifecycle.sides_of(user, version))


def sides_of(version: PlanVersion) -> list[Side]:
    asked = lifecycle.Approvers.load().of(version.plan, version.submitted_by_id)
    said = {approval.side: approval for approval in version.approvals.all()}
    return [Side(str(side.label), said.get(side), asked[side]) for side in lifecycle.SIDES]


def audiences(plan: Plan) -> list[dict]:
    """Each confidentiality with who would read the plan then."""
    return [_audience(plan, value, label) for value, label in Plan.Visibility.choices]


def _audience(plan: Plan, value: str, label: str) -> dict:
    as_if = copy(plan)
    as_if.visibility = value
    people = list(readers(as_if))
    names = [str(user) for user in people[:MOST_NAMES]]
    return {
        "value": value,
        "label": label,
        "count": len(people),
        "names": ", ".join(names),
        "more": max(len(people) - MOST_NAMES, 0),
        "is_chosen": plan.visibility == value,
    }


# What is sent


def plan_or_404(request, code: str) -> Plan:
    """The plan of the account; hidden and missing ones answer alike."""
    rows = Plan.objects.visible_to(request.user).select_related("account__team", "account__manager", "account__sponsor")
    return get_object_or_404(rows, account__code=code)


def done(request, plan: Plan, act: Callable[[], str]):
    """Do it and say so, or say why not; back on the plan either way."""
    try:
        messages.success(request, act())
    except NotPossible as problem:
        messages.error(request, str(problem))
    return redirect("account_plan", plan.account.code)


@require_http_methods(METHODS)
@needs(Permission.EDIT_PLANS)
def plan_submit(request, code):
    """Put the plan as it is before those who approve."""
    plan = plan_or_404(request, code)
    if request.method != "POST":
        return redirect("account_plan", plan.account.code)

    def act() -> str:
        version = lifecycle.submit(request.user, plan, request.POST.get("note", ""), run_of(request), timezone.now())
        return _("Version %(number)s is in review.") % {"number": version.number}

    return done(request, plan, act)


@require_http_methods(METHODS)
@needs(Permission.SEE_ACCOUNTS)
def plan_answer(request, code, number):
    """Approve a version, return it with a reason, or withdraw it."""
    plan = plan_or_404(request, code)
    version = get_object_or_404(PlanVersion.objects.defer("document"), plan=plan, number=number)
    if request.method != "POST":
        return redirect("account_plan_version", plan.account.code, number)
    answer, now = request.POST.get("answer", ""), timezone.now()
    return done(request, plan, lambda: answered(request.user, version, request.POST.get("do", ""), answer, now))


def answered(user, version: PlanVersion, what: str, answer: str, now: datetime) -> str:
    """One of the three, and a sentence on what came of it."""
    words = {"number": version.number}
    if what == "approve":
        found = lifecycle.approve(user, version, answer, now)
        if found.state == PlanVersion.State.APPROVED:
            return _("Version %(number)s is approved and in force.") % words
        return _("You approved version %(number)s. The other side is still to answer.") % words
    if what == "return":
        lifecycle.give_back(user, version, answer, now)
        return _("Version %(number)s is returned.") % words
    if what == "withdraw":
        lifecycle.withdraw(user, version, now)
        return _("Version %(number)s is withdrawn.") % words
    raise NotPossible(_("Choose what to do with it."))


@require_http_methods(METHODS)
@needs(Permission.EDIT_PLANS)
def plan_close(request, code):
    """Close the plan, or open it again."""
    plan = plan_or_404(request, code)
    if request.method != "POST":
        return redirect("account_plan", plan.account.code)

    def act() -> str:
        if request.POST.get("do") == "reopen":
            lifecycle.reopen(request.user, plan)
            return _("The plan is open again.")
        lifecycle.close(request.user, plan)
        return _("The plan is closed. It stays to be read.")

    return done(request, plan, act)


@require_http_methods(METHODS)
@needs(Permission.EDIT_PLANS)
def plan_visibility(request, code):
    """Say who may read the plan."""
    plan = plan_or_404(request, code)
    if request.method != "POST":
        return redirect("account_plan", plan.account.code)
    return done(request, plan, lambda: shown_to(request, plan))


def shown_to(request, plan: Plan) -> str:
    """Change who may read it, unless somebody has changed that since the page was opened."""
    chosen, base = request.POST.get("visibility", ""), request.POST.get("base", "")
    if not may_edit(request.user, plan):
        raise NotPossible(_("You may not change this plan."))
    saved = editing.change(request.user, plan, "purpose", None, "visibility", chosen, base=base)
    if isinstance(saved, editing.Refused):
        raise NotPossible(saved.message)
    if not isinstance(saved, editing.Saved):
        raise NotPossible(_("Somebody has changed it meanwhile. Choose again."))
    plan.refresh_from_db()
    count = readers(plan).count()
    return _("%(who)s: %(count)d people may read the plan now.") % {
        "who": plan.get_visibility_display(),
        "count": count,
    }
