"""What-if scenarios over REST: those that people kept, a new one, and what comes of one. No figure that was published
is ever touched, and whoever asks gets the figures of the accounts that he may see."""

from typing import Any

import orjson
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from accounts.permissions import Permission, may
from accounts.rest import paging, parameters
from accounts.rest.columns import Column, Kind, as_money, schema_of
from accounts.rest.paging import Cursor, Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import LINK_SCHEMA, RUN_SCHEMA, ApiView, ListView, row_or_404
from kam_portal.api.idempotency import once
from kam_portal.api.preconditions import require_match
from kam_portal.api.problems import Busy
from kam_portal.api.rendering import dumps
from kam_portal.api.scenario_body import Body, problems_of
from kam_portal.api.scenario_schema import BODY, CHANGES, DEFINITION, OUTCOME
from kam_portal.api.scenario_telling import told
from kam_portal.whatif.asked import Asked, query_of
from kam_portal.whatif.saving import SaveForm, refusal
from kam_portal.whatif.waiting import ask_for_window
from profitability.api.run import OfPublishedRun, summary
from profitability.core.lever_document import to_document
from profitability.models import Scenario
from profitability.queries import published_run

PROFIT = Permission.SEE_PROFITABILITY
SCENARIOS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("name", Kind.TEXT, "name", nullable=False),
    Column("note", Kind.TEXT, "note"),
    Column("owner", Kind.TEXT, "owner__email", nullable=False),
    Column("sharing", Kind.TEXT, "sharing", nullable=False),
    Column("run", Kind.WHOLE, "run_id", nullable=False),
    Column("created_at", Kind.INSTANT, "created_at", nullable=False),
    Column("changed_at", Kind.INSTANT, "changed_at", nullable=False),
    Column("accounts", Kind.DOCUMENT, "accounts", nullable=False),
    Column("levers", Kind.DOCUMENT, "levers", nullable=False),
)
BOTH = ("net_revenue", "gross_margin", "cost_to_serve", "contribution")
ACCOUNTS = (
    Column("code", Kind.TEXT, nullable=False),
    Column("name", Kind.TEXT, nullable=False),
    *(Column(f"{name}_{when}", Kind.MONEY, nullable=False) for name in BOTH for when in ("before", "after")),
    Column("change", Kind.MONEY, nullable=False),
    Column("rank_before", Kind.WHOLE),
    Column("rank_after", Kind.WHOLE),
    Column("class_before", Kind.TEXT),
    Column("class_after", Kind.TEXT),
    Column("own_levers", Kind.TEXT),
)


class Scenarios(OfPublishedRun, ListView):
    """Own scenarios and those that others shared; a POST keeps a new one, on the published run."""

    policy = {"GET": PROFIT, "POST": PROFIT}
    scope = {"GET": Scope.READ_SCENARIOS, "POST": Scope.WRITE_SCENARIOS}
    columns = SCENARIOS
    filters = {"sharing": ("sharing", parameters.choice(Scenario.Sharing.values))}
    ordering = "-id"
    takes_idempotency_key = True
    accepted = 201
    body_schema = {"application/json": BODY}

    def rows_of(self, request, run):
        return Scenario.objects.visible_to(request.user)

    def sorts(self, user):
        return {"-id": Sort("-id", "pk", descending=True, tie="pk")}

    def finished(self, rows, run):
        return told(rows, self.request.user)

    def post(self, request):
        return once(request, lambda: kept(request))

    def answer_schema(self, method):
        if method == "POST":
            return described()
        whole = super().answer_schema(method)
        whole["properties"]["results"]["items"] = described()
        return whole


