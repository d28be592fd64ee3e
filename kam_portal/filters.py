"""Filters of the portfolio pages. They live in the address, so that a view can be kept and shared."""

from dataclasses import dataclass

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Team, User
from accounts.permissions import Permission, may
from accounts.programme import is_member
from relationships.models import Box, Stage

ALL = [("", _("All"))]
NO_BOX = NO_STAGE = "none"
CLASSES = [(letter, letter) for letter in "ABCN"]
PROGRAMME = [("key", _("Key accounts")), ("others", _("Others"))]


class ListFilter(forms.Form):
    """Filters of a list; each kind says which rows a `condition` leaves."""

    further: tuple[str, ...] = ()  # asked for less often: folded away

    def condition(self, name: str, value) -> Q:
        raise NotImplementedError

    def chosen(self) -> dict:
        """The filters in use, one that is unknown as it is asked for."""
        self.is_valid()
        return {name: value for name, value in (self.cleaned_data | self.asked_wrongly()).items() if value}

    def asked_wrongly(self) -> dict[str, str]:
        return {name: str(self.data.get(self.add_prefix(name), "")) for name in self.errors}

    def unknown(self) -> dict[str, str]:
        """What is asked for and is nothing that the reader sees; hidden and missing values read alike."""
        said = gettext("%(value)s is not among those you see")
        return {name: said % {"value": value} for name, value in self.asked_wrongly().items()}

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The rows that the filters in use leave: none where one is unknown, since all would be a wrong answer."""
        if self.unknown():
            return rows.none()
        for name, value in self.chosen().items():
            rows = rows.filter(self.condition(name, value))
        return rows

    def chips(self, query) -> list["Chip"]:
        """One chip for each filter in use, with the address without it; an unknown value says so."""
        known = {name: self.text(name, value) for name, value in self.chosen().items()}
        said = (known | self.unknown()).items()
        return [Chip(self.fields[name].label, text, without(query, name)) for name, text in said]

    def text(self, name, value) -> str:
        choices = {str(key): label for key, label in getattr(self.fields[name], "choices", [])}
        return str(choices.get(str(value), _("yes") if value is True else value))


class PortfolioFilter(ListFilter):
    """Which accounts to show. Choices are those of the accounts that the reader sees."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    team = forms.ChoiceField(label=_("Team"), required=False)
    manager = forms.ChoiceField(label=_("Manager"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    box = forms.ChoiceField(label=_("Box"), required=False, choices=[*ALL, *Box.choices, (NO_BOX, _("No box"))])
    stage = forms.ChoiceField(
        label=_("Stage"), required=False, choices=[*ALL, *Stage.choices, (NO_STAGE, _("Not known"))]
    )
    revenue_class = forms.ChoiceField(label=_("Class"), required=False, choices=[*ALL, *CLASSES])
    programme = forms.ChoiceField(label=_("Programme"), required=False, choices=[*ALL, *PROGRAMME])
    losing = forms.BooleanField(label=_("Only with a loss"), required=False)
    further = ("country", "stage", "revenue_class", "firmness")  # asked for less often: folded away

    def __init__(self, data, user):
        super().__init__(data)
        accounts = Account.objects.visible_to(user)
        teams = Team.objects.filter(having(accounts, "team", user)).order_by("name")
        managers = User.objects.filter(having(accounts, "manager", user)).order_by("name")
        self.fields["team"].choices = ALL + list(teams.values_list("code", "name"))
        self.fields["manager"].choices = ALL + list(managers.values_list("pk", "name"))
        for name in ("segment", "country"):
            values = accounts.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
            self.fields[name].choices = ALL + [(value, value) for value in values]
        if not may(user, Permission.SEE_PROFITABILITY):
            del self.fields["losing"]

    def condition(self, name: str, value) -> Q:
        return CONDITIONS[name](value)


def having(accounts: QuerySet[Account], name: str, user):
    """Teams, or people, that some of these accounts name. Of all accounts it takes one look at the index for each;
    of the few that others see it is quicker to go through them."""
    if may(user, Permission.SEE_ALL_ACCOUNTS):
        return Exists(accounts.filter(**{name: OuterRef("pk")}))
    return Q(pk__in=accounts.values(name))


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    url: str

    def __str__(self) -> str:
        return f"{self.label} {self.value}"


def without(query, *names: str) -> str:
    """The address of this page without some parameters; always back on the first page."""
    left = query.copy()
    for name in (*names, "page"):
        left.pop(name, None)
    return f"?{left.urlencode()}"


CONDITIONS = {
    "q": lambda text: Q(account__name__icontains=text) | Q(code__icontains=text),
    "team": lambda code: Q(account__team__code=code),
    "manager": lambda person: Q(account__manager=person),
    "segment": lambda segment: Q(account__segment=segment),
    "country": lambda country: Q(account__country=country),
    "box": lambda box: Q(position__box="" if box == NO_BOX else box),
    "stage": lambda stage: Q(position__stage="" if stage == NO_STAGE else stage),
    "revenue_class": lambda letter: Q(revenue_class=letter),
    "programme": lambda which: is_member() if which == "key" else ~is_member(),
    "losing": lambda _yes: Q(contribution__lt=0),
}
