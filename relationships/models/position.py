"""Where an account stands in the matrix, run by run."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ShareField
from accounts.permissions import Permission, may
from profitability.models import Result, Run
from relationships.core.cases import firmness
from relationships.models.criteria import CriteriaSet
from relationships.models.stage import Stage


class Box(models.TextChoices):
    STRATEGIC = "strategic", _("Strategic")
    STATUS = "status", _("Status")
    STAR = "star", _("Star")
    STREAMLINE = "streamline", _("Streamline")


class Firmness(models.TextChoices):
    """Whether a box would hold if the weights were somewhat others."""

    SETTLED = "settled", _("Settled")
    FRAGILE = "fragile", _("Fragile")
    UNKNOWN = "unknown", _("Unknown")


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
    criteria_set = models.ForeignKey(CriteriaSet, null=True, on_delete=models.PROTECT, related_name="positions")
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
    stability = ShareField(null=True)  # share of weight draws in which it keeps its box; none of a provisional one
    stability_widths = models.JSONField(null=True)  # the same for each width of the draws, and of how many draws
    nearest_move = models.JSONField(null=True)  # the smallest change of one weight that moves it, if any does
    stage = models.CharField(max_length=16, choices=Stage, blank=True)  # the lower of both views
    stage_supplier = models.CharField(max_length=16, choices=Stage, blank=True)
    stage_buyer = models.CharField(max_length=16, choices=Stage, blank=True)
    stage_is_provisional = models.BooleanField(default=False)  # the buyer was not heard
    previous_box = models.CharField(max_length=16, choices=Box, blank=True)
    changed_on = models.DateField(null=True)  # the day of the run that first put it into this box
    scores = models.JSONField(default=list)  # each criterion: axis, code, name, weight, score, source

    objects = PositionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["run", "box"], name="position_run_box"),
            models.Index(fields=["account", "run", "box"], name="position_account_run_box"),  # boxes of some accounts
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.box or '–'}"

    @property
    def firmness(self) -> str:
        """Settled, fragile or unknown, one of Firmness."""
        return firmness(self.stability, self.is_provisional, settings.SETTLED_FROM)


class PositionChange(models.Model):
    """A box, class or stage that differs from the run published before, with what brought it about.

    `causes`: [{"cause", "axis", "code", "name", "effect"}], the largest first; `cause` is one of Cause. `effect`: of a
    box the points of the axis' score (0…10), which sum to its change; of a class the money (code net_revenue) and the
    share of all positive revenue (revenue_share); of a stage the steps. None where there was no score before, or is
    none now. `change`, where there is one: by how much the criterion's own score, or its weight, changed.
    """

    class Kind(models.TextChoices):
        BOX = "box", _("Box")
        CLASS = "class", _("Class")
        STAGE = "stage", _("Stage")

    class Cause(models.TextChoices):
        DATA = "data", _("Figures")
        RATING = "rating", _("Rating")
        WEIGHTS = "weights", _("Weights")
        CUT = "cut", _("Cut")
        COST_MODEL = "cost_model", _("Cost model")
        EVIDENCE = "evidence", _("Evidence")
        BUYER = "buyer", _("The buyer’s view")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="position_changes", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="position_changes")
    kind = models.CharField(max_length=8, choices=Kind)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, blank=True)
    causes = models.JSONField(default=list)
    changed_on = models.DateField()

    objects = PositionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["run", "kind"], name="position_change_run_kind")]

    def __str__(self) -> str:
        return f"{self.account}: {self.before or '–'} → {self.after or '–'}"