class ScenarioDetail(ApiView):
    """One scenario: which accounts, which levers. Its owner may change or delete it."""

    policy = {"GET": PROFIT, "PATCH": PROFIT, "DELETE": PROFIT}
    scope = {"GET": Scope.READ_SCENARIOS, "PATCH": Scope.WRITE_SCENARIOS, "DELETE": Scope.WRITE_SCENARIOS}
    body_schema = {"application/json": CHANGES}
    takes_if_match = {"PATCH", "DELETE"}

    def get(self, request, scenario_id):
        return Response(row_of(scenario_id, request.user))

    @transaction.atomic
    def patch(self, request, scenario_id):
        found = own(request, scenario_id)
        said = row_of(scenario_id, request.user)
        require_match(request, said)
        changes = request.data if isinstance(request.data, dict) else {"": request.data}
        keep(request, found, {**body_of(said), **changes})
        return Response(row_of(scenario_id, request.user))

    @transaction.atomic
    def delete(self, request, scenario_id):
        found = own(request, scenario_id)
        require_match(request, row_of(scenario_id, request.user))
        found.delete()
        return Response(status=204)

    def answer_schema(self, method):
        return described()


def body_of(said: dict) -> dict:
    """A scenario as a body that would make it, numbers as they are sent."""
    return orjson.loads(dumps({name: said[name] for name in BODY["properties"]}))


def own(request, number: int) -> Scenario:
    """A scenario that is the caller's, locked for a change; PermissionDenied for one that others share."""
    rows = Scenario.objects.visible_to(request.user)
    found = get_object_or_404(rows.select_for_update().select_related("run"), pk=number)
    if found.owner_id != request.user.pk:
        raise PermissionDenied(_("Only its owner changes a scenario."))
    return found


def described() -> dict:
    whole = schema_of(SCENARIOS)
    whole["properties"] |= DEFINITION
    return whole


def row_of(number: int, user) -> dict:
    rows = Scenario.objects.visible_to(user).filter(pk=number)
    return told([row_or_404(rows, SCENARIOS, user)], user)[0]


# A new one


def kept(request) -> Response:
    """Keep what was sent as a new one."""
    run = published_run()
    if run is None:
        raise ValidationError({"": [_("A what-if starts from a published run, and there is none yet.")]})
    found = keep(request, Scenario(run=run), request.data)
    address = request.build_absolute_uri(reverse("api:scenario", args=[found.pk]))
    return Response(row_of(found.pk, request.user), status=201, headers={"Location": address})


def keep(request, kept: Scenario, data: Any) -> Scenario:
    """Keep a scenario as the body says; ValidationError names every field that is not right."""
    body = Body(data)
    asked = Asked(request.user, kept.run, body.query)
    saving = {"sharing": Scenario.Sharing.NOBODY, **body.saving}
    form = SaveForm(saving, instance=kept, owner=request.user)
    problems = dict(body.problems)
    for found in (problems_of(asked), named(form.errors)):
        problems = {**found, **problems}
    refused = None if problems else refusal(asked)
    if problems or refused:
        raise ValidationError(problems or {refused[0]: [refused[1]]})
    form.instance.accounts, form.instance.levers = asked.accounts, to_document(asked.what_if)
    return form.save()


def named(errors) -> dict[str, list[str]]:
    """A name that is taken is a problem of the name."""
    return {"name" if field == "__all__" else field: texts for field, texts in errors.items()}


# What comes of it


def study_of(number: int, user):
    """The figures of a scenario for this reader; Busy while a worker reads the months of very many accounts."""
    from kam_portal.whatif.study import Study
    from profitability.scenarios import NotPrepared

    rows = Scenario.objects.visible_to(user).select_related("run__cost_model", "owner")
    found = get_object_or_404(rows, pk=number)
    asked = Asked(user, found.run, query_of(found, user), found)
    try:
        return found, Study(user, found.run, asked.results(), asked.what_if, asked.sees_all)
    except NotPrepared as wanting:
        ask_for_window(wanting.args[0])
        raise Busy(_("The months of all these accounts are being read. Try again.")) from None


