"""What-if scenarios over REST: those that people kept, a new one, and what comes of one. No figure that was published
is ever touched, and whoever asks gets the figures of the accounts that he may see."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import Permission, may
from accounts.rest import paging, parameters
from accounts.rest.columns import Column, Kind, as_money, schema_of
from accounts.rest.paging import Cursor, Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import LINK_SCHEMA, RUN_SCHEMA, ApiView, ListView, row_or_404
from kam_portal.api.idempotency import once
from kam_portal.api.problems import Busy
from kam_portal.api.scenario_body import NAMES, Body, problems_of
from kam_portal.api.scenario_schema import BODY, DEFINITION, OUTCOME
from kam_portal.whatif.asked import Asked, query_of, unseen
from kam_portal.whatif.saving import SaveForm
from kam_portal.whatif.waiting import ask_for_window
from profitability.api.run import OfPublishedRun, summary
from profitability.core.lever_document import NUMBERS, to_document
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
    """One scenario: which accounts, which levers."""

    policy = PROFIT
    scope = Scope.READ_SCENARIOS

    def get(self, request, scenario_id):
        return Response(row_of(scenario_id, request.user))

    def answer_schema(self, method):
        return described()


def described() -> dict:
    whole = schema_of(SCENARIOS)
    whole["properties"] |= DEFINITION
    return whole


def row_of(number: int, user) -> dict:
    rows = Scenario.objects.visible_to(user).filter(pk=number)
    return told([row_or_404(rows, SCENARIOS, user)], user)[0]


def told(rows: list[dict], user) -> list[dict]:
    """Accounts and levers as they are sent: codes as lists, numbers as numbers, people by their email. Codes of
    accounts that the reader does not see are left out of scenarios of others."""
    hidden = unseen({code for row in rows if row["owner"] != user.email for code in codes_of(row)}, user)
    managers = User.objects.filter(pk__in={row["accounts"]["manager"] for row in rows if "manager" in row["accounts"]})
    emails = {str(pk): email for pk, email in managers.values_list("pk", "email")}
    for row in rows:
        mine = row["owner"] == user.email
        row["accounts"] = accounts_told(row["accounts"], set() if mine else hidden, emails)
        row["levers"] = levers_told(row["levers"], set() if mine else hidden)
    return rows


def codes_of(row: dict) -> list[str]:
    """Every code that a scenario names."""
    own = (code for each in row["levers"].get("own", ()) for code in each["codes"])
    return [*row["accounts"].get("codes", "").split(), *own]


def accounts_told(accounts: dict, hidden: set[str], emails: dict[str, str]) -> dict:
    found: dict[str, Any] = {NAMES.get(name, name): value for name, value in accounts.items()}
    if "codes" in accounts:
        found["codes"] = [code for code in accounts["codes"].split() if code not in hidden]
    if "manager" in accounts:
        found["manager"] = emails.get(accounts["manager"])
    return found | ({"losing": True} if "losing" in accounts else {})


def levers_told(document: dict, hidden: set[str]) -> dict:
    found = dict(document)
    found |= {name: Decimal(document[name]) for name in (*NUMBERS, "person_minutes") if name in document}
    if "channel" in document:
        found["channel"] = document["channel"] | {"percent": Decimal(document["channel"]["percent"])}
    if "events" in document:
        found["events"] = {name: Decimal(percent) for name, percent in document["events"].items()}
    if "codes" in document:
        found["codes"] = [code for code in document["codes"] if code not in hidden]
    if "own" in document:
        found["own"] = [levers_told(row, hidden) for row in document["own"]]
    return found


# A new one


def kept(request) -> Response:
    """Keep what was sent; ValidationError names every field that is not right."""
    run = published_run()
    if run is None:
        raise ValidationError({"": [_("A what-if starts from a published run, and there is none yet.")]})
    body = Body(request.data)
    asked = Asked(request.user, run, body.query)
    saving = {"sharing": Scenario.Sharing.NOBODY, **body.saving}
    form = SaveForm(saving, instance=Scenario(run=run), owner=request.user)
    problems = dict(body.problems)
    for found in (problems_of(asked), named(form.errors)):
        problems = {**found, **problems}
    if problems:
        raise ValidationError(problems)
    form.instance.accounts, form.instance.levers = asked.accounts, to_document(asked.what_if)
    form.save()
    address = request.build_absolute_uri(reverse("api:scenario", args=[form.instance.pk]))
    return Response(row_of(form.instance.pk, request.user), status=201, headers={"Location": address})


def named(errors) -> dict[str, list[str]]:
    """A name that is taken is a problem of the name."""
    return {"name" if field == "__all__" else field: texts for field, texts in errors.items()}


# What comes of it


def study_of(number: int, user):
    """The figures of a scenario for this reader; Busy while a worker reads the months of very many accounts."""
    from kam_portal.whatif.study import Study
    from profitability.scenarios import NotPrepared

    rows = Scenario.objects.visible_to(user).select_related("run__cost_model")
    found = get_object_or_404(rows, pk=number)
    asked = Asked(user, found.run, query_of(found, user))
    try:
        return found, Study(user, found.run, asked.results(), asked.what_if)
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
            "people_released": line.people,
            "cash_saved": line.cash,
        }
        for line in study.capacity()
    ]
    sums = {"usage_saved": study.usage_saved, "people_released": study.people, "cash_saved": study.cash_saved}
    return {"pools": lines, **sums, "cash_effect": study.cash_effect}


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
