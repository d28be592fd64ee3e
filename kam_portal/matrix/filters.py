"""Which accounts the matrix shows, and the choices of its view that stay in the address beside the filters."""

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.programme import is_member
from kam_portal.filters import ALL, PortfolioFilter
from relationships.models import Firmness

VIEW = ("view", "show", "account", "run", "weights")  # of the picture, not of the accounts


class MatrixFilter(PortfolioFilter):
    """Which accounts, also by how firm their boxes are; `day`: whose programme counts, today's if it is None."""

    day = None

    firmness = forms.ChoiceField(label=_("Firmness"), required=False, choices=[*ALL, *Firmness.choices])
    view = forms.CharField(required=False, widget=forms.HiddenInput)
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    account = forms.CharField(required=False, widget=forms.HiddenInput)
    run = forms.CharField(required=False, widget=forms.HiddenInput)
    weights = forms.CharField(required=False, widget=forms.HiddenInput)

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in VIEW}

    def condition(self, name: str, value) -> Q:
        if name == "programme":
            return is_member(on=self.day) if value == "key" else ~is_member(on=self.day)
        return held(value) if name == "firmness" else super().condition(name, value)


def held(firmness: str) -> Q:
    """Positions of a firmness; of no box nothing is said."""
    firm = Q(position__is_provisional=False)
    conditions = {
        Firmness.SETTLED: firm & Q(position__stability__gte=settings.SETTLED_FROM),
        Firmness.FRAGILE: firm & Q(position__stability__lt=settings.SETTLED_FROM),
        Firmness.UNKNOWN: Q(position__is_provisional=True) | Q(position__stability__isnull=True),
    }
    return Q(position__box__gt="") & conditions[Firmness(firmness)]
