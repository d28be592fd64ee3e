"""What the key account programme costs, and whether its managers can do what the accounts ask for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LedgerField
from relationships.models.effort import Said


class ProgrammeCost(Said):
    """What the programme cost in one month that no account bears: people, travel, tools, a share of management."""

    class Kind(models.TextChoices):
        PEOPLE = "people", _("People")
        TRAVEL = "travel", _("Travel")
        TOOLS = "tools", _("Tools")
        MANAGEMENT = "management", _("Share of management")
        SERVICE = "service", _("Extra service")
        PRICE = "price", _("Price concessions")
        OTHER = "other", _("Other")

    month = models.PositiveIntegerField(_("month"))  # yyyymm
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    amount = LedgerField(_("amount"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "kind"], name="one_programme_cost_per_month_and_kind"),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="programme_cost_is_not_negative",
                violation_error_message=_("A cost is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.kind}"


class Competence(Said):
    """How far one of our people has come in one competence, on a scale of 0 to 10. Earlier assessments stay."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="competences")
    competence = models.CharField(max_length=32)  # of relationships/core/competence.py
    level = models.PositiveSmallIntegerField(_("level"))
    assessed_on = models.DateField(_("assessed on"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "competence", "assessed_on"], name="one_assessment_per_competence_and_day"
            ),
            models.CheckConstraint(
                condition=Q(level__lte=10),
                name="competence_is_0_to_10",
                violation_error_message=_("A competence runs from 0 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.competence} {self.level}"


class CompetenceAsked(Said):
    """How much of one competence an account asks of its manager, on the same scale."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="competences_asked")
    competence = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField(_("level asked for"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "competence"], name="one_demand_per_account_and_competence"),
            models.CheckConstraint(
                condition=Q(level__lte=10),
                name="competence_asked_is_0_to_10",
                violation_error_message=_("A competence runs from 0 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.competence} {self.level}"


class ReviewCadence(Said):
    """How often plans of accounts in one box are to be reviewed, and after how many days one is stale."""

    box = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=8, default="joint")
    months = models.PositiveSmallIntegerField(_("every … months"))
    stale_days = models.PositiveSmallIntegerField(_("stale after … days"), default=120)

    def __str__(self) -> str:
        return f"{self.box}: {self.months}"


class WatchedAccount(models.Model):
    """An account that one person keeps an eye on."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watched")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="watchers")
    since_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="watched_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.account}"
