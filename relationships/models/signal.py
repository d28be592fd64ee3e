"""What needs somebody's attention, and how people want to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LedgerField
from accounts.permissions import Permission, may
from relationships.models.effort import Said
from relationships.models.plan import Plan, answers_for

NO_PLAN = "no_plan"


class SignalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the accounts one sees; those that tell of profit or of a plan only for whoever may see that. That there is
        no plan is told to those alone from whom none can be hidden: others would learn of hidden ones by absence."""
        seen = self
        if not may(user, Permission.SEE_ALL_ACCOUNTS):
            seen = seen.filter(account__in=Account.objects.visible_to(user).values("pk"))
        if not may(user, Permission.SEE_PROFITABILITY):
            seen = seen.filter(tells_profit=False)
        if not may(user, Permission.SEE_COMPANY_FIGURES):
            seen = seen.filter(tells_company=False)
        if may(user, Permission.SEE_ALL_PLANS):
            return seen
        seen = seen.filter(~Q(kind=NO_PLAN) | Q(account=None) | answers_for(user))
        return seen.filter(Q(plan=None) | Q(plan__in=Plan.objects.visible_to(user).values("pk")))

    def open(self, today):
        """Those that ask for something today: not done with, and not put off."""
        waiting = self.filter(state=Signal.State.OPEN)
        return waiting.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=today))


class Signal(models.Model):
    """One cause for concern, named and dated. It is open as long as its cause holds and nobody has dealt with it; the
    same cause never opens a second one. `facts` are the numbers of its sentence."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")  # somebody has dealt with it
        GONE = "gone", _("No longer so")  # its cause has ceased

    kind = models.CharField(_("signal"), max_length=32)  # of relationships/signals/kinds.py
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="signals")  # null: portfolio
    plan = models.ForeignKey(Plan, null=True, on_delete=models.CASCADE, related_name="signals")
    key = models.CharField(max_length=200)  # of the cause: one open signal each
    facts = models.JSONField(default=dict)
    weight = LedgerField(default=0)  # what is at stake, for the order; money where it can be told
    tells_profit = models.BooleanField(default=False)
    tells_company = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    since_on = models.DateField(_("since"))
    seen_on = models.DateField(_("last seen"))  # the latest day on which its cause held
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="signals"
    )  # who looks after it
    snoozed_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.CharField(_("what was done"), max_length=300, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(state="open"), name="one_open_signal_per_cause"),
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True) | (~Q(state="open") & Q(ended_on__isnull=False)),
                name="signal_ends_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "owner"], name="signal_of_owner"),
            models.Index(fields=["account", "state"], name="signal_of_account"),
        ]

    def __str__(self) -> str:
        return self.key


class SignalThreshold(Said):
    """From what size on a kind of signal is raised, and whether it is raised at all; without a row, as shipped."""

    kind = models.CharField(max_length=32, unique=True)
    is_on = models.BooleanField(_("on"), default=True)
    limit = LedgerField(_("from"), null=True, blank=True)

    def __str__(self) -> str:
        return self.kind


class DigestSetting(models.Model):
    """How often one person gets the e-mail of what needs attention. `sent_on` is the day of the latest one."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("Every working day")
        WEEKLY = "weekly", _("Every Monday")
        NEVER = "never", _("Never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    frequency = models.CharField(_("how often"), max_length=8, choices=Frequency, default=Frequency.DAILY)
    sent_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.frequency}"


class Notice(models.Model):
    """Something said to one person inside the product: they were mentioned, given an action, asked to approve."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.CASCADE, related_name="notices")
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=32)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return self.text
