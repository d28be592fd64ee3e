"""What an objective that no run measures has come to, day by day."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.numbers import plain
from relationships.models import Objective, ObjectiveReading, Plan
from relationships.plans.editing import note, touch
from relationships.plans.readers import may_edit
from relationships.plans.typed import value_of


def read(user, plan: Plan, objective: Objective, value: str, day: str, today: date) -> ObjectiveReading:
    """Keep a value; of one day the last one typed counts. Raises ValidationError, PermissionDenied."""
    if not may_edit(user, plan):
        raise PermissionDenied
    number: Decimal | None = value_of(objective, "target", value, plan)
    if number is None:
        raise ValidationError(_("Say the value."))
    read_on = value_of(objective, "from_on", day, plan) or today
    if read_on > today:
        raise ValidationError(_("That day is still to come."))
    with transaction.atomic():
        before = ObjectiveReading.objects.filter(objective=objective, read_on=read_on).first()
        reading, _made = ObjectiveReading.objects.update_or_create(
            objective=objective, read_on=read_on, defaults={"value": number, "read_by": user}
        )
        was = plain(before.value) if before else ""
        note(user, plan, "objectives", objective, field="reading", before=was, after=plain(number))
        touch(user, plan, "objectives")
    return reading
