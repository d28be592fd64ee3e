"""Which accounts are key accounts, since when, and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.permissions import Permission, may


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        if may(user, Permission.SEE_ALL_ACCOUNTS):
            return self
        return self.filter(account__in=Account.objects.visible_to(user))

    def approved(self):
        return self.filter(state=Decision.State.APPROVED)

    def proposed(self):
        return self.filter(state=Decision.State.PROPOSED)


class Decision(models.Model):
    """One decision on an account's place in the key account programme: proposed with a reason, then approved or
    declined by somebody else who may. Approved ones stay as they are; the latest says whether the account is in."""

    class Outcome(models.TextChoices):
        ADMIT = "admit", _("Admit")
        KEEP = "keep", _("Keep")
        RELEASE = "release", _("Release")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("decision"), max_length=8, choices=Outcome)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    reason = models.TextField(_("reason"))
    proposed_on = models.DateField(_("proposed on"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state="proposed"),
                name="one_open_proposal_per_account",
                violation_error_message=_("A decision on this account waits already."),
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_on__isnull=True, decided_by__isnull=True)
                | (~Q(state="proposed") & Q(decided_on__isnull=False, decided_by__isnull=False)),
                name="decided_by_somebody_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["account", "-decided_on"], name="decision_account_day")]

    def __str__(self) -> str:
        return f"{self.account}: {self.outcome}"
