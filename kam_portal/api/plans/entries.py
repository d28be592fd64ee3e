"""Objectives and actions of a plan over REST: listed, added, changed one by one."""

from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.response import Response

from accounts.models import Account
from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import SHARE_UNIT, Column, Kind, schema_of
from accounts.rest.paging import Sort
from kam_portal.api.idempotency import once
from kam_portal.api.plans.base import READ, PlanEntry, PlanList, editable, kept, made, plan_of, told
from kam_portal.api.plans.bodies import Field, asked, in_order
from kam_portal.api.preconditions import require_match
from kam_portal.api.problems import Conflict
from profitability.queries import published_run
from relationships import doing
from relationships.models import Action, Objective, Plan
from relationships.plans import editing, measures
from relationships.plans.measures import MEASURES
from relationships.plans.readers import may_edit
from relationships.plans.sections import SECTIONS
from relationships.plans.typed import choices_of

OBJECTIVES = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("text", Kind.TEXT, "text", nullable=False),
    Column("measure", Kind.TEXT, "measure"),
    Column("unit", Kind.TEXT, "unit"),
    Column("direction", Kind.TEXT, "direction", nullable=False),
    Column("baseline", Kind.QUANTITY, "baseline"),
    Column("baseline_on", Kind.DAY, "baseline_on"),
    Column("target", Kind.QUANTITY, "target"),
    Column("benchmark", Kind.QUANTITY, "benchmark"),
    Column("benchmark_source", Kind.TEXT, "benchmark_source"),
    Column("from_on", Kind.DAY, "from_on"),
    Column("until_on", Kind.DAY, "until_on"),
    Column("owner_email", Kind.TEXT, "owner__email"),
    Column("value", Kind.QUANTITY),
    Column("state", Kind.TEXT, nullable=False),
    Column("progress", Kind.SHARE),
)
ACTIONS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("text", Kind.TEXT, "text", nullable=False),
    Column("objective_id", Kind.WHOLE, "objective_id"),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("owner_email", Kind.TEXT, "owner__email"),
    Column("customer_owner_id", Kind.WHOLE, "customer_owner_id"),
    Column("start_on", Kind.DAY, "start_on"),
    Column("due_on", Kind.DAY, "due_on"),
    Column("done_on", Kind.DAY, "done_on"),
    Column("snoozed_until", Kind.DAY, "snoozed_until"),
    Column("needs", Kind.DOCUMENT, nullable=False),
)
OBJECTIVE = (
    Field("text", "text", needed=True, longest=300),
    Field("measure", "choice", choices=tuple(MEASURES)),
    Field("unit", "text", longest=32),
    Field("direction", "choice", choices=tuple(Objective.Direction.values)),
    Field("baseline", "number"),
    Field("baseline_on", "day"),
    Field("target", "number"),
    Field("benchmark", "number"),
    Field("benchmark_source", "text", longest=200),
    Field("from_on", "day"),
    Field("until_on", "day"),
    Field("owner_email", "email", attr="owner"),
)
ACTION = (
    Field("text", "text", needed=True, longest=300),
    Field("objective_id", "id", attr="objective"),
    Field("state", "choice", choices=tuple(Action.State.values)),
    Field("owner_email", "email", attr="owner"),
    Field("customer_owner_id", "id", attr="customer_owner"),
    Field("start_on", "day"),
    Field("due_on", "day"),
    Field("needs", "ids"),
)
PLACED = {"place": Sort("place", "place", tie="pk")}
ANYBODY = Permission.LOG_TOUCHPOINTS


def usual(values: dict[str, Any]) -> dict[str, Any]:
    """Choices that were sent as null are the model's usual ones."""
    return {name: value for name, value in values.items() if value != "" or name not in ("direction", "state")}


class Entries(PlanList):
    """What the plan's lists of objectives and of actions share."""

    kind: str
    span: tuple[str, str]
    detail: str
    ordering = "place"

    def rows_of(self, request, run, plan_id):
        return open_rows(request.user, plan_of(request, plan_id), self.kind)

    def sorts(self, user):
        return PLACED

    def finished(self, listed, run):
        return FINISHED[self.kind](self.request.user, listed)

    def described(self):
        return described(self.kind)

    def post(self, request, plan_id):
        plan = editable(request, plan_id)
        entry = editing.blank(SECTIONS[self.kind], plan, request.user)
        values = usual(asked(request.data, self.fields, partial(choices_of, plan, entry), is_new=True))
        in_order(values, entry, *self.span)
        return once(request, lambda: self.added(request, plan, values))

    def added(self, request, plan: Plan, values: dict) -> Response:
        entry = kept(editing.put(request.user, plan, self.kind, values))
        return made(request, self.detail, [plan.pk, entry.pk], row_of(request, plan, self.kind, entry.pk))


class Entry(PlanEntry):
    """What the views of one objective and of one action share."""

    kind: str
    span: tuple[str, str]

    def answer_schema(self, method):
        return described(self.kind)

    def get(self, request, plan_id, **kwargs):
        return Response(row_of(request, plan_of(request, plan_id), self.kind, *kwargs.values()))

    @transaction.atomic
    def patch(self, request, plan_id, **kwargs):
        (number,) = kwargs.values()
        plan = plan_of(request, plan_id)
        require_match(request, row_of(request, plan, self.kind, number))
        entry = get_object_or_404(SECTIONS[self.kind].rows(plan), pk=number)
        values = usual(asked(request.data, self.fields, partial(choices_of, plan, entry), is_new=False))
        in_order(values, entry, *self.span)
        self.change(request, plan, entry, values)
        return Response(row_of(request, plan_of(request, plan_id), self.kind, number))

    def change(self, request, plan: Plan, entry: Any, values: dict) -> None:
        editable(request, plan.pk)
        kept(editing.save(request.user, plan, self.kind, entry.pk, values, entry.revision))