class ScenarioOutcome(ApiView):
    """What a scenario does to the accounts together: profit and loss, small orders, whale curve, boxes, capacity."""

    policy = PROFIT
    scope = Scope.READ_SCENARIOS

    def get(self, request, scenario_id):
        from kam_portal.whatif.tables import amounts_of

        found, study = study_of(scenario_id, request.user)
        answer = {"id": found.pk, "name": found.name, "accounts": study.count, "own_levers": study.own_count}
        whales = zip(("before", "after"), study.whales, strict=True)
        answer |= {
            "profitability": amounts_of(study),
            "small_orders": study.small_orders,
            "break_even_order": as_money(study.break_even) if study.count else None,
            "whale": {when: whale_told(each) for when, each in whales},
            "boxes_changed": sum(move.is_moved for move in study.moves.values()),
            "sees_all": study.sees_all,
            "cash": cash_told(study) if study.count else None,
            "capacity": capacity_told(study) if may(request.user, Permission.SEE_COSTS) else None,
            "run": summary(found.run),
        }
        return Response(answer)

    def answer_schema(self, method):
        return OUTCOME | {"properties": OUTCOME["properties"] | {"run": RUN_SCHEMA}}


def whale_told(whale) -> dict:
    from kam_portal.whatif.study import units

    return {name: units(getattr(whale, name)) for name in ("total", "peak", "erosion")}


def capacity_told(study) -> dict:
    lines = [
        {
            "pool": line.code,
            "minutes_saved": line.saved_minutes,
            "minutes_unused": line.left_minutes,
            "usage_saved": line.usage,
            "people_released": line.released,
            "people_hired": line.hired,
            "cash_saved": line.cash,
        }
        for line in study.capacity()
    ]
    return {"pools": lines, **people_told(study), "cash_saved": study.cash_saved, "cash_effect": study.cash_effect}


def cash_told(study) -> dict:
    """What changes in cash, for everyone."""
    return {"effect": study.cash_effect, **people_told(study), "not_counted": study.not_counted}


def people_told(study) -> dict:
    return {"usage_saved": study.usage_saved, "people_released": study.released, "people_hired": study.hired}


class ScenarioAccounts(ApiView):
    """Each account of a scenario before and after, in the order of the codes."""

    policy = PROFIT
    scope = Scope.READ_SCENARIOS
    declared = paging.PARAMETERS

    def get(self, request, scenario_id):
        from kam_portal.whatif.tables import account_rows

        cursor = Cursor.read(self.asked["cursor"])
        found, study = study_of(scenario_id, request.user)
        if cursor and cursor.run != found.run_id:
            raise ValidationError({"cursor": [_("The cursor belongs to another run.")]})
        codes = study.selected.codes
        first, last = self.span(codes, cursor)
        answer = {"count": len(codes)} if self.asked["count"] else {}
        return Response(
            answer
            | {
                "next": self.link(found, codes[last - 1], True) if first < last < len(codes) else None,
                "previous": self.link(found, codes[first], False) if 0 < first < last else None,
                "results": account_rows(study, first, last),
                "run": summary(found.run),
            }
        )

    def span(self, codes: list[str], cursor: Cursor | None) -> tuple[int, int]:
        """Which of the accounts are on the page."""
        size = self.asked["page_size"]
        if cursor is None:
            return 0, min(size, len(codes))
        if cursor.value not in codes:
            raise ValidationError({"cursor": [_("Not a cursor of this list.")]})
        place = codes.index(cursor.value)
        if cursor.forward:
            return place + 1, min(place + 1 + size, len(codes))
        return max(place - size, 0), place

    def link(self, found: Scenario, code: str, forward: bool) -> str:
        query = self.request.query_params.copy()
        query["cursor"] = Cursor(found.run_id, "code", code, code, forward).text()
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def answer_schema(self, method):
        properties = {
            "next": LINK_SCHEMA,
            "previous": LINK_SCHEMA,
            "results": {"type": "array", "items": schema_of(ACCOUNTS)},
            "run": RUN_SCHEMA,
            "count": {"type": "integer", "description": "With ?count=1"},
        }
        return {"type": "object", "properties": properties, "required": ["next", "previous", "results", "run"]}
