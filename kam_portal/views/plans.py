"""The list of key account plans: how each is kept and how it goes; and key accounts that have none yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account, Team, User
from accounts.permissions import Permission, may, needs
from accounts.programme import members
from kam_portal.downloads import download
from kam_portal.filters import ALL, NO_BOX, ListFilter, without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import whole
from kam_portal.views.account_list import page_of
from relationships.models import Box, Plan, PlanVersion, Position
from relationships.plans import lifecycle, standing
from relationships.plans.standing import Standing

KEPT = [
    ("stale", gettext_lazy("Not reviewed in time")),
    ("reviewed", gettext_lazy("Reviewed in time")),
    ("unfilled", gettext_lazy("Sections empty")),
    ("aged", gettext_lazy("Sections stale")),
]
HEALTH = [
    ("sound", gettext_lazy("Nothing amiss")),
    ("amiss", gettext_lazy("Something amiss")),
    ("objective", gettext_lazy("Objectives behind")),
    ("action", gettext_lazy("Actions overdue")),
    ("risk", gettext_lazy("High risks")),
]
SHOWN = ("plans", "without")


@dataclass(frozen=True)
class Row:
    """One plan with how it stands. `box` and `sees_account`: only of accounts that the reader sees."""

    plan: Plan
    standing: Standing
    box: str
    sees_account: bool
    waits_for_me: bool

    @property
    def account(self) -> Account:
        return self.plan.account

    @property
    def in_force(self) -> int | None:
        return self._number(PlanVersion.State.APPROVED)

    @property
    def in_review(self) -> int | None:
        return self._number(PlanVersion.State.IN_REVIEW)

    def _number(self, state: str) -> int | None:
        return next((version.number for version in self.plan.current if version.state == state), None)


class PlanFilter(ListFilter):
    """Which plans; what is computed of them is told by `keeps`."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    order = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[*ALL, *Plan.State.choices])
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    manager = forms.ChoiceField(label=gettext_lazy("Manager"), required=False)
    box = forms.ChoiceField(
        label=gettext_lazy("Box"), required=False, choices=[*ALL, *Box.choices, (NO_BOX, gettext_lazy("No box"))]
    )
    kept = forms.ChoiceField(label=gettext_lazy("Kept"), required=False, choices=[*ALL, *KEPT])
    health = forms.ChoiceField(label=gettext_lazy("Health"), required=False, choices=[*ALL, *HEALTH])
    waiting = forms.BooleanField(label=gettext_lazy("Only those waiting for me"), required=False)

    def __init__(self, data, user, plans: QuerySet[Plan]):
        super().__init__(data)
        accounts = Account.objects.filter(pk__in=plans.values("account"))
        teams = Team.objects.filter(pk__in=accounts.values("team")).order_by("name")
        managers = User.objects.filter(pk__in=accounts.values("manager")).order_by("name")
        self.fields["team"].choices = ALL + list(teams.values_list("code", "name"))
        self.fields["manager"].choices = ALL + list(managers.values_list("pk", "name"))
        if not may(user, Permission.APPROVE_PLANS):
            del self.fields["waiting"]

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in ("show", "order")}

    def condition(self, name: str, value) -> Q:
        return CONDITIONS[name](value) if name in CONDITIONS else Q()

    def keeps(self, row: Row) -> bool:
        """Whether a plan is as the computed filters ask."""
        return all(COMPUTED[name](row, value) for name, value in self.chosen().items() if name in COMPUTED)


CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": lambda text: Q(account__name__icontains=text) | Q(account__code__icontains=text),
    "state": lambda state: Q(state=state),
    "team": lambda code: Q(account__team__code=code),
    "manager": lambda person: Q(account__manager=person),
}
IS_KEPT: dict[str, Callable[[Standing], bool]] = {
    "stale": lambda found: found.is_stale,
    "reviewed": lambda found: not found.is_stale,
    "unfilled": lambda found: found.filled < len(found.needed),
    "aged": lambda found: any(each.age == standing.Age.STALE for each in found.sections),
}
COMPUTED: dict[str, Callable[[Row, Any], bool]] = {
    "box": lambda row, box: row.sees_account and row.box == ("" if box == NO_BOX else box),
    "kept": lambda row, how: IS_KEPT[how](row.standing),
    "health": lambda row, kind: (
        row.standing.is_sound
        if kind == "sound"
        else bool(row.standing.causes if kind == "amiss" else row.standing.of_kind(kind))
    ),
    "waiting": lambda row, _yes: row.waits_for_me,
}
NEVER = date.min
ORDERS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.account.name.casefold(),
    "state": lambda row: list(Plan.State).index(Plan.State(row.plan.state)),
    "box": lambda row: row.box,
    "filled": lambda row: row.standing.completeness,
    "fresh": lambda row: row.standing.fresh,
    "reviewed": lambda row: row.standing.reviewed_on or NEVER,
    "next": lambda row: row.standing.next_review_on or date.max,
    "health": lambda row: len(row.standing.causes),
    "until": lambda row: row.plan.until_on,
}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def plan_list(request):
    """The plans this person sees, or with ?show=without the key accounts that have none."""
    run, today = run_of(request), timezone.localdate()
    plans = Plan.objects.visible_to(request.user)
    form = PlanFilter(request.GET, request.user, plans)
    bare = accounts_without(request.user)
    show = request.GET.get("show") if request.GET.get("show") in SHOWN else "plans"
    context = {"form": form, "chips": form.chips(request.GET), "show": show, "today": today}
    context["clear_url"] = "?show=without" if show == "without" else request.path
    if show == "without":
        return without_page(request, bare.filter(conditions_on_accounts(form)), run, context)
    rows = sorted_rows(rows_of(request.user, form.narrow(plans), run, today, form), order_of(request))
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "plans", columns(), completed(rows), run, form.chips(request.GET))
    page = page_of(rows, len(rows), request.GET.get("page"))
    completed(page.object_list)
    context |= {
        "heading": heading_of(rows),
        "order": order_of(request),
        "page": page,
        "tabs": tabs(request, show, len(rows), bare.count()),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/plans/list.html", context)


def rows_of(user, plans: QuerySet[Plan], run, today: date, form: PlanFilter) -> list[Row]:
    """Every plan that the filters leave, with how it stands. As many queries for many plans as for one."""
    listed = list(plans.select_related("account"))
    stands = standing.of(listed, run, today, user)
    accounts = Account.objects.visible_to(user).filter(pk__in=plans.values("account"))
    seen = set(accounts.values_list("pk", flat=True))
    mine = {version.plan_id for version in lifecycle.waiting_for(user)}
    rows = (_row(plan, stands[plan.pk], plan.account_id in seen, plan.pk in mine) for plan in listed)
    return [row for row in rows if form.keeps(row)]


def _row(plan: Plan, found: Standing, sees_account: bool, waits: bool) -> Row:
    return Row(plan, found, found.box if sees_account else "", sees_account, waits)


def completed(rows: Sequence[Row]) -> Sequence[Row]:
    """What is told of the plans in view alone: their versions that count, team and manager of their accounts."""
    counts = PlanVersion.objects.filter(state__in=[PlanVersion.State.APPROVED, PlanVersion.State.IN_REVIEW])
    versions = Prefetch("versions", counts.only("plan", "number", "state"), to_attr="current")
    prefetch_related_objects([row.plan for row in rows], versions, "account__team", "account__manager")
    return rows


def order_of(request) -> str:
    order = request.GET.get("order", "-health")
    return order if order.removeprefix("-") in ORDERS else "-health"


def sorted_rows(rows: list[Row], order: str) -> list[Row]:
    """By one key, equals by name whichever way."""
    by_name = sorted(rows, key=ORDERS["name"])
    return sorted(by_name, key=ORDERS[order.removeprefix("-")], reverse=order.startswith("-"))


def heading_of(rows: list[Row]) -> str:
    """What asks for somebody first."""
    mine, stale = sum(row.waits_for_me for row in rows), sum(row.standing.is_stale for row in rows)
    if mine:
        return ngettext("%(n)s plan waits for your word", "%(n)s plans wait for your word", mine) % {"n": whole(mine)}
    if stale:
        text = ngettext("%(n)s of %(all)s plans is stale", "%(n)s of %(all)s plans are stale", stale)
        return text % {"n": whole(stale), "all": whole(len(rows))}
    return ngettext("%(n)s key account plan", "%(n)s key account plans", len(rows)) % {"n": whole(len(rows))}


def tabs(request, show: str, plans: int, bare: int) -> list[dict]:
    without_one = _("Key accounts without a plan")
    if not may(request.user, Permission.SEE_ALL_PLANS):
        without_one = _("Key accounts without a plan that you may see")
    labels = {"plans": (_("Plans"), plans), "without": (without_one, bare)}
    return [
        {"label": label, "url": address(request, name), "active": name == show, "count": whole(count)}
        for name, (label, count) in labels.items()
    ]


def address(request, show: str) -> str:
    """The other list with the filters that both have."""
    query = request.GET.copy()
    for name in ("page", "order", "state", "kept", "health", "waiting", "show"):
        query.pop(name, None)
    if show != "plans":
        query["show"] = show
    return f"?{query.urlencode()}"


# Key accounts without a plan


def accounts_without(user) -> QuerySet[Account]:
    """Key accounts in sight without a plan that this person may see. A plan that is hidden from him is as if it was not
    there, so that the list does not tell of it."""
    rows = Account.objects.visible_to(user).filter(pk__in=members().values("pk"))
    return rows.exclude(pk__in=Plan.objects.visible_to(user).values("account")).select_related("team", "manager")


def conditions_on_accounts(form: PlanFilter) -> Q:
    """The filters that make sense of an account."""
    chosen = form.chosen()
    found = Q(pk__in=[]) if form.unknown() else Q()
    if text := chosen.get("q"):
        found &= Q(name__icontains=text) | Q(code__icontains=text)
    if team := chosen.get("team"):
        found &= Q(team__code=team)
    return found & Q(manager=chosen["manager"]) if chosen.get("manager") else found


def without_page(request, accounts: QuerySet[Account], run, context: dict):
    """The largest risk first: those of attractive boxes, by name."""
    listed = list(accounts.order_by("name", "pk"))
    boxes = dict(Position.objects.in_run(run).filter(account__in=listed).values_list("account", "box")) if run else {}
    wanted = context["form"].chosen().get("box")
    rows = [{"account": account, "box": boxes.get(account.pk, "")} for account in listed]
    if wanted:
        rows = [row for row in rows if row["box"] == ("" if wanted == NO_BOX else wanted)]
    if request.GET.get("format") in {"csv", "xlsx"}:
        heads = account_columns()
        return download(request.GET["format"], "without-a-plan", heads, rows, run, context["chips"])
    for name in ("state", "kept", "health", "waiting"):
        context["form"].fields.pop(name, None)
    context |= {
        "heading": heading_of_those_without(request.user, len(rows)),
        "tabs": tabs(request, "without", Plan.objects.visible_to(request.user).count(), len(rows)),
        "page": page_of(rows, len(rows), request.GET.get("page")),
        "may_begin": may(request.user, Permission.EDIT_PLANS),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/plans/list.html", context)


def heading_of_those_without(user, count: int) -> str:
    text = ngettext("%(n)s key account has no plan", "%(n)s key accounts have no plan", count)
    if not may(user, Permission.SEE_ALL_PLANS):
        text = ngettext(
            "%(n)s key account has no plan that you may see", "%(n)s key accounts have no plan that you may see", count
        )
    return text % {"n": whole(count)}


# Exports


def columns() -> dict[str, Callable[[Row], Any]]:
    """Heads of the export and how each cell is found."""
    return {
        _("Code"): lambda row: row.account.code,
        _("Account"): lambda row: row.account.name,
        _("Team"): lambda row: row.account.team and row.account.team.name,
        _("Manager"): lambda row: row.account.manager and row.account.manager.name,
        _("Box"): lambda row: row.box and Box(row.box).label,
        _("State"): lambda row: row.plan.get_state_display(),
        _("Version in force"): lambda row: row.in_force,
        _("Version in review"): lambda row: row.in_review,
        _("Who may see it"): lambda row: row.plan.get_visibility_display(),
        _("From"): lambda row: row.plan.from_on,
        _("Until"): lambda row: row.plan.until_on,
        _("Sections filled in"): lambda row: row.standing.filled,
        _("Sections"): lambda row: len(row.standing.needed),
        _("Sections fresh"): lambda row: row.standing.fresh,
        _("Reviewed on"): lambda row: row.standing.reviewed_on,
        _("Stale from"): lambda row: row.standing.stale_on,
        _("Stale"): lambda row: _("yes") if row.standing.is_stale else _("no"),
        _("Next review on"): lambda row: row.standing.next_review_on,
        _("Objectives"): lambda row: row.standing.objectives,
        _("Objectives behind"): lambda row: row.standing.objectives_behind,
        _("Actions overdue"): lambda row: row.standing.overdue,
        _("High risks"): lambda row: row.standing.high_risks,
    }


def account_columns() -> dict[str, Callable[[dict], Any]]:
    return {
        _("Code"): lambda row: row["account"].code,
        _("Account"): lambda row: row["account"].name,
        _("Team"): lambda row: row["account"].team and row["account"].team.name,
        _("Manager"): lambda row: row["account"].manager and row["account"].manager.name,
        _("Box"): lambda row: row["box"] and Box(row["box"]).label,
    }
