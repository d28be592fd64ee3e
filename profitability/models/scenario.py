"""What-if scenarios that people named and kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may
from profitability.models.run import Run


class ScenarioQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own ones, and those shared with everyone or with a team one is in."""
        if not may(user, Permission.SEE_PROFITABILITY):
            return self.none()
        shared = Q(sharing=Scenario.Sharing.TEAM, owner__teams__in=user.teams.all())
        mine = Q(owner=user) | Q(sharing=Scenario.Sharing.EVERYONE) | shared
        return self.filter(pk__in=self.model.objects.filter(mine).values("pk"))


class Scenario(models.Model):
    """One what-if: levers on some accounts of one run. It holds no figures; whoever opens it sees them of the
    accounts that he may see."""

    class Sharing(models.TextChoices):
        NOBODY = "nobody", _("Only me")
        TEAM = "team", _("My teams")
        EVERYONE = "everyone", _("Everyone")

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scenarios")
    sharing = models.CharField(_("shared with"), max_length=16, choices=Sharing, default=Sharing.NOBODY)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="scenarios")
    accounts = models.JSONField(default=dict)  # filters of the portfolio, and codes
    levers = models.JSONField(default=dict)  # core.levers
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_scenario_per_owner_and_name",
                violation_error_message=_("You have a scenario of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