class Objectives(Entries):
    """The objectives of a plan with how far each has come; a POST adds one. With a measure and without a baseline it
    starts from the published run."""

    kind, columns, fields, span, detail = "objectives", OBJECTIVES, OBJECTIVE, ("from_on", "until_on"), "plan_objective"


class ObjectiveDetail(Entry):
    """One objective; a PATCH changes it."""

    kind, columns, fields, span = "objectives", OBJECTIVES, OBJECTIVE, ("from_on", "until_on")


class Actions(Entries):
    """The actions of a plan; a POST adds one."""

    kind, columns, fields, span, detail = "actions", ACTIONS, ACTION, ("start_on", "due_on"), "plan_action"
    filters = {
        "state": ("state", parameters.choice(Action.State.values)),
        "owner": ("owner__email__iexact", parameters.text("E-mail of our owner")),
    }


class ActionDetail(Entry):
    """One action; a PATCH changes it. Whoever has to do it, and does not edit the plan, says how it stands."""

    policy = {"GET": READ, "PATCH": ANYBODY}
    kind, columns, fields, span = "actions", ACTIONS, ACTION, ("start_on", "due_on")

    def change(self, request, plan, entry, values):
        if may_edit(request.user, plan):
            super().change(request, plan, entry, values)
        else:
            by_owner(request.user, entry, values)


def by_owner(user, action: Action, values: dict[str, Any]) -> None:
    """Its state alone, if it is his."""
    if set(values) != {"state"} or not doing.may_change(user, action):
        raise PermissionDenied
    state, today = values["state"], timezone.localdate()
    if state == Action.State.DONE:
        answer = doing.done(user, action, action.revision, today)
    elif state == Action.State.DROPPED:
        answer = doing.drop(user, action, action.revision)
    elif not doing.is_open(action):
        answer = doing.reopen(user, action, action.revision, state)
    else:
        answer = doing.change(user, action, action.revision, state=state)
    if not answer.is_done:
        raise Conflict(answer.problem)


# What is told


def open_rows(user, plan: Plan, kind: str):
    """The entries; of objectives only those that this person may know of."""
    rows = SECTIONS[kind].rows(plan)
    return measures.open_to(user, rows) if kind == "objectives" else rows


def row_of(request, plan: Plan, kind: str, number: int) -> dict:
    rows = open_rows(request.user, plan, kind).filter(pk=number)
    columns = OBJECTIVES if kind == "objectives" else ACTIONS
    return told(rows, columns, request.user, partial(FINISHED[kind], request.user))


def described(kind: str) -> dict:
    whole = schema_of(OBJECTIVES if kind == "objectives" else ACTIONS)
    if kind == "actions":
        whole["properties"]["needs"] = {"type": "array", "items": {"type": "integer"}}
    return whole


def with_progress(user, listed: list[dict]) -> list[dict]:
    """Where each objective stands, as far as this person may see it; where an account stood is hidden from those who
    do not see it."""
    found = list(Objective.objects.filter(pk__in=[row["id"] for row in listed]).select_related("plan"))
    plans = {row.plan.account_id for row in found}
    seen = set(Account.objects.visible_to(user).filter(pk__in=plans).values_list("pk", flat=True))
    stands = measures.standings(found, measures.values(plans, published_run(), user), timezone.localdate())
    by_id = {row.pk: row for row in found}
    for row in listed:
        objective = by_id[row["id"]]
        value, progress = stands[row["id"]]
        share = None if progress.share is None else as_share(progress.share)
        row |= {"value": value, "state": str(progress.state), "progress": share}
        if objective.measure and objective.plan.account_id not in seen:
            row["baseline"] = None
    return listed


def as_share(share: Fraction) -> Decimal:
    """With six decimals, as every share is told."""
    return (Decimal(share.numerator) / share.denominator).quantize(SHARE_UNIT)


def with_needs(user, listed: list[dict]) -> list[dict]:
    """Which actions each waits for, for a whole page at once; not what for, where that is an objective withheld."""
    pairs = Action.needs.through.objects.filter(from_action__in=[row["id"] for row in listed]).order_by("to_action")
    found: dict[int, list[int]] = {row["id"]: [] for row in listed}
    for waiting, needed in pairs.values_list("from_action_id", "to_action_id"):
        found[waiting].append(needed)
    gone = kept_back(user, {row["objective_id"] for row in listed} - {None})
    for row in listed:
        row["needs"] = found[row["id"]]
        row["objective_id"] = None if row["objective_id"] in gone else row["objective_id"]
    return listed


def kept_back(user, objectives: set[int]) -> set[int]:
    """Those of the objectives that this person may not know of."""
    codes = measures.kept_from(user)
    rows = Objective.objects.filter(pk__in=objectives, measure__in=codes) if codes else Objective.objects.none()
    return set(rows.values_list("pk", flat=True))


FINISHED = {"objectives": with_progress, "actions": with_needs}
