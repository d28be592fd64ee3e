"""What people say about hours: how many there are, what they bring, and how they may be spread."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LedgerField, ShareField, Team
from relationships.models.position import Box


class Said(models.Model):
    """Who said it last, and when."""

    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class EffortCapacity(Said):
    """The hours a month that one manager has for the accounts of one team."""

    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="effort_capacities")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="effort_capacities")
    hours = LedgerField(_("hours a month"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manager", "team"], name="one_capacity_per_manager_and_team"),
            models.CheckConstraint(condition=Q(hours__gte=0), name="effort_hours_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.manager}, {self.team}: {self.hours}"


class EffortResponse(Said):
    """What somebody expects of hours at one account; what is empty is assumed: see core/expectation.py."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="effort_response")
    lost_at_half = LedgerField(_("half of the hours would lose"), null=True, blank=True)
    gained_at_double = LedgerField(_("twice the hours would gain"), null=True, blank=True)
    least_hours = LedgerField(_("at least"), null=True, blank=True)
    most_hours = LedgerField(_("useful up to"), null=True, blank=True)
    is_movable = models.BooleanField(_("another manager of the team may take it"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lost_at_half__isnull=True)
                | Q(gained_at_double__isnull=True)
                | Q(gained_at_double__lte=2 * F("lost_at_half")),
                name="first_hours_bring_most",
            ),
            models.CheckConstraint(
                condition=Q(least_hours__isnull=True)
                | Q(most_hours__isnull=True)
                | Q(least_hours__lte=F("most_hours")),
                name="least_hours_are_not_above_the_most",
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)


class EffortLimit(Said):
    """The least or most share of a team's hours that one box may get."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="effort_limits")
    box = models.CharField(max_length=16, choices=Box)
    least_share = ShareField(_("at least"), null=True, blank=True)
    most_share = ShareField(_("at most"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "box"], name="one_effort_limit_per_team_and_box"),
            models.CheckConstraint(
                condition=(Q(least_share__isnull=True) | Q(least_share__range=(0, 1)))
                & (Q(most_share__isnull=True) | Q(most_share__range=(0, 1))),
                name="effort_share_is_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.box}"
