"""The levers of a what-if scenario as a form. They live in the address until the scenario is named."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission, may
from profitability.balances import pool_names
from profitability.core import cost_model as core_model
from profitability.core.levers import PERSON_MINUTES, Channel, Levers
from profitability.core.measures import event_type
from profitability.models import Run, Scenario
from profitability.wording import many_of

EVENT = "event:"
MOST_CODES = 500
SMALL_ORDERS = [
    ("consolidate", gettext_lazy("joined until they reach it")),
    ("refuse", gettext_lazy("refused")),
]
WITH_ORDERS = [("", gettext_lazy("larger orders")), ("1", gettext_lazy("more orders"))]


class PercentField(forms.DecimalField):
    """A change in percent, with two decimals at most, and the ends of its slider."""

    def __init__(self, label, ends: tuple[int, int], least=-100, most=1000, **rest):
        self.ends = ends
        super().__init__(label=label, required=False, min_value=least, max_value=most, decimal_places=2, **rest)
        self.widget.attrs.update({"step": "any", "inputmode": "decimal", "placeholder": "0"})


class LeverForm(forms.Form):
    """What the scenario changes, and how capacity is valued: the latter for those who may see costs."""

    codes = forms.CharField(
        label=gettext_lazy("Only these accounts"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("Codes with blanks between"),
    )
    price = PercentField(gettext_lazy("Price"), (-20, 20))
    discount_cap = PercentField(gettext_lazy("Discount cap"), (0, 50), least=0, most=100)
    minimum_order = forms.DecimalField(
        label=gettext_lazy("Minimum order value"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    small_orders = forms.ChoiceField(label=gettext_lazy("Smaller orders are"), required=False, choices=SMALL_ORDERS)
    orders = PercentField(gettext_lazy("Number of orders, same volume"), (-80, 20))
    volume = PercentField(gettext_lazy("Volume"), (-50, 50))
    volume_in_orders = forms.ChoiceField(label=gettext_lazy("Volume by"), required=False, choices=WITH_ORDERS)
    channel_from = forms.ChoiceField(label=gettext_lazy("Instead of"), required=False)
    channel_to = forms.ChoiceField(label=gettext_lazy("do"), required=False)
    channel_percent = PercentField(gettext_lazy("for this part"), (0, 100), least=0, most=100)
    drop = forms.BooleanField(label=gettext_lazy("Drop the accounts"), required=False)
    person_minutes = forms.DecimalField(
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
        super().__init__(data)
        self.run = run
        self._offer_activities()
        self._offer_events()
        if may(user, Permission.SEE_COSTS):
            self.fields["avoidable"].choices = self._pools()
            self.fields["person_minutes"].widget.attrs["placeholder"] = str(PERSON_MINUTES)
        else:
            del self.fields["avoidable"], self.fields["person_minutes"]
        for name in self.sliders:
            self.fields[name].widget.attrs["data-ends"] = " ".join(map(str, self.fields[name].ends))

    @cached_property
    def model(self) -> core_model.CostModel | None:
        return core_model.parse(self.run.cost_model.document)[0] if self.run.cost_model else None

    @property
    def sliders(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, PercentField)]

    def _pools(self) -> list[tuple[str, str]]:
        used = {pool for activity in self.model.activities for pool in activity.pools} if self.model else set()
        return [(code, name) for code, name in pool_names(self.run).items() if code in used]

    def _offer_activities(self) -> None:
        activities = self.model.activities if self.model else ()
        choices = [("", "–"), *((activity.code, activity.name) for activity in activities)]
        self.fields["channel_from"].choices = self.fields["channel_to"].choices = choices

    def _offer_events(self) -> None:
        """A lever for each kind of event; where several of its figures drive costs, one for each of them too."""
        activities = self.model.activities if self.model else ()
        measures = list(dict.fromkeys(measure for activity in activities for measure in activity.measures))
        kinds: dict[str, list[str]] = {}
        for measure in measures:
            if event_type(measure):
                kinds.setdefault(event_type(measure), []).append(measure)
        for kind, of_kind in kinds.items():
            self._offer_event(kind, many_of(f"{kind}.count"))
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
        if any(given) and not all(given) and "channel_percent" not in self.errors:
            self.add_error("channel_percent", _("Name both activities and the part that moves."))
        elif given[0] and given[0] == given[1]:
            self.add_error("channel_to", _("Choose another activity."))
        return self.cleaned_data

    def listed_codes(self) -> list[str]:
        """Codes of the list, without repetition."""
        self.is_valid()
        return list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data.get("codes", "").strip())))[:MOST_CODES]

    def levers(self) -> Levers:
        """What is asked for; a field that makes no sense changes nothing, and says why."""
        self.is_valid()
        data = self.cleaned_data
        numbers = {name: data.get(name) or Decimal(0) for name in ("price", "orders", "volume")}
        optional = {name: data.get(name) for name in ("discount_cap", "minimum_order")}
        events = {name.removeprefix(EVENT): value for name, value in data.items() if name.startswith(EVENT) and value}
        return Levers(
            **numbers,
            **optional,
            small_orders=data.get("small_orders") or "consolidate",
            volume_in_orders=bool(data.get("volume_in_orders")),
            events=events,
            channel=self._channel(data),
            drop=bool(data.get("drop")),
            person_minutes=data.get("person_minutes") or PERSON_MINUTES,
            avoidable=tuple(data.get("avoidable") or ()),
        )

    def _channel(self, data: dict) -> Channel | None:
        origin, target, percent = (data.get(name) for name in ("channel_from", "channel_to", "channel_percent"))
        return Channel(origin, target, percent) if origin and target and percent else None


def as_query(levers: Levers) -> dict[str, Any]:
    """The levers as the fields of the form, without those that change nothing."""
    changes = {name: getattr(levers, name) for name in ("price", "orders", "volume")}
    found: dict[str, Any] = {name: _plain(percent) for name, percent in changes.items() if percent}
    found |= {name: _plain(getattr(levers, name)) for name in ("discount_cap", "minimum_order")}
    found |= {EVENT + name: _plain(percent) for name, percent in levers.events.items()}
    if levers.minimum_order is not None:
        found["small_orders"] = levers.small_orders
    if levers.channel is not None:
        found |= {"channel_from": levers.channel.origin, "channel_to": levers.channel.target}
        found["channel_percent"] = _plain(levers.channel.percent)
    if levers.person_minutes != PERSON_MINUTES:
        found["person_minutes"] = _plain(levers.person_minutes)
    found |= {"volume_in_orders": "1" if levers.volume_in_orders else "", "drop": "on" if levers.drop else ""}
    return {name: value for name, value in found.items() if value} | (
        {"avoidable": list(levers.avoidable)} if levers.avoidable else {}
    )


def _plain(number: Decimal | None) -> str:
    """A cap or a minimum of 0 is one; a change of 0 is none, and the form takes it as such."""
    return "" if number is None else f"{number.normalize():f}"


class SaveForm(forms.ModelForm):
    """The name under which a scenario is kept, and who else may open it."""

    class Meta:
        model = Scenario
        fields = ("name", "sharing", "note")
        widgets = {"note": forms.Textarea({"rows": 2})}

    def __init__(self, *arguments, owner, **rest):
        super().__init__(*arguments, **rest)
        self.instance.owner = owner

    def _get_validation_exclusions(self):
        """The owner is no field of the form, but the name is unique among the owner's."""
        return super()._get_validation_exclusions() - {"owner"}
