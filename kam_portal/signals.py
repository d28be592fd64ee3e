"""Signals as pages show them: filtered by what stands in the address, each as a line with what may be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Team, User
from kam_portal.filters import ALL, PortfolioFilter, having
from relationships import doing
from relationships.models import Signal
from relationships.signals import acting, kinds
from relationships.signals.sentences import sentence

ME = "me"
HERE = {  # where one sees what it is about, if that is not the account's page
    "contribution_falling": "account_pnl",
    "unprofitable": "account_pnl",
    "gone_quiet": "account_contacts",
    "stage_slipping": "account_relationship",
    "strength_falling": "account_scoring",
    "score_expiring": "account_scoring",
    "plan_stale": "account_plan",
    "no_plan": "account_plan",
    "action_overdue": "account_plan",
    "review_due": "account_plan",
}


STATES = {
    "open": (_("Open"), lambda today: Q(state=Signal.State.OPEN) & ~_put_off(today)),
    "later": (_("Put off"), lambda today: Q(state=Signal.State.OPEN) & _put_off(today)),
    "done": (_("Dealt with"), lambda _today: Q(state=Signal.State.DONE) | Q(ended_by__isnull=False)),
    "gone": (_("No longer so"), lambda _today: Q(state=Signal.State.GONE, ended_by=None)),
}
ORDER = {"open": ("-weight", "pk"), "later": ("snoozed_until", "-weight", "pk")}
NEWEST = ("-ended_on", "-weight", "pk")
FIRST = {"open": ("-heaviest", "account"), "later": ("soonest", "-heaviest", "account")}
LATEST = ("-latest", "-heaviest", "account")


def _put_off(today: date) -> Q:
    return Q(snoozed_until__isnull=False, snoozed_until__gt=today)


def counted(rows: QuerySet[Signal], today: date) -> dict[str, int]:
    """How many there are in each tab."""
    return rows.aggregate(**{name: Count("pk", filter=within(today)) for name, (_label, within) in STATES.items()})


def rows_of(rows: QuerySet[Signal], show: str, today: date) -> QuerySet[Signal]:
    """Those of one tab: what is most at stake first, what comes up first, what ended last."""
    return rows.filter(STATES[show][1](today)).order_by(*ORDER.get(show, NEWEST))


def accounts_of(rows: QuerySet[Signal], show: str) -> QuerySet:
    """The accounts of one tab, None for the whole portfolio, in the order of the first signal of each."""
    first = (
        rows.order_by()
        .values("account")
        .annotate(heaviest=Max("weight"), soonest=Min("snoozed_until"), latest=Max("ended_on"))
    )
    return first.order_by(*FIRST.get(show, LATEST)).values_list("account", flat=True)


class SignalFilter(PortfolioFilter):
    """Which signals to show."""

    kind = forms.ChoiceField(label=_("Signal"), required=False)
    owner = forms.ChoiceField(label=_("Whose"), required=False)
    account = forms.CharField(label=_("Account"), required=False, max_length=100)
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("kind", "account", "owner", "team")
    further = ()

    def __init__(self, data, user):
        forms.Form.__init__(self, data)
        self.user = user
        for name in set(self.fields) - {"kind", "account", "owner", "team", "show"}:
            del self.fields[name]
        accounts = Account.objects.visible_to(user)
        people = User.objects.filter(having(accounts, "manager", user)).order_by("name")
        teams = Team.objects.filter(having(accounts, "team", user)).order_by("name")
        self.fields["kind"].choices = [*ALL, *((kind.code, kind.label) for kind in kinds.told_to(user))]
        self.fields["owner"].choices = [*ALL, (ME, _("Mine")), *people.values_list("pk", "name")]
        self.fields["team"].choices = [*ALL, *teams.values_list("code", "name")]

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name != "show"}

    def condition(self, name: str, value) -> Q:
        if name == "account":
            return Q(account__name__icontains=value) | Q(account__code__icontains=value)
        if name == "owner":
            return Q(owner=self.user if value == ME else value)
        return Q(account__team__code=value) if name == "team" else Q(kind=value)


@dataclass(frozen=True)
class Line:
    """One signal as it is shown."""

    signal: Signal
    kind: kinds.Kind | None
    text: str
    url: str  # where one sees what it is about
    state: str  # open, later, done or gone
    may_act: bool
    may_give_action: bool


def lines_of(user, rows: Iterable[Signal], today: date) -> list[Line]:
    return [line_of(user, row, today) for row in rows]


def line_of(user, row: Signal, today: date) -> Line:
    later = row.state == Signal.State.OPEN and row.snoozed_until is not None and row.snoozed_until > today
    return Line(
        signal=row,
        kind=kinds.KINDS.get(row.kind),
        text=sentence(row),
        url=url_of(row),
        state="later" if later else "done" if row.ended_by_id and row.state != Signal.State.OPEN else str(row.state),
        may_act=row.state != Signal.State.GONE and acting.may_act(user, row),
        may_give_action=acting.may_give_action(user, row) and row.kind != "action_overdue",
    )


@dataclass(frozen=True)
class Group:
    """The signals of one account; without an account, those of the whole portfolio."""

    account: Account | None
    lines: list[Line]


def groups_of(user, rows: QuerySet[Signal], accounts: Iterable[int | None], today: date) -> list[Group]:
    """All signals of these accounts, account by account in their order."""
    lines: dict[int | None, list[Line]] = {pk: [] for pk in accounts}
    condition = Q(account__in=[pk for pk in lines if pk]) | (Q(account=None) if None in lines else Q(pk__in=()))
    told = rows.filter(condition).select_related(
        "account__team", "account__manager", "plan__account", "owner", "ended_by"
    )
    for line in lines_of(user, told, today):
        lines[line.signal.account_id].append(line)
    return [Group(of_one[0].signal.account, of_one) for of_one in lines.values() if of_one]


def url_of(row: Signal) -> str:
    if row.account is None:
        return reverse("concentration")
    return reverse(HERE.get(row.kind, "account"), args=[row.account.code])


def of_account(user, account: Account, today: date) -> list[Line]:
    """What is open at one account, as far as this reader may see it."""
    rows = Signal.objects.visible_to(user).open(today).filter(account=account)
    return lines_of(user, rows.select_related("account", "plan__account", "owner").order_by("-weight", "pk"), today)


def people_by_account(signal: Signal) -> list[User]:
    return list(doing.people_for(signal.account, signal.plan)) if signal.account else []
