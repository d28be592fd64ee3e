"""What is to be done with the accounts of a box, and how many of each there should be."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import ShareField
from relationships.models.effort import Said

WHOLE = Value(Decimal(1), output_field=ShareField())


class Guidance(Said):
    """The words for one box, or for accounts outside the programme, that replace those the portal ships."""

    class Place(models.TextChoices):
        STRATEGIC = "strategic", _("Strategic")
        STAR = "star", _("Star")
        STATUS = "status", _("Status")
        STREAMLINE = "streamline", _("Streamline")
        CANDIDATE = "candidate", _("Attractive and strong")
        DEVELOPMENT = "development", _("Attractive, weak")
        MAINTENANCE = "maintenance", _("Less attractive, strong")
        OPPORTUNISTIC = "opportunistic", _("Less attractive, weak")

    place = models.CharField(max_length=16, choices=Place, unique=True)
    name = models.CharField(_("stance"), max_length=40)
    text = models.CharField(_("what to do"), max_length=300)

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


class TargetMix(Said):
    """The one row that says how the programme should be: the share of each box, and its size among all accounts."""

    strategic = ShareField(_("Strategic"))
    star = ShareField(_("Star"))
    status = ShareField(_("Status"))
    streamline = ShareField(_("Streamline"))
    programme = ShareField(_("Programme, of all active accounts"))
    revision = models.PositiveIntegerField(default=1)  # rises with each change: tells who edits an outdated copy

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_target_mix"),
            models.CheckConstraint(
                condition=Q(strategic=WHOLE - F("star") - F("status") - F("streamline")), name="target_mix_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(strategic__range=(0, 1))
                & Q(star__range=(0, 1))
                & Q(status__range=(0, 1))
                & Q(streamline__range=(0, 1))
                & Q(programme__range=(0, 1)),
                name="target_share_is_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategic}, {self.star}, {self.status}, {self.streamline}"
