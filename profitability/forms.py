"""Forms of the profitability pages."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from profitability.core.months import ordinal

LONGEST = 60  # months of one run


class MonthField(forms.CharField):
    """A month, written YYYY-MM, as the whole number yyyymm."""

    widget = forms.TextInput({"type": "month", "placeholder": "YYYY-MM", "pattern": r"\d{4}-\d{2}"})

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", text)
        if found is None:
            raise forms.ValidationError(_("Write a month as 2026-03."))
        return int(found[1] + found[2])


class WindowForm(forms.Form):
    """The months that a run is to cover; left empty, the last twelve that the ledger has."""

    month_from = MonthField(label=_("From month"), required=False)
    month_to = MonthField(label=_("To month"), required=False)

    def clean(self):
        first, last = self.cleaned_data.get("month_from"), self.cleaned_data.get("month_to")
        if first and last and first > last:
            self.add_error("month_to", _("The window ends before it begins."))
        elif first and last and ordinal(last) - ordinal(first) >= LONGEST:
            self.add_error("month_to", _("A run covers five years at most."))
        return self.cleaned_data
