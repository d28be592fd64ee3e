"""How far a relationship has come: evidence of it, what binds both sides, and where it is expected to go."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LedgerField, ShareField
from relationships.core.stage import ITEMS
from relationships.models.contact import Contact


class Stage(models.TextChoices):
    """In the order in which a relationship grows; from any of them it may fall apart."""

    EXPLORATORY = "exploratory", _("Exploratory")
    BASIC = "basic", _("Basic")
    CO_OPERATIVE = "co-operative", _("Co-operative")
    INTERDEPENDENT = "interdependent", _("Interdependent")
    INTEGRATED = "integrated", _("Integrated")
    DISINTEGRATING = "disintegrating", _("Disintegrating")


class View(models.TextChoices):
    """Whose eyes see it."""

    SUPPLIER = "supplier", _("Our view")
    BUYER = "buyer", _("The buyer’s view")


class StageEvidence(models.Model):
    """What somebody found on one day about one item of the evidence checklist. Earlier findings stay."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="stage_evidence")
    item = models.CharField(_("item"), max_length=64)  # of relationships/core/stage.py
    holds = models.BooleanField(_("holds"))
    note = models.TextField(_("note"), blank=True)
    link = models.URLField(_("link to the evidence"), max_length=500, blank=True)
    found_on = models.DateField(_("found on"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "item", "found_on", "found_by"], name="one_finding_per_item_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.item} {self.holds}"

    @property
    def text(self) -> str:
        """The item in words; its code where the checklist has it no more."""
        return ITEMS[self.item].text if self.item in ITEMS else self.item


class StatedStage(models.Model):
    """A stage that somebody stated on one day: the buyer his view, or we one that our evidence does not show
    (such as disintegrating). Of ours the latest counts, one without a stage takes the earlier back; of the buyers'
    the lowest, by the latest answer of each person."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="stated_stages")
    view = models.CharField(max_length=16, choices=View)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    stated_on = models.DateField(_("stated on"))
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    said_by = models.CharField(_("said by"), max_length=200, blank=True)  # of the customer
    invitation = models.ForeignKey("Invitation", null=True, on_delete=models.PROTECT, related_name="stated_stages")

    def __str__(self) -> str:
        return f"{self.account}: {self.stage or '–'} ({self.view})"


class ExitBarrier(models.Model):
    """What it would cost one side to leave."""

    class Side(models.TextChoices):
        OURS = "ours", _("For us")
        THEIRS = "theirs", _("For the customer")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="exit_barriers")
    side = models.CharField(_("for whom"), max_length=8, choices=Side)
    text = models.CharField(_("what holds them"), max_length=300)
    cost = LedgerField(_("estimated cost of leaving"), null=True, blank=True)
    noted_on = models.DateField(_("noted on"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="exit_cost_is_not_negative",
                violation_error_message=_("A cost of leaving is not negative."),
            )
        ]

    def __str__(self) -> str:
        return self.text


class Invitation(models.Model):
    """A survey sent to one person of the customer, who answers by a link and without a login.

    Only a hash of the link's secret is kept. `questions` are those asked, as they stood; `answers` by their codes.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(_("survey"), max_length=16, default="relationship")  # of relationships/core/survey.py
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations"
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    questions = models.JSONField(default=list)
    answers = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account}: {self.name}"


class Forecast(models.Model):
    """Where somebody expects an account to stand in some years. The latest one counts."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="forecasts")
    attractiveness = ShareField(_("attractiveness"), null=True, blank=True)
    relationship_strength = ShareField(_("relationship strength"), null=True, blank=True)
    net_revenue = LedgerField(_("net revenue a year"), null=True, blank=True)
    horizon_on = models.DateField(_("by"))
    reason = models.TextField(_("reason"), blank=True)
    stated_on = models.DateField(_("stated on"))
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(attractiveness__isnull=True) | Q(attractiveness__range=(0, 10)))
                & (Q(relationship_strength__isnull=True) | Q(relationship_strength__range=(0, 10))),
                name="forecast_scores_are_0_to_10",
                violation_error_message=_("A score runs from 0 to 10."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} by {self.horizon_on}"
