"""How often people of a customer are to hear from us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relationships.models.contact import Contact
from relationships.models.effort import Said


class ContactCadence(Said):
    """After how many days without a word a contact of one level counts as quiet; without a row, as shipped."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Contact.Level, unique=True)
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)) & Q(days__range=(1, 1_000)), name="contact_cadence_holds"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.days}"
