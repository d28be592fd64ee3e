"""Forms of the relationship page, and the one that customers fill in."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from accounts.number_field import NumberField
from accounts.permissions import Role
from relationships import asking
from relationships.asking import Guest
from relationships.core import survey
from relationships.core.stage import ITEMS
from relationships.models import Contact, Counterpart, ExitBarrier, Forecast, Invitation

MOST_TEXT = 5_000
NOT_SAID = _("not said")


MOST_COST = 10**12


class TextField(forms.CharField):
    """A text with line breaks, which browsers send as two characters and count as one."""

    def to_python(self, value):
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def leave_open(field: forms.ChoiceField) -> None:
    """What is chosen where nothing is, is said in words."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = NOT_SAID
    else:
        field.choices = [(value, name if value != "" else NOT_SAID) for value, name in field.choices]


class FindingForm(forms.Form):
    """Whether one piece of evidence holds, with a note and a link to it."""

    item = forms.ChoiceField(choices=[(code, item.text) for code, item in ITEMS.items()])
    holds = forms.TypedChoiceField(choices=[("yes", _("It holds")), ("no", _("It does not hold"))])
    note = TextField(required=False, max_length=MOST_TEXT)
    link = forms.URLField(required=False, max_length=500, assume_scheme="https")


class ReasonForm(forms.Form):
    """Why we see the relationship falling apart."""

    reason = TextField(label=_("Reason"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))


class BarrierForm(forms.ModelForm):
    """What it would cost one side to leave."""

    class Meta:
        model = ExitBarrier
        fields = ["side", "text", "cost"]

    def clean_cost(self):
        cost = self.cleaned_data["cost"]
        if cost is not None and cost > MOST_COST:
            raise ValidationError(_("At most 1,000,000,000,000."))
        return cost


HORIZON, LATEST = 3, 10  # years from today: what is usual, and the furthest


def in_years(day: date, years: int) -> date:
    """The same day so many years later; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class ForecastForm(forms.ModelForm):
    """Where the account is expected to stand; how attractive it will be only for those who see profit."""

    attractiveness = NumberField(label=_("Attractiveness"), required=False, min_value=0, max_value=10, decimal_places=2)
    relationship_strength = NumberField(
        label=_("Relationship strength"), required=False, min_value=0, max_value=10, decimal_places=2
    )
    net_revenue = NumberField(
        label=_("Net revenue a year"), required=False, min_value=0, max_value=MOST_COST, decimal_places=2
    )
    horizon_on = forms.DateField(label=_("By"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    reason = TextField(label=_("Reason"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))

    class Meta:
        model = Forecast
        fields = ["attractiveness", "relationship_strength", "net_revenue", "horizon_on", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["horizon_on"].initial = in_years(timezone.localdate(), HORIZON)

    def clean_horizon_on(self):
        day, today = self.cleaned_data["horizon_on"], timezone.localdate()
        if not today < day <= in_years(today, LATEST):
            raise ValidationError(_("A day from tomorrow on, at most %(years)s years ahead."), params={"years": LATEST})
        return day

    def clean(self):
        figures = [self.cleaned_data.get(name) for name in ("attractiveness", "relationship_strength", "net_revenue")]
        if not self.errors and all(figure is None for figure in figures):
            raise ValidationError(_("State at least one figure."))
        return super().clean()


PAIRED = {"ours": Counterpart.Kind.SALES, "service": Counterpart.Kind.SERVICE}  # fields, by kind of counterpart


class ContactForm(forms.ModelForm):
    """One person of the customer, with those of us who answer to it."""

    support = forms.IntegerField(
        label=_("Support"),
        required=False,
        min_value=-2,
        max_value=2,
        help_text=_("−2 is against us, 2 speaks for us."),
    )
    influence = forms.IntegerField(
        label=_("Influence"), required=False, min_value=0, max_value=10, help_text=_("From 0 to 10.")
    )
    ours = forms.ModelMultipleChoiceField(
        label=_("Who of us answers to them"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    service = forms.ModelMultipleChoiceField(
        label=_("Who of us serves them"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Contact
        fields = [
            "name",
            "email",
            "title",
            "function",
            "level",
            "buying_role",
            "support",
            "influence",
            "reports_to",
            "left_on",
        ]
        help_texts = {"left_on": _("Who has left stays in the list.")}
        widgets = {
            "name": forms.TextInput(attrs={"autofocus": True}),
            "left_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, account: Account, data=None, instance: Contact | None = None):
        prefix = f"contact-{instance.pk}" if instance else "contact-new"
        super().__init__(data, instance=instance or Contact(account=account), auto_id=f"{prefix}-%s")
        others = Contact.objects.filter(account=account).exclude(pk=self.instance.pk).order_by("name", "pk")
        self.fields["reports_to"].queryset = others
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField):
                leave_open(field)
        self.fields["ours"].queryset = self.fields["service"].queryset = colleagues(account, self.instance)
        pairs = list(self.instance.counterparts.all()) if self.instance.pk else []
        for name, kind in PAIRED.items():
            self.initial[name] = [pair.user_id for pair in pairs if pair.kind == kind]

    def said(self) -> dict[str, Any]:
        """What is to be kept, by field; of a boss the number."""
        return {field: plain(self.cleaned_data[field]) for field in self.Meta.fields}

    def seen(self, field: str, text: str) -> Any:
        """What a field held when it was opened; None for what is no value of it any more."""
        try:
            return plain(self.fields[field].clean(text))
        except ValidationError:
            return None

    def pairs(self) -> dict[str, list[User]]:
        """Those of us who answer to the contact, by kind."""
        return {kind: list(self.cleaned_data[name]) for name, kind in PAIRED.items()}

    def clean_left_on(self):
        day = self.cleaned_data["left_on"]
        if day is not None and day > timezone.localdate():
            raise ValidationError(_("That day is still to come: note it when they have left."))
        return day

    def clean(self):
        cleaned = super().clean()
        boss, steps = cleaned.get("reports_to"), 0
        while boss is not None and steps < 100:
            if boss.pk == self.instance.pk:
                raise ValidationError({"reports_to": _("That would make a circle: nobody reports to himself.")})
            boss, steps = boss.reports_to, steps + 1
        return cleaned

    def _post_clean(self):
        """The account is no field, but constraints name it."""
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error)


def plain(value: Any) -> Any:
    return value.pk if isinstance(value, Contact) else value


def colleagues(account: Account, contact: Contact):
    """Those who may answer to a contact: the account's team and manager, management, and who does so already."""
    wanted = Q(pk__in=[account.manager_id, account.sponsor_id]) | Q(role=Role.EXECUTIVE)
    wanted |= Q(teams=account.team_id) if account.team_id else Q()
    wanted |= Q(counterpart_of__contact=contact.pk) if contact.pk else Q()
    return User.objects.filter(wanted, is_active=True).distinct().order_by("name", "pk")


