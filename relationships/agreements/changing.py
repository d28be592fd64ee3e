"""Contracts, what is promised in them, and advocacy as people change them: never over what somebody else changed
meanwhile."""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.forms import ModelForm

from accounts.versions import Outdated
from relationships.models import ServiceLevel, ServiceReading


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


def remove(row: Model, seen: int | None) -> None:
    """Forget a row of the revision seen, else Outdated."""
    if not type(row).objects.filter(pk=row.pk, revision=seen).delete()[0]:
        raise Outdated


def differing(form: ModelForm, theirs: Model) -> list[tuple[str, object]]:
    """What somebody else saved meanwhile, where it is not what the form holds: each field by its label."""
    fresh = type(form)(instance=theirs).initial
    return [
        (str(field.label), words_of(theirs, name, fresh.get(name)))
        for name, field in form.fields.items()
        if getattr(theirs, name) != getattr(form.instance, name)
    ]


def words_of(row: Model, name: str, value: object) -> object:
    """A choice by its label; anything else as the form would show it."""
    show = getattr(row, f"get_{name}_display", None)
    return show() if show else value


def note(level: ServiceLevel, month: int, value: Decimal, user, instead: Decimal | None) -> None:
    """Keep the reading of a month, in place of one of that value alone which the person had before the eyes; else
    Outdated."""
    rows = ServiceReading.objects.filter(level=level, month=month)
    stored = rows.first()
    if stored is None:
        _first(level, month, value, user)
    elif stored.value != value and not rows.filter(value=instead).update(value=value, read_by=user):
        raise Outdated


def _first(level: ServiceLevel, month: int, value: Decimal, user) -> None:
    try:
        with transaction.atomic():
            ServiceReading.objects.create(level=level, month=month, value=value, read_by=user)
    except IntegrityError:  # somebody was faster by a moment
        raise Outdated from None
