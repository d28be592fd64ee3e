"""Plans over REST: those in sight with how they stand, a new one, changes of its own fields; versions and their way."""

from functools import partial

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.paging import Sort
from accounts.versions import NotPossible
from kam_portal.api.idempotency import once
from kam_portal.api.plans.base import READ, PlanEntry, PlanList, editable, kept, made, plan_of, told
from kam_portal.api.plans.bodies import Field, asked, in_order
from kam_portal.api.preconditions import require_match
from kam_portal.api.problems import Conflict
from profitability.queries import published_run
from relationships.models import Plan, PlanVersion
from relationships.plans import editing, lifecycle, standing
from relationships.plans.begin import HORIZON, LONGEST_HORIZON, TEMPLATES, begin
from relationships.plans.typed import choices_of
from relationships.plans.versions import readable

PLANS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("visibility", Kind.TEXT, "visibility", nullable=False),
    Column("purpose", Kind.TEXT, "purpose"),
    Column("template", Kind.TEXT, "template"),
    Column("from_on", Kind.DAY, "from_on", nullable=False),
    Column("until_on", Kind.DAY, "until_on", nullable=False),
    Column("people", Kind.DOCUMENT, nullable=False),
    Column("version_in_force", Kind.WHOLE, "in_force"),
    Column("version_in_review", Kind.WHOLE, "in_review"),
    Column("reviewed_on", Kind.DAY, "reviewed_on"),
    Column("next_review_on", Kind.DAY),
    Column("stale_on", Kind.DAY, nullable=False),
    Column("is_stale", Kind.FLAG, nullable=False),
    Column("sections", Kind.WHOLE, nullable=False),
    Column("sections_filled", Kind.WHOLE, nullable=False),
    Column("sections_fresh", Kind.WHOLE, nullable=False),
    Column("objectives_behind", Kind.WHOLE, nullable=False),
    Column("actions_overdue", Kind.WHOLE, nullable=False),
    Column("high_risks", Kind.WHOLE, nullable=False),
    Column("created_at", Kind.INSTANT, "created_at", nullable=False),
    Column("created_by", Kind.TEXT, "created_by__email", nullable=False),
)
NEW = (
    Field("account_code", "text", needed=True, longest=64),
    Field("template", "choice", choices=tuple(TEMPLATES)),
    Field("years", "whole", largest=LONGEST_HORIZON),
)
OWN = (
    Field("purpose", "text"),
    Field("visibility", "choice", needed=True, choices=tuple(Plan.Visibility.values)),
    Field("from_on", "day", needed=True),
    Field("until_on", "day", needed=True),
    Field("people", "emails"),
)
VERSIONS = (
    Column("number", Kind.WHOLE, "number", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("note", Kind.TEXT, "note"),
    Column("run", Kind.WHOLE, "run_id"),
    Column("submitted_at", Kind.INSTANT, "submitted_at", nullable=False),
    Column("submitted_by", Kind.TEXT, "submitted_by__email", nullable=False),
    Column("decided_at", Kind.INSTANT, "decided_at"),
    Column("approvals", Kind.DOCUMENT, nullable=False),
)
ANSWERS = ("approved", "returned", "withdrawn")
DOCUMENT = {"type": "object", "description": "The plan as it was submitted, as far as the reader may see it"}


def rows(plans):
    """Plans with the numbers of the version in force and of the one in review."""

    def number(state: str) -> Subquery:
        versions = PlanVersion.objects.filter(plan=OuterRef("pk"), state=state)
        return Subquery(versions.values("number")[:1])

    return plans.annotate(in_force=number(lifecycle.APPROVED), in_review=number(lifecycle.IN_REVIEW))


def finished(user, listed: list[dict]) -> list[dict]:
    """How each plan stands, and who its team is, for a whole page at once."""
    plans = list(Plan.objects.filter(pk__in=[row["id"] for row in listed]).prefetch_related("people"))
    stands = standing.of(plans, published_run(), timezone.localdate(), user)
    people = {plan.pk: sorted(person.email for person in plan.people.all()) for plan in plans}
    for row in listed:
        found = stands[row["id"]]
        row |= {
            "people": people[row["id"]],
            "next_review_on": found.next_review_on,
            "stale_on": found.stale_on,
            "is_stale": found.is_stale,
            "sections": len(found.needed),
            "sections_filled": found.filled,
            "sections_fresh": found.fresh,
            "objectives_behind": found.objectives_behind,
            "actions_overdue": found.overdue,
            "high_risks": found.high_risks,
        }
    return listed


def row_of(request, plan_id: int) -> dict:
    plans = rows(Plan.objects.visible_to(request.user).filter(pk=plan_id))
    return told(plans, PLANS, request.user, partial(finished, request.user))


def described() -> dict:
    whole = schema_of(PLANS)
    whole["properties"]["people"] = {"type": "array", "items": {"type": "string", "format": "email"}}
    return whole


class Plans(PlanList):
    """Key account plans in sight; a POST begins one for an account that has none."""

    columns = PLANS
    fields = NEW
    filters = {
        "account": ("account__code", parameters.text("Code of the account")),
        "state": ("state", parameters.choice(Plan.State.values)),
        "team": ("account__team__code", parameters.text("Code of the team")),
        "manager": ("account__manager__email__iexact", parameters.text("E-mail of the account’s manager")),
    }

    def rows_of(self, request, run):
        return rows(Plan.objects.visible_to(request.user))

    def sorts(self, user):
        return {"id": Sort("id", "pk", tie="pk")}

    def finished(self, listed, run):
        return finished(self.request.user, listed)

    def described(self):
        return described()

    def post(self, request):
        said = asked(request.data, NEW, lambda _name: Account.objects.none(), is_new=True)
        return once(request, lambda: begun(request, said))


def begun(request, said: dict) -> Response:
    """Begin the plan of an account in sight."""
    account = Account.objects.visible_to(request.user).filter(code=said["account_code"]).first()
    if account is None:
        raise ValidationError({"account_code": [_("There is no such account.")]})
    if Plan.objects.filter(account=account).exists():
        raise Conflict(_("The account has a plan already."))
    template, years = said.get("template") or next(iter(TEMPLATES)), said.get("years") or HORIZON
    plan = begin(request.user, account, template, timezone.localdate(), published_run(), years)
    return made(request, "plan", [plan.pk], row_of(request, plan.pk))


class PlanDetail(PlanEntry):
    """One plan; a PATCH changes its purpose, its span, its team and who may see it."""

    columns = PLANS
    fields = OWN

    def get(self, request, plan_id):
        return Response(row_of(request, plan_id))

    @transaction.atomic
    def patch(self, request, plan_id):
        plan = plan_of(request, plan_id)
        require_match(request, row_of(request, plan_id))
        plan = editable(request, plan_id)
        values = asked(request.data, OWN, partial(choices_of, plan, plan), is_new=False)
        in_order(values, plan, "from_on", "until_on")
        kept(editing.save(request.user, plan, "purpose", None, values, plan.revision))
        return Response(row_of(request, plan_id))

    def answer_schema(self, method):
        return described()


# Versions


def told_approvals(plan_id: int, listed: list[dict]) -> list[dict]:
    """What was said of each version, for a whole page at once."""
    numbers = [row["number"] for row in listed]
    versions = PlanVersion.objects.filter(plan=plan_id, number__in=numbers).defer("document")
    said = {
        version.number: [
            {
                "side": each.side,
                "is_approved": each.is_approved,
                "answer": each.answer or None,
                "said_by": each.said_by.email,
                "said_at": each.said_at,
            }
            for each in version.approvals.all()
        ]
        for version in versions.prefetch_related("approvals__said_by")
    }
    for row in listed:
        row["approvals"] = said[row["number"]]
    return listed


class PlanVersions(PlanList):
    """Submitted versions of a plan, the newest first; a POST submits the plan as it is."""

    columns = VERSIONS
    fields = (Field("note", "text", longest=lifecycle.LONGEST),)
    ordering = "-number"

    def rows_of(self, request, run, plan_id):
        return PlanVersion.objects.filter(plan=plan_of(request, plan_id))

    def sorts(self, user):
        return {"-number": Sort("-number", "number", descending=True, tie="pk")}

    def finished(self, listed, run):
        return told_approvals(self.kwargs["plan_id"], listed)

    def described(self):
        whole = schema_of(VERSIONS)
        whole["properties"]["approvals"] = {"type": "array", "items": {"type": "object"}}
        return whole

    def post(self, request, plan_id):
        plan = editable(request, plan_id)
        said = asked(request.data, self.fields, lambda _name: Account.objects.none(), is_new=True)
        return once(request, lambda: submitted(request, plan, said.get("note", "")))


def submitted(request, plan: Plan, note: str) -> Response:
    try:
        version = lifecycle.submit(request.user, plan, note, published_run(), timezone.now())
    except NotPossible as problem:
        raise Conflict(str(problem)) from None
    found = version_row(request, plan.pk, version.number)
    return made(request, "plan_version", [plan.pk, version.number], found)


def version_row(request, plan_id: int, number: int) -> dict:
    found = PlanVersion.objects.filter(plan=plan_of(request, plan_id), number=number)
    return told(found, VERSIONS, request.user, partial(told_approvals, plan_id))


class PlanVersionDetail(PlanEntry):
    """One version with its document; a PATCH approves, returns or withdraws it."""

    policy = {"GET": READ, "PATCH": READ}  # whose word counts, or who may withdraw it, is told apart
    columns = VERSIONS
    fields = (
        Field("state", "choice", needed=True, choices=ANSWERS),
        Field("answer", "text", longest=lifecycle.LONGEST),
    )

    def get(self, request, plan_id, number):
        return Response(whole_version(request, plan_id, number))

    @transaction.atomic
    def patch(self, request, plan_id, number):
        plan = plan_of(request, plan_id)
        require_match(request, whole_version(request, plan_id, number))
        version = get_object_or_404(PlanVersion, plan=plan, number=number)
        said = asked(request.data, self.fields, lambda _name: Account.objects.none(), is_new=True)
        answer(request.user, version, said["state"], said.get("answer", ""))
        return Response(whole_version(request, plan_id, number))

    def answer_schema(self, method):
        whole = schema_of(VERSIONS)
        whole["properties"]["approvals"] = {"type": "array", "items": {"type": "object"}}
        whole["properties"]["document"] = DOCUMENT
        return whole


def whole_version(request, plan_id: int, number: int) -> dict:
    plan = plan_of(request, plan_id)
    row = version_row(request, plan_id, number)
    found = PlanVersion.objects.get(plan=plan, number=number)
    return row | {"document": readable(found.document, request.user, plan.account)}


def answer(user, version: PlanVersion, state: str, text: str) -> None:
    """Say it, or why it cannot be said."""
    now = timezone.now()
    try:
        if state == "approved":
            lifecycle.approve(user, version, text, now)
        elif state == "returned":
            lifecycle.give_back(user, version, text, now)
        else:
            lifecycle.withdraw(user, version, now)
    except lifecycle.AlreadyDone as problem:
        raise Conflict(str(problem)) from None
    except NotPossible as problem:
        raise ValidationError({"answer" if state == "returned" and not text else "state": [str(problem)]}) from None
