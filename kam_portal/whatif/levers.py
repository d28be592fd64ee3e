"""The levers of a what-if as forms: those for all its accounts, and those of accounts that differ."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.number_field import NumberField
from accounts.permissions import Permission, may
from kam_portal.whatif.names import event_names, measures_of
from profitability.balances import pool_names
from profitability.capacity import per_person
from profitability.core import cost_model as core_model
from profitability.core.levers import Channel, Levers
from profitability.core.measures import event_type
from profitability.models import Run
from profitability.wording import many_of

EVENT = "event:"
MOST_CODES = 500
MOST_TOLD = 10  # codes that are named where they lead to nothing
AS_ALL = ("", gettext_lazy("as for all"))
SMALL_ORDERS = [
    ("consolidate", gettext_lazy("joined until they reach it")),
    ("refuse", gettext_lazy("refused")),
]
SPANS = [
    ("month", gettext_lazy("a month")),
    ("quarter", gettext_lazy("a quarter")),
    ("window", gettext_lazy("the whole window")),
]
WITH_ORDERS = [("", gettext_lazy("larger orders")), ("1", gettext_lazy("more orders"))]


class PercentField(NumberField):
    """A change in percent, with two decimals at most, and the ends of its slider."""

    def __init__(self, label, ends: tuple[int, int], least=-100, most=1000, **rest):
        self.ends = ends
        super().__init__(label=label, required=False, min_value=least, max_value=most, decimal_places=2, **rest)
        self.widget.attrs["placeholder"] = "0"


class CapField(PercentField):
    """A limit in percent: empty is none, and 0 is one. Its slider says none at its upper end."""

    def __init__(self, label, ends: tuple[int, int], **rest):
        super().__init__(label, ends, least=0, most=100, **rest)
        self.widget.attrs.update({"placeholder": gettext_lazy("none"), "data-none": ""})


class LeverFields(forms.Form):
    """The levers that an account can have."""

    codes = forms.CharField(
        label=gettext_lazy("Only these accounts"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("Codes with blanks between"),
    )
    price = PercentField(gettext_lazy("Price"), (-20, 20))
    discount_cap = CapField(gettext_lazy("Discount cap"), (0, 50))
    minimum_order = NumberField(
        label=gettext_lazy("Minimum order value"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=gettext_lazy("Net of discounts"),
    )
    small_orders = forms.ChoiceField(label=gettext_lazy("Smaller orders are"), required=False, choices=SMALL_ORDERS)
    joined_within = forms.ChoiceField(label=gettext_lazy("Joined within"), required=False, choices=SPANS)
    orders = PercentField(gettext_lazy("Number of orders, same volume"), (-80, 20), least=Decimal("-99.99"))
    volume = PercentField(gettext_lazy("Volume"), (-50, 50))
    volume_in_orders = forms.ChoiceField(label=gettext_lazy("Volume by"), required=False, choices=WITH_ORDERS)
    channel_from = forms.ChoiceField(label=gettext_lazy("Instead of"), required=False)
    channel_to = forms.ChoiceField(label=gettext_lazy("do"), required=False)
    channel_percent = PercentField(gettext_lazy("for this part"), (0, 100), least=0, most=100)

    def __init__(self, data, run: Run, **rest):
        super().__init__(data, **rest)
        self.run = run
        self.spelling: dict[str, str] = {}  # codes as their accounts write them, by what was typed
        self.unknown: list[str] = []  # codes of no account that the reader sees
        self._offer_activities()
        self._offer_events()

    @cached_property
    def model(self) -> core_model.CostModel | None:
        return core_model.parse(self.run.cost_model.document)[0] if self.run.cost_model else None

    def _offer_activities(self) -> None:
        activities = self.model.activities if self.model else ()
        choices = [("", "–"), *((activity.code, activity.name) for activity in activities)]
        self.fields["channel_from"].choices = self.fields["channel_to"].choices = choices

    def _offer_events(self) -> None:
        """A lever for each kind of event; where several of its figures drive costs, one for each of them too."""
        activities = self.model.activities if self.model else ()
        names = event_names(activities)
        kinds: dict[str, list[str]] = {}
        for measure in measures_of(activities):
            if event_type(measure):
                kinds.setdefault(event_type(measure), []).append(measure)
        for kind, of_kind in kinds.items():
            self._offer_event(kind, names[kind])
            for measure in of_kind if len(of_kind) > 1 else []:
                self._offer_event(measure, _("Only %(measure)s") % {"measure": self._name_of(measure)})

    @staticmethod
    def _name_of(measure: str) -> str:
        field = measure.rpartition(".")[2]
        return _("the number of %(events)s") % {"events": many_of(measure)} if field == "count" else many_of(measure)

    def _offer_event(self, name: str, label: str) -> None:
        self.fields[EVENT + name] = PercentField(label[:1].upper() + label[1:], (-80, 20))

    @property
    def events(self) -> list[forms.BoundField]:
        """The levers of whole kinds of events."""
        return [self[name] for name in self.fields if name.startswith(EVENT) and "." not in name]

    @property
    def single_measures(self) -> list[forms.BoundField]:
        """Those of one figure of a kind: shorter visits, fewer kilometres."""
        return [self[name] for name in self.fields if name.startswith(EVENT) and "." in name]

    @property
    def single_measures_used(self) -> bool:
        return any(field.value() for field in self.single_measures)

    def clean(self):
        given = [self.cleaned_data.get(name) for name in ("channel_from", "channel_to", "channel_percent")]
        said = [each not in (None, "") for each in given]
        if any(said) and not all(said) and "channel_percent" not in self.errors:
            self.add_error("channel_percent", _("Name both activities and the part that moves."))
        elif given[0] and given[0] == given[1]:
            self.add_error("channel_to", _("Choose another activity."))
        elif given[1] and not self._has_rate(given[1]):
            self.add_error("channel_to", _("The run does not say what this activity costs."))
        return self.cleaned_data

    def _has_rate(self, activity: str) -> bool:
        from profitability.scenarios.rates import NoRate, window_rate

        try:
            window_rate(self.run, activity)
        except NoRate:
            return False
        return True

    def listed_codes(self) -> list[str]:
        """Codes of the list, without repetition."""
        self.is_valid()
        found = re.split(r"[\s,;]+", self.cleaned_data.get("codes", "").strip())
        return list(dict.fromkeys(self.spelling.get(code, code) for code in found if code))[:MOST_CODES]

    @property
    def unknown_text(self) -> str:
        """Which codes lead to nothing."""
        if not self.unknown:
            return ""
        text = ngettext("%(codes)s is no account you see.", "%(codes)s are no accounts you see.", len(self.unknown))
        more = len(self.unknown) - MOST_TOLD
        listed = [*self.unknown[:MOST_TOLD], *([_("%(count)s more") % {"count": more}] if more > 0 else [])]
        return text % {"codes": get_text_list(listed, _("and"))}

    def changes(self) -> dict[str, Any]:
        """The levers that are filled in; a field that makes no sense changes nothing, and says why."""
        self.is_valid()
        data = self.cleaned_data
        names = ("price", "orders", "volume", "discount_cap", "minimum_order")
        found: dict[str, Any] = {name: data[name] for name in names if data.get(name) is not None}
        events = {name.removeprefix(EVENT): value for name, value in data.items() if name.startswith(EVENT)}
        events = {name: value for name, value in events.items() if value is not None}
        found |= {name: data[name] for name in ("small_orders", "joined_within") if data.get(name)}
        if data.get("volume_in_orders"):
            found["volume_in_orders"] = data["volume_in_orders"] == "1"
        channel = [data.get(name) for name in ("channel_from", "channel_to", "channel_percent")]
        if channel[0] and channel[1] and channel[2] is not None:
            found["channel"] = Channel(*channel)
        return found | ({"events": events} if events else {})


class LeverForm(LeverFields):
    """What the scenario changes for all its accounts, and how capacity is valued: the latter for those who may see
    costs."""

    drop = forms.BooleanField(label=gettext_lazy("Drop the accounts"), required=False)
    person_minutes = NumberField(
        label=gettext_lazy("Practical minutes of a person in a month"),
        required=False,
        min_value=1,
        max_value=100_000,
        decimal_places=0,
    )
    avoidable = forms.MultipleChoiceField(
        label=gettext_lazy("Pools whose saved usage is cash"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data, run: Run, user):
        super().__init__(data, run)
        if may(user, Permission.SEE_COSTS):
            self.fields["avoidable"].choices = self._pools()
            self.fields["person_minutes"].widget.attrs["placeholder"] = str(per_person())
        else:
            del self.fields["avoidable"], self.fields["person_minutes"]
        for name in self.sliders:
            self.fields[name].widget.attrs["data-ends"] = " ".join(map(str, self.fields[name].ends))

    @property
    def sliders(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, PercentField)]

    def _pools(self) -> list[tuple[str, str]]:
        used = {pool for activity in self.model.activities for pool in activity.pools} if self.model else set()
        return [(code, name) for code, name in pool_names(self.run).items() if code in used]

    def levers(self) -> Levers:
        """The levers of all accounts; a change of nothing is none."""
        changes = self.changes()
        if not (changes.get("channel") and changes["channel"].percent):
            changes.pop("channel", None)
        changes["events"] = {name: percent for name, percent in changes.get("events", {}).items() if percent}
        return Levers(**changes, drop=bool(self.cleaned_data.get("drop")))

    def valuation(self) -> dict[str, Any]:
        """How capacity is valued, where that is said."""
        self.is_valid()
        data = self.cleaned_data
        return {"person_minutes": data.get("person_minutes"), "avoidable": tuple(data.get("avoidable") or ())}


class OwnForm(LeverFields):
    """Accounts that differ from the others of the scenario. A lever left empty is that of all accounts."""

    drop = forms.ChoiceField(
        label=gettext_lazy("These accounts are"),
        required=False,
        choices=[AS_ALL, ("on", gettext_lazy("dropped")), ("off", gettext_lazy("not dropped"))],
    )

    def __init__(self, data, run: Run, number: int):
        super().__init__(data, run, prefix=f"own{number}")
        self.number = number
        self.fields["codes"].label = _("These accounts differ")
        self.fields["small_orders"].choices = [AS_ALL, *SMALL_ORDERS]
        self.fields["joined_within"].choices = [AS_ALL, *SPANS]
        self.fields["volume_in_orders"].choices = [AS_ALL, ("0", WITH_ORDERS[0][1]), ("1", WITH_ORDERS[1][1])]
        for name, field in self.fields.items():
            if isinstance(field, forms.DecimalField):
                field.widget.attrs["placeholder"] = _("as for all")
            elif name.startswith("channel_"):
                field.choices = [AS_ALL, *field.choices[1:]]

    def clean(self):
        super().clean()
        if self.changes_given() and not (self.cleaned_data.get("codes") or "").strip():
            self.add_error("codes", _("Name the accounts, or remove this exception."))
        return self.cleaned_data

    def changes_given(self) -> bool:
        return any(value not in (None, "") for name, value in self.cleaned_data.items() if name != "codes")

    def changes(self) -> dict[str, Any]:
        found = super().changes()
        drop = self.cleaned_data.get("drop")
        return found | ({"drop": drop == "on"} if drop else {})

    @property
    def more_used(self) -> bool:
        """Whether a lever below “More levers” is filled in."""
        return any(field.value() for field in (*self.events, *self.single_measures, self["channel_from"]))
