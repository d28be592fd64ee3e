"""Criteria sets, an account's own criteria, and ratings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ShareField


class CriteriaSetQuerySet(models.QuerySet):
    def ready(self):
        """Versions by which accounts may be placed."""
        return self.filter(state=CriteriaSet.State.READY)

    def in_force(self, day):
        """The version that places accounts on that day: of those valid by then the one valid from the latest day,
        of several the newest version of the set stored last. None without any."""
        valid = self.ready().filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day))
        latest = valid.order_by(F("valid_from").desc(nulls_last=True), "-created_at", "-pk").first()
        if latest is None:
            return None
        return valid.filter(code=latest.code, valid_from=latest.valid_from).order_by("-version").first()


class CriteriaSet(models.Model):
    """One version of the criteria by which accounts are placed, as its document. Results name their version.

    A draft may still be wrong; a ready one places accounts from its first valid day on. One that has placed
    accounts in a published run is never changed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        READY = "ready", _("Ready")

    code = models.CharField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"))
    document = models.JSONField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.READY)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)  # nothing: ever since
    revision = models.PositiveIntegerField(default=1)  # rises with each change: tells who edits an outdated copy
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="one_document_per_set_version",
                violation_error_message=_("This version exists already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_used(self) -> bool:
        """Whether a run has placed accounts by it."""
        return self.positions.exists()


class AccountCriterion(models.Model):
    """An account's own weight for a relationship criterion, and the best competitor's score on it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="own_criteria")
    criterion = models.CharField(_("criterion"), max_length=64)
    weight = ShareField(_("weight"), null=True)
    competitor_score = ShareField(_("best competitor’s score"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "criterion"], name="one_own_criterion_per_account"),
            models.CheckConstraint(
                condition=Q(competitor_score__isnull=True) | Q(competitor_score__range=(0, 10)),
                name="competitor_score_is_0_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.criterion}"


class OwnFactors(models.Model):
    """What goes with an account's own criteria as a whole: who the best competitor is, and who said so last."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="own_factors")
    competitor = models.CharField(_("best competitor"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)  # rises with each change: tells who edits an outdated copy
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.account}: {self.competitor or '–'}"


class Rating(models.Model):
    """One rater's score of one criterion for one account on one day. Earlier ratings stay. What a buyer answered
    himself names him in `said_by`: he is the rater then, and `rater` is who asked him."""

    class Perspective(models.TextChoices):
        SUPPLIER = "supplier", _("Our view")
        BUYER = "buyer", _("The buyer’s view")

    class Status(models.TextChoices):
        ASSUMED = "assumed", _("Assumed")
        CONFIRMED = "confirmed", _("Confirmed")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.CharField(_("criterion"), max_length=64)
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rated_on = models.DateField(_("rated on"))
    score = ShareField(_("score"))
    perspective = models.CharField(max_length=16, choices=Perspective, default=Perspective.SUPPLIER)
    status = models.CharField(max_length=16, choices=Status, default=Status.ASSUMED)
    said_by = models.CharField(_("said by"), max_length=200, blank=True, default="")  # of the customer
    evidence = models.TextField(_("evidence"), blank=True)
    link = models.URLField(_("link to the evidence"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "criterion", "rater", "rated_on", "perspective", "said_by"],
                name="one_rating_per_rater_and_day",
            ),
            models.CheckConstraint(
                condition=Q(score__range=(0, 10)),
                name="score_is_0_to_10",
                violation_error_message=_("A score runs from 0 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.criterion} {self.score}"