class InvitationForm(forms.Form):
    """Whom we ask."""

    contact = forms.ModelChoiceField(
        label=_("One of the contacts"), queryset=Contact.objects.none(), required=False, empty_label=_("somebody else")
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    kind = forms.ChoiceField(
        label=_("Survey"), required=False, choices=[(code, _(kind.name)) for code, kind in survey.KINDS.items()]
    )

    def __init__(self, account: Account, data=None):
        super().__init__(data, auto_id="invite-%s")
        self.fields["contact"].queryset = Contact.objects.present().filter(account=account).order_by("name", "pk")

    def clean(self):
        """What is typed goes before what is noted of the contact."""
        cleaned = super().clean()
        chosen = cleaned.get("contact")
        for name in ("name", "email") if chosen else ():
            if name not in self.errors:
                cleaned[name] = cleaned.get(name) or getattr(chosen, name)
        if not cleaned.get("name") and not self.errors:
            self.add_error("name", _("Choose a contact or type a name."))
        return cleaned

    def clean_kind(self):
        kind = self.cleaned_data["kind"] or "relationship"
        if not asking.questions(timezone.localdate(), kind)[1:]:
            raise ValidationError(_("The criteria in force have no success factor that people judge."))
        return kind

    def guest(self) -> Guest:
        said = self.cleaned_data
        return Guest(said["name"], said["email"], said["contact"])


SCALES = {"score": range(11), "recommend": range(11), "trust": range(1, 8)}
ENDS = {
    "score": (_("0 = poor"), _("10 = could not be better")),
    "recommend": (_("0 = never"), _("10 = certainly")),
    "trust": (_("1 = not at all"), _("7 = completely")),
}


class SurveyForm(forms.Form):
    """The questions of one invitation, as they were when it was sent. Only how they stand is required."""

    def __init__(self, invitation: Invitation, data=None):
        super().__init__(data)
        for place, question in enumerate(invitation.questions):
            self.fields[question["code"]] = field = field_of(question, required=place == 0)
            field.kind = question["kind"]
            field.ends = ENDS.get(question["kind"])

    def clean(self):
        """Who buys from us is asked all about how; else nothing would follow."""
        cleaned = super().clean()
        if cleaned.get("standing") == "buying":
            for name, field in self.fields.items():
                if field.kind == "one" and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Please choose an answer."))
        return cleaned

    def answers(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def field_of(question: dict, required: bool) -> forms.Field:
    kind, text = question["kind"], question["text"]
    if kind == "comment":
        return TextField(label=text, required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4}))
    choices = question.get("answers") or [(str(number), str(number)) for number in SCALES[kind]]
    errors = {"required": _("Please choose an answer.")}
    return forms.ChoiceField(
        label=text, required=required, choices=choices, widget=forms.RadioSelect, error_messages=errors
    )
