"""Forms of touchpoints and complaints."""

import re
from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from relationships import touching
from relationships.forms import MOST_TEXT, TextField
from relationships.models import Complaint, Contact, Touchpoint

NAMED = re.compile(r"\((?P<code>[^()]+)\)\s*$")
EARLIEST = date(1990, 1, 1)
AHEAD = timedelta(days=366)
LONGEST = 7 * 24 * 60  # minutes


def day_field(label, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


class AccountField(forms.CharField):
    """One of the accounts somebody sees: by its code, “Name (code)”, or a name that only one has."""

    def __init__(self, user, **kwargs):
        super().__init__(max_length=300, **kwargs)
        self.seen = Account.objects.visible_to(user).select_related("team", "manager")

    def clean(self, value):
        text = super().clean(value)
        named = NAMED.search(text)
        codes = [text] + ([named["code"]] if named else [])
        found = self.seen.filter(code__in=codes).first() or self.only(text)
        if found is None:
            raise ValidationError(_("Choose one of the accounts you see: type a part of its name."))
        return found

    def only(self, text: str) -> Account | None:
        for wanted in ({"name__iexact": text}, {"name__icontains": text}):
            found = list(self.seen.filter(**wanted)[:2])
            if len(found) == 1:
                return found[0]
        return None


def named(account: Account) -> str:
    """As it stands in the field."""
    return f"{account.name} ({account.code})"


def account_in(user, text: str) -> Account | None:
    """The account that a text names, if it names one."""
    try:
        return AccountField(user).clean(text)
    except ValidationError:
        return None


class ContactsField(forms.ModelMultipleChoiceField):
    """People of the customer, each with the title."""

    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name}, {obj.title}" if obj.title else obj.name


class TouchpointForm(forms.ModelForm):
    """One contact with a customer. Its account comes first: whom one met depends on it."""

    held_on = day_field(_("Date"))
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=LONGEST)
    note = TextField(label=_("Note"), required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    contacts = ContactsField(
        label=_("Who of them"), queryset=Contact.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Who of us"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Touchpoint
        fields = ["kind", "held_on", "minutes", "subject", "note"]

    def __init__(self, user, account: Account | None, data=None, instance=None):
        super().__init__(data, instance=instance, auto_id="touch-%s")
        self.fields["kind"].label = _("Kind")
        self.fields["subject"].label = _("Subject")
        if instance is None:
            self.fields = {"account": AccountField(user, label=_("Account"))} | self.fields
            self.initial |= {"held_on": timezone.localdate(), "people": [user.pk]}
            self.initial["account"] = named(account) if account else ""
        else:
            self.initial |= {"contacts": instance.contacts.all(), "people": instance.people.all()}
        if account:
            self.fields["contacts"].queryset = touching.contacts_of(account, instance)
            self.fields["people"].queryset = touching.people_of(account, user, instance)
        else:
            self.fields["people"].queryset = User.objects.filter(pk=user.pk)

    def clean_held_on(self):
        return in_sight(self.cleaned_data["held_on"], timezone.localdate() + AHEAD)

    def meeting(self, actions) -> touching.Meeting:
        said = self.cleaned_data
        fields = {name: said[name] for name in touching.FIELDS}
        account = said.get("account") or self.instance.account
        return touching.Meeting(account, fields, said["contacts"], said["people"], actions)


def in_sight(day: date, latest: date) -> date:
    if not EARLIEST <= day <= latest:
        raise ValidationError(_("Between 1990 and %(latest)s."), params={"latest": f"{latest:%d.%m.%Y}"})
    return day


class ComplaintForm(forms.ModelForm):
    """What a customer complained of, and what came of it."""

    received_on = day_field(_("Received on"))
    closed_on = day_field(_("Closed on"), required=False)
    text = forms.CharField(
        label=_("Complaint"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500})
    )

    class Meta:
        model = Complaint
        fields = ["received_on", "contact", "subject", "severity", "text", "owner", "cause", "remedy", "closed_on"]

    def __init__(self, user, account: Account | None, data=None, instance=None):
        super().__init__(data, instance=instance, auto_id="complaint-%s")
        if instance is None:
            self.fields = {"account": AccountField(user, label=_("Account"))} | self.fields
            self.initial |= {"received_on": timezone.localdate(), "owner": user.pk}
            self.initial["account"] = named(account) if account else ""
        for name in ("contact", "subject", "severity", "owner", "cause", "remedy"):
            self.fields[name].label = str(self.fields[name].label).capitalize()
        self.fields["contact"].queryset = contacts_for(account, instance)
        self.fields["owner"].queryset = owners_for(account, user, instance)

    def clean_received_on(self):
        return in_sight(self.cleaned_data["received_on"], timezone.localdate())

    def clean(self):
        """What is closed says when: not before it came, not ahead of today; and what was done about it."""
        said = super().clean()
        closed, received = said.get("closed_on"), said.get("received_on")
        if closed and received and not received <= closed <= timezone.localdate():
            self.add_error("closed_on", _("Between the day it was received and today."))
        if closed and not said.get("remedy"):
            self.add_error("remedy", _("Say what was done, then close it."))
        return said


def contacts_for(account: Account | None, complaint: Complaint | None):
    if account is None:
        return Contact.objects.none()
    kept = complaint.contact_id if complaint else None
    return (Contact.objects.present() | Contact.objects.filter(pk=kept)).filter(account=account).order_by("name", "pk")


def owners_for(account: Account | None, user, complaint: Complaint | None):
    if account is None:
        return User.objects.filter(pk=user.pk)
    kept = User.objects.filter(pk=complaint.owner_id if complaint else None)
    return (touching.people_of(account, user) | kept.distinct()).order_by("name", "pk")
