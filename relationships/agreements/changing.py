"""Contracts and advocacy as people change them: never over what somebody else changed meanwhile."""

from django.db import transaction
from django.db.models import F, Model
from django.forms import ModelForm

from accounts.versions import Outdated


@transaction.atomic
def keep(form: ModelForm, seen: int | None) -> Model:
    """Store what the form holds. Raises Outdated where the stored row has another revision than the one seen."""
    row = form.instance
    if row.pk is None:
        return form.save()
    names = [name for name in form.cleaned_data if name in form.Meta.fields]
    changes = {name: getattr(row, name) for name in names}
    if not type(row).objects.filter(pk=row.pk, revision=seen).update(**changes, revision=F("revision") + 1):
        raise Outdated
    return row
