"""Forms of contracts, of what is promised in them, and of advocacy."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.number_field import NumberField
from profitability.models import Product
from relationships.models import Advocacy, Commitment, Contact, Contract, ServiceLevel

MOST = Decimal(10) ** 12
SHARES = {Commitment.Measure.DISCOUNT, *(set(ServiceLevel.Measure) - {ServiceLevel.Measure.OWN})}


def day(label, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


def number(label) -> NumberField:
    return NumberField(label=label, required=False, min_value=0, max_value=MOST, decimal_places=4)


def address(label, **more) -> forms.URLField:
    """Also without “https://”, which browsers ask for in a field of their own kind."""
    widget = forms.TextInput(attrs={"inputmode": "url"})
    return forms.URLField(label=label, required=False, max_length=500, assume_scheme="https", widget=widget, **more)


class ContractForm(forms.ModelForm):
    """One agreement; `seen` is the revision that the person had before the eyes."""

    from_on = day(_("From"), required=True)
    until_on = day(_("Until"))
    ended_on = day(_("Ended before its time on"))
    renewal_months = forms.IntegerField(label=_("Renews for months"), required=False, min_value=1, max_value=120)
    notice_days = forms.IntegerField(label=_("Days of notice"), min_value=0, max_value=1_000, initial=0)
    link = address(_("Where it lies"), help_text=_("A link to the document; the file itself stays where it is."))
    note = forms.CharField(label=_("Note"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 2}))

    class Meta:
        model = Contract
        fields = [
            "name", "kind", "reference", "from_on", "until_on", "renewal", "renewal_months", "notice_days", "ended_on",
            "link", "note",
        ]  # fmt: skip

    def clean(self):
        said = super().clean()
        renews = said.get("renewal") == Contract.Renewal.RENEWS
        if renews and not (said.get("until_on") and said.get("renewal_months")):
            self.add_error("renewal_months", _("Say until when it runs, and for how many months it renews."))
        ended, begins = said.get("ended_on"), said.get("from_on")
        if ended and begins and ended < begins:
            self.add_error("ended_on", _("It cannot end before it begins."))
        return said


def per_cent(share: Decimal) -> Decimal:
    """Without zeros at the end, and 90 as 90."""
    return Decimal(f"{(share * 100).normalize():f}")


class LimitsForm(forms.ModelForm):
    """What has a least, a most, or both; shares are written in per cent. `seen` is the revision that the person had
    before the eyes, `theirs` what somebody else saved meanwhile."""

    seen: int | None = None
    theirs: tuple = ()
    least = number(_("At least"))
    most = number(_("At most"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.measure in SHARES:
            for name in ("least", "most"):
                value = getattr(self.instance, name)
                self.initial[name] = None if value is None else per_cent(value)

    def clean(self):
        said = super().clean()
        least, most = said.get("least"), said.get("most")
        if least is None and most is None and not self.errors:
            raise ValidationError(_("Say the least, the most, or both."))
        if least is not None and most is not None and least > most:
            self.add_error("most", _("The most is below the least."))
        if said.get("measure") in SHARES:
            self._as_shares(said)
        return said

    def _as_shares(self, said: dict) -> None:
        for name in ("least", "most"):
            value = said.get(name)
            if value is not None and value > 100:
                self.add_error(name, _("At most 100 %."))
            elif value is not None and value != value.quantize(Decimal("0.01")):
                self.add_error(name, _("A share has at most two decimals."))
            elif value is not None:
                said[name] = value / 100


class CommitmentForm(LimitsForm):
    """What one side promised, for each period of the contract."""

    class Meta:
        model = Commitment
        fields = ["side", "measure", "category", "period", "least", "most", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = Product.objects.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
        choices = [("", _("All products")), *((each, each) for each in known)]
        kept = self.instance.category
        if kept and kept not in dict(choices):
            choices.append((kept, kept))
        self.fields["category"] = forms.ChoiceField(label=_("Product category"), choices=choices, required=False)


class ServiceLevelForm(LimitsForm):
    """A level of service that we promised."""

    class Meta:
        model = ServiceLevel
        fields = ["measure", "name", "unit", "least", "most"]

    def clean(self):
        said = super().clean()
        if said.get("measure") == ServiceLevel.Measure.OWN and not said.get("name"):
            self.add_error("name", _("Say what is measured."))
        return said


class ReadingForm(forms.Form):
    """The value of a level that no ledger holds, for one month, and the value whose place it may take."""

    instead = forms.DecimalField(required=False, decimal_places=4, widget=forms.HiddenInput)
    month = forms.RegexField(
        r"^(19|20)\d\d-(0[1-9]|1[0-2])$", label=_("Month"), widget=forms.TextInput(attrs={"type": "month"}),
        error_messages={"invalid": _("A month is written as 2026-03.")},
    )  # fmt: skip
    value = NumberField(label=_("Value"), min_value=0, max_value=MOST, decimal_places=4)


class AdvocacyForm(forms.ModelForm):
    """What the customer did for us with others."""

    happened_on = day(_("On"), required=True)
    expected_revenue = number(_("Expected net revenue a year"))
    link = address(_("Link"))
    brought = forms.CharField(
        label=_("Code of the account it brought"), required=False, max_length=64,
        help_text=_("Once they buy: its figures then tell what the deed brought."),
    )  # fmt: skip

    class Meta:
        model = Advocacy
        fields = [
            "kind", "happened_on", "text", "contact", "prospect", "result", "expected_revenue", "link",
            "brought_account",
        ]  # fmt: skip

    field_order = [
        "kind",
        "happened_on",
        "text",
        "contact",
        "prospect",
        "result",
        "expected_revenue",
        "brought",
        "link",
    ]

    def __init__(self, user, account: Account, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["brought_account"]  # named by its code: there may be many thousands
        self.seen, self.account = Account.objects.visible_to(user), account
        self.fields["contact"].queryset = Contact.objects.filter(account=account).order_by("name")
        if (kept := self.instance.brought_account) is not None and self.seen.filter(pk=kept.pk).exists():
            self.initial["brought"] = kept.code

    def clean_brought(self):
        code = self.cleaned_data["brought"].strip()
        hidden = self.instance.brought_account
        if not code:  # one that this person does not see stays
            self.found = None if hidden is None or self.seen.filter(pk=hidden.pk).exists() else hidden
            return code
        self.found = self.seen.filter(code=code).exclude(pk=self.account.pk).first()
        if self.found is None:
            raise ValidationError(_("You see no other account with this code."))
        return code

    def clean(self):
        said = super().clean()
        said["brought_account"] = self.instance.brought_account = getattr(self, "found", None)
        return said
