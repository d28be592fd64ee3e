"""Where an account stands in the matrix, run by run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ShareField
from accounts.permissions import Permission, may
from profitability.models import Result, Run
from relationships.models.criteria import CriteriaSet


class Box(models.TextChoices):
    STRATEGIC = "strategic", _("Strategic")
    STATUS = "status", _("Status")
    STAR = "star", _("Star")
    STREAMLINE = "streamline", _("Streamline")


class PositionQuerySet(models.QuerySet):
    def in_run(self, run):
        return self.filter(run=run)

    def visible_to(self, user):
        if may(user, Permission.SEE_ALL_ACCOUNTS):
            return self
        return self.filter(account__in=Account.objects.visible_to(user))


class Position(models.Model):
    """One account's place in the matrix in one run: both scores, the box, and how sure we are of it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="positions", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="positions")
    result = models.OneToOneField(Result, on_delete=models.CASCADE, related_name="position")
    criteria_set = models.ForeignKey(CriteriaSet, null=True, on_delete=models.PROTECT, related_name="+")
    attractiveness = ShareField(null=True)
    attractiveness_coverage = ShareField()
    relationship_strength = ShareField(null=True)
    relationship_coverage = ShareField()
    relative_strength = ShareField(null=True)  # against the best competitor
    is_self_scored = models.BooleanField(default=False)
    box = models.CharField(max_length=16, choices=Box, blank=True)
    is_provisional = models.BooleanField(default=False)
    is_on_the_line = models.BooleanField(default=False)
    confidence = ShareField(null=True)
    stability = ShareField(null=True)
    previous_box = models.CharField(max_length=16, choices=Box, blank=True)
    changed_on = models.DateField(null=True)  # the day of the run that first put it into this box
    scores = models.JSONField(default=list)  # each criterion: axis, code, name, weight, score, source

    objects = PositionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["run", "box"], name="position_run_box")]

    def __str__(self) -> str:
        return f"{self.account}: {self.box or '–'}"
