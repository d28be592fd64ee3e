"""A field of a plan as people type and read it: from a text to a value, and back.

`text_of` is what stands in the input and what two versions are compared by; `words_of` is what a history says.
Shares are typed as percentages: “35” and “35 %” are 0.35. Of rows that are chosen the text is their ids.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet, URLField
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts import numbers
from accounts.models import ShareField, User
from accounts.models.fields import WholeField
from accounts.numbers import plain
from accounts.permissions import Permission
from relationships.core.stage import LADDER
from relationships.models import Action, Contact, Objective, Plan, Stage
from relationships.plans.measures import MEASURES, SHARE, STAGE
from relationships.plans.readers import readers
from relationships.plans.sections import OBJECTIVE_MONEY, SECTIONS

LONGEST = 5_000
LARGEST = Decimal(10) ** 13
WHOLE = {"likelihood", "impact"}
LADDER_TOP = len(LADDER)
WITHOUT_SCHEME = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)")  # files.example.com/offer


def unit_of(entry: Model, name: str) -> str:
    """In what a number is read: share, stage, or nothing special."""
    if isinstance(entry, Objective) and name in OBJECTIVE_MONEY:
        return MEASURES[entry.measure].unit if entry.measure in MEASURES else ""
    return SHARE if isinstance(entry._meta.get_field(name), ShareField) else ""


# From a value to a text


def text_of(entry: Model, name: str) -> str:
    """What stands in the input."""
    field = entry._meta.get_field(name)
    if field.many_to_many:
        return joined(row.pk for row in getattr(entry, name).all()) if entry.pk else ""
    value = getattr(entry, field.attname)
    return text_of_value(value, unit_of(entry, name))


def text_of_value(value, unit: str = "") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value * 100 if unit == SHARE else value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def shown(entry: Model, name: str, text: str) -> str:
    """The text as the input shows it while nobody types: thousands apart, a percent sign, the stage in words."""
    if not text or not isinstance(entry._meta.get_field(name), WholeField):
        return text
    unit = unit_of(entry, name)
    if unit == STAGE:
        return stage_words(Decimal(text))
    grouped = numbers.shown(Decimal(text)).replace("-", numbers.MINUS)
    return f"{grouped} %" if unit == SHARE else grouped


def joined(ids: Iterable[int]) -> str:
    return ",".join(str(each) for each in sorted(ids))


def words_of(entry: Model, name: str, text: str) -> str:
    """A text as a history says it: names instead of ids, choices in words."""
    field = entry._meta.get_field(name)
    if not text:
        return ""
    if field.is_relation:
        return ", ".join(str(row) for row in field.related_model._default_manager.filter(pk__in=text.split(",")))
    if field.choices:
        return str(dict(field.flatchoices).get(_key(field, text), text))
    if name == "measure":
        return str(MEASURES[text].label) if text in MEASURES else text
    if unit_of(entry, name) == STAGE:
        return stage_words(Decimal(text))
    return f"{text} %" if unit_of(entry, name) == SHARE else text


def _key(field: Field, text: str):
    return int(text) if text.isdecimal() and field.get_internal_type().endswith("IntegerField") else text


def stage_words(value: Decimal | None) -> str:
    """The stage that a number of the ladder stands for."""
    if value is None:
        return ""
    place = int(value)
    return str(Stage(LADDER[place - 1]).label if 1 <= place <= LADDER_TOP else Stage.DISINTEGRATING.label)


# From a text to a value


def value_of(entry: Model, name: str, text: str, plan: Plan):
    """The value typed; a list of rows for a field of several. Raises ValidationError with what is wrong."""
    field, text = entry._meta.get_field(name), text.strip().replace("\r\n", "\n")
    if field.many_to_many or field.is_relation:
        return _rows(plan, entry, name, text)
    if field.get_internal_type() == "BooleanField":
        return text in {"yes", "on", "1", "true"}
    if field.get_internal_type() == "DateField":
        return _day(text)
    if isinstance(field, WholeField):
        return _number(field, text, unit_of(entry, name))
    if name in WHOLE:
        return _whole(text)
    return _text(field, name, text)


def _text(field: Field, name: str, text: str) -> str:
    if not text and not field.blank:
        raise ValidationError(_("Say something here, or remove the line."))
    if name == "measure" and text and text not in MEASURES:
        raise ValidationError(_("There is no such measure."))
    if field.choices and text not in dict(field.flatchoices):
        raise ValidationError(_("Choose one of the list."))
    if isinstance(field, URLField) and WITHOUT_SCHEME.match(text):
        text = f"https://{text}"
    longest = field.max_length or LONGEST
    if len(text) > longest:
        raise ValidationError(_("At most %(count)s characters.") % {"count": longest})
    return text


def _day(text: str):
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and day is None:
        raise ValidationError(_("Write a day as 2026-03-31."))
    return day


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise ValidationError(_("Write a whole number."))
    return int(text)


def _number(field: WholeField, text: str, unit: str) -> Decimal | None:
    """As people type numbers; a percent sign and the name of a stage are fine too."""
    if not text:
        return None
    if unit == STAGE and not text.isdecimal():
        return _stage(text)
    try:
        value = numbers.read(text.removesuffix("%"))
    except numbers.NotANumber as problem:
        raise ValidationError(str(problem)) from None
    if value is None:
        raise ValidationError(_("“%(text)s” is not a number.") % {"text": text})
    if abs(value) > LARGEST:
        raise ValidationError(_("This number is too large."))
    if unit == STAGE and not 0 <= value <= LADDER_TOP:
        raise ValidationError(_("Stages run from 1, exploratory, to 5, integrated."))
    value = value / 100 if unit == SHARE else value
    if value != round(value, field.places):
        raise ValidationError(_("At most %(count)s decimals.") % {"count": field.places - (2 if unit == SHARE else 0)})
    return value


def _stage(text: str) -> Decimal:
    for place, code in enumerate(LADDER, start=1):
        if text.casefold() in {code, str(Stage(code).label).casefold()}:
            return Decimal(place)
    raise ValidationError(_("Stages run from 1, exploratory, to 5, integrated."))


def _rows(plan: Plan, entry: Model, name: str, text: str):
    """The row or rows named; those the entry has already may stay whatever the choices are."""
    field = entry._meta.get_field(name)
    if not text:
        if field.many_to_many or field.null:
            return [] if field.many_to_many else None
        raise ValidationError(_("Choose one of the list."))
    ids = {int(each) for each in text.split(",") if each.isascii() and each.isdecimal() and len(each) < 19}
    found = list(choices_of(plan, entry, name).filter(pk__in=ids))
    if len(found) != len(set(text.split(","))):
        raise ValidationError(_("Choose one of the list."))
    return found if field.many_to_many else found[0]


def choices_of(plan: Plan, entry: Model, name: str) -> QuerySet:
    """The rows that may be chosen for a field of this plan."""
    if name in {"contact", "customer_owner"}:
        return Contact.objects.filter(account=plan.account_id).order_by("name", "pk")
    if name == "objective":
        return SECTIONS["objectives"].rows(plan)
    if name == "needs":
        return Action.objects.filter(plan=plan).exclude(pk=entry.pk).order_by("place", "pk")
    if name == "people":
        return User.objects.who_may(Permission.SEE_ACCOUNTS).order_by("name", "pk")
    return readers(plan)
