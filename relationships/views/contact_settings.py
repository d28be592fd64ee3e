"""What the contact map measures by: how long each level may be silent, and on which level our own people are; and a
finding that becomes an action."""

from datetime import date

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.models.user import Seniority
from accounts.permissions import Permission, needs
from relationships import doing
from relationships.forms import colleagues
from relationships.models import Contact, ContactCadence
from relationships.views.contact_map import address, shown_of
from relationships.views.contacts import named
from relationships.views.relationship import visible


class CadenceForm(forms.Form):
    """Days by level."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for level, name in Contact.Level.choices:
            self.fields[f"days_{level}"] = forms.IntegerField(label=name, min_value=1, max_value=1_000)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.STEER_PROGRAMME)
def contacts_cadence(request, code):
    """How many days may pass without a word, for all accounts."""
    account = visible(request, code)
    if request.method == "POST":
        form = CadenceForm(request.POST)
        if form.is_valid():
            for level in Contact.Level.values:
                said = {"days": form.cleaned_data[f"days_{level}"]}
                said |= {"changed_at": timezone.now(), "changed_by": request.user}
                ContactCadence.objects.update_or_create(level=level, defaults=said)
            messages.success(request, _("Saved for all accounts."))
        else:
            messages.error(request, _("A number of days runs from 1 to 1,000."))
    return redirect(address(account, shown_of(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ASSESS_PEOPLE)
def contacts_seniority(request, code):
    """On which level one of us meets customers as an equal; empty: by role."""
    account = visible(request, code)
    if request.method == "POST":
        text, level = request.POST.get("user", ""), request.POST.get("level", "")
        pk = int(text) if text.isdecimal() and len(text) < 19 else 0
        people = colleagues(account, Contact()).filter(pk=pk) | on_map(account, pk)
        if people.exists() and level in ("", *map(str, Seniority.values)):
            User.objects.filter(pk=pk).update(seniority=int(level) if level else None)
        else:
            messages.error(request, _("Choose one of us and a level."))
    return redirect(address(account, shown_of(request)))


def on_map(account, pk: int):
    return User.objects.filter(pk=pk, counterpart_of__contact__account=account, is_active=True).distinct()


class ActForm(forms.Form):
    """A finding as an action."""

    text = forms.CharField(label=gettext_lazy("Action"), max_length=doing.LONGEST)
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none())
    due_on = forms.DateField(label=gettext_lazy("Due"))

    def __init__(self, account, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = doing.people_for(account)

    def clean_due_on(self) -> date:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("That day is over."))
        return day


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_TOUCHPOINTS)
def contacts_act(request, code):
    """Turn a finding into an action."""
    account = visible(request, code)
    if request.method == "POST":
        form = ActForm(account, request.POST)
        problem = acted(request, account, form) if form.is_valid() else told(form)
        if problem:
            messages.error(request, _("No action was added: %s") % problem)
        else:
            messages.success(request, _("Action added: %s") % form.cleaned_data["text"])
    return redirect(address(account, shown_of(request)) + "#findings")


def acted(request, account, form: ActForm) -> str:
    said, contact = form.cleaned_data, named(account, request.POST.get("contact", ""))
    answer = doing.add(
        request.user, account, said["text"], said["owner"], due_on=said["due_on"], customer_owner=contact
    )
    return answer.problem


def told(form: forms.Form) -> str:
    return " ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())
